"""Order in the group: a private word, a warning, then what the seller set; objections go to the seller."""

from dataclasses import replace as with_changes
from pathlib import Path

import pytest

from assistant.errors import Conflict, NotAllowed, NotFound
from assistant.groups.settings import ModerationSettings
from assistant.models import Member, Outbox, Strike, Ticket
from assistant.moderation.service import ConductDesk
from turn.kit import KIOSKS, Shop

AD = "日结兼职加微信 abc12345，日赚500"


async def set_up(shop: Shop, **moderation: object) -> None:
    """Load the kiosk with other settings of how order is kept."""
    settings = KIOSKS[0].settings.model_copy(update={"moderation": ModerationSettings(**moderation)})
    await shop.yidan.groups.load(with_changes(KIOSKS[0], settings=settings))


async def test_a_word_then_a_warning_then_the_seller_is_told(shop: Shop) -> None:
    said = [await shop.say(AD, "生人", group="kiosk") for _ in range(3)]
    assert [outcome.action for outcome in said] == ["moderate"] * 3 and all(outcome.private for outcome in said)
    assert "第1次" in said[0].text and said[1].text.startswith("警告") and "果果" in said[2].text
    told = [row for row in await shop.rows(Outbox) if row.private and row.member_id is None]
    assert len(told) == 1 and "生人" in told[0].text
    assert not await shop.rows(Ticket)
    assert (await shop.say("A01两盒", "生人", group="kiosk")).action == "order"


async def test_the_last_one_opens_a_ticket_where_it_is_so_set(shop: Shop) -> None:
    await set_up(shop, strikes=1, at_limit="ticket")
    assert (await shop.say(AD, "生人", group="kiosk")).action == "moderate"
    [ticket] = await shop.rows(Ticket)
    assert (ticket.kind, ticket.reason, ticket.question) == ("handoff", "policy_restriction", AD)


async def test_removal_is_by_the_sellers_setting_and_can_be_taken_back(shop: Shop) -> None:
    await set_up(shop, strikes=1, at_limit="remove")
    assert "移出" in (await shop.say("你这个傻逼", "生人", group="kiosk")).text
    with pytest.raises(NotAllowed):
        await shop.say("A01两盒", "生人", group="kiosk")
    desk = ConductDesk(shop.yidan.database, shop.clock)
    [view] = await desk.list("kiosk")
    assert view.removed and (view.reason, view.text) == ("abuse", "你这个傻逼")
    with pytest.raises(NotFound):
        await desk.lift("tea", view.id)
    lifted = await desk.lift("kiosk", view.id, by="果果")
    assert not lifted.removed and lifted.lifted_by == "果果"
    with pytest.raises(Conflict):
        await desk.lift("kiosk", view.id)
    assert (await shop.say("A01两盒", "生人", group="kiosk")).action == "order"
    # It counts no more: the next breach is the first again.
    assert len(await shop.rows(Strike)) == 1


async def test_an_objection_goes_to_the_seller_only_after_a_warning(shop: Shop) -> None:
    assert (await shop.say("我要申诉", "小李", group="kiosk")).action != "moderate"
    before = len(await shop.rows(Ticket))
    await shop.say("看看 example.top/abc", "小李", group="kiosk")
    outcome = await shop.say("这不是广告，我要申诉", "小李", group="kiosk")
    assert (outcome.action, outcome.private) == ("handoff", True)
    tickets = await shop.rows(Ticket)
    assert len(tickets) == before + 1 and tickets[-1].kind == "complaint"


class TestFloods:
    async def test_the_same_words_over_and_over_are_one_strike(self, shop: Shop) -> None:
        actions = [(await shop.say("顶顶顶顶", "小李", group="kiosk")).action for _ in range(12)]
        assert actions.count("moderate") == 1 and len(await shop.rows(Strike)) == 1

    async def test_a_group_may_bound_messages_a_minute(self, shop: Shop) -> None:
        await set_up(shop, flood_messages=3)
        said = [(await shop.say(f"哈哈{i}号", "小李", group="kiosk")).action for i in range(6)]
        assert said[3:] == ["moderate", "silent", "silent"]
        assert len([m for m in await shop.rows(Member) if m.removed_at]) == 0

    async def test_without_a_bound_many_questions_are_fine(self, shop: Shop) -> None:
        said = [(await shop.say(f"A0{1 + i % 4}多少钱", "小李", group="kiosk")).action for i in range(20)]
        assert "moderate" not in said


@pytest.mark.parametrize(
    "text",
    [
        "气死我了，快递怎么还没到",
        "这个价格傻子才买吧哈哈",
        "你们是骗子吗",
        "我真是个笨蛋",
        "damn, is it sold out?",
        "日子过得真快",
        "操作步骤发一下",
        "他妈妈也想要一份",
        "滚烫的水泡可以吗",
        "去死皮的有吗",
    ],
)
async def test_anger_and_likeness_are_no_insult(shop: Shop, text: str) -> None:
    assert (await shop.say(text, group="kiosk")).action != "moderate"


ORDINARY = Path(__file__).resolve().parents[2] / "evals" / "conduct" / "ordinary.txt"


async def test_ordinary_lines_that_only_sound_like_a_breach_are_not_warned(shop: Shop) -> None:
    lines = [line for line in ORDINARY.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    said = [(await shop.say(line, f"成员{number}")).action for number, line in enumerate(lines)]
    assert [line for line, action in zip(lines, said, strict=True) if action == "moderate"] == []


async def test_adverts_in_the_same_words_are(shop: Shop) -> None:
    for number, advert in enumerate(
        (
            "急用钱找我，无抵押贷款当天放款，利息低至3厘，有需要的咨询办理",
            "手机兼职日结，一天两三百，时间自由，宝妈学生都能做，详情咨询",
            "高仿大牌包包一手货源，诚招代理，支持一件代发",
        )
    ):
        assert (await shop.say(advert, f"生人{number}")).action == "moderate", advert
