"""The statements of the inbox: who wrote, what was written, what came of it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import String, Table, bindparam, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from assistant.channels.base import IncomingMessage
from assistant.db import Database
from assistant.errors import NotAllowed, NotFound
from assistant.models import Group, Member, Message, Turn

MEMBERS = cast(Table, Member.__table__)
MESSAGES = cast(Table, Message.__table__)
TURNS = cast(Table, Turn.__table__)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A stored message: its id, whether it is new, and the outcome where it has one already."""

    message_id: int
    group_id: str
    created: bool
    outcome: dict[str, Any] | None = None
    attempts: int = 0


# Statements are built once: building one costs more than running it, and these run with every newcomer's line.
_KNOWN = select(MEMBERS.c.id, MEMBERS.c.nickname, MEMBERS.c.role, MEMBERS.c.removed_at).where(
    MEMBERS.c.group_id == bindparam("group_id"),
    MEMBERS.c.channel == bindparam("channel"),
    MEMBERS.c.external_id == bindparam("external_id"),
)
_GROUP = select(Group.id).where(Group.id == bindparam("group_id"))


@cache
def _insert_or_ignore(dialect_name: str, table: Table) -> Any:
    """Return an insert that gives the new row's id, or no row where a unique key is taken."""
    dialect = postgresql if dialect_name == "postgresql" else sqlite
    return dialect.insert(table).on_conflict_do_nothing().returning(table.c.id)


async def member_of(connection: AsyncConnection, message: IncomingMessage, now: datetime) -> int:
    """Return the writer's member id; the row is made on first sight, name and role kept up to date.

    Raises:
        NotFound: there is no such group.
        NotAllowed: the member was removed from the group.
    """
    key = {"group_id": message.group_id, "channel": message.channel, "external_id": message.member_external_id}
    row = (await connection.execute(_KNOWN, key)).first()
    if row is None:
        if (await connection.execute(_GROUP, {"group_id": message.group_id})).first() is None:
            raise NotFound(f"no group '{message.group_id}'")
        values = {
            **key,
            "nickname": message.nickname,
            "role": message.role,
            "joined_at": now,
            "source": "",
        }
        created = (await connection.execute(_insert_or_ignore(connection.dialect.name, MEMBERS), values)).scalar()
        return int(created if created is not None else (await connection.execute(_KNOWN, key)).one().id)
    if row.removed_at is not None:
        raise NotAllowed("this member was removed from the group")
    if (row.nickname, row.role) != (message.nickname, message.role):
        await connection.execute(
            update(MEMBERS).where(MEMBERS.c.id == row.id).values(nickname=message.nickname, role=message.role)
        )
    return int(row.id)


_QUOTED = ("quoted_message_id", "quoted_reply_id")


@cache
def _quick_insert(dialect_name: str) -> Any:
    """Return the statement that stores a message of a member who is known, unchanged and not removed.

    It gives no row where any of that is not so, or where the message is there already.
    """
    dialect = postgresql if dialect_name == "postgresql" else sqlite
    given = ("group_id", "channel", "external_id", "text", "image", "mentions_assistant", "sent_at", *_QUOTED)
    fixed = {"status": "received", "attempts": 0}
    columns: list[Any] = [bindparam(name, type_=MESSAGES.c[name].type).label(name) for name in given]
    columns += [literal(value, MESSAGES.c[name].type).label(name) for name, value in fixed.items()]
    known = select(*columns, MEMBERS.c.id.label("member_id")).where(
        MEMBERS.c.group_id == bindparam("group_id", type_=MEMBERS.c.group_id.type),
        MEMBERS.c.channel == bindparam("channel", type_=MEMBERS.c.channel.type),
        MEMBERS.c.external_id == bindparam("member_external_id", type_=String()),
        MEMBERS.c.nickname == bindparam("nickname", type_=String()),
        MEMBERS.c.role == bindparam("role", type_=String()),
        MEMBERS.c.removed_at.is_(None),
    )
    statement = dialect.insert(MESSAGES).from_select([*given, *fixed, "member_id"], known)
    return statement.on_conflict_do_nothing().returning(MESSAGES.c.id)


