"""The history: who changed what from what to what, and the way back."""

from collections.abc import Awaitable, Callable
from datetime import tzinfo
from functools import partial

from nicegui import ui
from nicegui.element import Element

from assistant.accounts.permissions import Deed
from assistant.knowledge.drafts import Place, Record
from assistant.knowledge.history import Revision, Step
from assistant.web.console.pages.knowledge.board import Board
from assistant.web.console.parts import Text, attributes, empty, region, sheet
from assistant.web.console.views.audit import actor_name
from assistant.web.console.views.knowledge import changed_fields, counted, diff_parts, shown
from assistant.web.console.words import Words

MOST_STEPS = 40
"""Records of one revision that are drawn."""


def history_tab(board: Board) -> Callable[[], Awaitable[None]]:
    """Make the tab; return what fills it, as it is only read when somebody looks."""
    visit, w = board.visit, board.w
    before: int | None = None
    looked = False

    async def fill() -> None:
        nonlocal before, looked
        looked, before = True, None
        rows.clear()
        await further()

    async def further() -> None:
        nonlocal before
        found = await board.history.revisions(board.group_id, before=before, limit=20)
        with rows:
            for revision in found:
                _revision(board, revision)
            if not found and before is None:
                empty("history", w("no_history"), w("no_history_text"))
        before = found[-1].version if found else before
        older.set_visibility(len(found) == 20)

    async def anew() -> None:
        if looked:
            await fill()

    Text("p", w("history_hint")).classes("y-quiet")
    rows = region("div").classes("y-stack")
    older = ui.button(w("older"), on_click=visit.deed(Deed.READ, further)).props("outline")
    older.set_visibility(False)
    board.on_change(anew)
    return fill


def _revision(board: Board, revision: Revision) -> None:
    w, zone = board.w, board.visit.zone
    with region("article").classes("y-card y-stack y-tight"):
        with region("div").classes("y-row y-between"):
            with region("p"):
                Text("strong", actor_name(revision.by, w))
                Text("span", f" · {summary(revision.steps, w)}")
            Text("time", f"{revision.at.astimezone(zone):%Y-%m-%d %H:%M}").classes("y-quiet")
        with region("details"):
            Text("summary", w("what_changed")).classes("y-quiet")
            with region("div").classes("y-stack"):
                for step in revision.steps[:MOST_STEPS]:
                    _step(board, revision, step)
                if len(revision.steps) > MOST_STEPS:
                    Text("p", w("and_more", count=len(revision.steps) - MOST_STEPS)).classes("y-quiet")
        if board.visit.may(Deed.DRAFT) and revision.version > 1:
            back = board.visit.deed(Deed.DRAFT, partial(_ask_back, board, revision.version - 1, None))
            ui.button(w("undo_from_here"), icon="undo", on_click=back).props("flat dense").classes("k-left")


def _step(board: Board, revision: Revision, step: Step) -> None:
    w = board.w
    with region("div").classes("k-step"):
        with region("div").classes("y-row"):
            tone = {"added": "y-good", "removed": "y-bad"}.get(step.what, "y-warm")
            Text("span", w(f"what.{step.what}")).classes(f"y-chip {tone}")
            Text("strong", title_of(step.after or step.before))
            if board.visit.may(Deed.DRAFT) and revision.version > 1:
                back = board.visit.deed(Deed.DRAFT, partial(_ask_back, board, revision.version - 1, step.place))
                ui.button(w("undo_this"), on_click=back).props("flat dense").classes("k-end")
        show_changes(step.before, step.after, w, board.visit.zone)


def summary(steps: tuple[Step, ...], w: Words) -> str:
    """Return how much was changed, and of what where it is little."""
    told = [w(f"counted.{what}", count=count) for what, count in counted(steps).items() if count]
    names = " · ".join(title_of(step.after or step.before) for step in steps[:2]) if len(steps) <= 2 else ""
    return w("list_break").join(told) + (w("colon") + names if names else "")


def title_of(record: Record | None) -> str:
    """Return what people call a record: the question, or the number with the name."""
    if record is None:
        return ""
    return getattr(record, "question", "") or f"{getattr(record, 'sku', '')} {getattr(record, 'name', '')}".strip()


def show_changes(before: Record | None, after: Record | None, w: Words, zone: tzinfo) -> None:
    """Show each field that differs: what goes is struck out, what comes is marked."""
    with Element("dl").classes("y-facts k-diff"):
        for name, old, new in changed_fields(before, after):
            Text("dt", w(f"field.{name}"))
            with Element("dd").classes("y-pre"):
                if before is None or after is None:
                    Text("span", shown(name, new if before is None else old, w, zone))
                    continue
                for what, text in diff_parts(shown(name, old, w, zone), shown(name, new, w, zone)):
                    Text({"gone": "del", "new": "ins"}.get(what, "span"), text)


async def show_record_history(board: Board, place: Place) -> None:
    """Show what one record said over time, with the way back to each state."""
    w = board.w
    found = await board.history.revisions(board.group_id, of=place)
    with board.place(), sheet(w("its_history")) as dialog:
        ui.context.slot.parent.classes("k-wide")
        dialog.on_value_change(lambda event: None if event.value else dialog.delete())
        if not found:
            Text("p", w("no_history_text")).classes("y-quiet")
        for revision in found:
            _revision(board, revision)
        ui.button(w("close"), on_click=dialog.close).props("flat")
    dialog.open()


async def _ask_back(board: Board, version: int, only: Place | None) -> None:
    """Show what going back would change, and draft it when that is wanted."""
    w = board.w
    steps = await board.history.plan(board.group_id, version, only=only)
    lost = [change for change in board.state.changes if (change.kind, change.key) in {step.place for step in steps}]

    async def go() -> None:
        await board.history.roll_back(board.group_id, version, by=board.by, only=only, over_drafts=True)
        dialog.close()
        board.visit.note(w("back_drafted"))
        await board.changed()

    with board.place(), sheet(w("back.title")) as dialog:
        ui.context.slot.parent.classes("k-wide")
        dialog.on_value_change(lambda event: None if event.value else dialog.delete())
        Text("p", w("back.text" if steps else "back.nothing"))
        for step in steps[:MOST_STEPS]:
            with region("div").classes("k-step"):
                Text("strong", title_of(step.after or step.before))
                show_changes(step.before, step.after, w, board.visit.zone)
        if lost:
            attributes(Text("p", w("back.over", count=len(lost))).classes("y-note"), role="note")
        with region("div").classes("y-row k-buttons"):
            if steps:
                ui.button(w("back.go"), on_click=board.visit.deed(Deed.DRAFT, go))
            ui.button(w("cancel"), on_click=dialog.close).props("flat")
    dialog.open()
