"""Small models fitted in numpy, seeded, so the same data gives the same weights."""

from collections.abc import Callable, Iterable
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.embedder import FloatArray
from assistant.retrieval.ranker import Network
from assistant.retrieval.weights import packed

Array = NDArray[Any]


class Adam:
    """Adam (Kingma and Ba 2015) over a list of arrays, changed in place."""

    def __init__(self, parameters: list[Array], rate: float) -> None:
        self._parameters = parameters
        self.rate = rate
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
            parameter -= self.rate * drift / spread


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
    # Kept in single precision throughout: a double here would copy all of x at every step.
    targets = targets.astype(np.float32)
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
    y = y.astype(np.float32)
    adam = Adam([w], 0.05)
    for _ in range(steps):
        error = (sigmoid(x @ w) - y) * each
        adam.step([x.T @ error + penalty * w])
    return w


def standardised(rows: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean and spread of the columns; constant columns get a spread of 1."""
    spread = rows.std(axis=0)
    return rows.mean(axis=0).astype(np.float32), np.where(spread > 1e-4, spread, 1.0).astype(np.float32)


class NetworkFit:
    """Trains a ``Network``: mini-batches, Adam, weight decay, falling rate; the caller gives the loss's gradient."""

    def __init__(self, rows: FloatArray, *, hidden: int, outputs: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.mean, self.spread = standardised(rows)
        size = rows.shape[1]
        self.hidden = (rng.standard_normal((size, hidden)) / size**0.5).astype(np.float32)
        self.bias = np.zeros(hidden, np.float32)
        self.output = (rng.standard_normal((hidden, outputs)) / hidden**0.5 / 4).astype(np.float32)
        self.direct = np.zeros((size, outputs), np.float32)
        self.offset = np.zeros(outputs, np.float32)

    def prepared(self, rows: FloatArray) -> FloatArray:
        """Standardised and clipped as at run time."""
        return np.asarray(np.clip((rows - self.mean) / self.spread, -5, 5), np.float32)

    def train(
        self,
        batches: Callable[[int], Iterable[tuple[FloatArray, Callable[[Array], Array]]]],
        *,
        epochs: int,
        rate: float = 0.003,
        decay: float = 3e-4,
    ) -> Network:
        """``batches(epoch)`` gives prepared rows and a function from outputs to the loss's gradient by them."""
        parameters: list[Array] = [self.hidden, self.bias, self.output, self.direct, self.offset]
        adam = Adam(parameters, rate)
        for epoch in range(epochs):
            adam.rate = rate * (1 - epoch / epochs) + rate / 50
            for x, slope in batches(epoch):
                raw = x @ self.hidden + self.bias
                active = np.maximum(raw, 0)
                by_output = slope(active @ self.output + x @ self.direct + self.offset)
                by_hidden = (by_output @ self.output.T) * (raw > 0)
                adam.step(
                    [
                        x.T @ by_hidden + decay * self.hidden,
                        by_hidden.sum(axis=0),
                        active.T @ by_output + decay * self.output,
                        x.T @ by_output + decay * self.direct,
                        by_output.sum(axis=0),
                    ]
                )
        return Network(self.mean, self.spread, self.hidden, self.bias, self.output, self.direct, self.offset)


def network_json(network: Network) -> dict[str, Any]:
    """For ``Network.from_json``."""
    return {field.name: packed(getattr(network, field.name)) for field in fields(network)}
