"""The seller's side of polls: opened, closed by hand or by time, told once."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from assistant.clock import Clock
from assistant.db import Database
from assistant.errors import Conflict, NotFound, UsageError
from assistant.models import Audit, Group, Poll
from assistant.notices import tell_group, tell_seller
from assistant.polls.repository import PollRepository, PollView
from assistant.replies.catalogue import Replies, replies_for

MOST_OPTIONS = 10


class PollDesk:
    """What the seller does with polls."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def open(
        self,
        group_id: str,
        question: str,
        options: list[str],
        *,
        hours: float = 24,
        tell_group_result: bool = False,
        by: str = "cli",
    ) -> PollView:
        """Open a poll and ask the group.

        Raises NotFound, Conflict where one is open already, UsageError for a poll that nobody can vote in.
        """
        options = [option.strip() for option in options if option.strip()]
        if not question.strip() or not 2 <= len(options) <= MOST_OPTIONS or len(set(options)) != len(options):
            raise UsageError(f"a poll needs a question and 2 to {MOST_OPTIONS} different options")
        if not 0 < hours <= 24 * 30:
            raise UsageError("a poll stays open for more than 0 hours and at most 30 days")
        now = self._clock.now()
        async with self._database.write() as session:
            group = await session.get(Group, group_id, with_for_update=True)
            if group is None:
                raise NotFound(f"no group '{group_id}'")
            polls = PollRepository(session)
            if await polls.open_in(group_id, now) is not None:
                raise Conflict(f"a poll is open in '{group_id}' already; close it first")
            poll = Poll(
                group_id=group_id,
                question=question.strip(),
                options=options,
                opened_at=now,
                closes_at=now + timedelta(hours=hours),
                tell_group=tell_group_result,
            )
            session.add(poll)
            await session.flush()
            asked = _words(group).render(
                "poll.asked", question=poll.question, options=list(enumerate(options, 1)), closes_at=poll.closes_at
            )
            await tell_group(session, group_id, asked, now)
            _note(session, poll, "poll.open", by, now)
            return await polls.view(poll)

    async def list(self, group_id: str) -> list[PollView]:
        """Return a group's polls with their results, oldest first."""
        async with self._database.read() as session:
            return await PollRepository(session).of_group(group_id)

    async def close(self, group_id: str, poll_id: int, *, by: str = "cli") -> PollView:
        """Close a poll by hand and tell its result. Raises NotFound, Conflict where it is closed already."""
        now = self._clock.now()
        async with self._database.write() as session:
            poll = await session.get(Poll, poll_id, with_for_update=True)
            if poll is None or poll.group_id != group_id:
                raise NotFound(f"no poll {poll_id} in group '{group_id}'")
            if poll.closed_at is not None:
                raise Conflict(f"poll {poll_id} is closed already")
            return await _finish(session, poll, by, now)

    async def round(self, now: datetime) -> int:
        """Close the polls whose time is over and tell their results, once; return how many."""
        async with self._database.read() as session:
            if not await PollRepository(session).due(now):
                return 0
        async with self._database.write() as session:
            due = await PollRepository(session).due(now)
            for poll in due:
                await _finish(session, poll, "yidan", now)
            return len(due)


async def _finish(session: AsyncSession, poll: Poll, by: str, now: datetime) -> PollView:
    poll.closed_at = now
    await session.flush()
    view = await PollRepository(session).view(poll)
    group = await session.get_one(Group, poll.group_id)
    rows = sorted(zip(view.votes, view.options, strict=True), key=lambda row: -row[0])
    told = _words(group).render("poll.result", question=view.question, tallies=rows, total=sum(view.votes))
    tell_seller(session, poll.group_id, told, now)
    if poll.tell_group:
        await tell_group(session, poll.group_id, told, now)
    _note(session, poll, "poll.close", by, now)
    return view


def _note(session: AsyncSession, poll: Poll, action: str, by: str, now: datetime) -> None:
    subject = f"poll {poll.id}"
    session.add(Audit(at=now, actor=by, action=action, group_id=poll.group_id, subject=subject, details={}))


def _words(group: Group) -> Replies:
    settings = group.settings
    return replies_for(str(settings.get("language", "zh-CN")), str(settings.get("timezone", "Asia/Shanghai")), "CNY")
