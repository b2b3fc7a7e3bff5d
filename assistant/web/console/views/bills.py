"""How a bill and the orders stand to each other, as the seller reads it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from assistant.payments.reconcile import Awaiting, LeftLine, Match, Received
from assistant.web.console.views.shown import Says, moment, money


@dataclass(frozen=True, slots=True)
class Row:
    """One line: whose, how much, and why it stands where it stands."""

    title: str
    amount: str
    detail: str
    number: int | None = None
    """The order it leads to."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What amounts and times are told with."""

    now: datetime
    zone: tzinfo
    currency: str


def matched(matches: Sequence[Match], setting: Setting, w: Says) -> list[Row]:
    """Return the lines that an order was found for, with what speaks for it."""
    return [
        Row(
            w("order_of", number=match.order.number, member=match.order.member),
            money(match.line.amount, setting.currency),
            " · ".join([_line(match.line, setting, w), w(f"why.{match.why}")]),
            match.order.number,
        )
        for match in matches
    ]


def lines_left(left: Sequence[LeftLine], setting: Setting, w: Says) -> list[Row]:
    """Return the money that no order was found for, with the orders that might be meant."""
    rows = []
    for one in left:
        why = w(f"left.{one.why}")
        if one.orders:
            why = f"{why} {w('perhaps', orders=', '.join(f'#{number}' for number in one.orders))}"
        title = one.line.counterparty or w("nobody")
        rows.append(
            Row(title, money(one.line.amount, setting.currency), f"{_line(one.line, setting, w, bare=True)} · {why}")
        )
    return rows


def orders_left(orders: Sequence[Awaiting], setting: Setting, w: Says) -> list[Row]:
    """Return the orders whose money is in no bill."""
    return [
        Row(
            w("order_of", number=order.number, member=order.member),
            money(order.due, setting.currency),
            w(f"state.{order.status}"),
            order.number,
        )
        for order in orders
    ]


def _line(line: Received, setting: Setting, w: Says, *, bare: bool = False) -> str:
    parts = [moment(line.at, setting.now, setting.zone, w)]
    parts += [] if bare or not line.counterparty else [line.counterparty]
    return " · ".join([*parts, *([line.note] if line.note else [])])
