"""What is told about an order outside of an answer: to its member in private, and to the audit."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from assistant.models import Audit, Member, Order, Outbox
from assistant.orders.deal import Deal
from assistant.orders.ledger import OrderView


def lines_of(order: OrderView, deal: Deal) -> str:
    """Return what is in an order, a line each."""
    return "\n".join(deal.replies.render("order.line", item=item) for item in order.items)


def notice(key: str, order: OrderView, deal: Deal, **values: Any) -> str:
    """Return a notice about an order from the group's catalogue of replies (``notice.<key>``)."""
    return deal.replies.render(f"notice.{key}", number=order.number, **values)


async def tell(session: AsyncSession, order: OrderView, text: str, *, deal: Deal, now: datetime) -> None:
    """Put a private notice to an order's member into the outbox."""
    member = await session.get_one(Member, order.member_id)
    session.add(
        Outbox(
            group_id=deal.group_id,
            member_id=member.id,
            channel=member.channel,
            author="assistant",
            text=text,
            addressees=[member.nickname],
            private=True,
            order_id=order.id,
            created_at=now,
            next_attempt_at=now,
        )
    )


def audit_of(order: Order, action: str, *, actor: str, now: datetime, **details: Any) -> Audit:
    """Return the audit's row of what was done to an order."""
    return Audit(
        at=now,
        actor=actor,
        action=action,
        group_id=order.group_id,
        subject=f"order {order.number}",
        details=details,
    )


def moved(order: Order, before: str, *, actor: str, now: datetime, note: str = "") -> Audit:
    """Return the audit's row of a move of an order to the state that it is in now."""
    details = {"from": before, "to": order.status, "note": note}
    return audit_of(order, "order.move", actor=actor, now=now, **details)
