"""What a reader of a group's feed may see: everybody's messages and replies, private ones only to their member."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from assistant.channels.base import HELD
from assistant.db import Database
from assistant.errors import NotFound, UsageError
from assistant.models import Member, Message, Order, Outbox, Turn

PAGE = 200
"""Most rows of a kind in one read."""

_MOST_WAITING = 50

QUOTE_LENGTH = 120
"""How much of a quoted line is shown again."""


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
class OrderCard:
    """An order as a reply shows it to its owner; ``total`` is decimal text in the group's currency."""

    number: int
    status: str
    total: str


@dataclass(frozen=True, slots=True)
class Quote:
    """The beginning of the line that a message quotes; it is one that everybody in the group may see."""

    id: str
    author: str
    role: str
    text: str


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
    quote: Quote | None = None
    client_id: str | None = None
    """The id under which the reader sent it; only on the reader's own messages."""
    orders: tuple[OrderCard, ...] = ()
    """The reader's own orders that the reply is about."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the feed before it is known who reads it."""

    row_id: int
    member_id: int | None
    """The writer of a message; the member whom a reply answers."""
    status: str
    item: FeedItem
    """As somebody else sees it."""
    own: FeedItem
    """As its member sees it."""

    def seen_by(self, reader: Reader) -> FeedItem | None:
        """Return the line as the reader sees it; None where it is not theirs to see."""
        if reader.member_id is not None and self.member_id == reader.member_id:
            return self.own
        if self.item.private and reader.member_id is not None:
            return None
        return self.item


async def read_feed(database: Database, reader: Reader, after: Cursor | None = None) -> tuple[list[FeedItem], Cursor]:
    """Return what is new after the cursor, in order of time, and the cursor to go on from."""
    cursor = after or Cursor()
    messages, replies = await read_lines(database, reader.group_id, cursor)
    return view(messages, replies, reader), following(messages, replies, cursor)


async def read_lines(database: Database, group_id: str, cursor: Cursor) -> tuple[list[Line], list[Line]]:
    """Return the messages and the replies after the cursor, each by id, at most ``PAGE`` of a kind."""
    async with database.read() as session:
        messages = await session.execute(
            messages_of(group_id).where(Message.id > cursor.message_id).order_by(Message.id).limit(PAGE)
        )
        replies = await session.execute(
            replies_of(group_id)
            .where(or_(Outbox.id > cursor.outbox_id, Outbox.id.in_(cursor.waiting)))
            .order_by(Outbox.id)
            .limit(PAGE)
        )
        return [message_line(row) for row in messages], [reply_line(row) for row in replies]


async def read_back(
    database: Database, reader: Reader, before: Cursor | None = None, limit: int = 40
) -> tuple[list[FeedItem], Cursor | None]:
    """Return the last lines before a cursor (before the end without one), in order of time.

    The second value is the cursor to read on backwards from, None at the beginning of the feed.
    """
    messages, replies = messages_of(reader.group_id), replies_of(reader.group_id).where(Outbox.status == "sent")
    if reader.member_id is not None:
        replies = replies.where(or_(Outbox.private.is_(False), Outbox.member_id == reader.member_id))
    if before is not None:
        messages = messages.where(Message.id < before.message_id)
        replies = replies.where(Outbox.id < before.outbox_id)
    async with database.read() as session:
        said = [message_line(r) for r in await session.execute(messages.order_by(Message.id.desc()).limit(limit + 1))]
        told = [reply_line(r) for r in await session.execute(replies.order_by(Outbox.id.desc()).limit(limit + 1))]
    start = before or Cursor(_after(said), _after(told))
    taken: tuple[list[Line], list[Line]] = ([], [])
    while (said or told) and len(taken[0]) + len(taken[1]) < limit:
        # Each kind is taken from its newest id on, so that the ids below the cursor are just what is left.
        from_said = not told or (bool(said) and said[0].item.at > told[0].item.at)
        taken[0 if from_said else 1].append((said if from_said else told).pop(0))
    left = Cursor(_oldest(taken[0], start.message_id), _oldest(taken[1], start.outbox_id))
    return view(taken[0][::-1], taken[1][::-1], reader), left if said or told else None


