"""What is measured between a message and each document, all documents at once."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.documents import Document
from assistant.retrieval.embedder import FloatArray
from assistant.retrieval.lexical import Overlap, sounds
from assistant.retrieval.metric import Metric
from assistant.text.fold import fold, skeleton

BoolArray = NDArray[np.bool_]

# Phrasings compared with all others at a time.
_BLOCK = 256
_NUMBER = re.compile(r"\d+(?:\.\d+)?")

NAMES = (
    # Raw cosine, question against question: best, mean of the best two, mean over the document's phrasings.
    "cos_max",
    "cos_top2",
    "cos_mean",
    # The same in the fitted metric, and with the standard question alone.
    "met_max",
    "met_top2",
    "met_mean",
    "met_first",
    # How much nearer the message is than the document's own phrasings are to each other, and than the nearest
    # phrasing of other documents is.
    "inside",
    "apart",
    # Question against answer, raw and in the metric.
    "passage",
    "met_passage",
    # Words: with the phrasings, with the answer, with all of the document; and by sound.
    "lex_max",
    "lex_mean",
    "bm25_max",
    "bm25_mean",
    "answer_words",
    "all_words",
    "sound_max",
    "named",
    "number",
    "length",
    "product",
)
# Of these it also counts how far a document leads the others (or trails the best), and its place in the spread.
COMPARED = ("cos_max", "cos_mean", "met_max", "met_top2", "met_mean", "passage", "met_passage", "lex_max", "bm25_max")
COMPARED_WORDS = ("all_words", "sound_max")
_COMPARED = [NAMES.index(name) for name in (*COMPARED, *COMPARED_WORDS)]
INPUTS = len(NAMES) + 2 * len(_COMPARED)


@dataclass(frozen=True)
class Candidates:
    """``values`` has a row a document and a column a name in ``NAMES``; ``served`` marks those that may be used.

    ``coverage`` is the share of the message's words, by rarity, that occur anywhere in the group's phrasings, and
    ``length`` its number of letters; ``answered`` the share of documents that have an answer's text to compare with.
    """

    values: FloatArray
    served: BoolArray
    phrasings: tuple[str, ...]
    best_rows: NDArray[np.int64]
    coverage: float
    length: int
    answered: float

    def matched(self, number: int) -> str:
        """The phrasing of document ``number`` that is nearest to the message."""
        return self.phrasings[int(self.best_rows[number])]

    def features_of(self, number: int) -> dict[str, float]:
        """The features of document ``number`` by name, with ``coverage``."""
        values = map(float, self.values[number])
        return {**dict(zip(NAMES, values, strict=True)), "coverage": self.coverage}

    def column(self, name: str) -> FloatArray:
        """One feature over all documents."""
        values: FloatArray = self.values[:, NAMES.index(name)]
        return values

    def inputs(self) -> FloatArray:
        """The ranker's input: the features of the served documents, their leads and their standing, ``(n, INPUTS)``."""
        values = self.values[self.served]
        compared = values[:, _COMPARED]
        if len(values) == 1:
            return np.concatenate([values, np.zeros((1, 2 * len(_COMPARED)), np.float32)], axis=1)
        top = np.sort(compared, axis=0)[-2:]
        lead = compared - np.where(compared >= top[1], top[0], top[1])
        standing = (compared - compared.mean(axis=0)) / (compared.std(axis=0) + 1e-3)
        return np.concatenate([values, lead, standing / 4], axis=1).astype(np.float32)


