"""The SQL of the desk: tickets opened and joined by turns, and the pauses in which a human talks."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.models import Pause, Ticket
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
        """Keep the assistant out of the talk with a member; a later pause takes the place of an earlier one."""
        connection = await self._session.connection()
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        values = {"until": until, "by": by}
        statement = dialect.insert(cast(Table, Pause.__table__)).values(
            group_id=group_id, member_id=member_id, **values
        )
        await connection.execute(statement.on_conflict_do_update(index_elements=["member_id"], set_=values))

    async def paused(self, member_id: int, now: datetime) -> bool:
        """Return whether a human is talking with the member."""
        query = select(Pause.id).where(Pause.member_id == member_id, Pause.until > now).limit(1)
        return (await self._session.execute(query)).first() is not None
