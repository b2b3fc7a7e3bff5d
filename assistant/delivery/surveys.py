"""Surveys from question to results: asked by the clock, answered in the chat, by link or over the API."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from assistant.broadcasts.due import after_quiet
from assistant.clock import Clock
from assistant.db import Database
from assistant.errors import Conflict, NotFound, UsageError
from assistant.groups.settings import GroupSettings
from assistant.groups.toml import settings_from_json
from assistant.knowledge.service import require_group
from assistant.models import Audit, Group, Member, Order, SurveyInvite
from assistant.notices import tell_member
from assistant.replies.catalogue import Replies, replies_for
from assistant.surveys.answers import STARS, SurveyReply, SurveyResults
from assistant.surveys.repository import OPEN_FOR, SurveyRepository


@dataclass(frozen=True, slots=True)
class Question:
    """What stands behind a survey's link: ``state`` is open, answered or over."""

    group: str
    seller: str
    language: str
    state: str
    at_least: int
    ask: str
    stars: str
    words: str
    send: str
    said: str
    """What is read instead of the question where there is nothing to answer."""


class SurveyDesk:
    """The surveys of a store. ``public_url`` is where members reach the server; empty means that no link is given."""

    def __init__(self, database: Database, clock: Clock, public_url: str = "") -> None:
        self._database = database
        self._clock = clock
        self._base = public_url.rstrip("/")

    async def ask_due(self, now: datetime) -> int:
        """Ask each member once how it went, some time after their first order was done; return how many.

        Nobody is asked in a group's quiet hours, or about what was done long ago.
        """
        async with self._database.read() as session:
            if not await SurveyRepository(session).due(now - OPEN_FOR, now):
                return 0
        asked: set[int] = set()
        async with self._database.write() as session:
            surveys = SurveyRepository(session)
            for order, group in await surveys.due(now - OPEN_FOR, now):
                settings = settings_from_json(group.settings)
                if order.member_id in asked or not _time_to_ask(order, settings, now):
                    continue
                code = await surveys.ask(order, now)
                link = f"{self._base}/survey/{code}" if self._base else ""
                text = _words(settings).render("survey.ask", number=order.number, seller=settings.seller, link=link)
                tell_member(session, await session.get_one(Member, order.member_id), text, now)
                about = f"order {order.number}"
                session.add(
                    Audit(at=now, actor="yidan", action="survey.ask", group_id=group.id, subject=about, details={})
                )
                asked.add(order.member_id)
        return len(asked)

    async def results(self, group_id: str) -> SurveyResults:
        """Return what the seller may see. Raises NotFound."""
        async with self._database.read() as session:
            settings = settings_from_json((await require_group(session, group_id)).settings)
            return await SurveyRepository(session).results(group_id, at_least=settings.survey.show_from)

    async def question(self, code: str) -> Question:
        """Return what a link asks. Raises NotFound for a link that is none of ours."""
        async with self._database.read() as session:
            invite, group = await _behind(session, code)
            return _question(invite, settings_from_json(group.settings), self._clock.now())

    async def of_member(self, member_id: int) -> Question | None:
        """Return what a member was asked; None where they were not."""
        async with self._database.read() as session:
            found = await SurveyRepository(session).of_member(member_id)
            return _question(found[0], settings_from_json(found[1].settings), self._clock.now()) if found else None

    async def answer_link(self, code: str, reply: SurveyReply) -> Question:
        """Take the answer behind a link; return what is read now. Raises NotFound, Conflict, UsageError."""
        async with self._database.write() as session:
            invite, group = await _behind(session, code)
            return await self._answer(session, invite, group, reply)

    async def answer_of(self, member_id: int, reply: SurveyReply) -> Question:
        """Take a member's answer; return what is read now. Raises NotFound, Conflict, UsageError."""
        async with self._database.write() as session:
            found = await SurveyRepository(session).of_member(member_id)
            if found is None:
                raise NotFound("there is no survey for you now")
            return await self._answer(session, *found, reply)

    async def _answer(self, session: AsyncSession, invite: SurveyInvite, group: Group, reply: SurveyReply) -> Question:
        settings, now = settings_from_json(group.settings), self._clock.now()
        standing = _question(invite, settings, now)
        if standing.state != "open":
            raise Conflict(standing.said)
        if reply.stars not in STARS:
            raise UsageError("stars go from 1 to 5")
        await SurveyRepository(session).answer(invite, group.id, reply, at_least=settings.survey.show_from)
        return _question(invite, settings, now)


async def _behind(session: AsyncSession, code: str) -> tuple[SurveyInvite, Group]:
    found = await SurveyRepository(session).by_code(code)
    if found is None:
        raise NotFound("there is no such survey")
    return found


def _time_to_ask(order: Order, settings: GroupSettings, now: datetime) -> bool:
    if not settings.survey.ask or order.received_at is None:
        return False
    quiet = settings.announcements.quiet_window
    if quiet is not None and after_quiet(now, quiet, settings.zone) > now:
        return False
    return now - order.received_at >= timedelta(hours=settings.survey.after_hours)


def _question(invite: SurveyInvite, settings: GroupSettings, now: datetime) -> Question:
    state = "answered" if invite.answered else "over" if now - invite.asked_at > OPEN_FOR else "open"
    say, least = _words(settings).render, settings.survey.show_from
    said = {"open": "", "answered": say("survey.thanks", seller=settings.seller), "over": say("survey.over")}[state]
    return Question(
        group=settings.name,
        seller=settings.seller,
        language=settings.language,
        state=state,
        at_least=least,
        ask=say("survey.page", seller=settings.seller, at_least=least),
        stars=say("survey.stars"),
        words=say("survey.words"),
        send=say("survey.send"),
        said=said,
    )


def _words(settings: GroupSettings) -> Replies:
    return replies_for(settings.language, settings.timezone, settings.payment.currency)
