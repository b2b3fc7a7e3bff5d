"""Where the vectors of documents are kept between runs.

Keys are hashes of the embedder's name and the text, so an unchanged text is never embedded twice, whatever entry it
stands in.
"""

import hashlib
import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import stamina

from assistant.errors import Unavailable
from assistant.retrieval.embedder import Embedder, FloatArray

log = logging.getLogger(__name__)
T = TypeVar("T")

# Chroma refuses batches past its SQLite's variable limit.
_BATCH = 500


class VectorStore(Protocol):
    """Vectors by key, a namespace a group."""

    def fetch(self, group: str, keys: Sequence[str]) -> dict[str, FloatArray]:
        """The vectors that are known among ``keys``."""
        ...

    def put(self, group: str, keys: Sequence[str], vectors: FloatArray) -> None:
        """Keeps row ``i`` of ``vectors`` under ``keys[i]``; overwrites."""
        ...

    def drop(self, group: str) -> None:
        """Forgets all of the group's vectors; fine when there are none."""
        ...


def vector_key(embedder: Embedder, text: str, *, side: str) -> str:
    """The key of a text's vector; ``side`` is ``"query"`` or ``"passage"``."""
    return hashlib.blake2b(f"{embedder.name}\0{side}\0{text}".encode(), digest_size=16).hexdigest()


class MemoryVectors:
    """Kept in this process only."""

    def __init__(self) -> None:
        self._groups: dict[str, dict[str, FloatArray]] = {}

    def fetch(self, group: str, keys: Sequence[str]) -> dict[str, FloatArray]:
        known = self._groups.get(group, {})
        return {key: known[key] for key in keys if key in known}

    def put(self, group: str, keys: Sequence[str], vectors: FloatArray) -> None:
        self._groups.setdefault(group, {}).update(zip(keys, vectors, strict=True))

    def drop(self, group: str) -> None:
        self._groups.pop(group, None)


class ChromaVectors:
    """A Chroma collection a group: embedded for a path, a server for an ``http://host:port`` address.

    chromadb is imported on first use: the import costs more than a second and 50 MB.
    """

    def __init__(self, where: Path | str) -> None:
        self._where = where
        self._client: Any = None

    def fetch(self, group: str, keys: Sequence[str]) -> dict[str, FloatArray]:
        return self._insisting(lambda: self._fetch(group, list(dict.fromkeys(keys))))

    def _fetch(self, group: str, wanted: list[str]) -> dict[str, FloatArray]:
        known: dict[str, FloatArray] = {}
        collection = self._collection(group)
        for start in range(0, len(wanted), _BATCH):
            found = collection.get(ids=wanted[start : start + _BATCH], include=["embeddings"])
            for key, vector in zip(found["ids"], found["embeddings"], strict=True):
                known[key] = np.asarray(vector, np.float32)
        return known

    def put(self, group: str, keys: Sequence[str], vectors: FloatArray) -> None:
        rows = dict(zip(keys, vectors, strict=True))
        ids = list(rows)
        for start in range(0, len(ids), _BATCH):
            batch = ids[start : start + _BATCH]
            embeddings = [rows[key] for key in batch]
            self._insisting(partial(self._upsert, group, batch, embeddings))

    def _upsert(self, group: str, ids: list[str], embeddings: list[FloatArray]) -> None:
        self._collection(group).upsert(ids=ids, embeddings=embeddings)

    def drop(self, group: str) -> None:
        from chromadb.errors import NotFoundError

        try:
            self._open().delete_collection(_collection_name(group))
        except (NotFoundError, ValueError):
            return

    def _insisting(self, work: Callable[[], T]) -> T:
        """Return what ``work`` returns, trying again where the store stumbles over its own background work.

        Raises:
            Unavailable: it stumbled every time.
        """
        from chromadb.errors import ChromaError

        try:
            for attempt in stamina.retry_context(on=ChromaError, attempts=5, wait_initial=0.05, timeout=10):
                with attempt:
                    return work()
        except ChromaError as error:
            raise Unavailable(f"The vector store at {self._where} does not answer: {error}") from error
        raise AssertionError("a retry either returns or raises")

    def _collection(self, group: str) -> Any:
        return self._open().get_or_create_collection(_collection_name(group), embedding_function=None)

    def _open(self) -> Any:
        if self._client is None:
            import chromadb
            from chromadb.config import Settings

            settings = Settings(anonymized_telemetry=False)
            try:
                self._client = self._connect(chromadb, settings)
            except (OSError, ValueError) as error:
                raise Unavailable(f"The vector store at {self._where} does not answer: {error}") from error
        return self._client

    def _connect(self, chromadb: Any, settings: Any) -> Any:
        where = str(self._where)
        if not where.startswith(("http://", "https://")):
            # Clients of one process are shared by path: a relative one would mean another folder after a chdir.
            return chromadb.PersistentClient(path=str(Path(where).resolve()), settings=settings)
        from urllib.parse import urlsplit

        address = urlsplit(where)
        secure = address.scheme == "https"
        port = address.port or (443 if secure else 8000)
        return chromadb.HttpClient(host=address.hostname, port=port, ssl=secure, settings=settings)


def _collection_name(group: str) -> str:
    return f"knowledge-{group}"


def embed_with_store(
    texts: Sequence[str], *, embedder: Embedder, vectors: VectorStore, group: str, side: str
) -> FloatArray:
    """The vectors of ``texts`` in their order; only those the store doesn't know are embedded, and then kept."""
    if not texts:
        return np.zeros((0, embedder.dim), np.float32)
    keys = [vector_key(embedder, text, side=side) for text in texts]
    known = _known(vectors, group, keys)
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    if missing:
        embed = embedder.queries if side == "query" else embedder.passages
        fresh = embed(list(missing.values()))
        _keep(vectors, group, list(missing), fresh)
        known.update(zip(missing, fresh, strict=True))
    return np.stack([known[key] for key in keys]).astype(np.float32)


def _known(vectors: VectorStore, group: str, keys: Sequence[str]) -> dict[str, FloatArray]:
    """Return the stored vectors; none where the store is out of order, as all of them can be made again."""
    try:
        return vectors.fetch(group, keys)
    except Unavailable as error:
        log.warning("%s; embedding anew", error)
        return {}


def _keep(vectors: VectorStore, group: str, keys: Sequence[str], fresh: FloatArray) -> None:
    """Store new vectors; knowledge does not wait for a store that is out of order."""
    try:
        vectors.put(group, keys, fresh)
    except Unavailable as error:
        log.warning("%s; new vectors are not kept", error)
