"""The SQL of orders."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import ColumnElement, bindparam, case, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from assistant.models import Feedback, Group, Order, OrderEvent, OrderLine, PaymentClaim
from assistant.orders.ledger import Ledger, OrderItem, OrderView, Terms, total_of
from assistant.orders.states import LIVE, PAID, OrderStatus


def claim_waits() -> ColumnElement[bool]:
    """Return whether a proof of an order waits for the seller's word."""
    return exists().where(PaymentClaim.order_id == Order.id, PaymentClaim.status == "claimed")


def view_of(order: Order) -> OrderView:
    """Return an order's row as the rules see it."""
    items = tuple(OrderItem(ln.sku, ln.name, ln.unit, ln.price, ln.quantity) for ln in order.lines)
    return OrderView(
        id=order.id,
        number=order.number,
        member_id=order.member_id,
        status=cast(OrderStatus, order.status),
        items=items,
        total=order.total,
        deposit=order.deposit,
        created_at=order.created_at,
        pay_by=order.pay_by,
        **{name: getattr(order, name) for name in _SINCE_PLACED},
    )


_SINCE_PLACED = (
    "paid",
    "refunded",
    "parcel",
    "shipped_at",
    "arrives_by",
    "received_at",
    "receipt_asked_at",
    "updated_at",
)
"""What became of an order after it was placed, by the same names in the row and in the view."""


def _logged_lines(items: Sequence[OrderItem]) -> list[dict[str, object]]:
    return [{"sku": item.sku, "quantity": item.quantity} for item in items]


class OrderRepository:
    """Reads and writes orders within one session."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def ledger(self, group_id: str, revision: int) -> Ledger:
        """Return what the group has on order; ``revision`` is the one read with the group's row."""
        session = self._session
        queue = Order.status == "preorder"
        rows = await session.execute(
            select(queue, OrderLine.sku, func.sum(OrderLine.quantity), func.count(func.distinct(Order.id)))
            .join(Order, OrderLine.order_id == Order.id)
            .where(Order.group_id == group_id, or_(Order.status.in_(LIVE), Order.goods_gone))
            .group_by(queue, OrderLine.sku)
        )
        reserved: dict[str, int] = {}
        queued: dict[str, int] = {}
        waiting: dict[str, int] = {}
        for in_queue, sku, quantity, orders in rows:
            if in_queue:
                queued[sku], waiting[sku] = int(quantity), int(orders)
            else:
                reserved[sku] = int(quantity)
        live = func.sum(case((Order.status.in_(LIVE), 1), else_=0))
        paid = func.sum(case((Order.status.in_(PAID), 1), else_=0))
        counted = await session.execute(select(live, paid, func.max(Order.number)).where(Order.group_id == group_id))
        count, paid_count, last = counted.one()
        return Ledger(
            revision=revision,
            reserved=reserved,
            queued=queued,
            waiting=waiting,
            order_count=int(count or 0),
            paid_count=int(paid_count or 0),
            last_number=int(last or 0),
        )

    async def of_member(self, member_id: int) -> list[OrderView]:
        """Return all orders of a member, oldest first."""
        return _views_of(await self._session.execute(_OF_MEMBER, {"member_id": member_id}))

    async def of_group(self, group_id: str, statuses: Sequence[str] | None = None) -> list[Order]:
        """Return a group's orders with lines and events, by number."""
        query = select(Order).where(Order.group_id == group_id).order_by(Order.number)
        if statuses is not None:
            query = query.where(Order.status.in_(statuses))
        loaded = query.options(selectinload(Order.lines), selectinload(Order.events))
        return list((await self._session.scalars(loaded)).all())

    async def by_number(self, group_id: str, number: int) -> Order | None:
        """Return one order of a group with its lines and events."""
        query = select(Order).where(Order.group_id == group_id, Order.number == number)
        loaded = query.options(selectinload(Order.lines), selectinload(Order.events))
        return (await self._session.scalars(loaded)).first()

    async def get(self, order_id: int) -> Order:
        """Return an order by its row id; the caller knows that it exists."""
        query = select(Order).where(Order.id == order_id)
        loaded = query.options(selectinload(Order.lines), selectinload(Order.events))
        return (await self._session.scalars(loaded)).one()

    async def queue_place(self, order: OrderView, group_id: str, sku: str) -> int:
        """Return the order's place (from 1) among the pre-orders of a product."""
        earlier = await self._session.scalar(
            select(func.count(func.distinct(Order.id)))
            .join(OrderLine, OrderLine.order_id == Order.id)
            .where(
                Order.group_id == group_id,
                Order.status == "preorder",
                OrderLine.sku == sku,
                Order.id < order.id,
            )
        )
        return (earlier or 0) + 1

    async def place(
        self,
        *,
        group_id: str,
        member_id: int,
        items: Sequence[OrderItem],
        status: OrderStatus,
        terms: Terms,
        actor: str,
        now: datetime,
    ) -> Order:
        """Insert an order with its lines and its first event; return the row."""
        last = await self._session.scalar(select(func.max(Order.number)).where(Order.group_id == group_id))
        total = total_of(items)
        pay_by = None
        if status == "pending_payment" and terms.pay_within_minutes:
            pay_by = now + timedelta(minutes=terms.pay_within_minutes)
        order = Order(
            group_id=group_id,
            member_id=member_id,
            number=(last or 0) + 1,
            status=status,
            currency=terms.currency,
            total=total,
            deposit=terms.deposit(total),
            created_at=now,
            pay_by=pay_by,
            updated_at=now,
            paid=Decimal(0),
            refunded=Decimal(0),
            goods_gone=False,
            parcel="",
            lines=_lines(items),
            events=[],
        )
        order.events.append(_event("", status, actor, now, items=items))
        self._session.add(order)
        await self._session.flush()
        return order

    async def replace_lines(
        self, order_id: int, items: Sequence[OrderItem], *, deposit: Decimal | None, actor: str, now: datetime
    ) -> Order:
        """Give an order new lines and sums, with an event; return the row."""
        order = await self.get(order_id)
        order.lines = _lines(items)
        order.total = total_of(items)
        order.deposit = deposit
        order.updated_at = now
        order.events.append(_event(order.status, order.status, actor, now, items=items))
        await self._session.flush()
        return order

    async def move(self, order_id: int, status: OrderStatus, *, actor: str, now: datetime, note: str = "") -> Order:
        """Set an order's state, with an event; the caller has checked that the move is legal."""
        order = await self.get(order_id)
        event = _event(order.status, status, actor, now, items=view_of(order).items)
        event.note = note
        order.events.append(event)
        order.status = status
        order.updated_at = now
        await self._session.flush()
        return order

    async def receive(self, view: OrderView, *, actor: str, now: datetime) -> Order:
        """Note that an order's member has it; what is paid in full is completed by that."""
        order = await self.get(view.id)
        order.received_at = order.received_at or now
        if order.status == "shipped" and view_of(order).owing == 0:
            return await self.move(order.id, "completed", actor=actor, now=now, note="received")
        return order

    async def keep_feedback(self, order: OrderView, group_id: str, text: str, now: datetime) -> None:
        """Keep a member's words about an order; more words are added to those there are."""
        kept = await self._session.scalar(select(Feedback).where(Feedback.order_id == order.id))
        if kept is not None:
            kept.text = f"{kept.text}\n{text}"
            return
        self._session.add(Feedback(group_id=group_id, order_id=order.id, member_id=order.member_id, text=text, at=now))

    async def due_ids(self, now: datetime, group_id: str | None = None) -> list[int]:
        """Return the ids of unpaid orders whose time to pay is over."""
        query = select(Order.id).where(Order.status == "pending_payment", Order.pay_by <= now, ~HOLDS_MONEY)
        if group_id is not None:
            query = query.where(Order.group_id == group_id)
        return list((await self._session.scalars(query)).all())

    async def touch_ledger(self, group_id: str, seen: int | None = None) -> bool:
        """Raise the ledger revision; with ``seen`` only if it is still that one. Return whether it was."""
        where: list[ColumnElement[bool]] = [Group.id == group_id]
        if seen is not None:
            where.append(Group.ledger_revision == seen)
        done = await self._session.execute(
            update(Group)
            .where(*where)
            .values(ledger_revision=Group.ledger_revision + 1)
            .returning(Group.id)
            .execution_options(synchronize_session=False)
        )
        return done.first() is not None


