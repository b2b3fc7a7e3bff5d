"""Rows as the API shows them."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from assistant.delivery.access import Caller
from assistant.delivery.claims import ClaimView
from assistant.delivery.directory import GroupRow
from assistant.delivery.feed import FeedItem
from assistant.delivery.images import IMAGE_LIMIT
from assistant.delivery.inbox import Receipt
from assistant.groups.settings import GroupSettings
from assistant.groups.toml import settings_from_json
from assistant.knowledge.records import EntryRecord
from assistant.models import Order
from assistant.orders.book import BookOrder
from assistant.orders.notices import note_text
from assistant.orders.repository import view_of
from assistant.replies.catalogue import replies_for
from assistant.web.schemas import (
    AboutOut,
    EntryOut,
    EventOut,
    FeedItemOut,
    GroupOut,
    LineOut,
    NoticeLineOut,
    OrderFileOut,
    OrderOut,
    PaymentOut,
)


def outcome_json(receipt: Receipt) -> dict[str, Any]:
    """Return an outcome as ``ask --json`` prints it, with the message's id."""
    return {
        "message_id": receipt.message_id,
        "created": receipt.created,
        **receipt.outcome.to_json(),
    }


def order_out(order: Order, member: str) -> OrderOut:
    """Return an order whose lines and events are loaded."""
    return OrderOut(member=member, due=f"{view_of(order).due:.2f}", **_order_fields(order))


def own_order_out(order: Order, member: str, settings: GroupSettings) -> OrderOut:
    """Return an order for its own member: with the ways to pay, and its history in the group's language."""
    found = order_out(order, member)
    replies = replies_for(settings.language, settings.timezone, settings.payment.currency)
    events = [event.model_copy(update={"note": note_text(event.note, replies)}) for event in found.events]
    return found.model_copy(update={"methods": list(settings.payment.usable), "events": events})


def order_file_out(order: BookOrder, claims: Sequence[ClaimView]) -> OrderFileOut:
    """Return one order with all that belongs to it."""
    return OrderFileOut(
        member=order.member,
        due=f"{order.due:.2f}",
        choices=list(order.choices),
        payments=[PaymentOut(**asdict(paid) | {"amount": f"{paid.amount:.2f}"}) for paid in order.payments],
        claims=[claim.to_json() for claim in claims],
        **_order_fields(order),
    )


def _order_fields(order: Order | BookOrder) -> dict[str, Any]:
    """Return what an order's row and its line in the books say alike; amounts as decimal text."""
    return {
        "number": order.number,
        "status": order.status,
        "currency": order.currency,
        "total": f"{order.total:.2f}",
        "deposit": None if order.deposit is None else f"{order.deposit:.2f}",
        "lines": [
            LineOut(sku=line.sku, name=line.name, unit=line.unit, price=f"{line.price:.2f}", quantity=line.quantity)
            for line in order.lines
        ],
        "created_at": order.created_at,
        "pay_by": order.pay_by,
        "paid": f"{order.paid:.2f}",
        "refunded": f"{order.refunded:.2f}",
        "parcel": order.parcel,
        "shipped_at": order.shipped_at,
        "arrives_by": order.arrives_by,
        "received_at": order.received_at,
        "events": [
            EventOut(
                at=event.at,
                actor=event.actor,
                from_status=event.from_status,
                to_status=event.to_status,
                note=event.note,
            )
            for event in order.events
        ],
    }


def feed_item(item: FeedItem) -> FeedItemOut:
    """Return a line of the feed."""
    return FeedItemOut.model_validate(asdict(item))


@lru_cache(maxsize=4096)
def feed_line(item: FeedItem) -> str:
    """Return a line of the feed as JSON; kept, as all live readers of a group get the same."""
    return feed_item(item).model_dump_json()


def about_out(
    group: GroupRow, caller: Caller, *, members: int, closed: bool, notice: FeedItem | None = None
) -> AboutOut:
    """Return the group as this member (or its seller) sees it."""
    settings = settings_from_json(group.settings)
    return AboutOut(
        group=group.id,
        name=group.name,
        nickname=caller.actor,
        role=caller.role if caller.kind == "member" else "seller",
        language=settings.language,
        timezone=settings.timezone,
        currency=settings.payment.currency,
        seller=settings.seller,
        assistant_name=settings.assistant_name,
        purpose=settings.purpose,
        rules=list(settings.rules),
        payment_methods=list(settings.payment.usable),
        opens_at=settings.opens_at,
        closes_at=settings.closes_at,
        closed=closed,
        members=members,
        image_limit=IMAGE_LIMIT,
        notice=NoticeLineOut(id=notice.id, text=notice.text, at=notice.at) if notice else None,
    )


def group_out(group: GroupRow, *, closed: bool) -> GroupOut:
    """Return a group in short."""
    return GroupOut(id=group.id, name=group.name, language=group.language, closed=closed)


def entry_out(entry: EntryRecord) -> EntryOut:
    """Return an entry."""
    return EntryOut(
        id=entry.key,
        question=entry.question,
        similar_questions=list(entry.similar_questions),
        answer=entry.answer,
        category=entry.category,
        keywords=list(entry.keywords),
        valid_from=entry.valid_from,
        valid_until=entry.valid_until,
    )
