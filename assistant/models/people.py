"""Sellers, groups, members and the tokens that open doors for them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from assistant.models.base import Base


class Seller(Base):
    """Who opens groups; one seller has several."""

    __tablename__ = "sellers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime]


class Group(Base):
    """A trading group: the tenant, with a beginning and an end."""

    __tablename__ = "groups"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    seller_id: Mapped[int] = mapped_column(ForeignKey("sellers.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    settings: Mapped[dict[str, Any]]
    """What group.toml says, as plain JSON (see ``assistant.groups.settings.GroupSettings``)."""
    closed_at: Mapped[datetime | None]
    """Set when it was closed by hand or by its last order; ``closes_at`` in the settings closes it too."""
    knowledge_version: Mapped[int] = mapped_column(default=0)
    """Goes up with every change of entries, products or settings, in the same transaction."""
    ledger_revision: Mapped[int] = mapped_column(default=0)
    """Goes up with every turn that changes orders or strikes: the optimistic lock of the ledger."""
    gate_offset: Mapped[float] = mapped_column(default=0.0, server_default="0")
    """What the seller's marks added to the logit of "this message wants something of us" in this group."""
    created_at: Mapped[datetime]


class Member(Base):
    """Somebody who writes in a group. Known by the channel's own id, shown by nickname."""

    __tablename__ = "members"
    __table_args__ = (UniqueConstraint("group_id", "channel", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str] = mapped_column(String(40))
    external_id: Mapped[str] = mapped_column(String(200))
    nickname: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20), default="member")
    """member, seller or helper"""
    joined_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(default="")
    """What the newcomer answered to the group's question."""
    welcome_due_at: Mapped[datetime | None]
    """Since when the newcomer waits to be welcomed in the group; null where nobody has to."""
    removed_at: Mapped[datetime | None]


class Token(Base):
    """A bearer token; only its hash is kept.

    ``kind``: ``seller`` (all seller endpoints of its seller, or of all sellers when it has none; a trusted
    API key too), ``join`` (may join one group), ``applicant`` (asked to join one group, opens nothing yet),
    ``member`` (is one member of one group).
    """

    __tablename__ = "tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    label: Mapped[str] = mapped_column(String(200), default="")
    role: Mapped[str] = mapped_column(String(20), default="owner", server_default="owner")
    """What a seller's token may do: owner, helper or evaluator."""
    seller_id: Mapped[int | None] = mapped_column(ForeignKey("sellers.id", ondelete="CASCADE"))
    group_id: Mapped[str | None] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
