"""Which quantity belongs to which product: a small dynamic programme over neighbours."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.text import units
from assistant.text.cues import FILLER
from assistant.text.products import Mention, ProductNames
from assistant.text.quantities import Amount

_FAR = 1000.0
_PAIR = 100.0


@dataclass(frozen=True, slots=True)
class Item:
    """A product with the amount that belongs to it (None: not said)."""

    mention: Mention
    amount: Amount | None

    @property
    def start(self) -> int:
        return self.mention.start if self.amount is None else min(self.mention.start, self.amount.start)

    @property
    def end(self) -> int:
        return self.mention.end if self.amount is None else max(self.mention.end, self.amount.end)


@dataclass(frozen=True, slots=True)
class Bound:
    """The items in order of the text, and the amounts that belong to none of them."""

    items: tuple[Item, ...]
    loose: tuple[Amount, ...]


def bind(text: str, mentions: Sequence[Mention], amounts: Sequence[Amount], names: ProductNames) -> Bound:
    """Give every mention the neighbouring amount that fits best.

    Neighbours may be paired in either order ("两斤毛峰", "毛峰两斤"); a pairing costs what stands between, and the
    cheapest pairing of the most neighbours wins, so lists without separators read the same way throughout.
    """
    spread = [a for a in amounts if a.each]
    single = [a for a in amounts if not a.each]
    parts: list[Mention | Amount] = sorted([*mentions, *single], key=lambda p: p.start)
    given = _pair(text, parts, names)
    for amount in spread:
        _spread(amount, mentions, given, text)
    loose = [a for a in single if not any(a is other for other in given.values())]
    items = tuple(Item(m, given.get(m.start)) for m in mentions)
    return _lone_pair(items, loose, text)


def _pair(text: str, parts: Sequence[Mention | Amount], names: ProductNames) -> dict[int, Amount]:
    """The best set of disjoint neighbouring pairs, as amounts by the start of their mention."""
    best: list[tuple[float, tuple[tuple[int, int], ...]]] = [(0.0, ())]
    for i in range(len(parts)):
        choice = best[i]
        if i:
            score = _score(text, parts[i - 1], parts[i], names)
            if score > 0:
                total, pairs = best[i - 1]
                if total + score > choice[0]:
                    choice = (total + score, (*pairs, (i - 1, i)))
        best.append(choice)
    given: dict[int, Amount] = {}
    for left, right in best[-1][1]:
        for mention, amount in ((parts[left], parts[right]), (parts[right], parts[left])):
            if isinstance(mention, Mention) and isinstance(amount, Amount):
                given[mention.start] = amount
    return given


def _score(text: str, left: Mention | Amount, right: Mention | Amount, names: ProductNames) -> float:
    if isinstance(left, Mention) == isinstance(right, Mention):
        return 0.0
    amount_first = isinstance(left, Amount)
    mention = right if isinstance(right, Mention) else left
    amount = left if isinstance(left, Amount) else right
    assert isinstance(mention, Mention) and isinstance(amount, Amount)
    score = _PAIR - _cost(text[left.end : right.start], amount, amount_first=amount_first)
    if amount.unit is not None and any(units.canonical(names.units[sku]) == amount.unit for sku in mention.skus):
        score += 6
    if amount.article:
        score -= 20
    if amount_first and mention.text.isascii() and mention.how != "sku":
        # English counts before the thing.
        score += 5
    return score if score > 0 else 0.0


def _cost(gap: str, amount: Amount, *, amount_first: bool) -> float:
    """What it costs to read across ``gap``; ``_FAR`` when the two cannot belong together."""
    if not gap.strip():
        return 3.0 if "\n" in gap and amount_first else (2.0 if "\n" in gap else 0.0)
    separators = len(re.findall(r"[,、;&/]|\band\b|和|跟|以及", gap))
    stops = len(re.findall(r"[.!?。~\n]", gap))
    rest = FILLER.sub(" ", gap)
    han = len(re.findall("[\u3400-\u9fff]", rest))
    words = len(re.findall("[a-z0-9]+", rest))
    if amount_first:
        # "10 dirty windows", "一斤今年的龙井": hardly anything may stand between, and no stop.
        if stops or separators or han > 4 or words > 1 or (amount.article and words > 1):
            return _FAR
        if not amount.firm and han > 0:
            return _FAR
    else:
        if amount.article or han > 8 or words > 3 or stops > 1:
            return _FAR
        if not amount.firm and amount.unit is None and (separators or stops or han or words):
            return _FAR
    return 4.0 * han + 8.0 * words + 12.0 * separators + 30.0 * stops


def _spread(amount: Amount, mentions: Sequence[Mention], given: dict[int, Amount], text: str) -> None:
    """Give an "each" amount to the open mentions before it, or else to those after it."""
    before = [m for m in mentions if m.end <= amount.start and m.start not in given]
    run: list[Mention] = []
    edge = amount.start
    for mention in reversed(before):
        if re.search(r"[!?。\n]", text[mention.end : edge]) and run:
            break
        run.append(mention)
        edge = mention.start
    after = [m for m in mentions if m.start >= amount.end and m.start not in given]
    for mention in run or after:
        given[mention.start] = amount


def _lone_pair(items: tuple[Item, ...], loose: list[Amount], text: str) -> Bound:
    """One product and one amount in the whole message belong together even at a distance."""
    open_items = [item for item in items if item.amount is None]
    firm = [a for a in loose if a.firm and not a.article]
    skus = {item.mention.skus for item in items}
    if (
        len(items) == len(open_items)
        and len(skus) == 1
        and len(firm) == 1
        and not _estranged(open_items, firm[0], text)
    ):
        amount = firm[0]
        nearest = min(open_items, key=lambda i: min(abs(i.end - amount.start), abs(amount.end - i.start)))
        return Bound((Item(nearest.mention, amount),), tuple(a for a in loose if a is not amount))
    return Bound(items, tuple(loose))


def _estranged(items: Sequence[Item], amount: Amount, text: str) -> bool:
    """Whether other words claim the amount: its own clause must hold little but the amount."""
    left = max((text.rfind(mark, 0, amount.start) for mark in ",.!?。;\n "), default=-1) + 1
    right = min((k for k in (text.find(mark, amount.end) for mark in ",.!?。;\n") if k >= 0), default=len(text))
    clause = FILLER.sub("", text[left : amount.start] + text[amount.end : right])
    return len(re.findall("[\u3400-\u9fff]", clause)) > 2 or len(re.findall("[a-z]+", clause)) > 1


def total(value: Decimal, amount: Amount, sold_by: str) -> tuple[Decimal, str | None]:
    """The amount in the unit the product is sold by, where the units convert."""
    return units.convert(value, amount.unit, sold_by)
