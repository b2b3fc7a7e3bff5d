"""What each model may do: earned in the exam, lowered freely by the seller, raised only with a warning in the audit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.errors import NotFound
from assistant.models import Audit, ModelExam
from assistant.settings import LanguageModelSettings

Role = Literal["none", "composer", "agent"]

RANK: dict[Role, int] = {"none": 0, "composer": 1, "agent": 2}

UNEXAMINED: Role = "composer"
"""What a model may do before its exam: write from evidence, under the guard."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A model's role with what it earned; ``at`` is None before the exam."""

    role: Role
    earned: Role
    at: datetime | None
    report: dict[str, Any]


def endpoint_of(settings: LanguageModelSettings) -> str:
    """Return what tells two models of the same name apart."""
    return (settings.base_url or settings.gguf.rsplit("/", 1)[-1])[:300]


async def standing(session: AsyncSession, settings: LanguageModelSettings) -> Standing:
    """Return what the configured model may do."""
    row = await _row(session, settings)
    if row is None:
        return Standing(UNEXAMINED, UNEXAMINED, None, {})
    return Standing(cast(Role, row.role), cast(Role, row.earned), row.at, row.report)


async def keep_exam(
    session: AsyncSession,
    settings: LanguageModelSettings,
    *,
    earned: Role,
    report: dict[str, Any],
    actor: str,
    now: datetime,
) -> None:
    """Store an exam's result; the role becomes what was earned."""
    row = await _row(session, settings)
    if row is None:
        row = ModelExam(model=settings.name[:200], endpoint=endpoint_of(settings))
        session.add(row)
    row.earned = row.role = earned
    row.report, row.at = report, now
    session.add(_audit("model.exam", settings, actor, now, {"earned": earned}))


async def set_role(
    session: AsyncSession, settings: LanguageModelSettings, role: Role, *, actor: str, now: datetime
) -> bool:
    """Set the role and return whether it is above what the exam gave (which the audit then warns of).

    Raises:
        NotFound: the model has not taken the exam.
    """
    row = await _row(session, settings)
    if row is None:
        raise NotFound(f"{settings.name} has not taken the exam yet; run: yidan llm check")
    raised = RANK[role] > RANK[cast(Role, row.earned)]
    details = {"from": row.role, "to": role, "earned": row.earned}
    if raised:
        details["warning"] = "above what the exam gave"
    row.role = role
    session.add(_audit("model.role", settings, actor, now, details))
    return raised


async def _row(session: AsyncSession, settings: LanguageModelSettings) -> ModelExam | None:
    where = (ModelExam.model == settings.name[:200], ModelExam.endpoint == endpoint_of(settings))
    return await session.scalar(select(ModelExam).where(*where))


def _audit(action: str, settings: LanguageModelSettings, actor: str, now: datetime, details: dict[str, Any]) -> Audit:
    subject = f"{settings.name} at {endpoint_of(settings)}"[:200]
    return Audit(at=now, actor=actor, action=action, group_id=None, subject=subject, details=details)
