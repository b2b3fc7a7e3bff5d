"""The migrations lead exactly to the schema that the models describe."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from assistant import migrations
from assistant.db import Database
from assistant.models import Base


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(f"sqlite+aiosqlite:///{tmp_path}/yidan.db")


def test_the_named_head_is_alembics() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_heads() == [migrations.HEAD]


async def test_a_migrated_store_is_what_the_models_describe(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))

    await migrations.upgrade(database)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
        tables = set(await connection.run_sync(lambda c: inspect(c).get_table_names()))
    await database.close()
    assert tables == set(Base.metadata.tables) | {"alembic_version"}


async def test_a_second_upgrade_has_nothing_to_do(database: Database) -> None:
    assert await migrations.upgrade(database) is True
    assert await migrations.upgrade(database) is False
    await database.close()