async def quoted_line(database: Database, group_id: str, line_id: str) -> tuple[int | None, int | None, bool]:
    """Return which line a message quotes (a message's id or an outbox row's) and whether the assistant said it.

    Raises:
        UsageError: it is no line of the group that everybody may see.
    """
    kind, number = line_id[:1], line_id[1:]
    row = None
    if number.isascii() and number.isdigit() and len(number) <= 9:
        open_reply = (Outbox.group_id == group_id, Outbox.status == "sent", Outbox.private.is_(False))
        wanted = {
            "m": select(Message.id).where(Message.group_id == group_id, Message.id == int(number)),
            "r": select(Outbox.author).where(*open_reply, Outbox.id == int(number)),
        }.get(kind)
        if wanted is not None:
            async with database.read() as session:
                row = (await session.execute(wanted)).first()
    if row is None:
        raise UsageError("quotes: only a line that everybody in the group sees can be quoted")
    return (int(number), None, False) if kind == "m" else (None, int(number), row.author == "assistant")


async def find_image(database: Database, reader: Reader, message_id: int) -> str:
    """Return the file name of a message's picture.

    Raises:
        NotFound: there is no such message with a picture in the group, or it is another member's.
    """
    query = select(Message.image).where(Message.id == message_id, Message.group_id == reader.group_id)
    if reader.member_id is not None:
        query = query.where(Message.member_id == reader.member_id)
    async with database.read() as session:
        name = await session.scalar(query)
    if name is None:
        raise NotFound(f"no picture {message_id}")
    return name


def view(messages: Sequence[Line], replies: Sequence[Line], reader: Reader) -> list[FeedItem]:
    """Return what the reader sees of the lines, in order of time."""
    sent = [line for line in replies if line.status == "sent"]
    seen = [item for line in (*messages, *sent) if (item := line.seen_by(reader)) is not None]
    return sorted(seen, key=lambda item: (item.at, item.kind != "message"))


def following(messages: Sequence[Line], replies: Sequence[Line], cursor: Cursor) -> Cursor:
    """Return the cursor behind the lines."""
    return Cursor(
        max([cursor.message_id, *(line.row_id for line in messages)]),
        max([cursor.outbox_id, *(line.row_id for line in replies)]),
        tuple(line.row_id for line in replies if line.status == "pending")[:_MOST_WAITING],
    )


async def last_notice(database: Database, group_id: str) -> FeedItem | None:
    """Return the latest line that the group's side put a label on, such as 【重要通知】; None where there is none."""
    told = replies_of(group_id).where(Outbox.private.is_(False), Outbox.status == "sent", Outbox.text.like("【%】%"))
    said = messages_of(group_id).where(Member.role != "member", Message.text.like("【%】%"))
    async with database.read() as session:
        reply = (await session.execute(told.order_by(Outbox.id.desc()).limit(1))).first()
        message = (await session.execute(said.order_by(Message.id.desc()).limit(1))).first()
    found = [line(row).item for line, row in ((reply_line, reply), (message_line, message)) if row is not None]
    return max(found, key=lambda item: item.at, default=None)


async def feed_end(database: Database, reader: Reader) -> Cursor:
    """Return the cursor behind everything there is now."""
    async with database.read() as session:
        last = await session.scalar(select(func.max(Message.id)).where(Message.group_id == reader.group_id))
        out = Outbox.group_id == reader.group_id
        sent = await session.scalar(select(func.max(Outbox.id)).where(out))
        pending = out, Outbox.status == "pending", Outbox.channel.not_in(HELD)
        waiting = await session.scalars(select(Outbox.id).where(*pending).limit(_MOST_WAITING))
        return Cursor(last or 0, sent or 0, tuple(waiting))


