"""The group's feed: what members read over the API. The store itself is the carrier; readers are woken."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from assistant.channels.base import OutgoingMessage


class Broadcast:
    """Wakes the readers of a group in this process. It carries no content: each reader reads what it may."""

    def __init__(self) -> None:
        self._readers: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    def notify(self, group_id: str) -> None:
        """Tell the readers of a group that there is something new."""
        for event in self._readers.get(group_id, ()):
            event.set()

    @contextmanager
    def subscribe(self, group_id: str) -> Iterator[asyncio.Event]:
        """Yield an event that is set at each news of the group; the reader clears it before it reads."""
        event = asyncio.Event()
        self._readers[group_id].add(event)
        try:
            yield event
        finally:
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
