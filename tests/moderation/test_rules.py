"""What breaks a group's rules by its form, and what must not be taken for it."""

import json
from pathlib import Path

import pytest

from assistant.moderation.rules import breach_of, offers

SHOP_TALK = Path(__file__).resolve().parents[3] / "shared" / "data" / "messages" / "shop-talk.jsonl"


class TestLinks:
    @pytest.mark.parametrize(
        "text",
        [
            "看看 https://example.com/x",
            "www.example.com 便宜",
            "example.top/abc",
            "加入 t.me/abc",
            "HTTP://EXAMPLE.COM",
        ],
    )
    def test_outside_links(self, text: str) -> None:
        assert breach_of(text, allow_links=False) == "link"

    def test_a_group_may_allow_them(self) -> None:
        assert breach_of("看看 https://example.com/x", allow_links=True) is None

    @pytest.mark.parametrize("text", ["A02 2.5斤", "一共198.00元", "ok.thanks", "3.com的", "v1.2版", "12.5cm的"])
    def test_numbers_and_dots_are_none(self, text: str) -> None:
        assert breach_of(text, allow_links=False) is None


class TestPrivateDeals:
    @pytest.mark.parametrize(
        "text",
        [
            "加我微信 abc12345 便宜一半",
            "加V：tea888 拿货更低",
            "私下拿货加我",
            "扫码进群领红包，加我",
            "DM me for a cheaper price",
            "join my telegram group",
        ],
    )
    def test_invitations_out_of_the_group(self, text: str) -> None:
        assert breach_of(text, allow_links=False) == "private_deal"

    @pytest.mark.parametrize(
        "text",
        [
            "可以加急吗",
            "再加一盒",
            "加一份A02",
            "微信转账可以吗",
            "微信付款了",
            "请问群主微信号多少",
            "text me when it ships please",
            "can I join the trial class",
            "QQ糖有吗",
        ],
    )
    def test_ordinary_wishes_are_none(self, text: str) -> None:
        assert breach_of(text, allow_links=False) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("日结兼职", True),
        ("无抵押贷款", True),
        ("earn $500 a day", True),
        ("龙井多少钱", False),
        ("how much is it", False),
    ],
)
def test_offers_of_somebody_else(text: str, found: bool) -> None:
    assert offers(text) is found


@pytest.mark.skipif(not SHOP_TALK.is_file(), reason="the public messages are not here")
def test_ordinary_shop_talk_is_left_alone() -> None:
    texts = [json.loads(line)["text"] for line in SHOP_TALK.read_text("utf-8").splitlines()]
    alarms = [text for text in texts if breach_of(text, allow_links=False)]
    assert len(alarms) <= 0.01 * len(texts), alarms
