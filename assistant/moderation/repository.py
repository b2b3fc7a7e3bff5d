"""The SQL of warnings."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.models import Audit, Member, Strike


class StrikeRepository:
    """Reads and writes warnings within one session."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def give(self, group_id: str, member_id: int, *, message_id: int, reason: str, now: datetime) -> None:
        """Write down a warning with its evidence, the message."""
        strike = Strike(group_id=group_id, member_id=member_id, message_id=message_id, reason=reason, at=now)
        self._session.add(strike)
        await self._session.flush()

    async def count(self, member_id: int) -> int:
        """Return how many warnings a member has had that stand."""
        query = select(func.count()).select_from(Strike)
        query = query.where(Strike.member_id == member_id, Strike.lifted_at.is_(None))
        return int(await self._session.scalar(query) or 0)

    async def remove(self, member_id: int, group_id: str, *, reason: str, now: datetime) -> None:
        """Remove a member from the group: they are not heard any more, and their token opens nothing."""
        there = Member.id == member_id, Member.removed_at.is_(None)
        await self._session.execute(update(Member).where(*there).values(removed_at=now))
        subject = f"member {member_id}"
        self._session.add(
            Audit(
                at=now,
                actor="yidan",
                action="member.remove",
                group_id=group_id,
                subject=subject,
                details={"reason": reason},
            )
        )
