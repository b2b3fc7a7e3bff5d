"""Suites as inspect-ai tasks: its epochs, reducers, logs and viewer around our engine.

Importing inspect-ai takes seconds, so this module is imported only where inspect runs something. A sample is one case:
the solver has the engine play it and shows the talk as messages, the scorers read the verdicts. No model is asked for:
the assistant is what is tested, and it comes with the engine.
"""

import atexit
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import anyio.to_thread
from inspect_ai import Epochs, Task
from inspect_ai import eval as inspect_eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageUser, ModelOutput
from inspect_ai.scorer import Score, Scorer, Target, accuracy, mean, scorer, stderr
from inspect_ai.solver import Generate, Solver, TaskState, solver

from assistant.errors import Unavailable
from assistant.evaluation.engine import Engine, Job, job_of
from assistant.evaluation.locate import find_suite
from assistant.evaluation.results import CaseResult, Check, TurnResult
from assistant.evaluation.scorers import TURN_SCORERS
from assistant.evaluation.suite import load_suite

MODEL = "none/none"
_CASE = "yidan:case"
_WAITING = 8
"""Cases handed to the engine at once: enough to keep its workers busy."""

OnCase = Callable[[int, int, CaseResult], None]
"""Called with the case's place in the suite, the epoch (from 1) and the result."""


def named_task(name: str) -> Task:
    """Return a suite by its file or bare name as a task for inspect's own command line.

    Its cases run in an engine that lives as long as the process.
    """
    return suite_task(job_of(load_suite(find_suite(name))), _lasting_engine())


@cache
def _lasting_engine() -> Engine:
    engine = Engine(os.cpu_count() or 1)
    atexit.register(engine.close)
    return engine.open()


def suite_task(job: Job, engine: Engine, *, epochs: int = 1, on_case: OnCase | None = None) -> Task:
    """Return the suite as a task: a sample a case, a scorer each for what is judged."""
    numbers = {case.id: number for number, case in enumerate(job.suite.cases)}
    samples = [
        Sample(
            id=case.id,
            input="\n".join(line for line in _opening(case.turns, case.members)),
            target=", ".join(dict.fromkeys(action for turn in case.turns for action in turn.expect.action)),
            metadata={"tags": list(case.tags)},
        )
        for case in job.suite.cases
    ]
    return Task(
        name=job.suite.name,
        dataset=MemoryDataset(samples, name=job.suite.name),
        solver=_played(job, engine, numbers, on_case),
        scorer=[passed(), *(_judged(name) for name in (*TURN_SCORERS, "final", "wants")), latency_ms(), tokens_used()],
        epochs=Epochs(epochs, ["mean", *(f"pass_k_{k}" for k in range(2, epochs + 1))]),
        model=MODEL,
        metadata={"group": job.group.settings.id},
    )


def _opening(turns: Sequence[Any], members: Sequence[Any]) -> Iterator[str]:
    for turn in turns:
        yield f"{turn.sender}: {turn.text or turn.image or ''}"
    for member in members:
        yield f"{member.sender} ({member.goal}): {member.says[0]} ..."


@solver
def _played(job: Job, engine: Engine, numbers: Mapping[str, int], on_case: OnCase | None) -> Solver:
    """Have the engine play the sample's case."""
    home = engine.prepare(job)

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        number = numbers[str(state.sample_id)]

        def play() -> CaseResult:
            return engine.run(home.result(), number).result()

        result = await anyio.to_thread.run_sync(play)
        state.messages = [message for turn in result.turns for message in _messages(turn)]
        replies = [turn.outcome.text for turn in result.turns if turn.outcome]
        state.output = ModelOutput.from_content("yidan", replies[-1] if replies else "")
        state.store.set(_CASE, _stored(result))
        if on_case is not None:
            on_case(number, state.epoch, result)
        return state

    return solve


def _messages(turn: TurnResult) -> Iterator[ChatMessage]:
    picture = f" [{turn.image}]" if turn.image else ""
    yield ChatMessageUser(content=f"{turn.sender}: {turn.text}{picture}")
    if turn.outcome is not None:
        said = turn.outcome
        yield ChatMessageAssistant(content=f"{said.text}\n\n({said.action}: {said.reason})".strip())


