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

from assistant.models import Member, Order, OrderEvent, Payment
from assistant.orders.cashbook import Cashbook
from assistant.orders.choices import Choice, choices, takes_balance
from assistant.orders.ledger import OrderItem
from assistant.orders.repository import view_of
from assistant.orders.states import LIVE


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
class BookEvent:
    """One dated change of an order; ``lines`` are SKUs with their quantities after it."""

    at: datetime
    actor: str
    from_status: str
    to_status: str
    note: str
    lines: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class BookOrder:
    """An order as the seller's books show it. Amounts are in ``currency``."""

    number: int
    member: str
    member_id: int
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
    arrives_by: datetime | None = None
    received_at: datetime | None = None
    refund_asked_at: datetime | None = None
    payments: tuple[BookPayment, ...] = ()
    events: tuple[BookEvent, ...] = ()
    """Oldest first."""
    choices: tuple[Choice, ...] = ()
    """What can be done with it now."""
    balance: bool = False
    """Whether the next payment is its balance."""
    due: Decimal = Decimal(0)
    """What is to be paid next."""

    @property
    def owing(self) -> Decimal:
        """What is still to be paid; nothing where the order does not count any more."""
        return max(Decimal(0), self.total - self.paid) if self.status in LIVE else Decimal(0)

    @property
    def held(self) -> Decimal:
        """What was paid and not given back."""
        return self.paid - self.refunded

    def kind_of(self, paid: BookPayment) -> str:
        """Return a payment's kind for people: ``part`` where it is less than the whole that it was for."""
        return "part" if paid.kind == "full" and paid.amount < self.total else paid.kind

    @property
    def part_paid(self) -> bool:
        """Whether some of what is due came in and the rest did not."""
        return self.status == "payment_claimed" and self.held > 0

    @property
    def state(self) -> str:
        """How the order stands, for people: its status, or ``part_paid``."""
        return "part_paid" if self.part_paid else self.status

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


async def order_book(session: AsyncSession, group_id: str, numbers: Sequence[int] = ()) -> list[BookOrder]:
    """Return the group's orders by number, or those that are named; empty for a group without orders."""
    query = (
        select(Order, Member.nickname)
        .join(Member, Member.id == Order.member_id)
        .where(Order.group_id == group_id)
        .options(selectinload(Order.lines), selectinload(Order.events))
        .order_by(Order.number)
    )
    rows = await session.execute(query.where(Order.number.in_(numbers)) if numbers else query)
    payments: dict[int, list[Payment]] = defaultdict(list)
    for payment in await Cashbook(session).of_group(group_id):
        payments[payment.order_id].append(payment)
    return [_booked(order, nickname, payments[order.id]) for order, nickname in rows]


def _booked(order: Order, nickname: str, payments: Sequence[Payment]) -> BookOrder:
    asked = [event.at for event in order.events if event.to_status == "refund_requested"]
    view = view_of(order)
    return BookOrder(
        number=order.number,
        member=nickname,
        member_id=order.member_id,
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
        arrives_by=order.arrives_by,
        received_at=order.received_at,
        refund_asked_at=max(asked, default=None),
        payments=tuple(map(_payment, payments)),
        events=tuple(map(_event, order.events)),
        choices=choices(view),
        balance=takes_balance(view),
        due=view.due if view.status in LIVE else Decimal(0),
    )


def _event(row: OrderEvent) -> BookEvent:
    lines = tuple((str(line["sku"]), int(line["quantity"])) for line in row.lines)
    return BookEvent(row.at, row.actor, row.from_status, row.to_status, row.note, lines)


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
