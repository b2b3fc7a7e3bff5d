"""The SQL of warnings."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.models import Strike


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
        """Return how many warnings a member has had."""
        query = select(func.count()).select_from(Strike).where(Strike.member_id == member_id)
        return int(await self._session.scalar(query) or 0)
