"""What is not immediate, as durable DBOS workflows: deliveries, recovery after a crash, the rounds by the clock.

Only the server starts them. DBOS keeps its state in the home's ``dbos.sqlite`` (or a PostgreSQL database)
and talks to nobody: no telemetry, no console of its makers.
"""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from assistant.agent.proposal import Proposal
from assistant.delivery.bootstrap import Yidan
from assistant.delivery.intake import find
from assistant.delivery.outbox import Outbox
from assistant.delivery.rounds import ROUNDS, Round
from assistant.turn.outcome import Outcome

if TYPE_CHECKING:
    from dbos import DBOSConfig

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 2.0
"""How often the store is looked through for what nobody announced (another process, a crash, time itself)."""

_VERSION = "2"
"""Goes up when a workflow's steps change; until then a newer release finishes an older one's work."""


class Workflows:
    """The background work of one server process."""

    def __init__(self, yidan: Yidan, outbox: Outbox) -> None:
        self._yidan = yidan
        self._outbox = outbox
        self._pause = timedelta(minutes=yidan.settings.human_pause_minutes)
        self._wake = asyncio.Event()
        self._dispatcher: asyncio.Task[None] | None = None
        self._started: set[int] = set()
        self._deliver: Any = None
        self._recover: Any = None
        self._schedules: dict[str, Any] = {}

    async def start(self) -> None:
        """Launch DBOS on this event loop, take up what a crash left, and begin to deliver."""
        from dbos import DBOS

        _leave_logging_to_us()
        DBOS(config=self._config())
        self._register(DBOS)
        DBOS.launch()
        self._yidan.inbox.delegate(self._think_through)
        await DBOS.apply_schedules_async([*self._schedules.values()])
        await DBOS.start_workflow_async(self._recover)
        self._dispatcher = asyncio.create_task(self._dispatch(DBOS))

    async def go_round(self, name: str) -> int:
        """Do the named round at once, outside its schedule; return how many things it did.

        Raises ``KeyError`` for a name that no round has.
        """
        from dbos import DBOS

        workflow = self._schedules[name]["workflow_fn"]
        handle = await DBOS.start_workflow_async(workflow, self._yidan.clock.now(), None)
        return int(await handle.get_result())

    def nudge(self, _group_id: str = "") -> None:
        """Look for new outbox rows at once."""
        self._wake.set()

    async def stop(self) -> None:
        """End the background work; what is unfinished is taken up at the next start."""
        from dbos import DBOS

        if self._dispatcher is not None:
            self._dispatcher.cancel()
            await asyncio.gather(self._dispatcher, return_exceptions=True)
        self._yidan.inbox.delegate(None)
        await asyncio.to_thread(DBOS.destroy, destroy_registry=True)

    def _config(self) -> "DBOSConfig":
        settings = self._yidan.settings
        url = settings.system_database_url or f"sqlite:///{settings.home / 'dbos.sqlite'}"
        return {
            "name": "yidan",
            "system_database_url": url,
            "application_version": _VERSION,
            "executor_id": "local",
            "enable_otlp": False,
            "log_level": "WARNING",
            "max_executor_threads": 8,
            "scheduler_polling_interval_sec": 30.0,
        }

    def _register(self, dbos: Any) -> None:
        """Name the workflows and steps; DBOS finds them by these names after a restart."""

        @dbos.step(name="attempt", retries_allowed=True, max_attempts=8)  # type: ignore[untyped-decorator]
        async def attempt(outbox_id: int) -> tuple[str, float]:
            attempt = await self._outbox.attempt(outbox_id)
            return attempt.status, attempt.wait_seconds

        @dbos.step(name="recover-messages")  # type: ignore[untyped-decorator]
        async def recover() -> int:
            return await self._yidan.inbox.recover()

        @dbos.workflow(name="deliver")  # type: ignore[untyped-decorator]
        async def deliver(outbox_id: int) -> str:
            while True:
                status, wait = await attempt(outbox_id)
                if status != "pending":
                    return str(status)
                await dbos.sleep_async(wait)

        @dbos.step(name="think")  # type: ignore[untyped-decorator]
        async def think(message_id: int) -> dict[str, Any]:
            return (await self._yidan.pipeline.think(message_id)).to_json()

        @dbos.step(name="conclude", retries_allowed=True, max_attempts=5)  # type: ignore[untyped-decorator]
        async def conclude(message_id: int, proposal: dict[str, Any]) -> dict[str, Any]:
            return (await self._yidan.inbox.conclude(message_id, Proposal.from_json(proposal))).to_json()

        @dbos.workflow(name="model-turn")  # type: ignore[untyped-decorator]
        async def model_turn(message_id: int) -> dict[str, Any]:
            outcome: dict[str, Any] = await conclude(message_id, await think(message_id))
            return outcome

        @dbos.workflow(name="recover")  # type: ignore[untyped-decorator]
        async def recover_all() -> int:
            return int(await recover())

        self._deliver, self._recover, self._model_turn = deliver, recover_all, model_turn
        self._schedules = {duty.name: self._scheduled(dbos, duty) for duty in ROUNDS}

    async def _think_through(self, message_id: int) -> Outcome:
        """Take a turn to the model in a workflow of its own: after a crash it is taken up where it was, and ends once.

        What was proposed before the crash is not asked for again; what was cut off is asked once more.
        """
        from dbos import DBOS, SetWorkflowID

        async with self._yidan.database.read() as session:
            recorded = await find(session, message_id)
        # A turn whose workflow failed is tried again under another id.
        with SetWorkflowID(f"turn-{message_id}-{recorded.attempts}"):
            handle = await DBOS.start_workflow_async(self._model_turn, message_id)
        return Outcome.from_json(await handle.get_result())

    def _scheduled(self, dbos: Any, duty: Round) -> dict[str, Any]:
        """One round as a workflow of one step, with the schedule that starts it."""

        @dbos.step(name=f"round-{duty.name}", retries_allowed=True)  # type: ignore[untyped-decorator]
        async def look() -> int:
            return await duty.run(self._yidan, self._yidan.clock.now())

        @dbos.workflow(name=duty.name)  # type: ignore[untyped-decorator]
        async def go(_scheduled: datetime, _context: Any) -> int:
            return int(await look())

        return {"schedule_name": duty.name, "workflow_fn": go, "schedule": duty.cron, "context": None}

    async def _dispatch(self, dbos: Any) -> None:
        """Start one workflow a pending row; the row's id is the workflow's, so none is sent by two. What waited while
        somebody typed gets its turn by the same look."""
        from dbos import SetWorkflowID

        while True:
            self._wake.clear()
            try:
                pending = await self._outbox.pending()
                self._started &= set(pending)
                for outbox_id in pending:
                    if outbox_id not in self._started:
                        self._started.add(outbox_id)
                        with SetWorkflowID(f"outbox-{outbox_id}"):
                            await dbos.start_workflow_async(self._deliver, outbox_id)
                await self._yidan.inbox.take_up_held(pause=self._pause)
            except Exception:
                # A hiccup of the store must not end deliveries for good; the next look tries again.
                log.exception("looking through the outbox failed")
            try:
                await asyncio.wait_for(self._wake.wait(), LOOK_EVERY_SECONDS)
            except TimeoutError:
                continue


def _leave_logging_to_us() -> None:
    """Let the library's warnings go where all others go, instead of to a console handler of its own."""
    library = logging.getLogger("dbos")
    if not library.handlers:
        library.addHandler(logging.NullHandler())
