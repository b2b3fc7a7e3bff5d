"""What the frame lets one switch: the group, the language, the sound, and out."""

from nicegui import ui
from nicegui.element import Element

from assistant.accounts.permissions import Deed
from assistant.delivery.directory import GroupRow
from assistant.web.console.parts import Text, attributes, sheet
from assistant.web.console.registry import Page
from assistant.web.console.visit import Visit
from assistant.web.session import START

SEARCH_FROM = 8
"""From so many groups on, the list of them can be searched."""


def group_chooser(visit: Visit, path: str) -> None:
    """Show the chosen group; with several groups it opens the list of them."""
    w, chosen = visit.shell_words, visit.group if visit.has_group else None
    if len(visit.groups) < 2 and chosen is not None and not visit.may(Deed.GROUP):
        Text("p", chosen.name).classes("y-group-name")
        return
    with sheet(w("choose_group")) as dialog:
        _group_list(visit, path)
    name = chosen.name if chosen is not None else w("choose_group")
    button = ui.button(on_click=dialog.open, color=None).props("flat no-caps").classes("y-group")
    attributes(button, aria_label=w("choose_group_now", name=name), aria_haspopup="dialog")
    with button:
        Text("span", name)
        ui.icon("expand_more")


def _group_list(visit: Visit, path: str) -> None:
    w, now = visit.shell_words, visit.server.yidan.clock.now()
    rows: list[tuple[GroupRow, Element]] = []
    if len(visit.groups) >= SEARCH_FROM:

        def look(event: object) -> None:
            wanted = str(getattr(event, "value", "") or "").casefold()
            for group, row in rows:
                row.set_visibility(wanted in group.name.casefold() or wanted in group.id)

        ui.input(label=w("find_group"), on_change=look).props("outlined dense clearable").classes("y-wide")
    with Element("ul").classes("y-list"):
        for group in sorted(visit.groups, key=lambda one: (one.closed(now), -one.created_at.timestamp())):
            with Element("li") as row, Element("a").classes("y-item") as anchor:
                attributes(anchor, href=f"/console{path}?group={group.id}")
                if visit.has_group and group.id == visit.group.id:
                    attributes(anchor, aria_current="true")
                Text("span", group.name)
                if group.closed(now):
                    Text("span", w("group_closed")).classes("y-chip")
            rows.append((group, row))
        if visit.may(Deed.GROUP):
            with Element("li"), Element("a").classes("y-item") as more:
                attributes(more, href=START)
                ui.icon("add")
                Text("span", w("open_group"))


def more_sheet(visit: Visit, pages: list[Page], current: Page) -> None:
    """Show the phone's "more": the pages that are not in the bar, and one's own switches."""
    w = visit.shell_words
    with sheet(w("more")) as dialog:
        with Element("ul").classes("y-list"):
            for one in pages:
                with Element("li"), Element("a").classes("y-item") as anchor:
                    attributes(anchor, href=visit.link(one.path))
                    if one.path == current.path:
                        attributes(anchor, aria_current="page")
                    ui.icon(one.icon)
                    Text("span", w.of(one.words)("title"))
        own_switches(visit)
    with Element("button").classes("y-tab") as button:
        attributes(button, type="button", aria_haspopup="dialog")
        if current in pages:
            attributes(button, aria_current="true")
        ui.icon("more_horiz")
        Text("span", w("more"))
    button.on("click", dialog.open)


def own_switches(visit: Visit) -> None:
    """Show who is signed in, with their language, the sound and the way out."""
    w, person = visit.shell_words, visit.person
    Text("p", w("signed_in_as", name=person.name, role=w(f"role.{person.role}"))).classes("y-quiet")
    with Element("div").classes("y-switches"):
        _switch("notifications_active", w("sound_on")).classes("y-sound-on").on(
            "click", js_handler="() => yidan.sound(0)"
        )
        _switch("notifications_off", w("sound_off")).classes("y-sound-off").on(
            "click", js_handler="() => yidan.sound(1)"
        )
        other = "en" if w.language == "zh-CN" else "zh-CN"

        async def switch_language() -> None:
            await visit.server.accounts.set_language(person.account_id, other)
            ui.navigate.reload()

        language = _switch("translate", w("other_language"))
        attributes(language, lang=other)
        language.on("click", visit.deed(Deed.READ, switch_language))
        _switch("logout", w("sign_out")).on("click", visit.sign_out)


def _switch(icon: str, text: str) -> Element:
    with Element("button").classes("y-item") as button:
        attributes(button, type="button")
        ui.icon(icon)
        Text("span", text)
    return button
