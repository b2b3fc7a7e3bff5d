"""Measures of probabilities: how they order, how far they can be trusted, whether they mean what they say."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_PRECISION = 0.95
_BINS = 10


def auroc(chance: NDArray[Any], wanted: NDArray[Any]) -> float:
    """Area under the ROC curve by ranks; ties count half (Mann and Whitney)."""
    _, inverse, counts = np.unique(chance, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    positives = int(wanted.sum())
    negatives = len(wanted) - positives
    return float((ranks[wanted].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def coverage(right: NDArray[Any], correct: NDArray[Any], *, precision: float = _PRECISION) -> float:
    """The largest share of messages that can be answered, surest first, with ``precision`` of the answers right."""
    order = np.argsort(-right, kind="stable")
    good = np.cumsum(correct[order]) / np.arange(1, len(order) + 1) >= precision
    return float((np.flatnonzero(good)[-1] + 1) / len(order)) if good.any() else 0.0


def reliability(chance: NDArray[Any], wanted: NDArray[Any]) -> list[dict[str, float]]:
    """The reliability table: of each tenth of the chances how many there are, their mean, and what came true of them.

    Empty tenths are left out.
    """
    bins = np.minimum((chance * _BINS).astype(int), _BINS - 1)
    return [
        {
            "from": number / _BINS,
            "to": (number + 1) / _BINS,
            "n": int((bins == number).sum()),
            "mean_chance": float(chance[bins == number].mean()),
            "share": float(wanted[bins == number].mean()),
        }
        for number in range(_BINS)
        if (bins == number).any()
    ]


def calibration_error(chance: NDArray[Any], wanted: NDArray[Any]) -> float:
    """Expected calibration error over ten equal bins (Guo et al. 2017)."""
    total = max(len(chance), 1)
    return float(sum(row["n"] * abs(row["mean_chance"] - row["share"]) for row in reliability(chance, wanted)) / total)
