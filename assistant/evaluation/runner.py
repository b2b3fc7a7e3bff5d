"""Runs suites: every case as often as wanted, the results in the suites' order."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from assistant.evaluation.engine import Engine, Job, job_of
from assistant.evaluation.results import CaseResult, SuiteResult
from assistant.evaluation.suite import Suite
from assistant.evaluation.workbench import NO_MODEL
from assistant.groups.folder import GroupFolder
from assistant.llm.roles import Role

LARGE_RUN_TURNS = 120
"""From this many turns on a second process pays for its start."""

Progress = Callable[[CaseResult], None]


def run_suite(
    suite: Suite,
    *,
    group: GroupFolder | None = None,
    epochs: int = 1,
    jobs: int | None = None,
    progress: Progress | None = None,
    index_cache: Path | None = None,
) -> SuiteResult:
    """Run one suite, in the group it names or in the ``group`` that is handed in, and return what came of it.

    This is the call for everything that judges knowledge before it is used: ``load_suite(path, group)`` reads a
    suite's file, ``Suite(name=..., now=..., cases=...)`` makes one in memory, ``compare.compare_results`` takes two
    results. It works from any thread, inside a running event loop too (then in a thread of its own:
    ``asyncio.to_thread``). For the rest see ``run_suites``.
    """
    return run_suites([(suite, group)], epochs=epochs, jobs=jobs, progress=progress, index_cache=index_cache)[0]


def run_suites(
    suites: Sequence[tuple[Suite, GroupFolder | None]],
    *,
    epochs: int = 1,
    jobs: int | None = None,
    progress: Progress | None = None,
    index_cache: Path | None = None,
    log_dir: Path | None = None,
    model: str = NO_MODEL,
    role: Role | Literal[""] = "",
    played_by_model: bool = False,
) -> list[SuiteResult]:
    """Run every case of every suite ``epochs`` times; a suite without a group runs in the folder it names.

    ``jobs`` is the number of processes; None chooses by the suites' size, and one with a language model.
    ``index_cache`` is a folder where indexes are kept between runs. With ``log_dir`` the suites run as inspect-ai
    tasks and leave its logs there. ``model`` is none or the name of a language model that the settings lead to,
    ``role`` what it may do where they do not say; with ``played_by_model`` it also plays the simulated members. An
    error inside a case fails that case.

    Raises:
        BadFile: a group cannot be loaded.
        UsageError: there is no such model.
    """
    work = [
        job_of(suite, group, index_cache, model=model, role=role, played_by_model=played_by_model)
        for suite, group in suites
    ]
    with Engine(jobs or (jobs_for(work) if model == NO_MODEL else 1)) as engine:
        run = _Run(work, epochs, progress)
        if log_dir is None:
            _run_directly(run, engine)
        else:
            from assistant.evaluation.inspection import run_inspected

            run_inspected(work, engine, epochs=epochs, log_dir=log_dir, on_case=run.note)
        return run.results()


class _Run:
    """The results as they come in, whatever their order."""

    def __init__(self, work: Sequence[Job], epochs: int, progress: Progress | None) -> None:
        self.work, self.epochs, self._progress = work, epochs, progress
        self._seen: dict[tuple[int, int, int], CaseResult] = {}
        self._last = time.monotonic()
        self._seconds = [0.0] * len(work)

    def note(self, place: int, number: int, epoch: int, result: CaseResult) -> None:
        """Keep the result of a case: the suite's place, the case's place in it, the epoch from 1."""
        self._seen[place, number, epoch] = result
        now = time.monotonic()
        self._seconds[place] += now - self._last
        self._last = now
        if self._progress:
            self._progress(result)

    def results(self) -> list[SuiteResult]:
        """Return one result a suite, in the order of the work."""
        return [
            result_of(
                job,
                [
                    [self._seen[place, number, epoch] for number in range(len(job.suite.cases))]
                    for epoch in range(1, self.epochs + 1)
                ],
                self._seconds[place],
            )
            for place, job in enumerate(self.work)
        ]


def _run_directly(run: _Run, engine: Engine) -> None:
    homes = [engine.prepare(job) for job in run.work]
    for place, (job, home) in enumerate(zip(run.work, homes, strict=True)):
        turns = [(epoch, number) for epoch in range(1, run.epochs + 1) for number in range(len(job.suite.cases))]
        waiting = [(epoch, number, engine.run(home.result(), number)) for epoch, number in turns]
        for epoch, number, future in waiting:
            run.note(place, number, epoch, future.result())


def jobs_for(work: Sequence[Job]) -> int:
    """Return how many processes the work is worth."""
    cases = [case for job in work for case in job.suite.cases]
    turns = sum(len(case.turns) + sum(len(member.says) for member in case.members) for case in cases)
    return 2 if turns >= LARGE_RUN_TURNS else 1


def result_of(job: Job, runs: Sequence[Sequence[CaseResult]], seconds: float) -> SuiteResult:
    """Return the suite's result from its runs, one an epoch, each in the suite's order."""
    settings = job.group.settings
    return SuiteResult(
        job.suite.name, tuple(map(tuple, runs)), seconds, group=settings.name, language=settings.language
    )
