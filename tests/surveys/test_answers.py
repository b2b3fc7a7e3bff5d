"""What counts as an answer to the survey in a chat, and what is about something else."""

import pytest

from assistant.surveys.answers import SurveyReply, SurveyResults, counted, read_reply


@pytest.mark.parametrize(
    ("text", "stars", "said"),
    [
        ("评分 5", 5, ""),
        ("评分4，包装可以再结实点", 4, "包装可以再结实点"),
        ("打分：3 一般般", 3, "一般般"),
        ("5星！味道很好", 5, "味道很好"),
        ("四分", 4, ""),
        ("rating 2, it came late", 2, "it came late"),
        ("4 stars. sturdier boxes please", 4, "sturdier boxes please"),
        ("5/5", 5, ""),
        ("3", 3, ""),
        ("我给5分", 5, ""),
    ],
)
def test_stars_with_or_without_a_word(text: str, stars: int, said: str) -> None:
    reply = read_reply(text)
    assert reply is not None
    assert (reply.stars, reply.text, reply.bare) == (stars, said, text == "3")


@pytest.mark.parametrize(
    "text",
    [
        "2盒",
        "5个马克杯",
        "A01 2份",
        "3 盒草莓",
        "评分怎么看",
        "6",
        "0分",
        "10分",
        "2.5",
        "4号单收到了",
        "2 boxes",
        "五",
        "两斤",
    ],
)
def test_what_is_about_something_else(text: str) -> None:
    assert read_reply(text) is None


def test_the_average_is_of_what_is_shown() -> None:
    results = SurveyResults(asked=9, answered=6, shown=5, at_least=5, stars=counted([5, 5, 4, 4, 2]))
    assert results.stars == (0, 1, 0, 2, 2) and results.average == 4.0
    assert SurveyResults(asked=2, answered=1, shown=0, at_least=5).to_json()["average"] is None
    assert counted([]) == () and SurveyReply(5).text == ""
