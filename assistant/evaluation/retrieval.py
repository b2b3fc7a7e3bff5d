"""How often search finds the right entry, on a set in BEIR layout."""

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import BadFile
from assistant.retrieval.documents import Document
from assistant.retrieval.index import GroupIndex, default_embedder
from assistant.retrieval.vectors import MemoryVectors
from assistant.retrieval.weights import load_weights

# No public set has entries with dates; any moment will do.
_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)
_DEPTH = 10


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON-lines file.

    Raises:
        BadFile: it cannot be read, or a line is not an object.
    """
    rows = []
    try:
        for number, line in enumerate(path.read_text("utf-8-sig").splitlines(), start=1):
            if line.strip():
                row = json.loads(line)
                if not isinstance(row, dict):
                    raise BadFile(f"{path.name} line {number} is not a JSON object")
                rows.append(row)
    except (OSError, ValueError) as error:
        raise BadFile(f"{path.name} cannot be read: {error}") from error
    return rows


def read_corpus(folder: Path) -> tuple[Document, ...]:
    """The entries of ``corpus.jsonl``; a title is put before the text."""
    documents = []
    for row in read_lines(folder / "corpus.jsonl"):
        try:
            question = f"{row.get('title') or ''} {row['text']}".strip()
            documents.append(Document(str(row["_id"]), "entry", question, tuple(row.get("similar_questions") or ())))
        except (KeyError, TypeError) as error:
            raise BadFile(f"corpus.jsonl: an entry lacks {error}") from error
    return tuple(documents)


def read_judgements(folder: Path) -> dict[str, dict[str, int]]:
    """``{query id: {entry id: grade}}`` of ``qrels.tsv``, grades above 0 only."""
    judged: dict[str, dict[str, int]] = {}
    try:
        with (folder / "qrels.tsv").open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t"):
                if (grade := int(row["score"])) > 0:
                    judged.setdefault(row["query-id"], {})[row["corpus-id"]] = grade
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadFile(f"qrels.tsv cannot be read: {error}") from error
    return judged


def index_of(documents: Sequence[Document], name: str) -> GroupIndex:
    """An index in memory with the embedder that ships."""
    return GroupIndex.build(documents, default_embedder(), MemoryVectors(), group=name)


def measure(folder: Path) -> dict[str, Any]:
    """``n``, ``recall@1``, ``recall@5``, ``mrr@10`` and ``ndcg@10`` over the queries that have a right entry."""
    judged = read_judgements(folder)
    queries = [row for row in read_lines(folder / "queries.jsonl") if str(row.get("_id")) in judged]
    if not queries:
        raise BadFile(f"{folder} has no query with a right entry")
    index = index_of(read_corpus(folder), folder.name)
    ranked = [[hit.id for hit in index.search(str(row["text"]), now=_ANY_TIME, k=_DEPTH).hits] for row in queries]
    return figures(ranked, [judged[str(row["_id"])] for row in queries])


def held_out() -> dict[str, Any]:
    """The figures by set that were measured when the ranker was fitted, on messages that its models had not seen."""
    stored: dict[str, Any] = load_weights("ranker")["figures"]
    return {name: figures for name, figures in stored.items() if "recall@1" in figures}


def figures(ranked: Sequence[Sequence[str]], right: Sequence[Mapping[str, int]]) -> dict[str, Any]:
    """The measures for ranked ids and the grades of the right ones."""
    first = [
        next((place for place, name in enumerate(names, start=1) if name in grades), None)
        for names, grades in zip(ranked, right, strict=True)
    ]
    found = [place or np.inf for place in first]
    return {
        "n": len(ranked),
        "recall@1": float(np.mean([place <= 1 for place in found])),
        "recall@5": float(np.mean([place <= 5 for place in found])),
        "mrr@10": float(np.mean([1 / place if place <= 10 else 0.0 for place in found])),
        "ndcg@10": float(np.mean([_ndcg(names, grades) for names, grades in zip(ranked, right, strict=True)])),
    }


def _ndcg(names: Sequence[str], grades: Mapping[str, int]) -> float:
    """Normalised discounted cumulative gain at 10 (Järvelin and Kekäläinen 2002), gain 2^grade - 1."""
    discounts = 1 / np.log2(np.arange(2, 12))
    gains = [2 ** grades.get(name, 0) - 1 for name in names[:10]]
    best = sorted((2**grade - 1 for grade in grades.values()), reverse=True)[:10]
    ideal = float(np.dot(best, discounts[: len(best)]))
    return float(np.dot(gains, discounts[: len(gains)])) / ideal if ideal else 0.0
