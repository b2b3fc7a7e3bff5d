"""Folding, reactions and languages."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text.fold import fold, is_reaction, language_of, skeleton


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ａ０５　要２斤", "a05 要2斤"),
        ("龍井兩斤", "龙井两斤"),
        ("哈哈哈哈哈", "哈哈"),
        ("sooooo", "soo"),
        ("1️⃣ 王姐", "1 王姐"),
        ("桂花*2 ＋ 茉莉✖️3", "桂花*2 + 茉莉×3"),
        ("好的[微笑][微笑]谢谢😂", "好的 谢谢"),
        ("a\u200bb\u00a0c", "ab c"),
        ("A02 2斤\r\n\r\n  B01 1盒", "a02 2斤\nb01 1盒"),
        ("订1000个，60000元", "订1000个,60000元"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_skeleton_ignores_punctuation() -> None:
    assert skeleton("价格？？") == skeleton("价 格!") == "价格"


@given(st.text(max_size=40))
def test_fold_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    "text", ["👍👍👍", "收到", "哈哈哈哈哈哈笑死", "好的谢谢老板", "ok", "thank you!!", "[强][强]", "", "666666"]
)
def test_reactions(text: str) -> None:
    assert is_reaction(text)


@pytest.mark.parametrize("text", ["+1", "两盒", "价格", "A02", "thanks, 2 boxes", "好吃吗", "报名", "hello there"])
def test_other_messages_are_no_reactions(text: str) -> None:
    assert not is_reaction(text)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("A02 两斤", "zh"),
        ("can i get 2", "en"),
        ("OK的", "zh"),
        ("please add the 龙井 to my order", "en"),
        ("123", "zh"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert language_of(text) == language


def test_fold_is_fast() -> None:
    texts = [f"A0{i % 9} 来{i}斤，几号发货呀" for i in range(2000)]
    begin = time.process_time()
    for text in texts:
        fold(text)
    assert (time.process_time() - begin) / len(texts) < 200e-6
