"""How a group ended, and what was told about it: closings and reports."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from assistant.models.base import Base


class Closing(Base):
    """The end of one group, step by step. A step's time is set in the transaction that did it.

    It outlives the members' data, so it names nobody.
    """

    __tablename__ = "closings"

    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(20))
    """closing_time, order_count, by_hand or moved"""
    closed_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    """When the members were told."""
    archived_at: Mapped[datetime | None]
    archive: Mapped[str] = mapped_column(String(300), default="")
    """The archive's path below the home; empty where there is none (any more)."""
    archive_sha256: Mapped[str] = mapped_column(String(64), default="")
    erased_at: Mapped[datetime | None]
    protocol: Mapped[dict[str, Any]]
    """What was erased: counts by table and kind of file, no names."""
    moved_to: Mapped[str] = mapped_column(String(40), default="")


class Report(Base):
    """The figures of one period of a group; made and told once. It outlives the members' data and names nobody."""

    __tablename__ = "reports"
    __table_args__ = (UniqueConstraint("group_id", "period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"))
    period: Mapped[str] = mapped_column(String(20))
    """A week such as ``2026-W21``, or ``close``."""
    made_at: Mapped[datetime]
    figures: Mapped[dict[str, Any]]
