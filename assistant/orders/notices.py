"""What is told about an order outside of an answer: to its member in private, and to the audit."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from assistant.models import Audit, Member, Order, Outbox
from assistant.orders.deal import Deal
from assistant.orders.ledger import OrderView
from assistant.replies.catalogue import Replies


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


_SUM_NOTE = re.compile(r"(full|part|deposit|balance|refund) (\d+(?:\.\d+)?)")


def key_of(note: str) -> tuple[str, Decimal | None]:
    """Return the key of a note that the product wrote into an order's history, and its sum where it names one."""
    if match := _SUM_NOTE.fullmatch(note):
        return match[1], Decimal(match[2])
    return note.replace(" ", "_"), None


def note_text(note: str, replies: Replies) -> str:
    """Return a note of an order's history for its member; what a person wrote stays as it is."""
    key, amount = key_of(note)
    key = f"happened.{key}"
    return replies.render(key, amount=amount) if replies.has(key) else note


def moved(order: Order, before: str, *, actor: str, now: datetime, note: str = "") -> Audit:
    """Return the audit's row of a move of an order to the state that it is in now."""
    details = {"from": before, "to": order.status, "note": note}
    return audit_of(order, "order.move", actor=actor, now=now, **details)
