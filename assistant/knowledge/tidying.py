"""Bringing records into their one canonical form, and saying what is wrong with them.

The form is what makes export and import each other's inverse: single-line fields have single spaces, lists have no
empty or repeated items, prices have at least two decimals, lines end with a newline sign only.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from assistant.knowledge.records import CATEGORIES, EntryRecord, ProductRecord

MAX_ID = 100
MAX_SKU = 40
MAX_LINE = 500
MAX_NAME = 200
MAX_UNIT = 40
MAX_KEYWORD = 60
MAX_TEXT = 8_000
MAX_ITEMS = 200
MAX_PRICE = Decimal(100_000_000)
MAX_COUNT = 1_000_000_000

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_BLANKS = re.compile(r"\s+")
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_TAGS = "a|b|i|u|p|s|br|hr|h[1-6]|li|ol|ul|em|div|img|pre|sub|sup|del|ins|svg|code|font|span|link|meta|body|head|html|form|table|tbody|thead|tr|td|th|input|style|video|audio|embed|strong|center|button|iframe|object|script|details|summary|section|blockquote"  # noqa: E501
_HTML = re.compile(rf"<!--|</?(?:{_TAGS})(?:\s[^<>]*)?/?>", re.IGNORECASE)


def fold_sku(sku: str) -> str:
    """Return what two spellings of one SKU share: half width, no case, no blanks at the ends."""
    return unicodedata.normalize("NFKC", sku).strip().casefold()


def one_line(text: str) -> str:
    """Return the text with runs of white space as one space each."""
    return _BLANKS.sub(" ", text.replace("\ufeff", "")).strip()


def lines(text: str) -> str:
    """Return the text with newline signs as line ends and no white space around it."""
    return _LINE_ENDS.sub("\n", text.replace("\ufeff", "")).strip()


def items(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the texts as single lines, without empty ones or repeats, in their order."""
    return tuple(dict.fromkeys(line for text in texts if (line := one_line(text))))


def amount(value: Decimal) -> Decimal:
    """Return the amount with two decimals, or with four at most where it needs them."""
    if not value.is_finite() or abs(value) > MAX_PRICE:
        return value
    cents = value.quantize(Decimal("0.01"))
    return cents if cents == value else value.normalize()


def generated_key(question: str) -> str:
    """Return a stable id for a question that has none: the same question always gets the same id."""
    bare = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", question).casefold())
    return "q-" + hashlib.blake2b((bare or question).encode("utf-8", "replace"), digest_size=6).hexdigest()


def tidy_entry(entry: EntryRecord) -> EntryRecord:
    """Return the entry in its canonical form; what is not one stays as it is for ``entry_problems`` to name."""
    question = one_line(entry.question)
    similar = tuple(text for text in items(entry.similar_questions) if text != question)
    return replace(
        entry,
        key=one_line(entry.key) or generated_key(question),
        question=question,
        similar_questions=similar,
        answer=lines(entry.answer),
        category=one_line(entry.category).lower() or "other",
        keywords=items(entry.keywords),
        valid_from=_utc(entry.valid_from),
        valid_until=_utc(entry.valid_until),
    )


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment is not None and moment.tzinfo is not None else moment


def tidy_product(product: ProductRecord) -> ProductRecord:
    """Return the product in its canonical form; what is not one stays for ``product_problems`` to name."""
    return replace(
        product,
        sku=one_line(product.sku),
        name=one_line(product.name),
        aliases=items(product.aliases),
        price=amount(product.price),
        unit=one_line(product.unit),
        description=lines(product.description),
    )


def entry_problems(entry: EntryRecord) -> list[str]:
    """Return what is wrong with a tidied entry, each in one phrase."""
    found = [
        *_text_problems("id", entry.key, MAX_ID),
        *_text_problems("question", entry.question, MAX_LINE, required=True, markup=True),
        *_list_problems("similar_questions", entry.similar_questions, MAX_LINE, markup=True),
        *_text_problems("answer", entry.answer, MAX_TEXT, required=True, markup=True),
        *_list_problems("keywords", entry.keywords, MAX_KEYWORD),
    ]
    if entry.key.startswith("sku:"):
        found.append(f"id {_quoted(entry.key)} may not begin with 'sku:', which means a catalogue line")
    if entry.category not in CATEGORIES:
        found.append(f"category {_quoted(entry.category)} is unknown; use one of {', '.join(CATEGORIES)}")
    for name, moment in (("valid_from", entry.valid_from), ("valid_until", entry.valid_until)):
        if moment is not None and moment.tzinfo is None:
            found.append(f"{name} has no time zone")
            return found
    if entry.valid_from and entry.valid_until and entry.valid_from > entry.valid_until:
        found.append("valid_until is before valid_from")
    return found


def product_problems(product: ProductRecord) -> list[str]:
    """Return what is wrong with a tidied product, each in one phrase."""
    return [
        *_text_problems("sku", product.sku, MAX_SKU, required=True),
        *_text_problems("name", product.name, MAX_NAME, required=True, markup=True),
        *_list_problems("aliases", product.aliases, MAX_NAME),
        *_price_problems(product.price),
        *_text_problems("unit", product.unit, MAX_UNIT, required=True),
        *_count_problems("stock", product.stock, least=0),
        *_count_problems("per_member_limit", product.per_member_limit, least=1),
        *_text_problems("description", product.description, MAX_TEXT, markup=True),
    ]


def _text_problems(name: str, text: str, limit: int, *, required: bool = False, markup: bool = False) -> list[str]:
    if required and not text:
        return [f"{name} is empty"]
    found = []
    if len(text) > limit:
        found.append(f"{name} is {len(text)} characters long, at most {limit} are allowed")
    if control := _UNPRINTABLE.search(text):
        found.append(f"{name} holds an unprintable character (U+{ord(control[0]):04X})")
    if markup and (tag := _HTML.search(text)):
        found.append(f"{name} holds HTML ({_quoted(tag[0])}); chat clients would show it as it is")
    return found


def _list_problems(name: str, texts: tuple[str, ...], limit: int, *, markup: bool = False) -> list[str]:
    found = [problem for text in texts for problem in _text_problems(name, text, limit, markup=markup)]
    if len(texts) > MAX_ITEMS:
        found.append(f"{name} has {len(texts)} items, at most {MAX_ITEMS} are allowed")
    return found


def _price_problems(price: Decimal) -> list[str]:
    if not price.is_finite():
        return [f"price '{price}' is not a number"]
    if price < 0:
        return [f"price {price} is negative"]
    if price > MAX_PRICE:
        return [f"price {price} is more than {MAX_PRICE}"]
    if price != price.quantize(Decimal("0.0001")):
        return [f"price {price} has more than four decimals"]
    return []


def _count_problems(name: str, count: int | None, *, least: int) -> list[str]:
    if count is None:
        return []
    if count < 0:
        return [f"{name} {count} is negative"]
    if count < least:
        return [f"{name} {count} is less than {least}; leave it empty for none"]
    return [f"{name} {count} is more than {MAX_COUNT}"] if count > MAX_COUNT else []


def _quoted(text: str) -> str:
    return f"'{text[:40]}…'" if len(text) > 41 else f"'{text}'"
