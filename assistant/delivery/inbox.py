"""Messages in: recorded first, then one turn at a time in each group, every message handled once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from weakref import WeakValueDictionary

from sqlalchemy.exc import DBAPIError

from assistant.agent.proposal import Proposal
from assistant.channels.base import IncomingMessage
from assistant.clock import Clock
from assistant.db import Database
from assistant.delivery import intake
from assistant.delivery.held import fate, held, leave, take
from assistant.delivery.images import keep_image
from assistant.errors import StaleLedger, Unavailable, YidanError
from assistant.turn.outcome import Outcome
from assistant.turn.pipeline import Pending

log = logging.getLogger(__name__)

STALE_RUNS = 8
"""How often a turn is run again because another process changed the group's ledger first."""

MAX_ATTEMPTS = 5
"""How often a message whose turn failed is tried again by itself; a redelivery always gets another try."""


class Turns(Protocol):
    """Runs one recorded message through the turn and commits what comes of it."""

    async def run(self, message_id: int, proposal: Proposal | None = None) -> Outcome | Pending:
        """Return the committed outcome, or that a language model is to be asked first.

        Raises StaleLedger where another turn was faster.
        """
        ...

    async def think(self, message_id: int) -> Proposal:
        """Return what the language model proposes."""
        ...


ModelTurns = Callable[[int], Awaitable[Outcome]]
"""Takes a message that waits for the model to its end, and survives the end of this process."""


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
        self._on_recorded: list[Callable[[str], None]] = []
        self._of_member: WeakValueDictionary[tuple[str, str, str], asyncio.Lock] = WeakValueDictionary()
        self._model_turns: ModelTurns | None = None

    def delegate(self, model_turns: ModelTurns | None) -> None:
        """Let durable workflows take turns to the model; without them this process does it."""
        self._model_turns = model_turns

    def on_recorded(self, listener: Callable[[str], None]) -> None:
        """Call ``listener`` with the group's id once a message is stored: others read it while its turn is in work."""
        self._on_recorded.append(listener)

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
        if recorded.created:
            self._show(recorded.group_id)
        speaker = (message.group_id, message.channel, message.member_external_id)
        outcome = await asyncio.shield(self._turn(recorded, speaker))
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

    async def handle(self, message_ids: Sequence[int]) -> None:
        """Take the turns of recorded messages that have none (any more), one by one; what fails is tried later."""
        async with self._database.read() as session:
            waiting = [await intake.find(session, message_id) for message_id in message_ids]
        for recorded in waiting:
            try:
                await asyncio.shield(self._turn(recorded))
            except YidanError as error:
                log.warning("message %s stays unhandled: %s", recorded.message_id, error)

    async def take_up_held(self, *, pause: timedelta) -> int:
        """Begin the turns of messages that waited while a human typed and then gave up; return how many began.

        What a human has answered or taken over meanwhile is left to them; ``pause`` is how long their word keeps the
        assistant out.
        """
        async with self._database.read() as session:
            waiting = await held(session)
        begun, now = 0, self._clock.now()
        for message in waiting:
            match fate(message, now, pause=pause):
                case "leave":
                    async with self._database.write() as session:
                        await leave(session, message)
                case "take":
                    async with self._database.write() as session:
                        recorded = await take(session, message)
                    if recorded is not None:
                        self._turn(recorded, message.speaker)
                        begun += 1
        return begun

    async def drain(self) -> None:
        """Wait until no turn is in work."""
        while self._in_work:
            await asyncio.gather(*self._in_work.values(), return_exceptions=True)

    async def conclude(self, message_id: int, proposal: Proposal) -> Outcome:
        """Write the turn of a message that the model was asked about; a turn that is written already stays."""
        async with self._database.read() as session:
            recorded = await intake.find(session, message_id)
        if recorded.outcome is not None:
            return Outcome.from_json(recorded.outcome)
        async with self._lock(recorded.group_id):
            result = await self._until_fresh(recorded, proposal)
        assert isinstance(result, Outcome)
        return result

    def _turn(self, recorded: intake.Recorded, speaker: tuple[str, str, str] | None = None) -> "asyncio.Task[Outcome]":
        """Return the one task that handles this message in this process."""
        task = self._in_work.get(recorded.message_id)
        if task is None:
            task = asyncio.create_task(self._handle(recorded, speaker))
            self._in_work[recorded.message_id] = task
            task.add_done_callback(lambda done: self._settled(recorded.message_id, done))
        return task

    def _settled(self, message_id: int, task: "asyncio.Task[Outcome]") -> None:
        self._in_work.pop(message_id, None)
        if not task.cancelled():
            task.exception()  # read here, since the caller may have gone

    def _show(self, group_id: str) -> None:
        for listener in self._on_recorded:
            listener(group_id)

    def _lock(self, group_id: str) -> asyncio.Lock:
        return self._locks.setdefault(group_id, asyncio.Lock())

    async def _handle(self, recorded: intake.Recorded, speaker: tuple[str, str, str] | None) -> Outcome:
        # A member's lines are answered in their order, even while one of them waits for the model; the others of the
        # group do not wait for it.
        line = asyncio.Lock() if speaker is None else self._of_member.setdefault(speaker, asyncio.Lock())
        async with line:
            outcome = await self._run(recorded)
        if not recorded.created:
            # Nobody who reads along is told by a caller: it was taken up later than it came.
            self._show(recorded.group_id)
        for listener in self._listeners:
            listener(recorded.group_id)
        return outcome

    async def _run(self, recorded: intake.Recorded) -> Outcome:
        try:
            async with self._lock(recorded.group_id):
                result = await self._until_fresh(recorded)
            return result if isinstance(result, Outcome) else await self._with_model(recorded.message_id)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            # Whatever went wrong is recorded with the message and told to the caller in one line.
            log.exception("the turn of message %s failed", recorded.message_id)
            await self._note_failure(recorded.message_id)
            raise Unavailable("the message is kept, but it could not be handled just now") from error

    async def _with_model(self, message_id: int) -> Outcome:
        if self._model_turns is not None:
            return await self._model_turns(message_id)
        return await self.conclude(message_id, await self._pipeline.think(message_id))

    async def _until_fresh(self, recorded: intake.Recorded, proposal: Proposal | None = None) -> Outcome | Pending:
        first_look_needed = not recorded.created
        for _ in range(STALE_RUNS):
            if first_look_needed:
                # A redelivered or raced message may have been handled by another process meanwhile.
                async with self._database.read() as session:
                    current = await intake.find(session, recorded.message_id)
                if current.outcome is not None:
                    return Outcome.from_json(current.outcome)
            try:
                if proposal is None:
                    return await self._pipeline.run(recorded.message_id)
                return await self._pipeline.run(recorded.message_id, proposal)
            except StaleLedger:
                first_look_needed = True
        raise Unavailable("the group is too busy just now")

    async def _note_failure(self, message_id: int) -> None:
        try:
            async with self._database.write() as session:
                await intake.mark_failed(session, message_id)
        except DBAPIError:
            log.exception("the failure of message %s could not be noted", message_id)
