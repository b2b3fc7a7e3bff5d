"""From a bad answer to a test case: recent answers, personal data replaced, kept in the group's suite."""

from functools import partial
from typing import Any, get_args

from nicegui import ui

from assistant.accounts.permissions import Deed
from assistant.evaluation.anonymise import Anonymiser
from assistant.evaluation.capture import Wanted, capture_turn
from assistant.evaluation.history import Line, last_turns
from assistant.evaluation.suite_writer import case_text
from assistant.publishing.suites import LEARNT, keep_case
from assistant.turn.outcome import Action
from assistant.web.console.parts import Text, region, sheet
from assistant.web.console.visit import Visit

SHOWN = 12
_LOOKED_AT = 60


async def cases_card(visit: Visit) -> None:
    """Show the last messages to the assistant, each with a button that makes it a case."""
    w, yidan = visit.w, visit.server.yidan
    async with yidan.database.read() as session:
        lines = await last_turns(session, visit.group.id, _LOOKED_AT)
    said = [line for line in reversed(lines) if line.role == "member" and line.text.strip()][:SHOWN]
    members = list(dict.fromkeys(line.nickname for line in lines if line.role == "member"))
    settings = visit.settings
    hide = Anonymiser(members, language=settings.language, seller=settings.seller, records="")
    with region("section").classes("y-card y-stack"):
        Text("h2", w("cases_title"))
        Text("p", w("cases_hint")).classes("y-quiet")
        if not said:
            Text("p", w("nothing_said")).classes("y-quiet")
        with region("div").classes("y-stack y-tight k-scroll"):
            for line in said:
                with region("div").classes("y-row k-turn"):
                    with region("div").classes("y-grow"):
                        Text("p", hide.text(line.text)).classes("k-two")
                        Text("span", w(f"act.{line.action}")).classes("y-quiet")
                    make = visit.deed(Deed.EVALUATE, partial(_make, visit, line))
                    ui.button(w("make_case"), on_click=make).props("flat dense")


async def _make(visit: Visit, line: Line) -> None:
    """Open the case with what should have come of it, and keep it."""
    w, yidan = visit.w, visit.server.yidan
    assert line.turn_id is not None
    turn_id = line.turn_id
    entries = (await yidan.knowledge.knowledge(visit.group.id)).entries

    def wanted() -> Wanted:
        action, source = str(should.value or ""), str(entry.value or "")
        kept = action if action != line.action or source else ""
        return Wanted(kept, (source,) if source and action == "answer" else ())

    async def show(_: Any = None) -> None:
        captured = await capture_turn(yidan, turn_id, wanted())
        text.text = case_text(captured.case)

    async def keep() -> None:
        suite = keep_case(yidan.settings.home, await capture_turn(yidan, turn_id, wanted()))
        dialog.close()
        visit.note(w("case_kept", name=LEARNT, cases=len(suite.cases)))

    with sheet(w("make_case")) as dialog:
        ui.context.slot.parent.classes("k-wide")
        dialog.on_value_change(lambda event: None if event.value else dialog.delete())
        Text("p", w("case_hint")).classes("y-quiet")
        actions = {name: w(f"act.{name}") for name in get_args(Action)}
        should = ui.select(actions, value=line.action, label=w("should")).props("outlined dense options-dense")
        names = {"": w("any_entry")} | {one.key: one.question for one in entries}
        entry = ui.select(names, value="", label=w("with_entry"), with_input=True).props("outlined dense options-dense")
        text = Text("pre").classes("y-code k-yaml")
        for field in (should, entry):
            field.on_value_change(visit.deed(Deed.EVALUATE, show, once=False))
        with region("div").classes("y-row"):
            ui.button(w("keep_case"), on_click=visit.deed(Deed.EVALUATE, keep))
            ui.button(w("cancel"), on_click=dialog.close).props("flat")
    await show()
    dialog.open()
