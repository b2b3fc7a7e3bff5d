"""The SQL of payment claims."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from assistant.models import PaymentClaim


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


class ClaimRepository:
    """Writes payment claims within one session."""

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
