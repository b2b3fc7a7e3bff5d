"""What the knowledge page shows: rows of entries and products, what changed in plain words, texts read from fields."""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any, Literal

from assistant.knowledge.changes import key_of
from assistant.knowledge.drafts import DraftState, Place, Record, What
from assistant.knowledge.records import EntryRecord, ProductRecord
from assistant.knowledge.repository import record_json
from assistant.marks.tally import Tally
from assistant.text.fold import fold
from assistant.web.console.words import Words

PART = Literal["same", "gone", "new"]
Validity = Literal["", "later", "over"]

ENTRY_FIELDS = ("question", "similar_questions", "answer", "category", "keywords", "valid_from", "valid_until")
PRODUCT_FIELDS = (
    "name",
    "aliases",
    "price",
    "unit",
    "stock",
    "per_member_limit",
    "preorder",
    "description",
)
_LIST_BREAKS = re.compile(r"[\n|]+")
_WORD_BREAKS = re.compile(r"[\n|,，、;；]+")


@dataclass(frozen=True, slots=True)
class Row:
    """One entry or product in the list. ``id`` is as sources name it; ``what`` tells what the draft does to it."""

    place: Place
    id: str
    title: str
    text: str
    category: str
    tally: Tally
    what: What | None
    stale: bool
    validity: Validity
    found_by: str
    """Everything of it that a search may find, folded."""


def entry_rows(state: DraftState, tallies: Mapping[str, Tally], now: datetime) -> list[Row]:
    """Return the entries as the draft has them, and those that it removes."""
    return _rows("entry", state, tallies, now)


def product_rows(state: DraftState, tallies: Mapping[str, Tally], now: datetime, currency: str) -> list[Row]:
    """Return the products as the draft has them, and those that it removes."""
    return _rows("product", state, tallies, now, currency)


def _rows(
    kind: Literal["entry", "product"],
    state: DraftState,
    tallies: Mapping[str, Tally],
    now: datetime,
    currency: str = "",
) -> list[Row]:
    changes = {change.key: change for change in state.changes if change.kind == kind}
    records: list[Record] = list(state.drafted.entries if kind == "entry" else state.drafted.products)
    records += [one.before for one in changes.values() if one.what == "removed" and one.before is not None]
    rows = []
    for record in records:
        change = changes.get(key_of(record))
        id = record.key if isinstance(record, EntryRecord) else f"sku:{record.sku}"
        rows.append(
            Row(
                place=(kind, key_of(record)),
                id=id,
                title=record.question if isinstance(record, EntryRecord) else f"{record.sku} {record.name}",
                text=record.answer if isinstance(record, EntryRecord) else price_of(record, currency),
                category=record.category if isinstance(record, EntryRecord) else "",
                tally=tallies.get(id, Tally()),
                what=change.what if change else None,
                stale=bool(change and change.stale),
                validity=validity(record, now),
                found_by=fold(" ".join(str(value) for value in (record_json(record) or {}).values())),
            )
        )
    return rows


def price_of(product: ProductRecord, currency: str) -> str:
    """Return a product's price per unit."""
    symbol = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£"}.get(currency, f"{currency} ")
    return f"{symbol}{product.price:f} / {product.unit}"


def validity(record: Record, now: datetime) -> Validity:
    """Tell whether an entry is not served yet, or no more."""
    if isinstance(record, ProductRecord):
        return ""
    if record.valid_until is not None and record.valid_until < now:
        return "over"
    return "later" if record.valid_from is not None and record.valid_from > now else ""


def matching(rows: Iterable[Row], search: str = "", category: str = "", only: str = "") -> list[Row]:
    """Return the rows with every word of the search, of the category; ``only``: drafted, unused, bad or over."""
    words = fold(search).split()
    chosen = [
        row
        for row in rows
        if all(word in row.found_by for word in words) and (not category or row.category == category)
    ]
    tests: dict[str, Callable[[Row], bool]] = {
        "draft": lambda row: row.what is not None,
        "unused": lambda row: not row.tally.hits,
        "bad": lambda row: row.tally.bad > 0,
        "over": lambda row: row.validity != "",
    }
    return [row for row in chosen if tests[only](row)] if only in tests else chosen


def changed_fields(before: Record | None, after: Record | None) -> list[tuple[str, Any, Any]]:
    """Return the fields that differ with both values, in the order in which people read them."""
    old, new = record_json(before) or {}, record_json(after) or {}
    order = ENTRY_FIELDS if isinstance(after or before, EntryRecord) else PRODUCT_FIELDS
    found = [(name, old.get(name), new.get(name)) for name in order if old.get(name) != new.get(name)]
    empty: tuple[Any, ...] = ("", None, [], False)
    return [one for one in found if one[1] not in empty or one[2] not in empty]


def shown(name: str, value: Any, w: Words, zone: tzinfo) -> str:
    """Return a field's value as people read it; empty for none."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return w("yes") if value else w("no")
    if isinstance(value, list):
        return " / ".join(str(one) for one in value)
    if name in ("valid_from", "valid_until"):
        return f"{datetime.fromisoformat(str(value)).astimezone(zone):%Y-%m-%d %H:%M}"
    if name == "category" and w.has(f"category.{value}"):
        return w(f"category.{value}")
    return str(value)


def diff_parts(before: str, after: str) -> list[tuple[PART, str]]:
    """Return what stays, what goes and what comes, in reading order; by words where there are blanks, else by signs."""
    old, new = _pieces(before), _pieces(after)
    parts: list[tuple[PART, str]] = []
    for what, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            parts.append(("same", "".join(old[a:b])))
            continue
        if a < b:
            parts.append(("gone", "".join(old[a:b])))
        if c < d:
            parts.append(("new", "".join(new[c:d])))
    return parts


def _pieces(text: str) -> list[str]:
    # Numbers and Latin words are one piece: half a changed price reads badly.
    return re.findall(r"[A-Za-z]+|\d+(?:[.,:]\d+)*|\s+|.", text, re.DOTALL)


def lines_of(text: str) -> tuple[str, ...]:
    """Return the non-empty lines of a field, each once."""
    return tuple(dict.fromkeys(part.strip() for part in _LIST_BREAKS.split(text or "") if part.strip()))


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a field, separated by commas of any kind or lines."""
    return tuple(dict.fromkeys(part.strip() for part in _WORD_BREAKS.split(text or "") if part.strip()))


def to_field(moment: datetime | None, zone: tzinfo) -> str:
    """Return a time as a browser's field for times takes it."""
    return "" if moment is None else f"{moment.astimezone(zone):%Y-%m-%dT%H:%M}"


def from_field(text: str | None, zone: tzinfo) -> datetime | None:
    """Return the time in a browser's field. Raises ValueError for what is no time."""
    return datetime.fromisoformat(text).replace(tzinfo=zone) if text else None


def count_from(text: Any) -> int | None:
    """Return the number in a field, None for an empty one. Raises ValueError."""
    plain = str(text if text is not None else "").strip()
    return int(Decimal(plain)) if plain else None


def counted(steps: Sequence[Any]) -> dict[str, int]:
    """Return how many steps add, change and remove."""
    return {what: sum(step.what == what for step in steps) for what in ("added", "changed", "removed")}
