"""Answers against the catalogue: prices, units, limits, stock and item numbers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from assistant.checks.base import Clause, Finding, Source, Subject
from assistant.checks.cues import LIMITED_BEFORE, NUMBER, OTHER_BEFORE, PER_HEAD, SOLD_OUT
from assistant.checks.facts import is_threshold
from assistant.checks.values import Value, values_in
from assistant.knowledge.records import ProductRecord
from assistant.text.numerals import parse_number
from assistant.text.products import Mention
from assistant.text.units import EN_STRONG, EN_WEAK, ZH_STRONG, ZH_WEAK, canonical, convert

_OTHER_AFTER = re.compile(
    r"\s*(?:的?(?:优惠|红包|券|运费|邮费|押金|定金|订金|尾款|差价)|(?:off|discount|deposit|extra|fee|more|voucher|credit)\b|以上|以内|封顶)"
)
_UNIT = re.compile(
    r"\s*(?:(?:/|(?<=[元块钱])一|每|per\s+|an?\s+|each\s+|for (?:a|one|each)\s+)\s*)(?P<unit>[a-z]+(?: of)?|"
    + "|".join(sorted((*ZH_STRONG, *ZH_WEAK), key=len, reverse=True))
    + ")"
)
_KNOWN_UNITS = frozenset(canonical(unit) for unit in (*ZH_STRONG, *ZH_WEAK, *EN_STRONG, *EN_WEAK))
_BARE = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)\s*(?=/\s*[a-z\u3400-\u9fff])")
_ASKED_LIMIT = re.compile(
    r"限购|最多.{0,4}(?:买|订|拿)|(?:limit|maximum|most|how many).{0,30}(?:per|person|household|buy|book|order|get|one)"
)
_COUNTED_AFTER = re.compile(r"\s*[a-z]*(?: (?:of|in|for))?(?: the)? ?|\s*[\u3400-\u9fff]?(?:的)?")
_ON_HAND = re.compile(
    r"有现货|现货充足|现货供应|货源充足|还有货|库存充足|in stock|available now|plenty (?:left|of)|still available"
)
_UNSURE = re.compile(
    r"如果|要是|万一|若|一旦|万一|[?]|之后|就|\b(?:if|when|once|until|before|may|might|never|not)\b|不会|没有?(?=售完|卖完)"
)


@dataclass(frozen=True)
class Priced:
    """An amount that a text gives as the price of products (of any of them, where it does not say which)."""

    value: Value
    products: tuple[ProductRecord, ...]
    unit: str
    words: str
    counts: frozenset[Decimal]
    """The other numbers of the sentence: some may be how many the amount is for."""


def prices(subject: Subject) -> Iterator[Finding]:
    """Find prices and units that are not those of the catalogue. Offers for a part of the time are left alone."""
    for source in (*subject.entries, *subject.descriptions):
        if source.bounded:
            continue
        for priced in prices_in(subject, source):
            # A description may tell of other prices; what a unit costs is the product's own.
            if source.kind == "product" and not priced.unit:
                continue
            wrong = _wrong_price(subject, source, priced)
            if wrong is not None:
                yield wrong
                break


def _wrong_price(subject: Subject, source: Source, priced: Priced) -> Finding | None:
    amount, right = priced.value.amounts[0], priced.products
    asked = [(product, *_per_unit(amount, priced.unit, product)) for product in right]
    if any(known and _same(price, product.price, priced.counts) for product, price, known in asked):
        return None
    product = right[0]
    values = {
        "sku": product.sku,
        "name": product.name,
        "said": priced.words,
        "price": f"{product.price:f}",
        "unit": product.unit,
    }
    places = (source.id, f"sku:{product.sku}") if source.kind == "entry" else (source.id,)
    if any(amount == product.price for product in right):
        return Finding("price.unit", "error", places, values | {"said_unit": priced.unit})
    # In another unit of sale the amount may well be right, and nobody can tell.
    return Finding("price.catalogue", "error", places, values) if any(known for *_, known in asked) else None


def _same(amount: Decimal, price: Decimal, counts: frozenset[Decimal]) -> bool:
    return amount == price or any(amount == price * count for count in counts)


def _per_unit(amount: Decimal, unit: str, product: ProductRecord) -> tuple[Decimal, bool]:
    """Return the amount for one unit of the product, and whether the units can be compared."""
    if not unit or canonical(unit) == canonical(product.unit):
        return amount, True
    size, known = convert(Decimal(1), unit, product.unit)
    if known == canonical(product.unit) and size:
        return amount / size, True
    return amount, canonical(unit) not in _KNOWN_UNITS


def prices_in(subject: Subject, source: Source) -> Iterator[Priced]:
    """Yield the amounts of a source that are prices of products, each with the products it is bound to."""
    texts = dict.fromkeys(clause.sentence for clause in source.clauses)
    asked = _named(subject, source)
    for text in texts:
        mentions = subject.mentions(text)
        before: Mention | None = None
        amounts = sorted([*(v for v in values_in(text) if v.kind == "money"), *_bare(text)], key=lambda v: v.start)
        used = 0
        for value in amounts:
            latest = next((m for m in reversed(mentions) if used <= m.start and m.end <= value.start), None)
            following = next((m for m in mentions if m.start >= value.end), None)
            before = latest or before if used == 0 else latest
            skus: tuple[str, ...] = ()
            if latest is not None and _joined(text[latest.end : value.start]):
                skus = latest.skus
            elif following is not None and re.fullmatch(
                r"\W*(?:/\w{1,3})?(?:的|一\w|per |for (?:an? |the )?|an? )?\W*", text[value.end : following.start]
            ):
                skus = following.skus
            elif not mentions:
                skus = asked
            used = value.end
            if skus and _is_price(text, value):
                unit = _UNIT.match(text, value.end)
                end = unit.end() if unit else value.end
                words, rest = text[value.start : end].strip(), text[: value.start] + " " + text[end:]
                counts = frozenset(
                    n for m in NUMBER.finditer(rest) if (n := parse_number(m["n"])) is not None and n > 1
                )
                yield Priced(value, subject.products(skus), unit["unit"] if unit else "", words, counts)


def _bare(text: str) -> Iterator[Value]:
    """Amounts without a currency, before a unit: 45/盒."""
    for match in _BARE.finditer(text):
        yield Value("money", match.start(1), match.end(1), (Decimal(match[1]),))


def _joined(between: str) -> bool:
    """Return whether an amount belongs to the product named before it."""
    if len(between) > 30 or re.search(
        r"[满减送赠]|运费|邮费|定金|订金|押金|优惠|gift|free|deposit|shipping|delivery", between
    ):
        return False
    numbers = [number for number in re.findall(r"\d+", between) if number != "1"]
    return not numbers


def _is_price(text: str, value: Value) -> bool:
    if is_threshold(text, value):
        return False
    return not (OTHER_BEFORE.search(text[: value.start]) or _OTHER_AFTER.match(text, value.end))


def _named(subject: Subject, source: Source) -> tuple[str, ...]:
    if source.kind == "product":
        return (source.id.removeprefix("sku:"),)
    mentions = subject.mentions(source.question)
    return mentions[0].skus if len(mentions) == 1 else ()


def limits(subject: Subject) -> Iterator[Finding]:
    """Find limits per member that are not those of the catalogue."""
    for source in subject.entries:
        asked = _ASKED_LIMIT.search(source.question) is not None
        for sentence in dict.fromkeys(clause.sentence for clause in source.clauses):
            if not (asked or PER_HEAD.search(sentence)):
                continue
            for number, skus, words in _limits_in(subject, sentence, asked):
                products = [product for product in subject.products(skus)]
                if products and all(product.per_member_limit != number for product in products):
                    product = products[0]
                    values = {
                        "sku": product.sku,
                        "name": product.name,
                        "said": words,
                        "limit": "-" if product.per_member_limit is None else str(product.per_member_limit),
                        "unit": product.unit,
                    }
                    rule = "limit.none" if product.per_member_limit is None else "limit.catalogue"
                    yield Finding(rule, "error", (source.id, f"sku:{product.sku}"), values)


def _limits_in(subject: Subject, sentence: str, asked: bool) -> Iterator[tuple[int, tuple[str, ...], str]]:
    mentions = subject.mentions(sentence)
    if not mentions:
        return
    taken = [(value.start, value.end) for value in values_in(sentence) if value.kind != "count"]
    for match in NUMBER.finditer(sentence):
        start, end = match.span("n")
        if any(m.start < end and start < m.end for m in mentions) or any(s < end and start < e for s, e in taken):
            continue
        number = parse_number(match["n"])
        if (
            number is None
            or number != int(number)
            or sentence[match.end("n") :].lstrip()[:1] in ("人", "位", "户", "家")
        ):
            continue
        before = next((m for m in reversed(mentions) if m.end <= start), None)
        after = next((m for m in mentions if m.start >= end), None)
        words = sentence[start : match.end()].strip()
        said = asked or PER_HEAD.search(sentence) is not None
        if before and said and len(gap := sentence[before.end : start]) <= 14 and LIMITED_BEFORE.fullmatch(gap):
            yield int(number), before.skus, words
        elif after and len(gap := sentence[end : after.start]) <= 16 and _COUNTED_AFTER.fullmatch(gap):
            yield int(number), after.skus, sentence[start : after.end]


def stock(subject: Subject) -> Iterator[Finding]:
    """Find products said to be sold out (or on hand) where the catalogue has some (or none)."""
    for source in (*subject.entries, *subject.descriptions):
        if source.bounded:
            continue
        for clause in source.clauses:
            yield from _stock_of(subject, source, clause)


def _stock_of(subject: Subject, source: Source, clause: Clause) -> Iterator[Finding]:
    out, on_hand = SOLD_OUT.search(clause.text), _ON_HAND.search(clause.text)
    if not (out or on_hand) or _UNSURE.search(clause.text):
        return
    mentions = subject.mentions(clause.text)
    skus = mentions[0].skus if len(mentions) == 1 else () if mentions else _named(subject, source)
    products = subject.products(skus)
    if not products:
        return
    product = products[0]
    values = {"sku": product.sku, "name": product.name, "said": clause.text[:30]}
    places = (source.id, f"sku:{product.sku}") if source.kind == "entry" else (source.id,)
    if out and all(one.stock != 0 for one in products):
        yield Finding("stock.left", "warning", places, values)
    elif on_hand and not out and all(one.stock == 0 for one in products):
        yield Finding("stock.none", "warning", places, values)


def unknown_numbers(subject: Subject) -> Iterator[Finding]:
    """Find item numbers in answers that the catalogue does not have."""
    for source in subject.entries:
        codes = {code for clause in source.clauses for code in subject.catalogue.names.unknown_codes(clause.text)}
        for code in sorted(codes):
            yield Finding("sku.unknown", "error", (source.id,), {"sku": code})
