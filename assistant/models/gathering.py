"""How people come into a group: invitations, and what each newcomer gave."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from assistant.models.base import Base


class Invitation(Base):
    """A way into one group that lives a few days. It hangs on a poster for all to see, so it is kept as it is."""

    __tablename__ = "invitations"
    __table_args__ = (Index("ix_invitations_group_id_state", "group_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40), unique=True)
    link: Mapped[str] = mapped_column(String(500), default="")
    """What the QR code says instead of our own address: a chat platform's code of the group."""
    state: Mapped[str] = mapped_column(String(20))
    """spare (not given out yet), current (on the poster), replaced, expired or revoked"""
    days: Mapped[int]
    """How long it lives from its first use on; with a ``link`` from its issue on."""
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    """Null as long as it is a spare whose life has not begun."""
    reminded_at: Mapped[datetime | None]
    """When the seller was told that it will expire soon."""


class JoinRequest(Base):
    """A newcomer who gave what the group asks for; ``state`` is pending, joined or refused."""

    __tablename__ = "join_requests"
    __table_args__ = (Index("ix_join_requests_group_id_state", "group_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"))
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitations.id", ondelete="SET NULL"))
    token_id: Mapped[int | None] = mapped_column(ForeignKey("tokens.id", ondelete="SET NULL"))
    """The newcomer's token: it opens nothing while the request is pending, and is the member's afterwards."""
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    nickname: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(Text, default="")
    """What they answered to the group's question."""
    flags: Mapped[list[str]]
    """What is odd about it (see ``assistant.invitations.oddities``)."""
    state: Mapped[str] = mapped_column(String(20))
    known_as: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """Who they are in another group of the same seller (the channel's own id), where they said so."""
    note: Mapped[str] = mapped_column(String(300), default="")
    """What the seller told the newcomer with a refusal."""
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(200), default="")
