"""Reads from the store what a captured case needs: the talk, and the orders as they were at a moment."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from assistant.errors import NotFound
from assistant.models import Member, Message, Order, Strike, Ticket, Turn
from assistant.orders.states import LIVE
from assistant.turn.memory import REMEMBERED

TALK = 10
"""Lines of a captured talk: what the assistant may still lean on, and no more of other people's."""


@dataclass(frozen=True, slots=True)
class Line:
    """A message of the talk with what came of it."""

    turn_id: int | None
    group_id: str
    nickname: str
    role: str
    text: str
    has_image: bool
    mentions_assistant: bool
    at: datetime
    action: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderThen:
    """An order as it was at a moment."""

    number: int
    member: str
    placed_at: datetime
    status: str
    items: tuple[tuple[str, int], ...]

    @property
    def counts(self) -> bool:
        """Whether it takes stock or counts for closing."""
        return self.status in LIVE


@dataclass(frozen=True, slots=True)
class AnsweredTicket:
    """A ticket with the seller's words."""

    turn_id: int
    answer: str


async def talk_until(session: AsyncSession, turn_id: int) -> list[Line]:
    """Return the group's last lines up to a turn's own, oldest first. Raises NotFound where there is no such turn."""
    turn = await session.get(Turn, turn_id)
    if turn is None:
        raise NotFound(f"no turn {turn_id}")
    rows = await session.execute(
        select(Message, Member, Turn)
        .join(Member, Member.id == Message.member_id)
        .outerjoin(Turn, Turn.message_id == Message.id)
        .where(
            Message.group_id == turn.group_id,
            Message.id <= turn.message_id,
            Message.sent_at >= turn.at - REMEMBERED,
        )
        .order_by(Message.id.desc())
        .limit(TALK)
    )
    return [_line(message, member, its) for message, member, its in reversed(rows.all())]


def _line(message: Message, member: Member, turn: Turn | None) -> Line:
    sources = turn.outcome.get("sources", []) if turn else []
    return Line(
        turn_id=turn.id if turn else None,
        group_id=message.group_id,
        nickname=member.nickname,
        role=member.role,
        text=message.text,
        has_image=bool(message.image),
        mentions_assistant=message.mentions_assistant,
        at=turn.at if turn else message.sent_at,
        action=turn.action if turn else "silent",
        sources=tuple(str(source["id"]) for source in sources),
    )


async def orders_at(session: AsyncSession, group_id: str, moment: datetime, *, included: bool) -> list[OrderThen]:
    """Return the group's orders as their dated changes say they were at a moment (its own changes ``included``)."""
    rows = await session.execute(
        select(Order, Member.nickname)
        .join(Member, Member.id == Order.member_id)
        .where(Order.group_id == group_id)
        .options(selectinload(Order.events))
        .order_by(Order.number)
    )
    found = []
    for order, nickname in rows:
        past = [event for event in order.events if event.at < moment or (included and event.at == moment)]
        if past:
            items = tuple((str(line["sku"]), int(line["quantity"])) for line in past[-1].lines)
            found.append(OrderThen(order.number, nickname, order.created_at, past[-1].to_status, items))
    return found


async def strikes_before(session: AsyncSession, group_id: str, moment: datetime) -> dict[str, int]:
    """Return how often members had been warned, by nickname."""
    rows = await session.execute(
        select(Member.nickname, func.count(Strike.id))
        .join(Member, Member.id == Strike.member_id)
        .where(Strike.group_id == group_id, Strike.at < moment)
        .group_by(Member.nickname)
    )
    return {nickname: count for nickname, count in rows}


async def answered_ticket(session: AsyncSession, group_id: str, ticket_id: int) -> AnsweredTicket | None:
    """Return a group's ticket that the seller has answered, with the turn it came from."""
    query = (
        select(Turn.id, Ticket.answer)
        .join(Turn, Turn.message_id == Ticket.message_id)
        .where(Ticket.id == ticket_id, Ticket.group_id == group_id, Ticket.answer != "")
    )
    row = (await session.execute(query)).first()
    return AnsweredTicket(row.id, row.answer) if row else None


async def last_turns(session: AsyncSession, group_id: str, limit: int) -> list[Line]:
    """Return a group's newest turns, oldest first."""
    rows = await session.execute(
        select(Message, Member, Turn)
        .join(Member, Member.id == Message.member_id)
        .join(Turn, Turn.message_id == Message.id)
        .where(Message.group_id == group_id)
        .order_by(Turn.id.desc())
        .limit(limit)
    )
    return [_line(message, member, turn) for message, member, turn in reversed(rows.all())]
