"""Small models fitted in numpy, seeded, so the same data gives the same weights."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.embedder import FloatArray

Array = NDArray[Any]


class Adam:
    """Adam (Kingma and Ba 2015) over a list of arrays, changed in place."""

    def __init__(self, parameters: list[Array], rate: float) -> None:
        self._parameters = parameters
        self._rate = rate
        self._first = [np.zeros_like(p) for p in parameters]
        self._second = [np.zeros_like(p) for p in parameters]
        self._step = 0

    def step(self, gradients: list[Array]) -> None:
        """One update."""
        self._step += 1
        for parameter, gradient, first, second in zip(
            self._parameters, gradients, self._first, self._second, strict=True
        ):
            first += 0.1 * (gradient - first)
            second += 0.001 * (gradient**2 - second)
            drift = first / (1 - 0.9**self._step)
            spread = np.sqrt(second / (1 - 0.999**self._step)) + 1e-8
            parameter -= self._rate * drift / spread


def softmax(logits: Array) -> Array:
    """Row-wise."""
    raised: Array = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: Array = raised / raised.sum(axis=-1, keepdims=True)
    return shares


def sigmoid(logits: Array) -> Array:
    """Elementwise."""
    values: Array = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    return values


def fit_softmax(
    x: FloatArray, targets: Array, *, weights: Array | None = None, penalty: float = 1e-3, steps: int = 300
) -> FloatArray:
    """Multinomial logistic regression, full batch; ``targets`` are rows of class shares. Returns (classes, inputs)."""
    w = np.zeros((targets.shape[1], x.shape[1]), np.float32)
    each = np.ones(len(x), np.float32) if weights is None else weights.astype(np.float32)
    each = each / each.sum()
    adam = Adam([w], 0.05)
    for _ in range(steps):
        error = (softmax(x @ w.T) - targets) * each[:, None]
        adam.step([error.T @ x + penalty * w])
    return w


def fit_logistic(
    x: FloatArray, y: Array, *, weights: Array | None = None, penalty: float = 1e-3, steps: int = 300
) -> FloatArray:
    """Binary logistic regression, full batch. Returns a row of weights."""
    w = np.zeros(x.shape[1], np.float32)
    each = np.ones(len(x), np.float32) if weights is None else weights.astype(np.float32)
    each = each / each.sum()
    adam = Adam([w], 0.05)
    for _ in range(steps):
        error = (sigmoid(x @ w) - y) * each
        adam.step([x.T @ error + penalty * w])
    return w
