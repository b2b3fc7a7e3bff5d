"""The seller's side of tickets: list, claim, answer (the answer goes to the member), resolve."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.clock import Clock
from assistant.db import Database
from assistant.desk.repository import DeskRepository
from assistant.errors import Conflict, NotFound
from assistant.models import Audit, Group, Member, Order, Outbox, Ticket, Turn
from assistant.settings import Settings

PRIVATE_KINDS = frozenset({"refund", "complaint"})
"""What a member must not read in the open about another."""


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket as the seller sees it."""

    id: int
    group_id: str
    kind: str
    reason: str
    status: str
    member: str
    question: str
    context: dict[str, Any]
    order: int | None
    created_at: datetime
    claimed_by: str
    claimed_at: datetime | None
    answer: str
    resolved_at: datetime | None
    member_id: int = 0
    message_id: int = 0

    @property
    def fast_lane(self) -> bool:
        """Whether it is open and comes first: its member is a regular, as the group's settings say."""
        return self.status != "resolved" and "regular" in self.context


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many tickets wait for somebody, and the highest id of any ticket (0: there was none)."""

    count: int
    newest: int


class TicketDesk:
    """What the seller does with tickets. ``seller_id`` None stands for the owner of all groups."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self._database = database
        self._clock = clock
        self._pause = timedelta(minutes=settings.human_pause_minutes)

    async def list(self, group_id: str, status: str | None = None) -> list[TicketView]:
        """Return a group's tickets, all or those in one status: the fast lane, then the others, oldest first."""
        query = (
            select(Ticket, Member.nickname, Order.number)
            .join(Member, Member.id == Ticket.member_id)
            .outerjoin(Order, Order.id == Ticket.order_id)
            .where(Ticket.group_id == group_id)
            .order_by(Ticket.id)
        )
        if status is not None:
            query = query.where(Ticket.status == status)
        async with self._database.read() as session:
            rows = (await session.execute(query)).all()
        views = [_view(ticket, nickname, number) for ticket, nickname, number in rows]
        return sorted(views, key=lambda view: not view.fast_lane)

    async def show(self, ticket_id: int, *, seller_id: int | None) -> TicketView:
        """Return one ticket. Raises NotFound where the seller has none of this number."""
        async with self._database.read() as session:
            return await _shown(session, await _found(session, ticket_id, seller_id))

    async def waiting(self, group_ids: Sequence[str]) -> Waiting:
        """Return how much is open in these groups."""
        is_open = case((Ticket.status == "open", 1), else_=0)
        query = select(func.coalesce(func.sum(is_open), 0), func.coalesce(func.max(Ticket.id), 0))
        async with self._database.read() as session:
            count, newest = (await session.execute(query.where(Ticket.group_id.in_(group_ids)))).one()
        return Waiting(int(count), int(newest))

    async def claim(self, ticket_id: int, *, seller_id: int | None, actor: str) -> TicketView:
        """Take a ticket into work; the assistant keeps out of the talk with this member.

        Raises:
            NotFound: there is no such ticket among the seller's.
            Conflict: somebody else has it, or it is resolved.
        """
        async with self._database.write() as session:
            ticket = await _locked(session, ticket_id, seller_id)
            if ticket.status == "resolved":
                raise Conflict(f"ticket {ticket_id} is resolved")
            if ticket.status == "claimed" and ticket.claimed_by != actor:
                raise Conflict(f"ticket {ticket_id} is with {ticket.claimed_by}")
            now = self._clock.now()
            ticket.status, ticket.claimed_by, ticket.claimed_at = "claimed", actor, now
            await self._keep_out(session, ticket, actor, now)
            session.add(_audit(ticket, "ticket.claim", actor, now))
            return await _shown(session, ticket)

    async def answer(
        self, ticket_id: int, text: str, *, seller_id: int | None, actor: str, resolve: bool = True
    ) -> TicketView:
        """Send the answer to the member where they asked, and keep the assistant out for a while.

        Raises:
            NotFound: there is no such ticket among the seller's.
            Conflict: it is resolved already.
        """
        async with self._database.write() as session:
            ticket = await _locked(session, ticket_id, seller_id)
            if ticket.status == "resolved":
                raise Conflict(f"ticket {ticket_id} is resolved already")
            now = self._clock.now()
            session.add(await _reply(session, ticket, text, now))
            ticket.answer = text
            ticket.claimed_by, ticket.claimed_at = ticket.claimed_by or actor, ticket.claimed_at or now
            ticket.status = "resolved" if resolve else "claimed"
            ticket.resolved_at = now if resolve else None
            await self._keep_out(session, ticket, actor, now)
            session.add(_audit(ticket, "ticket.answer", actor, now))
            return await _shown(session, ticket)

    async def resolve(self, ticket_id: int, *, seller_id: int | None, actor: str) -> TicketView:
        """Close a ticket without a word to the member.

        Raises:
            NotFound: there is no such ticket among the seller's.
            Conflict: it is resolved already.
        """
        async with self._database.write() as session:
            ticket = await _locked(session, ticket_id, seller_id)
            if ticket.status == "resolved":
                raise Conflict(f"ticket {ticket_id} is resolved already")
            now = self._clock.now()
            ticket.status, ticket.resolved_at = "resolved", now
            session.add(_audit(ticket, "ticket.resolve", actor, now))
            return await _shown(session, ticket)

    async def hand_back(self, ticket_id: int, *, seller_id: int | None, actor: str) -> TicketView:
        """Let the assistant talk with the member again. What was answered is resolved; what was not is open for
        anybody.

        Raises:
            NotFound: there is no such ticket among the seller's.
        """
        async with self._database.write() as session:
            ticket = await _locked(session, ticket_id, seller_id)
            now = self._clock.now()
            if ticket.status == "claimed" and ticket.answer:
                ticket.status, ticket.resolved_at = "resolved", now
            elif ticket.status == "claimed":
                ticket.status, ticket.claimed_by, ticket.claimed_at = "open", "", None
            await DeskRepository(session).end_pause(ticket.member_id, now)
            session.add(_audit(ticket, "ticket.hand_back", actor, now))
            return await _shown(session, ticket)

    async def _keep_out(self, session: AsyncSession, ticket: Ticket, actor: str, now: datetime) -> None:
        until = now + self._pause
        await DeskRepository(session).pause(ticket.group_id, ticket.member_id, until=until, by=actor)


