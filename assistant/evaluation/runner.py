"""Runs a suite's cases, each in a store of its own."""

import asyncio
import logging
import multiprocessing
import os
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path

from assistant.evaluation.results import CaseResult, Check, SuiteResult, TurnResult, expected_json
from assistant.evaluation.scorers import TURN_SCORERS, final
from assistant.evaluation.scorers.base import Seen
from assistant.evaluation.suite import Case, Suite, TurnSpec
from assistant.evaluation.workbench import CaseStore, Workbench, prepare
from assistant.turn.outcome import Outcome

LARGE_SUITE_TURNS = 120
"""From this many turns on a second process pays for its start."""

Progress = Callable[[CaseResult], None]


def run_suite(
    suite: Suite,
    *,
    epochs: int = 1,
    jobs: int | None = None,
    progress: Progress | None = None,
    index_cache: Path | None = None,
) -> SuiteResult:
    """Run every case ``epochs`` times and return the results in the suite's order.

    ``jobs`` is the number of processes; None chooses by the suite's size. An error inside a case fails
    that case; an error before the first case (a group that cannot be loaded) is raised.
    """
    started = time.monotonic()
    jobs = jobs or (2 if sum(len(case.turns) for case in suite.cases) >= LARGE_SUITE_TURNS else 1)
    with tempfile.TemporaryDirectory(prefix="yidan-eval-") as folder:
        home = Path(folder) / "base"
        home.mkdir()
        asyncio.run(prepare(suite, home, index_cache))
        runs: list[tuple[CaseResult, ...]] = []
        for _ in range(epochs):
            results = []
            for result in _results(suite, home, jobs=jobs):
                results.append(result)
                if progress:
                    progress(result)
            runs.append(tuple(results))
    return SuiteResult(suite.name, tuple(runs), time.monotonic() - started)


def _results(suite: Suite, home: Path, *, jobs: int) -> Iterator[CaseResult]:
    numbers = range(len(suite.cases))
    if jobs == 1:
        with _Worker(suite, home) as worker:
            for number in numbers:
                yield worker.run(number)
        return
    # A forked child would inherit the embedder's threads; a fresh process is slower to start but sound.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, _start_worker, (suite, home)) as pool:
        yield from pool.map(_run_in_worker, numbers, chunksize=4)


class _Worker:
    """One process's event loop with its bench."""

    def __init__(self, suite: Suite, home: Path) -> None:
        # A turn's error is in its case's result; it need not be on the terminal as well.
        logging.getLogger("assistant").addHandler(logging.NullHandler())
        self._suite = suite
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        own = home.with_name(f"worker-{os.getpid()}-{uuid.uuid4().hex}")
        self._bench = self._runner.run(self._stack.enter_async_context(Workbench.open(suite, home, own)))

    def __enter__(self) -> "_Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._stack.aclose())
        self._runner.close()

    def run(self, number: int) -> CaseResult:
        """Run one case by its place in the suite."""
        return self._runner.run(run_case(self._bench, self._suite, self._suite.cases[number]))


_worker: _Worker | None = None


def _start_worker(suite: Suite, home: Path) -> None:
    global _worker
    _worker = _Worker(suite, home)


def _run_in_worker(number: int) -> CaseResult:
    assert _worker is not None
    return _worker.run(number)


async def run_case(bench: Workbench, suite: Suite, case: Case) -> CaseResult:
    """Run one case in a fresh store; an error inside becomes a failed case."""
    turns: list[TurnResult] = []
    final_checks: tuple[Check, ...] = ()
    error = ""
    try:
        store = await bench.case_store()
        for number in range(len(case.turns)):
            turns.append(await _run_turn(bench, suite, case, store, number))
        if case.final.model_fields_set:
            passed, why = final.score(case.final, await store.state())
            final_checks = (Check("final", passed, why),)
    except Exception as problem:  # the reason is recorded: one broken case must not end the run
        error = _told(problem)
        if len(turns) < len(case.turns):
            turns.append(_broken_turn(suite, case.turns[len(turns)], error))
            error = ""
    return CaseResult(case.id, case.tags, tuple(turns), final_checks, expected_json(case.final), error)


async def _run_turn(bench: Workbench, suite: Suite, case: Case, store: CaseStore, number: int) -> TurnResult:
    turn = case.turns[number]
    if turn.now:
        store.clock.set(turn.now)
    path = suite.image_path(turn)
    image = path.read_bytes() if path else None
    started = time.perf_counter()
    outcome = await store.send(turn, external_id=f"{case.id}/{number}", image=image)
    latency_ms = (time.perf_counter() - started) * 1000
    members = frozenset(other.sender for other in case.turns if other.role == "member")
    seen = Seen(turn, outcome, case.turns[:number], members, await store.state(), bench.records)
    checks = tuple(Check(name, *score(seen)) for name, score in TURN_SCORERS.items())
    return _turn_result(turn, (turn.now or suite.now).isoformat(), outcome, latency_ms, checks)


def _turn_result(
    turn: TurnSpec, at: str, outcome: Outcome | None, latency_ms: float, checks: tuple[Check, ...]
) -> TurnResult:
    return TurnResult(
        sender=turn.sender,
        text=turn.text,
        role=turn.role,
        image=turn.image,
        at=at,
        expected=expected_json(turn.expect),
        outcome=outcome,
        latency_ms=latency_ms,
        checks=checks,
    )


def _broken_turn(suite: Suite, turn: TurnSpec, error: str) -> TurnResult:
    at = (turn.now or suite.now).isoformat()
    return _turn_result(turn, at, None, 0.0, (Check("error", False, error),))


def _told(problem: BaseException) -> str:
    """Return the error and what caused it on one line."""
    told = f"{type(problem).__name__}: {problem}"
    if problem.__cause__ is not None:
        told += f" (caused by {_told(problem.__cause__).removeprefix('error: ')})"
    return f"error: {' '.join(told.split())}"
