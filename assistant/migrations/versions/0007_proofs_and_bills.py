"""What was read off payment proofs, and the lines of imported bills."""

import sqlalchemy as sa
from alembic import op

from assistant.db import Money, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_READ = ("read_at", "reference")


def upgrade() -> None:
    """What was read off payment proofs, and the lines of imported bills."""
    with op.batch_alter_table("payment_claims", schema=None) as batch_op:
        batch_op.add_column(sa.Column("read_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("read_attempts", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("reading", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("warnings", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("reference", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("fingerprint", sa.Text(), nullable=True))
        for name in _READ:
            batch_op.create_index(batch_op.f(f"ix_payment_claims_{name}"), [name], unique=False)
    op.create_table(
        "bill_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("app", sa.String(length=10), nullable=False),
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("merchant_reference", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("amount", Money(), nullable=False),
        sa.Column("moved_at", UtcDateTime(), nullable=False),
        sa.Column("counterparty", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=100), nullable=False),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.Column("imported_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_bill_rows_group_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bill_rows")),
        sa.UniqueConstraint(
            "group_id", "app", "reference", "kind", name=op.f("uq_bill_rows_group_id_app_reference_kind")
        ),
    )
    with op.batch_alter_table("bill_rows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bill_rows_group_id"), ["group_id"], unique=False)


def downgrade() -> None:
    """Undo it."""
    op.drop_table("bill_rows")
    with op.batch_alter_table("payment_claims", schema=None) as batch_op:
        for name in _READ:
            batch_op.drop_index(batch_op.f(f"ix_payment_claims_{name}"))
        for name in ("fingerprint", "reference", "warnings", "reading", "read_attempts", "read_at"):
            batch_op.drop_column(name)
