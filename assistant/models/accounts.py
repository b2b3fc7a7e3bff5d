"""People who sign in to the console, and the sessions they have open."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from assistant.models.base import Base


class Account(Base):
    """Somebody who signs in. Without a seller they work for all sellers of this store."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(80), unique=True)
    """The name they sign in with, folded: no two differ only in case or width."""
    name: Mapped[str] = mapped_column(String(200))
    """The name under which their deeds are noted."""
    password: Mapped[str] = mapped_column(String(200))
    """An argon2 hash."""
    seller_id: Mapped[int | None] = mapped_column(ForeignKey("sellers.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(20))
    """owner, helper or evaluator"""
    language: Mapped[str] = mapped_column(String(10), default="zh-CN")
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class AccountSession(Base):
    """A browser in which somebody is signed in; only the hash of its token is kept."""

    __tablename__ = "account_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    """What a request that changes something must repeat, so that no other site can make it."""
    group_id: Mapped[str] = mapped_column(String(40), default="")
    """The group that was looked at last."""
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
