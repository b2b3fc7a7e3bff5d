"""What a run is written as: JSON, JUnit, one page of HTML, the terminal, comparisons."""

import json
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from assistant.errors import BadFile
from assistant.evaluation.compare import compare
from assistant.evaluation.junit import junit_xml
from assistant.evaluation.report import print_comparison, print_report
from assistant.evaluation.report_html import html_report
from assistant.evaluation.results import CaseResult, Check, SuiteResult, TurnResult, percentile, report_json
from assistant.turn.outcome import Outcome, Source

NASTY = "<script>alert(1)</script> & \x00 [bold]龙井[/bold]"


def case(name: str, passed: bool, *, tags: tuple[str, ...] = ("price",)) -> CaseResult:
    turn = TurnResult(
        sender="小李",
        text=NASTY,
        role="member",
        image=None,
        at="2026-05-20T10:00:00+08:00",
        expected={"action": ["answer"]},
        outcome=Outcome("silent", reason="chit-chat", sources=(Source("q1", 0.41),)),
        latency_ms=12.5,
        checks=(Check("action", passed, "" if passed else "did silent, expected answer"),),
    )
    return CaseResult(name, tags, (turn,), (), {})


def suite(*verdicts: bool, name: str = "s", epochs: int = 1) -> SuiteResult:
    run = tuple(case(f"c{number}", passed) for number, passed in enumerate(verdicts))
    return SuiteResult(name, (run,) * epochs, 1.0)


class TestJson:
    def test_one_suite_is_the_object_itself(self) -> None:
        data = report_json([suite(True, False, True)])
        assert (data["suite"], data["passed"], data["total"], data["pass_rate"]) == ("s", 2, 3, 0.6667)
        assert data["by_tag"] == {"price": {"passed": 2, "total": 3, "pass_rate": 0.6667}}
        assert data["cases"][1]["why"] == "turn 1: did silent, expected answer"
        assert data["latency_ms"] == {"p50": 12.5, "p95": 12.5}
        assert {"pass_hat_k", "model_calls", "tokens"} <= data.keys()

    def test_several_suites_have_totals(self) -> None:
        data = report_json([suite(True), suite(False, name="t")])
        assert [item["suite"] for item in data["suites"]] == ["s", "t"]
        assert (data["passed"], data["total"], data["pass_rate"]) == (1, 2, 0.5)

    def test_pass_hat_k_counts_only_cases_that_always_pass(self) -> None:
        runs = ((case("a", True), case("b", True)), (case("a", True), case("b", False)))
        result = SuiteResult("s", runs)
        assert (result.pass_rate, result.pass_hat_k, result.passed) == (0.75, 0.5, 1)

    def test_percentiles_are_nearest_rank(self) -> None:
        assert percentile([], 0.5) == 0
        assert percentile([3, 1, 2], 0.5) == 2
        assert percentile(list(range(1, 101)), 0.95) == 95


class TestFiles:
    def test_junit_is_valid_xml_with_the_reason(self) -> None:
        root = ElementTree.fromstring(junit_xml([suite(True, False)]))
        assert [node.get("failures") for node in root] == ["1"]
        assert root.find(".//failure").get("message") == "turn 1: did silent, expected answer"  # type: ignore[union-attr]

    def test_the_page_is_escaped_and_alone(self) -> None:
        page = html_report([suite(True, False)])
        assert "<script" not in page
        assert "&lt;script&gt;" in page

        class Links(HTMLParser):
            found: list[str] = []  # noqa: RUF012

            def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
                self.found += [value or "" for name, value in attrs if name in ("src", "href")]

        Links().feed(page)
        assert Links.found == []

    def test_the_terminal_shows_conversation_and_reason(self) -> None:
        out = StringIO()
        print_report(Console(file=out, width=120), [suite(True, False)])
        shown = out.getvalue()
        assert "[bold]龙井[/bold]" in shown
        assert "did silent, expected answer" in shown
        assert "q1 0.41" in shown
        assert "50.0%" in shown


class TestCompare:
    def reports(self, folder: Path, before: SuiteResult, after: SuiteResult) -> tuple[Path, Path]:
        paths = folder / "before.json", folder / "after.json"
        for path, result in zip(paths, (before, after), strict=True):
            path.write_text(json.dumps(report_json([result])), encoding="utf-8")
        return paths

    def test_fixed_and_broken(self, tmp_path: Path) -> None:
        comparison = compare(*self.reports(tmp_path, suite(True, False, True), suite(False, True, True)))
        assert [change.id for change in comparison.fixed] == ["c1"]
        assert [(change.id, change.why) for change in comparison.broken] == [
            ("c0", "turn 1: did silent, expected answer")
        ]
        assert comparison.difference == 0

    def test_cases_of_one_side_are_named_not_counted(self, tmp_path: Path) -> None:
        comparison = compare(*self.reports(tmp_path, suite(True, False), suite(True)))
        assert (comparison.common, comparison.removed, comparison.broken) == (1, ("s/c1",), ())
        out = StringIO()
        print_comparison(Console(file=out, width=120), comparison)
        assert "1 → 1 of 1 cases pass" in out.getvalue()

    @pytest.mark.parametrize("content", ["{}", "[]", "3", "nothing", '{"suites": [3]}'])
    def test_something_else(self, tmp_path: Path, content: str) -> None:
        path = tmp_path / "r.json"
        path.write_text(content)
        with pytest.raises(BadFile):
            compare(path, path)
