"""The SQL of the desk: tickets opened and joined by turns, and the pauses in which a human talks."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.models import Member, Pause, Ticket
from assistant.text.fold import skeleton


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What is written down about something that needs the seller."""

    group_id: str
    member_id: int
    message_id: int
    kind: str
    reason: str
    question: str
    order_id: int | None = None
    context: dict[str, Any] = field(default_factory=dict)


class DeskRepository:
    """Reads and writes tickets and pauses within one session."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def open(self, new: NewTicket, now: datetime) -> Ticket:
        """Insert an open ticket and return its row."""
        ticket = Ticket(
            group_id=new.group_id,
            member_id=new.member_id,
            message_id=new.message_id,
            order_id=new.order_id,
            kind=new.kind,
            reason=new.reason,
            status="open",
            question=new.question,
            context=new.context,
            created_at=now,
        )
        self._session.add(ticket)
        await self._session.flush()
        return ticket

    async def join(self, ticket_id: int, nickname: str) -> Ticket | None:
        """Note that ``nickname`` asks the same and return the ticket; None where there is no such ticket."""
        ticket = await self._session.get(Ticket, ticket_id)
        if ticket is None:
            return None
        asked = [*ticket.context.get("also_asked_by", []), nickname]
        ticket.context = ticket.context | {"also_asked_by": list(dict.fromkeys(asked))}
        return ticket

    async def same_question(self, group_id: str, text: str) -> int | None:
        """Return the id of the group's unresolved ticket that asks the same, whoever asked it."""
        query = select(Ticket.id, Ticket.question).where(
            Ticket.group_id == group_id, Ticket.status != "resolved", Ticket.reason == "missing_knowledge"
        )
        bones = skeleton(text)
        rows = await self._session.execute(query)
        return next((ticket_id for ticket_id, question in rows if skeleton(question) == bones), None)

    async def pause(self, group_id: str, member_id: int, *, until: datetime, by: str) -> None:
        """Keep the assistant out of the talk with a member; a later pause takes the place of an earlier one.

        Whoever was typing has sent what they wrote.
        """
        values = {"until": until, "by": by, "typing_until": None, "typing_by": ""}
        await self._put(group_id, member_id, values, values)

    async def typing(self, group_id: str, member_id: int, *, now: datetime, until: datetime, by: str) -> None:
        """Keep the assistant out while somebody writes to the member; a longer pause stays as it is."""
        values = {"typing_until": until, "typing_by": by}
        await self._put(group_id, member_id, {"until": now, "by": by, **values}, values)

    async def stop_typing(self, member_id: int, *, by: str) -> None:
        """Note that this person writes to the member no more; somebody else may go on."""
        mine = (Pause.member_id == member_id, Pause.typing_by == by)
        await self._session.execute(update(Pause).where(*mine).values(typing_until=None, typing_by=""))

    async def end_pause(self, member_id: int, now: datetime) -> bool:
        """Let the assistant talk with the member again; return whether it was kept out."""
        kept_out = await self.paused(member_id, now)
        await self._session.execute(delete(Pause).where(Pause.member_id == member_id))
        return kept_out

    async def pauses(self, group_id: str, now: datetime) -> list[tuple[Pause, str]]:
        """Return the pauses of a group that last, with their members' nicknames, by when they end."""
        query = (
            select(Pause, Member.nickname)
            .join(Member, Member.id == Pause.member_id)
            .where(Pause.group_id == group_id, lasts(now))
            .order_by(Pause.until)
        )
        return [(pause, nickname) for pause, nickname in await self._session.execute(query)]

    async def paused(self, member_id: int, now: datetime) -> bool:
        """Return whether a human is talking with the member, or about to."""
        query = select(Pause.id).where(Pause.member_id == member_id, lasts(now)).limit(1)
        return (await self._session.execute(query)).first() is not None

    async def _put(self, group_id: str, member_id: int, new: dict[str, Any], changed: dict[str, Any]) -> None:
        connection = await self._session.connection()
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(cast(Table, Pause.__table__)).values(
            group_id=group_id, member_id=member_id, **({"typing_by": ""} | new)
        )
        await connection.execute(statement.on_conflict_do_update(index_elements=["member_id"], set_=changed))


def lasts(now: Any) -> ColumnElement[bool]:
    """Return the condition that a pause lasts at ``now`` (a time or a bound parameter)."""
    return or_(Pause.until > now, Pause.typing_until > now)
