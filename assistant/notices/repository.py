"""Notices as outbox rows, written in the transaction of what they tell of; so each leaves once."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.models import Member, Outbox

SELLERS_CHANNEL = "api"
"""The seller reads where the group's feed is read."""


async def tell_group(session: AsyncSession, group_id: str, text: str, now: datetime) -> int:
    """Tell everybody in the group, once on each channel that its members use; return how many channels."""
    query = select(Member.channel).where(
        Member.group_id == group_id, Member.removed_at.is_(None), Member.role == "member"
    )
    channels = sorted(set(await session.scalars(query)) or {SELLERS_CHANNEL})
    for channel in channels:
        session.add(_row(group_id, channel, text, now))
    return len(channels)


def tell_member(session: AsyncSession, member: Member, text: str, now: datetime) -> None:
    """Tell one member in private."""
    row = _row(member.group_id, member.channel, text, now)
    row.member_id, row.addressees, row.private = member.id, [member.nickname], True
    session.add(row)


def tell_seller(session: AsyncSession, group_id: str, text: str, now: datetime) -> None:
    """Tell the group's seller."""
    session.add(notice_to_seller(group_id, text, now))


def notice_to_seller(group_id: str, text: str, now: datetime) -> Outbox:
    """Return the row that tells the seller of a group; add it in the transaction of what it tells about.

    It is private and belongs to no member, so no member's feed shows it.
    """
    row = _row(group_id, SELLERS_CHANNEL, text, now)
    row.private = True
    return row


def _row(group_id: str, channel: str, text: str, now: datetime) -> Outbox:
    return Outbox(
        group_id=group_id,
        member_id=None,
        channel=channel,
        author="assistant",
        text=text,
        addressees=[],
        private=False,
        created_at=now,
        next_attempt_at=now,
    )
