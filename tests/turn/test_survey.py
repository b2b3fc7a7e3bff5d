"""The anonymous survey in the chat: asked once, answered in a word, kept apart from who answered."""

import re
import zipfile
from datetime import timedelta

from sqlalchemy import select, text

from assistant.delivery.surveys import SurveyDesk
from assistant.models import Base, Message, Order, Outbox, SurveyAnswer, Turn
from turn.kit import NOW, Shop

NAMES = ("阿梅", "小李", "老赵", "小周", "阿强", "小何")


async def got(shop: Shop, names: tuple[str, ...]) -> SurveyDesk:
    """Let the members order and get apples; a day later they are asked."""
    for name in names:
        assert (await shop.say("A03一斤", name, group="kiosk")).action == "order"
    async with shop.yidan.database.write() as session:
        for order in await session.scalars(select(Order)):
            order.status, order.received_at = "completed", NOW
    desk = SurveyDesk(shop.yidan.database, shop.clock, "https://shop.example")
    shop.clock.set(NOW + timedelta(hours=23))
    assert await desk.ask_due(shop.clock.now()) == 0
    shop.clock.set(NOW + timedelta(hours=24))
    assert await desk.ask_due(shop.clock.now()) == len(names)
    assert await desk.ask_due(shop.clock.now()) == 0
    return desk


class TestAsking:
    async def test_once_in_private_with_a_link_of_their_own(self, shop: Shop) -> None:
        await got(shop, NAMES[:2])
        asked = [row for row in await shop.rows(Outbox) if "不记名" in row.text]
        assert [row.addressees for row in asked] == [["阿梅"], ["小李"]] and all(row.private for row in asked)
        links = {re.search(r"https://shop\.example/survey/\S+", row.text)[0] for row in asked}  # type: ignore[index]
        assert len(links) == 2

    async def test_a_second_order_is_not_asked_about(self, shop: Shop) -> None:
        desk = await got(shop, NAMES[:1])
        await shop.say("A03两斤", "阿梅", group="kiosk")
        async with shop.yidan.database.write() as session:
            for order in await session.scalars(select(Order).where(Order.status != "completed")):
                order.status, order.received_at = "completed", shop.clock.now()
        assert await desk.ask_due(shop.clock.now() + timedelta(days=2)) == 0

    async def test_nobody_is_woken(self, shop: Shop) -> None:
        desk = await got(shop, NAMES[:1])
        async with shop.yidan.database.write() as session:
            await session.execute(text("DELETE FROM survey_invites"))
        night = NOW + timedelta(hours=24 + 15)
        assert await desk.ask_due(night) == 0
        assert await desk.ask_due(night + timedelta(hours=8)) == 1


class TestAnswering:
    async def test_nothing_in_the_store_tells_whose_it_is(self, shop: Shop) -> None:
        await got(shop, NAMES[:3])
        said = await shop.say("评分2，苹果有虫眼", "小李", group="kiosk")
        assert said.action == "chat" and said.private and "苹果有虫眼" not in said.text
        await shop.say("评分5 很甜", "阿梅", group="kiosk")
        for table in Base.metadata.sorted_tables:
            if table.name == "survey_answers":
                continue
            async with shop.yidan.database.read() as session:
                rows = [str(tuple(row)) for row in await session.execute(select(table))]
            assert not [row for row in rows if "虫眼" in row or "很甜" in row], table.name
        answers = await shop.rows(SurveyAnswer)
        assert sorted((row.stars, row.text) for row in answers) == [(2, "苹果有虫眼"), (5, "很甜")]
        assert set(SurveyAnswer.__table__.c.keys()) == {"id", "group_id", "stars", "text", "released"}
        kept = [row.text for row in await shop.rows(Message) if row.text.startswith("（")]
        assert kept == ["（匿名评分）", "（匿名评分）"]
        assert [row.memory["question"] for row in await shop.rows(Turn)][-2:] == ["（匿名评分）", "（匿名评分）"]

    async def test_their_order_in_the_store_is_not_the_order_of_coming(self, shop: Shop) -> None:
        await got(shop, NAMES)
        for stars, name in enumerate(NAMES[:5], start=1):
            await shop.say(f"评分{stars}", name, group="kiosk")
        seen = set()
        async with shop.yidan.database.write() as session:
            for _ in range(3):
                query = text("SELECT stars FROM survey_answers ORDER BY rowid")
                seen.add(tuple((await session.execute(query)).scalars()))
                await session.execute(text("UPDATE survey_invites SET answered = 0"))
        for _ in range(6):
            await shop.say("评分3", NAMES[5], group="kiosk")
            async with shop.yidan.database.write() as session:
                query = text("SELECT stars FROM survey_answers ORDER BY rowid")
                seen.add(tuple((await session.execute(query)).scalars())[:5])
                await session.execute(text("UPDATE survey_invites SET answered = 0"))
        assert len(seen) > 1

    async def test_the_seller_sees_them_five_at_a_time(self, shop: Shop) -> None:
        desk = await got(shop, NAMES)
        for name in NAMES[:4]:
            await shop.say("评分4 不错", name, group="kiosk")
        results = await desk.results("kiosk")
        assert (results.asked, results.answered, results.shown, results.texts) == (6, 4, 0, ())
        await shop.say("评分5", NAMES[4], group="kiosk")
        results = await desk.results("kiosk")
        assert results.stars == (0, 0, 0, 4, 1) and results.texts == ("不错",) * 4
        await shop.say("评分1 最后一个", NAMES[5], group="kiosk")
        assert await desk.results("kiosk") == results.__class__(6, 6, 5, 5, results.stars, results.texts)
        report = await shop.yidan.reports.make("kiosk")
        assert report.figures.stars == (0, 0, 0, 4, 1)

    async def test_an_answer_counts_once_and_orders_stay_orders(self, shop: Shop) -> None:
        await got(shop, NAMES[:1])
        assert (await shop.say("A03 3斤", "阿梅", group="kiosk")).action == "order"
        assert not await shop.rows(SurveyAnswer)
        assert (await shop.say("5分，谢谢", "阿梅", group="kiosk")).action == "chat"
        await shop.say("5分，再来一次", "阿梅", group="kiosk")
        assert len(await shop.rows(SurveyAnswer)) == 1

    async def test_who_was_not_asked_rates_nothing(self, shop: Shop) -> None:
        await got(shop, NAMES[:1])
        assert (await shop.say("评分5 很好", "路人", group="kiosk")).reason != "an answer to the survey"
        assert not await shop.rows(SurveyAnswer)

    async def test_an_archive_holds_only_what_may_be_seen(self, shop: Shop) -> None:
        await got(shop, NAMES[:2])
        await shop.say("评分2，苹果有虫眼", "小李", group="kiosk")
        await shop.yidan.closing.close("kiosk")
        archives = list((shop.yidan.settings.home / "archives").glob("*.zip"))
        assert archives
        with zipfile.ZipFile(archives[0]) as archive:
            assert not [name for name in archive.namelist() if "虫眼".encode() in archive.read(name)]
