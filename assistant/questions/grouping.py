"""Which question a message asks again: pure, over vectors. New askings join what is there; nothing is regrouped."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from assistant.retrieval.embedder import FloatArray, normalised
from assistant.retrieval.metric import Metric
from assistant.text.fold import skeleton

ALIKE = 0.5
"""From this cosine on two questions are one, in the fitted view of the embedder's space.

Over the entries of eleven groups 67% of the pairs with one answer lie above it, and 1.1% of the others; compared with
the middle of a question's askings instead of single ones both get better.
"""

ALIKE_UNFITTED = 0.85
"""The same for an embedder without a fitted view: rather two lines for one question than two questions in one line."""

_CALLED = re.compile(r"^(?:@\S+\s*)+")


@dataclass(slots=True)
class Cluster:
    """A question so far: the skeletons of its askings and the sum of their vectors. ``id`` is None for a new one."""

    id: int | None
    total: FloatArray
    bones: set[str] = field(default_factory=set)
    turns: list[int] = field(default_factory=list)
    """The turns that were added."""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A message that asks something, with its vector."""

    turn_id: int
    text: str
    vector: FloatArray


def bare(text: str) -> str:
    """Return a message without the name it calls."""
    return _CALLED.sub("", " ".join(text.split())).strip() or text.strip()


def seen(vectors: FloatArray, embedder: str) -> FloatArray:
    """Return vectors of an embedder as they are compared here."""
    metric = Metric.for_embedder(embedder)
    return normalised(vectors) if metric is None else metric.project(vectors)


def threshold(embedder: str) -> float:
    """Return from which cosine on two questions are one."""
    return ALIKE_UNFITTED if Metric.for_embedder(embedder) is None else ALIKE


def put_in(clusters: list[Cluster], asked: Sequence[Asked], *, alike: float) -> None:
    """Add each message to the cluster that asks the same, or to a new one; ``clusters`` is changed in place."""
    for one in asked:
        cluster = _nearest(clusters, one, alike)
        if cluster is None:
            cluster = Cluster(None, np.zeros_like(one.vector), text=bare(one.text))
            clusters.append(cluster)
        cluster.total = cluster.total + one.vector
        cluster.bones.add(skeleton(bare(one.text)))
        cluster.turns.append(one.turn_id)


def _nearest(clusters: Sequence[Cluster], one: Asked, alike: float) -> Cluster | None:
    bones = skeleton(bare(one.text))
    for cluster in clusters:
        if bones and bones in cluster.bones:
            return cluster
    if not clusters:
        return None
    middles = normalised(np.stack([cluster.total for cluster in clusters]))
    likeness = middles @ one.vector
    best = int(np.argmax(likeness))
    return clusters[best] if float(likeness[best]) >= alike else None
