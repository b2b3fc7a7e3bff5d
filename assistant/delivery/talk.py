"""The seller's side of a group's talk: see what the assistant did with each line and why, and write into it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.clock import Clock
from assistant.db import Database
from assistant.delivery.feed import (
    Cursor,
    FeedItem,
    Reader,
    message_line,
    messages_of,
    read_back,
    replies_of,
    reply_line,
)
from assistant.desk.repository import DeskRepository
from assistant.errors import NotFound, UsageError
from assistant.models import Audit, Mark, Member, Message, Outbox, Turn
from assistant.notices.repository import SELLERS_CHANNEL
from assistant.settings import Settings
from assistant.turn.outcome import Source

LINES = 40
BEFORE = 8
SINCE = 40


@dataclass(frozen=True, slots=True)
class Deed:
    """What the assistant did with one member's message. ``good`` is the seller's mark, None without one."""

    message_id: int
    action: str
    reason: str
    responder: str
    sources: tuple[Source, ...]
    good: bool | None
    model: str = ""
    """The language model whose words were used, if one's were."""


@dataclass(frozen=True, slots=True)
class TalkLine:
    """One line of the talk with what the assistant did about it; ``member_id`` is whom it is from, or for."""

    item: FeedItem
    member_id: int | None
    deed: Deed | None = None

    @property
    def message_id(self) -> int | None:
        """The message's id, or that of the message it answers."""
        name = self.item.id if self.item.kind == "message" else self.item.answers
        return int(name[1:]) if name else None


