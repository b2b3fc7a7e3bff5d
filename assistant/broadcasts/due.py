"""Which occurrence of an announcement to send now, and which are too late: pure rules over the clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from assistant.broadcasts.schedule import Once, Schedule, occurrences

Kind = Literal["text", "todays_list", "days_summary", "closing_soon", "invitation_renewed", "statement"]
KINDS: tuple[Kind, ...] = (
    "text",
    "todays_list",
    "days_summary",
    "closing_soon",
    "invitation_renewed",
    "statement",
)

FURTHEST_BACK = timedelta(days=7)
"""What a server that slept longer than this missed is not even counted."""

_LATEST = {
    "todays_list": timedelta(hours=3),
    "days_summary": timedelta(hours=3),
    "closing_soon": timedelta(hours=12),
    "invitation_renewed": timedelta(days=2),
    "statement": timedelta(days=2),
}
_LATEST_ONCE = timedelta(hours=12)
_LATEST_RECURRING = timedelta(hours=3)

Quiet = tuple[time, time]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that an announcement comes. ``repetition`` is 0 for the first, then counts up."""

    planned: datetime
    due: datetime
    repetition: int = 0

    @property
    def key(self) -> str:
        """What tells it from all others of its announcement."""
        return f"{self.planned.astimezone(UTC):%Y%m%dT%H%MZ}/{self.repetition}"


@dataclass(frozen=True, slots=True)
class Plan:
    """When an announcement comes, as far as the clock decides it."""

    schedule: Schedule
    kind: Kind
    zone: ZoneInfo
    closes_at: datetime | None = None
    repeats: int = 0
    every: timedelta = timedelta(hours=4)
    quiet: Quiet | None = None
    starts: datetime | None = None
    """What was planned before it does not count; None means that everything does."""

    def latest(self) -> timedelta:
        """Return how late an occurrence may be sent: nobody wants the 09:00 list at 23:00."""
        usual = _LATEST_ONCE if isinstance(self.schedule, Once) else _LATEST_RECURRING
        return _LATEST.get(self.kind, usual)

    def between(self, after: datetime, until: datetime) -> list[Occurrence]:
        """Return the occurrences that fall due in (``after``, ``until``], in the order they fall due."""
        # Quiet hours put off by less than a day, repetitions by their number.
        back = after - timedelta(days=1) - self.repeats * self.every
        planned = occurrences(self.schedule, after=back, until=until, zone=self.zone, closes_at=self.closes_at)
        found = [
            Occurrence(moment, self._due(moment + number * self.every), number)
            for moment in planned
            if self.starts is None or moment > self.starts
            for number in range(self.repeats + 1)
        ]
        within = [one for one in found if after < one.due <= until]
        return sorted(within, key=lambda one: (one.due, one.planned, one.repetition))

    def next(self, now: datetime, *, within: timedelta = timedelta(days=400)) -> Occurrence | None:
        """Return the next occurrence after ``now``, if one comes ``within`` that time."""
        for days in (1, 8, 32, 400):
            coming = self.between(now, now + min(timedelta(days=days), within))
            if coming:
                return coming[0]
        return None

    def over(self, now: datetime) -> bool:
        """Return whether no occurrence can come any more."""
        if isinstance(self.schedule, Once):
            return self._due(self.schedule.at + self.repeats * self.every) <= now
        return False

    def _due(self, moment: datetime) -> datetime:
        return moment if self.quiet is None else after_quiet(moment, self.quiet, self.zone)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do now: at most one occurrence to send; ``missed`` came too late, ``merged`` are told by the sent one."""

    send: Occurrence | None = None
    missed: tuple[Occurrence, ...] = ()
    merged: tuple[Occurrence, ...] = ()


def judge(plan: Plan, *, looked_until: datetime, now: datetime) -> Verdict:
    """Return what to do with all that fell due since ``looked_until``.

    A server that comes back late sends the newest occurrence if it still makes sense, and no older one with it.
    """
    due = plan.between(max(looked_until, now - FURTHEST_BACK), now)
    if not due:
        return Verdict()
    *earlier, last = due
    if now - last.due > plan.latest() or (plan.kind == "closing_soon" and _closed(plan, now)):
        return Verdict(missed=tuple(due))
    fresh = tuple(one for one in earlier if now - one.due <= plan.latest())
    return Verdict(send=last, missed=tuple(earlier[: len(earlier) - len(fresh)]), merged=fresh)


def after_quiet(moment: datetime, quiet: Quiet, zone: ZoneInfo) -> datetime:
    """Return ``moment``, or the end of the quiet hours that it falls into, in UTC."""
    start, end = quiet
    local = moment.astimezone(zone)
    at = local.time().replace(tzinfo=None)
    across_midnight = start > end
    inside = at >= start or at < end if across_midnight else start <= at < end
    if not inside:
        return moment.astimezone(UTC)
    day = local.date() + timedelta(days=1 if across_midnight and at >= start else 0)
    return datetime.combine(day, end, tzinfo=zone).astimezone(UTC)


def _closed(plan: Plan, now: datetime) -> bool:
    return plan.closes_at is not None and now >= plan.closes_at
