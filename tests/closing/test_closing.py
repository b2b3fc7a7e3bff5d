"""A group ends: members are told once, everything is in one archive, orders are refused, also after a kill."""

import hashlib
import json
import time
import zipfile
from datetime import timedelta

import pytest
from delivery.kit import NOW, count, incoming
from openpyxl import load_workbook

from assistant.closing import service as closing_service
from assistant.closing.scope import KEPT, group_rows, personal_tables
from assistant.errors import Conflict
from assistant.models import Base, Closing, Group, Order, Outbox
from closing.kit import fill, people

LATE = NOW + timedelta(days=4)
"""After the group's closing time."""


class TestScope:
    def test_every_table_is_erased_or_kept_for_a_reason(self) -> None:
        for table in personal_tables():
            group_rows(table, "tea")
        assert set(KEPT) <= set(Base.metadata.tables)


class TestClosing:
    async def test_members_are_told_once_and_the_seller_gets_the_sums(self, yidan) -> None:
        await fill(yidan, people(3), orders=6)
        view = await yidan.closing.close("tea")
        assert view.reason == "by_hand" and view.archive.is_file()
        with pytest.raises(Conflict):
            await yidan.closing.close("tea")
        await yidan.closing.finish("tea")
        assert await yidan.closing.round(NOW) == 0
        assert await count(yidan.database, Outbox, Outbox.member_id.is_(None), Outbox.private.is_(False)) == 1
        assert await count(yidan.database, Outbox, Outbox.text.contains("已打包")) == 1

    async def test_time_closes_it_and_a_later_end_opens_it_again(self, yidan) -> None:
        yidan.clock.set(LATE)
        assert await yidan.closing.round(LATE) == 2  # both groups of the store
        view = await yidan.closing.show("tea")
        assert view.reason == "closing_time" and view.closed_at < LATE
        folder = await yidan.groups.folder("tea")
        later = folder.settings.model_copy(update={"closes_at": LATE + timedelta(days=1)})
        await yidan.groups.load(type(folder)(later, folder.knowledge))
        await yidan.closing.round(LATE)
        assert await yidan.closing.show("tea") is None

    @pytest.mark.parametrize(("counts", "closed"), [("paid", False), ("placed", True)])
    async def test_the_nth_order_placed_or_paid_closes_it(self, yidan, counts, closed) -> None:
        await fill(yidan, people(3), orders=6)  # one each: paid, shipped, completed, unpaid, cancelled, refunded
        folder = await yidan.groups.folder("tea")
        settings = folder.settings.model_copy(update={"close_after_orders": 4, "close_counts": counts})
        await yidan.groups.load(type(folder)(settings, folder.knowledge))
        await yidan.closing.round(NOW)
        view = await yidan.closing.show("tea")
        assert (view is not None and view.reason == "order_count") is closed
        if counts == "paid":
            async with yidan.database.write() as session:
                order = await session.get_one(Order, 4)
                order.status = "paid"
            await yidan.closing.round(NOW)
            assert (await yidan.closing.show("tea")).reason == "order_count"

    async def test_a_kill_in_the_middle_is_taken_up(self, yidan, monkeypatch) -> None:
        await fill(yidan, people(2), orders=2)

        def power_cut(*_: object) -> None:
            raise RuntimeError("power cut")

        with monkeypatch.context() as patch:
            patch.setattr(closing_service, "write_archive", power_cut)
            with pytest.raises(RuntimeError):
                await yidan.closing.close("tea")
        assert (await yidan.closing.show("tea")).archive is None
        assert await yidan.closing.round(NOW) == 1
        assert (await yidan.closing.show("tea")).archive.is_file()
        assert await count(yidan.database, Outbox, Outbox.member_id.is_(None), Outbox.private.is_(False)) == 1


class TestArchive:
    async def test_it_holds_everything_with_checksums(self, yidan, tmp_path) -> None:
        persons = people(4)
        pictures = await fill(yidan, persons, orders=12)
        done = await yidan.closing.write_archive("tea", tmp_path / "out" / "tea.zip")
        assert done.counts["orders"] == 12 and done.counts["pictures"] == len(pictures)
        assert hashlib.sha256(done.path.read_bytes()).hexdigest() == done.sha256
        with zipfile.ZipFile(done.path) as archive:
            manifest = json.loads(archive.read("manifest.json"))
            for file in manifest["files"]:
                assert hashlib.sha256(archive.read(file["path"])).hexdigest() == file["sha256"]
            names = {file["path"] for file in manifest["files"]}
            assert {"books.xlsx", "group/group.toml", "messages.csv", "records/tickets.jsonl"} <= names
            assert {f"pictures/{name}" for name in pictures} <= names
            talk = archive.read("messages.csv").decode("utf-8-sig")
            archive.extract("books.xlsx", tmp_path)
        assert all(person.address in talk for person in persons)
        assert load_workbook(tmp_path / "books.xlsx")["订单"].max_row == 13


