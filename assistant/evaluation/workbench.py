"""The stores that cases run in: made once a suite, copied for each case."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from assistant.channels.base import IncomingMessage
from assistant.clock import FixedClock
from assistant.db import Database
from assistant.delivery.bootstrap import Yidan
from assistant.delivery.inbox import Inbox
from assistant.evaluation.repository import store_state
from assistant.evaluation.scorers.base import Records, StoreState
from assistant.evaluation.suite import Suite, TurnSpec
from assistant.groups.folder import GroupFolder, read_folder
from assistant.settings import Settings, load_settings
from assistant.turn.outcome import Outcome
from assistant.turn.pipeline import TurnPipeline

CHANNEL = "eval"
STORE = "yidan.db"


def bench_settings(home: Path) -> Settings:
    """Return the caller's settings with the store, vectors and queue inside ``home``."""
    return load_settings(home=home, database_url="", system_database_url="", chroma_url="")


async def prepare(suite: Suite, home: Path) -> None:
    """Make the suite's store with its freshly loaded group and the group's index in ``home``."""
    yidan = await Yidan.open(bench_settings(home), clock=FixedClock(suite.now))
    try:
        folder = read_folder(suite.group)
        await yidan.groups.load(folder)
        async with yidan.database.read() as session:
            await yidan.library.view(session, folder.settings.id)
    finally:
        await yidan.close()


@dataclass(frozen=True, slots=True)
class CaseStore:
    """One case's own copy of the store with everything that runs on it."""

    home: Path
    clock: FixedClock
    database: Database
    inbox: Inbox
    folder: GroupFolder

    async def send(self, turn: TurnSpec, *, external_id: str, image: bytes | None) -> Outcome:
        """Write the turn's message into the group and return what the assistant made of it."""
        settings = self.folder.settings
        message = IncomingMessage(
            group_id=settings.id,
            channel=CHANNEL,
            external_id=external_id,
            member_external_id=turn.sender,
            nickname=turn.sender,
            text=turn.text,
            image=image,
            role=turn.role,
            mentions_assistant=turn.mentions_assistant or f"@{settings.assistant_name}" in turn.text,
            sent_at=self.clock.now(),
        )
        return (await self.inbox.receive(message)).outcome

    async def state(self) -> StoreState:
        """Return what the store holds now."""
        async with self.database.read() as session:
            return await store_state(session, self.folder.settings.id)


class Workbench:
    """Opens case stores; the embedder and the group's index are shared between them."""

    def __init__(self, suite: Suite, base: Yidan, home: Path) -> None:
        self._suite, self._base, self._home = suite, base, home
        self._folder = read_folder(suite.group)
        self.records = _records(self._folder)

    @classmethod
    @asynccontextmanager
    async def open(cls, suite: Suite, home: Path) -> "AsyncIterator[Workbench]":
        """Yield a bench over the store that ``prepare`` made in ``home``."""
        base = await Yidan.open(bench_settings(home), clock=FixedClock(suite.now))
        try:
            yield cls(suite, base, home)
        finally:
            await base.close()

    @asynccontextmanager
    async def case_store(self, where: Path) -> AsyncIterator[CaseStore]:
        """Yield a copy of the fresh store in the new folder ``where``; it is removed afterwards."""
        where.mkdir(parents=True)
        shutil.copyfile(self._home / STORE, where / STORE)
        settings = self._base.settings.model_copy(update={"home": where})
        clock, database = FixedClock(self._suite.now), Database(settings.database())
        try:
            pipeline = TurnPipeline(database, self._base.library, clock, settings)
            inbox = Inbox(database, pipeline, clock, where)
            yield CaseStore(where, clock, database, inbox, self._folder)
            await inbox.drain()
        finally:
            await database.close()
            shutil.rmtree(where, ignore_errors=True)


def _records(folder: GroupFolder) -> Records:
    settings, knowledge = folder.settings, folder.knowledge
    texts = [settings.model_dump_json()]
    texts += [f"{entry.question} {entry.answer}" for entry in knowledge.entries]
    texts += [f"{item.name} {item.price} {item.unit} {item.description}" for item in knowledge.products]
    ratio = settings.payment.deposit_ratio
    return Records(
        texts=tuple(texts),
        prices=tuple(item.price for item in knowledge.products),
        shares=(ratio, Decimal(1) - ratio) if ratio is not None else (),
    )
