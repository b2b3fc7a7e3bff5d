"""Reads the end state of a case from its store."""

from collections import Counter
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from assistant.evaluation.scorers.base import OrderState, StoreState
from assistant.models import Member, Order, Strike, Ticket


async def store_state(session: AsyncSession, group_id: str) -> StoreState:
    """Return the group's orders, tickets and strikes, each with the member's nickname."""
    orders = await session.execute(
        select(Order, Member.nickname)
        .join(Member, Member.id == Order.member_id)
        .where(Order.group_id == group_id)
        .options(selectinload(Order.lines))
        .order_by(Order.id)
    )
    tickets = await session.execute(
        select(Ticket.kind, Ticket.status, Member.nickname)
        .join(Member, Member.id == Ticket.member_id)
        .where(Ticket.group_id == group_id)
        .order_by(Ticket.id)
    )
    strikes = await session.execute(
        select(Member.nickname).join(Strike, Strike.member_id == Member.id).where(Strike.group_id == group_id)
    )
    return StoreState(
        orders=tuple(_order(order, nickname) for order, nickname in orders),
        tickets=tuple({"kind": kind, "status": status, "member": name} for kind, status, name in tickets),
        strikes=dict(Counter(strikes.scalars())),
    )


def _order(order: Order, nickname: str) -> OrderState:
    amounts: list[Decimal] = [line.price * line.quantity for line in order.lines]
    amounts.append(order.total)
    if order.deposit is not None:
        amounts += [order.deposit, order.total - order.deposit]
    return OrderState(
        member=nickname,
        status=order.status,
        items=tuple(sorted((line.sku.upper(), line.quantity) for line in order.lines)),
        amounts=tuple(amounts),
    )