HOLDS_MONEY = Order.paid > Order.refunded
"""As ``OrderView.held`` says. An order that holds money never ends by itself."""

PART_PAID = (Order.status == "payment_claimed") & HOLDS_MONEY & ~claim_waits()
"""Some of what is due came in, and no proof says that the rest did: the seller settles it."""

_OF_MEMBER = (
    select(
        Order.id,
        Order.number,
        Order.member_id,
        Order.status,
        Order.total,
        Order.deposit,
        Order.created_at,
        Order.pay_by,
        *(getattr(Order, name) for name in _SINCE_PLACED),
        OrderLine.sku,
        OrderLine.name,
        OrderLine.unit,
        OrderLine.price,
        OrderLine.quantity,
    )
    .outerjoin(OrderLine, OrderLine.order_id == Order.id)
    .where(Order.member_id == bindparam("member_id"))
    .order_by(Order.id, OrderLine.position)
)
"""Built once: every message reads its writer's orders."""


def _views_of(rows: Iterable[Any]) -> list[OrderView]:
    """Return orders from rows of an order and one of its lines each."""
    grouped: dict[int, tuple[Any, list[OrderItem]]] = {}
    for row in rows:
        items = grouped.setdefault(row.id, (row, []))[1]
        if row.sku is not None:
            items.append(OrderItem(row.sku, row.name, row.unit, row.price, row.quantity))
    return [
        OrderView(
            id=row.id,
            number=row.number,
            member_id=row.member_id,
            status=cast(OrderStatus, row.status),
            items=tuple(items),
            total=row.total,
            deposit=row.deposit,
            created_at=row.created_at,
            pay_by=row.pay_by,
            **{name: getattr(row, name) for name in _SINCE_PLACED},
        )
        for row, items in grouped.values()
    ]


def _lines(items: Sequence[OrderItem]) -> list[OrderLine]:
    return [
        OrderLine(position=i, sku=it.sku, name=it.name, unit=it.unit, price=it.price, quantity=it.quantity)
        for i, it in enumerate(items)
    ]


def _event(before: str, after: str, actor: str, now: datetime, *, items: Sequence[OrderItem]) -> OrderEvent:
    return OrderEvent(at=now, actor=actor, from_status=before, to_status=after, note="", lines=_logged_lines(items))
