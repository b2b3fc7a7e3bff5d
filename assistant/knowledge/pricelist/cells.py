"""Single cells of a price list: prices as people write them, counts, units."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Doubt = Literal["no_price", "price_range", "price_unclear", "no_name", "double_sku", "count_unclear", "odd_text"]
"""Why a line is not simply taken over."""

MOST = Decimal("99999999.99")

_MONEY = r"(?:RMB|CNY|USD|EUR|GBP|US\$|[¥$€£])"
_AMOUNT = r"(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?"
_YUAN = r"(?:元整|元钱|元|块钱|块|圆|yuan|dollars?|bucks)"
_UNIT = r"(?:\s*(?:/|每|一|per\b|an?\b|each\b)\s*([^\d\s/,;()]{1,12}))?"
_PRICE = re.compile(
    rf"(?:[^\d/¥$€£]{{0,6}}[:：]\s*)?{_MONEY}?\s*{_AMOUNT}\s*{_YUAN}?\s*{_MONEY}?{_UNIT}\s*(?:起)?", re.I
)
_SPOKEN = re.compile(r"(\d+)\s*块\s*(\d)(?:毛|角)?" + _UNIT)
_RANGE = re.compile(r"\d\D{0,2}(?:-|~|–|—|至|到|to)\s*\D{0,3}\d", re.IGNORECASE)
_COUNT = re.compile(r"(?:[^\d]{0,4}?)(\d{1,9})(?:\.0+)?\s*[^\d\s.%]{0,4}")
_ENDLESS = (
    "",
    "-",
    "—",
    "/",
    "不限",
    "不限量",
    "无限",
    "充足",
    "现货充足",
    "有货",
    "unlimited",
    "plenty",
    "in stock",
    "∞",
    "n/a",
)
_SPEC_UNIT = re.compile(
    r"\d[\d.]*\s*(?:g|kg|ml|l|克|千克|公斤|斤|毫升|升|片|个|颗|支|袋|枚|粒|包|条)\s*[/每]\s*([^\d\s/]{1,4})", re.I
)


@dataclass(frozen=True, slots=True)
class Price:
    """An amount, and the unit it is for where the cell says so."""

    amount: Decimal
    unit: str = ""


def plain(text: str) -> str:
    """Return a cell's text on one line, full width made half."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("￥", "¥").split())


def read_price(text: str) -> Price | Doubt:
    """Return what a price cell says, or why it cannot be taken for a price."""
    cell = plain(text)
    if not any(char.isdigit() for char in cell):
        return "no_price"
    if spoken := _SPOKEN.fullmatch(cell):
        return Price(Decimal(f"{spoken[1]}.{spoken[2]}0"), _unit(spoken[3]))
    if _RANGE.search(cell):
        return "price_range"
    match = _PRICE.fullmatch(cell)
    if match is None:
        return "price_unclear"
    amount = Decimal(match[1].replace(",", "") + (match[2] or ""))
    if amount <= 0:
        return "no_price"
    if amount > MOST or (-amount.as_tuple().exponent > 2 and amount != amount.quantize(Decimal("0.01"))):  # type: ignore[operator]
        return "price_unclear"
    return Price(amount.quantize(Decimal("0.01")), _unit(match[3]))


def read_count(text: str) -> int | Doubt | None:
    """Return how many a cell says, None for no limit, or that it is unclear."""
    cell = plain(text).casefold()
    if cell in _ENDLESS:
        return None
    if cell in ("售罄", "无货", "缺货", "sold out", "out of stock"):
        return 0
    match = _COUNT.fullmatch(cell.replace(",", ""))
    return int(match[1]) if match else "count_unclear"


def unit_of_header(header: str) -> str:
    """Return the unit that a price column's header names, as in ``单价(元/斤)``."""
    match = re.search(r"(?:元|块|¥|\$)\s*/\s*([^\d\s/()]{1,6})", plain(header))
    return match[1] if match else ""


def unit_of_spec(spec: str) -> str:
    """Return what is sold as one by a specification such as ``250g/袋``."""
    match = _SPEC_UNIT.search(plain(spec))
    return match[1] if match else ""


def _unit(text: str | None) -> str:
    return (text or "").strip(" .。起")
