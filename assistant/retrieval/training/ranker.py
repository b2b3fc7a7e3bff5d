"""Fits the metric, the ranker and its judge, with every figure from parts that were held out.

Messages of the public sets are dealt into parts, trading groups are whole in one part. For each part a metric is fitted
on the others and gives the features of that part's messages; ranker and judge are then cross-fitted over the parts. So
no message is scored by anything that saw it, and no group by anything that saw the group.

Holding out whole entries of a public set was tried and is a trap: the metric then draws all *other* entries together,
and the ranker learns to pick the one that was not drawn together (THS recall@1 0.86, all of it leaked).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.retrieval.embedder import FloatArray
from assistant.retrieval.features import INPUTS, Candidates, Evidence
from assistant.retrieval.metric import Metric
from assistant.retrieval.ranker import LIST_INPUTS, Network, list_inputs
from assistant.retrieval.training.datasets import FOLDS, Collection, Query, Vectors
from assistant.retrieval.training.fitting import Array, NetworkFit, sigmoid, softmax
from assistant.retrieval.training.metric import clusters_of, fit_metric

LISTED = 24


@dataclass(frozen=True)
class Example:
    """A message with its candidates' inputs (the nearest ``LISTED``), and which of them are right.

    ``count`` is how many documents there were in all, ``missed`` whether the right one wasn't among the nearest.
    """

    collection: Collection
    query: Query
    candidates: Candidates
    inputs: FloatArray
    right: Array
    order: Array


def examples_of(collection: Collection, metric: Metric, vectors: Vectors, *, part: int | None) -> list[Example]:
    """The examples of the messages in ``part`` (all for ``None``)."""
    documents = collection.documents
    phrasings = [text for document in documents for text in document.phrasings]
    answers = vectors.passages([document.answer for document in documents])
    evidence = Evidence(documents, vectors.queries(phrasings), answers, metric)
    served = np.ones(len(documents), bool)
    made = []
    for query in collection.queries:
        if part is not None and query.fold != part:
            continue
        candidates = evidence.candidates(query.text, vectors.queries([query.text])[0], served)
        right = np.array([document.id in query.right for document in documents])
        near = candidates.column("met_max") + 0.3 * candidates.column("lex_max") + candidates.column("named")
        order = np.argsort(-near)[:LISTED]
        made.append(Example(collection, query, candidates, candidates.inputs(), right, order))
    return made


def held_out_examples(
    fitted_on: Sequence[Collection],
    measured: Sequence[Collection],
    vectors: Vectors,
    *,
    progress: Callable[[str], None] = print,
) -> list[Example]:
    """Examples of all parts, each with the metric of the other parts."""
    made: list[Example] = []
    for part in range(FOLDS):
        metric = fit_metric(clusters_of(fitted_on, without_fold=part), vectors)
        progress(f"part {part}: metric fitted")
        for collection in measured:
            made += examples_of(collection, metric, vectors, part=part)
    return made


def fit_scorer(examples: Sequence[Example], *, epochs: int = 20, seed: int = 0) -> Network:
    """The network that orders; loss: minus log of the right documents' share among the nearest."""
    usable = [e for e in examples if e.right[e.order].any()]
    width = min(LISTED, max(len(e.order) for e in usable))
    x = np.zeros((len(usable), width, INPUTS), np.float32)
    right = np.zeros((len(usable), width), np.float32)
    there = np.zeros((len(usable), width), bool)
    for number, example in enumerate(usable):
        size = len(example.order)
        x[number, :size] = example.inputs[example.order]
        right[number, :size] = example.right[example.order]
        there[number, :size] = True
    weights = np.array([4.0 if e.collection.dialogue else 1.0 for e in usable], np.float32)
    fit = NetworkFit(x[there], hidden=24, outputs=1, seed=seed)
    x = fit.prepared(x)
    rng = np.random.default_rng(seed)

    def batches(_: int) -> Iterable[tuple[FloatArray, Callable[[Array], Array]]]:
        order = rng.permutation(len(usable))
        for start in range(0, len(order), 128):
            chosen = order[start : start + 128]

            def slope(outputs: Array, chosen: Array = chosen) -> Array:
                logits = np.where(there[chosen], outputs[:, 0].reshape(len(chosen), width), -1e9)
                shares = softmax(logits)
                wanted = shares * right[chosen]
                wanted /= wanted.sum(axis=1, keepdims=True) + 1e-12
                gradient = (shares - wanted) * weights[chosen, None] / len(chosen)
                return gradient.reshape(-1, 1)

            yield x[chosen].reshape(-1, INPUTS), slope

    return fit.train(batches, epochs=epochs)


