"""Can every amount in a reply be found in the records?

Independent of the assistant's own grounding on purpose: one must not share the other's mistakes. An amount
is allowed when the group's files hold that number, when it is the sum, deposit or balance of a stored
order, or when it follows from catalogue prices and the numbers the members themselves wrote: a sum, what an amount of
theirs buys and leaves, or the difference of two amounts that stand in the reply as well.
"""

import itertools
import re
from collections.abc import Iterable
from decimal import Decimal

from assistant.evaluation.scorers.base import PASSED, Seen, Verdict

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_AMOUNT = re.compile(
    rf"(?:[¥￥$€£]|(?:CNY|USD|EUR|GBP)\s?)\s?({_NUMBER})|({_NUMBER})\s?(?:元|块(?!饼|大|小)|dollars?\b|bucks?\b)"
)
_ANY_NUMBER = re.compile(_NUMBER)
_HAN = {"半": 1, "单": 1, "双": 2, "对": 2, "两": 2, "俩": 2, "仨": 3, "十": 10}
_HAN |= {letter: number for number, letter in enumerate("一二三四五六七八九", start=1)}
_WORDS = {
    word: number
    for number, word in enumerate(["one", "two", "three", "four", "five", "six", "seven", "eight"], start=1)
}
_WORDS |= {"a": 1, "an": 1, "both": 2, "couple": 2, "nine": 9, "ten": 10, "dozen": 12}
_MOST_SINGLE = 200
"""Single lines considered for sums of two; beyond it a price list would make every amount derivable."""


def amounts_in(reply: str) -> list[Decimal]:
    """Return the amounts of money in the reply, in the order they stand there."""
    return [_number(match[1] or match[2]) for match in _AMOUNT.finditer(reply)]


def score(seen: Seen) -> Verdict:
    """Return whether every amount in the reply follows from the records."""
    amounts = amounts_in(seen.outcome.text)
    if not amounts:
        return PASSED
    known = _numbers(seen.records.texts) | {amount for order in seen.state.orders for amount in order.amounts}
    unknown = [amount for amount in amounts if amount not in known]
    if unknown:
        derived = _derived(seen)
        derived |= _bought(seen)
        unknown = [amount for amount in unknown if amount not in derived]
        sound = [amount for amount in amounts if amount not in unknown]
        differences = {abs(a - b) for a, b in itertools.combinations(sound, 2)}
        # An amount that the member named is repeated beside what follows from it, and never alone.
        differences |= {a for a in _named(seen) if any(amount in derived for amount in sound)}
        unknown = [amount for amount in unknown if amount not in differences]
    if not unknown:
        return PASSED
    return False, f"the reply states {', '.join(map(str, unknown))}, which is in no record"


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def _numbers(texts: Iterable[str]) -> set[Decimal]:
    return {_number(found) for text in texts for found in _ANY_NUMBER.findall(text)}


def _counts(seen: Seen) -> set[int]:
    """Return the quantities the members may have meant, and sums of two of them (an addition)."""
    counts = {1} | {quantity for order in seen.state.orders for _, quantity in order.items}
    for text in (turn.text for turn in (*seen.earlier, seen.turn)):
        counts |= {int(number) for number in _numbers([text]) if number == int(number) and 0 < number < 1000}
        counts |= {_HAN[letter] for letter in text if letter in _HAN}
        counts |= {_WORDS[word] for word in re.findall(r"[a-z]+", text.lower()) if word in _WORDS}
    return counts | {a + b for a, b in itertools.combinations(sorted(counts), 2)}


def _named(seen: Seen) -> set[Decimal]:
    """Return the amounts of money in the message."""
    return set(amounts_in(seen.turn.text)) | {
        _number(number) for number in re.findall(rf"({_NUMBER})\s?(?:yuan|rmb)\b", seen.turn.text, re.IGNORECASE)
    }


def _bought(seen: Seen) -> set[Decimal]:
    """Return what the amounts in the message buy of each product, and what is left of them then."""
    found = set()
    for amount, price in itertools.product(_named(seen), seen.records.prices):
        if price:
            spent = price * (amount // price)
            found |= {spent, amount - spent}
    return found


def _derived(seen: Seen) -> set[Decimal]:
    counts = _counts(seen)
    lines = sorted({price * count for price in seen.records.prices for count in counts})
    totals = set(lines)
    if len(lines) <= _MOST_SINGLE:
        totals |= {a + b for a, b in itertools.combinations(lines, 2)}
    totals |= {total * share for total in totals for share in seen.records.shares}
    # Amounts in replies are rounded to the cent.
    return totals | {total.quantize(Decimal("0.01")) for total in totals}
