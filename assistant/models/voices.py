"""What members think, and what a seller remembers of those who come back."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from assistant.models.base import Base


class Poll(Base):
    """A question to all members of a group with numbered answers."""

    __tablename__ = "polls"
    __table_args__ = (Index("ix_polls_closed_at_closes_at", "closed_at", "closes_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)
    question: Mapped[str] = mapped_column(Text)
    options: Mapped[list[str]]
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    tell_group: Mapped[bool] = mapped_column(default=False)
    """Whether the group is told the result, too."""


class Vote(Base):
    """A member's vote; the last one counts."""

    __tablename__ = "votes"
    __table_args__ = (UniqueConstraint("poll_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("polls.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    choice: Mapped[int]
    """Counted from 1."""
    at: Mapped[datetime]


class SurveyInvite(Base):
    """A member was asked, once in a group, how a completed order went. Whether they answered is known, not what."""

    __tablename__ = "survey_invites"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    asked_at: Mapped[datetime]
    answered: Mapped[bool] = mapped_column(default=False)
    code_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    """The hash of the link by which they may answer."""


class SurveyAnswer(Base):
    """One anonymous answer: a random id, stars and words; no time and nothing else leads to who gave it."""

    __tablename__ = "survey_answers"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)
    stars: Mapped[int]
    """1 to 5."""
    text: Mapped[str] = mapped_column(Text, default="")
    released: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it came together with enough others to be shown to the seller."""


class Regular(Base):
    """What one seller remembers of a member across their groups, under a fingerprint instead of a name."""

    __tablename__ = "regulars"
    __table_args__ = (UniqueConstraint("seller_id", "fingerprint"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    seller_id: Mapped[int] = mapped_column(ForeignKey("sellers.id", ondelete="CASCADE"))
    fingerprint: Mapped[str] = mapped_column(String(64))
    """A hash of seller, channel and the channel's own id of the member."""
    opted_out: Mapped[bool] = mapped_column(default=False)
    purchases: Mapped[list[dict[str, Any]]]
    """Orders of groups that were erased since: ``{"at", "lines": [{"sku", "name", "unit", "quantity"}]}``."""
    updated_at: Mapped[datetime]
