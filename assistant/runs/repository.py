"""The SQL of suite runs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from assistant.models import SuiteRun

UNFINISHED = ("waiting", "running")


async def of_group(session: AsyncSession, group_id: str, limit: int) -> list[SuiteRun]:
    """Return the group's runs without their reports, newest first."""
    query = select(SuiteRun).where(SuiteRun.group_id == group_id).order_by(SuiteRun.id.desc()).limit(limit)
    return list(await session.scalars(query))


async def get(session: AsyncSession, group_id: str, run_id: int, *, report: bool = False) -> SuiteRun | None:
    """Return a group's run, with its report on request."""
    query = select(SuiteRun).where(SuiteRun.id == run_id, SuiteRun.group_id == group_id)
    return (await session.scalars(query.options(undefer(SuiteRun.report)) if report else query)).first()


async def note(session: AsyncSession, run_id: int, **values: Any) -> None:
    """Write what became of a run."""
    await session.execute(update(SuiteRun).where(SuiteRun.id == run_id).values(**values))


async def end_unfinished(session: AsyncSession, now: datetime, why: str, spare: Sequence[int] = ()) -> None:
    """Note that runs whose server ended will not come to an end."""
    query = update(SuiteRun).where(SuiteRun.status.in_(UNFINISHED), SuiteRun.id.not_in(spare))
    await session.execute(query.values(status="stopped", error=why, ended_at=now))