def judged_inputs(example: Example, scorer: Network) -> tuple[FloatArray, int, FloatArray]:
    """The judge's input, the winner's number, and all scores."""
    scores = scorer(example.inputs)[:, 0]
    top = int(scores.argmax())
    return list_inputs(example.candidates, example.inputs[top], scores), top, scores


def fit_judge(rows: FloatArray, targets: Array, weights: Array, *, epochs: int = 40, seed: int = 0) -> Network:
    """The network with two outputs, logits of "something answers" and "the winner answers"."""
    fit = NetworkFit(rows, hidden=12, outputs=2, seed=seed)
    x = fit.prepared(rows)
    rng = np.random.default_rng(seed)

    def batches(_: int) -> Iterable[tuple[FloatArray, Callable[[Array], Array]]]:
        order = rng.permutation(len(x))
        for start in range(0, len(order), 256):
            chosen = order[start : start + 256]

            def slope(outputs: Array, chosen: Array = chosen) -> Array:
                error: Array = (sigmoid(outputs) - targets[chosen]) * weights[chosen, None] / len(chosen)
                return error

            yield x[chosen], slope

    return fit.train(batches, epochs=epochs, decay=2e-3)


@dataclass(frozen=True)
class Judgement:
    """One message as the cross-fitted models saw it."""

    example: Example
    ranked: tuple[str, ...]
    known: float
    right: float
    judged: FloatArray


def cross_fitted(examples: Sequence[Example], *, leave_out: Callable[[Example], int]) -> list[Judgement]:
    """Every example judged by models fitted on the examples with another ``leave_out`` value."""
    keys = np.array([leave_out(example) for example in examples])
    # The judge must see the scorer's behaviour on lists it was not fitted on: first a round of held-out scores.
    rows = np.zeros((len(examples), LIST_INPUTS), np.float32)
    tops = np.zeros(len(examples), int)
    ranked: list[tuple[str, ...]] = [()] * len(examples)
    for key in sorted(set(keys.tolist())):
        scorer = fit_scorer([e for e, k in zip(examples, keys, strict=True) if k != key])
        for number in map(int, np.flatnonzero(keys == key)):
            rows[number], tops[number], scores = judged_inputs(examples[number], scorer)
            ranked[number] = _ids(examples[number], scores)
    targets = judge_targets(examples, tops)
    weights = np.array([judge_weight(example) for example in examples])
    chances = np.zeros((len(examples), 2))
    for key in sorted(set(keys.tolist())):
        apart = keys == key
        judge = fit_judge(rows[~apart], targets[~apart], weights[~apart])
        chances[apart] = sigmoid(judge(rows[apart]))
    return [
        Judgement(example, names, float(known), float(min(right, known)), row)
        for example, names, (known, right), row in zip(examples, ranked, chances, rows, strict=True)
    ]


def ranked_ids(example: Example, scorer: Network) -> tuple[str, ...]:
    """The ten likeliest documents, best first."""
    return _ids(example, scorer(example.inputs)[:, 0])


def _ids(example: Example, scores: Array) -> tuple[str, ...]:
    ids = [document.id for document in example.collection.documents]
    return tuple(ids[i] for i in np.argsort(-scores, kind="stable")[:10])


def judge_targets(examples: Sequence[Example], tops: Array) -> Array:
    """Rows of (something answers, the winner answers)."""
    return np.array([[bool(e.query.right), e.right[top]] for e, top in zip(examples, tops, strict=True)], float)


def judge_targets_of(judged: Sequence[Judgement]) -> Array:
    """The same of messages that were judged already."""
    pairs = [(bool(j.example.query.right), j.ranked[0] in j.example.query.right) for j in judged]
    return np.array(pairs, float)


def judge_weight(example: Example) -> float:
    """Messages of trading groups count more: they are few, and they are what the product reads.

    Chat and orders don't count: whether they want anything is for the gate.
    """
    if example.query.kind not in ("answer", "ask"):
        return 0.0
    return 2.5 if example.collection.dialogue else 1.0
