"""Rows as the API shows them."""

from dataclasses import asdict
from typing import Any

from assistant.delivery.directory import GroupRow
from assistant.delivery.feed import FeedItem
from assistant.delivery.inbox import Receipt
from assistant.knowledge.records import EntryRecord
from assistant.models import Order
from assistant.web.schemas import (
    EntryOut,
    EventOut,
    FeedItemOut,
    GroupOut,
    LineOut,
    OrderOut,
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
    return OrderOut(
        number=order.number,
        member=member,
        status=order.status,
        currency=order.currency,
        total=f"{order.total:.2f}",
        deposit=None if order.deposit is None else f"{order.deposit:.2f}",
        lines=[
            LineOut(sku=line.sku, name=line.name, unit=line.unit, price=f"{line.price:.2f}", quantity=line.quantity)
            for line in order.lines
        ],
        created_at=order.created_at,
        pay_by=order.pay_by,
        events=[
            EventOut(
                at=event.at,
                actor=event.actor,
                from_status=event.from_status,
                to_status=event.to_status,
                note=event.note,
            )
            for event in order.events
        ],
    )


def feed_item(item: FeedItem) -> FeedItemOut:
    """Return a line of the feed."""
    return FeedItemOut.model_validate(asdict(item))


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
