"""The SQL of open questions and their askings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.models import Asking, Mark, Member, Message, OpenQuestion, Turn

UNKNOWN = ("missing_knowledge", "the seller was asked this already")
"""Reasons of a hand-off that say that the records did not answer."""


@dataclass(frozen=True, slots=True)
class AskedLine:
    """One asking as it was written."""

    question_id: int
    text: str
    member: str
    at: datetime


def _unanswered() -> ColumnElement[bool]:
    """Return what tells a turn whose question the records did not answer, or that was wrongly left alone."""
    handed = and_(Turn.action == "handoff", Turn.reason.in_(UNKNOWN))
    missed = and_(Turn.action == "silent", Mark.good.is_(False))
    return or_(handed, missed)


async def new_askings(session: AsyncSession, group_id: str) -> list[tuple[int, str]]:
    """Return the turns (with their messages' texts) that are not grouped yet, oldest first."""
    query = (
        select(Turn.id, Message.text)
        .join(Message, Message.id == Turn.message_id)
        .join(Member, Member.id == Turn.member_id)
        .outerjoin(Mark, Mark.turn_id == Turn.id)
        .outerjoin(Asking, Asking.turn_id == Turn.id)
        .where(Turn.group_id == group_id, Member.role == "member", Asking.id.is_(None), _unanswered())
        .order_by(Turn.id)
    )
    return [(turn_id, text) for turn_id, text in await session.execute(query) if text.strip()]


async def drop_empty(session: AsyncSession, group_id: str) -> None:
    """Forget questions whose askings are all gone."""
    asked = exists().where(Asking.question_id == OpenQuestion.id)
    await session.execute(delete(OpenQuestion).where(OpenQuestion.group_id == group_id, ~asked))


async def of_group(session: AsyncSession, group_id: str) -> list[OpenQuestion]:
    """Return all questions of a group."""
    query = select(OpenQuestion).where(OpenQuestion.group_id == group_id).order_by(OpenQuestion.id)
    return list(await session.scalars(query))


async def lines(session: AsyncSession, group_id: str) -> list[AskedLine]:
    """Return every asking of the group's questions, oldest first."""
    query = (
        select(Asking.question_id, Message.text, Member.nickname, Turn.at)
        .join(OpenQuestion, OpenQuestion.id == Asking.question_id)
        .join(Turn, Turn.id == Asking.turn_id)
        .join(Message, Message.id == Turn.message_id)
        .join(Member, Member.id == Turn.member_id)
        .where(OpenQuestion.group_id == group_id)
        .order_by(Turn.id)
    )
    return [AskedLine(*row) for row in await session.execute(query)]


async def grouped(session: AsyncSession, turn_ids: Sequence[int]) -> set[int]:
    """Return which of the turns are grouped already."""
    return set(await session.scalars(select(Asking.turn_id).where(Asking.turn_id.in_(turn_ids))))