def _stored(result: CaseResult) -> dict[str, Any]:
    checks = [(f"turn {number}", check) for number, turn in enumerate(result.turns, start=1) for check in turn.checks]
    checks += [("final", check) for check in result.final_checks]
    return {
        "passed": result.passed,
        "why": result.why,
        "checks": [_check_json(where, check) for where, check in checks],
        "latency_ms": [turn.latency_ms for turn in result.turns],
        "tokens": sum(turn.outcome.tokens for turn in result.turns if turn.outcome),
    }


def _check_json(where: str, check: Check) -> dict[str, Any]:
    return {"where": where, "scorer": check.scorer, "passed": check.passed, "why": check.why}


@scorer(metrics=[accuracy(), stderr()])
def passed() -> Scorer:
    """Return whether the case passed, and why not."""

    async def score(state: TaskState, target: Target) -> Score:
        case = state.store.get(_CASE)
        return Score(value="C" if case["passed"] else "I", explanation=case["why"] or "everything as expected")

    return score


def _judged(name: str) -> Scorer:
    @scorer(name=name, metrics=[accuracy(), stderr()])
    def judged() -> Scorer:
        async def score(state: TaskState, target: Target) -> Score:
            checks = [check for check in state.store.get(_CASE)["checks"] if check["scorer"] == name]
            wrong = [f"{check['where']}: {check['why']}" for check in checks if not check["passed"]]
            told = "; ".join(wrong) or ("as expected" if checks else "nothing to check")
            return Score(value="I" if wrong else "C", explanation=told)

        return score

    return judged()


@scorer(metrics=[mean()])
def latency_ms() -> Scorer:
    """Return the time of the case's slowest turn in milliseconds."""

    async def score(state: TaskState, target: Target) -> Score:
        times = state.store.get(_CASE)["latency_ms"]
        return Score(value=round(max(times, default=0.0), 2), explanation=f"{len(times)} turns, the slowest counts")

    return score


@scorer(metrics=[mean()])
def tokens_used() -> Scorer:
    """Return the language model's tokens that the case used."""

    async def score(state: TaskState, target: Target) -> Score:
        used = state.store.get(_CASE)["tokens"]
        return Score(value=used, explanation=f"{used} tokens of a language model")

    return score


def run_inspected(work: Sequence[Job], engine: Engine, *, epochs: int, log_dir: Path, on_case: "OnSuiteCase") -> None:
    """Run every suite through inspect, one log a suite in ``log_dir``; nothing is printed.

    Raises:
        Unavailable: inspect could not finish a run; the message has its reason.
    """

    def noting(place: int) -> OnCase:
        return lambda number, epoch, result: on_case(place, number, epoch, result)

    tasks = [suite_task(job, engine, epochs=epochs, on_case=noting(place)) for place, job in enumerate(work)]
    log_dir.mkdir(parents=True, exist_ok=True)
    with _own_folders(log_dir):
        logs = inspect_eval(
            tasks,
            model=MODEL,
            log_dir=str(log_dir.resolve()),
            log_format="eval",
            log_level="error",
            log_realtime=False,
            display="none",
            ctl_server=False,
            max_samples=_WAITING,
            max_tasks=1,
            fail_on_error=True,
        )
    for log in logs:
        if log.status != "success":
            raise Unavailable(f"the run of {log.eval.task} did not finish: {log.error.message if log.error else ''}")


OnSuiteCase = Callable[[int, int, int, CaseResult], None]
"""Called with the suite's place, the case's place in it, the epoch (from 1) and the result."""


@contextmanager
def _own_folders(log_dir: Path) -> Iterator[None]:
    """Keep what inspect writes beside its logs below them as well, not in the user's own folders."""
    changed = {
        "XDG_DATA_HOME": str(log_dir.resolve() / ".inspect"),
        "XDG_CACHE_HOME": str(log_dir.resolve() / ".inspect"),
    }
    before = {name: os.environ.get(name) for name in changed}
    os.environ.update(changed)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
