"""What needs a human, who was warned, and who did what."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from assistant.models.base import Base


class Ticket(Base):
    """Something for the seller: a hand-off, a custom wish, a refund request or a complaint."""

    __tablename__ = "tickets"
    __table_args__ = (Index("ix_tickets_group_id_status", "group_id", "status"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(String(20))
    """handoff, custom_request, refund or complaint"""
    reason: Mapped[str] = mapped_column(String(40))
    """customer_request, missing_knowledge, unsupported_request, policy_restriction, pending_clarification"""
    status: Mapped[str] = mapped_column(String(20), default="open")
    """open, claimed or resolved"""
    question: Mapped[str] = mapped_column(Text)
    context: Mapped[dict[str, Any]]
    """What a human needs: what was tried (entries with probabilities), the last lines, the open orders."""
    created_at: Mapped[datetime]
    claimed_by: Mapped[str] = mapped_column(String(200), default="")
    claimed_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    resolved_at: Mapped[datetime | None]


class Strike(Base):
    """A warning for an advert, a link or a flood, with its evidence."""

    __tablename__ = "strikes"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    reason: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    """When the seller took it back; it counts no more."""
    lifted_by: Mapped[str | None] = mapped_column(String(200))


class Mark(Base):
    """What the seller thinks of what the assistant did with one message."""

    __tablename__ = "marks"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)
    turn_id: Mapped[int] = mapped_column(ForeignKey("turns.id", ondelete="CASCADE"), unique=True)
    good: Mapped[bool]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(200))


class Pause(Base):
    """A human is talking with this member until then; the assistant keeps out."""

    __tablename__ = "pauses"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), unique=True)
    until: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(200))
    typing_until: Mapped[datetime | None]
    """Somebody of the seller's side is writing to the member just now; renewed while they go on."""
    typing_by: Mapped[str] = mapped_column(String(200), default="", server_default="")


class Audit(Base):
    """Who did what to what, and when. Written in the transaction of the deed."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(60))
    group_id: Mapped[str | None] = mapped_column(String(40), index=True)
    """No foreign key: the record outlives the group."""
    subject: Mapped[str] = mapped_column(String(200))
    details: Mapped[dict[str, Any]]
