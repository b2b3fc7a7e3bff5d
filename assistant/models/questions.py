"""Questions that the assistant could not answer, grouped by meaning."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from assistant.models.base import Base


class OpenQuestion(Base):
    """What several members asked in their own words, and what the seller decided about it."""

    __tablename__ = "open_questions"
    __table_args__ = (Index("ix_open_questions_group_id", "group_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(Text)
    """How it was asked first."""
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    """The sum of the askings' vectors, 32-bit floats; what a further asking is compared with."""
    embedder: Mapped[str] = mapped_column(String(200))
    """Whose vector it is; another embedder's askings make it anew."""
    state: Mapped[str] = mapped_column(String(20), default="open")
    """open, answered or dismissed"""
    entry_key: Mapped[str] = mapped_column(String(200), default="")
    """The entry that answers it, drafted or published."""
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(200), default="")


class Asking(Base):
    """One message that asked an open question."""

    __tablename__ = "askings"
    __table_args__ = (UniqueConstraint("turn_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("open_questions.id", ondelete="CASCADE"), index=True)
    turn_id: Mapped[int] = mapped_column(ForeignKey("turns.id", ondelete="CASCADE"))
