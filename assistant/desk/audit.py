"""The audit read: who did what, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.db import Database
from assistant.models import Account, Audit, Group

PAGE = 50


@dataclass(frozen=True, slots=True)
class Noted:
    """One deed. ``group_id`` is None where it concerns no group."""

    id: int
    at: datetime
    actor: str
    action: str
    group_id: str | None
    subject: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deeds to show; what is empty is not asked for. ``actions`` are whole actions or their first parts."""

    group_id: str = ""
    actor: str = ""
    actions: tuple[str, ...] = ()
    before: int | None = None
    """Only those noted before the one with this id: the next page."""


class AuditLog:
    """The audit of a store, as far as a seller may see it: their groups and their people; all of it for None."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, seller_id: int | None, wanted: Wanted, limit: int = PAGE) -> list[Noted]:
        """Return the newest deeds first."""
        query = select(Audit).order_by(Audit.id.desc()).limit(limit)
        for condition in _conditions(wanted):
            query = query.where(condition)
        async with self._database.read() as session:
            if seller_id is not None:
                query = query.where(await _of_seller(session, seller_id))
            rows = list(await session.scalars(query))
        return [Noted(row.id, row.at, row.actor, row.action, row.group_id, row.subject, row.details) for row in rows]

    async def actors(self, seller_id: int | None) -> list[str]:
        """Return who did something, by name."""
        query = select(Audit.actor).distinct().order_by(Audit.actor)
        async with self._database.read() as session:
            if seller_id is not None:
                query = query.where(await _of_seller(session, seller_id))
            return [name for name in await session.scalars(query) if name]


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.group_id:
        found.append(Audit.group_id == wanted.group_id)
    if wanted.actor:
        found.append(Audit.actor == wanted.actor)
    if wanted.actions:
        begins = (Audit.action.startswith(f"{one}.", autoescape=True) for one in wanted.actions)
        found.append(or_(Audit.action.in_(wanted.actions), *begins))
    if wanted.before is not None:
        found.append(Audit.id < wanted.before)
    return found


async def _of_seller(session: AsyncSession, seller_id: int) -> ColumnElement[bool]:
    groups: Sequence[str] = list(await session.scalars(select(Group.id).where(Group.seller_id == seller_id)))
    logins: Sequence[str] = list(await session.scalars(select(Account.login).where(Account.seller_id == seller_id)))
    own_people = and_(Audit.group_id.is_(None), Audit.action.startswith("account."), Audit.subject.in_(logins))
    return or_(Audit.group_id.in_(groups), own_people)
