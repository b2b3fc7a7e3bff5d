"""The language models that took the exam."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from assistant.models.base import Base


class ModelExam(Base):
    """What a model earned in its exam, and what the seller lets it do."""

    __tablename__ = "model_exams"
    __table_args__ = (UniqueConstraint("model", "endpoint"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    model: Mapped[str] = mapped_column(String(200))
    endpoint: Mapped[str] = mapped_column(String(300))
    """The address, or the file's name; the same name elsewhere may be another model."""
    earned: Mapped[str] = mapped_column(String(20))
    """none, composer or agent"""
    role: Mapped[str] = mapped_column(String(20))
    """The same unless the seller set it otherwise."""
    report: Mapped[dict[str, Any]]
    at: Mapped[datetime]
