"""Writing entries and catalogues as Excel workbooks."""

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any

from assistant.errors import UsageError
from assistant.knowledge.fields import (
    ENTRY_FIELDS,
    PRODUCT_FIELDS,
    cells_from_entry,
    cells_from_product,
    show_moment,
)
from assistant.knowledge.records import EntryRecord, ProductRecord

_WIDTHS = {"question": 36, "similar_questions": 48, "answer": 72, "description": 72, "name": 28, "aliases": 32}
_MAX_CELL = 32_767
_WRAPPED = ("answer", "description", "similar_questions", "aliases")


def entries_workbook(entries: Iterable[EntryRecord], zone: tzinfo) -> bytes:
    """Return an ``.xlsx`` file of the entries; times are Excel times in ``zone``."""
    rows = []
    for entry in entries:
        row: dict[str, Any] = dict(cells_from_entry(entry, zone))
        row["valid_from"] = _excel_time(entry.valid_from, zone)
        row["valid_until"] = _excel_time(entry.valid_until, zone)
        rows.append(row)
    return workbook("FAQ", ENTRY_FIELDS, rows)


def products_workbook(products: Iterable[ProductRecord]) -> bytes:
    """Return an ``.xlsx`` file of the catalogue with prices and counts as numbers."""
    rows = []
    for product in products:
        row: dict[str, Any] = dict(cells_from_product(product))
        row["price"] = product.price
        row["stock"] = product.stock
        row["per_member_limit"] = product.per_member_limit
        rows.append(row)
    return workbook("catalog", PRODUCT_FIELDS, rows)


def workbook(title: str, fields: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return an ``.xlsx`` file with one sheet. Texts are always texts, so none of them runs as a formula."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    sheet.freeze_panes = "A2"
    for column, field in enumerate(fields, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTHS.get(field, 16)
        sheet.cell(1, column, field).font = Font(bold=True)
    wrapped = Alignment(wrap_text=True, vertical="top")
    for number, row in enumerate(rows, start=2):
        for column, field in enumerate(fields, start=1):
            value = row[field]
            if value is None or value == "":
                continue
            _put(sheet.cell(number, column), value)
            if field in _WRAPPED:
                sheet.cell(number, column).alignment = wrapped
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _put(cell: Any, value: Any) -> None:
    if isinstance(value, str):
        if len(value) > _MAX_CELL:
            raise UsageError(f"a cell of {len(value)} characters is too long for Excel; export .csv instead")
        cell.value = value
        cell.data_type = "s"
        # Also when the cell is edited later: it stays a text.
        cell.quotePrefix = value[:1] in "=+-@\t"
        cell.number_format = "@"
        return
    cell.value = value
    if isinstance(value, Decimal):
        cell.number_format = "0.00" if value == value.quantize(Decimal("0.01")) else "0.0000"
    elif isinstance(value, datetime):
        cell.number_format = "yyyy-mm-dd hh:mm:ss"


def _excel_time(moment: datetime | None, zone: tzinfo) -> datetime | str:
    """Return the zone's wall time, or ISO text where Excel's times cannot say it exactly."""
    if moment is None:
        return ""
    local = moment.astimezone(zone)
    wall = local.replace(tzinfo=None, fold=0)
    exact = wall.replace(tzinfo=zone).astimezone(UTC) == moment.astimezone(UTC)
    if local.year >= 1901 and local.microsecond == 0 and exact:
        return wall
    return show_moment(moment, zone)
