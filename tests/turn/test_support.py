"""The careful reading of a model's sentences, on drafts as small models write them."""

import pytest

from assistant.agent.proposal import Piece
from assistant.turn.faithful import cleaned, fault_in, goes_round, whole_sentences

FEE = Piece("fee", "单笔满150元免配送费，不满150元收8元。", asks="运费怎么算？")
AREA = Piece("area", "只送城区绕城以内，绕城以外请自提。", asks="送到哪些地方？")
PICKUP = Piece("pickup", "可以自提：青禾路6号农场门店，周六9:00-17:00，凭昵称取货。", asks="可以自提吗？")
BABY = Piece("baby", "1岁以下婴儿不能吃蜂蜜，1岁以上可以。", asks="小孩能吃吗？")
CASH = Piece("cash", "不支持货到付款，下单后2小时内付清。", asks="可以货到付款吗？")
HONEY = Piece("sku:F06", "F06 高山蜂蜜：88元/瓶，还剩30瓶。500克，椴树蜜。")
BREAD = Piece("sku:F05", "F05 手工全麦面包：28元/个，还剩25个，每人限购2个。")
CHEAPER = Piece("computed", "手工全麦面包（28元/个）比散养土鸡蛋（36元/盒）便宜8元。")
ENOUGH = Piece("computed", "300元够，付完292元还剩8元。")
SHORT = Piece("computed", "292元不满300元，还差8元。")
LIMIT = Piece("computed", "黑猪五花肉每人限购3斤，5斤超过了限购。")
DOOR = Piece("door", "You may leave it with the guard or at the door.", asks="What if I am not home?")
OPENED = Piece("opened", "Unopened goods can be returned within 7 days; opened goods cannot be returned.")


def fault(text: str, *pieces: Piece, language: str = "zh-CN", question: str = "问") -> str:
    """What the guard says about a draft; empty where it may leave."""
    found = fault_in(cleaned(text)[0], pieces, language=language, question=question)
    return found.kind if found is not None else ""


@pytest.mark.parametrize(
    ("draft", "pieces"),
    [
        ("[1] 不支持货到付款，下单后2小时内付清。\n[2] 单笔满150元免配送费，不满150元收8元。", (CASH, FEE)),
        ("1岁以下婴儿不能吃蜂蜜。", (HONEY, BABY)),
        ("高山蜂蜜88元/瓶。[1]", (HONEY, BABY)),
        ("手工全麦面包比散养土鸡蛋便宜8元。", (CHEAPER, BREAD)),
        ("300元够，付完292元还剩8元。", (ENOUGH, SHORT)),
        ("可以自提：青禾路6号农场门店。", (AREA, PICKUP)),
        ("只送城区绕城以内，绕城以外请自提。", (AREA, PICKUP)),
    ],
)
def test_what_the_records_say_may_leave(draft: str, pieces: tuple[Piece, ...]) -> None:
    assert fault(draft, *pieces) == ""


@pytest.mark.parametrize(
    ("draft", "pieces"),
    [
        ("散养土鸡蛋（36元/盒）比手工全麦面包（28元/个）便宜8元。", (CHEAPER,)),
        ("散养土鸡蛋便宜8元。", (CHEAPER, FEE)),
        ("300元不够，还差8元。", (ENOUGH, SHORT)),
        ("一个人可以买5斤黑猪五花肉。", (LIMIT,)),
        ("不可以自提。", (AREA, PICKUP)),
        ("运费免配送费。", (FEE,)),
        ("10个月大的婴儿可以吃蜂蜜。", (BABY,)),
        ("88元/瓶，可以。", (HONEY, BABY)),
        ("可以货到付款，运费要8元。", (CASH, FEE)),
        ("支持货到付款。", (CASH,)),
        ("高山蜂蜜28元/个。", (HONEY, BREAD)),
        ("收8元。", (FEE,)),
    ],
)
def test_what_they_do_not_say_may_not(draft: str, pieces: tuple[Piece, ...]) -> None:
    assert fault(draft, *pieces) in ("unsupported", "ungrounded")


def test_english_in_a_chinese_group_may_not() -> None:
    assert fault("如果 nobody 在家，可以自提：青禾路6号农场门店。", PICKUP) == "language"


@pytest.mark.parametrize(
    ("draft", "leaves"),
    [
        ("You may leave it at the door.", True),
        ("Unopened goods can be returned within 7 days.", True),
        ("Opened goods can be returned within 7 days.", False),
        ("Goods can be returned.", False),
        ("Yes.", False),
    ],
)
def test_in_english(draft: str, leaves: bool) -> None:
    assert (fault(draft, DOOR, OPENED, language="en") == "") is leaves


def test_a_text_that_says_a_sentence_again_has_said_enough() -> None:
    assert goes_round("收8元。满150元免。收8元。")
    assert not goes_round("收8元。满150元免。收8")


def test_up_to_the_last_whole_sentence() -> None:
    assert whole_sentences("收8元。满150") == "收8元。"
    assert whole_sentences("It costs 8.50 dollars") == ""
