"""What was written, what was decided about it, and what goes out."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from assistant.models.base import Base


class Message(Base):
    """A line in a group, stored before anything else happens to it."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("channel", "external_id"),
        Index("ix_messages_group_id_id", "group_id", "id"),
        Index("ix_messages_status", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str] = mapped_column(String(40))
    external_id: Mapped[str] = mapped_column(String(200))
    """The channel's own id of the message; a redelivery finds the first answer by it."""
    text: Mapped[str] = mapped_column(Text)
    image: Mapped[str | None] = mapped_column(String(300))
    """The name of a file in the home's ``images`` folder."""
    mentions_assistant: Mapped[bool] = mapped_column(default=False)
    quoted_message_id: Mapped[int | None]
    quoted_reply_id: Mapped[int | None]
    """Which line it quotes: a message, or a row of the outbox. A line that is gone is quoted no more."""
    sent_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(20), default="received")
    """received, handled, held (silence while somebody types) or failed"""
    attempts: Mapped[int] = mapped_column(default=0)


class Turn(Base):
    """What the assistant decided about one message; at most one a message."""

    __tablename__ = "turns"
    __table_args__ = (Index("ix_turns_group_id_at", "group_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), unique=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(20))
    responder: Mapped[str] = mapped_column(String(20))
    intent: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    """The reply; empty when the assistant stayed silent."""
    question_key: Mapped[str] = mapped_column(String(200), default="")
    """What makes two questions the same one: the answering entry, or the skeleton of the text."""
    memory: Mapped[dict[str, Any]]
    """What later messages may refer to: topic entries, products, an open question (see ``turn.memory``)."""
    outcome: Mapped[dict[str, Any]]
    """The whole outcome as ``ask --json`` prints it."""


class Outbox(Base):
    """A reply or notice on its way out, committed with the decision that caused it."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_status_next_attempt_at", "status", "next_attempt_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    """Whom it is for; null means everybody in the group, or the seller alone where it is private."""
    turn_id: Mapped[int | None] = mapped_column(ForeignKey("turns.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str] = mapped_column(String(40))
    author: Mapped[str] = mapped_column(String(20), default="assistant")
    """assistant, or seller for a human's answer to a ticket"""
    text: Mapped[str] = mapped_column(Text)
    addressees: Mapped[list[str]]
    """Nicknames the text answers; further members with the same question are added while it is fresh."""
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id", ondelete="SET NULL"))
    """The order of a notice that no turn caused (money confirmed, parcel sent)."""
    private: Mapped[bool] = mapped_column(default=False)
    """True where only the member may read it (orders, money, warnings)."""
    status: Mapped[str] = mapped_column(String(20), default="pending")
    """pending, sent, withheld (a human took over) or failed"""
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
