"""Where the vectors of documents are kept between runs.

Keys are hashes of the embedder's name and the text, so an unchanged text is never embedded twice, whatever entry it
stands in.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from assistant.errors import Unavailable
from assistant.retrieval.embedder import Embedder, FloatArray

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
        wanted = list(dict.fromkeys(keys))
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
        collection = self._collection(group)
        for start in range(0, len(ids), _BATCH):
            batch = ids[start : start + _BATCH]
            collection.upsert(ids=batch, embeddings=[rows[key] for key in batch])

    def drop(self, group: str) -> None:
        from chromadb.errors import NotFoundError

        try:
            self._open().delete_collection(_collection_name(group))
        except (NotFoundError, ValueError):
            return

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
            return chromadb.PersistentClient(path=where, settings=settings)
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
    known = vectors.fetch(group, keys)
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    if missing:
        embed = embedder.queries if side == "query" else embedder.passages
        fresh = embed(list(missing.values()))
        vectors.put(group, list(missing), fresh)
        known.update(zip(missing, fresh, strict=True))
    return np.stack([known[key] for key in keys]).astype(np.float32)
