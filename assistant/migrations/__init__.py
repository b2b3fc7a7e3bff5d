"""The schema's history (Alembic). ``upgrade`` brings a store to the newest revision."""

from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from assistant.db import Database

HEAD = "0014"
"""The newest revision, so that an up-to-date store starts without loading Alembic (a test compares it)."""


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


async def upgrade(database: Database) -> bool:
    """Bring the store to the newest schema; return whether anything had to be done."""
    async with database.engine.connect() as connection:
        if await connection.run_sync(_revision) == HEAD:
            return False
    async with database.engine.begin() as connection:
        await connection.run_sync(_migrate)
    return True
