"""One day of one or several groups in figures: what the assistant did, what was ordered, what moved. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from assistant.reports.period import Period

HOURS = 24
Sums = Mapping[str, Decimal]
"""Amounts by currency: groups may differ in it, and nobody adds yuan to dollars."""


@dataclass(frozen=True, slots=True)
class DayFigures:
    """What happened in one day, by the group's own clock."""

    messages: int = 0
    """What members wrote."""
    answered: int = 0
    """Messages that the assistant dealt with by itself."""
    silent: int = 0
    """Messages that it rightly or wrongly left alone."""
    handed_over: int = 0
    """Messages that went to a human."""
    moderated: int = 0
    unanswered: int = 0
    """Questions of the day that the knowledge does not answer and nobody has answered yet."""
    orders: int = 0
    """Orders placed that still count."""
    ordered: Sums = field(default_factory=dict)
    confirmed: Sums = field(default_factory=dict)
    refunded: Sums = field(default_factory=dict)
    asked_by_hour: tuple[int, ...] = (0,) * HOURS
    orders_by_hour: tuple[int, ...] = (0,) * HOURS

    @property
    def net(self) -> Sums:
        """What came in less what went back."""
        return added([self.confirmed, {currency: -amount for currency, amount in self.refunded.items()}])

    def to_json(self, *, private: bool = True) -> dict[str, Any]:
        """Return plain JSON; amounts are decimal text by currency. Without ``private`` there are none."""
        values: dict[str, Any] = {name: getattr(self, name) for name in _COUNTS}
        for name in _SUMS if private else ():
            values[name] = {currency: f"{amount:.2f}" for currency, amount in getattr(self, name).items()}
        return values | {name: list(getattr(self, name)) for name in _SERIES}


_COUNTS = ("messages", "answered", "silent", "handed_over", "moderated", "unanswered", "orders")
_SUMS = ("ordered", "confirmed", "refunded")
_SERIES = ("asked_by_hour", "orders_by_hour")


@dataclass(frozen=True, slots=True)
class Standing:
    """Money that is not in yet, by currency, and of how many orders."""

    expected: Sums = field(default_factory=dict)
    """What is due now from members who have not said that they paid."""
    expected_orders: int = 0
    claimed: Sums = field(default_factory=dict)
    """What members say they paid, and nobody has looked at."""
    claimed_orders: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON; amounts are decimal text by currency."""
        return {
            "expected": {currency: f"{amount:.2f}" for currency, amount in self.expected.items()},
            "expected_orders": self.expected_orders,
            "claimed": {currency: f"{amount:.2f}" for currency, amount in self.claimed.items()},
            "claimed_orders": self.claimed_orders,
        }


def day_of(moment: datetime, zone: tzinfo, *, days_ago: int = 0) -> Period:
    """Return the day that holds an aware moment in a zone, or one so many days before it."""
    day = moment.astimezone(zone).date() - timedelta(days=days_ago)
    start = datetime.combine(day, time.min, zone)
    end = datetime.combine(day + timedelta(days=1), time.min, zone)
    return Period(day.isoformat(), start, end)


def until_now(period: Period, now: datetime) -> Period:
    """Return the part of yesterday that today can be compared with: up to the same time of day."""
    assert period.start is not None and period.end is not None
    return Period(period.name, period.start, min(period.end, now - timedelta(days=1)))


def added(sums: Sequence[Sums]) -> dict[str, Decimal]:
    """Return sums added up by currency."""
    found: dict[str, Decimal] = {}
    for one in sums:
        for currency, amount in one.items():
            found[currency] = found.get(currency, Decimal(0)) + amount
    return found


def together(days: Sequence[DayFigures]) -> DayFigures:
    """Return the figures of several groups as one."""
    values: dict[str, Any] = {name: sum(getattr(day, name) for day in days) for name in _COUNTS}
    values |= {name: added([getattr(day, name) for day in days]) for name in _SUMS}
    if days:
        values |= {name: tuple(map(sum, zip(*(getattr(day, name) for day in days), strict=True))) for name in _SERIES}
    return DayFigures(**values)


def standing_together(standings: Sequence[Standing]) -> Standing:
    """Return what several groups wait for as one."""
    return Standing(
        expected=added([one.expected for one in standings]),
        expected_orders=sum(one.expected_orders for one in standings),
        claimed=added([one.claimed for one in standings]),
        claimed_orders=sum(one.claimed_orders for one in standings),
    )
