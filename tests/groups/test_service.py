"""Loading, editing and closing groups in the store."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from assistant.errors import Conflict, NotFound, UsageError
from assistant.groups.folder import read_folder
from assistant.knowledge.files import Sheet, read_sheet
from assistant.models import Audit, Entry, EntryVersion, Group, Seller

from .conftest import PAY, SHIP, TEA, Shop, folder


async def ids(shop: Shop) -> dict[str, int]:
    async with shop.database.read() as session:
        rows = await session.execute(select(Entry.key, Entry.id))
        return {key: row_id for key, row_id in rows.all()}


async def version(shop: Shop) -> int:
    async with shop.database.read() as session:
        return await session.scalar(select(Group.knowledge_version)) or 0


class TestLoad:
    async def test_twice_changes_nothing(self, shop: Shop) -> None:
        assert (await shop.groups.load(folder(PAY, SHIP))).created
        before = await ids(shop)
        again = await shop.groups.load(folder(PAY, SHIP))
        assert not again and again.knowledge_version == 1
        assert await ids(shop) == before

    async def test_a_changed_folder_keeps_rows_and_writes_versions(self, shop: Shop) -> None:
        await shop.groups.load(folder(PAY, SHIP))
        before = await ids(shop)
        loaded = await shop.groups.load(folder(replace(PAY, answer="微信")))
        assert loaded.entries.changed == ("pay",) and loaded.entries.removed == ("ship",)
        assert await ids(shop) == {"pay": before["pay"]}
        history = await shop.knowledge.history("tea", "ship")
        assert [(step.version, step.entry) for step in history] == [(1, SHIP), (2, None)]

    async def test_an_entry_that_comes_back_goes_on_with_its_history(self, shop: Shop) -> None:
        await shop.groups.load(folder(PAY))
        await shop.groups.load(folder())
        await shop.groups.load(folder(PAY))
        assert [step.version for step in await shop.knowledge.history("tea", "pay")] == [1, 2, 3]

    async def test_a_new_order_of_the_same_entries_is_kept(self, shop: Shop) -> None:
        await shop.groups.load(folder(PAY, SHIP))
        loaded = await shop.groups.load(folder(SHIP, PAY))
        assert loaded.entries.moved and not loaded.entries.changed
        assert (await shop.knowledge.knowledge("tea")).entries == (SHIP, PAY)

    async def test_settings_alone_move_the_version_and_the_seller(self, shop: Shop) -> None:
        await shop.groups.load(folder(PAY))
        loaded = await shop.groups.load(folder(PAY, seller="老李"))
        assert loaded.settings_changed and loaded.knowledge_version == 2
        async with shop.database.read() as session:
            assert set(await session.scalars(select(Seller.name))) == {"老王", "老李"}

    async def test_an_error_half_way_leaves_nothing(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        from assistant.knowledge import repository

        def fail(*_: object, **__: object) -> None:
            raise RuntimeError("power cut")

        monkeypatch.setattr(repository, "add_audit", fail)
        with pytest.raises(RuntimeError):
            await shop.groups.load(folder(PAY))
        async with shop.database.read() as session:
            assert await session.scalar(select(func.count()).select_from(Group)) == 0
            assert await session.scalar(select(func.count()).select_from(EntryVersion)) == 0

    async def test_what_is_exported_loads_as_unchanged(self, shop: Shop) -> None:
        await shop.groups.load(folder(replace(PAY, similar_questions=("a|b", "c\\")), SHIP))
        await shop.groups.export("tea", shop.home / "out")
        assert not await shop.groups.load(read_folder(shop.home / "out"))


class TestImport:
    async def test_others_stay_and_new_ones_come_last(self, shop: Shop) -> None:
        await shop.groups.load(folder(PAY, SHIP))
        new = replace(PAY, key="new", question="新的？")
        sheet = Sheet("entries", entries=(new, replace(PAY, answer="微信")))
        plan = await shop.knowledge.plan("tea", sheet)
        assert await version(shop) == 1
        changes = await shop.knowledge.import_sheet("tea", sheet)
        assert changes == plan.changes
        assert changes.counts() == {"added": 1, "changed": 1, "unchanged": 0, "removed": 0}
        assert await shop.knowledge.knowledge("tea") == plan.knowledge
        assert [entry.key for entry in plan.knowledge.entries] == ["pay", "ship", "new"]

    async def test_replace_removes_the_rest_of_its_kind_only(self, shop: Shop) -> None:
        await shop.groups.load(folder(PAY, SHIP))
        changes = await shop.knowledge.import_sheet("tea", Sheet("entries", entries=(SHIP,)), replace=True)
        assert changes.removed == ("pay",)
        assert (await shop.knowledge.knowledge("tea")).products == (TEA,)

    async def test_the_same_again_moves_no_version(self, shop: Shop) -> None:
        await shop.groups.load(folder(PAY))
        assert not await shop.knowledge.import_sheet("tea", Sheet("entries", entries=(PAY,)))
        assert await version(shop) == 1

    async def test_a_sku_in_another_spelling_is_the_same_product(self, shop: Shop) -> None:
        await shop.groups.load(folder(PAY))
        changes = await shop.knowledge.import_sheet(
            "tea", Sheet("catalogue", products=(replace(TEA, sku="ａ01", stock=9),))
        )
        assert changes.counts()["changed"] == 1

    async def test_a_file_of_two_columns_changes_only_these(self, shop: Shop) -> None:
        await shop.groups.load(folder(PAY))
        path = shop.home / "faq.csv"
        path.write_text("问题,答案\n怎么付款,只收现金\n新的？,是\n", encoding="utf-8")
        changes = await shop.knowledge.import_sheet("tea", read_sheet(path, await shop.knowledge.zone("tea")))
        assert changes.changed == ("pay",) and len(changes.added) == 1
        got = (await shop.knowledge.knowledge("tea")).entry("pay")
        assert got == replace(PAY, question="怎么付款", answer="只收现金")

    async def test_a_price_list_leaves_the_stock_alone(self, shop: Shop) -> None:
        await shop.groups.load(folder(PAY))
        path = shop.home / "catalog.csv"
        path.write_text("编号,名称,价格,单位\na01,龙井,9.9,斤\n", encoding="utf-8")
        await shop.knowledge.import_sheet("tea", read_sheet(path, await shop.knowledge.zone("tea")))
        (product,) = (await shop.knowledge.knowledge("tea")).products
        assert (product.sku, product.stock, product.aliases) == ("a01", 5, ("明前",))

    async def test_everything_is_in_the_audit(self, shop: Shop) -> None:
        await shop.groups.load(folder(PAY), by="wang")
        await shop.knowledge.remove_entry("tea", "pay", by="li")
        async with shop.database.read() as session:
            rows = (await session.execute(select(Audit.action, Audit.actor).order_by(Audit.id))).all()
        assert [tuple(row) for row in rows] == [("create_group", "wang"), ("remove_entry", "li")]


class TestEdits:
    async def test_add_update_remove(self, shop: Shop) -> None:
        await shop.groups.load(folder(PAY))
        added = await shop.knowledge.add_entry("tea", replace(SHIP, key=""), by="wang")
        await shop.knowledge.update_entry("tea", replace(added, answer="后天"), by="li")
        await shop.knowledge.remove_entry("tea", added.key, by="li")
        history = await shop.knowledge.history("tea", added.key)
        assert [(step.by, step.entry.answer if step.entry else None) for step in history] == [
            ("wang", "明天"),
            ("li", "后天"),
            ("li", None),
        ]

    async def test_a_bad_entry_is_refused_with_the_reason(self, shop: Shop) -> None:
        await shop.groups.load(folder(PAY))
        with pytest.raises(UsageError, match="answer is empty"):
            await shop.knowledge.update_entry("tea", replace(PAY, answer=" "), by="wang")
        with pytest.raises(Conflict, match="already an entry 'pay'"):
            await shop.knowledge.add_entry("tea", PAY, by="wang")
        with pytest.raises(NotFound, match="no entry 'ship'"):
            await shop.knowledge.remove_entry("tea", "ship", by="wang")

    async def test_two_edits_at_once_both_count(self, shop: Shop) -> None:
        await shop.groups.load(folder(PAY, SHIP))
        await asyncio.gather(
            shop.knowledge.update_entry("tea", replace(PAY, answer="1"), by="a"),
            shop.knowledge.update_entry("tea", replace(SHIP, answer="2"), by="b"),
        )
        assert [entry.answer for entry in (await shop.knowledge.knowledge("tea")).entries] == ["1", "2"]
        assert await version(shop) == 3


class TestClose:
    async def test_by_hand_once(self, shop: Shop) -> None:
        await shop.groups.load(folder(PAY))
        closed = await shop.groups.close("tea")
        assert (closed.state.state, closed.state.reason) == ("closed", "by_hand")
        with pytest.raises(Conflict, match="closed since 2026-05-20 10:00"):
            await shop.groups.close("tea")

    async def test_loading_again_does_not_open_it(self, shop: Shop) -> None:
        await shop.groups.load(folder(PAY))
        await shop.groups.close("tea")
        assert (await shop.groups.load(folder(PAY))).closed

    async def test_an_unknown_group_is_told_with_the_nearest(self, shop: Shop) -> None:
        with pytest.raises(NotFound, match="none is loaded yet"):
            await shop.groups.show("te")
        await shop.groups.load(folder(PAY))
        with pytest.raises(NotFound, match="did you mean 'tea'"):
            await shop.groups.show("te")
