"""The SQL of polls and votes."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.models import Poll, Vote


@dataclass(frozen=True, slots=True)
class PollView:
    """A poll with how many voted for each option, in their order."""

    id: int
    group_id: str
    question: str
    options: tuple[str, ...]
    votes: tuple[int, ...]
    opened_at: datetime
    closes_at: datetime
    closed_at: datetime | None

    def to_json(self) -> dict[str, object]:
        """Return plain JSON; times are ISO 8601 in UTC. Who voted for what is nobody's to see."""
        results = [
            {"number": number, "option": option, "votes": votes}
            for number, (option, votes) in enumerate(zip(self.options, self.votes, strict=True), 1)
        ]
        return {
            "id": self.id,
            "question": self.question,
            "results": results,
            "opened_at": self.opened_at.isoformat(),
            "closes_at": self.closes_at.isoformat(),
            "closed_at": self.closed_at.isoformat() if self.closed_at else None,
        }


class PollRepository:
    """Reads and writes polls within one session."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def open_in(self, group_id: str, now: datetime) -> PollView | None:
        """Return the group's newest poll that takes votes."""
        there = Poll.group_id == group_id, Poll.closed_at.is_(None), Poll.closes_at > now
        poll = await self._session.scalar(select(Poll).where(*there).order_by(Poll.id.desc()).limit(1))
        return await self.view(poll) if poll is not None else None

    async def view(self, poll: Poll) -> PollView:
        """Return a poll with its votes counted."""
        rows = await self._session.execute(
            select(Vote.choice, func.count()).where(Vote.poll_id == poll.id).group_by(Vote.choice)
        )
        counted = {choice: count for choice, count in rows}
        return PollView(
            id=poll.id,
            group_id=poll.group_id,
            question=poll.question,
            options=tuple(poll.options),
            votes=tuple(counted.get(number, 0) for number in range(1, len(poll.options) + 1)),
            opened_at=poll.opened_at,
            closes_at=poll.closes_at,
            closed_at=poll.closed_at,
        )

    async def of_group(self, group_id: str) -> list[PollView]:
        """Return all polls of a group, oldest first."""
        polls = await self._session.scalars(select(Poll).where(Poll.group_id == group_id).order_by(Poll.id))
        return [await self.view(poll) for poll in polls.all()]

    async def due(self, now: datetime) -> list[Poll]:
        """Return the polls whose time is over."""
        return list(await self._session.scalars(select(Poll).where(Poll.closed_at.is_(None), Poll.closes_at <= now)))

    async def vote(self, poll_id: int, member_id: int, choice: int, now: datetime) -> None:
        """Count a member's vote; a later one takes the place of an earlier one."""
        connection = await self._session.connection()
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        values = {"choice": choice, "at": now}
        statement = dialect.insert(cast(Table, Vote.__table__)).values(poll_id=poll_id, member_id=member_id, **values)
        await connection.execute(statement.on_conflict_do_update(index_elements=["poll_id", "member_id"], set_=values))
