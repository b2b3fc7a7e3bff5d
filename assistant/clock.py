"""The injected clock: the time is always aware and in UTC."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is set; for suites and tests."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the time the clock was last set to, aware, in UTC."""
        return self._now

    def set(self, moment: datetime) -> None:
        """Move the clock to an aware ``moment``, forwards or back."""
        self._now = moment.astimezone(UTC)
