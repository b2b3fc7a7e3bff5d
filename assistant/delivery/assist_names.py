"""Whose a name in an excerpt is: an excerpt has nothing but names, and a name may be taken for the wrong side."""

from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.channels.base import ASSIST
from assistant.clock import Clock
from assistant.db import Database
from assistant.delivery.inbox import Inbox
from assistant.errors import NotFound
from assistant.models import Audit, Member, Message, Outbox, Turn

_LOOKED_AT = 50
"""How many of a name's last lines are decided anew."""

_DEEDS = frozenset({"moderate", "payment", "refund"})
"""Actions that leave something behind even where no order and no ticket came of them."""


@dataclass(frozen=True, slots=True)
class Renamed:
    """How many lines of the name were decided anew, and how many stay as they are because something came of them."""

    redone: int
    kept: int


class NameDesk:
    """Sets names right. The faces check that the group is the seller's."""

    def __init__(self, database: Database, clock: Clock, inbox: Inbox) -> None:
        self._database = database
        self._clock = clock
        self._inbox = inbox

    async def set_side(self, group_id: str, name: str, *, ours: bool, by: str) -> Renamed:
        """Say that a name is the seller's side's (``ours``) or a member's, from now on, and draft its last lines anew.

        A line stays as it is where its draft was sent or answers others too, or where an order or a ticket came of
        it: these are for the seller to look at.

        Raises:
            NotFound: nobody of this name stands in the group's excerpts.
        """
        role = "seller" if ours else "member"
        async with self._database.write() as session:
            where = (Member.group_id == group_id, Member.channel == ASSIST, Member.external_id == name)
            member = await session.scalar(select(Member).where(*where))
            if member is None:
                raise NotFound(f"nobody called '{name}' stands in what was pasted")
            if (member.role == "member") is not ours:
                return Renamed(0, 0)
            member.role = role
            now = self._clock.now()
            noted = Audit(at=now, actor=by, action="assist.name", group_id=group_id, subject=name, details={"to": role})
            session.add(noted)
            fresh, kept = await _lines(session, member.id)
            await session.execute(delete(Turn).where(Turn.message_id.in_(fresh)))
            await session.execute(
                update(Message).where(Message.id.in_(fresh)).values(status="received", attempts=Message.attempts + 1)
            )
        # What a crash leaves here is found among the messages that were not handled.
        await self._inbox.handle(fresh)
        return Renamed(len(fresh), kept)


async def _lines(session: AsyncSession, member_id: int) -> tuple[list[int], int]:
    """Return the last lines that may be decided anew, oldest first, and how many may not."""
    query = (
        select(Turn)
        .join(Message, Message.id == Turn.message_id)
        .where(Message.member_id == member_id)
        .order_by(Message.id.desc())
        .limit(_LOOKED_AT)
    )
    turns = list(await session.scalars(query))
    drafts = {
        row.turn_id: row
        for row in await session.scalars(select(Outbox).where(Outbox.turn_id.in_(turn.id for turn in turns)))
    }
    fresh = [turn.message_id for turn in reversed(turns) if not _binds(turn, drafts.get(turn.id))]
    return fresh, len(turns) - len(fresh)


def _binds(turn: Turn, draft: Outbox | None) -> bool:
    """Tell whether something came of a turn that taking it back would not undo."""
    done = bool(turn.outcome.get("orders") or turn.outcome.get("tickets")) or turn.action in _DEEDS
    said = draft is not None and (draft.status == "sent" or len(draft.addressees) > 1)
    return done or said or (draft is None and bool(turn.text))
