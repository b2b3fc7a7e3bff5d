"""Sound and key-stroke similarity."""

import pytest

from assistant.text.similarity import edit_distance, is_slip, pinyin_key


@pytest.mark.parametrize(("left", "right"), [("安级", "安吉"), ("兰", "南"), ("是", "四"), ("金", "京")])
def test_alike_in_sound(left: str, right: str) -> None:
    assert pinyin_key(left) == pinyin_key(right)


def test_edit_distance() -> None:
    assert edit_distance("windws", "windows") == 1
    assert edit_distance("ab", "ba") == 1
    assert edit_distance("kitten", "sitting") == 3
    assert edit_distance("kitten", "sitting", limit=1) == 2


@pytest.mark.parametrize(("typed", "meant"), [("windws", "windows"), ("cleening", "cleaning"), ("carpte", "carpet")])
def test_slips(typed: str, meant: str) -> None:
    assert is_slip(typed, meant)


@pytest.mark.parametrize(("typed", "meant"), [("skirts", "shirts"), ("clear", "clean"), ("dog", "dig"), ("mow", "cow")])
def test_other_words(typed: str, meant: str) -> None:
    assert not is_slip(typed, meant)
