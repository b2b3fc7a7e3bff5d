"""The suite of a group's life covers every stage, with cases of their own."""

from collections import Counter
from pathlib import Path

from assistant.evaluation.suite import load_suite

ROWS = frozenset(
    (
        *("prepare", "invite", "join", "ask", "order", "pay", "follow"),
        *("refund", "announce", "keep-order", "learn", "close", "beyond"),
    )
)
"""The stages of a group's life, and what goes beyond one group."""

SUITE = load_suite(Path(__file__).resolve().parents[2] / "evals" / "lifecycle.yaml")


def test_every_case_belongs_to_a_stage_and_every_stage_has_its_cases() -> None:
    assert [case.id for case in SUITE.cases if not ROWS & set(case.tags)] == []
    counted = Counter(tag for case in SUITE.cases for tag in case.tags if tag in ROWS)
    assert set(counted) == ROWS and min(counted.values()) >= 4
    assert len(SUITE.cases) >= 120


def test_no_two_cases_are_the_same_talk() -> None:
    judged = {"id", "tags", "final"}
    talks = Counter(
        case.model_dump_json(exclude=judged | {"turns"})
        + "".join(turn.model_dump_json(exclude={"expect"}) for turn in case.turns)
        for case in SUITE.cases
    )
    assert [talk for talk, count in talks.items() if count > 1] == []


def test_every_case_judges_something() -> None:
    for case in SUITE.cases:
        judged = any(turn.expect.model_fields_set for turn in case.turns)
        assert judged or case.final.model_fields_set, case.id


def test_time_moves_and_the_seller_acts() -> None:
    assert sum(any(turn.now for turn in case.turns) for case in SUITE.cases) >= 40
    assert sum(any(turn.do for turn in case.turns) for case in SUITE.cases) >= 80
