"""History: every change is told from what to what, and any earlier state can be had again as a draft."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.clock import FixedClock
from assistant.db import Database
from assistant.errors import Conflict, NotFound
from assistant.groups.folder import read_folder
from assistant.groups.service import GroupService
from assistant.knowledge.drafts import DraftService, Overtaken, Seen
from assistant.knowledge.history import HistoryService, Row, revisions, state_at, way_back
from assistant.knowledge.records import EntryRecord, ProductRecord
from assistant.knowledge.samples import sample_folders
from assistant.knowledge.service import KnowledgeService
from assistant.migrations import upgrade

TEA = next(path for path in sample_folders() if path.name == "tea")
NOW = datetime(2026, 5, 20, 2, tzinfo=UTC)


class Kit:
    def __init__(self, database: Database) -> None:
        clock = FixedClock(NOW)
        self.drafts, self.history = DraftService(database, clock), HistoryService(database, clock)
        self.knowledge, self.groups = KnowledgeService(database, clock), GroupService(database, clock)

    async def entry(self, key: str) -> EntryRecord | None:
        return (await self.knowledge.knowledge("tea")).entry(key)

    async def product(self, sku: str) -> ProductRecord:
        return next(one for one in (await self.knowledge.knowledge("tea")).products if one.sku == sku)

    async def version(self) -> int:
        return (await self.groups.show("tea")).knowledge_version

    async def publish(self) -> None:
        await self.drafts.publish("tea", await self.drafts.state("tea"), by="publisher", details={})


@pytest.fixture
async def kit(tmp_path: Path) -> AsyncIterator[Kit]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/yidan.db")
    await upgrade(database)
    kit = Kit(database)
    await kit.groups.load(read_folder(TEA))
    yield kit
    await database.close()


async def test_a_change_is_told_from_what_to_what_by_whom(kit: Kit) -> None:
    entry = await kit.entry("ship-when")
    assert entry
    await kit.knowledge.update_entry("tea", replace(entry, answer="明天发。"), by="laowang")
    [newest, loaded] = await kit.history.revisions("tea")
    [step] = newest.steps
    assert (newest.by, step.what, step.name) == ("laowang", "changed", "ship-when")
    assert (step.before.answer, step.after.answer) == (entry.answer, "明天发。")
    assert all(one.what == "added" for one in loaded.steps) and len(loaded.steps) > 20
    assert [r.version for r in await kit.history.revisions("tea", of=("entry", "ship-when"))] == [2, 1]
    assert await kit.history.revisions("tea", before=1) == []


async def test_products_prices_removals_and_restocks_are_in_it(kit: Kit) -> None:
    product = await kit.product("A02")
    await kit.knowledge.put_product("tea", replace(product, price=Decimal("188.00")), by="laowang")
    await kit.knowledge.restock("tea", "A02", 5, by="helper")
    restock, price, _ = await kit.history.revisions("tea")
    [step] = price.steps
    assert (step.name, step.before.price, step.after.price) == ("sku:A02", product.price, Decimal("188.00"))
    assert (restock.by, restock.steps[0].after.stock) == ("helper", product.stock + 5)


async def test_going_back_is_a_draft_that_members_get_once_it_is_published(kit: Kit) -> None:
    before = await kit.knowledge.knowledge("tea")
    at = await kit.version()
    entry, product = before.entries[3], before.products[0]
    await kit.knowledge.update_entry("tea", replace(entry, answer="改了"), by="laowang")
    await kit.knowledge.remove_entry("tea", before.entries[5].key, by="laowang")
    await kit.knowledge.add_entry("tea", EntryRecord("new", "新问题？", answer="新答案"), by="laowang")
    await kit.knowledge.put_product("tea", replace(product, price=Decimal("1.00")), by="laowang")
    steps = await kit.history.roll_back("tea", at, by="helper")
    assert {step.what for step in steps} == {"added", "changed", "removed"} and len(steps) == 4
    assert (await kit.entry(entry.key)).answer == "改了"
    await kit.publish()
    after = await kit.knowledge.knowledge("tea")
    assert {one.key: one for one in after.entries} == {one.key: one for one in before.entries}
    assert after.products == before.products


async def test_one_entry_goes_back_and_the_others_stay(kit: Kit) -> None:
    first, second = (await kit.knowledge.knowledge("tea")).entries[:2]
    for entry in (first, second):
        await kit.knowledge.update_entry("tea", replace(entry, answer="改了"), by="laowang")
    [step] = await kit.history.roll_back("tea", 1, by="helper", only=("entry", first.key))
    await kit.publish()
    assert step.name == first.key
    assert (await kit.entry(first.key)) == first and (await kit.entry(second.key)).answer == "改了"


async def test_goods_that_arrived_since_stay(kit: Kit) -> None:
    product = await kit.product("A02")
    await kit.knowledge.put_product("tea", replace(product, price=Decimal("188.00")), by="laowang")
    await kit.knowledge.restock("tea", "A02", 5, by="laowang")
    await kit.history.roll_back("tea", 1, by="laowang")
    await kit.publish()
    assert await kit.product("A02") == replace(product, stock=product.stock + 5)


async def test_a_draft_is_not_lost_to_going_back(kit: Kit) -> None:
    entry = await kit.entry("ship-when")
    await kit.knowledge.update_entry("tea", replace(entry, answer="改了"), by="laowang")
    await kit.drafts.save_entry("tea", replace(entry, answer="写了一半"), by="helper")
    with pytest.raises(Conflict, match="ship-when"):
        await kit.history.roll_back("tea", 1, by="laowang")
    await kit.history.roll_back("tea", 1, by="laowang", over_drafts=True)
    state = await kit.drafts.state("tea")
    assert state.drafted.entry("ship-when") == entry


async def test_there_is_no_way_back_to_what_never_was(kit: Kit) -> None:
    with pytest.raises(NotFound):
        await kit.history.roll_back("tea", 99, by="laowang")
    with pytest.raises(NotFound):
        await kit.history.revisions("nosuch")


async def test_who_saves_over_somebody_elses_change_is_told_and_loses_nothing(kit: Kit) -> None:
    entry = await kit.entry("ship-when")
    mine, theirs = replace(entry, answer="我的"), replace(entry, answer="别人的")
    await kit.drafts.save_entry("tea", theirs, by="helper", seen=Seen(entry))
    with pytest.raises(Overtaken) as told:
        await kit.drafts.save_entry("tea", mine, by="laowang", seen=Seen(entry))
    assert told.value.current == theirs
    assert (await kit.drafts.state("tea")).drafted.entry("ship-when") == theirs
    await kit.drafts.save_entry("tea", mine, by="laowang", seen=Seen(theirs))
    product = await kit.product("A02")
    dearer = replace(product, price=Decimal("299"))
    await kit.drafts.save_product("tea", dearer, by="laowang", seen=Seen(product))
    with pytest.raises(Overtaken):
        await kit.drafts.save_product("tea", product, by="helper", seen=Seen(product))


RECORDS = st.sampled_from([None, "a", "b", "c"])


@given(st.lists(st.tuples(st.sampled_from(["k1", "k2", "k3"]), RECORDS), max_size=12), st.integers(0, 12))
def test_replaying_the_revisions_gives_every_state(changes, at: int) -> None:
    rows = [
        Row(("entry", key), number, NOW, "x", None if text is None else EntryRecord(key, "q", answer=text))
        for number, (key, text) in enumerate(changes, start=1)
    ]
    replayed = {}
    for revision in revisions(rows):
        if revision.version <= at:
            for step in revision.steps:
                assert replayed.get(step.place) == step.before != step.after
                replayed[step.place] = step.after
    then = {place: record for place, record in replayed.items() if record is not None}
    assert state_at(rows, at) == then
    now = state_at(rows, len(rows))
    restored = dict(now)
    for place, record in way_back(then, now).items():
        restored[place] = record
    assert {place: record for place, record in restored.items() if record is not None} == then


def test_what_is_known_from_before_is_not_taken_away() -> None:
    product = ProductRecord("A01", "茶", price=Decimal("10.00"), unit="斤")
    dearer = replace(product, price=Decimal("12.00"))
    rows = [Row(("product", "a01"), 4, NOW, "", product, True), Row(("product", "a01"), 6, NOW, "x", dearer)]
    assert state_at(rows, 2) == {("product", "a01"): product}
    assert [(one.version, one.steps[0].before) for one in revisions(rows)] == [(6, product)]
