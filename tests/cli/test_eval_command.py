"""``yidan eval``: exit codes, files written, what is said about bad usage."""

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from assistant.cli import main
from assistant.cli.eval import _earned
from assistant.db import Database
from assistant.evaluation.workbench import bench_settings
from assistant.llm.roles import keep_exam
from assistant.migrations import upgrade
from assistant.settings import load_settings

TOML = """
id = "{id}"
name = "Lemonade"
language = "en"
timezone = "Europe/London"
seller = "Stand"
purpose = "One afternoon"
opens_at = 2026-05-01T09:00:00+01:00
closes_at = 2026-05-02T18:00:00+01:00
assistant_name = "Lemmy"
[payment]
methods = ["cash"]
currency = "GBP"
"""
FAQ = """id,question,similar_questions,answer,category,keywords,valid_from,valid_until
where,Where are you?,What is the address?,By the pond.,delivery,address,,
"""
CATALOGUE = """sku,name,aliases,price,unit,stock,per_member_limit,preorder,description
L1,Lemonade,lemonade,2.50,cup,10,,,Cold and sour.
"""
SUITE = """suite: lemonade
group: group
now: 2026-05-01T10:00:00+01:00
cases:
  - id: address
    tags: [faq]
    turns:
      - {from: Ann, text: address, expect: {action: answer, sources_any: [where], contains_all: [pond]}}
    final: {orders: [], tickets: [], strikes: {}}
  - id: order
    tags: [order]
    turns:
      - {from: Ann, text: L1 2 cups, expect: {action: order, contains_all: ["5"]}}
    final:
      orders: [{member: Ann, status: pending_payment, items: [{sku: L1, quantity: 2}]}]
  - id: wrong
    tags: [order]
    turns:
      - {from: Ann, text: address, expect: {action: refund}}
"""


def yidan(*arguments: str | Path) -> int:
    """Run the command line in this process and return its exit code."""
    before, sys.argv = sys.argv, ["yidan", *map(str, arguments)]
    try:
        main()
    except SystemExit as stop:
        return int(stop.code or 0)
    finally:
        sys.argv = before
    return 0


@pytest.fixture(scope="module")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where indexes are kept between the runs of this module."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def suite(tmp_path: Path, shared_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("YIDAN_HOME", str(shared_home))
    group = tmp_path / "group"
    group.mkdir()
    (group / "group.toml").write_text(TOML.format(id="lemonade"))
    (group / "faq.csv").write_text(FAQ)
    (group / "catalog.csv").write_text(CATALOGUE)
    (tmp_path / "lemonade.yaml").write_text(SUITE)
    return tmp_path / "lemonade.yaml"


