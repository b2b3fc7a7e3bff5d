"""A group's entries (with their history) and its catalogue."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from assistant.models.base import Base


class Entry(Base):
    """One standard question with its similar questions and the answer that is said verbatim."""

    __tablename__ = "entries"
    __table_args__ = (UniqueConstraint("group_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(200))
    """The seller's stable id of the entry, unique in the group."""
    position: Mapped[int]
    question: Mapped[str] = mapped_column(Text)
    similar_questions: Mapped[list[str]]
    answer: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(String(20))
    keywords: Mapped[list[str]]
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    updated_at: Mapped[datetime]


class EntryVersion(Base):
    """What an entry said from one knowledge version on; ``content`` is null where it was removed."""

    __tablename__ = "entry_versions"
    __table_args__ = (UniqueConstraint("group_id", "key", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(200))
    version: Mapped[int]
    """The group's knowledge version that brought this content."""
    content: Mapped[dict[str, Any] | None]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(200))


class ProductVersion(Base):
    """What a product's line said from one knowledge version on; ``content`` is null where it was removed.

    ``changed_by`` is empty for what was there before histories of products were kept.
    """

    __tablename__ = "product_versions"
    __table_args__ = (UniqueConstraint("group_id", "key", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(200))
    """The SKU folded."""
    version: Mapped[int]
    content: Mapped[dict[str, Any] | None]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(200))


class Product(Base):
    """One line of the catalogue."""

    __tablename__ = "products"
    __table_args__ = (UniqueConstraint("group_id", "sku"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)
    sku: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    aliases: Mapped[list[str]]
    price: Mapped[Decimal]
    unit: Mapped[str] = mapped_column(String(40))
    stock: Mapped[int | None]
    """What the seller has for this deal in all; null means unlimited. Orders are counted against it."""
    per_member_limit: Mapped[int | None]
    preorder: Mapped[bool] = mapped_column(default=False)
    description: Mapped[str] = mapped_column(Text, default="")
    updated_at: Mapped[datetime]


class Draft(Base):
    """What an entry or a product will say once it is published; members still get what is published."""

    __tablename__ = "knowledge_drafts"
    __table_args__ = (UniqueConstraint("group_id", "kind", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    """entry or product"""
    key: Mapped[str] = mapped_column(String(200))
    """The entry's key, or the product's SKU folded."""
    content: Mapped[dict[str, Any] | None]
    """Null: it will be removed."""
    base: Mapped[dict[str, Any] | None]
    """What was published when the draft was written; null: nothing was."""
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(200))
