"""The group's feed: what members read over the API. The store itself is the carrier; readers are woken."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from assistant.channels.base import OutgoingMessage

TYPING_SECONDS = 5.0
"""For how long somebody counts as writing after the last sign of it."""


class Broadcast:
    """Wakes the readers of a group in this process. It carries no content: each reader reads what it may.

    Only who is writing right now lives here, as it is worth nothing a moment later.
    """

    def __init__(self) -> None:
        self._readers: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._typing: defaultdict[str, dict[str, float]] = defaultdict(dict)

    def notify(self, group_id: str) -> None:
        """Tell the readers of a group that there is something new."""
        for event in self._readers.get(group_id, ()):
            event.set()

    def typing(self, group_id: str, name: str) -> None:
        """Note that somebody is writing; the readers are woken where that is news."""
        known = name in self.writers(group_id)
        self._typing[group_id][name] = time.monotonic() + TYPING_SECONDS
        if not known:
            self.notify(group_id)

    def written(self, group_id: str, name: str) -> None:
        """Note that somebody has sent what they wrote."""
        self._typing[group_id].pop(name, None)

    def writers(self, group_id: str) -> tuple[str, ...]:
        """Return who is writing in a group right now."""
        now = time.monotonic()
        writing = {name: until for name, until in self._typing[group_id].items() if until > now}
        self._typing[group_id] = writing
        return tuple(writing)

    @contextmanager
    def subscribe(self, *group_ids: str) -> Iterator[asyncio.Event]:
        """Yield an event that is set at each news of the groups; the reader clears it before it reads."""
        event = asyncio.Event()
        for group_id in group_ids:
            self._readers[group_id].add(event)
        try:
            yield event
        finally:
            for group_id in group_ids:
                self._readers[group_id].discard(event)
                if not self._readers[group_id]:
                    del self._readers[group_id]


class FeedChannel:
    """Delivers to the feed: the outbox row is readable there once it is marked as sent."""

    def __init__(self, broadcast: Broadcast) -> None:
        self._broadcast = broadcast

    async def send(self, message: OutgoingMessage) -> None:
        """Wake the group's readers."""
        self._broadcast.notify(message.group_id)
