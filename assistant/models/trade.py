"""Orders with their lines and dated state changes, the money that moved for them, and claims that it did."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assistant.models.base import Base


class Order(Base):
    """One member's order in one group."""

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("group_id", "number"),
        Index("ix_orders_group_id_status", "group_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    """Counts up from 1 in each group: the order's number as members and the seller see it."""
    status: Mapped[str] = mapped_column(String(20))
    currency: Mapped[str] = mapped_column(String(3))
    total: Mapped[Decimal]
    """The goods; the sum of the lines."""
    deposit: Mapped[Decimal | None]
    """What is due now where the group takes deposits; null means the total."""
    created_at: Mapped[datetime]
    pay_by: Mapped[datetime | None]
    """When an unpaid order expires; null means never."""
    updated_at: Mapped[datetime]
    paid: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    """What has come in: the sum of the order's payments."""
    refunded: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    """What was given back: the sum of its refunds."""
    goods_gone: Mapped[bool] = mapped_column(default=False, server_default=false())
    """True where the money was given back but the goods did not come back: they stay off the stock."""
    parcel: Mapped[str] = mapped_column(String(120), default="", server_default="")
    """Carrier and number, as the seller gave them."""
    shipped_at: Mapped[datetime | None]
    arrives_by: Mapped[datetime | None]
    """When the member should have it; then they are asked."""
    received_at: Mapped[datetime | None]
    """When the member said that they have it."""
    reminded_at: Mapped[datetime | None]
    """When they were reminded to pay; the reminder belongs to one ``pay_by``."""
    receipt_asked_at: Mapped[datetime | None]
    """When they were asked whether it arrived."""

    lines: Mapped[list["OrderLine"]] = relationship(
        back_populates="order", cascade="all, delete-orphan", order_by="OrderLine.position"
    )
    events: Mapped[list["OrderEvent"]] = relationship(
        back_populates="order", cascade="all, delete-orphan", order_by="OrderEvent.id"
    )


class OrderLine(Base):
    """A product and how many of it; name, unit and price as they were when it was ordered."""

    __tablename__ = "order_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    sku: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(40))
    price: Mapped[Decimal]
    quantity: Mapped[int]

    order: Mapped[Order] = relationship(back_populates="lines")


class OrderEvent(Base):
    """One dated change of an order: who, from what to what."""

    __tablename__ = "order_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(200))
    """A nickname, ``yidan`` or the label of a seller's token."""
    from_status: Mapped[str] = mapped_column(String(20))
    to_status: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(300), default="")
    lines: Mapped[list[dict[str, Any]]]
    """The lines after the change, as ``{"sku", "quantity"}``."""

    order: Mapped[Order] = relationship(back_populates="events")


class Payment(Base):
    """Money that moved for an order, each sum once: as the seller confirmed it or a bill says it."""

    __tablename__ = "payments"
    __table_args__ = (UniqueConstraint("group_id", "reference"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("payment_claims.id", ondelete="SET NULL"))
    """The proof it answers, if there was one."""
    kind: Mapped[str] = mapped_column(String(10))
    """full, deposit or balance; refund for money that went back"""
    amount: Mapped[Decimal]
    """Always more than 0, also for a refund."""
    currency: Mapped[str] = mapped_column(String(3))
    method: Mapped[str] = mapped_column(String(40), default="")
    reference: Mapped[str | None] = mapped_column(String(100))
    """The payment service's own number; null where nobody gave one."""
    source: Mapped[str] = mapped_column(String(10))
    """seller (confirmed by hand) or bill (an imported bill file)"""
    actor: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    """When it was confirmed."""
    moved_at: Mapped[datetime | None]
    """When the money moved, where a bill or a proof tells it."""
    note: Mapped[str] = mapped_column(String(300), default="")


class Feedback(Base):
    """What a member said about an order once they had it."""

    __tablename__ = "feedback"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), unique=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class PaymentClaim(Base):
    """A member says (and perhaps shows) that they paid. Only the seller makes it a payment."""

    __tablename__ = "payment_claims"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id", ondelete="SET NULL"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    image: Mapped[str | None] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(20), default="claimed")
    """claimed, confirmed or rejected"""
    read_at: Mapped[datetime | None] = mapped_column(index=True)
    """When its picture was read; null while that is still to come, and where there is no picture."""
    read_attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    reading: Mapped[dict[str, Any] | None]
    """What the picture says (see ``assistant.payments.proof.Proof``)."""
    warnings: Mapped[list[dict[str, Any]] | None]
    """What the seller should look at (see ``assistant.payments.matching.ProofWarning``); null until it was read."""
    reference: Mapped[str | None] = mapped_column(String(100), index=True)
    """The payment service's own number, as the picture says."""
    fingerprint: Mapped[str | None] = mapped_column(Text)
    """What tells a near-identical picture."""


class BillRow(Base):
    """A line of a bill file that the seller exported from WeChat or Alipay; the same line is kept once a group."""

    __tablename__ = "bill_rows"
    __table_args__ = (UniqueConstraint("group_id", "app", "reference", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)
    app: Mapped[str] = mapped_column(String(10))
    """wechat or alipay"""
    reference: Mapped[str] = mapped_column(String(100))
    """The app's own number of the transfer."""
    merchant_reference: Mapped[str] = mapped_column(String(100), default="")
    kind: Mapped[str] = mapped_column(String(10))
    """in: money that came; out: money that went; returned: money that came and went back, in full"""
    amount: Mapped[Decimal]
    """Always more than 0; for money that came, what is left of it after partial refunds."""
    moved_at: Mapped[datetime]
    counterparty: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(100), default="")
    """The app's own word for how it stands."""
    imported_at: Mapped[datetime]
    imported_by: Mapped[str] = mapped_column(String(200))
