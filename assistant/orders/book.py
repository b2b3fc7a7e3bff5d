"""A group's books: every order with its member's nickname and its money, for lists and spreadsheets."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from assistant.models import Member, Order, Payment
from assistant.orders.cashbook import Cashbook
from assistant.orders.ledger import OrderItem


@dataclass(frozen=True, slots=True)
class BookPayment:
    """Money that moved for an order; ``kind`` is full, deposit, balance or refund."""

    kind: str
    amount: Decimal
    method: str
    reference: str
    source: str
    actor: str
    at: datetime
    moved_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class BookOrder:
    """An order as the seller's books show it. Amounts are in ``currency``."""

    number: int
    member: str
    status: str
    lines: tuple[OrderItem, ...]
    total: Decimal
    deposit: Decimal | None
    currency: str
    created_at: datetime
    pay_by: datetime | None
    updated_at: datetime
    paid: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)
    parcel: str = ""
    shipped_at: datetime | None = None
    received_at: datetime | None = None
    refund_asked_at: datetime | None = None
    payments: tuple[BookPayment, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON; amounts are decimal text, times ISO 8601 in UTC."""
        return {
            "number": self.number,
            "member": self.member,
            "status": self.status,
            "items": [
                {
                    "sku": line.sku,
                    "name": line.name,
                    "unit": line.unit,
                    "price": str(line.price),
                    "quantity": line.quantity,
                    "amount": str(line.amount),
                }
                for line in self.lines
            ],
            "total": str(self.total),
            "deposit": None if self.deposit is None else str(self.deposit),
            "paid": str(self.paid),
            "refunded": str(self.refunded),
            "currency": self.currency,
            "parcel": self.parcel,
            "created_at": self.created_at.isoformat(),
            "pay_by": self.pay_by.isoformat() if self.pay_by else None,
            "shipped_at": self.shipped_at.isoformat() if self.shipped_at else None,
            "received_at": self.received_at.isoformat() if self.received_at else None,
            "updated_at": self.updated_at.isoformat(),
        }


async def order_book(session: AsyncSession, group_id: str) -> list[BookOrder]:
    """Return the group's orders by number; empty for a group without orders."""
    rows = await session.execute(
        select(Order, Member.nickname)
        .join(Member, Member.id == Order.member_id)
        .where(Order.group_id == group_id)
        .options(selectinload(Order.lines), selectinload(Order.events))
        .order_by(Order.number)
    )
    payments: dict[int, list[Payment]] = defaultdict(list)
    for payment in await Cashbook(session).of_group(group_id):
        payments[payment.order_id].append(payment)
    return [_booked(order, nickname, payments[order.id]) for order, nickname in rows]


def _booked(order: Order, nickname: str, payments: Sequence[Payment]) -> BookOrder:
    asked = [event.at for event in order.events if event.to_status == "refund_requested"]
    return BookOrder(
        number=order.number,
        member=nickname,
        status=order.status,
        lines=tuple(OrderItem(ln.sku, ln.name, ln.unit, ln.price, ln.quantity) for ln in order.lines),
        total=order.total,
        deposit=order.deposit,
        currency=order.currency,
        created_at=order.created_at,
        pay_by=order.pay_by,
        updated_at=order.updated_at,
        paid=order.paid,
        refunded=order.refunded,
        parcel=order.parcel,
        shipped_at=order.shipped_at,
        received_at=order.received_at,
        refund_asked_at=max(asked, default=None),
        payments=tuple(map(_payment, payments)),
    )


def _payment(row: Payment) -> BookPayment:
    return BookPayment(
        kind=row.kind,
        amount=row.amount,
        method=row.method,
        reference=row.reference or "",
        source=row.source,
        actor=row.actor,
        at=row.at,
        moved_at=row.moved_at,
        note=row.note,
    )
