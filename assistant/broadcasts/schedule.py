"""When an announcement is due: once, daily, weekly, by cron, or some time before the group closes.

A schedule is one line of text, in the store as on the command line:

    at 2026-05-20T09:00+08:00      once
    daily 09:00                    every day, in the group's zone
    weekly mon,thu 20:30           on these days
    cron 0 9 * * 1-5               five fields, as Debian's cron reads them
    before_close 2h                so long before orders close
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from assistant.errors import UsageError

LEAST_APART = timedelta(minutes=30)
"""Announcements that come more often than this are a flood, not news."""

EXAMPLES = '"at 2026-05-20 09:00", "daily 09:00", "weekly mon,thu 20:30", "cron 0 9 * * 1-5", "before_close 2h"'

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CHINESE_DAYS = "一二三四五六日"
_TIME = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)")
_LEAD = re.compile(r"(\d{1,3})\s*(m|min|minutes?|h|hours?|d|days?)")
_CHECKED = 60


@dataclass(frozen=True, slots=True)
class Once:
    """At one moment."""

    at: datetime

    def __str__(self) -> str:
        return f"at {self.at.isoformat(timespec='minutes')}"


@dataclass(frozen=True, slots=True)
class Recurring:
    """Again and again; ``text`` is how the seller wrote it, ``cron`` the same in five fields."""

    text: str
    cron: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class BeforeClose:
    """Once, so long before the group's closing time."""

    lead: timedelta

    def __str__(self) -> str:
        minutes = int(self.lead.total_seconds()) // 60
        for unit, size in (("d", 24 * 60), ("h", 60)):
            if minutes % size == 0:
                return f"before_close {minutes // size}{unit}"
        return f"before_close {minutes}m"


Schedule = Once | Recurring | BeforeClose


def parse_schedule(text: str, zone: ZoneInfo) -> Schedule:
    """Return the schedule that a line says; a time without an offset is in ``zone``.

    Raises:
        UsageError: it is none, or it would come more often than every half hour.
    """
    word, _, rest = text.strip().partition(" ")
    rest = rest.strip()
    match word.casefold():
        case "at":
            return Once(_moment(rest, zone))
        case "daily":
            hour, minute = _time(rest)
            return Recurring(f"daily {hour:02}:{minute:02}", f"{minute} {hour} * * *")
        case "weekly":
            days, _, clock = rest.rpartition(" ")
            hour, minute = _time(clock)
            names = _weekdays(days)
            numbers = ",".join(str(_DAYS.index(name) + 1) for name in names)
            return Recurring(f"weekly {','.join(names)} {hour:02}:{minute:02}", f"{minute} {hour} * * {numbers}")
        case "cron":
            _require_sparse(rest, zone)
            return Recurring(f"cron {rest}", rest)
        case "before_close":
            return BeforeClose(_lead(rest))
    raise UsageError(f"'{text}' is no time to announce at; write for example {EXAMPLES}")


def occurrences(
    schedule: Schedule, *, after: datetime, until: datetime, zone: ZoneInfo, closes_at: datetime | None
) -> Iterator[datetime]:
    """Yield the planned times in (``after``, ``until``], oldest first, in UTC.

    A group without a closing time has no time before its close.
    """
    match schedule:
        case Once(at):
            moments = iter([at])
        case BeforeClose(lead):
            moments = iter([] if closes_at is None else [closes_at - lead])
        case Recurring(_, cron):
            moments = _cron(cron, after.astimezone(zone))
    for moment in moments:
        if moment > until:
            return
        if moment > after:
            yield moment.astimezone(UTC)


def _cron(expression: str, after: datetime) -> Iterator[datetime]:
    try:
        yield from CronSim(expression, after)
    except CronSimError as error:
        raise UsageError(f"'cron {expression}' is not a cron line; write for example \"cron 0 9 * * 1-5\"") from error


def _require_sparse(expression: str, zone: ZoneInfo) -> None:
    if len(expression.split()) != 5:
        raise UsageError(f"'cron {expression}' needs five fields, for example \"cron 0 9 * * 1-5\"")
    coming = list(islice(_cron(expression, datetime(2026, 1, 1, tzinfo=zone)), _CHECKED))
    if not coming:
        raise UsageError(f"'cron {expression}' never comes")
    if any(later - earlier < LEAST_APART for earlier, later in pairwise(coming)):
        raise UsageError("announcements must be at least 30 minutes apart, or members stop reading them")


def _moment(text: str, zone: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"'{text}' is not a time; write it like 2026-05-20 09:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _time(text: str) -> tuple[int, int]:
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"'{text}' is not a time of day; write it like 09:00")
    return int(match.group(1)), int(match.group(2))


def _weekdays(text: str) -> list[str]:
    found = set()
    for part in filter(None, re.split(r"[,，、\s]+", text.strip())):
        name = part.casefold()[:3]
        chinese = re.fullmatch(r"(?:周|星期|礼拜)([一二三四五六日天])", part)
        if name in _DAYS:
            found.add(name)
        elif chinese:
            found.add(_DAYS[_CHINESE_DAYS.index(chinese.group(1).replace("天", "日"))])
        else:
            raise UsageError(f"'{part}' is not a day of the week; write it like mon or 周一")
    if not found:
        raise UsageError("a weekly announcement needs its days, for example: weekly mon,thu 20:30")
    return sorted(found, key=_DAYS.index)


def _lead(text: str) -> timedelta:
    match = _LEAD.fullmatch(text)
    if match is None or int(match.group(1)) == 0:
        raise UsageError(f"'{text}' is no length of time; write it like 2h, 30m or 1d")
    unit = {"m": "minutes", "h": "hours", "d": "days"}[match.group(2)[0]]
    return timedelta(**{unit: int(match.group(1))})