class Talk:
    """A group's talk as its seller sees it. The faces check that the group is the seller's."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self._database = database
        self._clock = clock
        self._pause = timedelta(minutes=settings.human_pause_minutes)

    async def latest(self, group_id: str, before: Cursor | None = None) -> tuple[list[TalkLine], Cursor | None]:
        """Return the last lines before a cursor (before the end without one), and the cursor to read on back from."""
        items, earlier = await read_back(self._database, Reader(group_id, None), before, LINES)
        async with self._database.read() as session:
            return await _with_deeds(session, items), earlier

    async def around(self, group_id: str, message_id: int) -> list[TalkLine]:
        """Return the lines before a message, it, and what was said with its member since.

        Raises:
            NotFound: the group has no such message.
        """
        async with self._database.read() as session:
            message = await session.get(Message, message_id)
            if message is None or message.group_id != group_id:
                raise NotFound(f"no message {message_id} in group '{group_id}'")
            said = messages_of(group_id)
            until = said.where(Message.id <= message_id).order_by(Message.id.desc()).limit(BEFORE + 1)
            since = said.where(Message.id > message_id, Message.member_id == message.member_id).order_by(Message.id)
            rows = [*(await session.execute(until)), *(await session.execute(since.limit(SINCE)))]
            ids = [row.id for row in rows]
            told = replies_of(group_id).where(
                Outbox.status == "sent",
                or_(
                    Turn.message_id.in_(ids),
                    (Outbox.member_id == message.member_id) & (Outbox.created_at >= message.sent_at),
                ),
            )
            replies = await session.execute(told.order_by(Outbox.id).limit(BEFORE + SINCE))
            items = [message_line(row).item for row in rows] + [reply_line(row).item for row in replies]
            return await _with_deeds(session, sorted(items, key=_place))

    async def deed(self, group_id: str, message_id: int) -> Deed:
        """Return what the assistant did with a message. Raises NotFound where it did nothing with it."""
        async with self._database.read() as session:
            deeds = await _deeds(session, [message_id], group_id)
        if message_id not in deeds:
            raise NotFound(f"nothing was decided about message {message_id} in group '{group_id}'")
        return deeds[message_id]

    async def say(self, group_id: str, text: str, *, by: str, to: int | None = None, private: bool = False) -> None:
        """Write into the group as the seller; ``to`` is a member's message that is quoted and answered.

        The assistant then keeps out of the talk with that member, and with those named in the text.

        Raises:
            NotFound: the group has no such message.
            UsageError: there are no words, or nobody whom private words could be for.
        """
        words = text.strip()
        if not words:
            raise UsageError("there is nothing to send yet")
        if private and to is None:
            raise UsageError("choose the message that you answer in private")
        now = self._clock.now()
        async with self._database.write() as session:
            asked = await _asked(session, group_id, to) if to is not None else None
            channels = [asked.channel] if asked else await _channels(session, group_id)
            for channel in channels:
                session.add(
                    Outbox(
                        group_id=group_id,
                        member_id=asked.member_id if asked else None,
                        turn_id=asked.turn_id if asked else None,
                        channel=channel,
                        author="seller",
                        text=words,
                        addressees=[asked.nickname] if asked else [],
                        private=private,
                        status="pending",
                        created_at=now,
                        next_attempt_at=now,
                    )
                )
            spoken_to = {asked.member_id} if asked else await _named(session, group_id, words)
            for member_id in spoken_to:
                await DeskRepository(session).pause(group_id, member_id, until=now + self._pause, by=by)
            details = {"text": words[:200], "private": private}
            subject = f"message {to}" if to is not None else group_id
            session.add(Audit(at=now, actor=by, action="talk.say", group_id=group_id, subject=subject, details=details))


def _place(item: FeedItem) -> tuple[datetime, float, bool]:
    """Sort by time; of what was said at the same time, a reply comes right behind what it answers."""
    name = item.id if item.kind == "message" else item.answers
    return item.at, float(name[1:]) if name else math.inf, item.kind != "message"


async def _with_deeds(session: AsyncSession, items: Sequence[FeedItem]) -> list[TalkLine]:
    ids = {int(name[1:]) for item in items if (name := item.id if item.kind == "message" else item.answers)}
    writers = {
        message_id: member_id
        for message_id, member_id in await session.execute(
            select(Message.id, Message.member_id).where(Message.id.in_(ids))
        )
    }
    deeds = await _deeds(session, ids)
    lines = [TalkLine(item, None) for item in items]
    return [TalkLine(line.item, writers.get(line.message_id or 0), deeds.get(line.message_id or 0)) for line in lines]


async def _deeds(session: AsyncSession, message_ids: Sequence[int] | set[int], group_id: str = "") -> dict[int, Deed]:
    query = (
        select(Turn, Mark.good)
        .join(Member, Member.id == Turn.member_id)
        .outerjoin(Mark, Mark.turn_id == Turn.id)
        .where(Turn.message_id.in_(message_ids), Member.role == "member")
    )
    if group_id:
        query = query.where(Turn.group_id == group_id)
    return {turn.message_id: _deed(turn, good) for turn, good in await session.execute(query)}


def _deed(turn: Turn, good: bool | None) -> Deed:
    model = turn.outcome.get("model") or {}
    return Deed(
        message_id=turn.message_id,
        action=turn.action,
        reason=turn.reason,
        responder=turn.responder,
        sources=tuple(Source(str(one["id"]), float(one["score"])) for one in turn.outcome.get("sources", ())),
        good=good,
        model=str(model.get("name", "")) if model.get("used") else "",
    )


async def _asked(session: AsyncSession, group_id: str, message_id: int) -> Any:
    query = (
        select(Message.member_id, Member.channel, Member.nickname, Turn.id.label("turn_id"))
        .join(Member, Member.id == Message.member_id)
        .outerjoin(Turn, Turn.message_id == Message.id)
        .where(Message.id == message_id, Message.group_id == group_id)
    )
    row = (await session.execute(query)).first()
    if row is None:
        raise NotFound(f"no message {message_id} in group '{group_id}'")
    return row


async def _channels(session: AsyncSession, group_id: str) -> list[str]:
    query = select(Member.channel).where(
        Member.group_id == group_id, Member.removed_at.is_(None), Member.role == "member"
    )
    return sorted(set(await session.scalars(query)) or {SELLERS_CHANNEL})


async def _named(session: AsyncSession, group_id: str, text: str) -> set[int]:
    query = select(Member.id, Member.nickname).where(Member.group_id == group_id, Member.role == "member")
    return {id for id, nickname in await session.execute(query) if len(nickname) >= 2 and nickname in text}