class TestSize:
    async def test_two_hundred_members_and_five_hundred_orders_close_in_time(self, yidan) -> None:
        await fill(yidan, people(200), orders=500)
        started = time.monotonic()
        view = await yidan.closing.close("tea")
        assert time.monotonic() - started < 20
        assert view.archive is not None and view.archive.is_file()


async def test_a_group_that_is_open_cannot_be_finished_or_erased(yidan) -> None:
    with pytest.raises(Conflict):
        await yidan.closing.finish("tea")
    with pytest.raises(Conflict):
        await yidan.closing.erase("tea")


class TestReopening:
    async def test_a_copy_has_knowledge_and_dates_of_its_own(self, yidan) -> None:
        from assistant.closing.reopening import NewDates

        await fill(yidan, people(2), orders=2)
        await yidan.closing.close("tea")
        await yidan.closing.erase("tea")
        dates = NewDates("2026-06-20T09:00", "2026-06-22")
        done = await yidan.closing.reopen("tea", "tea-june", name="六月春茶", dates=dates)
        assert (done.entries, done.products) == (1, 1)
        info = await yidan.groups.show("tea-june")
        assert info.settings.closes_at.isoformat() == "2026-06-22T23:59:59+08:00" and info.counts.members == 0
        assert (await yidan.groups.show("tea")).settings.next_opens_at == info.settings.opens_at
        with pytest.raises(Conflict):
            await yidan.closing.reopen("tea", "tea-june")


class TestMoving:
    async def test_orders_numbers_and_tokens_stay(self, yidan) -> None:
        from assistant.delivery.access import Access

        persons = people(3)
        await fill(yidan, persons, orders=6)
        access = Access(yidan.database, yidan.clock)
        async with yidan.database.write() as session:
            from sqlalchemy import select

            from assistant.models import Member

            member = await session.scalar(select(Member).where(Member.nickname == persons[0].nickname))
            token = access.create_member(session, member)
        done = await yidan.closing.move("tea", "tea-spare")
        assert done.created and (done.members, done.orders, done.renumbered) == (3, 6, {})
        caller = await access.look_up(token, "tea-spare")
        assert caller.group_id == "tea-spare" and caller.nickname == persons[0].nickname
        assert await count(yidan.database, Order, Order.group_id == "tea-spare") == 6
        assert await count(yidan.database, Order, Order.group_id == "tea") == 0
        assert await count(yidan.database, Group, Group.id == "tea", Group.closed_at.is_not(None)) == 1
        assert await count(yidan.database, Outbox, Outbox.group_id == "tea-spare", Outbox.text.contains("搬到")) == 1
        assert (await yidan.closing.move("tea", "tea-spare")).orders == 0
        assert await count(yidan.database, Outbox, Outbox.text.contains("搬到")) == 1

    async def test_a_spare_with_orders_and_a_known_member(self, yidan) -> None:
        persons = people(3)
        await fill(yidan, persons, orders=3)
        await yidan.closing.reopen("tea", "tea-spare")
        await fill(yidan, persons[:1], orders=2, group="tea-spare")
        done = await yidan.closing.move("tea", "tea-spare")
        assert done.renumbered == {1: 4, 2: 5}
        async with yidan.database.read() as session:
            from sqlalchemy import select

            orders = list(await session.scalars(select(Order).where(Order.group_id == "tea-spare")))
        assert sorted(order.number for order in orders) == [1, 2, 3, 4, 5]
        assert len({order.member_id for order in orders}) == 3

    async def test_another_sellers_group_is_no_spare(self, yidan) -> None:
        with pytest.raises(Conflict):
            await yidan.closing.move("tea", "cookies")
        assert await count(yidan.database, Closing) == 0


async def test_a_message_after_the_close_is_still_recorded(yidan) -> None:
    await yidan.closing.close("tea")
    receipt = await yidan.inbox.receive(incoming("多少", "late"))
    assert receipt.outcome.text
