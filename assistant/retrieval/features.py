"""What is measured between a message and each document, all documents at once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.documents import Document
from assistant.retrieval.embedder import FloatArray
from assistant.retrieval.folding import fold, skeleton
from assistant.retrieval.lexical import Overlap

BoolArray = NDArray[np.bool_]

_NUMBER = re.compile(r"\d+(?:\.\d+)?")

NAMES = (
    "cos_max",
    "cos_top2",
    "cos_mean",
    "passage",
    "lex_max",
    "lex_mean",
    "bm25_max",
    "bm25_mean",
    "answer_words",
    "named",
    "number",
    "length",
    "product",
)


@dataclass(frozen=True)
class Candidates:
    """``values`` has a row a document and a column a name in ``NAMES``; ``served`` marks those that may be used."""

    values: FloatArray
    served: BoolArray
    phrasings: tuple[str, ...]
    best_rows: NDArray[np.int64]

    def matched(self, number: int) -> str:
        """The phrasing of document ``number`` that is nearest to the message."""
        return self.phrasings[int(self.best_rows[number])]

    def column(self, name: str) -> FloatArray:
        """One feature over all documents."""
        values: FloatArray = self.values[:, NAMES.index(name)]
        return values


class Evidence:
    """The precomputed side of a group: phrasing rows, answer rows, product names."""

    def __init__(self, documents: Sequence[Document], questions: FloatArray, answers: FloatArray) -> None:
        self._documents = tuple(documents)
        self._questions = questions
        self._answers = answers
        rows = [document.phrasings or (document.id,) for document in documents]
        self._phrasings = tuple(text for group in rows for text in group)
        self._starts = np.cumsum([0, *(len(group) for group in rows)][:-1]).astype(np.intp)
        self._sizes = np.array([len(group) for group in rows] or [1], np.float32)
        self._overlap = Overlap(self._phrasings)
        self._answer_overlap = Overlap([document.answer for document in documents])
        self._lengths = np.array([len(skeleton(text)) for text in self._phrasings] or [1], np.float32)
        self._numbers = [set(_NUMBER.findall(fold(f"{d.question} {d.answer}"))) for d in documents]
        self._names = [_product_names(document) for document in documents]

    def candidates(self, text: str, vector: FloatArray, served: BoolArray) -> Candidates:
        """All features of ``text`` against every document."""
        cos = self._questions @ vector
        lex, bm25 = self._overlap.scores(text)
        _, answer_words = self._answer_overlap.scores(text)
        best_rows = self._argmax(cos + 0.15 * lex)
        length = max(len(skeleton(text)), 1)
        best_lengths = self._lengths[best_rows]
        columns = (
            self._max(cos),
            self._top2(cos),
            self._mean(cos),
            self._answers @ vector,
            self._max(lex),
            self._mean(lex),
            self._max(bm25),
            self._mean(bm25),
            answer_words,
            self._named(text),
            self._number_agreement(text),
            np.minimum(best_lengths, length) / np.maximum(best_lengths, length),
            np.array([document.kind == "product" for document in self._documents], np.float32),
        )
        return Candidates(np.stack(columns, axis=1).astype(np.float32), served, self._phrasings, best_rows)

    def _max(self, rows: FloatArray) -> FloatArray:
        values: FloatArray = np.maximum.reduceat(rows, self._starts)
        return values

    def _mean(self, rows: FloatArray) -> FloatArray:
        values: FloatArray = np.add.reduceat(rows, self._starts) / self._sizes
        return values

    def _top2(self, rows: FloatArray) -> FloatArray:
        first = self._argmax(rows)
        without = rows.copy()
        without[first] = -1.0
        second = np.maximum.reduceat(without, self._starts)
        values: FloatArray = np.where(self._sizes > 1, (rows[first] + second) / 2, rows[first])
        return values

    def _argmax(self, rows: FloatArray) -> NDArray[np.int64]:
        ends = np.append(self._starts[1:], len(rows))
        return np.array([s + int(rows[s:e].argmax()) for s, e in zip(self._starts, ends, strict=True)], np.int64)

    def _named(self, text: str) -> FloatArray:
        """1 for the product whose longest name is in the text, less for one with a shorter name in it."""
        bare = skeleton(text)
        longest = np.array(
            [max((len(name) for name in names if name in bare), default=0) for names in self._names], np.float32
        )
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