class Evidence:
    """The precomputed side of a group: phrasing rows, answer rows, word lists, product names."""

    def __init__(
        self, documents: Sequence[Document], questions: FloatArray, answers: FloatArray, metric: Metric | None
    ) -> None:
        self._documents = tuple(documents)
        self._questions = questions
        self._answers = answers
        self._metric = metric
        rows = [document.phrasings or (document.id,) for document in documents]
        self._phrasings = tuple(text for group in rows for text in group)
        sizes = [len(group) for group in rows]
        self._starts = np.cumsum([0, *sizes][:-1]).astype(np.intp)
        self._sizes = np.array(sizes or [1], np.float32)
        self._owner = np.repeat(np.arange(len(rows)), sizes)
        self._met_questions = self._projected(questions)
        self._met_answers = self._projected(answers)
        self._cohesion, self._neighbour = self._surroundings()
        self._overlap = Overlap(self._phrasings)
        self._sound_overlap = Overlap(self._phrasings, sounds)
        self._answer_overlap = Overlap([document.answer for document in documents])
        self._all_overlap = Overlap([" ".join((*document.phrasings, document.answer)) for document in documents])
        self._lengths = np.array([len(skeleton(text)) for text in self._phrasings] or [1], np.float32)
        self._numbers = [set(_NUMBER.findall(fold(f"{d.question} {d.answer}"))) for d in documents]
        self._names = [_product_names(document) for document in documents]
        self._answered = sum(bool(document.answer) for document in documents) / max(len(documents), 1)
        self._is_product = np.array([document.kind == "product" for document in documents], np.float32)

    def candidates(self, text: str, vector: FloatArray, served: BoolArray) -> Candidates:
        """All features of ``text`` against every document."""
        cos = self._questions @ vector
        met_vector = self._projected(vector[None, :])[0]
        met = self._met_questions @ met_vector
        lex, bm25 = self._overlap.scores(text)
        sound, _ = self._sound_overlap.scores(text)
        best_rows = self._argmax(met + 0.3 * lex)
        met_max = self._max(met)
        length = max(len(skeleton(text)), 1)
        best_lengths = self._lengths[best_rows]
        columns = (
            self._max(cos),
            self._top2(cos),
            self._mean(cos),
            met_max,
            self._top2(met),
            self._mean(met),
            met[self._starts],
            met_max - self._cohesion,
            met_max - self._neighbour[best_rows],
            self._answers @ vector,
            self._met_answers @ met_vector,
            self._max(lex),
            self._mean(lex),
            self._max(bm25),
            self._mean(bm25),
            self._answer_overlap.scores(text)[1],
            self._all_overlap.scores(text)[1],
            self._max(sound),
            self._named(text),
            self._number_agreement(text),
            np.minimum(best_lengths, length) / np.maximum(best_lengths, length),
            self._is_product,
        )
        values = np.stack(columns, axis=1).astype(np.float32)
        coverage = self._all_overlap.coverage(text)
        return Candidates(values, served, self._phrasings, best_rows, coverage, length, self._answered)

    def _projected(self, vectors: FloatArray) -> FloatArray:
        return self._metric.project(vectors) if self._metric is not None else vectors

    def _surroundings(self) -> tuple[FloatArray, FloatArray]:
        """How alike each document's own phrasings are (mean), and how near each phrasing's nearest stranger is."""
        rows = self._met_questions
        cohesion = np.full(len(self._documents), 0.6, np.float32)
        neighbour = np.zeros(len(rows), np.float32)
        for first, last in self._blocks():
            begin, end = int(self._starts[first]), int(self._starts[last - 1] + self._sizes[last - 1])
            # One product a block of documents: one a document took minutes for tens of thousands of phrasings.
            near = rows[begin:end] @ rows.T
            for number in range(first, last):
                start, size = int(self._starts[number]), int(self._sizes[number])
                mine = slice(start - begin, start - begin + size)
                if size > 1:
                    own = near[mine, start : start + size]
                    cohesion[number] = (own.sum() - size) / (size * (size - 1))
                near[mine, start : start + size] = -1.0
            neighbour[begin:end] = near.max(axis=1)
        return cohesion, neighbour

    def _blocks(self) -> Iterator[tuple[int, int]]:
        """Runs of documents (first, last + 1) with at most ``_BLOCK`` phrasings together, or one larger document."""
        first = 0
        for number in range(len(self._documents)):
            rows = int(self._starts[number] + self._sizes[number] - self._starts[first])
            if rows > _BLOCK and number > first:
                yield first, number
                first = number
        if first < len(self._documents):
            yield first, len(self._documents)

    def _max(self, rows: FloatArray) -> FloatArray:
        values: FloatArray = np.maximum.reduceat(rows, self._starts)
        return values

    def _mean(self, rows: FloatArray) -> FloatArray:
        return np.asarray(np.add.reduceat(rows, self._starts) / self._sizes, np.float32)

    def _top2(self, rows: FloatArray) -> FloatArray:
        first = self._argmax(rows)
        without = rows.copy()
        without[first] = -1.0
        second = np.maximum.reduceat(without, self._starts)
        return np.where(self._sizes > 1, (rows[first] + second) / 2, rows[first])

    def _argmax(self, rows: FloatArray) -> NDArray[np.int64]:
        # Sorted by owner first, then by value: the last row of each owner is its best.
        order = np.lexsort((rows, self._owner))
        return order[self._starts + self._sizes.astype(np.intp) - 1]

    def _named(self, text: str) -> FloatArray:
        """1 for the product whose longest name is in the text, less for one with a shorter name in it."""
        bare = skeleton(text)
        found = [max((len(name) for name in names if name in bare), default=0) for names in self._names]
        longest = np.array(found, np.float32)
        top = float(longest.max(initial=0.0))
        return longest / top if top else longest

    def _number_agreement(self, text: str) -> FloatArray:
        asked = set(_NUMBER.findall(fold(text)))
        if not asked:
            return np.zeros(len(self._documents), np.float32)
        return np.array([len(asked & numbers) / len(asked) for numbers in self._numbers], np.float32)


def _product_names(document: Document) -> tuple[str, ...]:
    if document.kind != "product":
        return ()
    sku = document.id.removeprefix("sku:")
    return tuple(name for text in (sku, *document.phrasings) if len(name := skeleton(text)) >= 2)
