"""Members who come back: the usual is offered, never ordered unasked, and never known to anybody else."""

from dataclasses import replace as with_changes

import pytest
from sqlalchemy import select

from assistant.delivery.claims import ClaimDesk
from assistant.desk.service import TicketDesk
from assistant.errors import NotFound
from assistant.groups.settings import RegularsSettings
from assistant.models import Order, Regular, Ticket
from assistant.orders.service import OrderService
from assistant.regulars.service import RegularDesk
from assistant.regulars.usual import Bought, Purchase, usual_of
from turn.kit import KIOSKS, PNG, Shop, kiosk


async def bought(shop: Shop, text: str, member: str, group: str = "kiosk") -> None:
    """Let a member order and pay."""
    assert (await shop.say(text, member, group=group)).action == "order"
    async with shop.yidan.database.write() as session:
        for order in await session.scalars(select(Order).where(Order.status == "pending_payment")):
            order.status = "completed"


class TestTheUsual:
    async def test_it_is_offered_in_another_group_and_ordered_on_a_yes(self, shop: Shop) -> None:
        await bought(shop, "A01两盒", "老赵")
        await bought(shop, "A01两盒，A03一斤", "老赵")
        offer = await shop.say("老样子", "老赵", group="kiosk-two")
        assert offer.action == "clarify" and offer.private and "90" in offer.text  # two at this group's price
        assert await shop.orders("kiosk-two") == []
        assert (await shop.say("好的", "老赵", group="kiosk-two")).action == "order"
        assert await shop.orders("kiosk-two") == [("老赵", "pending_payment", {"A01": 2})]

    @pytest.mark.parametrize("text", ["还是老样子吧", "跟上次一样", "照旧", "my usual please", "same as last time"])
    async def test_it_has_many_names(self, shop: Shop, text: str) -> None:
        await bought(shop, "A03三斤", "老赵")
        assert "A03" in (await shop.say(text, "老赵", group="kiosk-two")).text

    @pytest.mark.parametrize("text", ["跟上次一样好吃", "这家老样子没变，哈哈", "价格照旧吗", "the usual suspects"])
    async def test_talk_about_it_is_no_order(self, shop: Shop, text: str) -> None:
        await bought(shop, "A03三斤", "老赵")
        assert "您常要的是" not in (await shop.say(text, "老赵", group="kiosk-two")).text

    async def test_nobody_else_and_no_other_seller_knows(self, shop: Shop) -> None:
        await bought(shop, "A01两盒", "老赵")
        assert "没有您的常购记录" in (await shop.say("老样子", "小李", group="kiosk")).text
        assert "没有您的常购记录" in (await shop.say("老样子", "老赵", group="tea")).text
        assert await RegularDesk(shop.yidan.database, shop.clock).list("tea") == []


class TestForgetting:
    async def test_a_member_opts_out_and_in_again(self, shop: Shop) -> None:
        await bought(shop, "A01两盒", "老赵")
        assert (await shop.say("请不要记住我的喜好", "老赵", group="kiosk")).private
        assert "没有您的常购记录" in (await shop.say("老样子", "老赵", group="kiosk-two")).text
        await shop.say("可以记住我", "老赵", group="kiosk")
        assert "您常要的是" in (await shop.say("老样子", "老赵", group="kiosk-two")).text

    async def test_the_seller_forgets_on_request_in_all_their_groups(self, shop: Shop) -> None:
        await bought(shop, "A01两盒", "老赵")
        desk = RegularDesk(shop.yidan.database, shop.clock)
        [view] = await desk.list("kiosk")
        assert (view.member, view.purchases) == ("老赵", 1)
        with pytest.raises(NotFound):
            await desk.forget("tea", view.member_id)
        await desk.forget("kiosk", view.member_id)
        assert "没有您的常购记录" in (await shop.say("老样子", "老赵", group="kiosk-two")).text

    async def test_an_erased_group_leaves_purchases_without_a_name(self, shop: Shop) -> None:
        await bought(shop, "A01两盒", "老赵本人")
        await bought(shop, "A01一盒", "不留名")
        await shop.say("不要记住我", "不留名", group="kiosk")
        await shop.yidan.closing.close("kiosk")
        await shop.yidan.closing.erase("kiosk")
        rows = await shop.rows(Regular)
        assert [bool(row.purchases) for row in rows] == [False, True]
        assert not any(name in str([row.fingerprint, row.purchases]) for row in rows for name in ("老赵本人", "不留名"))
        assert "您常要的是" in (await shop.say("老样子", "老赵本人", group="kiosk-two")).text


