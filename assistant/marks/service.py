"""Marking what the assistant did with a message as good or bad, and keeping what a group learnt from it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.clock import Clock
from assistant.db import Database
from assistant.errors import NotFound
from assistant.models import Audit, Group, Mark, Member, Message, Turn

MOST_SHOWN = 200
"""Most turns of one list."""


@dataclass(frozen=True, slots=True)
class MarkedTurn:
    """A message, what the assistant did with it, and what the seller thinks of that (None: not said yet).

    ``text`` is the member's message; ``reply`` is empty where the assistant said nothing.
    """

    message_id: int
    at: datetime
    member: str
    text: str
    mentions_assistant: bool
    action: str
    reason: str
    reply: str
    good: bool | None


class MarkService:
    """Takes sellers' marks. The faces check that the group is the seller's."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def turns(
        self, group_id: str, *, marked: bool | None = None, silent: bool = True, limit: int = MOST_SHOWN
    ) -> list[MarkedTurn]:
        """Return what was done with members' messages, newest first.

        Args:
            group_id: the group.
            marked: only those with a mark, or only those without.
            silent: also those that the assistant left alone.
            limit: at most so many.
        """
        query = _turns(group_id).limit(limit)
        if marked is not None:
            query = query.where(Mark.id.is_not(None) if marked else Mark.id.is_(None))
        if not silent:
            query = query.where(Turn.action != "silent")
        async with self._database.read() as session:
            return [_view(row) for row in await session.execute(query)]

    async def mark(self, group_id: str, message_id: int, *, good: bool, by: str) -> MarkedTurn:
        """Note what the seller thinks; a later mark takes the place of an earlier one.

        Raises:
            NotFound: the group has no such message, or nothing was decided about it.
        """
        async with self._database.write() as session:
            turn_id = await _turn_id(session, group_id, message_id)
            mark = await session.scalar(select(Mark).where(Mark.turn_id == turn_id))
            if mark is None:
                mark = Mark(group_id=group_id, turn_id=turn_id)
                session.add(mark)
            mark.good, mark.at, mark.by = good, self._clock.now(), by
            session.add(self._audit("answer.mark", group_id, message_id, by, {"good": good}))
            await session.flush()
            row = (await session.execute(_turns(group_id).where(Turn.id == turn_id))).one()
            return _view(row)

    async def unmark(self, group_id: str, message_id: int, *, by: str) -> None:
        """Take a mark back; fine where there is none. Raises NotFound like ``mark``."""
        async with self._database.write() as session:
            turn_id = await _turn_id(session, group_id, message_id)
            mark = await session.scalar(select(Mark).where(Mark.turn_id == turn_id))
            if mark is not None:
                await session.delete(mark)
                session.add(self._audit("answer.unmark", group_id, message_id, by, {}))

    async def set_gate_offset(self, group_id: str, offset: float, *, by: str, details: dict[str, Any]) -> None:
        """Keep the group's operating point; the next message is read with it.

        Raises:
            NotFound: there is no such group.
        """
        async with self._database.write() as session:
            group = await session.get(Group, group_id)
            if group is None:
                raise NotFound(f"there is no group '{group_id}'")
            details = {"before": group.gate_offset, "after": offset, **details}
            group.gate_offset = offset
            session.add(self._audit("gate.adapt", group_id, group_id, by, details))

    def _audit(self, action: str, group_id: str, subject: object, by: str, details: dict[str, Any]) -> Audit:
        return Audit(
            at=self._clock.now(), actor=by, action=action, group_id=group_id, subject=str(subject), details=details
        )


def _turns(group_id: str) -> Select[*tuple[Any, ...]]:
    return (
        select(Turn, Message.text.label("said"), Message.mentions_assistant, Member.nickname, Mark.good)
        .join(Message, Message.id == Turn.message_id)
        .join(Member, Member.id == Turn.member_id)
        .outerjoin(Mark, Mark.turn_id == Turn.id)
        .where(Turn.group_id == group_id, Member.role == "member")
        .order_by(Turn.id.desc())
    )


async def _turn_id(session: AsyncSession, group_id: str, message_id: int) -> int:
    query = (
        select(Turn.id)
        .join(Member, Member.id == Turn.member_id)
        .where(Turn.group_id == group_id, Turn.message_id == message_id, Member.role == "member")
    )
    found = await session.scalar(query)
    if found is None:
        raise NotFound(f"the group '{group_id}' has no member's message {message_id} that was dealt with")
    return found


def _view(row: Row[Any]) -> MarkedTurn:
    turn: Turn = row.Turn
    return MarkedTurn(
        message_id=turn.message_id,
        at=turn.at,
        member=row.nickname,
        text=row.said,
        mentions_assistant=row.mentions_assistant,
        action=turn.action,
        reason=turn.reason,
        reply=turn.text,
        good=row.good,
    )
