"""Bill files as WeChat Pay and Alipay export them: CSV or Excel, with a page of preamble before the table.

What tells the apps apart and where the table begins is the header line, found by its column names: the preamble's
length and the order of columns changed over the years. WeChat writes UTF-8 with a BOM (or .xlsx), Alipay GB18030;
either is read in either. A file that is off in any line is refused as a whole.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from assistant.errors import BadFile
from assistant.payments.values import plain, read_time

App = Literal["wechat", "alipay"]
Kind = Literal["in", "out", "returned"]

PROBLEMS_SHOWN = 20
MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 100_000

_COLUMNS: dict[str, tuple[str, ...]] = {
    "at": ("交易时间", "付款时间", "交易创建时间"),
    "counterparty": ("交易对方",),
    "direction": ("收/支",),
    "amount": ("金额(元)", "金额"),
    "state": ("当前状态", "交易状态"),
    "reference": ("交易单号", "交易订单号", "交易号"),
    "merchant_reference": ("商户单号", "商家订单号"),
    "type": ("交易类型", "类型", "交易分类"),
    "goods": ("商品", "商品说明", "商品名称"),
    "note": ("备注",),
    "given_back": ("成功退款(元)",),
}
_NEEDED = ("at", "direction", "amount", "state", "reference")
_WECHAT_ONLY, _ALIPAY_ONLY = "当前状态", "交易状态"

_FULLY_RETURNED = re.compile(r"已全额退款|退款成功|已退还|对方已退还|交易关闭|已关闭|支付失败|已撤销")
_PARTLY_RETURNED = re.compile(r"已退款\s*[((]?\s*[¥]?\s*([\d,]+\.?\d*)")
_WAITING = re.compile(r"等待|待(?:付款|支付|确认|收款)|处理中")


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line of a bill. ``amount`` is more than 0: what came in (less what went back of it) or went out."""

    app: App
    kind: Kind
    amount: Decimal
    moved_at: datetime
    """Aware."""
    reference: str
    merchant_reference: str = ""
    counterparty: str = ""
    note: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill file that was read whole."""

    app: App
    lines: tuple[BillLine, ...]
    passed_over: int = 0
    """Lines that moved no money: closed, waiting, or neither income nor expense."""


def read_bill(data: bytes, name: str, zone: tzinfo) -> Bill:
    """Return the bill in a file; times in it are the seller's, in ``zone``.

    Raises:
        BadFile: it is no bill of WeChat or Alipay, or lines of it are off (each is named); nothing was taken in.
    """
    if len(data) > MOST_BYTES:
        raise BadFile(f"{name} has more than {MOST_BYTES // 2**20} MB; export a shorter time")
    rows = list(_table(data, name))
    at, columns = _header(rows, name)
    app: App = "wechat" if _WECHAT_ONLY in map(_named, rows[at]) else "alipay"
    lines: list[BillLine] = []
    problems: list[str] = []
    passed_over = 0
    for number, row in enumerate(rows[at + 1 :], start=at + 2):
        if _ends(row):
            continue
        try:
            line = _line(app, {field: _cell(row, column) for field, column in columns.items()}, zone)
        except ValueError as error:
            problems.append(f"{name} line {number}: {error}")
            continue
        if line is None:
            passed_over += 1
        else:
            lines.append(line)
    if problems:
        hidden = len(problems) - PROBLEMS_SHOWN
        shown = problems[:PROBLEMS_SHOWN] + ([f"... and {hidden} more"] if hidden > 0 else [])
        raise BadFile(f"{name} was not imported: {len(problems)} of its lines cannot be read", shown)
    return Bill(app, tuple(dict.fromkeys(lines)), passed_over)


def _table(data: bytes, name: str) -> Iterator[list[str]]:
    """Yield the file's rows as texts, blanks and tabs around them cut off."""
    if data[:4] == b"PK\x03\x04":
        yield from _sheet(data, name)
        return
    if data[:4] == b"\xd0\xcf\x11\xe0" or data[:5] == b"%PDF-":
        raise BadFile(f"{name} is no CSV and no .xlsx; export the bill for own bookkeeping (个人对账) again")
    text = None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    if text is None or "\x00" in text:
        raise BadFile(f"{name} is no text file; is it still inside its ZIP, or protected by a password?")
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""))):
            if number > MOST_ROWS:
                raise BadFile(f"{name} has more than {MOST_ROWS} lines; export a shorter time")
            yield [plain(cell) for cell in row]
    except csv.Error as error:
        raise BadFile(f"{name} is no proper CSV: {error}") from error


