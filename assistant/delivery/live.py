"""The feed's last lines in memory: many live readers of a group share one look at the store."""

import asyncio
import time
from collections import OrderedDict, deque

from assistant.db import Database
from assistant.delivery.feed import (
    PAGE,
    Cursor,
    FeedItem,
    Line,
    Reader,
    feed_end,
    following,
    read_feed,
    read_lines,
    view,
)

LINES = 400
"""How many messages, and how many replies, a group's window holds; who is further behind reads the store."""

GROUPS = 200
"""How many groups have a window; the one that was read longest ago goes first."""

STALE_SECONDS = 5.0
"""A window that nobody marked as old is looked at again after this time: another process may have written."""


class _Window:
    """The lines of one group since ``start``."""

    def __init__(self, start: Cursor) -> None:
        self.start = start
        self.end = start
        self.messages: deque[Line] = deque()
        self.replies: deque[Line] = deque()
        self.old = True
        self.read_at = 0.0
        self.lock = asyncio.Lock()

    def holds(self, cursor: Cursor) -> bool:
        """Tell whether all that comes after the cursor is in the window."""
        return (
            cursor.message_id >= self.start.message_id
            and cursor.outbox_id >= self.start.outbox_id
            and all(row > self.start.outbox_id or row in self.start.waiting for row in cursor.waiting)
        )

    def add(self, messages: list[Line], replies: list[Line]) -> None:
        """Take in what was read after ``end``."""
        self.end = following(messages, replies, self.end)
        self.messages.extend(messages)
        # A reply that was waiting comes again when it is sent.
        again = {line.row_id for line in replies}
        self.replies = deque(line for line in self.replies if line.row_id not in again)
        self.replies.extend(replies)
        self._trim()

    def _trim(self) -> None:
        message_id, outbox_id, waiting = self.start.message_id, self.start.outbox_id, set(self.start.waiting)
        while len(self.messages) > LINES:
            message_id = self.messages.popleft().row_id
        while len(self.replies) > LINES:
            gone = self.replies.popleft().row_id
            outbox_id = max(outbox_id, gone)
            waiting.discard(gone)
        self.start = Cursor(message_id, outbox_id, tuple(sorted(waiting)))


class LiveFeed:
    """Reads feeds for live readers; the store is asked once for all of a group's."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._windows: OrderedDict[str, _Window] = OrderedDict()

    def mark(self, group_id: str) -> None:
        """There is something new in the group."""
        window = self._windows.get(group_id)
        if window is not None:
            window.old = True

    async def read(self, reader: Reader, cursor: Cursor) -> tuple[list[FeedItem], Cursor]:
        """Return what is new to the reader after the cursor, and the cursor to go on from."""
        window = await self._window(reader)
        async with window.lock:
            if window.old or time.monotonic() - window.read_at > STALE_SECONDS:
                await self._refresh(window, reader.group_id)
        if not window.holds(cursor):
            return await read_feed(self._database, reader, cursor)
        messages = [line for line in window.messages if line.row_id > cursor.message_id]
        waiting = set(cursor.waiting)
        replies = [line for line in window.replies if line.row_id > cursor.outbox_id or line.row_id in waiting]
        return view(messages, replies, reader), window.end

    async def _window(self, reader: Reader) -> _Window:
        window = self._windows.get(reader.group_id)
        if window is None:
            made = _Window(await feed_end(self._database, reader))
            window = self._windows.setdefault(reader.group_id, made)
            while len(self._windows) > GROUPS:
                self._windows.popitem(last=False)
        self._windows.move_to_end(reader.group_id)
        return window

    async def _refresh(self, window: _Window, group_id: str) -> None:
        """Read until nothing is new; what is marked meanwhile is read by the next reader."""
        window.old = False
        while True:
            messages, replies = await read_lines(self._database, group_id, window.end)
            window.add(messages, replies)
            window.read_at = time.monotonic()
            if max(len(messages), len(replies)) < PAGE:
                return
