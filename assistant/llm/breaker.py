"""Keeps away from an endpoint that is down, so that members do not wait for it again and again."""

import time
from collections.abc import Callable


class Breaker:
    """Opens after some failures in a row, for longer each time; one trial call is let through after the rest."""

    def __init__(self, failures: int, seconds: float, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._seconds, self._monotonic = failures, seconds, monotonic
        self._failures = 0
        self._rests = 0
        self._until = 0.0

    @property
    def rest(self) -> float:
        """The seconds in which the endpoint is left alone; 0 when it may be called."""
        return max(0.0, self._until - self._monotonic())

    def succeeded(self) -> None:
        """Forget earlier failures."""
        self._failures = self._rests = 0
        self._until = 0.0

    def failed(self, retry_after: float | None = None) -> None:
        """Count a failure; ``retry_after`` is the wait that the endpoint asked for itself."""
        self._failures += 1
        if self._failures >= self._limit:
            rest = self._seconds * min(2**self._rests, 10)
            self._rests += 1
            # After the rest one failure is enough to rest again.
            self._failures = self._limit - 1
            self._until = self._monotonic() + max(rest, min(retry_after or 0.0, 10 * self._seconds))
        elif retry_after:
            self._until = self._monotonic() + min(retry_after, 10 * self._seconds)
