"""Runs suites of a group one after the other in the background and keeps what came of them."""

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from assistant.delivery.bootstrap import Yidan
from assistant.errors import BadFile, Conflict, NotFound, UsageError, YidanError
from assistant.evaluation.compare import Comparison, compare_json
from assistant.evaluation.smoke import smoke_suite
from assistant.evaluation.suite import Suite, load_suite
from assistant.groups.folder import GroupFolder
from assistant.models import Audit, SuiteRun
from assistant.publishing.checking import drafted_folder
from assistant.publishing.smoke import NAME as SMOKE
from assistant.publishing.suites import LEARNT, kept_suites
from assistant.runs import repository
from assistant.runs.process import Play, in_process
from assistant.runs.request import RunRequest

Status = Literal["waiting", "running", "done", "failed", "stopped"]
Kind = Literal["own", "learnt", "smoke"]

log = logging.getLogger(__name__)

MOST_EPOCHS = 10
MOST_WAITING = 5
LISTED = 50
_TOLD_EVERY_SECONDS = 0.5
_RESTARTED = "the server was restarted meanwhile"


@dataclass(frozen=True, slots=True)
class Choice:
    """A suite that can be run: the group's own file, what was learnt from answers, or the generated one."""

    name: str
    kind: Kind
    cases: int
    problem: str = ""
    """Why the file cannot be run; empty where it can."""


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as lists show it. ``done`` and ``failed`` count case runs of ``total``; ``passed`` cases of ``cases``."""

    id: int
    suites: tuple[str, ...]
    draft: bool
    knowledge_version: int
    epochs: int
    status: Status
    done: int
    failed: int
    total: int
    passed: int
    cases: int
    error: str
    created_at: datetime
    created_by: str
    ended_at: datetime | None


class RunService:
    """The runs of one server. ``play`` is how suites are run; a process of its own where nothing else is said."""

    def __init__(self, yidan: Yidan, play: Play = in_process) -> None:
        self._yidan = yidan
        self._play = play
        self._one_at_a_time = asyncio.Lock()
        self._tasks: dict[int, asyncio.Task[None]] = {}

    async def choices(self, group_id: str) -> list[Choice]:
        """Return the suites of a group: its own files, then the generated one. Raises NotFound."""
        group = await self._yidan.groups.folder(group_id)
        paths = kept_suites(self._yidan.settings.home, group_id)
        found = await asyncio.to_thread(lambda: [_choice(path, group) for path in paths])
        return [*found, Choice(SMOKE, "smoke", len(smoke_suite(group).cases))]

    async def list(self, group_id: str, limit: int = LISTED) -> "list[RunView]":
        """Return the group's runs, newest first."""
        async with self._yidan.database.read() as session:
            return [_view(row) for row in await repository.of_group(session, group_id, limit)]

    async def get(self, group_id: str, run_id: int) -> RunView:
        """Return one run. Raises NotFound."""
        async with self._yidan.database.read() as session:
            return _view(await self._row(session, group_id, run_id))

    async def report(self, group_id: str, run_id: int) -> dict[str, Any]:
        """Return a run's report, as ``eval run --json`` writes it. Raises NotFound, Conflict before its end."""
        async with self._yidan.database.read() as session:
            row = await self._row(session, group_id, run_id, report=True)
            if row.report is None:
                raise Conflict(f"run {run_id} has no result ({row.status})")
            return row.report

    async def compare(self, group_id: str, before: int, after: int) -> Comparison:
        """Return what changed from one run to another, over the cases both have. Raises as ``report`` does."""
        return compare_json(await self.report(group_id, before), await self.report(group_id, after))

    async def start(
        self, group_id: str, suites: Sequence[str], *, by: str, draft: bool = False, epochs: int = 1
    ) -> RunView:
        """Begin a run and return it; it waits while another one runs.

        Raises:
            NotFound: there is no such group or suite.
            BadFile: a suite cannot be read.
            UsageError: nothing is to be run, or too often.
            Conflict: too many runs wait already.
        """
        if not suites or not 1 <= epochs <= MOST_EPOCHS:
            raise UsageError(f"choose at least one suite, and between 1 and {MOST_EPOCHS} repetitions")
        if len(self._tasks) >= MOST_WAITING:
            raise Conflict(f"{len(self._tasks)} runs wait already; stop one, or let them come to an end")
        group, _ = await drafted_folder(self._yidan, group_id, published=not draft)
        home = self._yidan.settings.home
        loaded = await asyncio.to_thread(_load, home, group, suites)
        request = RunRequest(loaded, (group,), epochs, home / "eval" / "index")
        row = SuiteRun(
            group_id=group_id,
            suites=[suite.name for suite in loaded],
            draft=draft,
            knowledge_version=(await self._yidan.groups.show(group_id)).knowledge_version,
            epochs=epochs,
            status="waiting",
            total=request.total,
            created_at=self._yidan.clock.now(),
            created_by=by,
        )
        async with self._yidan.database.write() as session:
            session.add(row)
            await session.flush()
            run_id = row.id
            details = {"suites": row.suites, "draft": draft, "epochs": epochs}
            session.add(self._audit("suites.run", group_id, run_id, by, details))
        self._tasks[run_id] = asyncio.create_task(self._run(run_id, request))
        return await self.get(group_id, run_id)

    async def stop(self, group_id: str, run_id: int, *, by: str) -> RunView:
        """End a run that waits or goes on. Raises NotFound, Conflict where it has ended."""
        view = await self.get(group_id, run_id)
        if view.status not in repository.UNFINISHED:
            raise Conflict(f"run {run_id} has ended already ({view.status})")
        task = self._tasks.get(run_id)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        async with self._yidan.database.write() as session:
            now = self._yidan.clock.now()
            await repository.note(session, run_id, status="stopped", error="", ended_at=now)
            session.add(self._audit("suites.stop", group_id, run_id, by, {}))
        return await self.get(group_id, run_id)

    async def recover(self) -> None:
        """Note that runs which an earlier server left will not end; called once at its start."""
        async with self._yidan.database.write() as session:
            await repository.end_unfinished(session, self._yidan.clock.now(), _RESTARTED, list(self._tasks))

    async def close(self) -> None:
        """End all runs; they are noted as stopped."""
        running = list(self._tasks.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        if running:
            await self.recover()

    async def wait(self) -> None:
        """Return when no run waits or goes on."""
        while self._tasks:
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _run(self, run_id: int, request: RunRequest) -> None:
        try:
            async with self._one_at_a_time:
                await self._note(run_id, status="running")
                await self._note(run_id, **await self._played(run_id, request))
        finally:
            self._tasks.pop(run_id, None)

    async def _played(self, run_id: int, request: RunRequest) -> dict[str, Any]:
        told_at = 0.0

        async def step(done: int, failed: int) -> None:
            nonlocal told_at
            if time.monotonic() - told_at >= _TOLD_EVERY_SECONDS:
                told_at = time.monotonic()
                await self._note(run_id, done=done, failed=failed)

        try:
            report = await self._play(request, step)
        except (YidanError, OSError) as error:
            log.warning("run %d broke: %s", run_id, error)
            return {"status": "failed", "error": str(error), "ended_at": self._yidan.clock.now()}
        played = [case for suite in report.get("suites", [report]) for case in suite["cases"]]
        failed = sum(request.epochs - case.get("epochs_passed", request.epochs * case["passed"]) for case in played)
        return {
            "status": "done",
            "report": report,
            "done": request.total,
            "failed": failed,
            "passed": report["passed"],
            "cases": report["total"],
            "ended_at": self._yidan.clock.now(),
        }

    async def _note(self, run_id: int, **values: Any) -> None:
        async with self._yidan.database.write() as session:
            await repository.note(session, run_id, **values)

    async def _row(self, session: Any, group_id: str, run_id: int, *, report: bool = False) -> SuiteRun:
        row = await repository.get(session, group_id, run_id, report=report)
        if row is None:
            raise NotFound(f"no run {run_id} in group '{group_id}'")
        return row

    def _audit(self, action: str, group_id: str, run_id: int, by: str, details: dict[str, Any]) -> Audit:
        now = self._yidan.clock.now()
        return Audit(at=now, actor=by, action=action, group_id=group_id, subject=str(run_id), details=details)


def _choice(path: Path, group: GroupFolder) -> Choice:
    kind: Kind = "learnt" if path.name == LEARNT else "own"
    try:
        return Choice(path.name, kind, len(load_suite(path, group).cases))
    except BadFile as error:
        return Choice(path.name, kind, 0, "; ".join([str(error), *error.problems[:3]]))


def _load(home: Path, group: GroupFolder, names: Sequence[str]) -> tuple[Suite, ...]:
    """Return the suites by the names that ``choices`` gives. Raises NotFound, BadFile."""
    paths = {path.name: path for path in kept_suites(home, group.settings.id)}
    loaded = []
    for name in dict.fromkeys(names):
        if name == SMOKE:
            loaded.append(smoke_suite(group).model_copy(update={"name": SMOKE}))
        elif name in paths:
            loaded.append(load_suite(paths[name], group))
        else:
            raise NotFound(f"group '{group.settings.id}' has no suite '{name}'")
    return tuple(loaded)


def _view(row: SuiteRun) -> RunView:
    return RunView(
        id=row.id,
        suites=tuple(row.suites),
        draft=row.draft,
        knowledge_version=row.knowledge_version,
        epochs=row.epochs,
        status=row.status,  # type: ignore[arg-type]
        done=row.done,
        failed=row.failed,
        total=row.total,
        passed=row.passed,
        cases=row.cases,
        error=row.error,
        created_at=row.created_at,
        created_by=row.created_by,
        ended_at=row.ended_at,
    )
