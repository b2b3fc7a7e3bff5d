"""The order book as an Excel file: one sheet of orders, one of their lines."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from assistant.errors import UsageError
from assistant.orders.book import BookOrder

ORDER_COLUMNS = (
    "number",
    "member",
    "status",
    "total",
    "deposit",
    "currency",
    "created_at",
    "pay_by",
    "updated_at",
)
LINE_COLUMNS = ("order", "member", "status", "sku", "name", "quantity", "unit", "price", "amount")

_MONEY, _TIME = "#,##0.00", "yyyy-mm-dd hh:mm"
_WIDTHS = {"member": 18, "name": 28, "status": 18, "created_at": 18, "pay_by": 18, "updated_at": 18}


def write_spreadsheet(path: Path, orders: Sequence[BookOrder], zone: ZoneInfo) -> None:
    """Write the orders to ``path``; times are in ``zone``, amounts are numbers.

    What members wrote is stored as text, so that no program takes a nickname such as ``=1+1`` for a formula.

    Raises:
        UsageError: the file cannot be written.
    """
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "orders"
    _fill(sheet, ORDER_COLUMNS, [_order_row(order, zone) for order in orders])
    _fill(book.create_sheet("lines"), LINE_COLUMNS, [row for order in orders for row in _line_rows(order)])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        book.save(path)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error


def _order_row(order: BookOrder, zone: ZoneInfo) -> list[object]:
    return [
        order.number,
        order.member,
        order.status,
        order.total,
        order.deposit,
        order.currency,
        _local(order.created_at, zone),
        _local(order.pay_by, zone),
        _local(order.updated_at, zone),
    ]


def _line_rows(order: BookOrder) -> list[list[object]]:
    return [
        [order.number, order.member, order.status, ln.sku, ln.name, ln.quantity, ln.unit, ln.price, ln.amount]
        for ln in order.lines
    ]


def _local(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    # Excel knows no zones: the group's wall clock is what the seller expects to read.
    return moment.astimezone(zone).replace(tzinfo=None) if moment else None


def _fill(sheet: object, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.worksheet import Worksheet

    assert isinstance(sheet, Worksheet)
    for at, name in enumerate(columns, start=1):
        sheet.cell(1, at, name).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(at)].width = _WIDTHS.get(name, 12)
    sheet.freeze_panes = "A2"
    for number, row in enumerate(rows, start=2):
        for at, (name, value) in enumerate(zip(columns, row, strict=True), start=1):
            cell = sheet.cell(number, at)
            if isinstance(value, str):
                cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
                cell.data_type = "s"
                cell.quotePrefix = value.startswith(("=", "+", "-", "@"))
                continue
            cell.value = value  # type: ignore[assignment]
            if name in ("total", "deposit", "price", "amount"):
                cell.number_format = _MONEY
            elif isinstance(value, datetime):
                cell.number_format = _TIME
