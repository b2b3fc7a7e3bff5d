"""The SQL of payment claims: filed by turns, read in the background, answered by the seller."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.models import Group, Member, Order, Payment, PaymentClaim
from assistant.payments.matching import Earlier, ProofWarning
from assistant.payments.proof import Proof

READ_ATTEMPTS = 3
"""How often the picture of a claim is tried before it counts as unreadable."""


@dataclass(frozen=True, slots=True)
class NewClaim:
    """A member says (and perhaps shows) that they paid."""

    group_id: str
    member_id: int
    message_id: int
    order_id: int | None
    """None where no order of theirs is known to wait for payment."""
    image: str | None
    text: str


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim with its member's nickname and its order's number."""

    claim: PaymentClaim
    member: str
    order: int | None


class ClaimRepository:
    """Reads and writes payment claims within one session."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def file(self, new: NewClaim, now: datetime) -> PaymentClaim:
        """Insert a claim that waits for the seller's word and return its row."""
        claim = PaymentClaim(
            group_id=new.group_id,
            member_id=new.member_id,
            order_id=new.order_id,
            message_id=new.message_id,
            image=new.image,
            text=new.text,
            at=now,
            status="claimed",
        )
        self._session.add(claim)
        await self._session.flush()
        return claim

    async def unread(self, group_id: str | None = None) -> list[int]:
        """Return the ids of claims whose picture is still to be read, oldest first."""
        query = select(PaymentClaim.id).where(PaymentClaim.image.is_not(None), PaymentClaim.read_at.is_(None))
        if group_id is not None:
            query = query.where(PaymentClaim.group_id == group_id)
        return list(await self._session.scalars(query.order_by(PaymentClaim.id)))

    async def get(self, claim_id: int) -> ClaimRow | None:
        """Return one claim."""
        row = (await self._session.execute(_rows().where(PaymentClaim.id == claim_id))).first()
        return None if row is None else ClaimRow(*row)

    async def of_group(self, group_id: str, status: str | None = None, *, order: int | None = None) -> list[ClaimRow]:
        """Return a group's claims, oldest first, all or those in one status or of the order with this number."""
        query = _rows().where(PaymentClaim.group_id == group_id).order_by(PaymentClaim.id)
        if status is not None:
            query = query.where(PaymentClaim.status == status)
        if order is not None:
            query = query.where(Order.number == order)
        return [ClaimRow(*row) for row in await self._session.execute(query)]

    async def tried(self, claim_id: int) -> int:
        """Note one more try to read a claim's picture; return how many there were."""
        done = await self._session.execute(
            update(PaymentClaim)
            .where(PaymentClaim.id == claim_id)
            .values(read_attempts=PaymentClaim.read_attempts + 1)
            .returning(PaymentClaim.read_attempts)
        )
        return int(done.scalar_one_or_none() or READ_ATTEMPTS)

    async def earlier(self, claim: PaymentClaim) -> list[Earlier]:
        """Return what came before a claim in all groups of the same seller: proofs, and payments with a number."""
        sellers = select(Group.seller_id).where(Group.id == claim.group_id).scalar_subquery()
        proofs = await self._session.execute(
            select(
                PaymentClaim.group_id,
                PaymentClaim.order_id,
                Order.number,
                PaymentClaim.reference,
                PaymentClaim.reading,
                PaymentClaim.fingerprint,
                PaymentClaim.image,
            )
            .join(Group, Group.id == PaymentClaim.group_id)
            .outerjoin(Order, Order.id == PaymentClaim.order_id)
            .where(Group.seller_id == sellers, PaymentClaim.id < claim.id, PaymentClaim.image.is_not(None))
            .order_by(PaymentClaim.id)
        )
        found = [
            Earlier(
                group_id=row.group_id,
                order=row.number,
                same_order=row.order_id is not None and row.order_id == claim.order_id,
                reference=row.reference,
                time=Proof.from_json(row.reading).time if row.reading else None,
                fingerprint=row.fingerprint or "",
                image=row.image,
            )
            for row in proofs
        ]
        payments = await self._session.execute(
            select(Payment.group_id, Payment.order_id, Order.number, Payment.reference)
            .join(Group, Group.id == Payment.group_id)
            .join(Order, Order.id == Payment.order_id)
            .where(Group.seller_id == sellers, Payment.reference.is_not(None), Payment.kind != "refund")
        )
        found += [
            Earlier(row.group_id, row.number, row.order_id == claim.order_id, reference=row.reference)
            for row in payments
        ]
        return found


def store_reading(
    claim: PaymentClaim, proof: Proof, warnings: Sequence[ProofWarning], fingerprint: str, now: datetime
) -> None:
    """Write down what a claim's picture says; the claim's row is in a session."""
    claim.read_at = now
    claim.reading = proof.to_json()
    claim.warnings = [warning.to_json() for warning in warnings]
    claim.reference = proof.reference
    claim.fingerprint = fingerprint


def _rows() -> Select[PaymentClaim, str, int]:
    return (
        select(PaymentClaim, Member.nickname, Order.number)
        .join(Member, Member.id == PaymentClaim.member_id)
        .outerjoin(Order, Order.id == PaymentClaim.order_id)
    )
