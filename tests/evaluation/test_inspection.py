"""Suites through inspect-ai: the same results, logs with every scorer's reason, nothing written elsewhere."""

from decimal import Decimal
from pathlib import Path

import pytest

from assistant.evaluation.case import Case
from assistant.evaluation.results import SuiteResult
from assistant.evaluation.runner import run_suites
from assistant.evaluation.suite import Suite
from assistant.groups.folder import GroupFolder
from assistant.groups.settings import GroupSettings
from assistant.knowledge.records import EntryRecord, Knowledge, ProductRecord

ROOT = Path(__file__).resolve().parents[2]
TIMES = {"latency_ms"}


def group() -> GroupFolder:
    settings = GroupSettings(id="stall", name="小摊", seller="老王", assistant_name="小二")
    entry = EntryRecord("where", "你们在哪里？", ("地址是哪儿",), "在西湖边。", "delivery", ("地址",))
    product = ProductRecord("A01", "龙井", price=Decimal("198.00"), unit="斤", stock=5)
    return GroupFolder(settings, Knowledge((entry,), (product,)))


def suite() -> Suite:
    def case(id: str, text: str, action: str) -> Case:
        turn = {"from": "小李", "text": text, "expect": {"action": action}}
        return Case.model_validate({"id": id, "tags": ["t"], "turns": [turn]})

    cases = (case("ask", "地址", "answer"), case("order", "A01 2斤", "order"), case("wrong", "地址", "refund"))
    return Suite.model_validate({"name": "stall", "now": "2026-05-20T10:00:00+08:00", "cases": cases})


def without_times(data: object) -> object:
    if isinstance(data, dict):
        return {key: without_times(value) for key, value in data.items() if key not in TIMES}
    return [without_times(item) for item in data] if isinstance(data, list) else data


def run(log_dir: Path | None = None) -> SuiteResult:
    return run_suites([(suite(), group())], epochs=2, jobs=1, log_dir=log_dir)[0]


@pytest.fixture(scope="module")
def inspected(tmp_path_factory: pytest.TempPathFactory) -> tuple[SuiteResult, Path]:
    log_dir = tmp_path_factory.mktemp("home") / "evaluations"
    return run(log_dir), log_dir


class TestThroughInspect:
    def test_comes_to_the_same_as_without(self, inspected: tuple[SuiteResult, Path]) -> None:
        assert without_times(inspected[0].to_json()) == without_times(run().to_json())

    def test_the_log_has_every_scorers_value_and_reason(self, inspected: tuple[SuiteResult, Path]) -> None:
        from inspect_ai.log import list_eval_logs, read_eval_log

        (found,) = list_eval_logs(str(inspected[1]))
        log = read_eval_log(found)
        assert (log.status, log.eval.task, log.eval.model) == ("success", "stall", "none/none")
        assert log.results is not None and log.samples is not None
        assert {score.reducer for score in log.results.scores} == {"mean", "pass_k_2"}
        wrong = next(sample for sample in log.samples if sample.id == "wrong")
        assert wrong.scores is not None
        assert (wrong.scores["action"].value, wrong.scores["action"].explanation) == (
            "I",
            "turn 1: did answer, expected refund",
        )
        assert {
            "passed",
            "sources",
            "text",
            "final",
            "grounding",
            "privacy",
            "latency",
            "tokens",
        } <= wrong.scores.keys()
        assert [message.role for message in wrong.messages] == ["user", "assistant"]


def test_every_suite_of_ours_is_a_task() -> None:
    text = (ROOT / "evals" / "suites.py").read_text()
    for path in (ROOT / "evals").glob("*.yaml"):
        assert f'named_task("{path.stem}")' in text
