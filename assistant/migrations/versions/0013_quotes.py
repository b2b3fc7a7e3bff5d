"""Lines that quote others, and notices that know their order."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what a message quotes, and the order of a notice."""
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("quoted_message_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("quoted_reply_id", sa.Integer(), nullable=True))
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("order_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_outbox_order_id"), "orders", ["order_id"], ["id"], ondelete="SET NULL"
        )


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_outbox_order_id"), type_="foreignkey")
        batch_op.drop_column("order_id")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_column("quoted_reply_id")
        batch_op.drop_column("quoted_message_id")
