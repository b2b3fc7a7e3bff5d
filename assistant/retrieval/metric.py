"""A linear view of the embedder's space in which questions with one answer lie together.

Cosines of the raw embedder all fall between 0.75 and 1; the projection (fitted contrastively on pairs of questions
with the same answer, see ``training/metric.py``) spreads them and drops directions that only tell style.
"""

from functools import cache

import numpy as np

from assistant.retrieval.embedder import FloatArray, normalised
from assistant.retrieval.weights import load_weights, unpacked


class Metric:
    """``project`` maps rows of the embedder to shorter rows of length 1."""

    def __init__(self, mean: FloatArray, matrix: FloatArray) -> None:
        self.mean = mean
        self.matrix = matrix

    @classmethod
    def for_embedder(cls, name: str) -> "Metric | None":
        """The fitted metric of the embedder called ``name``, or ``None`` when there is none."""
        return _shipped().get(name)

    def project(self, vectors: FloatArray) -> FloatArray:
        """``(n, dim)`` to ``(n, smaller)``."""
        return normalised((vectors - self.mean) @ self.matrix)


@cache
def _shipped() -> dict[str, Metric]:
    try:
        stored = load_weights("metric")
    except FileNotFoundError:
        return {}
    return {stored["embedder"]: Metric(np.asarray(unpacked(stored["mean"])), unpacked(stored["matrix"]))}
