"""What all tests share."""

import sqlite3
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection

from assistant import migrations

# A shared or busy machine is slow at times; how long one example takes says nothing about what it shows.
settings.register_profile("yidan", deadline=None)
settings.load_profile("yidan")

_walk_through_all = migrations._migrate


@cache
def _newest_schema() -> tuple[str, ...]:
    """Return the statements that make a new SQLite store, as the migrations leave it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "migrated.db"
        with create_engine(f"sqlite:///{path}").begin() as connection:
            _walk_through_all(connection)
        connection.engine.dispose()
        store = sqlite3.connect(path)
        statements = tuple(line for line in store.iterdump() if line not in ("BEGIN TRANSACTION;", "COMMIT;"))
        store.close()
    return statements


def _in_one_step(connection: Connection) -> None:
    if connection.dialect.name != "sqlite" or migrations._revision(connection) is not None:
        return _walk_through_all(connection)
    for statement in _newest_schema():
        connection.exec_driver_sql(statement)


@pytest.fixture(autouse=True)
def quick_stores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nearly every test begins with a new store, and walking through all migrations takes most of a second."""
    monkeypatch.setattr(migrations, "_migrate", _in_one_step)
