"""Which line of a bill paid which order: pure, and only a proposal. The seller confirms what is matched.

What is sure goes first: the transfer's own number, as the member's proof shows it; an order's number in the transfer's
note. Then amount, time and name. Where two orders or two lines fit equally well, nothing is matched: a wrong match
costs the seller more than a line to look at.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal, TypeVar

from assistant.payments.matching import EARLY
from assistant.text.fold import skeleton

NEAR = timedelta(minutes=3)
"""A proof's time and its line's time differ by seconds; a phone's clock may be off."""

HAND_COUNTED = timedelta(days=3)
"""A payment that the seller confirmed by hand without a number belongs to a line within this time."""

Item = TypeVar("Item")

Why = Literal["reference", "note", "proof", "name", "amount"]
LeftWhy = Literal["no_order", "several_orders", "other_amount"]

_ORDER_IN_NOTE = re.compile(
    r"(?:(?<!\d)(\d{1,5})\s*号单|(?:订单|单号|order)\s*(?:号|no\.?|#|:)?\s*#?(\d{1,5})(?!\d))", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Received:
    """A line of a bill: money that came in."""

    id: int
    reference: str
    amount: Decimal
    at: datetime
    merchant_reference: str = ""
    counterparty: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a member's proof for an order shows, as far as it could be read."""

    reference: str | None = None
    amount: Decimal | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Awaiting:
    """An order that waits for money."""

    number: int
    member: str
    status: str
    placed_at: datetime
    due: Decimal
    owing: Decimal
    shown: tuple[Shown, ...] = ()

    def takes(self, amount: Decimal) -> bool:
        """Return whether this is a sum that is to be paid: what is due now, or all that is owed."""
        return amount in (self.due, self.owing)


@dataclass(frozen=True, slots=True)
class CountedPayment:
    """A payment that is counted already."""

    number: int
    amount: Decimal
    reference: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Match:
    """A line that paid an order, and what speaks for it."""

    line: Received
    order: Awaiting
    why: Why


@dataclass(frozen=True, slots=True)
class LeftLine:
    """A line that no order was found for; ``orders`` are the numbers of those that might be meant."""

    line: Received
    why: LeftWhy
    orders: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What came of it. Every line and every order is in exactly one place."""

    matches: tuple[Match, ...]
    counted: tuple[Received, ...]
    """Lines whose payment is counted already."""
    lines_left: tuple[LeftLine, ...]
    orders_left: tuple[Awaiting, ...]


def reconcile(
    lines: Sequence[Received],
    orders: Sequence[Awaiting],
    counted: Sequence[CountedPayment],
    elsewhere: Mapping[str, int] | None = None,
) -> Reconciled:
    """Return which lines paid which orders.

    ``elsewhere`` are transfers that another group of the seller has counted, by number; their lines are left out.
    """
    known = {payment.reference for payment in counted if payment.reference} | set(elsewhere or ())
    done = [line for line in lines if known & {line.reference, line.merchant_reference} - {""}]
    rest = [line for line in lines if line not in done]
    done += (by_hand := _counted_by_hand(rest, counted))
    rest = [line for line in rest if line not in by_hand]
    matches: list[Match] = []
    open_orders = list(orders)
    for pick in (_by_reference, _by_note, _by_likeness):
        # Who is matched stands in nobody's way any more, so what was unclear may be clear then.
        while found := pick(rest, open_orders):
            matches += found
            rest = [line for line in rest if all(line != match.line for match in found)]
            open_orders = [order for order in open_orders if all(order != match.order for match in found)]
    return Reconciled(
        matches=tuple(sorted(matches, key=lambda match: match.order.number)),
        counted=tuple(line for line in done if line.reference not in (elsewhere or {})),
        lines_left=tuple(_left(line, open_orders) for line in rest),
        orders_left=tuple(open_orders),
    )


def _counted_by_hand(lines: Sequence[Received], counted: Sequence[CountedPayment]) -> list[Received]:
    """Return lines whose payment the seller confirmed without its number: same sum, about the same time."""
    found: list[Received] = []
    for payment in counted:
        if payment.reference is not None:
            continue
        near = [
            line
            for line in lines
            if line not in found and line.amount == payment.amount and abs(line.at - payment.at) <= HAND_COUNTED
        ]
        if near:
            found.append(min(near, key=lambda line: abs(line.at - payment.at)))
    return found


def _by_reference(lines: Sequence[Received], orders: Sequence[Awaiting]) -> list[Match]:
    found: list[Match] = []
    for order in orders:
        numbers = {shown.reference for shown in order.shown if shown.reference}
        line = next((one for one in lines if numbers & {one.reference, one.merchant_reference}), None)
        if line is not None and order.takes(line.amount) and all(match.line != line for match in found):
            found.append(Match(line, order, "reference"))
    return found


def _by_note(lines: Sequence[Received], orders: Sequence[Awaiting]) -> list[Match]:
    by_number = {order.number: order for order in orders}
    found: list[Match] = []
    for line in lines:
        named = {int(one or other) for one, other in _ORDER_IN_NOTE.findall(line.note)}
        meant = [by_number[number] for number in named if number in by_number and by_number[number].takes(line.amount)]
        if len(meant) == 1 and all(match.order != meant[0] for match in found):
            found.append(Match(line, meant[0], "note"))
    return found


def _by_likeness(lines: Sequence[Received], orders: Sequence[Awaiting]) -> list[Match]:
    """Return pairs in which line and order are each other's only best."""
    scores = {
        (line.id, order.number): score for line in lines for order in orders if (score := _likeness(line, order)) > 0
    }
    found: list[Match] = []
    for line in lines:
        order = _only_best(orders, lambda order: scores.get((line.id, order.number), 0))  # noqa: B023
        if order is None:
            continue
        back = _only_best(lines, lambda one: scores.get((one.id, order.number), 0))  # noqa: B023
        if back == line:
            score = scores[line.id, order.number]
            found.append(Match(line, order, "proof" if score & 4 else "name" if score & 2 else "amount"))
    return found


def _only_best(items: Sequence[Item], score: Callable[[Item], int]) -> Item | None:
    ranked = sorted(items, key=score, reverse=True)
    if not ranked or score(ranked[0]) == 0:
        return None
    return ranked[0] if len(ranked) == 1 or score(ranked[1]) < score(ranked[0]) else None


def _likeness(line: Received, order: Awaiting) -> int:
    """Return 0 where the line cannot be for the order; else 1 for the sum, 2 for the name, 4 for the proof's time."""
    if not order.takes(line.amount) or line.at < order.placed_at - EARLY:
        return 0
    score = 1
    if skeleton(line.counterparty) and skeleton(line.counterparty) == skeleton(order.member):
        score += 2
    if any(shown.at and abs(shown.at - line.at) <= NEAR for shown in order.shown):
        score += 4
    return score


def _left(line: Received, orders: Sequence[Awaiting]) -> LeftLine:
    fitting = tuple(order.number for order in orders if _likeness(line, order) > 0)
    if len(fitting) > 1:
        return LeftLine(line, "several_orders", fitting)
    shown = tuple(
        order.number
        for order in orders
        if any(line.reference == one.reference for one in order.shown)
        or (skeleton(line.counterparty) and skeleton(line.counterparty) == skeleton(order.member))
    )
    if shown:
        return LeftLine(line, "other_amount", shown)
    return LeftLine(line, "several_orders" if fitting else "no_order", fitting)
