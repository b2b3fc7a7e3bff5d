"""What a reader of a group's feed may see: everybody's messages and replies, private ones only to their member."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from assistant.db import Database
from assistant.errors import UsageError
from assistant.models import Member, Message, Outbox, Turn

PAGE = 200
"""Most rows of a kind in one read."""

_MOST_WAITING = 50


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: a member, or the seller's side (``member_id`` None), which sees everything."""

    group_id: str
    member_id: int | None


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a reader has read: the last message, the last outbox row, and rows before it still unsent."""

    message_id: int = 0
    outbox_id: int = 0
    waiting: tuple[int, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Return the cursor that ``str`` wrote; empty text is the beginning.

        Raises:
            UsageError: it is no cursor.
        """
        if not text:
            return cls()
        try:
            message_id, outbox_id, waiting = text.split(".")
            ids = tuple(_row_id(part) for part in waiting.split("-") if part)[:_MOST_WAITING]
            return cls(_row_id(message_id), _row_id(outbox_id), ids)
        except ValueError as error:
            raise UsageError("'after' must be the 'next' of an earlier answer") from error

    def __str__(self) -> str:
        return f"{self.message_id}.{self.outbox_id}.{'-'.join(map(str, self.waiting))}"


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One line of the feed. ``kind`` is ``message`` (somebody wrote) or ``reply`` (the group's side wrote)."""

    id: str
    kind: str
    author: str
    role: str
    text: str
    at: datetime
    has_image: bool = False
    mine: bool = False
    private: bool = False
    addressees: tuple[str, ...] = ()
    answers: str | None = None


async def read_feed(database: Database, reader: Reader, after: Cursor | None = None) -> tuple[list[FeedItem], Cursor]:
    """Return what is new after the cursor, in order of time, and the cursor to go on from."""
    cursor = after or Cursor()
    async with database.read() as session:
        messages = (await session.execute(_messages(reader, cursor))).all()
        replies = (await session.execute(_replies(reader, cursor))).all()
    items = [_message_item(row, reader) for row in messages]
    items += [_reply_item(row, reader) for row in replies if row.status == "sent"]
    following = Cursor(
        max([cursor.message_id, *(row.id for row in messages)]),
        max([cursor.outbox_id, *(row.id for row in replies)]),
        tuple(row.id for row in replies if row.status == "pending")[:_MOST_WAITING],
    )
    return sorted(items, key=lambda item: (item.at, item.kind != "message")), following


async def feed_end(database: Database, reader: Reader) -> Cursor:
    """Return the cursor behind everything there is now."""
    cursor = Cursor()
    while True:
        items, following = await read_feed(database, reader, cursor)
        if not items or following == cursor:
            return following
        cursor = following


def _messages(reader: Reader, cursor: Cursor) -> Any:
    return (
        select(
            Message.id, Message.text, Message.image, Message.sent_at, Message.member_id, Member.nickname, Member.role
        )
        .join(Member, Member.id == Message.member_id)
        .where(Message.group_id == reader.group_id, Message.id > cursor.message_id)
        .order_by(Message.id)
        .limit(PAGE)
    )


def _replies(reader: Reader, cursor: Cursor) -> Any:
    query = (
        select(
            Outbox.id,
            Outbox.text,
            Outbox.author,
            Outbox.status,
            Outbox.private,
            Outbox.addressees,
            Outbox.member_id,
            Outbox.created_at,
            Outbox.sent_at,
            Turn.message_id,
        )
        .outerjoin(Turn, Turn.id == Outbox.turn_id)
        .where(
            Outbox.group_id == reader.group_id,
            or_(Outbox.id > cursor.outbox_id, Outbox.id.in_(cursor.waiting)),
            Outbox.status.in_(("sent", "pending")),
        )
        .order_by(Outbox.id)
        .limit(PAGE)
    )
    if reader.member_id is not None:
        query = query.where(or_(Outbox.private.is_(False), Outbox.member_id == reader.member_id))
    return query


def _message_item(row: Any, reader: Reader) -> FeedItem:
    return FeedItem(
        id=f"m{row.id}",
        kind="message",
        author=row.nickname,
        role=row.role,
        text=row.text,
        at=row.sent_at,
        has_image=row.image is not None,
        mine=row.member_id == reader.member_id,
    )


def _reply_item(row: Any, reader: Reader) -> FeedItem:
    return FeedItem(
        id=f"r{row.id}",
        kind="reply",
        author=row.author,
        role=row.author,
        text=row.text,
        at=row.sent_at or row.created_at,
        mine=row.member_id is not None and row.member_id == reader.member_id,
        private=row.private,
        addressees=tuple(row.addressees),
        answers=f"m{row.message_id}" if row.message_id is not None else None,
    )


def _row_id(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ValueError(text)
    return int(text)
