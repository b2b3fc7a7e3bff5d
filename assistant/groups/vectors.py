"""A vector store's answers in few large calls, for building one index."""

from collections.abc import Sequence
from types import TracebackType

import numpy as np

from assistant.retrieval.documents import Document
from assistant.retrieval.embedder import Embedder, FloatArray
from assistant.retrieval.vectors import VectorStore, vector_key

# Writing 16 vectors at a time costs 2 ms a vector in Chroma, 500 at a time 0.8 ms.
_WRITTEN_AT_ONCE = 500


class GatheredVectors:
    """Reads everything that a build will ask for at once, and writes what it brings in batches.

    What is embedded is kept also when the build is broken off (a retry goes on from there): leave the ``with`` block.
    """

    def __init__(self, store: VectorStore, group: str) -> None:
        self._store = store
        self._group = group
        self._known: dict[str, FloatArray] = {}
        self._waiting: dict[str, FloatArray] = {}

    def read_ahead(self, documents: Sequence[Document], embedder: Embedder) -> None:
        """Fetch the vectors of all texts of the documents that the store has."""
        keys = [vector_key(embedder, text, side="query") for one in documents for text in one.phrasings]
        keys += [vector_key(embedder, one.answer, side="passage") for one in documents]
        self._known.update(self._store.fetch(self._group, list(dict.fromkeys(keys))))

    def fetch(self, group: str, keys: Sequence[str]) -> dict[str, FloatArray]:
        """Return the vectors among ``keys`` that were read ahead or put since."""
        return {key: self._known[key] for key in keys if key in self._known}

    def put(self, group: str, keys: Sequence[str], vectors: FloatArray) -> None:
        """Keep the vectors; they reach the store with the next batch."""
        rows = dict(zip(keys, vectors, strict=True))
        self._known.update(rows)
        self._waiting.update(rows)
        if len(self._waiting) >= _WRITTEN_AT_ONCE:
            self._flush()

    def drop(self, group: str) -> None:
        """Forget all of the group's vectors."""
        self._known.clear()
        self._waiting.clear()
        self._store.drop(group)

    def __enter__(self) -> "GatheredVectors":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._flush()

    def _flush(self) -> None:
        if self._waiting:
            self._store.put(self._group, list(self._waiting), np.stack(list(self._waiting.values())))
            self._waiting.clear()
