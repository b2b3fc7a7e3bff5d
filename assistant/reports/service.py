"""Makes reports: on demand, for each week that is over, and when a group closes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.clock import Clock
from assistant.db import Database
from assistant.errors import NotFound
from assistant.groups.settings import GroupSettings
from assistant.groups.toml import settings_from_json
from assistant.models import Closing, Group, Report
from assistant.notices import tell_seller
from assistant.reports.figures import Figures
from assistant.reports.page import Parts, parts_of, render_message, render_page
from assistant.reports.period import EVERYTHING, Period, last_week, week_of
from assistant.reports.repository import read_figures, unanswered_questions

CLOSE = "close"


@dataclass(frozen=True, slots=True)
class KeptReport:
    """A report that was told: a week such as ``2026-W21``, or ``close``."""

    period: str
    made_at: datetime


@dataclass(frozen=True)
class GroupReport:
    """A report with everything its faces need. ``unanswered`` are open questions with how many asked each."""

    settings: GroupSettings
    figures: Figures
    unanswered: tuple[tuple[str, int], ...]
    made_at: datetime

    def parts(self, language: str = "", *, private: bool = True) -> Parts:
        """Return what the report is made of, worded in ``language`` or the group's own.

        Without ``private`` there is no money in it and nothing that members wrote.
        """
        settings = self.settings.model_copy(update={"language": language}) if language else self.settings
        return parts_of(self.figures, settings, self.unanswered, self.made_at, private=private)

    def page(self, language: str = "", *, private: bool = True) -> str:
        """Return the report as one self-contained HTML page."""
        return render_page(self.parts(language, private=private), language or self.settings.language)

    def message(self) -> str:
        """Return the report in a few lines."""
        return render_message(self.figures, self.settings)

    def to_json(self, *, private: bool = True) -> dict[str, object]:
        """Return plain JSON with the questions that have no answer.

        Without ``private`` there is no money in it and nothing that members wrote.
        """
        figures: dict[str, object] = {"group": self.settings.id, **self.figures.to_json()}
        if not private:
            return {name: value for name, value in figures.items() if name not in ("money", "sold", "currency")}
        questions = [{"question": text, "asked_by": count} for text, count in self.unanswered]
        return figures | {"unanswered_questions": questions}


class ReportService:
    """Makes reports and tells sellers."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def make(self, group_id: str, week: str = "") -> GroupReport:
        """Return the report of a week such as ``2026-W21``, of everything without one.

        Of a group whose data are erased it is the one that was kept. Raises NotFound, UsageError.
        """
        async with self._database.read() as session:
            settings = await _settings(session, group_id)
            period = week_of(week, settings.zone) if week else EVERYTHING
            if kept := await _outlived(session, group_id, week or CLOSE):
                return GroupReport(settings, Figures.from_json(kept.figures), (), kept.made_at)
            return await self._read(session, settings, period)

    async def kept(self, group_id: str) -> list[KeptReport]:
        """Return which reports of a group were told so far, the newest first. Raises NotFound."""
        query = select(Report.period, Report.made_at).where(Report.group_id == group_id).order_by(Report.id.desc())
        async with self._database.read() as session:
            await _settings(session, group_id)
            return [KeptReport(row.period, row.made_at) for row in await session.execute(query)]

    async def at_close(self, session: AsyncSession, group_id: str) -> GroupReport:
        """Return the report of a group that closes."""
        return await self._read(session, await _settings(session, group_id), Period(CLOSE))

    async def keep(self, session: AsyncSession, report: GroupReport) -> bool:
        """Store the figures and tell the seller, once for each period; return whether it was the first time."""
        group_id, figures = report.settings.id, report.figures
        if await _known(session, group_id, figures.period):
            return False
        session.add(Report(group_id=group_id, period=figures.period, made_at=report.made_at, figures=figures.to_json()))
        tell_seller(session, group_id, report.message(), report.made_at)
        return True

    async def round(self, now: datetime) -> int:
        """Tell each seller about the week that is over, once; return how many reports were made."""
        made = 0
        async with self._database.read() as session:
            groups = list(await session.scalars(select(Group).order_by(Group.id)))
        for group in groups:
            settings = settings_from_json(group.settings)
            period = last_week(now, settings.zone)
            assert period.end is not None
            if group.created_at < period.end:
                made += await self._tell_week(settings, period)
        return made

    async def _tell_week(self, settings: GroupSettings, period: Period) -> bool:
        async with self._database.read() as session:
            if await _known(session, settings.id, period.name):
                return False
            report = await self._read(session, settings, period)
        if report.figures.quiet:
            return False
        async with self._database.write() as session:
            return await self.keep(session, report)

    async def _read(self, session: AsyncSession, settings: GroupSettings, period: Period) -> GroupReport:
        figures = await read_figures(session, settings, period)
        questions = await unanswered_questions(session, settings.id, period)
        return GroupReport(settings, figures, tuple(questions), self._clock.now())


async def _settings(session: AsyncSession, group_id: str) -> GroupSettings:
    group = await session.get(Group, group_id)
    if group is None:
        raise NotFound(f"no group '{group_id}'")
    return settings_from_json(group.settings)


async def _outlived(session: AsyncSession, group_id: str, period: str) -> Report | None:
    """Return the kept report of a group whose members' data are erased; None where they are not, or none was kept."""
    query = (
        select(Report)
        .join(Closing, Closing.group_id == Report.group_id)
        .where(Report.group_id == group_id, Report.period == period, Closing.erased_at.is_not(None))
    )
    return await session.scalar(query)


async def _known(session: AsyncSession, group_id: str, period: str) -> bool:
    query = select(Report.id).where(Report.group_id == group_id, Report.period == period)
    return await session.scalar(query) is not None
