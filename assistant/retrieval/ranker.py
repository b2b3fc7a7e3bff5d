"""Orders the candidates and says how likely each is right."""

from dataclasses import dataclass, field

import numpy as np

from assistant.retrieval.embedder import FloatArray
from assistant.retrieval.features import Candidates

# Set by hand on the sample groups; replaced by fitted weights.
_BY_HAND = {"cos_max": 14.0, "cos_top2": 6.0, "passage": 3.0, "lex_max": 3.0, "bm25_max": 2.0, "named": 1.5}
_BY_HAND_KNOWN = {"cos_max": 22.0, "lex_max": 2.5, "named": 1.2}
_KNOWN_OFFSET = -20.0


@dataclass(frozen=True)
class Ranking:
    """A score and a calibrated probability a document; ``known``: the chance that any of them is right."""

    scores: FloatArray
    probabilities: FloatArray
    known: float
    features: dict[str, float] = field(default_factory=dict)


class Ranker:
    """Weights over pair features; a softmax over the candidates makes them shares of ``known``."""

    @classmethod
    def default(cls) -> "Ranker":
        """The ranker that ships."""
        return cls()

    def rank(self, candidates: Candidates) -> Ranking:
        """Scores of all documents; those not served get no probability."""
        scores = sum((w * candidates.column(n) for n, w in _BY_HAND.items()), np.zeros(len(candidates.values)))
        scores = np.where(candidates.served, scores, -1e9).astype(np.float32)
        top = int(scores.argmax())
        shares = np.exp(scores - scores[top])
        shares /= shares.sum()
        logit = _KNOWN_OFFSET + sum(w * float(candidates.column(n)[top]) for n, w in _BY_HAND_KNOWN.items())
        known = float(1 / (1 + np.exp(-logit)))
        features = {
            "cos": float(candidates.column("cos_max")[top]),
            "lex": float(candidates.column("lex_max")[top]),
            "named": float(candidates.column("named").max()),
            "share": float(shares[top]),
        }
        return Ranking(scores, (known * shares).astype(np.float32), known, features)
