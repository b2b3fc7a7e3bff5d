"""How often something may be tried: a bucket for each key that fills again steadily."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

KEYS = 20_000
"""How many buckets are kept; the one that was used longest ago goes first."""


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class RateLimit:
    """``tries`` at once, and again as many in each ``seconds``. It lives in this process and forgets on a restart."""

    def __init__(self, tries: int, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._tries = tries
        self._rate = tries / seconds
        self._now = now
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, key: str) -> int:
        """Count a try and return 0, or return the whole seconds until the next one may be made."""
        wait = self.wait(key)
        if not wait:
            self._buckets[key].left -= 1
        return wait

    def wait(self, key: str) -> int:
        """Return the whole seconds until the next try may be made; 0 is now. It counts nothing."""
        now = self._now()
        bucket = self._buckets.setdefault(key, _Bucket(float(self._tries), now))
        self._buckets.move_to_end(key)
        while len(self._buckets) > KEYS:
            self._buckets.popitem(last=False)
        bucket.left = min(float(self._tries), bucket.left + (now - bucket.at) * self._rate)
        bucket.at = now
        missing = round(1 - bucket.left, 6)
        return 0 if missing <= 0 else math.ceil(round(missing / self._rate, 3))

    def forgive(self, key: str) -> None:
        """Forget the tries under this key."""
        self._buckets.pop(key, None)
