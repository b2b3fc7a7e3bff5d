"""The stores that cases run in: made once a suite, put back to fresh for each case."""

import os
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal

from assistant.channels.base import IncomingMessage
from assistant.clock import FixedClock
from assistant.delivery.bootstrap import Yidan
from assistant.errors import NotAllowed, UsageError
from assistant.evaluation.case import Case, TurnSpec
from assistant.evaluation.deeds import carry_out
from assistant.evaluation.repository import CHANNEL, put_given, store_state
from assistant.evaluation.results import FoundEntry
from assistant.evaluation.scorers.base import Records, StoreState
from assistant.evaluation.suite import Suite
from assistant.groups.folder import GroupFolder, read_folder
from assistant.groups.library import GroupView
from assistant.knowledge.records import Knowledge
from assistant.llm.roles import Role
from assistant.retrieval.embedder import Embedder
from assistant.settings import LanguageModelSettings, Settings, load_settings
from assistant.turn.outcome import Outcome

STORE = "yidan.db"
_FOUND_SHOWN = 5
# Ledgers of given orders count from here, so that none is taken for that of an earlier case.
_GIVEN_REVISION = 1_000_000


NO_MODEL = "none"


def bench_settings(home: Path, model: str = NO_MODEL, role: Role | Literal[""] = "") -> Settings:
    """Return the caller's settings with the store, vectors and queue inside ``home``.

    ``model`` is none, or the name of the language model to ask: the configured one, or another at its endpoint.
    ``role`` is what it may do, where the caller's settings do not say.

    Raises:
        UsageError: no language model is configured.
    """
    settings = load_settings(home=home, database_url="", system_database_url="", chroma_url="")
    llm = chosen_model(settings.llm, model)
    return settings.model_copy(update={"llm": llm.model_copy(update={"role": llm.role or role})})


def chosen_model(llm: LanguageModelSettings, model: str) -> LanguageModelSettings:
    """Return the settings for the named model.

    Raises:
        UsageError: no such model is configured.
    """
    if model == NO_MODEL:
        return llm.model_copy(update={"mode": "off"})
    mode = "fallback" if llm.mode == "off" else llm.mode
    chosen = llm.model_copy(update={"mode": mode} if model == llm.name else {"mode": mode, "model": model})
    if not chosen.configured or (llm.gguf and model != llm.name):
        raise UsageError(f"no model '{model}' is configured; set YIDAN_LLM__BASE_URL, or use --model none")
    return chosen


async def prepare(
    folder: GroupFolder, suite: Suite, home: Path, *, embedder: Embedder | None = None, index_cache: Path | None = None
) -> None:
    """Make a store with the freshly loaded group, its index and the suite's other groups in ``home``.

    ``index_cache`` is a folder where indexes are kept between runs; they are named by their content.
    """
    index = home / "index"
    index.mkdir(parents=True, exist_ok=True)
    if index_cache:
        _copy_indexes(index_cache, index, folder.settings.id)
    async with await Yidan.open(bench_settings(home), clock=FixedClock(suite.now), embedder=embedder) as yidan:
        await yidan.library.prepare(folder.settings, folder.knowledge)
        for other in (folder, *map(read_folder, suite.neighbours)):
            await yidan.groups.load(other)
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
        group_id = turn.group or self._settings.id
        if turn.do is not None:
            return await carry_out(self._yidan, group_id, turn.do, by=turn.sender)
        named = f"@{self._settings.assistant_name}" in turn.text
        message = IncomingMessage(
            group_id=group_id,
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

    async def state(self, group_id: str | None = None) -> StoreState:
        """Return what the store holds now of the case's group, or of another in the same store."""
        async with self._yidan.database.read() as session:
            return await store_state(session, group_id or self._settings.id)

    async def found(self, text: str) -> tuple[FoundEntry, ...]:
        """Return the likeliest entries and products for a text, best first."""
        async with self._yidan.database.read() as session:
            view = await self._yidan.library.view(session, self._settings.id)
        hits = view.index.search(text, now=self.clock.now(), k=_FOUND_SHOWN).hits
        titles = {document.id: document.question for document in view.index.documents}
        return tuple(FoundEntry(hit.id, titles[hit.id], hit.probability) for hit in hits)


class Workbench:
    """One process's opened product. Its store file is put back to the fresh one before each case.

    What is costly to make (embedder, index, classifiers) stays; what a case wrote does not.
    """

    def __init__(self, folder: GroupFolder, yidan: Yidan, clock: FixedClock, fresh: Path) -> None:
        self._folder, self._yidan, self._clock, self._fresh = folder, yidan, clock, fresh
        self._base: GroupView | None = None
        self._given = 0
        self.records = _records(folder)
        self.model = yidan.model
        """The language model under test; None without one."""
        self.settings = folder.settings

    @classmethod
    @asynccontextmanager
    async def open(
        cls, folder: GroupFolder, fresh: Path, settings: Settings, *, embedder: Embedder | None = None
    ) -> "AsyncIterator[Workbench]":
        """Yield a bench that works in the new folder ``settings.home`` on copies of the store made in ``fresh``."""
        shutil.copytree(fresh, settings.home, ignore=shutil.ignore_patterns("chroma*"))
        clock = FixedClock(datetime.now().astimezone())
        async with await Yidan.open(settings, clock=clock, embedder=embedder) as yidan:
            yield cls(folder, yidan, clock, fresh / STORE)

    async def case_store(self, case: Case, now: datetime) -> CaseStore:
        """Return a fresh store for the case, its clock at ``now``; the one before it is gone."""
        await self._yidan.inbox.drain()
        await self._yidan.database.close()
        store = self._yidan.settings.home / STORE
        for suffix in ("-wal", "-shm"):
            store.with_name(store.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(self._fresh, store)
        self._clock.set(now)
        for other in {turn.group for turn in case.turns if turn.group}:
            self._yidan.library.forget(other)
        await self._hold_out(case.held_out)
        if case.given.model_fields_set:
            self._given += 1
            async with self._yidan.database.write() as session:
                await put_given(
                    session, case.given, self._folder, now=now, revision=_GIVEN_REVISION + self._given * 1_000
                )
        return CaseStore(self._yidan, self._clock, self._folder)

    async def _hold_out(self, phrasings: Mapping[str, tuple[str, ...]]) -> None:
        """Let the group know all its similar questions but these, and nothing that it learnt in an earlier case."""
        library, group_id = self._yidan.library, self._folder.settings.id
        if self._base is None:
            async with self._yidan.database.read() as session:
                self._base = await library.view(session, group_id)
        view = self._base
        if phrasings:
            entries = [
                replace(entry, similar_questions=_rest(entry.similar_questions, phrasings.get(entry.key, ())))
                for entry in view.knowledge.entries
            ]
            knowledge = Knowledge(tuple(entries), view.knowledge.products)
            view = replace(view, knowledge=knowledge, index=view.index.without(phrasings))
        library.keep(view)


def _rest(texts: tuple[str, ...], gone: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text for text in texts if text not in gone)


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
