"""Survey answers without a day, shown many at a time; links to the survey; newcomers whom the seller knows."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the day away, add what is shown, the links' hashes, and who a newcomer is elsewhere."""
    with op.batch_alter_table("survey_answers", schema=None) as batch_op:
        batch_op.drop_column("day")
        batch_op.add_column(sa.Column("released", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("survey_invites", schema=None) as batch_op:
        batch_op.add_column(sa.Column("code_digest", sa.String(length=64), nullable=True))
        batch_op.create_unique_constraint(op.f("uq_survey_invites_code_digest"), ["code_digest"])
    with op.batch_alter_table("join_requests", schema=None) as batch_op:
        batch_op.add_column(sa.Column("known_as", sa.String(length=200), nullable=False, server_default=""))


def downgrade() -> None:
    """Put the day back (of answers from before: the first of 2026), and take the rest away."""
    with op.batch_alter_table("join_requests", schema=None) as batch_op:
        batch_op.drop_column("known_as")
    with op.batch_alter_table("survey_invites", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("uq_survey_invites_code_digest"), type_="unique")
        batch_op.drop_column("code_digest")
    with op.batch_alter_table("survey_answers", schema=None) as batch_op:
        batch_op.drop_column("released")
        batch_op.add_column(sa.Column("day", sa.Date(), nullable=False, server_default="2026-01-01"))
