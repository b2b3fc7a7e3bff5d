"""Runs suites: every case as often as wanted, the results in the suites' order."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.errors import UsageError
from assistant.evaluation.engine import Engine, Job
from assistant.evaluation.results import CaseResult, SuiteResult
from assistant.evaluation.suite import Suite
from assistant.groups.folder import GroupFolder, read_folder

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
) -> list[SuiteResult]:
    """Run every case of every suite ``epochs`` times; a suite without a group runs in the folder it names.

    ``jobs`` is the number of processes; None chooses by the suites' size. ``index_cache`` is a folder where indexes
    are kept between runs. An error inside a case fails that case.

    Raises:
        BadFile: a group cannot be loaded.
    """
    work = [job_of(suite, group, index_cache) for suite, group in suites]
    with Engine(jobs or jobs_for(work)) as engine:
        homes = [engine.prepare(job) for job in work]
        results = []
        started = time.monotonic()
        for job, home in zip(work, homes, strict=True):
            numbers = range(len(job.suite.cases))
            waiting = [[engine.run(home.result(), number) for number in numbers] for _ in range(epochs)]
            runs = []
            for futures in waiting:
                run = []
                for future in futures:
                    run.append(future.result())
                    if progress:
                        progress(run[-1])
                runs.append(tuple(run))
            results.append(result_of(job, runs, time.monotonic() - started))
            started = time.monotonic()
    return results


def job_of(suite: Suite, group: GroupFolder | None = None, index_cache: Path | None = None) -> Job:
    """Return the suite with the group it runs in.

    Raises:
        BadFile: the group's folder cannot be read.
        UsageError: the suite names no folder, and no group is given.
    """
    if group is None:
        if suite.group is None:
            raise UsageError(f"the suite {suite.name} needs a group to run in")
        group = read_folder(suite.group)
    return Job(suite, group, index_cache)


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
