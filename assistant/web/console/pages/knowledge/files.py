"""Files and copies: import with a look before, export, entries of another group."""

from functools import partial
from typing import Any, Literal

from nicegui import ui

from assistant.accounts.permissions import Deed
from assistant.knowledge.files import Sheet, entries_bytes, products_bytes
from assistant.knowledge.preview import MOST_BYTES, Preview, copied, read_preview
from assistant.web.console.pages.knowledge.board import Board
from assistant.web.console.pages.knowledge.history import MOST_STEPS, show_changes, title_of
from assistant.web.console.parts import Text, attributes, pick_button, region, sheet
from assistant.web.console.told import told_line
from assistant.web.console.views.knowledge import counted

What = Literal["entries", "products"]
_FORMS: tuple[tuple[What, str], ...] = (
    ("entries", "xlsx"),
    ("entries", "csv"),
    ("entries", "md"),
    ("products", "xlsx"),
    ("products", "csv"),
)


def file_menu(board: Board) -> None:
    """Show the buttons for imports, exports and copies."""
    w, visit = board.w, board.visit
    with region("div").classes("y-row k-tools"):
        if visit.may(Deed.DRAFT):
            ui.button(
                w("import.button"), icon="upload_file", on_click=visit.deed(Deed.DRAFT, partial(_import, board))
            ).props("flat dense")
        ui.button(w("export.button"), icon="download", on_click=visit.deed(Deed.READ, partial(_export, board))).props(
            "flat dense"
        )
        if visit.may(Deed.DRAFT) and len(visit.groups) > 1:
            ui.button(
                w("copy.button"), icon="content_copy", on_click=visit.deed(Deed.DRAFT, partial(_copy, board))
            ).props("flat dense")


def _export(board: Board) -> None:
    w, zone = board.w, board.visit.zone

    def download(what: What, form: str) -> None:
        knowledge = board.state.published
        if what == "entries":
            data = entries_bytes(knowledge.entries, f".{form}", zone)
        else:
            data = products_bytes(knowledge.products, f".{form}")
        ui.download.content(data, f"{board.group_id}-{what}.{form}")

    with board.place(), sheet(w("export.title")) as dialog:
        dialog.on_value_change(lambda event: None if event.value else dialog.delete())
        Text("p", w("export.text")).classes("y-quiet")
        for what, form in _FORMS:
            get = board.visit.deed(Deed.READ, partial(download, what, form))
            ui.button(w(f"export.{what}_{form}"), icon="download", on_click=get).props("outline align=left")
        ui.button(w("close"), on_click=dialog.close).props("flat")
    dialog.open()