_QUOTED = aliased(Message)
_QUOTED_MEMBER = aliased(Member)
_QUOTED_REPLY = aliased(Outbox)


def messages_of(group_id: str) -> Select[*tuple[Any, ...]]:
    """Return the query for a group's messages as ``message_line`` reads them."""
    return (
        select(
            Message.id,
            Message.external_id,
            Message.text,
            Message.image,
            Message.sent_at,
            Message.member_id,
            Member.nickname,
            Member.role,
            Message.quoted_message_id,
            _QUOTED_MEMBER.nickname.label("quoted_nickname"),
            _QUOTED_MEMBER.role.label("quoted_role"),
            _QUOTED.text.label("quoted_text"),
            Message.quoted_reply_id,
            _QUOTED_REPLY.author.label("quoted_author"),
            _QUOTED_REPLY.text.label("quoted_reply"),
        )
        .join(Member, Member.id == Message.member_id)
        .outerjoin(_QUOTED, _QUOTED.id == Message.quoted_message_id)
        .outerjoin(_QUOTED_MEMBER, _QUOTED_MEMBER.id == _QUOTED.member_id)
        .outerjoin(_QUOTED_REPLY, _QUOTED_REPLY.id == Message.quoted_reply_id)
        .where(Message.group_id == group_id)
    )


def replies_of(group_id: str) -> Select[*tuple[Any, ...]]:
    """Return the query for what a group's side said or is about to say, as ``reply_line`` reads it."""
    return (
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
            Turn.outcome,
            Order.number,
            Order.status.label("order_status"),
            Order.total,
        )
        .outerjoin(Turn, Turn.id == Outbox.turn_id)
        .outerjoin(Order, Order.id == Outbox.order_id)
        .where(
            Outbox.group_id == group_id,
            or_(Outbox.status == "sent", (Outbox.status == "pending") & Outbox.channel.not_in(HELD)),
        )
    )


def message_line(row: Any) -> Line:
    """Return a message as a line of the feed."""
    item = FeedItem(
        id=f"m{row.id}",
        kind="message",
        author=row.nickname,
        role=row.role,
        text=row.text,
        at=row.sent_at,
        has_image=row.image is not None,
        quote=_quote(row),
    )
    own = replace(item, mine=True, client_id=row.external_id.rpartition("/")[2])
    return Line(row.id, row.member_id, "sent", item, own)


def reply_line(row: Any) -> Line:
    """Return a reply as a line of the feed."""
    item = FeedItem(
        id=f"r{row.id}",
        kind="reply",
        author=row.author,
        role=row.author,
        text=row.text,
        at=row.sent_at or row.created_at,
        private=row.private,
        addressees=tuple(row.addressees),
        answers=f"m{row.message_id}" if row.message_id is not None else None,
    )
    cards = tuple(OrderCard(o["number"], o["status"], o["total"]) for o in (row.outcome or {}).get("orders", ()))
    if row.number is not None:
        cards = (OrderCard(row.number, row.order_status, f"{row.total:.2f}"),)
    return Line(row.id, row.member_id, row.status, item, replace(item, mine=True, orders=cards))


def _quote(row: Any) -> Quote | None:
    if row.quoted_nickname is not None:
        return Quote(f"m{row.quoted_message_id}", row.quoted_nickname, row.quoted_role, row.quoted_text[:QUOTE_LENGTH])
    if row.quoted_author is not None:
        author, text = row.quoted_author, row.quoted_reply[:QUOTE_LENGTH]
        return Quote(f"r{row.quoted_reply_id}", author, author, text)
    return None


def _oldest(lines: Sequence[Line], otherwise: int) -> int:
    return min((line.row_id for line in lines), default=otherwise)


def _after(lines: Sequence[Line]) -> int:
    return max((line.row_id for line in lines), default=0) + 1


def _row_id(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ValueError(text)
    return int(text)
