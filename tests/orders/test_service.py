"""Orders moved by the seller and by time."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from assistant.clock import FixedClock
from assistant.db import Database
from assistant.errors import Conflict, NotFound, UsageError
from assistant.models import Audit, Group, Outbox
from assistant.orders.commands import AskRefund, Complete, RefuseRefund, Ship
from assistant.orders.notices import note_text
from assistant.orders.repository import OrderRepository
from assistant.orders.service import OrderService
from assistant.orders.sweep import expire_due
from assistant.replies.catalogue import replies_for
from orders.kit import NOW, TEA, item
from orders.test_repository import place


async def ledger_revision(database: Database) -> int:
    async with database.read() as session:
        return int(await session.scalar(select(Group.ledger_revision).where(Group.id == "tea")) or 0)


class TestMove:
    @pytest.fixture
    def service(self, database: Database) -> OrderService:
        return OrderService(database, FixedClock(NOW))

    async def test_a_move_is_dated_audited_and_raises_the_revision(self, database, service) -> None:
        await place(database, [item(TEA, 1)])
        moved = await service.move("tea", 1, "paid", actor="王老板", note="bill of May 20")
        assert moved.status == "paid"
        assert await ledger_revision(database) == 1
        async with database.read() as session:
            audit = (await session.scalars(select(Audit).where(Audit.action == "order.move"))).one()
            order = await OrderRepository(session).by_number("tea", 1)
        assert (audit.actor, audit.action, audit.subject) == ("王老板", "order.move", "order 1")
        assert audit.details == {"from": "pending_payment", "to": "paid", "note": "deposit 59.40"}
        assert order is not None
        assert (order.events[-1].to_status, order.events[-1].at, order.events[-1].note) == (
            "paid",
            NOW,
            "deposit 59.40",
        )

    async def test_its_member_hears_of_it_in_private(self, database, service) -> None:
        await place(database, [item(TEA, 1)], member_id=2)
        await service.move("tea", 1, "paid", actor="王老板", note="谢谢惠顾")
        async with database.read() as session:
            notice = (await session.scalars(select(Outbox))).one()
        assert (notice.member_id, notice.private, notice.addressees) == (2, True, ["小李"])
        assert notice.text == "1号单的定金已收到59.40元，尾款138.60元收货后再付。\n谢谢惠顾"

    async def test_an_illegal_move_changes_nothing(self, database, service) -> None:
        await place(database, [item(TEA, 1)])
        with pytest.raises(Conflict):
            await service.move("tea", 1, "shipped", actor="王老板", note="SF1")
        async with database.read() as session:
            assert [o.status for o in await OrderRepository(session).of_member(1)] == ["pending_payment"]
            assert (await session.scalars(select(Audit))).all() == []
            assert (await session.scalars(select(Outbox))).all() == []

    async def test_what_a_refund_was_asked_for_is_not_sent(self, database, service) -> None:
        placed = await place(database, [item(TEA, 1)])
        async with database.write() as session:
            await OrderRepository(session).move(placed.id, "payment_claimed", actor="阿梅", now=NOW)
        await service.do("tea", AskRefund(1), by="王老板")
        for command in (Ship(1, "SF1"), Complete(1)):
            with pytest.raises(Conflict, match="refund it or refuse that first"):
                await service.do("tea", command, by="王老板")
        assert (await service.do("tea", RefuseRefund(1), by="王老板")).status == "payment_claimed"

    async def test_unknown_orders_and_states_are_told(self, database, service) -> None:
        with pytest.raises(NotFound, match="no order 9 in group 'tea'"):
            await service.move("tea", 9, "paid", actor="王老板")
        with pytest.raises(UsageError, match="'gone' is no order state"):
            await service.move("tea", 1, "gone", actor="王老板")

    async def test_an_order_of_another_group_is_not_found(self, database, service) -> None:
        await place(database, [item(TEA, 1)])
        with pytest.raises(NotFound):
            await service.move("tea-two", 1, "paid", actor="王老板")


@pytest.mark.parametrize(
    ("note", "zh", "en"),
    [
        ("proof received", "发来付款凭证", "payment proof sent"),
        ("part 20.00", "收到20元，还没付清", "¥20 paid, not all yet"),
        ("deposit 59.40", "收定金59.40元", "deposit of ¥59.40 paid"),
        ("rest not paid in time", "其余的到期没付", "the rest was not paid in time"),
        ("SF1001 谢谢惠顾", "SF1001 谢谢惠顾", "SF1001 谢谢惠顾"),
    ],
)
def test_a_members_history_speaks_their_groups_language(note: str, zh: str, en: str) -> None:
    for language, text in (("zh-CN", zh), ("en", en)):
        assert note_text(note, replies_for(language, "Asia/Shanghai", "CNY")) == text


class TestList:
    async def test_orders_come_with_their_members(self, database: Database) -> None:
        await place(database, [item(TEA, 1)], member_id=2)
        await place(database, [item(TEA, 2)])
        listed = await OrderService(database, FixedClock(NOW)).list("tea")
        assert [(order.number, name) for order, name in listed] == [(1, "小李"), (2, "阿梅")]

    async def test_an_unknown_group_is_told(self, database: Database) -> None:
        with pytest.raises(NotFound):
            await OrderService(database, FixedClock(NOW)).list("none")


class TestExpiry:
    late = NOW + timedelta(minutes=121)

    async def test_it_gives_the_stock_back_once(self, database: Database) -> None:
        await place(database, [item(TEA, 2)])
        assert await expire_due(database, self.late) == 1
        assert await expire_due(database, self.late) == 0
        async with database.read() as session:
            repository = OrderRepository(session)
            assert [o.status for o in await repository.of_member(1)] == ["expired"]
            assert (await repository.ledger("tea", 0)).reserved == {}
            order = await repository.by_number("tea", 1)
        assert order is not None
        assert [event.to_status for event in order.events] == ["pending_payment", "expired"]
        assert await ledger_revision(database) == 1

    async def test_before_its_time_nothing_expires(self, database: Database) -> None:
        await place(database, [item(TEA, 2)])
        assert await expire_due(database, NOW + timedelta(minutes=119)) == 0
        assert await ledger_revision(database) == 0

    @pytest.mark.parametrize("status", ["payment_claimed", "paid"])
    async def test_what_is_claimed_or_paid_never_expires(self, database: Database, status) -> None:
        placed = await place(database, [item(TEA, 2)])
        async with database.write() as session:
            await OrderRepository(session).move(placed.id, status, actor="老王", now=NOW)
        assert await expire_due(database, self.late) == 0

    async def test_one_group_alone_can_be_asked_for(self, database: Database) -> None:
        await place(database, [item(TEA, 2)])
        await place(database, [item(TEA, 2)], group_id="tea-two", member_id=3)
        assert await expire_due(database, self.late, "tea-two") == 1
        async with database.read() as session:
            assert [o.status for o in await OrderRepository(session).of_member(1)] == ["pending_payment"]
