"""Group views: cached by knowledge version, built once, found again by a new process."""

import asyncio
import time
from dataclasses import replace

import pytest
from sqlalchemy import update

from assistant.errors import NotFound
from assistant.groups.library import GroupView, Library
from assistant.models import Group

from .conftest import PAY, SHIP, Shop, folder


async def view(shop: Shop, library: Library | None = None) -> GroupView:
    async with shop.database.read() as session:
        return await (library or shop.library).view(session, "tea")


def best(shop: Shop, got: GroupView, text: str) -> str:
    hit = got.index.search(text, now=shop.clock.now()).best
    return hit.id if hit else ""


class TestView:
    async def test_holds_everything_a_turn_needs(self, shop: Shop) -> None:
        await shop.groups.load(folder(PAY, SHIP))
        got = await view(shop)
        assert best(shop, got, "怎么付款") == "pay" and got.catalogue.get("ａ01 ") is not None
        assert [document.id for document in got.index.documents] == ["pay", "ship", "sku:A01"]

    async def test_nothing_is_read_again_while_nothing_changes(self, shop: Shop) -> None:
        await shop.groups.load(folder(PAY))
        assert await view(shop) is await view(shop)

    async def test_an_edit_is_seen_by_the_next_question_and_embeds_only_new_texts(self, shop: Shop) -> None:
        await shop.groups.load(folder(PAY, SHIP))
        await view(shop)
        shop.embedder.texts.clear()
        await shop.knowledge.update_entry("tea", replace(PAY, answer="只收现金"), by="wang")
        got = await view(shop)
        assert got.knowledge.entry("pay") == replace(PAY, answer="只收现金")
        assert shop.embedder.texts == ["只收现金"]

    async def test_orders_and_closing_move_only_the_row(self, shop: Shop) -> None:
        await shop.groups.load(folder(PAY))
        first = await view(shop)
        async with shop.database.write() as session:
            await session.execute(update(Group).values(ledger_revision=7, closed_at=shop.clock.now()))
        second = await view(shop)
        assert (second.ledger_revision, second.closed_at) == (7, shop.clock.now())
        assert second.index is first.index

    async def test_many_at_once_build_once(self, shop: Shop) -> None:
        await shop.groups.load(folder(PAY))
        views = await asyncio.gather(*(view(shop) for _ in range(5)))
        assert len({id(one.index) for one in views}) == 1
        assert shop.embedder.texts.count("怎么付款？") == 1

    async def test_a_new_process_reads_the_snapshot(self, shop: Shop) -> None:
        await shop.groups.load(folder(PAY))
        await view(shop)
        shop.embedder.texts.clear()
        await view(shop, shop.another_library())
        assert shop.embedder.texts == []

    async def test_a_damaged_snapshot_is_built_again(self, shop: Shop) -> None:
        await shop.groups.load(folder(PAY))
        await view(shop)
        (snapshot,) = (shop.home / "index").glob("*.npz")
        snapshot.write_bytes(b"half")
        assert best(shop, await view(shop, shop.another_library()), "怎么付款") == "pay"

    async def test_only_the_newest_snapshot_of_a_group_stays(self, shop: Shop) -> None:
        await shop.groups.load(folder(PAY))
        await view(shop)
        other = shop.home / "index" / f"tea-2-{'0' * 32}.npz"
        other.write_bytes(b"another group's")
        await shop.groups.load(folder(SHIP))
        await view(shop)
        assert len(list((shop.home / "index").glob("tea-*.npz"))) == 2 and other.exists()

    async def test_prepared_knowledge_is_ready_when_it_is_stored(self, shop: Shop) -> None:
        coming = folder(PAY, SHIP)
        await shop.library.prepare(coming.settings, coming.knowledge)
        await shop.groups.load(coming)
        shop.embedder.texts.clear()
        await view(shop)
        assert shop.embedder.texts == []

    async def test_an_unknown_group(self, shop: Shop) -> None:
        with pytest.raises(NotFound, match="no group 'tea'"):
            await view(shop)

    async def test_a_build_that_nobody_waits_for_ends_and_keeps_what_it_has(self, shop: Shop) -> None:
        many = [replace(PAY, key=f"e{n}", question=f"第{n}个问题？", answer=f"{n}") for n in range(60)]
        big = folder(*many)
        building: asyncio.Task[object]
        loop = asyncio.get_running_loop()

        def cancel(done: int, total: int) -> None:
            loop.call_soon_threadsafe(building.cancel)
            time.sleep(0.05)

        building = asyncio.ensure_future(shop.library.prepare(big.settings, big.knowledge, progress=cancel))
        with pytest.raises(asyncio.CancelledError):
            await building
        await asyncio.sleep(0.3)
        first = len(shop.embedder.texts)
        assert 0 < first < 120
        await shop.library.prepare(big.settings, big.knowledge)
        assert len(set(shop.embedder.texts)) == len(shop.embedder.texts)
