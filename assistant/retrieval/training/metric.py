"""Fits the metric: a linear projection in which questions with the same answer are near and others far.

InfoNCE (van den Oord et al. 2018) with the other pairs of the batch as negatives, in both directions; the projection
starts at the principal directions of the data, so an unfitted one already is a fair metric.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from assistant.retrieval.embedder import FloatArray
from assistant.retrieval.metric import Metric
from assistant.retrieval.training.datasets import Collection, Vectors
from assistant.retrieval.training.fitting import Adam, Array, softmax

TEMPERATURE = 0.07
SMALLER = 160


def clusters_of(collections: Sequence[Collection], *, without_fold: int | None) -> list[list[str]]:
    """Lists of texts with one meaning: phrasings of a document and the messages it answers.

    Messages of the held-out part are left out, and groups whose part it is altogether: in use, a group's entries are
    as new to the metric as its messages.
    """
    clusters = []
    for collection in collections:
        if collection.dialogue and collection.queries[0].fold == without_fold:
            continue
        asked: dict[str, list[str]] = defaultdict(list)
        for query in collection.queries:
            if len(query.right) == 1 and query.fold != without_fold:
                asked[next(iter(query.right))].append(query.text)
        for document in collection.documents:
            texts = [*document.phrasings, *asked[document.id]]
            if document.kind == "entry" and len(texts) > 1:
                clusters.append(texts)
    return clusters


def fit_metric(clusters: Sequence[Sequence[str]], vectors: Vectors, *, steps: int = 400, seed: int = 0) -> Metric:
    """A metric from lists of texts with one meaning."""
    texts = list(dict.fromkeys(text for cluster in clusters for text in cluster))
    rows = vectors.queries(texts)
    place = {text: number for number, text in enumerate(texts)}
    flat = np.array([place[text] for cluster in clusters for text in cluster])
    sizes = np.array([len(cluster) for cluster in clusters])
    starts = np.cumsum(sizes) - sizes
    mean = rows.mean(axis=0)
    centred = rows - mean
    _, spread, directions = np.linalg.svd(centred[:: max(len(centred) // 2000, 1)], full_matrices=False)
    scale = (spread[:SMALLER] / spread[0]) ** -0.5
    matrix = (directions[:SMALLER] * scale[:, None]).T.astype(np.float32)
    matrix *= 1 / np.linalg.norm(centred @ matrix, axis=1).mean()
    start = matrix.copy()
    adam = Adam([matrix], 0.003)
    rng = np.random.default_rng(seed)
    for step in range(steps):
        chosen = rng.choice(len(clusters), min(384, len(clusters)), replace=False)
        first = (rng.random(len(chosen)) * sizes[chosen]).astype(int)
        second = (first + 1 + (rng.random(len(chosen)) * (sizes[chosen] - 1)).astype(int)) % sizes[chosen]
        pairs = np.stack([flat[starts[chosen] + first], flat[starts[chosen] + second]], axis=1)
        gradient = _gradient(matrix, centred[pairs[:, 0]], centred[pairs[:, 1]])
        adam.step([gradient + 2e-4 * (matrix - start)])
        adam.rate = 0.003 * (1 - step / steps)
    return Metric(mean.astype(np.float32), matrix)


def _gradient(matrix: FloatArray, left: FloatArray, right: FloatArray) -> Array:
    """Of the InfoNCE loss by the matrix."""
    a, b = left @ matrix, right @ matrix
    la, lb = np.linalg.norm(a, axis=1, keepdims=True), np.linalg.norm(b, axis=1, keepdims=True)
    ua, ub = a / la, b / lb
    logits = ua @ ub.T / TEMPERATURE
    same = np.eye(len(a), dtype=np.float32)
    error = ((softmax(logits) - same) + (softmax(logits.T) - same).T) / (2 * len(a) * TEMPERATURE)
    ga, gb = error @ ub, error.T @ ua
    ga = (ga - ua * (ga * ua).sum(axis=1, keepdims=True)) / la
    gb = (gb - ub * (gb * ub).sum(axis=1, keepdims=True)) / lb
    gradient: Array = left.T @ ga + right.T @ gb
    return gradient