def storable(text: str) -> str:
    """Return a text that every database takes: PostgreSQL refuses the NUL character."""
    return text.replace("\x00", "")


async def record_quickly(database: Database, message: IncomingMessage, *, image: str | None) -> Recorded | None:
    """Store a message of a known member in one statement; None where ``record`` has to look closer."""
    async with database.engine.begin() as connection:
        created = await connection.execute(
            _quick_insert(connection.dialect.name),
            {
                "group_id": message.group_id,
                "channel": message.channel,
                "external_id": message.external_id,
                "text": storable(message.text),
                "image": image,
                "mentions_assistant": message.mentions_assistant,
                "quoted_message_id": message.quoted_message_id,
                "quoted_reply_id": message.quoted_reply_id,
                "sent_at": message.sent_at,
                "member_external_id": message.member_external_id,
                "nickname": message.nickname,
                "role": message.role,
            },
        )
        message_id = created.scalar()
    return None if message_id is None else Recorded(message_id, message.group_id, created=True)


async def record(session: AsyncSession, message: IncomingMessage, *, image: str | None, now: datetime) -> Recorded:
    """Store the message under (channel, external id), or find the one that is there.

    Raises:
        NotFound: there is no such group.
        NotAllowed: the member was removed, or the id belongs to another group's message.
    """
    connection = await session.connection()
    member_id = await member_of(connection, message, now)
    values = {
        "group_id": message.group_id,
        "member_id": member_id,
        "channel": message.channel,
        "external_id": message.external_id,
        "text": storable(message.text),
        "image": image,
        "mentions_assistant": message.mentions_assistant,
        "quoted_message_id": message.quoted_message_id,
        "quoted_reply_id": message.quoted_reply_id,
        "sent_at": message.sent_at,
        "status": "received",
        "attempts": 0,
    }
    created = (await connection.execute(_insert_or_ignore(connection.dialect.name, MESSAGES), values)).scalar()
    if created is not None:
        return Recorded(created, message.group_id, created=True)
    first = (
        await connection.execute(
            _with_outcome().where(MESSAGES.c.channel == message.channel, MESSAGES.c.external_id == message.external_id)
        )
    ).one()
    if first.member_id != member_id:
        raise NotAllowed("this message id is another member's")
    return Recorded(first.id, first.group_id, created=False, outcome=first.outcome, attempts=first.attempts)


async def find(session: AsyncSession, message_id: int) -> Recorded:
    """Return a stored message with its outcome.

    Raises:
        NotFound: there is no such message.
    """
    row = (await session.execute(_with_outcome().where(MESSAGES.c.id == message_id))).first()
    if row is None:
        raise NotFound(f"no message {message_id}")
    return Recorded(row.id, row.group_id, created=False, outcome=row.outcome, attempts=row.attempts)


async def unhandled(session: AsyncSession, *, max_attempts: int) -> list[Recorded]:
    """Return the messages still waiting for their turn, oldest first."""
    rows = await session.execute(
        _with_outcome()
        .where(MESSAGES.c.status != "handled", MESSAGES.c.attempts < max_attempts, TURNS.c.id.is_(None))
        .order_by(MESSAGES.c.id)
    )
    return [Recorded(row.id, row.group_id, created=False, attempts=row.attempts) for row in rows]


async def mark_failed(session: AsyncSession, message_id: int) -> None:
    """Note one failed attempt; a message that was handled meanwhile stays handled."""
    await session.execute(
        update(MESSAGES)
        .where(MESSAGES.c.id == message_id, MESSAGES.c.status != "handled")
        .values(status="failed", attempts=MESSAGES.c.attempts + 1)
    )


def _with_outcome() -> Any:
    return select(
        MESSAGES.c.id, MESSAGES.c.group_id, MESSAGES.c.member_id, MESSAGES.c.attempts, TURNS.c.outcome
    ).select_from(MESSAGES.outerjoin(TURNS, TURNS.c.message_id == MESSAGES.c.id))
