"""What members do is dated, attributed and in the audit; a statement becomes the answer to the rumour."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from assistant.delivery.announcer import NewAnnouncement
from assistant.errors import UsageError
from assistant.models import Audit, Order
from assistant.polls.service import PollDesk
from turn.kit import NOW, PNG, Shop

RUMOUR = NewAnnouncement(
    kind="statement",
    text="我们的苹果没有打蜡，每批都有检测。",
    rumour="听说你们的苹果打了蜡，是真的吗？",
    asked_as=("苹果是不是打蜡的", "网上说苹果有蜡"),
)


async def deeds(shop: Shop) -> list[tuple[str, str, str]]:
    rows = await shop.rows(Audit)
    made = ("order.", "claim.", "ticket.", "strike.", "regular.")
    return [(row.actor, row.action, row.subject) for row in rows if row.action.startswith(made)]


async def test_every_move_of_a_members_order(shop: Shop) -> None:
    await shop.say("A03两斤", "小李", group="kiosk")
    await shop.say("再加一斤苹果", "小李", group="kiosk")
    await shop.say("付好了", "小李", group="kiosk", image=PNG)
    made = [
        ("order.place", "order 1"),
        ("order.change", "order 1"),
        ("claim.file", "claim 1"),
        ("order.move", "order 1"),
    ]
    assert sorted(await deeds(shop)) == sorted(("小李", *deed) for deed in made)
    rows = {row.action: row for row in await shop.rows(Audit)}
    assert rows["order.place"].details == {"to": "pending_payment", "lines": [{"sku": "A03", "quantity": 2}]}
    assert rows["order.change"].details["lines"] == [{"sku": "A03", "quantity": 3}]
    assert rows["order.move"].details["to"] == "payment_claimed" and rows["order.move"].at == NOW


async def test_cancelling_receiving_and_being_forgotten(shop: Shop) -> None:
    await shop.say("A03两斤", "小李", group="kiosk")
    await shop.say("取消订单", "小李", group="kiosk")
    await shop.say("A03一斤", "阿梅", group="kiosk")
    async with shop.yidan.database.write() as session:
        order = await session.scalar(select(Order).where(Order.number == 2))
        order.status, order.paid, order.shipped_at = "shipped", order.total, NOW
    shop.clock.set(NOW + timedelta(days=2))
    await shop.say("快递收到了", "阿梅", group="kiosk")
    await shop.say("不要记住我", "阿梅", group="kiosk")
    found = await deeds(shop)
    assert ("小李", "order.move", "order 1") in found and ("阿梅", "order.receive", "order 2") in found
    assert found[-1][:2] == ("阿梅", "regular.forget")
    received = next(row for row in await shop.rows(Audit) if row.action == "order.receive")
    assert received.details == {"from": "shipped", "to": "completed"}


async def test_a_warning_and_a_ticket(shop: Shop) -> None:
    await shop.say("看看 www.example.com", "生人", group="kiosk")
    await shop.say("转人工", "小李", group="kiosk")
    assert [(actor, action) for actor, action, _ in await deeds(shop)] == [
        ("yidan", "strike.give"),
        ("小李", "ticket.open"),
    ]


async def test_a_polls_votes_are_nobodys_to_read(shop: Shop) -> None:
    await PollDesk(shop.yidan.database, shop.clock).open("kiosk", "哪天自提？", ["周六", "周日"])
    await shop.say("2", "小李", group="kiosk")
    assert [row.actor for row in await shop.rows(Audit) if row.actor == "小李"] == []


class TestStatements:
    async def test_who_asks_about_the_rumour_gets_the_sellers_words(self, shop: Shop) -> None:
        before = await shop.say("听说你们苹果打蜡，真的假的？", "小李", group="kiosk")
        assert "没有打蜡" not in before.text
        await shop.yidan.announcer.add("kiosk", RUMOUR, by="果果")
        for asked in ("听说你们苹果打蜡，真的假的？", "苹果是不是打蜡的呀"):
            said = await shop.say(asked, "阿梅", group="kiosk")
            assert said.action == "answer" and "【官方声明】我们的苹果没有打蜡" in said.text

    async def test_a_rumour_goes_with_a_statement(self, shop: Shop) -> None:
        for off in (
            NewAnnouncement(kind="text", text="没有打蜡", rumour="听说打蜡？"),
            NewAnnouncement(kind="statement", text="没有打蜡", asked_as=("打蜡吗",)),
        ):
            with pytest.raises(UsageError):
                await shop.yidan.announcer.add("kiosk", off, by="果果")

    async def test_one_that_is_planned_answers_from_its_time_on(self, shop: Shop) -> None:
        later = NewAnnouncement(**{**{f: getattr(RUMOUR, f) for f in RUMOUR.__slots__}, "when": "at 2026-05-20 12:00"})
        await shop.yidan.announcer.add("kiosk", later, by="果果")
        asked = "听说你们苹果打蜡，真的假的？"
        assert "没有打蜡" not in (await shop.say(asked, "小李", group="kiosk")).text
        shop.clock.set(NOW + timedelta(hours=3))
        assert "没有打蜡" in (await shop.say(asked, "阿梅", group="kiosk")).text
