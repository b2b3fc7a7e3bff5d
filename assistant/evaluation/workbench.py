"""The stores that cases run in: made once a suite, put back to fresh for each case."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from decimal import Decimal
from pathlib import Path

from assistant.channels.base import IncomingMessage
from assistant.clock import FixedClock
from assistant.delivery.bootstrap import Yidan
from assistant.errors import NotAllowed
from assistant.evaluation.repository import store_state
from assistant.evaluation.scorers.base import Records, StoreState
from assistant.evaluation.suite import Suite, TurnSpec
from assistant.groups.folder import GroupFolder, read_folder
from assistant.settings import Settings, load_settings
from assistant.turn.outcome import Outcome

CHANNEL = "eval"
STORE = "yidan.db"


def bench_settings(home: Path) -> Settings:
    """Return the caller's settings with the store, vectors and queue inside ``home``."""
    return load_settings(home=home, database_url="", system_database_url="", chroma_url="")


async def prepare(suite: Suite, home: Path, index_cache: Path | None = None) -> None:
    """Make the suite's store with its freshly loaded group and the group's index in ``home``.

    ``index_cache`` is a folder where indexes are kept between runs; they are named by their content.
    """
    folder = read_folder(suite.group)
    index = home / "index"
    index.mkdir(parents=True, exist_ok=True)
    if index_cache:
        _copy_indexes(index_cache, index, folder.settings.id)
    async with await Yidan.open(bench_settings(home), clock=FixedClock(suite.now)) as yidan:
        await yidan.library.prepare(folder.settings, folder.knowledge)
        await yidan.groups.load(folder)
        async with yidan.database.read() as session:
            # Reading the group once leaves exactly the index that its cases will use.
            await yidan.library.view(session, folder.settings.id)
    if index_cache:
        # A cache that cannot be written costs time in the next run, nothing else.
        with suppress(OSError):
            index_cache.mkdir(parents=True, exist_ok=True)
            _copy_indexes(index, index_cache, folder.settings.id)


def _copy_indexes(source: Path, target: Path, group_id: str) -> None:
    for path in source.glob(f"{group_id}-*.npz"):
        if not (target / path.name).exists():
            draft = target / f".{path.name}.{os.getpid()}"
            shutil.copyfile(path, draft)
            draft.replace(target / path.name)


class CaseStore:
    """One case's own store with everything that runs on it."""

    def __init__(self, yidan: Yidan, clock: FixedClock, folder: GroupFolder) -> None:
        self._yidan, self.clock, self._settings = yidan, clock, folder.settings

    async def send(self, turn: TurnSpec, *, external_id: str, image: bytes | None) -> Outcome:
        """Write the turn's message into the group and return what the assistant made of it."""
        named = f"@{self._settings.assistant_name}" in turn.text
        message = IncomingMessage(
            group_id=self._settings.id,
            channel=CHANNEL,
            external_id=external_id,
            member_external_id=turn.sender,
            nickname=turn.sender,
            text=turn.text,
            image=image,
            role=turn.role,
            mentions_assistant=turn.mentions_assistant or named,
            sent_at=self.clock.now(),
        )
        try:
            return (await self._yidan.inbox.receive(message)).outcome
        except NotAllowed as refusal:
            # Who was removed is not heard any more; to the group that is silence.
            return Outcome("silent", reason=str(refusal))

    async def state(self) -> StoreState:
        """Return what the store holds now."""
        async with self._yidan.database.read() as session:
            return await store_state(session, self._settings.id)


class Workbench:
    """One process's opened product. Its store file is put back to the fresh one before each case.

    What is costly to make (embedder, index, classifiers) stays; what a case wrote does not.
    """

    def __init__(self, suite: Suite, yidan: Yidan, clock: FixedClock, fresh: Path) -> None:
        self._suite, self._yidan, self._clock, self._fresh = suite, yidan, clock, fresh
        self._folder = read_folder(suite.group)
        self.records = _records(self._folder)

    @classmethod
    @asynccontextmanager
    async def open(cls, suite: Suite, fresh: Path, home: Path) -> "AsyncIterator[Workbench]":
        """Yield a bench that works in the new folder ``home`` on copies of the store made in ``fresh``."""
        shutil.copytree(fresh, home, ignore=shutil.ignore_patterns("chroma*"))
        clock = FixedClock(suite.now)
        async with await Yidan.open(bench_settings(home), clock=clock) as yidan:
            yield cls(suite, yidan, clock, fresh / STORE)

    async def case_store(self) -> CaseStore:
        """Return a fresh store; the one before it is gone."""
        await self._yidan.inbox.drain()
        await self._yidan.database.close()
        store = self._yidan.settings.home / STORE
        for suffix in ("-wal", "-shm"):
            store.with_name(store.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(self._fresh, store)
        self._clock.set(self._suite.now)
        return CaseStore(self._yidan, self._clock, self._folder)


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
