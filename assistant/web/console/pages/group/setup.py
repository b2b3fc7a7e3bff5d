"""The settings of a group, in plain words, and its ways to pay that are out of order."""

from typing import Any

from nicegui import ui

from assistant.accounts.permissions import Deed
from assistant.delivery.methods import MethodDesk
from assistant.web.console.parts import Text, region
from assistant.web.console.views.group import SECTIONS, Field, filled, form_of
from assistant.web.console.visit import Visit


async def show(visit: Visit) -> None:
    """Show the form; only who may change it can save it."""
    w, may = visit.w, visit.may(Deed.GROUP)
    info = await visit.server.yidan.groups.show(visit.group.id)
    before = form_of(info.settings)
    inputs: dict[str, Any] = {}
    with region("div").classes("y-row"):
        Text("span", w(f"state.{info.state.state}")).classes(
            "y-chip y-good" if info.state.state == "open" else "y-chip"
        )
        Text("span", w("of_seller", seller=info.settings.seller)).classes("y-quiet")
    if not may:
        Text("p", w("read_only")).classes("y-note")
    with region("div").classes("y-flow"):
        for section, fields in SECTIONS.items():
            with region("section").classes("y-card y-stack"):
                Text("h2", w(f"section.{section}"))
                for field in fields:
                    inputs[field.path] = _input(visit, field, before[field.path], may=may)
                if section == "payment":
                    await _methods(visit)

    async def save() -> None:
        now = (await visit.server.yidan.groups.show(visit.group.id)).settings
        given = {path: _given(one.value) for path, one in inputs.items()}
        # Only what was changed here is written: what somebody else saved meanwhile stays.
        result = filled(now, {path: value for path, value in given.items() if value != before[path]})
        for path, one in inputs.items():
            one.props(remove="error error-message")
            if path in result.problems:
                one.props["error"], one.props["error-message"] = True, w(f"problem.{result.problems[path]}")
                one.update()
        if result.problems:
            visit.fail(w("check_fields", count=len(result.problems)))
            return
        if not result.changes:
            visit.note(w("nothing_changed"))
            return
        saved = await visit.server.yidan.groups.change(visit.group.id, result.changes, by=visit.person.actor)
        visit.server.languages.pop(visit.group.id, None)
        visit.server.announce(visit.group.id)
        before.update(form_of(saved.settings))
        visit.note(w("saved"))

    if may:
        with region("div").classes("y-row y-save"):
            ui.button(w("save"), icon="check", on_click=visit.deed(Deed.GROUP, save))
            Text("p", w("save_hint")).classes("y-quiet y-grow")


def _given(value: Any) -> str | bool:
    return value if isinstance(value, bool) else str(value or "")


def _input(visit: Visit, field: Field, value: str | bool, *, may: bool) -> Any:
    w, label = visit.w, visit.w(f"field.{field.words}")
    made: Any
    if field.kind == "yes":
        made = ui.switch(label, value=bool(value))
    elif field.kind == "choice":
        options = {one: w(f"choice.{field.words}.{one}") for one in field.choices}
        made = ui.select(options, label=label, value=value).props("outlined options-dense")
    elif field.kind in ("text", "lines", "list"):
        made = ui.textarea(label, value=str(value)).props("outlined autogrow")
    else:
        made = ui.input(label, value=str(value)).props("outlined")
        if field.kind == "moment":
            made.props("stack-label").props["placeholder"] = w("moment_like")
        elif field.kind in ("whole", "money", "percent"):
            made.props("inputmode=decimal")
    if field.kind != "yes" and w.has(f"hint.{field.words}"):
        made.props["hint"] = w(f"hint.{field.words}")
    made.classes("y-wide")
    if not may:
        made.disable()
    return made


async def _methods(visit: Visit) -> None:
    """Show switches for the ways to pay; the group hears of it at once."""
    w, desk = visit.w, MethodDesk(visit.server.yidan.database, visit.server.yidan.clock)
    known = await desk.show(visit.group.id)
    if not known:
        return
    Text("h3", w("methods_now"))
    Text("p", w("methods_hint")).classes("y-quiet")
    for method in known:
        switch = ui.switch(method.name, value=method.usable)
        switch.set_enabled(visit.may(Deed.GROUP))

        async def turn(event: Any, name: str = method.name, shown: Any = switch) -> None:
            try:
                after = await desk.switch(visit.group.id, name, on=bool(event.value), by=visit.person.actor)
            finally:
                shown.value = any(one.usable for one in await desk.show(visit.group.id) if one.name == name)
            visit.server.announce(visit.group.id)
            if any(one.name == name and one.usable == bool(event.value) for one in after):
                visit.note(w("method_on" if event.value else "method_off", name=name))

        switch.on_value_change(visit.deed(Deed.GROUP, turn))