class TestRun:
    def test_shows_what_failed_and_writes_every_report(
        self, suite: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        out = tmp_path / "out"
        files = {"--json": out / "r.json", "--html": out / "r.html", "--junit": out / "r.xml"}
        code = yidan("eval", "run", suite, *(part for pair in files.items() for part in pair))
        shown = capsys.readouterr().out
        assert code == 0
        assert "did answer, expected refund" in shown
        assert "66.7%" in shown
        data = json.loads(files["--json"].read_text())
        assert [(case["id"], case["passed"]) for case in data["cases"]] == [
            ("address", True),
            ("order", True),
            ("wrong", False),
        ]
        assert "did “answer”, should “refund”" in files["--html"].read_text()
        assert ElementTree.parse(files["--junit"]).getroot().tag == "testsuites"

    def test_below_the_asked_pass_rate_is_a_failed_check(self, suite: Path) -> None:
        assert yidan("eval", "run", suite, "--min-pass", "0.9", "-q") == 1
        assert yidan("eval", "run", suite, "--min-pass", "0.6", "-q") == 0

    def test_cases_by_id_and_tag(self, suite: Path) -> None:
        assert yidan("eval", "run", suite, "--min-pass", "1", "--case", "order", "--case", "address") == 0
        assert yidan("eval", "run", suite, "--min-pass", "1", "--tag", "faq") == 0

    def test_two_runs_and_two_processes_come_to_the_same(self, suite: Path, tmp_path: Path) -> None:
        paths = [tmp_path / "a.json", tmp_path / "b.json"]
        yidan("eval", "run", suite, "--json", paths[0], "-q")
        yidan("eval", "run", suite, "--json", paths[1], "-q", "--jobs", "2")
        first, second = (_without_times(json.loads(path.read_text())) for path in paths)
        assert first == second

    def test_epochs(self, suite: Path, tmp_path: Path) -> None:
        yidan("eval", "run", suite, "--epochs", "2", "--json", tmp_path / "r.json", "-q")
        data = json.loads((tmp_path / "r.json").read_text())
        assert (data["epochs"], data["passed"], data["total"]) == (2, 2, 3)
        assert data["pass_hat_k"] == pytest.approx(2 / 3, abs=0.001)

    def test_an_error_in_a_case_fails_only_that_case(
        self, suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from assistant.evaluation.workbench import CaseStore

        real = CaseStore.send

        async def send(self, turn, **options):  # type: ignore[no-untyped-def]
            if turn.text == "L1 2 cups":
                raise ZeroDivisionError("oops")
            return await real(self, turn, **options)

        monkeypatch.setattr(CaseStore, "send", send)
        yidan("eval", "run", suite, "--json", tmp_path / "r.json", "-q")
        cases = {case["id"]: case for case in json.loads((tmp_path / "r.json").read_text())["cases"]}
        assert cases["address"]["passed"]
        assert "ZeroDivisionError: oops" in cases["order"]["why"]

    def test_a_removed_member_is_met_with_silence(
        self, suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from assistant.delivery.inbox import Inbox
        from assistant.errors import NotAllowed

        async def receive(*_: object) -> None:
            raise NotAllowed("this member was removed from the group")

        monkeypatch.setattr(Inbox, "receive", receive)
        yidan("eval", "run", suite, "--case", "wrong", "--json", tmp_path / "r.json", "-q")
        (case,) = json.loads((tmp_path / "r.json").read_text())["cases"]
        assert (case["turns"][0]["action"], case["turns"][0]["reason"]) == (
            "silent",
            "this member was removed from the group",
        )


class TestBadUsage:
    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            (["nowhere"], "no suite 'nowhere'"),
            (["{suite}", "--case", "none"], "no case 'none'"),
            (["{suite}", "--tag", "none"], "no case has the tag 'none'"),
            (["{suite}", "--model", "gpt"], "no model 'gpt'"),
            (["{suite}", "--min-pass", "2"], "--min-pass"),
        ],
    )
    def test_exits_2_with_one_clear_line(
        self, suite: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
    ) -> None:
        assert yidan("eval", "run", *(part.format(suite=suite) for part in arguments)) == 2
        assert told in capsys.readouterr().err

    def test_a_broken_suite_is_told_case_by_case(self, suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
        suite.write_text(SUITE.replace("action: refund", "action: refnd"))
        assert yidan("eval", "run", suite) == 2
        assert "case wrong: turn 1: expect.action.1: 'refnd' is not a known action" in capsys.readouterr().err


class TestCompare:
    def test_broken_cases_beyond_the_tolerance_fail(
        self, suite: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before, after = tmp_path / "before.json", tmp_path / "after.json"
        yidan("eval", "run", suite, "--json", before, "-q")
        suite.write_text(SUITE.replace("contains_all: [pond]", "contains_all: [lake]"))
        yidan("eval", "run", suite, "--json", after, "-q")
        assert yidan("eval", "compare", before, after) == 1
        assert "the reply lacks “lake”" in capsys.readouterr().out
        assert yidan("eval", "compare", before, after, "--tolerance", "1") == 0
        assert yidan("eval", "compare", before, before) == 0

    def test_a_file_that_is_no_report(self, suite: Path) -> None:
        assert yidan("eval", "compare", suite, suite) == 2


def _without_times(report: dict) -> dict:  # type: ignore[type-arg]
    report.pop("latency_ms")
    for case in report["cases"]:
        for turn in case["turns"]:
            turn.pop("latency_ms")
    return report


class TestGenerateAndCapture:
    def test_a_generated_suite_runs_at_once(self, suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
        made = suite.parent / "made.yaml"
        assert yidan("eval", "generate", suite.parent / "group", "--out", made) == 0
        assert "cases. Run them" in capsys.readouterr().out
        ids = ["keyword-where-1", "order-l1", "past-stock-l1", "gone-l1", "closed", "not-open-yet", "private-status"]
        picked = [part for id in ids for part in ("--case", id)]
        report = suite.parent / "made.json"
        assert yidan("eval", "run", made, *picked, "--json", report) == 0
        assert {case["id"]: case["why"] for case in json.loads(report.read_text())["cases"]} == dict.fromkeys(ids, "")

    def test_what_was_just_said_becomes_a_case_that_passes(
        self, suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("YIDAN_HOME", str(tmp_path / "home"))
        yidan("group", "load", suite.parent / "group")
        yidan("ask", "lemonade", "address", "--from", "Ann Miller")
        target = tmp_path / "caught" / "mine.yaml"
        capsys.readouterr()
        assert yidan("eval", "capture", "lemonade", "--list", "5") == 0
        assert "Ann Miller: address" in capsys.readouterr().out
        assert yidan("eval", "capture", "lemonade", "--suite", target, "--id", "first") == 0
        assert yidan("eval", "capture", "1", "--suite", target, "--id", "second") == 0
        assert "Ann" not in target.read_text()
        assert yidan("eval", "run", target, "--no-log", "--min-pass", "1") == 0
        assert yidan("eval", "capture", "lemonade", "--action", "dance") == 2
        assert yidan("eval", "capture", "99") == 1


def test_a_run_with_a_model_takes_its_role_from_the_exam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIDAN_HOME", str(tmp_path))
    monkeypatch.setenv("YIDAN_LLM__BASE_URL", "http://localhost:1/v1")
    monkeypatch.setenv("YIDAN_LLM__MODEL", "m")
    assert (_earned("none"), _earned("m")) == ("", ""), "no store, no exam"

    async def take_exam() -> None:
        settings = load_settings()
        database = Database(settings.database())
        await upgrade(database)
        async with database.write() as session:
            await keep_exam(session, settings.llm, earned="agent", report={}, actor="cli", now=datetime.now(UTC))
        await database.close()

    asyncio.run(take_exam())
    assert (_earned("none"), _earned("m"), _earned("another")) == ("", "agent", "composer")
    assert bench_settings(tmp_path, "m", _earned("m")).llm.role == "agent"
    monkeypatch.setenv("YIDAN_LLM__ROLE", "none")
    assert bench_settings(tmp_path, "m", _earned("m")).llm.role == "none", "what this process is told goes first"
