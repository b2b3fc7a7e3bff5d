"""To whom a message speaks."""

import pytest

from assistant.turn.addressing import Addressing, addressing_of, asks_the_members


def to(text: str, *, mentioned: bool = False) -> Addressing:
    return addressing_of(
        text, assistant="茶小二", seller="老王茶铺", members=["阿梅", "小李", "Tom", "李"], mentioned=mentioned
    )


class TestAssistant:
    @pytest.mark.parametrize(
        "text", ["@茶小二 发什么快递", "发什么快递 @茶小二", "茶小二，发什么快递", "@茶小二发什么快递"]
    )
    def test_by_name_and_the_name_is_taken_off(self, text: str) -> None:
        found = to(text)
        assert (found.to, found.text) == ("assistant", "发什么快递")

    def test_by_the_channels_word(self) -> None:
        assert to("发什么快递", mentioned=True) == Addressing("assistant", "发什么快递")

    def test_a_group_without_a_name_for_it_addresses_nobody(self) -> None:
        found = addressing_of("发什么快递", assistant="", seller="", members=[], mentioned=False)
        assert found.to == "nobody"


class TestOthers:
    @pytest.mark.parametrize("text", ["@小李 你买了吗", "小李，你买了吗", "Tom, did you buy it", "王姐，一起买吗"])
    def test_another_member(self, text: str) -> None:
        assert to(text).to == "other"

    @pytest.mark.parametrize("text", ["@老王 在吗", "@老王茶铺 在吗"])
    def test_the_seller_in_person(self, text: str) -> None:
        assert to(text).to == "seller"

    @pytest.mark.parametrize("text", ["@所有人 发什么快递", "@all when do you ship", "@Everyone when do you ship"])
    def test_everybody_is_nobody_in_particular(self, text: str) -> None:
        assert to(text).to == "nobody"

    @pytest.mark.parametrize("text", ["李子多少钱", "小李子熟了吗", "龙井多少钱", "Tomato price?"])
    def test_a_name_inside_of_a_word_is_no_name(self, text: str) -> None:
        assert to(text).to == "nobody"


class TestShop:
    @pytest.mark.parametrize(
        "text", ["老板，发什么快递", "客服在吗", "Hi there, when do you ship?", "老王，发什么快递"]
    )
    def test_the_shop_at_large(self, text: str) -> None:
        assert to(text).to == "shop"


@pytest.mark.parametrize(
    ("text", "asks"),
    [("有人知道好喝吗", True), ("anyone tried the oolong?", True), ("龙井好喝吗", False), ("谁家的茶", True)],
)
def test_questions_to_the_members(text: str, asks: bool) -> None:
    assert asks_the_members(text) is asks
