"""The SQL of payments and refunds."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.models import Group, Order, Payment, PaymentClaim
from assistant.orders.commands import Refund
from assistant.orders.money import NewPayment, Settled


class Cashbook:
    """Reads and writes the money that moved for orders, within one session."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def counted(self, group_id: str, reference: str) -> tuple[str, int] | None:
        """Return (group, order number) of the payment with this reference, in any group of the same seller."""
        seller = select(Group.seller_id).where(Group.id == group_id).scalar_subquery()
        row = (
            await self._session.execute(
                select(Payment.group_id, Order.number)
                .join(Order, Order.id == Payment.order_id)
                .join(Group, Group.id == Payment.group_id)
                .where(Payment.reference == reference, Group.seller_id == seller)
            )
        ).first()
        return (row.group_id, row.number) if row else None

    async def take(self, order: Order, payment: NewPayment, settled: Settled, *, actor: str, now: datetime) -> Payment:
        """Write a payment and add it to its order; the proofs that waited for it are answered by it."""
        row = self._row(order, settled.kind, settled.amount, payment.reference, actor=actor, now=now, note=payment.note)
        row.claim_id, row.method, row.source, row.moved_at = (
            payment.claim_id,
            payment.method,
            payment.source,
            payment.moved_at,
        )
        order.paid += settled.amount
        order.updated_at = now
        # A part says nothing about the other proofs: the rest may be on one of them.
        only = payment.claim_id if settled.rest > 0 else None
        await self.answer_claims(order.id, "confirmed", only=only)
        await self._session.flush()
        return row

    async def give_back(self, order: Order, amount: Decimal, refund: Refund, *, actor: str, now: datetime) -> Payment:
        """Write a refund and add it to its order."""
        row = self._row(order, "refund", amount, refund.reference, actor=actor, now=now, note=refund.note)
        order.refunded += amount
        await self._session.flush()
        return row

    async def answer_claims(self, order_id: int, status: str, *, only: int | None = None) -> None:
        """Set the proofs that wait for an answer, or ``only`` one, to ``confirmed`` or ``rejected``."""
        waiting = update(PaymentClaim).where(PaymentClaim.order_id == order_id, PaymentClaim.status == "claimed")
        if only is not None:
            waiting = waiting.where(PaymentClaim.id == only)
        await self._session.execute(waiting.values(status=status))

    async def claimed(self, order_id: int) -> bool:
        """Return whether a proof of the order waits for an answer."""
        return bool(
            await self._session.scalar(
                select(PaymentClaim.id)
                .where(PaymentClaim.order_id == order_id, PaymentClaim.status == "claimed")
                .limit(1)
            )
        )

    async def of_group(self, group_id: str) -> Sequence[Payment]:
        """Return a group's payments and refunds, oldest first."""
        query = select(Payment).where(Payment.group_id == group_id).order_by(Payment.id)
        return (await self._session.scalars(query)).all()

    def _row(
        self, order: Order, kind: str, amount: Decimal, reference: str, *, actor: str, now: datetime, note: str
    ) -> Payment:
        row = Payment(
            group_id=order.group_id,
            order_id=order.id,
            claim_id=None,
            kind=kind,
            amount=amount,
            currency=order.currency,
            method="",
            reference=reference or None,
            source="seller",
            actor=actor,
            at=now,
            note=note,
        )
        self._session.add(row)
        return row
