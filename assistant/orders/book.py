"""A group's order book: every order with its member's nickname, for lists and spreadsheets."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from assistant.models import Member, Order
from assistant.orders.ledger import OrderItem


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
            "currency": self.currency,
            "created_at": self.created_at.isoformat(),
            "pay_by": self.pay_by.isoformat() if self.pay_by else None,
            "updated_at": self.updated_at.isoformat(),
        }


async def order_book(session: AsyncSession, group_id: str) -> list[BookOrder]:
    """Return the group's orders by number; empty for a group without orders."""
    rows = await session.execute(
        select(Order, Member.nickname)
        .join(Member, Member.id == Order.member_id)
        .where(Order.group_id == group_id)
        .options(selectinload(Order.lines))
        .order_by(Order.number)
    )
    return [_booked(order, nickname) for order, nickname in rows]


def _booked(order: Order, nickname: str) -> BookOrder:
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
    )
