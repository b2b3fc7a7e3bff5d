"""Alembic's entry point; it works on the connection that ``upgrade`` hands over."""

from alembic import context

from assistant.models import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