class TestTerms:
    async def test_a_newcomer_hears_the_offer_once(self, shop: Shop) -> None:
        terms = RegularsSettings(newcomer_offer="首单送果篮贴纸")
        await shop.yidan.groups.load(
            with_changes(KIOSKS[0], settings=KIOSKS[0].settings.model_copy(update={"regulars": terms}))
        )
        assert "新客福利：首单送果篮贴纸" in (await shop.say("A03一斤", "小李", group="kiosk")).text
        assert "新客" not in (await shop.say("再加A04一份", "小李", group="kiosk")).text
        await bought(shop, "A03一斤", "老赵", group="kiosk-two")
        assert "新客" not in (await shop.say("A03一斤", "老赵", group="kiosk")).text

    async def test_a_regulars_ticket_carries_a_mark(self, shop: Shop) -> None:
        folder = kiosk("kiosk", price="39.90", payment="支付宝。", regulars={"fast_lane_orders": 1})
        await shop.yidan.groups.load(folder)
        await bought(shop, "A03一斤", "老赵")
        await shop.say("转人工", "老赵", group="kiosk")
        await shop.say("转人工", "小李", group="kiosk")
        assert [ticket.context.get("regular") for ticket in await shop.rows(Ticket)] == [1, None]


def test_the_usual_is_what_comes_back(shop_now=None) -> None:
    from datetime import UTC, datetime

    def purchase(day: int, **lines: int) -> Purchase:
        at = datetime(2026, 5, day, tzinfo=UTC)
        return Purchase(at, tuple(Bought("X", name, "斤", quantity) for name, quantity in lines.items()))

    assert usual_of([]) == ()
    assert [b.name for b in usual_of([purchase(1, 龙井=1), purchase(2, 碧螺春=2)])] == ["碧螺春"]
    steady = usual_of([purchase(1, 龙井=1), purchase(2, 龙井=2, 碧螺春=1), purchase(3, 龙井=2)])
    assert [(b.name, b.quantity) for b in steady] == [("龙井", 2)]
    assert Purchase.from_json(purchase(1, 龙井=1).to_json()) == purchase(1, 龙井=1)


class TestFastLane:
    async def test_a_regulars_ticket_and_claim_come_first(self, shop: Shop) -> None:
        folder = kiosk("kiosk", price="39.90", payment="支付宝。", regulars={"fast_lane_orders": 1})
        await shop.yidan.groups.load(folder)
        await bought(shop, "A03一斤", "老赵")
        for member in ("小李", "老赵"):
            await shop.say("转人工", member, group="kiosk")
            assert (await shop.say("A03两斤", member, group="kiosk")).action == "order"
            await shop.say("付好了", member, group="kiosk", image=PNG)
        tickets = await TicketDesk(shop.yidan.database, shop.clock, shop.yidan.settings).list("kiosk")
        assert [(one.member, one.fast_lane) for one in tickets] == [("老赵", True), ("小李", False)]
        orders = OrderService(shop.yidan.database, shop.clock)
        claims = await ClaimDesk(shop.yidan.database, shop.clock, orders).list("kiosk")
        assert [(one.member, one.fast_lane) for one in claims] == [("老赵", True), ("小李", False)]

    async def test_without_the_setting_who_came_first_is_first(self, shop: Shop) -> None:
        await bought(shop, "A03一斤", "老赵")
        for member in ("小李", "老赵"):
            await shop.say("转人工", member, group="kiosk")
        tickets = await TicketDesk(shop.yidan.database, shop.clock, shop.yidan.settings).list("kiosk")
        assert [(one.member, one.fast_lane) for one in tickets] == [("小李", False), ("老赵", False)]
