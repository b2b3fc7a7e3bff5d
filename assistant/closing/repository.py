"""The SQL of closings: which groups are over, and how far each closing has come."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.groups.settings import GroupSettings
from assistant.groups.toml import settings_from_json
from assistant.models import Audit, Closing, Group, Member, Message


@dataclass(frozen=True, slots=True)
class Life:
    """A group's settings and when it was closed by hand or by its last order."""

    id: str
    settings: GroupSettings
    closed_at: datetime | None


async def lives(session: AsyncSession, group_id: str | None = None) -> list[Life]:
    """Return what tells each group's state (or one group's), by id."""
    query = select(Group.id, Group.settings, Group.closed_at).order_by(Group.id)
    if group_id is not None:
        query = query.where(Group.id == group_id)
    return [Life(row.id, settings_from_json(row.settings), row.closed_at) for row in await session.execute(query)]


async def closing_of(session: AsyncSession, group_id: str, *, lock: bool = False) -> Closing | None:
    """Return how far the group's closing has come; None where it has not begun."""
    return await session.get(Closing, group_id, with_for_update=lock)


async def all_closings(session: AsyncSession) -> dict[str, Closing]:
    """Return all closings by group."""
    return {closing.group_id: closing for closing in await session.scalars(select(Closing))}


async def oldest_word(session: AsyncSession, group_id: str) -> datetime | None:
    """Return when the oldest message there is was written by a member."""
    query = select(func.min(Message.sent_at)).join(Member, Member.id == Message.member_id)
    return await session.scalar(query.where(Message.group_id == group_id, Member.role == "member"))


def note(session: AsyncSession, group_id: str, action: str, *, by: str, now: datetime, **details: Any) -> None:
    """Write the audit's line of a step."""
    session.add(Audit(at=now, actor=by, action=action, group_id=group_id, subject=group_id, details=details))
