"""The migrations lead exactly to the schema that the models describe."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from assistant import migrations
from assistant.db import Database
from assistant.models import Base


@pytest.fixture
def quick_stores() -> None:
    """Here the migrations themselves are walked through."""


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


async def test_an_older_store_loses_no_order_with_money_in_it(database: Database) -> None:
    def to_the_older(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        config.attributes["connection"] = connection
        command.upgrade(config, "0013")

    order = (
        "INSERT INTO orders (group_id, member_id, number, status, currency, total, created_at, updated_at, paid, "
        "refunded) VALUES ('tea', 1, {n}, 'pending_payment', 'CNY', 3960000, '2026-05-20', '2026-05-20', {paid}, 0)"
    )
    async with database.engine.connect() as connection:
        await connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        await connection.run_sync(to_the_older)
        for n, paid in ((1, 2000000), (2, 0)):
            await connection.exec_driver_sql(order.format(n=n, paid=paid))
        await connection.commit()
    await migrations.upgrade(database)
    async with database.engine.connect() as connection:
        found = await connection.exec_driver_sql("SELECT status FROM orders ORDER BY number")
        assert [status for (status,) in found] == ["payment_claimed", "pending_payment"]
    await database.close()


async def test_a_second_upgrade_has_nothing_to_do(database: Database) -> None:
    assert await migrations.upgrade(database) is True
    assert await migrations.upgrade(database) is False
    await database.close()
