"""What the seller is told without having asked: lines of the feed that only the seller's side reads."""

from datetime import datetime

from assistant.models import Outbox

SELLERS_CHANNEL = "api"
"""The seller reads where the group's feed is read."""


def notice_to_seller(group_id: str, text: str, now: datetime) -> Outbox:
    """Return the row that tells the seller of a group; add it in the transaction of what it tells about.

    It is private and belongs to no member, so no member's feed shows it.
    """
    return Outbox(
        group_id=group_id,
        member_id=None,
        channel=SELLERS_CHANNEL,
        author="assistant",
        text=text,
        addressees=[],
        private=True,
        created_at=now,
        next_attempt_at=now,
    )
