"""Announcements from the plan to the feed: what they say, that they leave once, that late ones are left."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from assistant.delivery.announcer import NewAnnouncement
from assistant.delivery.announcing import send_due
from assistant.delivery.feed import Reader, read_feed
from assistant.errors import Conflict, NotFound, UsageError
from assistant.models import Outbox, Sending
from delivery.kit import NOW, incoming

HOUR = timedelta(hours=1)


async def texts(yidan) -> list[str]:
    async with yidan.database.read() as session:
        return list(await session.scalars(select(Outbox.text).where(Outbox.member_id.is_(None)).order_by(Outbox.id)))


async def go(yidan, moment: datetime) -> int:
    yidan.clock.set(moment)
    return await send_due(yidan.database, moment)


async def plan(yidan, kind="text", text="", when="now", **more):
    return await yidan.announcer.add("tea", NewAnnouncement(kind=kind, text=text, when=when, **more), by="老王")


async def test_the_seller_says_something_now(yidan) -> None:
    added = await plan(yidan, text="今天晚上停电", important=True, repeats=0)
    assert added.state == "done"
    assert await texts(yidan) == ["【重要通知】今天晚上停电"]
    async with yidan.database.write() as session:
        (await session.scalar(select(Outbox))).status = "sent"
    (item,), _ = await read_feed(yidan.database, Reader("tea", 1))
    assert item.text == "【重要通知】今天晚上停电" and not item.private


async def test_todays_list_tells_prices_and_what_is_left(yidan) -> None:
    await plan(yidan, "todays_list", "今天现炒。", "daily 11:00")
    assert await go(yidan, NOW + HOUR) == 1
    assert await texts(yidan) == [
        "【今日清单】春茶团购，今天有这些：\nA01 龙井 198元/斤（还剩10斤）\n"
        "下单直接发“编号+数量”。\n5月22日20:00截单。\n今天现炒。"
    ]


async def test_the_summary_counts_the_days_orders(yidan) -> None:
    await plan(yidan, "days_summary", when="daily 20:00")
    await yidan.inbox.receive(incoming("A01"))
    assert await go(yidan, NOW + 10 * HOUR) == 1
    (said,) = await texts(yidan)
    assert "今天到现在一共登记了1单" in said and "A01 龙井 1斤" in said and "还剩9斤" in said


async def test_a_day_without_orders_needs_no_summary(yidan) -> None:
    await plan(yidan, "days_summary", when="daily 20:00")
    assert await go(yidan, NOW + 10 * HOUR) == 0
    assert await texts(yidan) == []
    assert [one.state for one in await yidan.announcer.log("tea")] == ["empty"]


async def test_closing_soon_names_the_time_and_after_it_nothing_is_listed(yidan) -> None:
    await yidan.announcer.add_usual("tea", by="老王")
    assert [view.kind for view in await yidan.announcer.planned("tea")] == [
        "todays_list",
        "days_summary",
        "closing_soon",
    ]
    assert await yidan.announcer.add_usual("tea", by="老王") == []
    closing = datetime(2026, 5, 22, 10, 0, tzinfo=UTC)
    assert await go(yidan, closing) == 1
    assert (await texts(yidan))[-1].startswith("【截单提醒】5月22日20:00截单")
    for hours in range(1, 72):
        await go(yidan, closing + hours * HOUR)
    assert len(await texts(yidan)) == 1


async def test_a_09_00_list_is_not_sent_at_23_00(yidan) -> None:
    await plan(yidan, "todays_list", when="daily 11:00")
    assert await go(yidan, NOW + 13 * HOUR) == 0
    assert [one.state for one in await yidan.announcer.log("tea")] == ["missed"]
    assert await go(yidan, NOW + 25 * HOUR) == 1


async def test_servers_side_by_side_send_it_once(yidan) -> None:
    for number in range(5):
        await plan(yidan, text=f"第{number}条", when="daily 11:00", important=True)
    moment = NOW + HOUR
    yidan.clock.set(moment)
    counts = await asyncio.gather(*(send_due(yidan.database, moment) for _ in range(6)))
    assert sum(counts) == 5
    assert len(await texts(yidan)) == 5
    async with yidan.database.read() as session:
        sendings = list(await session.scalars(select(Sending)))
    assert len({(one.announcement_id, one.occurrence) for one in sendings}) == len(sendings) == 5
    assert all(one.outbox_id for one in sendings)


async def test_an_important_one_comes_again_and_then_is_done(yidan) -> None:
    await plan(yidan, text="明天不营业", when="at 2026-05-20 11:00", important=True)
    for hours in range(1, 24):
        await go(yidan, NOW + hours * HOUR)
    assert await texts(yidan) == ["【重要通知】明天不营业"] * 3
    assert [view.state for view in await yidan.announcer.planned("tea")] == ["done"]


async def test_a_paused_one_stays_unsaid_for_good(yidan) -> None:
    added = await plan(yidan, text="早", when="daily 11:00")
    await yidan.announcer.pause("tea", added.id, by="老王")
    assert await go(yidan, NOW + HOUR) == 0
    await yidan.announcer.resume("tea", added.id, by="老王")
    assert await go(yidan, NOW + 2 * HOUR) == 0
    assert await go(yidan, NOW + 25 * HOUR) == 1
    await yidan.announcer.cancel("tea", added.id, by="老王")
    assert await go(yidan, NOW + 49 * HOUR) == 0
    with pytest.raises(Conflict):
        await yidan.announcer.cancel("tea", added.id, by="老王")


async def test_the_preview_shows_text_and_time_and_sends_nothing(yidan) -> None:
    added = await plan(yidan, "todays_list", when="daily 23:00", label="上新")
    seen = await yidan.announcer.preview("tea", added.id)
    assert seen.text.startswith("【上新】春茶团购")
    assert seen.at == datetime(2026, 5, 21, 0, 0, tzinfo=UTC) and seen.put_off
    fresh = await yidan.announcer.preview_new("tea", NewAnnouncement(text="你好", when="daily 12:00"))
    assert fresh.text == "【通知】你好" and not fresh.put_off
    assert await texts(yidan) == []
    assert len(await yidan.announcer.planned("tea")) == 1


@pytest.mark.parametrize(
    ("new", "says"),
    [
        (NewAnnouncement(), "needs its words"),
        (NewAnnouncement(text="x", when="at 2026-05-01 09:00"), "is over already"),
        (NewAnnouncement(text="x", when="before_close 9d"), "is over already"),
        (NewAnnouncement(text="x" * 3000), "at most 2000"),
        (NewAnnouncement(text="x", repeats=3, repeat_minutes=5), "30 minutes apart"),
        (NewAnnouncement(kind="song", text="x"), "no kind of announcement"),  # type: ignore[arg-type]
    ],
)
async def test_what_makes_no_sense_is_refused(yidan, new, says) -> None:
    with pytest.raises(UsageError, match=says):
        await yidan.announcer.add("tea", new, by="老王")
    assert await yidan.announcer.planned("tea") == []


async def test_another_groups_announcement_is_not_found(yidan) -> None:
    added = await plan(yidan, text="早", when="daily 11:00")
    with pytest.raises(NotFound):
        await yidan.announcer.preview("cookies", added.id)
