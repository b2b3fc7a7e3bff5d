"""Numbered sign-up lists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text.jielong import Row, read_jielong, row_order
from tests.text.catalogues import HOME, TEA


@pytest.mark.parametrize(
    "text",
    [
        "#接龙\n春茶团购\n1. 小李 A02 2斤\n2. 阿梅 B02 1盒",
        "接龙\n春茶团购\n1、小李 A02 2斤\n2、阿梅 B02 1盒",
        "【接龙】春茶团购\n1️⃣ 小李 A02 2斤\n2️⃣ 阿梅 B02 1盒",
        "#接龙 春茶团购\n1) 小李：A02 2斤\n2) 阿梅：B02 1盒",
        "#接龙\n春茶团购\n例 小王 A01 1斤\n1.小李A02 2斤\n2.阿梅B02 1盒",
    ],
)
def test_lists_in_any_form(text: str) -> None:
    found = read_jielong(text)
    assert found is not None and found.title == "春茶团购"
    assert found.rows == (Row(1, "小李", "a02 2斤"), Row(2, "阿梅", "b02 1盒"))


def test_without_a_header_two_lines_make_a_list() -> None:
    found = read_jielong("1. Jen H01 x2\n2. Tom 3 windows")
    assert found is not None and [row.name for row in found.rows] == ["Jen", "Tom"]
    quantities = [row_order(row, HOME).lines[0].quantity for row in found.rows]
    assert quantities == [2, 3]


def test_sign_up_header() -> None:
    found = read_jielong("Sign-up list\n1. Jen - H01 x2")
    assert found is not None and found.rows == (Row(1, "Jen", "h01 x2"),)


def test_known_names_glued_to_the_goods() -> None:
    found = read_jielong("#接龙\n1.小李毛峰两斤\n2.小李子小种一罐", members=("小李", "小李子"))
    assert found is not None
    assert [(row.name, row_order(row, TEA).lines[0].skus) for row in found.rows] == [
        ("小李", ("A05",)),
        ("小李子", ("B03",)),
    ]


def test_one_line() -> None:
    found = read_jielong("接龙：5. 小芳 毛峰4斤")
    assert found is not None and found.rows == (Row(5, "小芳", "毛峰4斤"),)


def test_several_goods_in_a_row() -> None:
    found = read_jielong("#接龙\n1. 陈晨 桂花乌龙*2 ＋ 鸭屎香*1")
    assert found is not None
    assert [(line.skus, line.quantity) for line in row_order(found.rows[0], TEA).lines] == [
        (("C02",), 2),
        (("B04",), 1),
    ]


def test_a_list_about_something_else_has_no_lines() -> None:
    found = read_jielong("#接龙\n周六亲子爬山\n1. 豆豆妈 2大1小\n2. 静静 1大1小")
    assert found is not None and all(row_order(row, TEA).lines == () for row in found.rows)


@pytest.mark.parametrize(
    "text",
    [
        "A02 2斤",
        "1. A02 2斤\n2. B01 1盒",
        "这个接龙咋填呀",
        "今天好冷",
        "1. 毛峰两斤\n2. 小种一罐",
        "#接龙\n5月春茶团购，格式：昵称 编号 数量",
        "",
    ],
)
def test_other_messages_are_no_lists(text: str) -> None:
    assert read_jielong(text) is None


@given(st.text(max_size=60))
def test_never_raises(text: str) -> None:
    read_jielong(text)
    read_jielong("#接龙\n" + text)
