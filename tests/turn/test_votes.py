"""Polls: a number is a vote, one a member, until the time is over; the result is told once."""

from datetime import timedelta

import pytest

from assistant.errors import Conflict, UsageError
from assistant.models import Outbox, Vote
from assistant.polls.service import PollDesk
from turn.kit import NOW, Shop


async def test_one_vote_each_and_the_last_one_counts(shop: Shop) -> None:
    desk = PollDesk(shop.yidan.database, shop.clock)
    poll = await desk.open("kiosk", "哪天自提？", ["周六", "周日"], hours=2, tell_group_result=True)
    with pytest.raises(Conflict):
        await desk.open("kiosk", "再问一个", ["好", "不好"])
    first = await shop.say("2", "小李", group="kiosk")
    assert first.action == "chat" and first.private and "周日" in first.text
    await shop.say("投1号", "小李", group="kiosk")
    await shop.say("1", "阿梅", group="kiosk")
    assert (await shop.say("7", "阿梅", group="kiosk")).action == "clarify"
    assert len(await shop.rows(Vote)) == 2
    shop.clock.set(NOW + timedelta(hours=2))
    assert await desk.round(shop.clock.now()) == 1 and await desk.round(shop.clock.now()) == 0
    [done] = await desk.list("kiosk")
    assert done.id == poll.id and done.votes == (2, 0)
    told = [row for row in await shop.rows(Outbox) if "投票结果" in row.text]
    assert sorted(row.private for row in told) == [False, True]
    assert (await shop.say("2", "小李", group="kiosk")).action != "chat"


async def test_a_number_that_answers_our_question_is_no_vote(shop: Shop) -> None:
    desk = PollDesk(shop.yidan.database, shop.clock)
    await desk.open("kiosk", "哪天自提？", ["周六", "周日"])
    assert (await shop.say("我要草莓，要几盒再说", "小李", group="kiosk")).action in ("clarify", "order", "silent")
    assert (await shop.say("A01两盒", "小李", group="kiosk")).action == "order"
    assert not await shop.rows(Vote)
    with pytest.raises(UsageError):
        await desk.open("kiosk", "只有一个", ["好"])
