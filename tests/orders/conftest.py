"""A store with one group, two members and no turns."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.db import Database
from assistant.models import Base, Group, Member, Seller
from assistant.settings import Settings
from orders.kit import NOW

GROUPS = ("tea", "tea-two")


async def open_store(home: Path) -> Database:
    """Return a new store: groups tea and tea-two, in each the members 1 and 2 (3 and 4)."""
    database = Database(Settings(home=home).database())
    # Straight from the models, which is far quicker than the migrations; tests/test_migrations.py compares the two.
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with database.write() as session:
        session.add(Seller(id=1, name="老王", created_at=NOW))
        await session.flush()
        for group_id in GROUPS:
            session.add(Group(id=group_id, seller_id=1, name=group_id, settings={}, created_at=NOW, ledger_revision=0))
            await session.flush()
            for name in ("阿梅", "小李"):
                session.add(Member(group_id=group_id, channel="api", external_id=name, nickname=name, joined_at=NOW))
                await session.flush()
    return database


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await open_store(tmp_path)
    yield database
    await database.close()
