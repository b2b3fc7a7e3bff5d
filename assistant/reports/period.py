"""The time a report is about: one ISO week in the group's zone, or everything so far."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from assistant.errors import UsageError

_WEEK = re.compile(r"(\d{4})-W(\d{1,2})")
TOLD_FROM_HOUR = 9
"""On Mondays from this hour on a week's report is told."""


@dataclass(frozen=True, slots=True)
class Period:
    """From ``start`` (included) to ``end`` (not included), aware; None is without a bound."""

    name: str
    start: datetime | None = None
    end: datetime | None = None

    def holds(self, moment: datetime) -> bool:
        """Return whether the moment lies in it."""
        return (self.start is None or moment >= self.start) and (self.end is None or moment < self.end)


EVERYTHING = Period("all")


def week_of(name: str, zone: tzinfo) -> Period:
    """Return the week that ``2026-W21`` names, Monday to Sunday in ``zone``. Raises UsageError."""
    match = _WEEK.fullmatch(name.strip().upper())
    try:
        if match is None:
            raise ValueError(name)
        monday = date.fromisocalendar(int(match[1]), int(match[2]), 1)
    except ValueError:
        raise UsageError(f"'{name}' is no week; write it like 2026-W21") from None
    return _week(monday, zone)


def last_week(now: datetime, zone: tzinfo) -> Period:
    """Return the last week that is over and may be told at ``now``."""
    local = now.astimezone(zone) - timedelta(hours=TOLD_FROM_HOUR)
    monday = local.date() - timedelta(days=local.weekday() + 7)
    return _week(monday, zone)


def _week(monday: date, zone: tzinfo) -> Period:
    year, number, _ = monday.isocalendar()
    start = datetime(monday.year, monday.month, monday.day, tzinfo=zone)
    after = monday + timedelta(days=7)
    return Period(f"{year}-W{number:02d}", start, datetime(after.year, after.month, after.day, tzinfo=zone))
