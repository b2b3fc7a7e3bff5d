"""Drafts: what members get stays as it is until the draft is published, whole and once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from assistant.clock import FixedClock
from assistant.db import Database
from assistant.errors import Conflict, NotFound, UsageError
from assistant.groups.folder import read_folder
from assistant.groups.service import GroupService
from assistant.knowledge.drafts import DraftService
from assistant.knowledge.files import Sheet
from assistant.knowledge.records import EntryRecord, ProductRecord
from assistant.knowledge.samples import sample_folders
from assistant.knowledge.service import KnowledgeService
from assistant.migrations import upgrade
from assistant.models import Audit, Draft, Group

TEA = next(path for path in sample_folders() if path.name == "tea")
NOW = datetime(2026, 5, 20, 2, tzinfo=UTC)


class Kit:
    def __init__(self, database: Database) -> None:
        self.database, self.clock = database, FixedClock(NOW)
        self.drafts = DraftService(database, self.clock)
        self.knowledge = KnowledgeService(database, self.clock)
        self.groups = GroupService(database, self.clock)

    async def entry(self, key: str) -> EntryRecord:
        found = (await self.knowledge.knowledge("tea")).entry(key)
        assert found
        return found

    async def draft(self, key: str, **changes: object) -> None:
        await self.drafts.save_entry("tea", replace(await self.entry(key), **changes), by="laowang")

    async def publish(self, **how: object) -> int:
        state = await self.drafts.state("tea")
        return await self.drafts.publish("tea", state, by="laowang", details={}, **how)

    async def version(self) -> int:
        return (await self.groups.show("tea")).knowledge_version


@pytest.fixture
async def kit(tmp_path: Path) -> AsyncIterator[Kit]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/yidan.db")
    await upgrade(database)
    kit = Kit(database)
    await kit.groups.load(read_folder(TEA))
    yield kit
    await database.close()


class TestWriting:
    async def test_members_get_what_is_published_until_then(self, kit: Kit) -> None:
        before, version = await kit.entry("ship-fee"), await kit.version()
        await kit.draft("ship-fee", answer="满99元包邮。")
        assert await kit.entry("ship-fee") == before
        assert await kit.version() == version
        assert (await kit.groups.folder("tea")).knowledge.entry("ship-fee") == before
        [change] = (await kit.drafts.state("tea")).changes
        assert (change.what, change.place, change.by, change.stale) == ("changed", "ship-fee", "laowang", False)
        assert change.before == before and isinstance(change.after, EntryRecord)
        assert change.after.answer == "满99元包邮。"

    async def test_a_sheet_adds_changes_and_removes(self, kit: Kit) -> None:
        keep, edited = await kit.entry("ship-fee"), await kit.entry("ship-when")
        new = EntryRecord("wifi", "有无线网吗？", answer="没有")
        sheet = Sheet("entries", entries=(keep, replace(edited, answer="明天"), new))
        changes = await kit.drafts.save_sheet("tea", sheet, replace=True)
        assert changes.counts() == {"added": 1, "changed": 1, "unchanged": 1, "removed": 49}
        state = await kit.drafts.state("tea")
        assert [entry.key for entry in state.drafted.entries] == ["ship-when", "ship-fee", "wifi"]
        assert len(state.published.entries) == 51

    async def test_products_are_drafted_too(self, kit: Kit) -> None:
        product = (await kit.knowledge.knowledge("tea")).products[0]
        dearer = replace(product, price=Decimal("399.00"))
        await kit.drafts.save_sheet("tea", Sheet("catalogue", products=(dearer,)))
        [change] = (await kit.drafts.state("tea")).changes
        assert (change.place, change.what) == ("sku:A01", "changed")
        await kit.publish()
        assert (await kit.knowledge.knowledge("tea")).products[0] == dearer

    async def test_a_draft_that_says_what_is_published_is_none(self, kit: Kit) -> None:
        await kit.draft("ship-fee", answer="满99元包邮。")
        await kit.draft("ship-fee")
        assert not (await kit.drafts.state("tea")).changes
        with pytest.raises(Conflict, match="no draft"):
            await kit.publish()

    async def test_what_is_wrong_with_it_is_told_at_once(self, kit: Kit) -> None:
        with pytest.raises(UsageError, match="answer is empty"):
            await kit.draft("ship-fee", answer=" ")
        with pytest.raises(NotFound, match="no entry 'nosuch'"):
            await kit.drafts.remove("tea", "entry", "nosuch", by="x")
        with pytest.raises(NotFound, match="no group 'te'"):
            await kit.drafts.state("te")

    async def test_discarding_one_or_all(self, kit: Kit) -> None:
        for key in ("ship-fee", "ship-when", "ship-time"):
            await kit.draft(key, answer="以后再说")
        assert await kit.drafts.discard("tea", ["ship-when"], by="x") == ("ship-when",)
        with pytest.raises(NotFound, match="no draft of 'ship-when'"):
            await kit.drafts.discard("tea", ["ship-when"], by="x")
        assert len(await kit.drafts.discard("tea", by="x")) == 2
        assert await kit.drafts.discard("tea", by="x") == ()


class TestPublishing:
    async def test_one_version_with_its_history_and_audit(self, kit: Kit) -> None:
        version = await kit.version()
        await kit.draft("ship-fee", answer="满99元包邮。")
        await kit.drafts.save_entry("tea", EntryRecord("wifi", "有无线网吗？", answer="没有"), by="x")
        await kit.drafts.remove("tea", "entry", "price-why", by="x")
        assert await kit.publish() == version + 1 == await kit.version()
        knowledge = await kit.knowledge.knowledge("tea")
        assert knowledge.entry("price-why") is None
        assert [entry.key for entry in knowledge.entries][-1] == "wifi"
        history = await kit.knowledge.history("tea", "ship-fee")
        assert [(step.version, step.by) for step in history] == [(version, "cli"), (version + 1, "laowang")]
        assert [step.entry for step in await kit.knowledge.history("tea", "price-why")][-1] is None
        assert len(await kit.knowledge.history("tea", "ship-when")) == 1
        async with kit.database.read() as session:
            [told] = list(await session.scalars(select(Audit).where(Audit.action == "publish_draft")))
            assert not list(await session.scalars(select(Draft)))
        assert told.actor == "laowang"
        assert told.details["entries"]["counts"] == {"added": 1, "changed": 1, "unchanged": 49, "removed": 1}

    async def test_another_state_than_the_tested_one_is_not_published(self, kit: Kit) -> None:
        await kit.draft("ship-fee", answer="满99元包邮。")
        tested = await kit.drafts.state("tea")
        await kit.draft("ship-when", answer="明天")
        with pytest.raises(Conflict, match="meanwhile"):
            await kit.drafts.publish("tea", tested, by="x", details={})
        assert (await kit.entry("ship-fee")).answer != "满99元包邮。"

    async def test_a_draft_on_what_has_changed_since_is_stale(self, kit: Kit) -> None:
        await kit.draft("ship-fee", answer="满99元包邮。")
        await kit.knowledge.update_entry("tea", replace(await kit.entry("ship-fee"), answer="满188元包邮。"), by="mei")
        assert [change.place for change in (await kit.drafts.state("tea")).stale] == ["ship-fee"]
        with pytest.raises(Conflict, match="ship-fee changed since the draft was written"):
            await kit.publish()
        # Who looks and writes it again means it.
        await kit.draft("ship-fee", answer="满99元包邮。")
        await kit.publish()
        assert (await kit.entry("ship-fee")).answer == "满99元包邮。"

    async def test_who_publishes_over_a_stale_draft_says_so(self, kit: Kit) -> None:
        await kit.draft("ship-fee", answer="满99元包邮。")
        await kit.knowledge.remove_entry("tea", "ship-fee", by="mei")
        await kit.publish(over_stale=True)
        assert (await kit.entry("ship-fee")).answer == "满99元包邮。"

    async def test_two_at_once_publish_it_once(self, kit: Kit) -> None:
        version = await kit.version()
        await kit.draft("ship-fee", answer="满99元包邮。")
        tested = await kit.drafts.state("tea")
        tries = [kit.drafts.publish("tea", tested, by=name, details={}) for name in ("laowang", "mei")]
        came = await asyncio.gather(*tries, return_exceptions=True)
        assert sorted(type(one).__name__ for one in came) == ["Conflict", "int"]
        assert await kit.version() == version + 1

    async def test_an_import_serves_at_once_and_leaves_drafts_alone(self, kit: Kit) -> None:
        await kit.draft("ship-fee", answer="满99元包邮。")
        version = await kit.version()
        await kit.knowledge.import_sheet("tea", Sheet("entries", entries=(EntryRecord("w", "有网吗？", answer="没"),)))
        assert await kit.version() == version + 1
        assert [change.place for change in (await kit.drafts.state("tea")).changes] == ["ship-fee"]

    async def test_drafts_go_with_their_group(self, kit: Kit) -> None:
        await kit.draft("ship-fee", answer="满99元包邮。")
        async with kit.database.write() as session:
            group = await session.get(Group, "tea")
            assert group
            await session.delete(group)
        async with kit.database.read() as session:
            assert not list(await session.scalars(select(Draft)))


async def test_a_new_product_without_a_base_is_added(kit: Kit) -> None:
    product = ProductRecord("E01", "茶巾", price=Decimal("9.90"), unit="条")
    await kit.drafts.save_sheet("tea", Sheet("catalogue", products=(product,)))
    [change] = (await kit.drafts.state("tea")).changes
    assert (change.what, change.before, change.after) == ("added", None, product)
