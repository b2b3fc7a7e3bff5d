"""Runs of suites in the background: in order, watched, stopped, kept, compared; the real process once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from delivery.kit import NOW, open_store

from assistant.clock import FixedClock
from assistant.delivery.bootstrap import Yidan
from assistant.errors import Conflict, NotFound, Unavailable, UsageError
from assistant.evaluation.report_html import html_of
from assistant.evaluation.suite import load_suite
from assistant.groups.folder import GroupFolder
from assistant.knowledge.records import Knowledge
from assistant.publishing.suites import suite_folder
from assistant.runs.comparing import apart
from assistant.runs.process import in_process
from assistant.runs.request import RunRequest
from assistant.runs.service import Choice, RunService

SUITE = """suite: prices
group: ignored
now: 2026-05-20T10:00:00+08:00
cases:
  - id: by-keyword
    tags: [price]
    turns:
      - from: 小李
        text: 价格
        expect: {action: answer, contains_all: ["198"]}
  - id: wrong
    tags: [price]
    turns:
      - from: 小李
        text: 价格
        expect: {action: answer, contains_all: ["250"]}
"""


def report(**verdicts: bool) -> dict[str, Any]:
    """A report with a case by each name."""
    cases = [
        {"id": id, "passed": passed, "why": "" if passed else "wrong", "tags": [], "turns": [], "final": {}}
        for id, passed in verdicts.items()
    ]
    passed = sum(verdicts.values())
    rate = passed / len(verdicts)
    return {"suite": "prices", "passed": passed, "total": len(verdicts), "pass_rate": rate, "cases": cases}


class Played:
    """Plays no case: gives the reports it was told to, when it is let."""

    def __init__(self) -> None:
        self.reports: list[dict[str, Any] | Exception] = []
        self.requests: list[RunRequest] = []
        self.go = asyncio.Event()
        self.go.set()
        self.cancelled = 0

    async def __call__(self, request: RunRequest, step) -> dict[str, Any]:
        await step(1, 0)
        self.requests.append(request)
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        came = self.reports.pop(0)
        if isinstance(came, Exception):
            raise came
        return came


async def until(true, patience: float = 20.0) -> None:
    """Wait until something has become true."""
    for _ in range(int(patience / 0.02)):
        if true():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not become true")


@pytest.fixture
async def yidan(tmp_path: Path) -> AsyncIterator[Yidan]:
    yidan = await open_store(tmp_path / "home", clock=FixedClock(NOW))
    folder = suite_folder(yidan.settings.home, "tea")
    folder.mkdir(parents=True)
    (folder / "prices.yaml").write_text(SUITE, encoding="utf-8")
    yield yidan
    await yidan.close()


async def test_the_groups_files_and_the_generated_suite_can_be_chosen(yidan: Yidan) -> None:
    folder = suite_folder(yidan.settings.home, "tea")
    (folder / "broken.yaml").write_text("suite: x\n", encoding="utf-8")
    (folder / "learnt.yaml").write_text(SUITE, encoding="utf-8")
    broken, learnt, own, smoke = await RunService(yidan).choices("tea")
    assert broken.problem and not broken.cases
    assert (learnt, own) == (Choice("learnt.yaml", "learnt", 2), Choice("prices.yaml", "own", 2))
    assert (smoke.name, smoke.kind) == ("smoke", "smoke") and smoke.cases > 5


async def test_a_run_is_kept_with_its_result_and_compared_with_another(yidan: Yidan) -> None:
    play = Played()
    play.reports = [report(a=True, b=True, c=False), report(a=True, b=False, c=False)]
    runs = RunService(yidan, play)
    first = await runs.start("tea", ["prices.yaml"], by="eva")
    await runs.wait()
    second = await runs.start("tea", ["prices.yaml", "smoke"], by="eva", draft=True)
    await runs.wait()
    newest, oldest = await runs.list("tea")
    assert (oldest.id, oldest.status, oldest.passed, oldest.cases, oldest.failed) == (first.id, "done", 2, 3, 1)
    assert (newest.suites, newest.draft, newest.created_by) == (("prices", "smoke"), True, "eva")
    assert play.requests[1].total > 5 and oldest.total == 2
    comparison = await runs.compare("tea", first.id, second.id)
    assert [change.id for change in comparison.broken] == ["b"] and comparison.common == 3
    assert await runs.list("cookies") == []
    with pytest.raises(NotFound):
        await runs.report("cookies", first.id)


async def test_one_after_the_other_and_not_too_many(yidan: Yidan) -> None:
    play = Played()
    play.reports = [report(a=True)] * 5
    play.go.clear()
    runs = RunService(yidan, play)
    for _ in range(5):
        await runs.start("tea", ["prices.yaml"], by="eva")
    await until(lambda: len(play.requests) == 1)
    statuses = [run.status for run in await runs.list("tea")]
    assert sorted(statuses) == ["running", "waiting", "waiting", "waiting", "waiting"]
    with pytest.raises(Conflict, match="wait already"):
        await runs.start("tea", ["prices.yaml"], by="eva")
    play.go.set()
    await runs.wait()
    assert {run.status for run in await runs.list("tea")} == {"done"}


async def test_a_run_can_be_stopped_and_what_a_restart_left_is_told(yidan: Yidan) -> None:
    play = Played()
    play.go.clear()
    runs = RunService(yidan, play)
    run = await runs.start("tea", ["prices.yaml"], by="eva")
    await until(lambda: len(play.requests) == 1)
    assert (await runs.stop("tea", run.id, by="eva")).status == "stopped"
    assert play.cancelled == 1
    with pytest.raises(Conflict):
        await runs.stop("tea", run.id, by="eva")
    with pytest.raises(Conflict):
        await runs.report("tea", run.id)
    left = await runs.start("tea", ["prices.yaml"], by="eva")
    await until(lambda: len(play.requests) == 2)
    await RunService(yidan, play).recover()
    assert (await runs.get("tea", left.id)).status == "stopped"
    await runs.close()
    assert play.cancelled == 2


async def test_what_breaks_is_told_and_does_not_hold_up_the_next(yidan: Yidan) -> None:
    play = Played()
    play.reports = [Unavailable("no memory"), report(a=True)]
    runs = RunService(yidan, play)
    await runs.start("tea", ["prices.yaml"], by="eva")
    await runs.start("tea", ["prices.yaml"], by="eva")
    await runs.wait()
    good, bad = await runs.list("tea")
    assert (bad.status, bad.error, good.status) == ("failed", "no memory", "done")


async def test_what_cannot_be_run_is_refused_at_once(yidan: Yidan) -> None:
    runs = RunService(yidan, Played())
    for suites, epochs in (([], 1), (["prices.yaml"], 0), (["prices.yaml"], 11)):
        with pytest.raises(UsageError):
            await runs.start("tea", suites, by="eva", epochs=epochs)
    for name in ("nosuch.yaml", "../prices.yaml"):
        with pytest.raises(NotFound):
            await runs.start("tea", [name], by="eva")
    with pytest.raises(NotFound):
        await runs.start("nosuch", ["smoke"], by="eva")


@pytest.mark.slow
async def test_the_process_runs_them_with_low_priority_and_ends_when_it_is_stopped(yidan: Yidan) -> None:
    runs = RunService(yidan, in_process)
    run = await runs.start("tea", ["prices.yaml"], by="eva", epochs=2)
    await runs.wait()
    view = await runs.get("tea", run.id)
    assert (view.status, view.passed, view.cases, view.done, view.failed) == ("done", 1, 2, 4, 2), view
    page = html_of(await runs.report("tea", run.id), "zh-CN")
    assert "价格" in page and "198" in page and "<script" not in page
    again = await runs.start("tea", ["smoke"], by="eva", epochs=10)
    await asyncio.sleep(0.5)
    assert (await runs.stop("tea", again.id, by="eva")).status == "stopped"


@pytest.mark.slow
async def test_a_draft_is_compared_with_what_is_published_in_the_process(yidan: Yidan) -> None:
    group = await yidan.groups.folder("tea")
    suite = load_suite(suite_folder(yidan.settings.home, "tea") / "prices.yaml", group)
    entries = tuple(
        replace(one, answer=one.answer.replace("198", "250")) if one.key == "price" else one
        for one in group.knowledge.entries
    )
    drafted = GroupFolder(group.settings, Knowledge(entries, group.knowledge.products))
    told: list[tuple[int, int]] = []
    came = await apart([suite], (group, drafted), yidan.settings.home / "index", lambda *so_far: told.append(so_far))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert (came.common, came.before_passed, came.after_passed) == (2, 1, 1)
    assert [change.id for change in came.broken] == ["by-keyword"]
    assert [change.id for change in came.fixed] == ["wrong"]
