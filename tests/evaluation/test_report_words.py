"""Why a case failed, in the words of whoever reads it: no scorer's English on a Chinese page."""

import re
from dataclasses import replace

import pytest
from evaluation import pages_kit
from evaluation.test_scorers import seen

from assistant.evaluation.case import FinalState
from assistant.evaluation.report_words import WORDS, books, problems
from assistant.evaluation.scorers import final, grounding, latency, privacy, tokens
from assistant.evaluation.scorers.base import OrderState, StoreState
from assistant.turn.outcome import Outcome


def told(scorer: str, why: str, language: str = "zh-CN") -> str:
    """Return what is told about a turn that one scorer failed."""
    turn = pages_kit.turn("silent", "answer").to_json() | {"failed": [{"scorer": scorer, "why": why}]}
    [one] = problems(turn, WORDS[language])
    return one


def test_a_wrong_action_is_told_in_both_languages() -> None:
    why = "did silent, expected answer"
    assert told("action", why) == "做了“不说话”，应该“回答”"
    assert told("action", why, "en") == "did “silent”, should “answer”"


def failures() -> list[tuple[str, str]]:
    """Return what scorers say about turns that fail them in every way."""
    named = Outcome("order_status", text="阿梅订了2斤，电话13800138000", orders=({"member": "阿梅"},))
    verdicts = [
        ("grounding", grounding.score(seen(Outcome("answer", text="龙井777元/斤")))),
        ("privacy", privacy.score(seen(named, earlier=("我的电话13800138000",)))),
        ("latency", latency.score(replace(seen(Outcome("answer"), max_latency_ms=100), latency_ms=250))),
        ("tokens", tokens.score(seen(Outcome("answer", tokens=9), max_tokens=1))),
    ]
    assert not any(passed for _, (passed, _) in verdicts)
    return [(scorer, why) for scorer, (_, why) in verdicts]


@pytest.mark.parametrize("number", range(4))
def test_no_scorers_english_stands_on_a_chinese_page(number) -> None:
    scorer, why = failures()[number]
    said = told(scorer, why)
    assert re.findall("[A-Za-z]{2,}", said) in ([], ["token"]), said
    for value in re.findall(r"\d{3,}|阿梅", why):
        assert value in said


def test_the_books_at_the_end_are_told_in_chinese_and_products_keep_their_numbers() -> None:
    wanted = FinalState.model_validate(
        {
            "orders": [{"member": "小李", "status": "paid", "items": [{"sku": "none-1", "quantity": 1}]}],
            "tickets": [{"kind": "refund"}],
            "strikes": {"小李": 1},
        }
    )
    state = StoreState(orders=(OrderState("小李", "pending_payment", (("NONE-1", 2),)),))
    _, why = final.score(wanted, state)
    assert books(why, WORDS["en"]) == why
    said = books(why, WORDS["zh-CN"])
    assert "订单是 [小李 NONE-1×2 待付款]，应该是 [小李 NONE-1×1 已付款]" in said
    assert "工单是 无，应该是 退款" in said and "警告是 无，应该是 小李 1" in said
