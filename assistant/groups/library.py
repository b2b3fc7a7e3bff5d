"""The groups as turns see them: settings, catalogue and index of one knowledge version, kept in memory."""

import asyncio
import hashlib
import json
import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.errors import BadFile, NotFound
from assistant.groups.documents import documents_of
from assistant.groups.settings import GroupSettings
from assistant.groups.toml import settings_from_json
from assistant.groups.vectors import GatheredVectors
from assistant.knowledge.catalogue import Catalogue
from assistant.knowledge.records import Knowledge
from assistant.knowledge.repository import known_groups, load_knowledge
from assistant.knowledge.service import no_group
from assistant.models import Group
from assistant.retrieval.documents import Document
from assistant.retrieval.embedder import Embedder
from assistant.retrieval.index import SNAPSHOT_VERSION, GroupIndex, Progress
from assistant.retrieval.vectors import VectorStore
from assistant.settings import Settings

KEPT_GROUPS = 64


@dataclass(frozen=True)
class GroupView:
    """One group at one moment. Everything but the last three fields belongs to ``knowledge_version``."""

    id: str
    settings: GroupSettings
    knowledge: Knowledge
    catalogue: Catalogue
    index: GroupIndex
    knowledge_version: int
    ledger_revision: int
    closed_at: datetime | None


class _GivenUp(Exception):
    """Nobody waits for the index any more."""


class Library:
    """Hands out group views. One cheap row read a call; the rest is cached until the knowledge version moves."""

    def __init__(self, settings: Settings, embedder: Embedder, vectors_factory: Callable[[], VectorStore]) -> None:
        """``vectors_factory`` is called only when something has to be embedded."""
        self._settings = settings
        self._folder = settings.home / "index"
        self._embedder = embedder
        self._vectors_factory = vectors_factory
        self._vectors: VectorStore | None = None
        self._views: OrderedDict[str, GroupView] = OrderedDict()
        self._locks: dict[str, asyncio.Lock] = {}

    @property
    def embedder(self) -> Embedder:
        """The embedder that the indexes are built with; questions must be embedded by the same."""
        return self._embedder

    async def view(self, session: AsyncSession, group_id: str) -> GroupView:
        """Return the group as it is now. Raises NotFound with the nearest known id."""
        row = await self._row(session, group_id)
        cached = self.kept(row)
        if cached is not None:
            return cached
        async with self._locks.setdefault(group_id, asyncio.Lock()):
            # Whoever waited here finds what the first one built.
            row = await self._row(session, group_id)
            cached = self.kept(row)
            return cached if cached is not None else await self._loaded(session, group_id, row)

    def kept(self, row: Any) -> GroupView | None:
        """Return the kept view of a group's row, or None when its knowledge moved on.

        ``row`` has the group's ``id``, ``knowledge_version``, ``ledger_revision`` and ``closed_at``.
        """
        view = self._views.get(row.id)
        if view is None or view.knowledge_version != row.knowledge_version:
            return None
        self._views.move_to_end(row.id)
        if view.ledger_revision == row.ledger_revision and view.closed_at == row.closed_at:
            return view
        return replace(view, ledger_revision=row.ledger_revision, closed_at=row.closed_at)

    async def prepare(
        self, settings: GroupSettings, knowledge: Knowledge, *, progress: Progress | None = None
    ) -> GroupIndex:
        """Build (or find) the index of knowledge that is about to be stored, so that nobody waits for it later."""
        return await self._index(settings.id, documents_of(knowledge, settings), progress)

    def keep(self, view: GroupView) -> None:
        """Hand this view out for its knowledge version, whatever the store says: evaluation holds phrasings out."""
        self._views[view.id] = view
        self._views.move_to_end(view.id)

    def forget(self, group_id: str) -> None:
        """Drop what is kept of a group in memory."""
        self._views.pop(group_id, None)

    def erase(self, group_id: str) -> None:
        """Drop everything that was made from a group's knowledge: view, snapshots, vectors. All can be made again."""
        self.forget(group_id)
        self._remove_old_snapshots(group_id, Path())
        if self._vectors is None and self._has_vectors():
            self._vectors = self._vectors_factory()
        if self._vectors is not None:
            self._vectors.drop(group_id)

    def _has_vectors(self) -> bool:
        return bool(self._settings.chroma_url) or (self._settings.home / "chroma").exists()

    async def _row(self, session: AsyncSession, group_id: str) -> Any:
        columns = (Group.id, Group.knowledge_version, Group.ledger_revision, Group.closed_at)
        row = (await session.execute(select(*columns).where(Group.id == group_id))).one_or_none()
        if row is None:
            raise NotFound(no_group(group_id, await known_groups(session)))
        return row

    async def _loaded(self, session: AsyncSession, group_id: str, row: Any) -> GroupView:
        stored = await session.scalar(select(Group.settings).where(Group.id == group_id))
        settings = settings_from_json(stored or {})
        knowledge = await load_knowledge(session, group_id)
        index = await self._index(group_id, documents_of(knowledge, settings), None)
        self._remove_old_snapshots(group_id, self._snapshot(group_id, index.documents))
        view = GroupView(
            id=group_id,
            settings=settings,
            knowledge=knowledge,
            catalogue=Catalogue(knowledge.products),
            index=index,
            knowledge_version=row.knowledge_version,
            ledger_revision=row.ledger_revision,
            closed_at=row.closed_at,
        )
        self._views[group_id] = view
        self._views.move_to_end(group_id)
        while len(self._views) > KEPT_GROUPS:
            self._views.popitem(last=False)
        return view

    async def _index(self, group_id: str, documents: tuple[Document, ...], progress: Progress | None) -> GroupIndex:
        kept = self._views.get(group_id)
        if kept is not None and kept.index.documents == documents:
            return kept.index
        given_up = threading.Event()

        def step(done: int, total: int) -> None:
            if given_up.is_set():
                raise _GivenUp
            if progress is not None:
                progress(done, total)

        try:
            return await asyncio.to_thread(self._load_or_build, group_id, documents, step)
        except asyncio.CancelledError:
            # The thread ends at its next step; what it embedded is kept for the next try.
            given_up.set()
            raise

    def _load_or_build(self, group_id: str, documents: tuple[Document, ...], progress: Progress) -> GroupIndex:
        path = self._snapshot(group_id, documents)
        if path.exists():
            try:
                return GroupIndex.load(path, embedder=self._embedder)
            except BadFile:
                # A damaged snapshot costs only the time to build it again.
                path.unlink(missing_ok=True)
        if self._vectors is None:
            self._vectors = self._vectors_factory()
        with GatheredVectors(self._vectors, group_id) as vectors:
            vectors.read_ahead(documents, self._embedder)
            index = GroupIndex.build(documents, self._embedder, vectors, group=group_id, progress=progress)
        index.save(path)
        return index

    def _snapshot(self, group_id: str, documents: tuple[Document, ...]) -> Path:
        content = [self._embedder.name, SNAPSHOT_VERSION, *(asdict(document) for document in documents)]
        raw = json.dumps(content, ensure_ascii=False, default=datetime.isoformat).encode()
        return self._folder / f"{group_id}-{hashlib.blake2b(raw, digest_size=16).hexdigest()}.npz"

    def _remove_old_snapshots(self, group_id: str, current: Path) -> None:
        name = re.compile(rf"{re.escape(group_id)}-[0-9a-f]{{32}}\.npz")
        for path in self._folder.glob(f"{group_id}-*.npz"):
            if name.fullmatch(path.name) and path != current:
                path.unlink(missing_ok=True)
