"""A price list's file as lines, and its lines as products."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.errors import BadFile
from assistant.knowledge.pricelist.cells import (
    Doubt,
    Price,
    plain,
    read_count,
    read_price,
    unit_of_header,
    unit_of_spec,
)
from assistant.knowledge.pricelist.columns import Columns, Field, find_header, guess
from assistant.knowledge.records import ProductRecord
from assistant.knowledge.tables import lines_of
from assistant.knowledge.tidying import product_problems, tidy_product

MOST_LINES = 2000

_FATAL = frozenset(("no_price", "price_range", "price_unclear", "no_name", "odd_text"))
_TOTALS = ("合计", "总计", "小计", "total", "subtotal", "sum")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as it is: its rows with their places (``row 7``), the header's place among them, the columns."""

    rows: tuple[tuple[str, tuple[str, ...]], ...]
    header: int | None
    columns: Columns

    @property
    def titles(self) -> list[str]:
        """What stands above each column; its letter where there is no header."""
        width = max((len(cells) for _, cells in self.rows), default=0)
        head = self.rows[self.header][1] if self.header is not None else ()
        return [plain(head[at]) if at < len(head) and plain(head[at]) else chr(65 + at % 26) for at in range(width)]


@dataclass(frozen=True, slots=True)
class Line:
    """One product as the list says it, with what is doubtful about it."""

    place: str
    product: ProductRecord
    doubts: tuple[Doubt, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether it can be sold as it stands."""
        return not _FATAL & set(self.doubts)


def read_sheet(name: str, data: bytes) -> Sheet:
    """Return a price list's rows with the columns that could be guessed.

    Raises:
        BadFile: it is no Excel or CSV file, is empty, or has far too many lines.
    """
    rows = tuple((place, cells) for place, cells in lines_of(name, data) if any(cell.strip() for cell in cells))
    if not rows:
        raise BadFile(f"{name} is empty")
    if len(rows) > MOST_LINES:
        raise BadFile(f"{name} has more than {MOST_LINES} lines; that is no price list of one deal")
    cells = [row for _, row in rows]
    header, named = find_header(cells)
    return Sheet(rows, header, guess(cells[header + 1 if header is not None else 0 :], named))


def read_lines(sheet: Sheet, columns: Columns, *, unit: str) -> list[Line]:
    """Return the products of a sheet; ``unit`` is taken where neither price, column nor header names one.

    Titles, empty lines and totals are left out. A line without a name takes the one above it, with its own
    specification: that is how merged cells come out.
    """
    start = sheet.header + 1 if sheet.header is not None else 0
    header_unit = unit_of_header(sheet.titles[columns["price"]]) if "price" in columns else ""
    lines: list[Line] = []
    above = ""
    for place, cells in sheet.rows[start:]:
        said = _Said(cells, columns)
        above = said.text("name") or above
        if not said.counts:
            continue
        lines.append(
            _line(place, said, name=above if said.text("spec") else said.text("name"), unit=header_unit or unit)
        )
    return _numbered(_told_apart(lines))


def products_of(lines: Sequence[Line]) -> tuple[ProductRecord, ...]:
    """Return the products of the lines that can be sold."""
    return tuple(line.product for line in lines if line.usable)


class _Said:
    """What one row says under each field."""

    def __init__(self, cells: Sequence[str], columns: Columns) -> None:
        # Names and words stay as the seller writes them; numbers are read in half width.
        self._cells = {
            field: " ".join(cells[at].split()) if field in ("name", "spec", "description") else plain(cells[at])
            for field, at in columns.items()
            if at < len(cells)
        }
        filled = [plain(cell) for cell in cells if plain(cell)]
        total = any(re.fullmatch(rf"{word}\W*", cell.casefold()) for cell in filled for word in _TOTALS)
        prices = self._cells.get("price", "")
        self.counts = not total and (bool(prices) or (bool(self.text("name")) and len(filled) > 1))

    def text(self, field: Field) -> str:
        """Return the cell's text, or nothing."""
        return self._cells.get(field, "")


def _line(place: str, said: _Said, *, name: str, unit: str) -> Line:
    doubts: list[Doubt] = []
    price, stock, most = (
        read_price(said.text("price")),
        read_count(said.text("stock")),
        read_count(said.text("per_member_limit")),
    )
    found = price if isinstance(price, Price) else None
    if found is None and not isinstance(price, Price):
        doubts.append(price)
    if isinstance(stock, str) or isinstance(most, str):
        doubts.append("count_unclear")
    if not name:
        doubts.append("no_name")
    spec = said.text("spec")
    said_unit = (found.unit if found else "") or said.text("unit") or unit_of_spec(spec) or unit
    product = ProductRecord(
        sku=said.text("sku"),
        name=name,
        price=found.amount if found else ProductRecord("", "").price,
        unit=said_unit[:12],
        stock=stock if isinstance(stock, int) else None,
        per_member_limit=most if isinstance(most, int) and most > 0 else None,
        description="，".join(part for part in (spec, said.text("description")) if part),
    )
    return Line(place, product, tuple(doubts))


def _told_apart(lines: Sequence[Line]) -> list[Line]:
    """Return the lines with the specification in the name where two products would have the same."""
    names = [line.product.name for line in lines]
    told = []
    for line in lines:
        name, spec = line.product.name, line.product.description.split("，")[0]
        if name and spec and names.count(name) > 1 and spec not in name:
            line = replace(line, product=replace(line.product, name=f"{name}（{spec}）"[:100]))
        told.append(line)
    return told


def _numbered(lines: Sequence[Line]) -> list[Line]:
    """Return the lines with a number each; those that have none, or one already taken, get the next free one."""
    wanted = [re.sub(r"\s+", "", line.product.sku).upper()[:40] for line in lines]
    bare = all(sku.isdigit() for sku in wanted if sku)
    wanted = [f"A{int(sku):02d}" if sku and bare and len(sku) < 4 else sku for sku in wanted]
    taken: set[str] = set()
    numbered = []
    for line, sku in zip(lines, wanted, strict=True):
        doubts = line.doubts
        if sku in taken:
            doubts = (*doubts, "double_sku")
        if not sku or sku in taken:
            sku = next(
                free for n in range(1, len(lines) + len(taken) + 2) if (free := f"A{n:02d}") not in {*taken, *wanted}
            )
        taken.add(sku)
        product = tidy_product(replace(line.product, sku=sku))
        if not _FATAL & set(doubts) and product_problems(product):
            doubts = (*doubts, "odd_text")
        numbered.append(replace(line, product=product, doubts=doubts))
    return numbered
