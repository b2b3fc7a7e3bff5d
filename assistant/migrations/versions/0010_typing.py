"""Who of the seller's side is writing to a member just now."""

import sqlalchemy as sa
from alembic import op

from assistant.db import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the short pause while somebody types."""
    with op.batch_alter_table("pauses", schema=None) as batch_op:
        batch_op.add_column(sa.Column("typing_until", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("typing_by", sa.String(length=200), nullable=False, server_default=""))


def downgrade() -> None:
    """Take it away."""
    with op.batch_alter_table("pauses", schema=None) as batch_op:
        batch_op.drop_column("typing_by")
        batch_op.drop_column("typing_until")
