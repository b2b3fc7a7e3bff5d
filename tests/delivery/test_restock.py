"""Who wanted a product that was gone hears once when it is back."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from assistant.broadcasts.repository import AnnouncementRepository
from assistant.delivery.bootstrap import Yidan
from assistant.delivery.restock import tell_of_stock
from assistant.models import Outbox, Product, StockWait
from assistant.retrieval.embedder import HashEmbedder
from assistant.settings import Settings
from delivery.kit import NOW, FixedClock, count, incoming, write_groups


@pytest.fixture
async def real(tmp_path):
    """A store whose turns understand."""
    yidan = await Yidan.open(Settings(home=tmp_path), FixedClock(NOW), HashEmbedder())
    for path in write_groups(tmp_path / "folders"):
        await yidan.groups.load(path)
    yield yidan
    await yidan.close()


async def stock(yidan, units: int) -> None:
    async with yidan.database.write() as session:
        row = await session.scalar(select(Product).where(Product.group_id == "tea"))
        row.stock = units
    yidan.library.forget("tea")


async def told(yidan) -> list[str]:
    async with yidan.database.read() as session:
        rows = await session.scalars(select(Outbox).where(Outbox.turn_id.is_(None)).order_by(Outbox.id))
        return [f"{row.addressees[0]}: {row.text}" for row in rows if row.private]


async def test_a_refused_order_is_remembered_and_answered_once(real) -> None:
    await stock(real, 0)
    outcome = (await real.inbox.receive(incoming("A01 1斤", "1"))).outcome
    assert outcome.orders == () and "售完" in outcome.text
    await real.inbox.receive(incoming("A01 2斤", "2"))
    assert await count(real.database, StockWait) == 1
    assert await tell_of_stock(real.database, NOW) == 0
    await stock(real, 5)
    assert sorted(await asyncio.gather(*(tell_of_stock(real.database, NOW) for _ in range(3)))) == [0, 0, 1]
    assert await told(real) == ["mei: 您问过的A01 龙井又有货了，还剩5斤。要的话发“编号+数量”。"]
    assert await count(real.database, StockWait) == 0


async def test_no_more_are_told_than_there_are_units(real) -> None:
    await stock(real, 0)
    for member in ("a", "b", "c"):
        await real.inbox.receive(replace(incoming("A01 1斤", member, member=member)))
    await stock(real, 2)
    assert await tell_of_stock(real.database, NOW) == 2
    assert [line[0] for line in await told(real)] == ["a", "b"]


async def test_at_night_and_after_the_close_nobody_is_told(real) -> None:
    await real.inbox.receive(incoming("价格", "1"))
    async with real.database.write() as session:
        await AnnouncementRepository(session).wait_for("tea", 1, "A01", NOW)
    assert await tell_of_stock(real.database, NOW + timedelta(hours=15)) == 0
    await real.groups.close("tea")
    assert await tell_of_stock(real.database, NOW) == 0
    assert await told(real) == []