def _sheet(data: bytes, name: str) -> Iterator[list[str]]:
    import zipfile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        for number, row in enumerate(book.worksheets[0].iter_rows(values_only=True)):
            if number > MOST_ROWS:
                raise BadFile(f"{name} has more than {MOST_ROWS} lines; export a shorter time")
            yield [_written(cell) for cell in row]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, IndexError, ValueError, EOFError) as error:
        hint = "unpack the ZIP with its password first" if b"[Content_Types].xml" not in data else "it may be damaged"
        raise BadFile(f"{name} is no Excel file that can be read; {hint}") from error


def _written(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M:%S}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return plain(str(cell))


def _named(cell: str) -> str:
    return re.sub(r"\s+", "", cell)


def _header(rows: Sequence[Sequence[str]], name: str) -> tuple[int, dict[str, int]]:
    """Return the header's place and the column of each field. Raises BadFile."""
    for number, row in enumerate(rows[:200]):
        cells = [_named(cell) for cell in row]
        if "收/支" not in cells:
            continue
        columns: dict[str, int] = {}
        for field, names in _COLUMNS.items():
            found = next((cells.index(one) for one in names if one in cells), None)
            if found is not None:
                columns[field] = found
        if missing := [_COLUMNS[field][0] for field in _NEEDED if field not in columns]:
            raise BadFile(f"{name} is a bill without the columns {', '.join(missing)}; export it again, all columns")
        return number, columns
    raise BadFile(
        f"{name} is no bill of WeChat Pay or Alipay: no line of it has the columns 交易时间, 收/支, 金额. "
        "Take the file that the app sends by mail when you export bills, unpacked"
    )


def _ends(row: Sequence[str]) -> bool:
    """Return whether a row holds no transaction: empty, a rule, a total at the foot."""
    filled = [cell for cell in row if cell]
    return len(filled) < 4 or set("".join(filled)) <= {"-", "="}


def _cell(row: Sequence[str], column: int) -> str:
    return row[column].strip() if column < len(row) else ""


def _line(app: App, cells: Mapping[str, str], zone: tzinfo) -> BillLine | None:
    """Return a row as a line; None where no money moved. Raises ValueError in the seller's words."""
    amount = _amount(cells["amount"])
    moment = read_time(cells["at"])
    state, direction = cells["state"], cells["direction"]
    if moment is None:
        raise ValueError(f"'{cells['at']}' is no time")
    if direction not in ("收入", "支出") or amount == 0 or _WAITING.search(state):
        return None
    kind: Kind = "in" if direction == "收入" else "out"
    if _FULLY_RETURNED.search(state):
        if kind == "out" or "关闭" in state or "失败" in state:
            return None
        kind = "returned"
    elif kind == "in":
        amount -= _given_back(cells)
        if amount <= 0:
            amount, kind = _amount(cells["amount"]), "returned"
    reference = cells["reference"]
    if not reference or len(reference) > 100:
        raise ValueError("the transaction's number is missing" if not reference else "the number is too long")
    note = " ".join(
        part for part in (cells.get("type", ""), cells.get("goods", ""), cells.get("note", "")) if part not in ("", "/")
    )
    return BillLine(
        app=app,
        kind=kind,
        amount=amount,
        moved_at=moment.replace(tzinfo=zone),
        reference=reference,
        merchant_reference=cells.get("merchant_reference", "").strip("/")[:100],
        counterparty=cells.get("counterparty", "").strip("/")[:200],
        note=note[:300],
        state=state[:100],
    )


def _amount(text: str) -> Decimal:
    bare = re.sub(r"[¥￥,\s元]", "", text)
    try:
        amount = Decimal(bare)
    except InvalidOperation:
        raise ValueError(f"'{text}' is no amount") from None
    if not amount.is_finite() or amount < 0 or amount >= Decimal(10) ** 9:
        raise ValueError(f"'{text}' is no amount")
    return amount.quantize(Decimal("0.01"))


def _given_back(cells: Mapping[str, str]) -> Decimal:
    """Return how much of a receipt went back to who paid it."""
    if match := _PARTLY_RETURNED.search(cells["state"]):
        return _amount(match[1])
    text = cells.get("given_back", "")
    return _amount(text) if text else Decimal(0)
