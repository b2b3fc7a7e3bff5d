"""Payments, refunds, parcels and feedback of orders."""

import sqlalchemy as sa
from alembic import op

from assistant.db import Money, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NEW_TIMES = ("shipped_at", "arrives_by", "received_at", "reminded_at", "receipt_asked_at")


def upgrade() -> None:
    """Payments, refunds, parcels and feedback of orders."""
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.add_column(sa.Column("paid", Money(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("refunded", Money(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("goods_gone", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("parcel", sa.String(length=120), server_default="", nullable=False))
        for name in _NEW_TIMES:
            batch_op.add_column(sa.Column(name, UtcDateTime(), nullable=True))
    op.create_table(
        "payments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("amount", Money(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=100), nullable=True),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("moved_at", UtcDateTime(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["payment_claims.id"], name=op.f("fk_payments_claim_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_payments_group_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_payments_order_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("group_id", "reference", name=op.f("uq_payments_group_id_reference")),
    )
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payments_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payments_order_id"), ["order_id"], unique=False)
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_feedback_group_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_feedback_member_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_feedback_order_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("order_id", name=op.f("uq_feedback_order_id")),
    )
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_feedback_member_id"), ["member_id"], unique=False)
    _count_what_was_paid()


def _count_what_was_paid() -> None:
    """Write the payments that were confirmed before payments had rows of their own, as the events tell them."""
    columns = "group_id, order_id, kind, amount, currency, method, source, actor, at, note"
    kind = "CASE WHEN orders.deposit IS NULL THEN 'full' ELSE 'deposit' END"
    amount = "coalesce(orders.deposit, orders.total)"
    for to_status, counted in (("paid", kind), ("refunded", "'refund'")):
        op.execute(
            f"INSERT INTO payments ({columns}) "
            f"SELECT orders.group_id, orders.id, {counted}, {amount}, orders.currency, '', 'seller', event.actor, "
            "event.at, '' FROM orders JOIN order_events AS event ON event.id = (SELECT min(earliest.id) "
            "FROM order_events AS earliest WHERE earliest.order_id = orders.id "
            f"AND earliest.to_status = '{to_status}') "
            f"WHERE {amount} > 0"
            + (" AND orders.status = 'refunded'" if to_status == "refunded" else "")
            + " AND orders.id IN (SELECT order_id FROM order_events WHERE to_status = 'paid')"
        )
    for column, kinds in (("paid", "<> 'refund'"), ("refunded", "= 'refund'")):
        op.execute(
            f"UPDATE orders SET {column} = coalesce((SELECT sum(amount) FROM payments "
            f"WHERE payments.order_id = orders.id AND payments.kind {kinds}), 0)"
        )


def downgrade() -> None:
    """Undo it."""
    op.drop_table("feedback")
    op.drop_table("payments")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        for name in (*_NEW_TIMES, "parcel", "goods_gone", "refunded", "paid"):
            batch_op.drop_column(name)
