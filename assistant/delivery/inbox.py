"""Messages in: recorded first, then one turn at a time in each group, every message handled once."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy.exc import DBAPIError

from assistant.channels.base import IncomingMessage
from assistant.clock import Clock
from assistant.db import Database
from assistant.delivery import intake
from assistant.delivery.images import keep_image
from assistant.errors import StaleLedger, Unavailable, YidanError
from assistant.turn.outcome import Outcome

log = logging.getLogger(__name__)

STALE_RUNS = 8
"""How often a turn is run again because another process changed the group's ledger first."""

MAX_ATTEMPTS = 5
"""How often a message whose turn failed is tried again by itself; a redelivery always gets another try."""


class Turns(Protocol):
    """Runs one recorded message through the turn and commits what comes of it."""

    async def run(self, message_id: int) -> Outcome:
        """Return the committed outcome; raises StaleLedger where another turn was faster."""
        ...


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message; ``created`` is False for a redelivery."""

    message_id: int
    outcome: Outcome
    created: bool


class Inbox:
    """Takes messages in. Safe to use from many tasks; across processes the store's locks decide."""

    def __init__(self, database: Database, pipeline: Turns, clock: Clock, home: Path) -> None:
        self._database = database
        self._pipeline = pipeline
        self._clock = clock
        self._images = home / "images"
        self._locks: dict[str, asyncio.Lock] = {}
        self._in_work: dict[int, asyncio.Task[Outcome]] = {}
        self._listeners: list[Callable[[str], None]] = []

    def on_handled(self, listener: Callable[[str], None]) -> None:
        """Call ``listener`` with the group's id after each turn (for live updates)."""
        self._listeners.append(listener)

    async def receive(self, message: IncomingMessage) -> Receipt:
        """Record the message, run its turn and return what came of it.

        A redelivery returns the first outcome, waiting for it where the first is still in work. The turn goes
        on to its end even where the caller gives up waiting.

        Raises:
            NotFound: there is no such group.
            NotAllowed: the member was removed, or the message id is another member's.
            UsageError: the picture is of no kind that we take.
            Unavailable: the turn failed; the message is kept and may be sent again under the same id.
        """
        image = await asyncio.to_thread(keep_image, self._images, message.image) if message.image else None
        recorded = await intake.record_quickly(self._database, message, image=image)
        if recorded is None:
            async with self._database.write() as session:
                recorded = await intake.record(session, message, image=image, now=self._clock.now())
        if recorded.outcome is not None:
            return Receipt(recorded.message_id, Outcome.from_json(recorded.outcome), created=False)
        outcome = await asyncio.shield(self._turn(recorded))
        return Receipt(recorded.message_id, outcome, created=recorded.created)

    async def recover(self) -> int:
        """Handle what was recorded but not handled (after a crash); return how many messages were."""
        async with self._database.read() as session:
            waiting = await intake.unhandled(session, max_attempts=MAX_ATTEMPTS)
        handled = 0
        for recorded in waiting:
            try:
                await asyncio.shield(self._turn(recorded))
            except YidanError as error:
                log.warning("message %s stays unhandled: %s", recorded.message_id, error)
            else:
                handled += 1
        return handled

    async def drain(self) -> None:
        """Wait until no turn is in work."""
        while self._in_work:
            await asyncio.gather(*self._in_work.values(), return_exceptions=True)

    def _turn(self, recorded: intake.Recorded) -> "asyncio.Task[Outcome]":
        """Return the one task that handles this message in this process."""
        task = self._in_work.get(recorded.message_id)
        if task is None:
            task = asyncio.create_task(self._handle(recorded))
            self._in_work[recorded.message_id] = task
            task.add_done_callback(lambda done: self._settled(recorded.message_id, done))
        return task

    def _settled(self, message_id: int, task: "asyncio.Task[Outcome]") -> None:
        self._in_work.pop(message_id, None)
        if not task.cancelled():
            task.exception()  # read here, since the caller may have gone

    async def _handle(self, recorded: intake.Recorded) -> Outcome:
        lock = self._locks.setdefault(recorded.group_id, asyncio.Lock())
        async with lock:
            outcome = await self._run(recorded)
        for listener in self._listeners:
            listener(recorded.group_id)
        return outcome

    async def _run(self, recorded: intake.Recorded) -> Outcome:
        try:
            return await self._run_until_fresh(recorded)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            # Whatever went wrong is recorded with the message and told to the caller in one line.
            log.exception("the turn of message %s failed", recorded.message_id)
            await self._note_failure(recorded.message_id)
            raise Unavailable("the message is kept, but it could not be handled just now") from error

    async def _run_until_fresh(self, recorded: intake.Recorded) -> Outcome:
        first_look_needed = not recorded.created
        for _ in range(STALE_RUNS):
            if first_look_needed:
                # A redelivered or raced message may have been handled by another process meanwhile.
                async with self._database.read() as session:
                    current = await intake.find(session, recorded.message_id)
                if current.outcome is not None:
                    return Outcome.from_json(current.outcome)
            try:
                return await self._pipeline.run(recorded.message_id)
            except StaleLedger:
                first_look_needed = True
        raise Unavailable("the group is too busy just now")

    async def _note_failure(self, message_id: int) -> None:
        try:
            async with self._database.write() as session:
                await intake.mark_failed(session, message_id)
        except DBAPIError:
            log.exception("the failure of message %s could not be noted", message_id)
