"""Word overlap and the signs in a text."""

import pytest

from assistant.retrieval.cues import NAMES, cues, has_cue, is_question
from assistant.retrieval.lexical import Overlap, sounds, words

ROWS = ["龙井多少钱一斤", "什么时候发货", "do you ship carpets", "怎么退款"]


def test_chinese_becomes_characters_and_pairs_others_words_with_trigrams() -> None:
    assert words("发货 ship2") == ["发", "货", "发货", "ship2", "_sh", "shi", "hip", "ip2", "p2_"]


@pytest.mark.parametrize(("text", "row"), [("龙井咋卖", 0), ("几时发货", 1), ("carpet shiping", 2), ("想退款", 3)])
def test_the_row_with_the_rare_words_scores_highest(text: str, row: int) -> None:
    for scores in Overlap(ROWS).scores(text):
        assert scores.argmax() == row
        assert scores.min() >= 0 and scores.max() <= 1


def test_homophones_meet_by_sound() -> None:
    cosine, _ = Overlap(ROWS, sounds).scores("神么时候发或")
    assert cosine.argmax() == 1 and cosine[1] > 0.8


def test_coverage_is_the_known_share_of_a_message() -> None:
    overlap = Overlap(ROWS)
    assert overlap.coverage("什么时候发货") == pytest.approx(1)
    assert overlap.coverage("爬山") == 0
    assert overlap.coverage("") == 0


def test_cues_are_numbers_between_0_and_1() -> None:
    values = cues("加V领红包 http://t.example.cn 138xxxx1234，多少钱？")
    assert len(values) == len(NAMES)
    assert all(0 <= value <= 1 for value in values)
    assert has_cue("加V领红包", "contact") and has_cue("http://t.example.cn", "link")


@pytest.mark.parametrize("text", ["包邮吗", "多久到", "can i pay cash", "龙井咋卖", "行不"])
def test_questions_with_and_without_a_mark(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize("text", ["今天好热", "thanks", "A02 2斤"])
def test_statements_are_no_questions(text: str) -> None:
    assert not is_question(text)
