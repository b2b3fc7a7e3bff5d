"""Which column of a price list says what: by the words of its header, else by what stands in it."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from assistant.knowledge.pricelist.cells import Price, plain, read_price

Field = Literal["sku", "name", "spec", "price", "unit", "stock", "per_member_limit", "description"]
FIELDS: tuple[Field, ...] = get_args(Field)

Columns = Mapping[Field, int]
"""The place of each field's column, counted from 0."""

_HEADERS: dict[Field, str] = {
    "sku": "货号|编号|编码|款号|商品代码|代码|sku|item no|code|序号|no|number|#",
    "name": (
        "商品名称|产品名称|品名|名称|商品|产品|货品|品种|菜名|菜品|服务项目|课程|款式|项目|"
        "product name|item name|product|name|item|service|title"
    ),
    "spec": "规格|型号|等级|尺寸|口味|颜色|spec|size|variant|grade|flavour|flavor",
    "price": (
        "团购价|活动价|优惠价|拼团价|现价|特价|到手价|会员价|售价|零售价|单价|价格|价钱|报价|价|"
        "deal price|sale price|our price|unit price|price|cost"
    ),
    "unit": "计价单位|单位|unit|per",
    "stock": "库存|现货|余量|剩余|存货|可售数量|限量|数量|stock|inventory|available|qty|quantity",
    "per_member_limit": "每人限购|限购|单人限购|每单限购|limit per person|max per person|limit",
    "description": "商品介绍|介绍|描述|说明|特点|产地|备注|description|details|notes|note|remark",
}
"""Words of headers, the most telling first."""

_WORDS = {field: tuple(words.split("|")) for field, words in _HEADERS.items()}

_NOT_PRICE = (
    "原价",
    "市场价",
    "门市价",
    "进价",
    "成本",
    "rrp",
    "list price",
    "was",
    "total",
    "合计",
    "小计",
    "总价",
    "金额",
)
_HEADER_ROWS = 15
_SAMPLE = 60


def find_header(rows: Sequence[Sequence[str]]) -> tuple[int | None, dict[Field, int]]:
    """Return which row is the header (None: there is none) and the columns it names."""
    best: tuple[int, int, dict[Field, int]] | None = None
    for at, cells in enumerate(rows[:_HEADER_ROWS]):
        named = _named(cells)
        if "name" in named or "price" in named:
            score = len(named)
            if score >= 2 and (best is None or score > best[0]):
                best = (score, at, named)
    return (None, {}) if best is None else (best[1], best[2])


def guess(rows: Sequence[Sequence[str]], known: Columns) -> dict[Field, int]:
    """Return the known columns, with price, name and number found by content where no header names them."""
    columns: dict[Field, int] = dict(known)
    width = max((len(row) for row in rows), default=0)
    sample = [[plain(row[at]) if at < len(row) else "" for at in range(width)] for row in rows[:_SAMPLE]]

    def free(of: Field, score: Sequence[float], least: float) -> None:
        if of not in columns:
            left = [(value, -at) for at, value in enumerate(score) if at not in columns.values()]
            if left and max(left)[0] >= least:
                columns[of] = -max(left)[1]

    free("price", [_like_prices([row[at] for row in sample]) for at in range(width)], 0.4)
    free("name", [_like_names([row[at] for row in sample]) for at in range(width)], 0.3)
    free("sku", [_like_numbers([row[at] for row in sample]) for at in range(width)], 0.8)
    return columns


def _named(cells: Sequence[str]) -> dict[Field, int]:
    """Return the fields a header row names; each cell and field once, the most telling word first."""
    found: list[tuple[int, int, Field]] = []
    for at, cell in enumerate(cells):
        text = re.sub(r"[(（\[].*", "", plain(cell)).strip(" *:：").casefold()
        if not text or (len(text) > 14 and not text.isascii()):
            continue
        for field in FIELDS:
            if field == "price" and any(word in text for word in _NOT_PRICE):
                continue
            rank = next((rank for rank, word in enumerate(_WORDS[field]) if _says(text, word)), None)
            if rank is not None:
                exact = text in _WORDS[field]
                found.append(((0 if exact else 100) + rank, at, field))
    named: dict[Field, int] = {}
    for _, at, field in sorted(found):
        if field not in named and at not in named.values():
            named[field] = at
    return named


def _says(text: str, word: str) -> bool:
    return re.search(rf"\b{re.escape(word)}\b", text) is not None if word[0].isascii() and word != "#" else word in text


def _like_prices(cells: Sequence[str]) -> float:
    """Return how much a column looks like prices: 0 to 1, and more with signs of money."""
    full = [cell for cell in cells if cell]
    prices = [cell for cell in full if isinstance(read_price(cell), Price)]
    if not prices:
        return 0.0
    told = sum(1 for cell in prices if re.search(r"[¥$€£元块]|\.\d", cell))
    counting = [cell for cell in full if cell.isdigit()] == [str(n) for n in range(1, len(full) + 1)]
    return len(prices) / len(full) + told / len(full) - (1.0 if counting else 0.0)


def _like_names(cells: Sequence[str]) -> float:
    full = [cell for cell in cells if cell]
    if not full:
        return 0.0
    words = [cell for cell in full if re.search(r"[^\W\d_]{2,}", cell) and not isinstance(read_price(cell), Price)]
    length = sum(min(len(cell), 12) for cell in words) / 12
    return len(set(words)) / len(full) * 0.7 + length / len(full) * 0.3


def _like_numbers(cells: Sequence[str]) -> float:
    full = [cell for cell in cells if cell]
    codes = [cell for cell in full if re.fullmatch(r"[A-Za-z]{0,4}[-_]?\d{1,6}[A-Za-z]?", cell)]
    return len(set(codes)) / len(full) if full else 0.0
