"""The books as an Excel file."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from assistant.errors import UsageError
from assistant.orders.book import BookOrder
from assistant.orders.sheets import MONEY, WIDTHS, Sheet, sheets_of
from assistant.replies.catalogue import replies_for

_TIME, _DATE = "yyyy-mm-dd hh:mm", "yyyy-mm-dd"
_SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
_WIDTH, _TIME_WIDTH = 12, 18


def money_format(currency: str) -> str:
    """Return the number format of amounts in a currency."""
    symbol = _SYMBOLS.get(currency)
    digits = "#,##0" if currency == "JPY" else "#,##0.00"
    return f'"{symbol}"{digits}' if symbol else f'{digits} "{currency}"'


Say = Callable[[str, str], str]
"""Words a name of the books: a sheet, a column, a value."""

_WORDED = frozenset({"status", "kind", "source", "method"})
"""Columns whose values are the books' own words."""


def _say(language: str) -> Say:
    """Return what words the books in a language; without one their names are left as programs know them."""
    if not language:
        return lambda _group, name: name
    replies = replies_for(language, "UTC", "")

    def say(group: str, name: str) -> str:
        key = f"books.{group}.{name.replace(' ', '_')}"
        return replies.render(key) if replies.has(key) else name

    return say


def write_spreadsheet(path: Path, orders: Sequence[BookOrder], zone: ZoneInfo, language: str = "") -> None:
    """Write the books to ``path``: orders, their lines, payments, refunds, pre-orders, pick list, days.

    Sheets, columns and states are worded in ``language``; without one they are left as programs know them.

    Times are dates of the spreadsheet in ``zone``, amounts are numbers. What members wrote is stored as text, so that
    no program takes a nickname such as ``=1+1`` for a formula.

    Raises:
        UsageError: the file cannot be written.
    """
    from openpyxl import Workbook

    book = Workbook()
    first = book.active
    assert first is not None
    say = _say(language)
    money = money_format(orders[0].currency if orders else "CNY")
    for number, sheet in enumerate(sheets_of(orders, zone)):
        page = first if number == 0 else book.create_sheet()
        page.title = say("sheet", sheet.name)
        _fill(page, sheet, money, say)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        book.save(path)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error


def _fill(page: object, sheet: Sheet, money: str, say: Say) -> None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.worksheet import Worksheet

    assert isinstance(page, Worksheet)
    for at, name in enumerate(sheet.columns, start=1):
        page.cell(1, at, say("column", name)).font = Font(bold=True)
        width = _TIME_WIDTH if name.endswith(("_at", "_by")) else WIDTHS.get(name, _WIDTH)
        page.column_dimensions[get_column_letter(at)].width = width
    page.freeze_panes = "A2"
    if sheet.rows:
        page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}{len(sheet.rows) + 1}"
    for number, row in enumerate(sheet.rows, start=2):
        for at, (name, value) in enumerate(zip(sheet.columns, row, strict=True), start=1):
            cell = page.cell(number, at)
            if isinstance(value, str):
                worded = say("value", value) if name in _WORDED else value
                cell.value = ILLEGAL_CHARACTERS_RE.sub("", worded)
                cell.data_type = "s"
                cell.quotePrefix = value.startswith(("=", "+", "-", "@", "\t", "\r"))
                continue
            cell.value = value  # type: ignore[assignment]
            if name in MONEY:
                cell.number_format = money
            elif isinstance(value, datetime):
                cell.number_format = _TIME
            elif isinstance(value, date):
                cell.number_format = _DATE
