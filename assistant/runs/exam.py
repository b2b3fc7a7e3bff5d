"""The language model's exam: taken in the background of a server or by the command line, and its result kept."""

import asyncio
import logging
from dataclasses import dataclass, replace

from assistant.agent.builder import load as load_agent
from assistant.agent.exam import ExamReport, Stage, Step, examine
from assistant.delivery.bootstrap import Yidan
from assistant.errors import Conflict, UsageError, YidanError
from assistant.llm.access import ModelAccess
from assistant.llm.roles import keep_exam
from assistant.turn.model_turn import exam_guard

log = logging.getLogger(__name__)

EXAM_SECONDS = 60.0
"""How long one answer of the exam may take."""


async def sit(yidan: Yidan, model: ModelAccess, *, by: str, step: Step) -> ExamReport:
    """Give the model its exam and keep what it earned; a model that does not answer at all keeps what it had."""
    # Loading what the exam needs takes seconds; nobody's chat waits for it.
    await asyncio.to_thread(load_agent)
    seconds = max(EXAM_SECONDS, model.settings.deadline_seconds)
    report = await examine(model, exam_guard, seconds=seconds, step=step)
    if report.works:
        async with yidan.database.write() as session:
            await keep_exam(
                session,
                model.settings,
                earned=report.role,
                report=report.to_json(),
                actor=by,
                now=yidan.clock.now(),
            )
    return report


@dataclass(frozen=True, slots=True)
class ExamState:
    """How far the exam has come; ``error`` tells why the last one came to nothing."""

    running: bool = False
    stage: Stage = "hello"
    number: int = 0
    of: int = 0
    error: str = ""


class ExamDesk:
    """The exam of one server's model: one at a time, in the background. What a stop of the server cuts off is begun
    anew by whoever wants it."""

    def __init__(self, yidan: Yidan) -> None:
        self._yidan = yidan
        self._task: asyncio.Task[None] | None = None
        self.state = ExamState()

    def start(self, *, by: str) -> None:
        """Begin the exam.

        Raises:
            UsageError: there is no model.
            Conflict: it is being examined already.
        """
        model = self._yidan.model
        if model is None:
            raise UsageError("no language model is set up")
        if self.state.running:
            raise Conflict("the model is being examined already")
        self.state = ExamState(running=True)
        self._task = asyncio.create_task(self._examine(model, by))

    async def stop(self) -> None:
        """End an exam in work; nothing of it is kept."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _examine(self, model: ModelAccess, by: str) -> None:
        error = ""
        try:
            error = (await sit(self._yidan, model, by=by, step=self._step)).error
        except YidanError as trouble:
            error = str(trouble)
        except Exception:
            # Recorded here, as nobody waits for this task; the page must not say for ever that it goes on.
            log.exception("the exam of %s failed", model.name)
            error = "something went wrong; it is noted in the server's log"
        finally:
            self.state = ExamState(error=error)

    def _step(self, stage: Stage, number: int, of: int) -> None:
        self.state = replace(self.state, stage=stage, number=number, of=of)
