"""From quiet to talkative: the chosen group's setting, with what it would do to the group's own messages."""

from nicegui import ui

from assistant.accounts.permissions import Deed
from assistant.evaluation.group_gate import preview
from assistant.web.console.parts import Text, region
from assistant.web.console.switches import group_chooser
from assistant.web.console.views.settings import share_text, steps_of
from assistant.web.console.visit import Visit


async def talking(visit: Visit) -> None:
    """Let the owner choose how readily the assistant speaks in the chosen group."""
    w, yidan, group_id = visit.w, visit.server.yidan, visit.group.id
    own = visit.settings.talkative
    value = yidan.settings.talkative if own is None else own
    with region("section", w("talking.title")).classes("y-card y-stack"):
        Text("h2", w("talking.title"))
        group_chooser(visit, "/settings")
        Text("p", w("talking.hint"))
        slider = ui.slider(min=0, max=1, step=0.05, value=value).props(f'aria-label="{w("talking.title")}"')
        with region("div").classes("y-row y-between y-quiet"):
            Text("span", w("talking.quiet"))
            Text("span", w("talking.talkative"))
        place = region("div").classes("y-stack y-tight")

        async def keep() -> None:
            await yidan.groups.set_talkative(group_id, round(float(slider.value), 2), by=visit.person.actor)
            visit.server.announce(group_id)
            visit.note(w("saved"))

        async def look() -> None:
            place.clear()
            with place:
                Text("p", w("talking.looking")).classes("y-quiet")
            found = await preview(yidan, group_id)
            place.clear()
            with place:
                if not found["n"]:
                    Text("p", w("talking.nothing")).classes("y-quiet")
                else:
                    _table(visit, found)

        with region("div").classes("y-row"):
            ui.button(w("save"), on_click=visit.deed(Deed.MODEL, keep))
            ui.button(w("talking.preview"), on_click=visit.deed(Deed.MODEL, look)).props("flat")


def _table(visit: Visit, found: dict[str, object]) -> None:
    w = visit.w
    Text("p", w("talking.over", count=found["n"], marks=found["marks"]))
    with region("table").classes("y-table"):
        with region("thead"), region("tr"):
            for key in ("setting", "speaks", "right"):
                Text("th", w(f"talking.{key}"))
        with region("tbody"):
            for step in steps_of(found):
                with region("tr"):
                    Text("td", share_text(step.talkative))
                    Text("td", str(step.speaks))
                    Text("td", w("talking.unknown") if step.precision is None else share_text(step.precision))
