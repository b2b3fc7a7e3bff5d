"""What language models earned in their exams."""

import sqlalchemy as sa
from alembic import op

from assistant.db import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of exams."""
    op.create_table(
        "model_exams",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("endpoint", sa.String(length=300), nullable=False),
        sa.Column("earned", sa.String(length=20), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_exams")),
        sa.UniqueConstraint("model", "endpoint", name=op.f("uq_model_exams_model_endpoint")),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("model_exams")
