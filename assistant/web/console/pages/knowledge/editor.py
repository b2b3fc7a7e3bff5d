"""The editors of an entry and a product: everything saved is a draft, and nobody's words are overwritten unseen."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation

from nicegui import ui
from nicegui.element import Element

from assistant.accounts.permissions import Deed
from assistant.delivery.suggestions import Suggestions
from assistant.errors import Conflict, UsageError
from assistant.knowledge.changes import key_of
from assistant.knowledge.drafts import Overtaken, Record, RecordKind, Seen
from assistant.knowledge.records import CATEGORIES, EntryRecord, ProductRecord
from assistant.knowledge.tidying import fold_sku, generated_key
from assistant.web.console.pages.knowledge.board import Board
from assistant.web.console.pages.knowledge.history import show_changes, show_record_history
from assistant.web.console.pages.knowledge.trying import try_panel
from assistant.web.console.parts import Text, attributes, region, sheet
from assistant.web.console.views.knowledge import count_from, from_field, lines_of, to_field, words_of

Read = Callable[[], Record]


def edit_entry(board: Board, key: str | None) -> None:
    """Open the editor of an entry; a new one without a key."""
    found = board.state.record("entry", key) if key is not None else None
    before = found if isinstance(found, EntryRecord) else _gone(board, "entry", key)
    start = before if isinstance(before, EntryRecord) else EntryRecord("", "")
    _Editor(board, "entry", found, _EntryForm(board, start)).open()


def edit_product(board: Board, key: str | None) -> None:
    """Open the editor of a product; a new one without a key."""
    found = board.state.record("product", key) if key is not None else None
    before = found if isinstance(found, ProductRecord) else _gone(board, "product", key)
    start = before if isinstance(before, ProductRecord) else ProductRecord("", "")
    _Editor(board, "product", found, _ProductForm(board, start)).open()


def _gone(board: Board, kind: RecordKind, key: str | None) -> Record | None:
    """Return a record that the draft removes: saving it takes the removal back."""
    return next((c.before for c in board.state.changes if c.kind == kind and c.key == key), None)


class _EntryForm:
    """The fields of an entry."""

    def __init__(self, board: Board, start: EntryRecord) -> None:
        self.board, self.start = board, start
        self.title = board.w("edit_entry" if start.key else "new_entry")

    def build(self) -> None:
        """Draw the fields."""
        w, start, zone = self.board.w, self.start, self.board.visit.zone
        self.question = _input(w("field.question"), start.question)
        self.answer = _area(w("field.answer"), start.answer, w("hint.answer"))
        self.similar = _area(w("field.similar_questions"), "\n".join(start.similar_questions), w("hint.similar"))
        suggest = self.board.visit.deed(Deed.DRAFT, self.suggest)
        ui.button(w("suggest"), icon="auto_awesome", on_click=suggest).props("flat dense").classes("k-left")
        with region("div").classes("k-pair"):
            names = {name: w(f"category.{name}") for name in CATEGORIES}
            if start.category not in names:
                names[start.category] = start.category
            self.category = ui.select(names, label=w("field.category"), value=start.category).props(
                "outlined dense options-dense"
            )
            self.keywords = _input(w("field.keywords"), ", ".join(start.keywords), w("hint.keywords"))
        with region("div").classes("k-pair"):
            self.valid_from = _time(w("field.valid_from"), to_field(start.valid_from, zone))
            self.valid_until = _time(w("field.valid_until"), to_field(start.valid_until, zone))

    async def suggest(self) -> None:
        """Add further ways to ask the question."""
        board = self.board
        if not str(self.question.value or "").strip():
            raise UsageError("write the question first")
        yidan = board.yidan
        suggestions = Suggestions(yidan.database, yidan.library, board.visit.server.desk, yidan.model)
        draft = await suggestions.entry(board.group_id, self.question.value, self.answer.value or self.question.value)
        known = lines_of(self.similar.value)
        fresh = [text for text in draft.similar_questions if text not in known and text != self.question.value]
        self.similar.value = "\n".join((*known, *fresh))
        board.visit.note(board.w("suggested", count=len(fresh)) if fresh else board.w("nothing_suggested"))

    def read(self) -> Record:
        """Return what the fields say. Raises UsageError."""
        zone = self.board.visit.zone
        question = str(self.question.value or "")
        try:
            since, until = from_field(self.valid_from.value, zone), from_field(self.valid_until.value, zone)
        except ValueError as error:
            raise UsageError("a date or time is not complete") from error
        return EntryRecord(
            key=self.start.key or generated_key(question),
            question=question,
            similar_questions=lines_of(self.similar.value),
            answer=str(self.answer.value or ""),
            category=str(self.category.value or "other"),
            keywords=words_of(self.keywords.value),
            # Seconds and what lies below them are not in the field; what was not touched stays as it was.
            valid_from=self.start.valid_from if _same(since, self.start.valid_from) else since,
            valid_until=self.start.valid_until if _same(until, self.start.valid_until) else until,
        )


class _ProductForm:
    """The fields of a product."""

    def __init__(self, board: Board, start: ProductRecord) -> None:
        self.board, self.start = board, start
        self.title = board.w("edit_product" if start.sku else "new_product")

    def build(self) -> None:
        """Draw the fields."""
        w, start = self.board.w, self.start
        with region("div").classes("k-pair"):
            self.sku = _input(w("field.sku"), start.sku, w("hint.sku"))
            if start.sku:
                self.sku.props("readonly")
            self.name = _input(w("field.name"), start.name)
        with region("div").classes("k-pair"):
            price = f"{start.price:f}" if start.sku else ""
            self.price = _input(w("field.price_in", currency=self.board.currency), price).props("inputmode=decimal")
            self.unit = _input(w("field.unit"), start.unit, w("hint.unit"))
        with region("div").classes("k-pair"):
            self.stock = _input(w("field.stock"), _number(start.stock), w("hint.stock")).props("inputmode=numeric")
            self.limit = _input(w("field.per_member_limit"), _number(start.per_member_limit), w("hint.limit"))
            self.limit.props("inputmode=numeric")
        self.preorder = ui.checkbox(w("field.preorder_long"), value=start.preorder)
        self.aliases = _input(w("field.aliases"), ", ".join(start.aliases), w("hint.aliases"))
        self.description = _area(w("field.description"), start.description)

    def read(self) -> Record:
        """Return what the fields say. Raises UsageError."""
        try:
            price = Decimal(str(self.price.value or "").strip().lstrip("¥￥$€£"))
            stock, limit = count_from(self.stock.value), count_from(self.limit.value)
        except (InvalidOperation, ValueError) as error:
            raise UsageError("price, stock and limit must be numbers") from error
        return ProductRecord(
            sku=str(self.sku.value or ""),
            name=str(self.name.value or ""),
            aliases=words_of(self.aliases.value),
            price=price,
            unit=str(self.unit.value or ""),
            stock=stock,
            per_member_limit=limit,
            preorder=bool(self.preorder.value),
            description=str(self.description.value or ""),
        )


class _Editor:
    """A form with its buttons, its trial panel, and what happens when two people write at once."""

    def __init__(self, board: Board, kind: RecordKind, found: Record | None, form: "_EntryForm | _ProductForm") -> None:
        self.board, self.kind, self.form = board, kind, form
        self.seen = Seen(found)
        self.is_new = not (form.start.key if isinstance(form.start, EntryRecord) else form.start.sku)

    def open(self) -> None:
        """Show it."""
        board, w, visit = self.board, self.board.w, self.board.visit
        may = visit.may(Deed.DRAFT)
        with board.place(), sheet(self.form.title) as dialog:
            dialog.props("persistent")
            dialog.on_value_change(lambda event: None if event.value else dialog.delete())
            self.dialog = dialog
            ui.context.slot.parent.classes("k-wide")
            with region("div").classes("k-editor"):
                with region("div").classes("y-stack"):
                    self.form.build()
                with region("div").classes("y-stack"):
                    retry = try_panel(board, self._edited, level="h3")
            self.clash = region("div").classes("y-stack")
            with region("div").classes("y-row k-buttons"):
                if may:
                    ui.button(w("save_draft"), on_click=visit.deed(Deed.DRAFT, self.save))
                ui.button(w("cancel"), on_click=dialog.close).props("flat")
                if not self.is_new:
                    ui.button(w("its_history"), on_click=visit.deed(Deed.READ, self.show_history)).props("flat")
                if may and self.seen.record is not None:
                    remove = visit.deed(Deed.DRAFT, self.remove)
                    ui.button(w("remove"), icon="delete", on_click=remove).props("flat color=negative").classes("k-end")
        if self.kind == "entry":
            for field in (self.form.answer, self.form.similar, self.form.question):  # type: ignore[union-attr]
                field.on_value_change(lambda _: retry())
        dialog.open()

    def _edited(self) -> Record | None:
        """Return what is written so far, where it can be read already."""
        try:
            record = self.form.read()
        except UsageError:
            return None
        complete = record.question and record.answer if isinstance(record, EntryRecord) else record.sku and record.name
        return record if complete else None

    async def save(self) -> None:
        """Draft what the fields say."""
        board, record = self.board, self.form.read()
        if self.is_new and await self._taken(record):
            raise Conflict(f"there is '{key_of(record)}' already; open it from the list to change it")
        try:
            await board.save(record, self.seen)
        except Overtaken as told:
            self._clash(told.current, record)
            return
        self.dialog.close()
        board.visit.note(board.w("drafted_note"))

    async def _taken(self, record: Record) -> bool:
        state = await self.board.yidan.drafts.state(self.board.group_id)
        return self.seen.record is None and state.record(self.kind, key_of(record)) is not None

    def _clash(self, current: Record | None, mine: Record) -> None:
        """Show what the other one wrote, and let the writer choose; what they typed stays in the fields."""
        board, w = self.board, self.board.w

        async def keep_mine() -> None:
            self.seen = Seen(current)
            self.clash.clear()
            await self.save()

        def take_theirs() -> None:
            self.dialog.close()
            key = key_of(current or mine)
            (edit_entry if self.kind == "entry" else edit_product)(board, key)

        self.clash.clear()
        with self.clash, region("div").classes("y-note y-stack") as note:
            attributes(note, role="alert")
            Text("h3", w("clash.title"))
            Text("p", w("clash.text" if current is not None else "clash.gone"))
            if current is not None:
                show_changes(current, mine, w, board.visit.zone)
            with region("div").classes("y-row"):
                ui.button(w("clash.mine"), on_click=board.visit.deed(Deed.DRAFT, keep_mine)).props("outline")
                ui.button(w("clash.theirs"), on_click=board.visit.deed(Deed.READ, take_theirs)).props("flat")

    async def remove(self) -> None:
        """Draft the removal."""
        record = self.seen.record
        assert record is not None
        await self.board.yidan.drafts.remove(self.board.group_id, self.kind, key_of(record), by=self.board.by)
        self.dialog.close()
        self.board.visit.note(self.board.w("removal_note"))
        await self.board.changed()

    async def show_history(self) -> None:
        """Show what this record said over time."""
        start = self.form.start
        key = start.key if isinstance(start, EntryRecord) else fold_sku(start.sku)
        await show_record_history(self.board, (self.kind, key))


def _input(label: str, value: str, hint: str = "") -> ui.input:
    field = ui.input(label=label, value=value).props("outlined dense")
    _hint(field, hint)
    return field


def _area(label: str, value: str, hint: str = "") -> ui.textarea:
    field = ui.textarea(label=label, value=value).props("outlined dense autogrow")
    _hint(field, hint)
    return field


def _hint(field: Element, hint: str) -> None:
    if hint:
        attributes(field, hint=hint)


def _time(label: str, value: str) -> ui.input:
    return ui.input(label=label, value=value).props("outlined dense type=datetime-local stack-label")


def _number(count: int | None) -> str:
    return "" if count is None else str(count)


def _same(read: datetime | None, start: datetime | None) -> bool:
    return read == (start.replace(second=0, microsecond=0) if start is not None else None)
