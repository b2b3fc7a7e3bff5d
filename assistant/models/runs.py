"""Runs of suites that somebody started from the console or over the API."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from assistant.models.base import Base


class SuiteRun(Base):
    """One run of one or several suites of a group, with its result."""

    __tablename__ = "suite_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)
    suites: Mapped[list[str]]
    draft: Mapped[bool] = mapped_column(default=False)
    """The draft was tried and not what members get."""
    knowledge_version: Mapped[int]
    epochs: Mapped[int] = mapped_column(default=1)
    status: Mapped[str] = mapped_column(String(20))
    """waiting, running, done, failed or stopped"""
    done: Mapped[int] = mapped_column(default=0)
    """Case runs that are through, of ``total``; ``failed`` of them failed."""
    total: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    passed: Mapped[int] = mapped_column(default=0)
    """Cases that passed every time, of ``cases``."""
    cases: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    report: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)
    """What ``eval run --json`` would write; null before the end."""
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(200))
    ended_at: Mapped[datetime | None]
