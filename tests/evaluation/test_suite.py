"""Suites as evaluators write them, and what they are told about their slips."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import BadFile
from assistant.evaluation.suite import load_suite

ROOT = Path(__file__).resolve().parents[2]
HEAD = "suite: s\ngroup: group\nnow: 2026-05-20T10:00:00+08:00\ncases:\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "group").mkdir()
    (tmp_path / "group" / "group.toml").write_text('id = "g"\ntimezone = "Asia/Shanghai"\n')
    return tmp_path


def written(folder: Path, cases: str, head: str = HEAD) -> Path:
    path = folder / "s.yaml"
    path.write_text(head + cases, encoding="utf-8")
    return path


def problems(path: Path) -> list[str]:
    with pytest.raises(BadFile) as caught:
        load_suite(path)
    return [str(caught.value), *caught.value.problems]


class TestGoodSuites:
    @pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "evals").glob("*.yaml")))
    def test_every_suite_of_ours_loads(self, name: str) -> None:
        suite = load_suite(ROOT / "evals" / f"{name}.yaml")
        assert suite.cases
        assert suite.group.is_dir()

    def test_action_may_be_one_or_a_list(self, folder: Path) -> None:
        suite = load_suite(
            written(
                folder,
                "  - id: a\n    turns:\n      - {from: x, text: hi, expect: {action: answer}}\n"
                "      - {from: x, text: hi, expect: {action: [chat, silent]}}\n",
            )
        )
        assert [turn.expect.action for turn in suite.cases[0].turns] == [("answer",), ("chat", "silent")]

    def test_values_stay_as_written(self, folder: Path) -> None:
        path = written(
            folder,
            "  - id: 007\n    turns: [{from: 123, text: no, mentions_assistant: true,"
            " expect: {contains_all: [49.90, 1e3]}}]\n    final: {strikes: {123: 1}}\n",
        )
        case = load_suite(path).cases[0]
        assert (case.id, case.turns[0].sender, case.turns[0].text) == ("007", "123", "no")
        assert case.turns[0].mentions_assistant is True
        assert case.turns[0].expect.contains_all == ("49.90", "1e3")
        assert case.final.strikes == {"123": 1}

    def test_a_time_without_an_offset_is_in_the_groups_zone(self, folder: Path) -> None:
        path = written(folder, "  - {id: a, turns: [{from: x, now: 2026-05-20 12:00}]}\n")
        now = load_suite(path).cases[0].turns[0].now
        assert now is not None
        assert now.astimezone(UTC) == datetime(2026, 5, 20, 4, tzinfo=UTC)

    def test_final_keys_that_are_not_named_are_not_compared(self, folder: Path) -> None:
        path = written(folder, "  - {id: a, turns: [{from: x}], final: {tickets: []}}\n")
        final = load_suite(path).cases[0].final
        assert (final.orders, final.tickets, final.strikes) == (None, (), None)

    def test_picking_by_id_and_tag(self, folder: Path) -> None:
        path = written(
            folder,
            "  - {id: a, tags: [x], turns: [{from: x}]}\n  - {id: b, tags: [y], turns: [{from: x}]}\n",
        )
        suite = load_suite(path)
        assert [case.id for case in suite.picked(["b"]).cases] == ["b"]
        assert [case.id for case in suite.picked(tags=["x"]).cases] == ["a"]


class TestSlips:
    @pytest.mark.parametrize(
        ("case", "told"),
        [
            (
                "{id: a, turns: [{from: x, expect: {action: answr}}]}",
                "s.yaml: case a: turn 1: expect.action.1: 'answr' is not a known action (did you mean answer?)",
            ),
            (
                "{id: a, turns: [{from: x, expct: {}}]}",
                "s.yaml: case a: turn 1: expct: there is no such field (did you mean expect?)",
            ),
            ("{id: a, turns: [{text: hi}]}", "s.yaml: case a: turn 1: from: is missing"),
            ("{id: a, turns: []}", "s.yaml: case a: turns: must not be empty"),
            ("{turns: [{from: x}]}", "s.yaml: case number 1: id: is missing"),
            (
                "{id: a, turns: [{from: x}], final: {strike: {}}}",
                "s.yaml: case a: final.strike: there is no such field (did you mean strikes?)",
            ),
            (
                "{id: a, turns: [{from: x}], final: {tickets: [{kind: complain}]}}",
                "s.yaml: case a: final.tickets.1.kind: 'complain' is not a known kind (did you mean complaint?)",
            ),
            (
                "{id: a, turns: [{from: x}], final: {orders: [{member: x, items: [{sku: A, quantity: two}]}]}}",
                "s.yaml: case a: final.orders.1.items.1.quantity: 'two' is not a whole number",
            ),
            (
                "{id: a, turns: [{from: x, now: noon}]}",
                "s.yaml: case a: turn 1: now: 'noon' is not a time such as 2026-05-20T10:00:00+08:00",
            ),
            (
                "{id: a, turns: [{from: x, image: no.png}]}",
                "s.yaml: case a: turn 1: image: there is no no.png",
            ),
            ("{id: a, turns: [{from: x, role: boss}]}", "'boss' is not a known role"),
        ],
    )
    def test_is_told_with_case_and_field(self, folder: Path, case: str, told: str) -> None:
        assert any(told in problem for problem in problems(written(folder, f"  - {case}\n")))

    def test_two_cases_with_one_id(self, folder: Path) -> None:
        path = written(folder, "  - {id: a, turns: [{from: x}]}\n  - {id: a, turns: [{from: x}]}\n")
        assert "s.yaml: case a: another case has this id" in problems(path)

    def test_a_field_written_twice(self, folder: Path) -> None:
        path = written(folder, "  - id: a\n    id: b\n    turns: [{from: x}]\n")
        assert "s.yaml line 6: 'id' is written twice here" in problems(path)

    def test_broken_yaml_names_the_line(self, folder: Path) -> None:
        assert any("s.yaml line 5" in p for p in problems(written(folder, "  - {id: a, turns: [}\n")))

    def test_missing_group_folder(self, tmp_path: Path) -> None:
        path = written(tmp_path, "  - {id: a, turns: [{from: x}]}\n")
        assert any("no group folder at" in problem for problem in problems(path))

    def test_missing_file(self, tmp_path: Path) -> None:
        assert "no suite at" in problems(tmp_path / "none.yaml")[0]

    @pytest.mark.parametrize("content", ["", "- 1\n", "just words\n", "cases: 3\n"])
    def test_something_else_entirely(self, folder: Path, content: str) -> None:
        problems(written(folder, content, head=""))

    @given(text=st.text(max_size=60))
    def test_no_content_crashes(self, tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
        path = tmp_path_factory.mktemp("s") / "s.yaml"
        path.write_text(text, encoding="utf-8", errors="ignore")
        with pytest.raises(BadFile):
            load_suite(path)
