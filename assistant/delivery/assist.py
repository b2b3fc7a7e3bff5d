"""Help for groups where only the seller may send: pasted lines go the way of all messages, replies wait for a tap."""

import asyncio
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from assistant.channels.base import ASSIST, IncomingMessage, Role
from assistant.clock import Clock
from assistant.db import Database
from assistant.delivery.assist_sheet import AssistLine, bare, copied, lines_of
from assistant.delivery.inbox import Inbox
from assistant.errors import UsageError, YidanError
from assistant.groups.library import GroupView, Library
from assistant.models import Member, Message, Outbox
from assistant.text.overlap import is_new
from assistant.text.transcript import Spoken, read_transcript

LONGEST = 100_000
"""Most characters of one excerpt."""

MOST_LINES = 300
"""Most new lines of one excerpt."""

_KNOWN = 500
"""How many lines back an excerpt may overlap."""

_ECHO_DAYS = 7
_APART = timedelta(seconds=15)
"""Lines without a time were not all written in the same moment: that would look like a flood."""

_ME = frozenset({"我", "you", "me"})
_LONGEST_TEXT = 4000
_TIMED, _UNTIMED = "t", "u"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What the seller pasted. ``author`` wrote what has no name; ``ours`` are further names of the seller's side."""

    text: str
    author: str = ""
    ours: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an excerpt: its new lines with their drafts, and how many lines were passed over, and why."""

    lines: tuple[AssistLine, ...]
    known: int
    pictures: int
    echoes: int
    """Lines that are drafts which the seller has sent."""
    nameless: tuple[str, ...]
    """Lines of which the excerpt does not say who wrote them; nothing was done with them."""
    refused: tuple[str, ...]
    """Why lines could not be handled, one reason a line."""


@dataclass(frozen=True, slots=True)
class _Chat:
    """What an excerpt is read against."""

    group: GroupView
    members: dict[str, str]
    """Roles of those who write, by name."""
    known: list[Spoken]
    count: int
    drafts: dict[str, int]
    """Outbox rows by the bare words in which they are copied."""


@dataclass(frozen=True, slots=True)
class _Ours:
    """The names of the seller's side; a short form of the seller's name is one, unless a member goes by it."""

    names: frozenset[str]
    members: frozenset[str]
    seller: str

    def has(self, name: str) -> bool:
        """Return whether this is somebody of the seller's side."""
        if name in self.members:
            return False
        if name in self.names or name.casefold() in _ME:
            return True
        short = len(name) >= 2 and bool(self.seller) and (self.seller.startswith(name) or name.startswith(self.seller))
        return short


