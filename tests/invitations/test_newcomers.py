"""What is asked of a newcomer, what is odd about some, and how long invitations live."""

from datetime import UTC, datetime, timedelta

import pytest

from assistant.invitations.life import admits, dead, new_invitation, put_to_use, reminder_due, usable_spare
from assistant.invitations.newcomers import Door, Newcomer, missing, obstacle, oddities

NOW = datetime(2026, 5, 20, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
DOOR = Door(
    keyword="报名",
    question="您从哪里知道本群的？",
    reserved=("老王茶铺", "茶小二"),
    names={"阿梅"},
    removed={"广告王"},
    limit=3,
)


@pytest.mark.parametrize(
    ("keyword", "answer", "needs"),
    [
        ("", "", "keyword"),
        ("你好", "朋友", "keyword"),
        ("报名", "", "answer"),
        ("我要报名！", " ", "answer"),
        ("【报名】", "朋友介绍", None),
    ],
)
def test_what_is_still_asked_for(keyword: str, answer: str, needs: str | None) -> None:
    assert missing(DOOR, Newcomer("小李", keyword, answer)) == needs


def test_a_group_that_asks_nothing_needs_nothing() -> None:
    assert missing(Door(), Newcomer("小李")) is None


@pytest.mark.parametrize(
    ("door", "nickname", "why"),
    [
        (DOOR, "小李", None),
        (DOOR, "老王茶铺", "reserved"),
        (DOOR, "茶小二！", "reserved"),
        (DOOR, "阿梅", "taken"),
        (Door(names={"a", "b", "c"}, limit=3), "小李", "full"),
        (Door(closed=True), "小李", "closed"),
    ],
)
def test_who_cannot_come_in(door: Door, nickname: str, why: str | None) -> None:
    assert obstacle(door, nickname) == why


@pytest.mark.parametrize(
    ("nickname", "answer", "flags"),
    [
        ("小李", "朋友介绍", ()),
        ("Ann", "a friend", ()),
        ("小李", "13800138000", ("phone", "says_nothing")),
        ("老王茶铺客服", "朋友圈", ("poses_as_seller",)),
        ("official support", "from a friend", ("poses_as_seller",)),
        ("广告王", "朋友圈", ("was_removed",)),
        ("小李", "。。。", ("says_nothing",)),
        ("小李", "啊啊啊", ("says_nothing",)),
        ("小李", "您从哪里知道本群的", ("says_nothing",)),
        ("小李", "报名", ("says_nothing",)),
    ],
)
def test_what_is_odd(nickname: str, answer: str, flags: tuple[str, ...]) -> None:
    assert oddities(DOOR, Newcomer(nickname, "报名", answer), None) == flags


class TestLife:
    def test_it_lives_seven_days_and_is_told_three_before(self) -> None:
        invitation = new_invitation("tea", NOW, state="current")
        assert invitation.expires_at == NOW + 7 * DAY
        assert not reminder_due(invitation, NOW + 3.9 * DAY)
        assert reminder_due(invitation, NOW + 4 * DAY)
        assert admits(invitation, NOW + 6.9 * DAY) and not admits(invitation, NOW + 7 * DAY)
        invitation.reminded_at = NOW
        assert not reminder_due(invitation, NOW + 5 * DAY)

    def test_a_short_life_is_told_half_way(self) -> None:
        invitation = new_invitation("tea", NOW, state="current", days=2)
        assert not reminder_due(invitation, NOW) and reminder_due(invitation, NOW + DAY)

    def test_a_spare_begins_to_live_when_it_is_put_to_use(self) -> None:
        spare = new_invitation("tea", NOW, state="spare")
        assert spare.expires_at is None and not admits(spare, NOW) and not dead(spare, NOW + 99 * DAY)
        put_to_use(spare, NOW + 9 * DAY)
        assert spare.expires_at == NOW + 16 * DAY and admits(spare, NOW + 10 * DAY)

    def test_a_platforms_own_code_lives_from_its_issue(self) -> None:
        spare = new_invitation("tea", NOW, state="spare", link="https://weixin.qq.com/g/abc")
        assert spare.expires_at == NOW + 7 * DAY
        assert usable_spare([spare], NOW) is spare and usable_spare([spare], NOW + 7 * DAY) is None

    def test_no_two_codes_are_alike(self) -> None:
        assert len({new_invitation("tea", NOW, state="spare").code for _ in range(1000)}) == 1000
