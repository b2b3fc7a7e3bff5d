"""Orders the candidates and says how likely each is right.

Two small networks: one scores a document by its pair features (trained with a softmax over the list), one looks at the
winner and the shape of the list and gives two chances: that any document answers the message, and that the winner does.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from assistant.retrieval.embedder import FloatArray
from assistant.retrieval.features import INPUTS, Candidates
from assistant.retrieval.weights import load_weights, unpacked

# For embedders nothing was fitted with; set by hand on the sample groups.
_BY_HAND = {"cos_max": 14.0, "cos_top2": 6.0, "passage": 3.0, "lex_max": 3.0, "bm25_max": 2.0, "named": 1.5}
_BY_HAND_KNOWN = {"cos_max": 8.0, "lex_max": 3.0, "named": 1.2}
_BY_HAND_OFFSET = -6.0

LIST_INPUTS = INPUTS + 10


@dataclass(frozen=True)
class Ranking:
    """A score and a calibrated probability a document; ``known``: the chance that any of them is right."""

    scores: FloatArray
    probabilities: FloatArray
    known: float
    features: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Network:
    """One hidden layer of rectified units beside a direct linear path; inputs are standardised first."""

    mean: FloatArray
    spread: FloatArray
    hidden: FloatArray
    bias: FloatArray
    output: FloatArray
    direct: FloatArray
    offset: FloatArray

    def __call__(self, rows: FloatArray) -> FloatArray:
        """``(n, outputs)`` for ``(n, inputs)``."""
        # Clipped, so that a group unlike any training set cannot drive a score without bound.
        x = np.clip((rows - self.mean) / self.spread, -5, 5)
        active = np.maximum(x @ self.hidden + self.bias, 0)
        return np.asarray(active @ self.output + x @ self.direct + self.offset, np.float32)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Network":
        """What ``training`` wrote."""
        return cls(**{name: unpacked(value) for name, value in stored.items()})


class Ranker:
    """The fitted networks, or hand-set weights where there are none for the embedder."""

    def __init__(self, scorer: Network | None = None, judge: Network | None = None) -> None:
        self._scorer = scorer
        self._judge = judge

    @classmethod
    def for_embedder(cls, name: str) -> "Ranker":
        """The ranker fitted with the embedder called ``name``, or one set by hand."""
        return _shipped().get(name) or cls()

    def rank(self, candidates: Candidates) -> Ranking:
        """Scores of all documents; those not served get no probability."""
        served = candidates.served
        scores = np.full(len(served), -1e9, np.float32)
        inputs = candidates.inputs()
        scores[served] = self._scores(candidates, inputs)
        top = int(scores.argmax())
        shares = np.exp(scores - scores[top])
        shares /= shares.sum()
        row = inputs[int(np.flatnonzero(served).searchsorted(top))]
        known, right = self._judged(candidates, top, list_inputs(candidates, row, scores[served]))
        rest = shares.copy()
        rest[top] = 0.0
        total = float(rest.sum())
        probabilities = rest * ((known - right) / total) if total > 0 else rest
        probabilities[top] = right
        features = candidates.features_of(top)
        features["share"] = float(shares[top])
        return Ranking(scores, probabilities.astype(np.float32), known, features)

    def _scores(self, candidates: Candidates, inputs: FloatArray) -> FloatArray:
        if self._scorer is not None:
            return self._scorer(inputs)[:, 0]
        columns = [weight * candidates.column(name) for name, weight in _BY_HAND.items()]
        return np.asarray(np.sum(columns, axis=0)[candidates.served], np.float32)

    def _judged(self, candidates: Candidates, top: int, row: FloatArray) -> tuple[float, float]:
        if self._judge is not None:
            known, right = (float(1 / (1 + np.exp(-value))) for value in self._judge(row[None, :])[0])
            return known, min(right, known)
        logit = _BY_HAND_OFFSET + sum(w * float(candidates.column(n)[top]) for n, w in _BY_HAND_KNOWN.items())
        known = float(1 / (1 + np.exp(-logit)))
        return known, 0.9 * known


def list_inputs(candidates: Candidates, row: FloatArray, scores: FloatArray) -> FloatArray:
    """The judge's input: the winner's features and the shape of the list, ``(LIST_INPUTS,)``."""
    ordered = np.sort(scores)[::-1][:5]
    raised = np.exp(ordered - ordered[0])
    shares = raised / max(float(np.exp(scores - ordered[0]).sum()), 1e-9)
    second = shares[1] if len(shares) > 1 else 0.0
    near = candidates.column("met_max")[candidates.served]
    shape = (
        ordered[0] / 10,
        shares[0],
        second,
        float(shares[:3].sum()),
        candidates.coverage,
        np.log(candidates.length),
        np.log(len(scores)),
        float(near.mean()),
        float(np.sort(near)[-5:].mean()),
        candidates.answered,
    )
    return np.concatenate([row, np.array(shape, np.float32)])


@cache
def _shipped() -> dict[str, Ranker]:
    try:
        stored = load_weights("ranker")
    except FileNotFoundError:
        return {}
    return {stored["embedder"]: Ranker(Network.from_json(stored["scorer"]), Network.from_json(stored["judge"]))}
