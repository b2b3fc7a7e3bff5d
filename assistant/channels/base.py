"""The port every channel implements, and what comes in and goes out through it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from assistant.errors import YidanError

Role = Literal["member", "seller", "helper"]

REPLIES_IN_RESPONSE = frozenset({"api", "cli", "openai", "eval"})
"""Channels whose reply travels in the response to the message; nothing is left to deliver later."""

ASSIST = "assist"
"""The channel of groups where only the seller may send: lines come in by pasting, replies are drafts."""

HELD = frozenset({ASSIST})
"""Channels on which nothing leaves by itself: what is pending there waits for the seller's tap."""


class DeliveryError(YidanError):
    """A channel could not take a message just now; it is tried again later."""


class DeliveryRefused(YidanError):
    """A channel will never take this message (unknown receiver, blocked); trying again is of no use."""


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """One line as a channel hands it over. ``external_id`` is the channel's own id of it."""

    group_id: str
    channel: str
    external_id: str
    member_external_id: str
    nickname: str
    text: str
    sent_at: datetime
    image: bytes | None = None
    role: Role = "member"
    mentions_assistant: bool = False
    quoted_message_id: int | None = None
    quoted_reply_id: int | None = None
    """Which line of the feed it quotes: a message's id, or an outbox row's."""


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One outbox row, as a channel sees it. ``member_id`` is None where it is for the whole group."""

    id: int
    group_id: str
    member_id: int | None
    channel: str
    author: str
    text: str
    addressees: tuple[str, ...]
    private: bool
    created_at: datetime


class Channel(Protocol):
    """Brings a message to its readers. Sending the same ``id`` twice must show it once where possible."""

    async def send(self, message: OutgoingMessage) -> None:
        """Send it.

        Raises:
            DeliveryError: not now; it is worth trying again.
            DeliveryRefused: never.
        """
        ...
