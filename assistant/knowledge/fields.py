"""From the texts in a table's cells to values, and back."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal, InvalidOperation

from assistant.knowledge.records import EntryRecord, ProductRecord
from assistant.knowledge.tidying import (
    entry_problems,
    one_line,
    product_problems,
    tidy_entry,
    tidy_product,
)

# A file's columns are the records' fields; an entry's key is called its id there.
ENTRY_FIELDS = ("id", *(column.name for column in fields(EntryRecord) if column.name != "key"))
PRODUCT_FIELDS = tuple(column.name for column in fields(ProductRecord))

_CATEGORY_NAMES = {
    "价格": "price",
    "下单": "ordering",
    "订单": "ordering",
    "订购": "ordering",
    "付款": "payment",
    "支付": "payment",
    "配送": "delivery",
    "发货": "delivery",
    "物流": "delivery",
    "快递": "delivery",
    "退款": "refund",
    "售后": "refund",
    "退换": "refund",
    "商品": "product",
    "产品": "product",
    "群": "group",
    "群规": "group",
    "其他": "other",
    "其它": "other",
}
_YES = {"yes", "y", "true", "1", "是", "可", "可以", "√", "✓"}
_NO = {"", "no", "n", "false", "0", "否", "不", "不可", "x", "×"}
_NONE = {"", "-", "—", "不限", "无", "无限", "none", "unlimited"}
_MONEY_SIGNS = re.compile(r"^(?:¥|\$|€|£|cny|rmb|usd)\s*|\s*(?:元|块|cny|rmb|usd)$", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_DATE = re.compile(
    r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?"
    r"(?:[T\s]*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?\s*(Z|[+-]\d{2}:?\d{2}(?::?\d{2})?)?)?",
    re.IGNORECASE,
)
# An item may hold the separator itself when a backslash stands before it.
_ITEM = re.compile(r"\\([\\|｜])|([|｜\n])")


def split_items(text: str) -> tuple[str, ...]:
    r"""Return the items of a cell separated by ``|`` or line ends; ``\|`` and ``\\`` stand for the signs."""
    parts, start, current = [], 0, ""
    for match in _ITEM.finditer(text):
        current += text[start : match.start()]
        start = match.end()
        if match[2]:
            parts.append(current)
            current = ""
        else:
            current += match[1]
    return tuple(part for part in [*parts, current + text[start:]] if part.strip())


def join_items(texts: Iterable[str]) -> str:
    """Return the cell that ``split_items`` takes apart again."""
    return "|".join(re.sub(r"([\\|｜])", r"\\\1", text) for text in texts)


class _Cells:
    """The cells of one row by field, and what was wrong with them."""

    def __init__(self, cells: Mapping[str, str], zone: tzinfo) -> None:
        self._cells = cells
        self._zone = zone
        self.problems: list[str] = []

    def text(self, name: str) -> str:
        return self._cells.get(name, "")

    def plain(self, name: str) -> str:
        return unicodedata.normalize("NFKC", one_line(self.text(name)))

    def price(self, name: str) -> Decimal:
        text = self.plain(name).replace("￥", "¥")
        if not text:
            self.problems.append(f"{name} is empty")
            return Decimal(0)
        bare = _MONEY_SIGNS.sub("", _MONEY_SIGNS.sub("", text).strip()).strip()
        try:
            if _NUMBER.fullmatch(bare) and bare.isascii():
                return Decimal(bare.replace(",", ""))
        except InvalidOperation:
            pass
        self.problems.append(f"{name} '{one_line(self.text(name))[:40]}' is not a number")
        return Decimal(0)

    def count(self, name: str) -> int | None:
        text = self.plain(name)
        if text.casefold() in _NONE:
            return None
        whole = re.fullmatch(r"([+-]?\d{1,15})(?:\.0+)?", text.replace(",", ""), re.ASCII)
        if whole:
            return int(whole[1])
        self.problems.append(f"{name} '{one_line(self.text(name))[:40]}' is not a whole number")
        return None

    def flag(self, name: str) -> bool:
        text = self.plain(name).casefold()
        if text not in _YES and text not in _NO:
            self.problems.append(f"{name} '{text[:40]}' is neither yes nor empty")
        return text in _YES

    def moment(self, name: str, *, end_of_day: bool) -> datetime | None:
        text = self.plain(name)
        if not text:
            return None
        try:
            return parse_moment(text, self._zone, end_of_day=end_of_day)
        except ValueError:
            self.problems.append(
                f"{name} '{text[:40]}' is not a date; write it like 2026-05-19 or 2026-05-19T23:59:59+08:00"
            )
            return None


def parse_moment(text: str, zone: tzinfo, *, end_of_day: bool = False) -> datetime:
    """Return the aware time that an ISO 8601 or Chinese date says; without an offset it is in ``zone``.

    A date alone means its first moment, or its last second with ``end_of_day``. Raises ValueError.
    """
    match = _DATE.fullmatch(text.strip())
    if not match:
        raise ValueError(f"not a date: {text}")
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    clock = time(23, 59, 59) if end_of_day and hour is None else time(int(hour or 0), int(minute or 0))
    if hour is not None:
        clock = clock.replace(second=int(second or 0), microsecond=int((fraction or "0").ljust(6, "0")))
    moment = datetime(int(year), int(month), int(day), tzinfo=zone).replace(
        hour=clock.hour, minute=clock.minute, second=clock.second, microsecond=clock.microsecond
    )
    if offset:
        moment = moment.replace(tzinfo=_shift(offset))
    try:
        moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"not a date: {text}") from error
    return moment


def _shift(offset: str) -> tzinfo:
    if offset in "Zz":
        return UTC
    digits = offset[1:].replace(":", "")
    hours, minutes, seconds = (int(digits[at : at + 2] or 0) for at in (0, 2, 4))
    shift = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return timezone(-shift if offset[0] == "-" else shift)


def show_moment(moment: datetime | None, zone: tzinfo) -> str:
    """Return the time as ISO 8601 in ``zone``, or an empty text."""
    return "" if moment is None else moment.astimezone(zone).isoformat()


def entry_from_cells(cells: Mapping[str, str], zone: tzinfo) -> tuple[EntryRecord, list[str]]:
    """Return the entry that a row says, and what is wrong with it (nothing: it can be taken in)."""
    row = _Cells(cells, zone)
    category = one_line(row.text("category"))
    entry = tidy_entry(
        EntryRecord(
            key=row.text("id"),
            question=row.text("question"),
            similar_questions=split_items(row.text("similar_questions")),
            answer=row.text("answer"),
            category=_CATEGORY_NAMES.get(category, category),
            keywords=split_items(row.text("keywords")),
            valid_from=row.moment("valid_from", end_of_day=False),
            valid_until=row.moment("valid_until", end_of_day=True),
        )
    )
    return entry, [*row.problems, *entry_problems(entry)]


def product_from_cells(cells: Mapping[str, str], zone: tzinfo) -> tuple[ProductRecord, list[str]]:
    """Return the product that a row says, and what is wrong with it (nothing: it can be taken in)."""
    row = _Cells(cells, zone)
    product = tidy_product(
        ProductRecord(
            sku=row.text("sku"),
            name=row.text("name"),
            aliases=split_items(row.text("aliases")),
            price=row.price("price"),
            unit=row.text("unit"),
            stock=row.count("stock"),
            per_member_limit=row.count("per_member_limit"),
            preorder=row.flag("preorder"),
            description=row.text("description"),
        )
    )
    return product, [*row.problems, *product_problems(product)]


def cells_from_entry(entry: EntryRecord, zone: tzinfo) -> dict[str, str]:
    """Return the cells that ``entry_from_cells`` reads back; times are shown in ``zone``."""
    return {
        "id": entry.key,
        "question": entry.question,
        "similar_questions": join_items(entry.similar_questions),
        "answer": entry.answer,
        "category": entry.category,
        "keywords": join_items(entry.keywords),
        "valid_from": show_moment(entry.valid_from, zone),
        "valid_until": show_moment(entry.valid_until, zone),
    }


def cells_from_product(product: ProductRecord) -> dict[str, str]:
    """Return the cells that ``product_from_cells`` reads back."""
    return {
        "sku": product.sku,
        "name": product.name,
        "aliases": join_items(product.aliases),
        "price": f"{product.price:f}",
        "unit": product.unit,
        "stock": "" if product.stock is None else str(product.stock),
        "per_member_limit": "" if product.per_member_limit is None else str(product.per_member_limit),
        "preorder": "yes" if product.preorder else "",
        "description": product.description,
    }
