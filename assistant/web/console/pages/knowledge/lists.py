"""The lists of entries and products: searched, filtered, each line opening its editor."""

from collections.abc import Callable
from functools import partial

from nicegui import ui
from nicegui.element import Element

from assistant.accounts.permissions import Deed
from assistant.knowledge.records import CATEGORIES
from assistant.marks.tally import Tally
from assistant.web.console.pages.knowledge.board import Board
from assistant.web.console.pages.knowledge.editor import edit_entry, edit_product
from assistant.web.console.parts import Text, attributes, empty, region
from assistant.web.console.views.knowledge import Row, entry_rows, matching, product_rows
from assistant.web.console.words import Words

PAGE = 30
"""Lines that are drawn at once."""

Rows = Callable[[], list[Row]]
Open = Callable[[Board, str | None], None]


def entries_tab(board: Board) -> None:
    """Show the entries."""

    def rows() -> list[Row]:
        return entry_rows(board.state, board.tallies, board.yidan.clock.now())

    _list(board, rows, edit_entry, kind="entry")


def products_tab(board: Board) -> None:
    """Show the products."""

    def rows() -> list[Row]:
        return product_rows(board.state, board.tallies, board.yidan.clock.now(), board.currency)

    _list(board, rows, edit_product, kind="product")


def _list(board: Board, rows: Rows, edit: Open, *, kind: str) -> None:
    visit, w = board.visit, board.w
    shown = PAGE

    def draw() -> None:
        found = matching(rows(), str(search.value or ""), str(category.value or ""), str(only.value or ""))
        body.clear()
        with body:
            if found:
                _table(board, found[:shown], edit, kind)
            elif search.value or category.value or only.value:
                empty("search_off", w("none_found"), w("none_found_text"))
            else:
                empty("menu_book", w(f"no_{kind}"), w(f"no_{kind}_text"))
        count.text = w("count", count=len(found))
        more.set_visibility(len(found) > shown)

    def anew(_: object = None) -> None:
        nonlocal shown
        shown = PAGE
        draw()

    def further() -> None:
        nonlocal shown
        shown += PAGE
        draw()

    with region("div").classes("k-filters"):
        search = ui.input(label=w("search")).props("outlined dense clearable debounce=250").classes("k-search")
        with search.add_slot("prepend"):
            ui.icon("search")
        names = {"": w("all_categories")} | {name: w(f"category.{name}") for name in CATEGORIES}
        category = _choice(w("category_label"), names)
        category.set_visibility(kind == "entry")
        only = _choice(w("only"), {"": w("only_all")} | {name: w(f"only_{name}") for name in _filters(kind)})
    with region("div").classes("y-row y-between"):
        count = Text("p").classes("y-quiet")
        if visit.may(Deed.DRAFT):
            ui.button(w(f"new_{kind}"), icon="add", on_click=visit.deed(Deed.DRAFT, partial(edit, board, None)))
    body = region("div").classes("y-stack")
    more = ui.button(w("more_rows"), on_click=visit.deed(Deed.READ, further)).props("outline")
    for field in (search, category, only):
        field.on_value_change(anew)
    draw()
    board.on_change(draw)


def _filters(kind: str) -> tuple[str, ...]:
    return ("draft", "unused", "bad", "over") if kind == "entry" else ("draft", "unused", "bad")


def _choice(label: str, options: dict[str, str]) -> ui.select:
    return ui.select(options, label=label, value="").props("outlined dense options-dense")


def _table(board: Board, rows: list[Row], edit: Open, kind: str) -> None:
    w = board.w
    heads = [w(f"head.{kind}"), w(f"head.{kind}_text"), *([w("head.category")] if kind == "entry" else [])]
    with Element("table").classes(f"y-table k-table k-{kind}"):
        with Element("thead"), Element("tr"):
            for head in heads:
                attributes(Text("th", head), scope="col")
            for head in (w("head.hits"), w("head.marks")):
                attributes(Text("th", head).classes("y-num"), scope="col")
        with Element("tbody"):
            for row in rows:
                _line(board, row, edit, kind)


def _line(board: Board, row: Row, edit: Open, kind: str) -> None:
    w, visit = board.w, board.visit
    with Element("tr").classes("k-gone" if row.what == "removed" else ""):
        with Element("td").classes("k-title"):
            with Element("button").classes("k-open") as opener:
                attributes(opener, type="button")
                Text("span", row.title)
            opener.on("click", visit.deed(Deed.READ, partial(edit, board, row.place[1])), args=[])
            with region("div").classes("y-row k-chips"):
                _chips(row, board)
        with Element("td").classes("k-text"):
            Text("div", row.text).classes("k-two")
        if kind == "entry":
            with Element("td").classes("k-cat"):
                name = f"category.{row.category}"
                Text("span", w(name) if w.has(name) else row.category).classes("y-chip")
        with Element("td").classes("y-num k-figure"):
            Text("span", w("head.hits")).classes("k-label y-quiet")
            Text("span", str(row.tally.hits))
        with Element("td").classes("y-num k-figure k-marks"):
            _marks(row.tally, w)


def _marks(tally: Tally, w: Words) -> None:
    if not (tally.good or tally.bad):
        attributes(Text("span", "–").classes("y-quiet"), aria_hidden="true")
        return
    marks = Text("span", f"+{tally.good} −{tally.bad}").classes("y-bad" if tally.bad > tally.good else "")
    attributes(marks, aria_label=w("marks", good=tally.good, bad=tally.bad), role="img")


def _chips(row: Row, board: Board) -> None:
    w = board.w
    if row.what is not None:
        Text("span", w(f"drafted.{row.what}")).classes("y-chip y-warm")
    if row.stale:
        Text("span", w("stale")).classes("y-chip y-bad")
    if row.validity:
        Text("span", w(f"validity.{row.validity}")).classes("y-chip")
