"""Word overlap between a message and rows of text, by inverted lists in numpy.

Chinese has no spaces, so characters and pairs of them stand for words; words of other scripts come with their
character trigrams, which forgive typos (``mcuh``) and endings (``carpets``).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.embedder import FloatArray
from assistant.text.fold import fold
from assistant.text.similarity import sound

IntArray = NDArray[np.int32]

_RUNS = re.compile(r"[一-鿿㐀-䶿]+|[a-z0-9]+(?:[.'][a-z0-9]+)*|[^\W_]+")
_HAN = re.compile(r"[一-鿿㐀-䶿]")


def words(text: str) -> list[str]:
    """The terms of a text: Chinese characters and pairs, other words and their trigrams."""
    terms: list[str] = []
    for run in _RUNS.findall(fold(text)):
        if _HAN.match(run):
            terms += run
            terms += (run[i : i + 2] for i in range(len(run) - 1))
        else:
            terms.append(run)
            padded = f"_{run}_"
            if len(run) > 2 and not run.isdigit():
                terms += (padded[i : i + 3] for i in range(len(padded) - 2))
    return terms


def sounds(text: str) -> list[str]:
    """The terms of a text by sound: pinyin of Chinese characters in pairs, so 发或 meets 发货; other words plain."""
    terms: list[str] = []
    for run in _RUNS.findall(fold(text)):
        if _HAN.match(run):
            syllables = [sound(char) for char in run]
            terms += (f"{a} {b}" for a, b in pairwise(syllables))
            if len(run) == 1:
                terms += syllables
        else:
            terms.append(run)
    return terms


class Overlap:
    """Rows of terms with two scores for a query: cosine of idf-weighted terms, and BM25.

    ``cosine`` is symmetric (Salton's vector space model with binary tf); ``bm25`` (Robertson and Zaragoza 2009,
    k1 1.2, b 0.6) is divided by the score of a perfect match, so both are between 0 and 1.
    """

    K1, B = 1.2, 0.6

    def __init__(self, rows: Sequence[str], tokenise: Callable[[str], list[str]] = words) -> None:
        self._tokenise = tokenise
        counts = [Counter(tokenise(row)) for row in rows]
        self._rows = len(rows)
        lists: dict[str, list[tuple[int, int]]] = {}
        for row, counter in enumerate(counts):
            for term, count in counter.items():
                lists.setdefault(term, []).append((row, count))
        self._idf = {term: float(np.log(1 + self._rows / len(hits))) for term, hits in lists.items()}
        # A term nobody wrote is the rarest there is: it counts against every row.
        self._unseen = float(np.log(2 + self._rows))
        lengths = np.array([sum(counter.values()) for counter in counts] or [1], np.float32)
        self._pace = self.K1 * (1 - self.B + self.B * lengths / max(float(lengths.mean()), 1.0))
        self._postings = {term: self._posting(hits) for term, hits in lists.items()}
        norms = np.zeros(max(self._rows, 1), np.float32)
        for term, hits in lists.items():
            norms[[row for row, _ in hits]] += self._idf[term] ** 2
        self._norms = np.sqrt(np.maximum(norms, 1e-9))

    def _posting(self, hits: Iterable[tuple[int, int]]) -> tuple[IntArray, FloatArray]:
        pairs = list(hits)
        rows = np.array([row for row, _ in pairs], np.int32)
        tf = np.array([count for _, count in pairs], np.float32)
        return rows, (tf * (self.K1 + 1) / (tf + self._pace[rows])).astype(np.float32)

    def scores(self, text: str) -> tuple[FloatArray, FloatArray]:
        """``(cosine, bm25)``, each a value a row between 0 and 1."""
        cosine = np.zeros(self._rows, np.float32)
        bm25 = np.zeros(self._rows, np.float32)
        total = square = 0.0
        for term in dict.fromkeys(self._tokenise(text)):
            idf = self._idf.get(term, self._unseen)
            total += idf
            square += idf * idf
            if (posting := self._postings.get(term)) is not None:
                rows, saturated = posting
                cosine[rows] += idf * idf
                bm25[rows] += idf * saturated
        if total:
            cosine /= self._norms[: self._rows] * np.float32(square**0.5)
            bm25 /= np.float32(total * (self.K1 + 1) / (1 + self.K1))
        return cosine, np.minimum(bm25, 1.0)

    def coverage(self, text: str) -> float:
        """The share of the text's terms, weighted by rarity, that occur in any row."""
        total = known = 0.0
        for term in dict.fromkeys(self._tokenise(text)):
            idf = self._idf.get(term, self._unseen)
            total += idf
            known += idf if term in self._idf else 0.0
        return known / total if total else 0.0
