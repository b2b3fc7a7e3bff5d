"""The SQL of surveys: who was asked, and answers that lead back to nobody."""

import hashlib
import random
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.models import Group, Member, Order, SurveyAnswer, SurveyInvite
from assistant.surveys.answers import LONGEST_TEXT, SurveyReply, SurveyResults, counted

OPEN_FOR = timedelta(days=14)
"""How long an answer is taken after the question."""

_CHANCE = random.SystemRandom()


def digest_of(code: str) -> str:
    """Return the hash under which a survey's link is kept."""
    return hashlib.sha256(code.encode()).hexdigest()


class SurveyRepository:
    """Reads and writes surveys within one session."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def due(self, since: datetime, until: datetime) -> list[tuple[Order, Group]]:
        """Return orders that their members got between the two times, of members who were never asked, oldest first."""
        asked = select(SurveyInvite.member_id).where(SurveyInvite.member_id == Order.member_id).exists()
        query = (
            select(Order, Group)
            .join(Group, Group.id == Order.group_id)
            .join(Member, Member.id == Order.member_id)
            .where(
                Order.status == "completed",
                Order.received_at > since,
                Order.received_at <= until,
                Member.removed_at.is_(None),
                ~asked,
            )
            .order_by(Order.id)
        )
        return [(order, group) for order, group in await self._session.execute(query)]

    async def ask(self, order: Order, now: datetime) -> str:
        """Note that an order's member is asked; return the code of the link that is theirs."""
        code = secrets.token_urlsafe(12)
        invite = SurveyInvite(
            order_id=order.id, member_id=order.member_id, asked_at=now, answered=False, code_digest=digest_of(code)
        )
        self._session.add(invite)
        await self._session.flush()
        return code

    async def by_code(self, code: str) -> tuple[SurveyInvite, Group] | None:
        """Return the question behind a link with its group; locked against a second answer."""
        return await self._invite(SurveyInvite.code_digest == digest_of(code))

    async def of_member(self, member_id: int) -> tuple[SurveyInvite, Group] | None:
        """Return what a member was asked with its group; locked against a second answer."""
        return await self._invite(SurveyInvite.member_id == member_id)

    async def _invite(self, where: ColumnElement[bool]) -> tuple[SurveyInvite, Group] | None:
        query = (
            select(SurveyInvite, Group)
            .join(Order, Order.id == SurveyInvite.order_id)
            .join(Group, Group.id == Order.group_id)
            .where(where)
            .order_by(SurveyInvite.order_id.desc())
            .with_for_update()
        )
        row = (await self._session.execute(query)).first()
        return None if row is None else (row[0], row[1])

    async def answer(self, invite: SurveyInvite, group_id: str, reply: SurveyReply, *, at_least: int) -> None:
        """Keep an answer apart from who gave it, and let what has come together be seen where it is enough.

        All answers of the group are written anew in random order under new ids: neither their place in the store nor
        a row's age tells which one came with which message.
        """
        invite.answered = True
        rows = list(await self._session.scalars(select(SurveyAnswer).where(SurveyAnswer.group_id == group_id)))
        answers = [(row.stars, row.text, row.released) for row in rows]
        answers.append((reply.stars, reply.text.strip()[:LONGEST_TEXT], False))
        release = sum(not released for *_, released in answers) >= at_least
        _CHANCE.shuffle(answers)
        await self._session.execute(delete(SurveyAnswer).where(SurveyAnswer.group_id == group_id))
        self._session.add_all(
            SurveyAnswer(
                id=secrets.token_hex(16), group_id=group_id, stars=stars, text=text, released=released or release
            )
            for stars, text, released in answers
        )
        await self._session.flush()

    async def results(self, group_id: str, *, at_least: int) -> SurveyResults:
        """Return what the seller may see of a group's survey."""
        counts = await self._session.execute(
            select(func.count(), func.count().filter(SurveyInvite.answered))
            .select_from(SurveyInvite)
            .join(Order, Order.id == SurveyInvite.order_id)
            .where(Order.group_id == group_id)
        )
        asked, answered = counts.one()
        query = (
            select(SurveyAnswer)
            .where(SurveyAnswer.group_id == group_id, SurveyAnswer.released)
            .order_by(SurveyAnswer.id)
        )
        shown = list(await self._session.scalars(query))
        return SurveyResults(
            asked=int(asked or 0),
            answered=int(answered or 0),
            shown=len(shown),
            at_least=at_least,
            stars=counted([row.stars for row in shown]),
            texts=tuple(row.text for row in shown if row.text),
        )
