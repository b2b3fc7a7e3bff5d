"""Channels without a platform: the terminal, nothing at all, and a list for tests."""

from collections.abc import Callable

from assistant.channels.base import OutgoingMessage


class ConsoleChannel:
    """Writes each message as one line, once."""

    def __init__(self, write: Callable[[str], object] = print) -> None:
        self._write = write
        self._seen: set[int] = set()

    async def send(self, message: OutgoingMessage) -> None:
        """Write the message, with whom it is for."""
        if message.id in self._seen:
            return
        self._seen.add(message.id)
        whom = f"@{' @'.join(message.addressees)} " if message.addressees else ""
        self._write(f"[{message.group_id}] {whom}{message.text}")


class NullChannel:
    """Takes everything and does nothing with it."""

    async def send(self, message: OutgoingMessage) -> None:
        """Do nothing."""


class MemoryChannel:
    """Keeps what was sent; ``fail_with`` errors are raised first, one a call."""

    def __init__(self, fail_with: list[Exception] | None = None) -> None:
        self.sent: dict[int, OutgoingMessage] = {}
        self._fail_with = fail_with or []

    async def send(self, message: OutgoingMessage) -> None:
        """Keep the message, or raise the next error that was asked for."""
        if self._fail_with:
            raise self._fail_with.pop(0)
        self.sent[message.id] = message