def _import(board: Board) -> None:
    w, visit = board.w, board.visit
    data, name = b"", ""

    async def read() -> None:
        state = await board.yidan.drafts.state(board.group_id)
        told, sheet_ = read_preview(state, data, name, visit.zone, replace_all=replace.value)
        result.clear()
        taking.clear()
        with result:
            _show_preview(board, told)
            if sheet_ is not None and told.steps:
                take = visit.deed(Deed.DRAFT, partial(take_in, sheet_))
                with taking:
                    ui.button(w("import.take"), on_click=take)

    async def arrived(event: Any) -> None:
        nonlocal data, name
        data, name = await event.file.read(), event.file.name
        upload.reset()
        await read()

    async def take_in(sheet_: Sheet) -> None:
        await board.yidan.drafts.save_sheet(board.group_id, sheet_, replace=replace.value, by=board.by)
        dialog.close()
        visit.note(w("import.taken"))
        await board.changed()

    async def again() -> None:
        if data:
            await read()

    with board.place(), sheet(w("import.title")) as dialog:
        ui.context.slot.parent.classes("k-wide")
        dialog.on_value_change(lambda event: None if event.value else dialog.delete())
        Text("p", w("import.text")).classes("y-quiet")
        too_large = visit.deed(Deed.DRAFT, lambda: visit.fail(w("import.too_large", size=MOST_BYTES // 2**20)))
        upload = ui.upload(
            auto_upload=True,
            max_file_size=MOST_BYTES,
            on_upload=visit.deed(Deed.DRAFT, arrived),
            on_rejected=too_large,
        ).props('accept=".csv,.xlsx,.md,.txt,.tsv"')
        pick_button(w("import.choose"), upload).classes("k-left")
        replace = ui.checkbox(w("import.replace"))
        replace.on_value_change(visit.deed(Deed.DRAFT, again, once=False))
        result = region("div").classes("y-stack")
        attributes(result, aria_live="polite")
        with region("div").classes("y-row"):
            taking = region("div")
            ui.button(w("close"), on_click=dialog.close).props("flat")
    dialog.open()


def _show_preview(board: Board, told: Preview) -> None:
    w = board.w
    if told.problems:
        with region("div").classes("y-note y-bad y-stack y-tight") as note:
            attributes(note, role="alert")
            Text("strong", w("import.refused", count=len(told.problems)))
            for problem in told.problems[:MOST_STEPS]:
                Text("p", told_line(problem, w.language))
            if len(told.problems) > MOST_STEPS:
                Text("p", w("and_more", count=len(told.problems) - MOST_STEPS))
        return
    for warning in told.warnings[:10]:
        Text("p", told_line(warning, w.language)).classes("y-note")
    with region("div").classes("y-row"):
        for what, count in counted(told.steps).items():
            if count:
                tone = {"added": "y-good", "removed": "y-bad", "changed": "y-warm"}[what]
                Text("span", w(f"counted.{what}", count=count)).classes(f"y-chip {tone}")
        if told.unchanged:
            Text("span", w("counted.unchanged", count=told.unchanged)).classes("y-chip")
    if not told.steps:
        Text("p", w("import.nothing"))
    for step in told.steps[:MOST_STEPS]:
        with region("div").classes("k-step"):
            with region("div").classes("y-row"):
                tone = {"added": "y-good", "removed": "y-bad"}.get(step.what, "y-warm")
                Text("span", w(f"what.{step.what}")).classes(f"y-chip {tone}")
                Text("strong", title_of(step.after or step.before))
            if step.what == "changed":
                show_changes(step.before, step.after, w, board.visit.zone)
    if len(told.steps) > MOST_STEPS:
        Text("p", w("and_more", count=len(told.steps) - MOST_STEPS)).classes("y-quiet")


def _copy(board: Board) -> None:
    w, visit = board.w, board.visit
    own = [group for group in visit.groups if group.id != board.group_id and group.seller_id == visit.group.seller_id]
    boxes: dict[str, ui.checkbox] = {}

    async def show(event: Any) -> None:
        boxes.clear()
        entries.clear()
        source = await visit.server.directory.group(str(event.value), visit.person.seller_id)
        theirs = (await board.yidan.knowledge.knowledge(source.id)).entries
        fresh = copied(theirs, board.state.drafted.entries, board.yidan.clock.now())
        questions = {title_of(record) for record in fresh.values()}
        with entries:
            Text("p", w("copy.found", fresh=len(fresh), known=len(theirs) - len(fresh))).classes("y-quiet")
            for entry in theirs:
                if entry.question in questions:
                    boxes[entry.key] = ui.checkbox(entry.question, value=True)

    async def take() -> None:
        source = await visit.server.directory.group(str(group.value or ""), visit.person.seller_id)
        theirs = (await board.yidan.knowledge.knowledge(source.id)).entries
        wanted = [entry for entry in theirs if entry.key in boxes and boxes[entry.key].value]
        state = await board.yidan.drafts.state(board.group_id)
        records = copied(wanted, state.drafted.entries, board.yidan.clock.now())
        await board.yidan.drafts.save_all(board.group_id, records, by=board.by)
        dialog.close()
        visit.note(w("copy.done", count=len(records)))
        await board.changed()

    with board.place(), sheet(w("copy.title")) as dialog:
        ui.context.slot.parent.classes("k-wide")
        dialog.on_value_change(lambda event: None if event.value else dialog.delete())
        Text("p", w("copy.text")).classes("y-quiet")
        if not own:
            Text("p", w("copy.none"))
        group = ui.select({one.id: one.name for one in own}, label=w("copy.from")).props("outlined dense options-dense")
        group.on_value_change(visit.deed(Deed.DRAFT, show, once=False))
        entries = region("div").classes("y-stack y-tight k-scroll")
        with region("div").classes("y-row k-buttons"):
            ui.button(w("copy.take"), on_click=visit.deed(Deed.DRAFT, take))
            ui.button(w("cancel"), on_click=dialog.close).props("flat")
    dialog.open()
