"""What products said over time, questions nobody could answer, and runs of suites."""

import json
import unicodedata
from decimal import Decimal

import sqlalchemy as sa
from alembic import op

from assistant.db import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables, and note what each product says now, so that its first change can be told from what."""
    op.create_table(
        "product_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_product_versions_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_versions")),
        sa.UniqueConstraint("group_id", "key", "version", name=op.f("uq_product_versions_group_id_key_version")),
    )
    _note_products()
    op.create_table(
        "open_questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("embedder", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("entry_key", sa.String(length=200), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_open_questions_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_questions")),
    )
    op.create_index("ix_open_questions_group_id", "open_questions", ["group_id"])
    op.create_table(
        "askings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("turn_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["open_questions.id"], name=op.f("fk_askings_question_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name=op.f("fk_askings_turn_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_askings")),
        sa.UniqueConstraint("turn_id", name=op.f("uq_askings_turn_id")),
    )
    op.create_index(op.f("ix_askings_question_id"), "askings", ["question_id"])
    _add_runs()


def _add_runs() -> None:
    op.create_table(
        "suite_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("suites", sa.JSON(), nullable=False),
        sa.Column("draft", sa.Boolean(), nullable=False),
        sa.Column("knowledge_version", sa.Integer(), nullable=False),
        sa.Column("epochs", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_suite_runs_group_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suite_runs")),
    )
    op.create_index(op.f("ix_suite_runs_group_id"), "suite_runs", ["group_id"])


def _note_products() -> None:
    connection = op.get_bind()
    rows = connection.execute(
        sa.text(
            "SELECT p.group_id, p.sku, p.name, p.aliases, p.price, p.unit, p.stock, p.per_member_limit, p.preorder,"
            " p.description, p.updated_at, g.knowledge_version FROM products p JOIN groups g ON g.id = p.group_id"
        )
    ).mappings()
    told = [_noted(row) for row in rows]
    if told:
        table = sa.table(
            "product_versions",
            sa.column("group_id"),
            sa.column("key"),
            sa.column("version"),
            sa.column("content", sa.JSON()),
            sa.column("changed_at"),
            sa.column("changed_by"),
        )
        connection.execute(sa.insert(table), told)


def _noted(row: sa.RowMapping) -> dict[str, object]:
    """Return a product's row as its first version; nobody's, as it is not known since when it says so."""
    aliases = row["aliases"]
    price = (Decimal(row["price"]) / 10_000).quantize(Decimal("0.0001"))
    cents = price.quantize(Decimal("0.01"))
    content = {
        "sku": row["sku"],
        "name": row["name"],
        "aliases": json.loads(aliases) if isinstance(aliases, str) else aliases,
        "price": f"{cents if cents == price else price.normalize():f}",
        "unit": row["unit"],
        "stock": row["stock"],
        "per_member_limit": row["per_member_limit"],
        "preorder": bool(row["preorder"]),
        "description": row["description"],
    }
    return {
        "group_id": row["group_id"],
        "key": unicodedata.normalize("NFKC", row["sku"]).strip().casefold(),
        "version": row["knowledge_version"],
        "content": content,
        "changed_at": row["updated_at"],
        "changed_by": "",
    }


def downgrade() -> None:
    """Take the tables away."""
    for table in ("suite_runs", "askings", "open_questions", "product_versions"):
        op.drop_table(table)
