"""Where cases run: worker processes, or one thread of this process, each with its own opened product."""

import asyncio
import hashlib
import logging
import multiprocessing
import os
import pickle
import shutil
import tempfile
import threading
import uuid
from collections.abc import Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from assistant.delivery.bootstrap import default_embedder
from assistant.errors import UsageError
from assistant.evaluation.personas import ModelMember, ScriptedMember
from assistant.evaluation.playing import Players, play_case
from assistant.evaluation.results import CaseResult
from assistant.evaluation.suite import Suite
from assistant.evaluation.workbench import NO_MODEL, Workbench, bench_settings, prepare
from assistant.groups.folder import GroupFolder, read_folder
from assistant.llm.roles import Role
from assistant.retrieval.embedder import Embedder

_JOB = "job.pickle"


@dataclass(frozen=True, slots=True)
class Job:
    """A suite with the group it runs in."""

    suite: Suite
    group: GroupFolder
    others: Mapping[str, GroupFolder]
    """The groups that single cases name for themselves."""
    index_cache: Path | None = None
    """Where indexes are kept between runs; they are named by their content."""
    model: str = NO_MODEL
    """The language model that the assistant may ask."""
    role: Role | Literal[""] = ""
    """What that model may do, where the settings do not say."""
    played_by_model: bool = False
    """Whether that model also plays the simulated members."""

    def groups(self) -> dict[str, GroupFolder]:
        """Return every group by the name that cases use; the suite's own is the empty one."""
        return {"": self.group, **self.others}


def job_of(
    suite: Suite,
    group: GroupFolder | None = None,
    index_cache: Path | None = None,
    *,
    model: str = NO_MODEL,
    role: Role | Literal[""] = "",
    played_by_model: bool = False,
) -> Job:
    """Return the suite with the group it runs in.

    Raises:
        BadFile: the group's folder cannot be read.
        UsageError: the suite names no folder, and no group is given.
    """
    if group is None:
        if suite.group is None:
            raise UsageError(f"the suite {suite.name} needs a group to run in")
        group = read_folder(suite.group)
    named = {case.group for case in suite.cases if case.group}
    others = {name: read_folder((suite.path.parent / name).resolve()) for name in sorted(named)}
    return Job(suite, group, others, index_cache, model, role, played_by_model)


class Engine:
    """Runs cases of any number of suites, each case in a store of its own. Use it as a context.

    With one job the cases run in a thread of this process; with more, in as many processes.
    """

    def __init__(self, jobs: int = 1) -> None:
        self._jobs = jobs
        self._pool: Executor
        self._scratch: Path

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self) -> Self:
        """Start the workers and return the engine; ``close`` it."""
        self._scratch = Path(tempfile.mkdtemp(prefix="yidan-eval-"))
        # A forked child would inherit the embedder's threads; a fresh process is slower to start but sound.
        self._pool = (
            ThreadPoolExecutor(1, "eval")
            if self._jobs == 1
            else ProcessPoolExecutor(self._jobs, multiprocessing.get_context("spawn"))
        )
        return self

    def close(self) -> None:
        """End the workers and remove their stores."""
        if self._jobs == 1:
            self._pool.submit(_close_worker).result()
        self._pool.shutdown(cancel_futures=True)
        shutil.rmtree(self._scratch, ignore_errors=True)

    def prepare(self, job: Job) -> "Future[Path]":
        """Make the store that the job's cases start from; the result names it to ``run``."""
        return self._pool.submit(_prepare, job, self._scratch / uuid.uuid4().hex)

    def run(self, home: Path, number: int) -> "Future[CaseResult]":
        """Run the case at this place of the suite that was prepared in ``home``."""
        return self._pool.submit(_run, home, number)


class _Worker:
    """One thread's or process's event loop with its benches."""

    def __init__(self) -> None:
        # A turn's error is in its case's result; it need not be on the terminal as well.
        logging.getLogger("assistant").addHandler(logging.NullHandler())
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self._jobs: dict[Path, Job] = {}
        self._benches: dict[Path, Workbench] = {}
        self._embedder: Embedder | None = None

    def close(self) -> None:
        self._runner.run(self._stack.aclose())
        self._runner.close()

    def prepare(self, job: Job, home: Path) -> Path:
        for name, group in job.groups().items():
            place = home / _slug(name)
            place.mkdir(parents=True)
            work = prepare(group, job.suite, place, embedder=self._shared(home), index_cache=job.index_cache)
            self._runner.run(work)
        (home / _JOB).write_bytes(pickle.dumps(job))
        return home

    def run(self, home: Path, number: int) -> CaseResult:
        if home not in self._jobs:
            self._jobs[home] = pickle.loads((home / _JOB).read_bytes())
        job = self._jobs[home]
        case = job.suite.cases[number]
        place = home / _slug(case.group or "")
        bench = self._benches.get(place) or self._open(place, job.groups()[case.group or ""], job)
        players = _players(bench) if job.played_by_model else ScriptedMember
        return self._runner.run(play_case(bench, job.suite, case, players))

    def _open(self, home: Path, group: GroupFolder, job: Job) -> Workbench:
        if job.model != NO_MODEL and self._benches:
            # A model that is served from a file is too large to have twice.
            self._runner.run(self._stack.aclose())
            self._benches.clear()
        own = home.with_name(f"worker-{os.getpid()}-{uuid.uuid4().hex}")
        opened = self._stack.enter_async_context(
            Workbench.open(group, home, bench_settings(own, job.model, job.role), embedder=self._shared(home))
        )
        self._benches[home] = self._runner.run(opened)
        return self._benches[home]

    def _shared(self, home: Path) -> Embedder:
        """Return the embedder that all benches of this worker share; loading it takes longer than a case."""
        if self._embedder is None:
            self._embedder = default_embedder(bench_settings(home))
        return self._embedder


def _players(bench: Workbench) -> Players:
    model = bench.model
    if model is None:
        raise UsageError("a language model is needed to play the members; name one with --model")
    settings = bench.settings
    return lambda persona: ModelMember(persona, model, seller=settings.seller, language=settings.language)


def _slug(name: str) -> str:
    return "group-" + hashlib.blake2b(name.encode(), digest_size=8).hexdigest()


_mine = threading.local()


def _worker() -> _Worker:
    if not hasattr(_mine, "worker"):
        _mine.worker = _Worker()
    worker: _Worker = _mine.worker
    return worker


def _prepare(job: Job, home: Path) -> Path:
    return _worker().prepare(job, home)


def _run(home: Path, number: int) -> CaseResult:
    return _worker().run(home, number)


def _close_worker() -> None:
    if hasattr(_mine, "worker"):
        _worker().close()
        del _mine.worker
