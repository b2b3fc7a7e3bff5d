"""Fits the gate: the chance that an unaddressed message wants something of us.

Rows: the messages of the invented and the sample groups (questions, orders and the like want something; chat between
members doesn't), and public small talk and comments, put into the tea group, as more chat. Everything a row's signals
come from (metric, ranker, judge, the ``directed`` judgement) was fitted without its group.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from assistant.retrieval.embedder import FloatArray
from assistant.retrieval.gate import Gate, GateReading, choose, gate_inputs, signals_of
from assistant.retrieval.index import Found, Hit
from assistant.retrieval.intents import IntentModel
from assistant.retrieval.metric import Metric
from assistant.retrieval.ranker import Ranker
from assistant.retrieval.training.datasets import FOLDS, Collection, Query, Vectors, fold_of, read_jsonl
from assistant.retrieval.training.fitting import Array, fit_logistic, sigmoid
from assistant.retrieval.training.intents import held_out_judgement, judgement_rows
from assistant.retrieval.training.ranker import Judgement, examples_of


@dataclass(frozen=True)
class Row:
    """A message with what the gate would see of it and what is true."""

    group: str
    part: int
    text: str
    kind: str
    found: Found
    right: bool


def rows_of(judged: Sequence[Judgement]) -> list[Row]:
    """The messages of the groups, as the cross-fitted models saw them."""
    rows = []
    for judgement in judged:
        example = judgement.example
        if not example.collection.dialogue or example.query.addressed:
            continue
        documents = [document.id for document in example.collection.documents]
        top = documents.index(judgement.ranked[0])
        features = example.candidates.features_of(top)
        kind = example.collection.documents[top].kind
        hit = Hit(judgement.ranked[0], kind, 0.0, judgement.right, "")
        found = Found((hit,), judgement.known, None, None, features)
        right = judgement.ranked[0] in example.query.right
        query = example.query
        rows.append(Row(example.collection.name, query.fold, query.text, query.kind, found, right))
    return rows


def public_chat(data: Path, tea: Collection, models: tuple[Metric, Ranker], vectors: Vectors) -> list[Row]:
    """Public small talk and comments as messages in the tea group; metric and ranker never saw them."""
    texts = [row["text"] for row in read_jsonl(data / "messages/chitchat.jsonl")]
    texts += [row["text"] for row in read_jsonl(data / "messages/abuse.jsonl")]
    queries = tuple(Query(text, frozenset(), "silent", fold_of(text)) for text in texts)
    metric, ranker = models
    rows = []
    for example in examples_of(replace(tea, queries=queries), metric, vectors, part=None):
        ranking = ranker.rank(example.candidates)
        top = int(ranking.scores.argmax())
        hit = Hit(tea.documents[top].id, tea.documents[top].kind, 0.0, float(ranking.probabilities[top]), "")
        found = Found((hit,), ranking.known, None, None, ranking.features)
        rows.append(Row("public", example.query.fold, example.query.text, "silent", found, False))
    return rows


def directed_chances(data: Path, rows: Sequence[Row], vectors: Vectors) -> Mapping[str, float]:
    """The ``directed`` judgement of every text by a model that saw neither it nor its group."""
    labelled = judgement_rows(data)["directed"]
    part = {row.text: row.part for row in rows}
    chances = held_out_judgement("directed", labelled, vectors, part_of=lambda t: part.get(t, fold_of(t)))
    return dict(zip(labelled.texts, map(float, chances), strict=True))


def inputs_of(rows: Sequence[Row], directed: Mapping[str, float], model: IntentModel, vectors: Vectors) -> FloatArray:
    """The gate's input rows."""
    made = []
    for row, vector in zip(rows, vectors.queries([row.text for row in rows]), strict=True):
        intents = model.predict(row.text, vector)
        intents = replace(intents, directed=directed.get(row.text, intents.directed))
        made.append(gate_inputs(signals_of(row.text, row.found, intents, addressed=False)))
    return np.stack(made)


def fit(rows: Sequence[Row], x: FloatArray) -> FloatArray:
    """The weights: logistic regression with the sides balanced, chat between members of real groups counting most."""
    wanted = np.array([row.kind != "silent" for row in rows], float)
    weights = np.array([_weight(row) for row in rows])
    return fit_logistic(x, wanted, weights=weights, penalty=2e-3, steps=600)


def _weight(row: Row) -> float:
    if row.group == "public":
        return 0.5
    return 1.6 if row.kind == "silent" else 1.0


def cross_fitted(rows: Sequence[Row], x: FloatArray) -> Array:
    """The chance of every row that it wants something, by a gate fitted without its part."""
    parts = np.array([row.part for row in rows])
    chances = np.zeros(len(rows))
    for part in range(FOLDS):
        kept = parts != part
        weights = fit([row for row, k in zip(rows, kept, strict=True) if k], x[kept])
        chances[~kept] = sigmoid(x[~kept] @ weights)
    return chances


def choices(rows: Sequence[Row], chances: Array) -> list[str]:
    """What the gate would do with each row."""
    readings = [GateReading(float(c) * row.found.known, float(c)) for c, row in zip(chances, rows, strict=True)]
    return [choose(reading, addressed=False) for reading in readings]


def figures(rows: Sequence[Row], chances: Array) -> dict[str, Any]:
    """Shares of what is done with each kind of message, and false speaking on public chat."""
    done = choices(rows, chances)
    shares: dict[str, Any] = {}
    for kind in ("answer", "ask", "other", "silent"):
        some = [choice for row, choice in zip(rows, done, strict=True) if row.kind == kind and row.group != "public"]
        shares[kind] = {name: some.count(name) / max(len(some), 1) for name in ("answer", "ask_seller", "silent")}
    public = [choice for row, choice in zip(rows, done, strict=True) if row.group == "public"]
    shares["false_speak_public"] = 1 - public.count("silent") / max(len(public), 1)
    return shares


def gate_of(weights: FloatArray) -> Gate:
    """A gate with these weights."""
    return Gate(weights)
