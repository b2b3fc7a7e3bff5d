"""How well intents are told apart."""

import csv
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import BadFile
from assistant.retrieval.index import default_embedder
from assistant.retrieval.intents import IntentModel
from assistant.retrieval.weights import load_weights


def measure(file: Path | None = None) -> dict[str, Any]:
    """``n``, ``accuracy``, ``macro_f1`` and ``by_intent`` on a CSV with ``text`` and ``intent``.

    Without a file: the figures that were measured with whole trades left out when the model was fitted; measuring the
    shipped model on its own rows would say nothing.
    """
    if file is None:
        return dict(load_weights("intents")["figures"])
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = [(row["text"], row["intent"]) for row in csv.DictReader(lines)]
    except (OSError, KeyError, ValueError) as error:
        raise BadFile(f"{file.name} cannot be read: {error}") from error
    if not rows:
        raise BadFile(f"{file.name} has no rows")
    model, embedder = IntentModel.default(), default_embedder()
    predicted = [model.predict(text, embedder.queries([text])[0]).best for text, _ in rows]
    return figures([intent for _, intent in rows], predicted)


def figures(right: list[str], predicted: list[str]) -> dict[str, Any]:
    """The measures for right and predicted intents in the same order."""
    by_intent = {}
    for name in sorted(set(right)):
        both = sum(r == p == name for r, p in zip(right, predicted, strict=True))
        by_intent[name] = 2 * both / (right.count(name) + predicted.count(name))
    return {
        "n": len(right),
        "accuracy": float(np.mean([r == p for r, p in zip(right, predicted, strict=True)])),
        "macro_f1": float(np.mean(list(by_intent.values()))),
        "by_intent": by_intent,
    }
