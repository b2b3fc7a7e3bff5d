"""Pauses as the seller sees them: who keeps the assistant out of a talk, until when, and ending it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from assistant.clock import Clock
from assistant.db import Database
from assistant.desk.repository import DeskRepository
from assistant.errors import NotFound
from assistant.models import Audit, Member

TYPING = timedelta(seconds=30)
"""How long the assistant waits after the last sign that somebody writes to a member."""


@dataclass(frozen=True, slots=True)
class PauseView:
    """Why the assistant keeps out of the talk with a member. ``until`` is None where only typing holds it back."""

    member_id: int
    member: str
    by: str
    until: datetime | None
    typing_by: str
    typing_until: datetime | None


class PauseDesk:
    """What the seller's side does with pauses. The faces check that the group is the seller's."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def list(self, group_id: str) -> list[PauseView]:
        """Return the pauses that last, by when they end."""
        now = self._clock.now()
        async with self._database.read() as session:
            found = await DeskRepository(session).pauses(group_id, now)
        return [
            PauseView(
                member_id=pause.member_id,
                member=nickname,
                by=pause.by,
                until=pause.until if pause.until > now else None,
                typing_by=pause.typing_by if pause.typing_until and pause.typing_until > now else "",
                typing_until=pause.typing_until if pause.typing_until and pause.typing_until > now else None,
            )
            for pause, nickname in found
        ]

    async def end(self, group_id: str, member_id: int, *, by: str) -> bool:
        """Let the assistant talk with the member again; return whether it was kept out.

        Raises:
            NotFound: the group has no such member.
        """
        now = self._clock.now()
        async with self._database.write() as session:
            await _member(session, group_id, member_id)
            ended = await DeskRepository(session).end_pause(member_id, now)
            if ended:
                subject = f"member {member_id}"
                session.add(Audit(at=now, actor=by, action="pause.end", group_id=group_id, subject=subject, details={}))
        return ended

    async def typing(self, group_id: str, member_id: int, *, by: str) -> datetime:
        """Keep the assistant out while somebody writes to the member; return until when, unless renewed.

        Raises:
            NotFound: the group has no such member.
        """
        now = self._clock.now()
        async with self._database.write() as session:
            await _member(session, group_id, member_id)
            await DeskRepository(session).typing(group_id, member_id, now=now, until=now + TYPING, by=by)
        return now + TYPING

    async def stopped_typing(self, group_id: str, member_id: int, *, by: str) -> None:
        """Let the assistant go on at once: what was being written was sent or given up. Raises NotFound."""
        async with self._database.write() as session:
            await _member(session, group_id, member_id)
            await DeskRepository(session).stop_typing(member_id, by=by)


async def _member(session: AsyncSession, group_id: str, member_id: int) -> None:
    member = await session.get(Member, member_id)
    if member is None or member.group_id != group_id:
        raise NotFound(f"no member {member_id} in group '{group_id}'")
