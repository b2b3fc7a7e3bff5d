"""Orders that hold money and wait for the rest are the seller's to settle, never the clock's."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Put back what a rejected proof had sent to where it could expire with money in it."""
    op.execute("UPDATE orders SET status = 'payment_claimed' WHERE status = 'pending_payment' AND paid > refunded")


def downgrade() -> None:
    """Nothing: the older code knows the state as well."""
