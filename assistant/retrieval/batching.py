"""Texts that wait for the engine at the same moment go through it together, whoever asked for them."""

import threading
from collections import deque
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]
Encode = Callable[[list[str], bool], Rows]

BATCH = 8
"""Most texts of one pass: what arrives meanwhile waits for one pass at most (some 50 ms), also during an import."""


class _Waiting:
    """A text on its way; ``row`` or ``error`` is set once it went through."""

    __slots__ = ("error", "is_query", "row", "text")

    def __init__(self, text: str, is_query: bool) -> None:
        self.text = text
        self.is_query = is_query
        self.row: Rows | None = None
        self.error: Exception | None = None

    @property
    def done(self) -> bool:
        return self.row is not None or self.error is not None


class Combiner:
    """Runs an engine that only one thread may use, several texts a pass.

    Callers queue up their texts and then ask for the engine; whoever gets it takes along what the others have queued
    up, so those find theirs done when their turn comes.
    """

    def __init__(self, encode: Encode) -> None:
        """``encode(texts, is_query)`` gives a row a text."""
        self._encode = encode
        self._queue: deque[_Waiting] = deque()
        self._queue_lock = threading.Lock()
        self._engine_lock = threading.Lock()

    def rows(self, texts: Sequence[str], *, is_query: bool) -> list[Rows]:
        """The rows of ``texts``; raises what the engine raised."""
        found: list[Rows] = []
        # A long list queues up in parts, so that a member's message need not wait for all of it.
        for start in range(0, len(texts), BATCH):
            waiting = [_Waiting(text, is_query) for text in texts[start : start + BATCH]]
            with self._queue_lock:
                self._queue.extend(waiting)
            while not all(one.done for one in waiting):
                self._pass()
            for one in waiting:
                if one.error is not None:
                    raise one.error
                assert one.row is not None
                found.append(one.row)
        return found

    def _pass(self) -> None:
        """Take what waits, of one side, through the engine; nothing where another thread did it meanwhile."""
        with self._engine_lock:
            with self._queue_lock:
                if not self._queue:
                    return
                side = self._queue[0].is_query
                batch = [one for one in self._queue if one.is_query == side][:BATCH]
                for one in batch:
                    self._queue.remove(one)
            try:
                rows = self._encode([one.text for one in batch], side)
                for one, row in zip(batch, np.asarray(rows, np.float32), strict=True):
                    one.row = row
            except Exception as error:
                # Each caller raises it; none may wait for a row that never comes.
                for one in batch:
                    one.error = error
