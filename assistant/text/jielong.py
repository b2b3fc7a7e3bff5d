"""Reading a 接龙: the numbered sign-up list that members copy, extend and post again."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from assistant.text import units
from assistant.text.fold import fold
from assistant.text.orders import OrderReading, read_order
from assistant.text.products import ProductNames
from assistant.text.quantities import MASK, mask

_HEADER = re.compile(
    r"^\W*(?:#\s*接龙|接龙|群接龙|报名接龙|sign[- ]?up(?: sheet| list)?|order list|list)\b|接龙\s*[】\]]|#接龙", re.I
)
_ROW = re.compile(
    r"^\s*(?:no\.?\s*)?(?P<number>\d{1,3})\s*(?:[.、)\]:,]|号|(?=\s)|"
    r"(?=[\u3400-\u9fff])(?![月日号点年时元块折度岁楼栋天个]))\s*(?P<rest>.*)$"
)
_EXAMPLE = re.compile(r"^\W*(?:例|示例|例如|格式|eg\b|e\.g|example|format)", re.I)
_NAME_END = re.compile(r"[\s:,、;|/]|(?:-+|—+)\s*")
_NOT_NAME = re.compile(r"^(?:[a-z]{1,3}\d{1,4}|\d+)\b")


@dataclass(frozen=True, slots=True)
class Row:
    """One numbered line: the number, the member's name as written, and what they put down."""

    number: int
    name: str
    body: str


@dataclass(frozen=True, slots=True)
class Jielong:
    """A list with its title (the header lines without the 接龙 mark; may be empty)."""

    title: str
    rows: tuple[Row, ...]


def read_jielong(text: str, members: Sequence[str] = ()) -> Jielong | None:
    """The list in ``text``, or None when the message is no 接龙.

    A header makes it one with a single row; without a header it takes two numbered lines in a row. ``members``
    (known names, longest match first) separate a name that is glued to what follows ("1.小李A02两斤").
    """
    lines = [(line, fold(line)) for line in text.replace("\r", "\n").split("\n")]
    lines = [(raw, folded) for raw, folded in lines if folded]
    header = bool(lines) and _HEADER.search(lines[0][1]) is not None
    title: list[str] = []
    rows: list[Row] = []
    for raw, folded in lines:
        if _EXAMPLE.match(folded):
            continue
        row = _row(raw, folded, members)
        if row is not None:
            rows.append(row)
        elif not rows:
            title.append(folded)
        elif header:
            # A line without a number continues the row above it.
            last = rows[-1]
            rows[-1] = Row(last.number, last.name, f"{last.body}\n{folded}".strip())
    if header and not rows and len(lines) == 1:
        rows = _inline(lines[0], members)
    plain = len(rows) >= 2 and _consecutive(rows) and any(row.body for row in rows)
    if not rows or not (header or plain):
        return None
    return Jielong(_title(title), tuple(rows))


_VAGUE = r"(?:\d{5,}|好?几|若干|一些|多少|数(?=[斤盒箱袋包罐瓶份套条件个只]))"
_MEASURES = "|".join(sorted({re.escape(unit) for unit in (*units.ZH_STRONG, *units.EN_STRONG)}, key=len, reverse=True))
_UNREAD = re.compile(rf"(?:{MASK}[\s:,]*[x×*]?|[x×*])\s*{_VAGUE}|{_VAGUE}\s*(?:{_MEASURES})|{MASK}\s*[x×*]?\s*[?？]+")


def unread_quantity(row: Row, names: ProductNames) -> bool:
    """Return whether a row says how many, in a way that gives no number: 几斤, 若干, a number without end."""
    if any(line.quantity is not None for line in row_order(row, names).lines):
        return False
    spans = [(found.start, found.end) for found in names.find(row.body)]
    return bool(spans) and _UNREAD.search(mask(row.body, spans)) is not None


def row_order(row: Row, names: ProductNames) -> OrderReading:
    """What the member of this row orders."""
    return read_order(row.body, names)


def _row(raw: str, folded: str, members: Sequence[str]) -> Row | None:
    match = _ROW.match(folded)
    if match is None:
        return None
    rest = match["rest"].strip()
    name, body = _name(rest, members)
    if not name:
        return None
    return Row(int(match["number"]), _as_written(raw, name, members), body)


def _name(rest: str, members: Sequence[str]) -> tuple[str, str]:
    """The name that a row begins with and the remaining text (both folded)."""
    for known in sorted((fold(member) for member in members), key=len, reverse=True):
        if known and rest.startswith(known):
            return known, rest[len(known) :].lstrip(" :,、-—")
    if _NOT_NAME.match(rest):
        return "", rest
    end = _NAME_END.search(rest)
    code = re.search(r"(?<=[\u3400-\u9fff])[a-z]{1,3}\d{1,4}", rest)
    if code and (end is None or code.start() < end.start()):
        # "小李a02 2斤": the name is glued to the code.
        return rest[: code.start()], rest[code.start() :]
    if end is None:
        return rest, ""
    return rest[: end.start()].strip(), rest[end.end() :].lstrip(" :,、-—").strip()


def _as_written(raw: str, name: str, members: Sequence[str]) -> str:
    """The name as the member spells it (folding lowers the case and drops emoji)."""
    for member in members:
        if fold(member) == name:
            return member
    found = re.search(re.escape(name), raw, re.I)
    return found[0] if found else name


def _inline(line: tuple[str, str], members: Sequence[str]) -> list[Row]:
    """A list on one line: "接龙：5. 小芳 大闸蟹4只"."""
    body = re.sub(r"^\W*(?:群?接龙|sign[- ]?up)\W*", "", line[1], flags=re.I)
    make = partial(_row, line[0], members=members)
    row = make(body)
    return [row] if row else []


def _consecutive(rows: Sequence[Row]) -> bool:
    return all(b.number == a.number + 1 for a, b in pairwise(rows))


def _title(lines: Sequence[str]) -> str:
    text = " ".join(lines)
    return re.sub(r"[#【\[]*\s*(?:群接龙|接龙)\s*[】\]]*", " ", text).strip(" :-")
