"""What a group is told by the clock, which of it was told, and who waits for what."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from assistant.models.base import Base


class Announcement(Base):
    """Something to tell a whole group, once or again and again."""

    __tablename__ = "announcements"
    __table_args__ = (Index("ix_announcements_state_group_id", "state", "group_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    """Which template tells it (see ``assistant.broadcasts.templates``)."""
    text: Mapped[str] = mapped_column(Text, default="")
    """The seller's own words, where the template takes any."""
    label: Mapped[str] = mapped_column(String(60), default="")
    """What stands before it in brackets; empty means the template's own."""
    schedule: Mapped[str] = mapped_column(String(200))
    """When, as ``assistant.broadcasts.schedule`` writes it."""
    important: Mapped[bool] = mapped_column(default=False)
    repeats: Mapped[int] = mapped_column(default=0)
    """How often each is said again."""
    repeat_minutes: Mapped[int] = mapped_column(default=240)
    quiet: Mapped[bool] = mapped_column(default=True)
    """Whether it waits for the end of the group's quiet hours."""
    state: Mapped[str] = mapped_column(String(20), default="active")
    """active, paused, done or cancelled"""
    looked_until: Mapped[datetime]
    """Up to when its occurrences were dealt with."""
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(200))


class Sending(Base):
    """One occurrence of an announcement and what became of it. Its key is unique: nothing is told twice."""

    __tablename__ = "sendings"
    __table_args__ = (UniqueConstraint("announcement_id", "occurrence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcements.id", ondelete="CASCADE"))
    occurrence: Mapped[str] = mapped_column(String(40))
    """The planned time in UTC and the number of the repetition."""
    due_at: Mapped[datetime]
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20))
    """sent, missed (too late for it), merged (a later one was sent instead), empty or closed"""
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id", ondelete="SET NULL"))


class StockWait(Base):
    """A member wanted a product that was gone; they are told once when it is back."""

    __tablename__ = "stock_waits"
    __table_args__ = (UniqueConstraint("member_id", "sku"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    sku: Mapped[str] = mapped_column(String(40))
    asked_at: Mapped[datetime]