class Assist:
    """Takes excerpts of a chat in and keeps the drafts. The faces check that the group is the seller's."""

    def __init__(self, database: Database, clock: Clock, library: Library, inbox: Inbox) -> None:
        self._database = database
        self._clock = clock
        self._library = library
        self._inbox = inbox
        self._locks: dict[str, asyncio.Lock] = {}

    async def take(self, group_id: str, excerpt: Excerpt) -> Taken:
        """Handle the lines of an excerpt that were not there before, in their order, and return what came of them.

        Raises:
            NotFound: there is no such group.
            UsageError: there is nothing in it, it does not say who wrote, or it is too much at once.
        """
        if len(excerpt.text) > LONGEST:
            raise UsageError(f"this is too much at once; paste at most {LONGEST:,} characters")
        async with self._locks.setdefault(group_id, asyncio.Lock()):
            chat = await self._chat(group_id)
            return await self._take(chat, excerpt)

    async def _chat(self, group_id: str) -> _Chat:
        since = self._clock.now() - timedelta(days=_ECHO_DAYS)
        async with self._database.read() as session:
            group = await self._library.view(session, group_id)
            members = await session.execute(
                select(Member.nickname, Member.role).where(Member.group_id == group_id, Member.channel == ASSIST)
            )
            rows = await session.execute(
                select(Message.external_id, Message.text, Message.sent_at, Member.nickname)
                .join(Member, Member.id == Message.member_id)
                .where(Message.group_id == group_id, Message.channel == ASSIST)
                .order_by(Message.id.desc())
                .limit(_KNOWN)
            )
            newest_first = rows.all()
            drafts = await session.scalars(
                select(Outbox).where(Outbox.group_id == group_id, Outbox.channel == ASSIST, Outbox.created_at >= since)
            )
            words = {bare(text): row.id for row in drafts for text in (row.text, copied(row))}
            return _Chat(
                group=group,
                members={nickname: role for nickname, role in members},
                known=[_spoken(row) for row in reversed(newest_first)],
                count=_number(newest_first[0].external_id) + 1 if newest_first else 0,
                drafts=words,
            )

    async def _take(self, chat: _Chat, excerpt: Excerpt) -> Taken:
        read = self._read(chat, excerpt)
        nameless = tuple(line.text for line in read if not line.author)
        if read and len(nameless) == len(read):
            raise UsageError("this does not say who wrote it; give the name as well")
        if not read:
            raise UsageError("there is nothing to read in this; paste some lines of the chat")
        named = [line for line in read if line.author]
        said = [line for line in named if not line.attachment]
        pictures = len(named) - len(said)
        ours = _ours(chat, excerpt.ours)
        echoes = [line for line in said if ours.has(line.author) and bare(line.text) in chat.drafts]
        await self._note_echoes({chat.drafts[bare(line.text)] for line in echoes})
        heard = [line for line in said if line not in echoes]
        fresh = [line for line, new in zip(heard, is_new(chat.known, heard), strict=True) if new]
        if len(fresh) > MOST_LINES:
            raise UsageError(f"these are {len(fresh)} new lines; paste at most {MOST_LINES} at once")
        ids, refused = await self._hand_in(chat, fresh, ours)
        async with self._database.read() as session:
            lines = await lines_of(session, chat.group.id, ids)
        return Taken(tuple(lines), len(heard) - len(fresh), pictures, len(echoes), nameless, tuple(refused))

    def _read(self, chat: _Chat, excerpt: Excerpt) -> list[Spoken]:
        settings, products = chat.group.settings, chat.group.knowledge.products
        names = {*chat.members, settings.seller, settings.assistant_name, excerpt.author, *excerpt.ours} - {""}
        things = {word for one in products for word in (one.sku, one.name, *one.aliases)}
        now = self._clock.now().astimezone(settings.zone)
        read = read_transcript(excerpt.text, now=now, names=names, things=things)
        author = excerpt.author.strip()
        return [Spoken(one.author or author, one.text[:_LONGEST_TEXT], one.at, one.quoted) for one in read]

    async def _hand_in(self, chat: _Chat, fresh: Sequence[Spoken], ours: _Ours) -> tuple[list[int], list[str]]:
        """Run the lines through their turns one by one; return the messages' ids, and why some were refused."""
        ids, refused = [], []
        now = self._clock.now()
        for number, line in enumerate(fresh):
            role: Role = "seller" if ours.has(line.author) else "member"
            moment = line.at if line.at is not None and line.at <= now else now - _APART * (len(fresh) - 1 - number)
            try:
                receipt = await self._inbox.receive(
                    IncomingMessage(
                        group_id=chat.group.id,
                        channel=ASSIST,
                        external_id=_external_id(chat.group.id, chat.count + number, line),
                        member_external_id=line.author,
                        nickname=line.author,
                        text=line.text,
                        sent_at=moment,
                        role=role,
                    )
                )
            except YidanError as error:
                # One line that cannot be handled (its writer was removed) does not hold up the others.
                refused.append(f"{line.author}: {error}")
            else:
                ids.append(receipt.message_id)
        return ids, refused

    async def _note_echoes(self, draft_ids: Collection[int]) -> None:
        """What stands in the chat in our own words was sent, tapped or not."""
        if not draft_ids:
            return
        async with self._database.write() as session:
            await session.execute(
                update(Outbox)
                .where(Outbox.id.in_(draft_ids), Outbox.status != "sent")
                .values(status="sent", sent_at=self._clock.now(), error="")
            )


def _ours(chat: _Chat, named: Sequence[str]) -> _Ours:
    settings = chat.group.settings
    known = {name for name, role in chat.members.items() if role != "member"}
    members = frozenset(name for name, role in chat.members.items() if role == "member")
    given = frozenset(name.strip() for name in named)
    return _Ours(frozenset({*known, *given, settings.assistant_name}) - {""}, members - given, settings.seller)


def _external_id(group_id: str, number: int, line: Spoken) -> str:
    """Return an id that the same line in the same place gets again: what was cut off is not written twice."""
    digest = hashlib.sha256(f"{line.author}\0{line.text}".encode()).hexdigest()[:24]
    return f"{group_id}/{number}/{_TIMED if line.at else _UNTIMED}/{digest}"


def _number(external_id: str) -> int:
    return int(external_id.split("/")[1])


def _spoken(row: Any) -> Spoken:
    timed = row.external_id.split("/")[2] == _TIMED
    return Spoken(row.nickname, row.text, row.sent_at if timed else None)
