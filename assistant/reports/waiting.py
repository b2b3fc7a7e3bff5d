"""Reads what waits for the seller in one group."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.groups.settings import GroupSettings
from assistant.groups.state import Life, describe_state
from assistant.groups.toml import settings_from_json
from assistant.models import Group, JoinRequest, Member, Order, OrderEvent, PaymentClaim, Product, Ticket
from assistant.orders.ledger import Ledger, due_now
from assistant.orders.repository import PART_PAID, OrderRepository
from assistant.payments.proof import Proof
from assistant.reports.needs import CLOSING_WITHIN, EXPIRING_WITHIN, Need, NeedKind

_TICKETS: dict[str, NeedKind] = {
    "handoff": "handoff",
    "custom_request": "custom_request",
    "refund": "refund",
    "complaint": "complaint",
}


async def needs_of(session: AsyncSession, group: Group, now: datetime) -> list[Need]:
    """Return what waits for the seller in a group, in no order."""
    settings = settings_from_json(group.settings)
    ledger = await OrderRepository(session).ledger(group.id, group.ledger_revision)
    state = describe_state(Life(settings, group.closed_at), now, ledger.counted(settings.close_counts)).state
    needs = [
        *await _claims(session, group.id),
        *await _part_paid(session, group.id),
        *await _refunds(session, group.id),
        *await _tickets(session, group.id),
        *await _joins(session, group.id),
        *await _expiring(session, group.id, now),
        *await _to_ship(session, group.id),
    ]
    if state == "open":
        needs += await _stock_out(session, group.id, ledger)
        needs += _closing(settings, now)
    return needs


async def _claims(session: AsyncSession, group_id: str) -> list[Need]:
    query = (
        select(PaymentClaim, Member.nickname, Order.number, Order.currency)
        .join(Member, Member.id == PaymentClaim.member_id)
        .outerjoin(Order, Order.id == PaymentClaim.order_id)
        .where(PaymentClaim.group_id == group_id, PaymentClaim.status == "claimed")
    )
    found = []
    for claim, nickname, number, currency in await session.execute(query):
        proof = Proof.from_json(claim.reading) if claim.reading else None
        found.append(
            Need(
                "claim",
                group_id,
                claim.at,
                member=nickname,
                number=number,
                row=claim.id,
                amount=proof.amount if proof else None,
                currency=(proof.currency if proof else "") or currency or "",
                doubtful=bool(claim.warnings),
            )
        )
    return found


async def _part_paid(session: AsyncSession, group_id: str) -> list[Need]:
    """Return the orders of which a part was paid, and nobody says that the rest is; the amount is the rest."""
    query = (
        select(Order, Member.nickname)
        .join(Member, Member.id == Order.member_id)
        .where(Order.group_id == group_id, PART_PAID)
    )
    return [
        Need(
            "part_paid",
            group_id,
            order.updated_at,
            member=nickname,
            number=order.number,
            amount=due_now(order.total, order.deposit, order.paid),
            currency=order.currency,
        )
        for order, nickname in await session.execute(query)
    ]


async def _refunds(session: AsyncSession, group_id: str) -> list[Need]:
    query = (
        select(Order, Member.nickname)
        .join(Member, Member.id == Order.member_id)
        .where(Order.group_id == group_id, Order.status == "refund_requested")
    )
    return [
        Need(
            "refund",
            group_id,
            order.updated_at,
            member=nickname,
            number=order.number,
            amount=order.paid - order.refunded,
            currency=order.currency,
        )
        for order, nickname in await session.execute(query)
    ]


async def _tickets(session: AsyncSession, group_id: str) -> list[Need]:
    query = (
        select(Ticket, Member.nickname, Order.number, Order.status)
        .join(Member, Member.id == Ticket.member_id)
        .outerjoin(Order, Order.id == Ticket.order_id)
        .where(Ticket.group_id == group_id, Ticket.status != "resolved")
    )
    return [
        Need(
            _TICKETS[ticket.kind],
            group_id,
            ticket.created_at,
            member=nickname,
            number=number,
            row=ticket.id,
            what=ticket.question,
            count=1 + len(ticket.context.get("also_asked_by", ())),
        )
        for ticket, nickname, number, status in await session.execute(query)
        # The order itself says that a refund was asked for; the ticket would say it twice.
        if not (ticket.kind == "refund" and status == "refund_requested")
    ]


async def _joins(session: AsyncSession, group_id: str) -> list[Need]:
    query = select(JoinRequest).where(JoinRequest.group_id == group_id, JoinRequest.state == "pending")
    return [
        Need("join", group_id, one.asked_at, member=one.nickname, row=one.id, what=one.source, doubtful=bool(one.flags))
        for one in await session.scalars(query)
    ]


async def _expiring(session: AsyncSession, group_id: str, now: datetime) -> list[Need]:
    query = (
        select(Order, Member.nickname)
        .join(Member, Member.id == Order.member_id)
        .where(
            Order.group_id == group_id,
            Order.status == "pending_payment",
            Order.pay_by > now,
            Order.pay_by <= now + EXPIRING_WITHIN,
        )
    )
    return [
        Need(
            "expiring",
            group_id,
            order.pay_by,
            member=nickname,
            number=order.number,
            amount=order.total - order.paid,
            currency=order.currency,
        )
        for order, nickname in await session.execute(query)
        if order.pay_by is not None
    ]


async def _to_ship(session: AsyncSession, group_id: str) -> list[Need]:
    """Return one need for all orders that are paid and have not left."""
    query = (
        select(OrderEvent.at, Order.id)
        .join(Order, Order.id == OrderEvent.order_id)
        .where(Order.group_id == group_id, Order.status == "paid", OrderEvent.to_status == "paid")
    )
    rows = (await session.execute(query)).all()
    if not rows:
        return []
    return [Need("to_ship", group_id, min(row.at for row in rows), count=len({row.id for row in rows}))]


async def _stock_out(session: AsyncSession, group_id: str, ledger: Ledger) -> list[Need]:
    """Return the products of which all is on order, with how many wait for them."""
    products = select(Product).where(Product.group_id == group_id, Product.stock.is_not(None))
    found = []
    for product in await session.scalars(products.order_by(Product.position)):
        assert product.stock is not None
        if product.stock > ledger.reserved.get(product.sku, 0):
            continue
        waiting = ledger.waiting.get(product.sku, 0)
        named = f"{product.sku} {product.name}"
        found.append(Need("stock_out", group_id, product.updated_at, what=named, count=waiting))
    return found


def _closing(settings: GroupSettings, now: datetime) -> list[Need]:
    closes_at = settings.closes_at
    if closes_at is None or closes_at - now > CLOSING_WITHIN:
        return []
    return [Need("closing", settings.id, closes_at, what=settings.name)]
