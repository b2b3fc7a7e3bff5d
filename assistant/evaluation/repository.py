"""Puts into a case's store what the case is given, and reads its end state."""

from collections import Counter
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from assistant.errors import BadFile
from assistant.evaluation.case import Given, GivenOrder
from assistant.evaluation.scorers.base import OrderState, StoreState
from assistant.groups.folder import GroupFolder
from assistant.groups.settings import GroupSettings
from assistant.knowledge.catalogue import Catalogue
from assistant.models import Group, Member, Message, Order, Strike, Ticket
from assistant.orders.ledger import OrderItem, Terms, Wanted
from assistant.orders.repository import OrderRepository, view_of

CHANNEL = "eval"

_PAID = ("paid", "shipped", "completed", "refund_requested")


async def put_given(session: AsyncSession, given: Given, folder: GroupFolder, *, now: datetime, revision: int) -> None:
    """Write the members, orders and warnings that are there before a case's first turn.

    ``revision`` becomes the group's ledger revision.

    Raises:
        BadFile: an order names a product that the group does not have.
    """
    settings, catalogue = folder.settings, Catalogue(folder.knowledge.products)
    names = dict.fromkeys([*given.members, *(order.member for order in given.orders), *given.strikes])
    members = {
        name: Member(
            group_id=settings.id, channel=CHANNEL, external_id=name, nickname=name, role="member", joined_at=now
        )
        for name in names
    }
    session.add_all(members.values())
    await session.flush()
    for order in given.orders:
        row = await OrderRepository(session).place(
            group_id=settings.id,
            member_id=members[order.member].id,
            items=_items(order, catalogue),
            status=order.status,
            terms=_terms(settings),
            actor=order.member,
            now=order.at or now,
        )
        if order.status in _PAID:
            row.paid = view_of(row).due if order.paid is None else order.paid
        if order.status in ("shipped", "completed"):
            row.shipped_at = row.created_at
    for name, count in given.strikes.items():
        await _warn(session, settings.id, members[name], count, now)
    await session.execute(update(Group).where(Group.id == settings.id).values(ledger_revision=revision))


def _items(order: GivenOrder, catalogue: Catalogue) -> list[OrderItem]:
    items = []
    for line in order.items:
        product = catalogue.get(line.sku)
        if product is None:
            raise BadFile(f"given: the group has no product {line.sku}")
        items.append(Wanted(product, line.quantity).as_item())
    return items


def _terms(settings: GroupSettings) -> Terms:
    payment = settings.payment
    return Terms(payment.order_limit, payment.deposit_ratio, payment.pay_within_minutes, payment.currency)


async def _warn(session: AsyncSession, group_id: str, member: Member, count: int, now: datetime) -> None:
    for number in range(count):
        message = Message(
            group_id=group_id,
            member_id=member.id,
            channel=CHANNEL,
            external_id=f"given/{member.external_id}/{number}",
            text="",
            sent_at=now,
            status="handled",
        )
        session.add(message)
        await session.flush()
        session.add(Strike(group_id=group_id, member_id=member.id, message_id=message.id, reason="given", at=now))


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
        select(Member.nickname)
        .join(Strike, Strike.member_id == Member.id)
        .where(Strike.group_id == group_id, Strike.lifted_at.is_(None))
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
        paid=order.paid,
        amounts=tuple(amounts),
    )
