"""When the assistant would speak, measured on messages labelled ``answer`` or ``silent``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import BadFile, UsageError
from assistant.evaluation.retrieval import index_of, read_corpus, read_lines
from assistant.retrieval.gate import Gate, GateReading, choose, signals_of
from assistant.retrieval.index import GroupIndex
from assistant.retrieval.intents import IntentModel
from assistant.retrieval.measures import auroc, calibration_error, coverage, reliability
from assistant.retrieval.weights import load_weights

_RECALL = 0.9
TALKATIVE = (0.0, 0.25, 0.5, 0.75, 1.0)
"""The settings from quiet to talkative that are shown."""


@dataclass(frozen=True)
class Reading:
    """One message as the gate saw it.

    ``chance``: that we should answer; ``right``: that we should and the first hit is the right entry; ``speaks``: what
    it does at the operating point; ``wanted`` and ``correct`` are the truth. ``gate`` is its reading of an unaddressed
    message, None where only "do we have the answer" is open.
    """

    chance: float
    right: float
    speaks: bool
    wanted: bool
    correct: bool
    gate: GateReading | None = None


def measure(file: Path, *, group: Path | None = None, corpus: Path | None = None) -> dict[str, Any]:
    """The measures of the gate on ``file`` against a group folder or a BEIR folder.

    In a group the messages are unaddressed and any reply counts as speaking. The messages of a BEIR set are all put to
    an assistant, so there only "do we have the answer" is open, and speaking means answering from an entry.
    """
    rows = read_lines(file)
    if not rows or any(row.get("label") not in ("answer", "silent") or "text" not in row for row in rows):
        raise BadFile(f"{file.name} needs lines with text and a label, answer or silent")
    if corpus is not None:
        return figures(_read(rows, index_of(read_corpus(corpus), corpus.name), addressed=True, now=_NOW))
    if group is None:
        raise UsageError("give a group folder or a BEIR folder")
    from assistant.groups.documents import documents_of
    from assistant.groups.folder import read_folder

    folder = read_folder(group)
    now = folder.settings.opens_at or _NOW
    index = index_of(documents_of(folder.knowledge, folder.settings), folder.settings.id)
    return figures(_read(rows, index, addressed=False, now=now))


def held_out() -> dict[str, Any]:
    """The figures that were measured when judge and gate were fitted, on messages that their models had not seen.

    ``<set> known``: whether anything answers a message; ``groups``: what is done with messages of groups left out.
    """
    stored: dict[str, Any] = load_weights("ranker")["figures"]
    known = {name: figures for name, figures in stored.items() if "auroc" in figures}
    reliability = known.get("ths-open known", {}).get("reliability", [])
    return {**known, **load_weights("gate")["figures"], "ths-open reliability": reliability}


_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _read(rows: Sequence[dict[str, Any]], index: GroupIndex, *, addressed: bool, now: datetime) -> list[Reading]:
    intents, gate = IntentModel.default(), Gate.default()
    readings = []
    for row in rows:
        text, wanted = str(row["text"]), row["label"] == "answer"
        found = index.search(text, now=now)
        assert found.vector is not None
        best = found.best
        correct = wanted and best is not None and ("id" not in row or best.id == row["id"])
        chance, right = found.known, best.probability if best else 0.0
        speaks, reading = right >= 0.5, None
        if not addressed:
            signals = signals_of(text, found, intents.predict(text, found.vector), addressed=False)
            reading = gate.read(signals)
            chance, right = reading.answer, reading.wants * right
            speaks = choose(reading, addressed=False) != "silent"
        readings.append(Reading(chance, right, speaks, wanted, correct, reading))
    return readings


def figures(readings: Sequence[Reading]) -> dict[str, Any]:
    """The measures; those that need both labels are ``None`` where only one occurs."""
    chance = np.array([reading.chance for reading in readings])
    wanted = np.array([reading.wanted for reading in readings])
    correct = np.array([reading.correct for reading in readings])
    speaks = np.array([reading.speaks for reading in readings])
    both = bool(wanted.any()) and not wanted.all()
    said, right = int(speaks.sum()), int((speaks & correct).sum())
    precision = right / said if said else None
    recall = right / int(wanted.sum()) if wanted.any() else None
    total = (precision or 0) + (recall or 0)
    return {
        "n": len(readings),
        "auroc": auroc(chance, wanted) if both else None,
        "coverage_at_precision_95": coverage(np.array([r.right for r in readings]), correct) if wanted.any() else None,
        "false_speak_at_recall_90": _false_speak_at_recall(chance, wanted) if both else None,
        "false_speak_rate": float(speaks[~wanted].mean()) if not wanted.all() else None,
        "precision": precision,
        "recall": recall,
        "f1": 2 * (precision or 0) * (recall or 0) / total if total and wanted.any() else None,
        "ece": calibration_error(chance, wanted),
        "reliability": reliability(chance, wanted),
        "settings": settings_table([r.gate for r in readings if r.gate], [r.correct for r in readings if r.gate]),
    }


def settings_table(readings: Sequence[GateReading], right: Sequence[bool | None]) -> list[dict[str, Any]]:
    """What each setting from quiet to talkative does with the messages: counts, and the precision of the answers.

    ``right`` tells of each message whether an answer to it is right (None: nobody said); ``precision`` is over those
    that were told, None where there are none.
    """
    rows = []
    for setting in TALKATIVE if readings else ():
        done = [choose(reading, talkative=setting, addressed=False) for reading in readings]
        told = [good for choice, good in zip(done, right, strict=True) if choice == "answer" and good is not None]
        unasked = [choice != "silent" for choice, good in zip(done, right, strict=True) if good is False]
        rows.append(
            {
                "talkative": setting,
                "answer": done.count("answer"),
                "ask_seller": done.count("ask_seller"),
                "silent": done.count("silent"),
                "precision": sum(told) / len(told) if told else None,
                "false_speak_rate": sum(unasked) / len(unasked) if unasked else None,
            }
        )
    return rows


def _false_speak_at_recall(chance: NDArray[Any], wanted: NDArray[Any]) -> float:
    threshold = np.sort(chance[wanted])[int((1 - _RECALL) * int(wanted.sum()))]
    return float((chance[~wanted] >= threshold).mean())