async def _locked(session: AsyncSession, ticket_id: int, seller_id: int | None) -> Ticket:
    return await _found(session, ticket_id, seller_id, lock=True)


async def _found(session: AsyncSession, ticket_id: int, seller_id: int | None, *, lock: bool = False) -> Ticket:
    query = select(Ticket).where(Ticket.id == ticket_id)
    if lock:
        query = query.with_for_update()
    if seller_id is not None:
        query = query.where(Ticket.group_id.in_(select(Group.id).where(Group.seller_id == seller_id)))
    ticket: Ticket | None = await session.scalar(query)
    if ticket is None:
        # Another seller's ticket is told apart from none at all by nothing.
        raise NotFound(f"no ticket {ticket_id}")
    return ticket


async def _reply(session: AsyncSession, ticket: Ticket, text: str, now: datetime) -> Outbox:
    member = await session.get_one(Member, ticket.member_id)
    turn = await session.scalar(select(Turn).where(Turn.message_id == ticket.message_id))
    private = ticket.kind in PRIVATE_KINDS or bool(turn and turn.outcome.get("private"))
    return Outbox(
        group_id=ticket.group_id,
        member_id=member.id,
        turn_id=turn.id if turn else None,
        channel=member.channel,
        author="seller",
        text=text,
        addressees=[member.nickname],
        private=private,
        status="pending",
        created_at=now,
        next_attempt_at=now,
    )


async def _shown(session: AsyncSession, ticket: Ticket) -> TicketView:
    nickname = await session.scalar(select(Member.nickname).where(Member.id == ticket.member_id))
    number = None
    if ticket.order_id is not None:
        number = await session.scalar(select(Order.number).where(Order.id == ticket.order_id))
    return _view(ticket, nickname or "", number)


def _view(ticket: Ticket, nickname: str, number: int | None) -> TicketView:
    return TicketView(
        id=ticket.id,
        group_id=ticket.group_id,
        kind=ticket.kind,
        reason=ticket.reason,
        status=ticket.status,
        member=nickname,
        question=ticket.question,
        context=ticket.context,
        order=number,
        created_at=ticket.created_at,
        claimed_by=ticket.claimed_by,
        claimed_at=ticket.claimed_at,
        answer=ticket.answer,
        resolved_at=ticket.resolved_at,
        member_id=ticket.member_id,
        message_id=ticket.message_id,
    )


def _audit(ticket: Ticket, action: str, actor: str, now: datetime) -> Audit:
    return Audit(
        at=now,
        actor=actor,
        action=action,
        group_id=ticket.group_id,
        subject=f"ticket {ticket.id}",
        details={"kind": ticket.kind, "answer": ticket.answer},
    )
