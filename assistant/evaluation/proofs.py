"""How well payment proofs are read: a folder of screenshots with their truth, read as the product reads them.

The folder holds ``truth.jsonl``, a line a picture: ``image`` (a path in the folder), ``split`` (any name; measured
apart), ``payment`` (whether it is a payment's screen at all), and what the screen shows: ``amount`` (decimal text),
``time`` (ISO 8601 without a zone), ``reference``; null where it shows none. ``evals/proofs/draw.py`` draws such a set.
"""

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from assistant.errors import BadFile
from assistant.payments.ocr import OcrProcess
from assistant.payments.proof import Proof, read_proof

FIELDS = ("amount", "time", "reference", "direction")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Reading:
    """One picture's truth, what was read off it, and how long that took."""

    truth: dict[str, Any]
    proof: Proof
    seconds: float

    @property
    def read(self) -> dict[str, Any]:
        """What was read, as the truth writes it."""
        return self.proof.to_json()

    def wrong(self) -> dict[str, tuple[Any, Any]]:
        """Return what was read otherwise than it is: field to (read, true)."""
        if self.proof.readable != self.truth["payment"]:
            return {"payment": (self.proof.readable, self.truth["payment"])}
        if not self.truth["payment"]:
            return {}
        read = self.read
        return {
            name: (read[name], self.truth[name])
            for name in FIELDS
            if name in self.truth and read[name] != self.truth[name]
        }


def measure(folder: Path, *, split: str = "", progress: Progress | None = None) -> dict[str, Any]:
    """Return the measures of each split under ``splits``, and what was read wrong under ``wrong``.

    ``amount``, ``time``, ``reference`` are the shares of payment screens read exactly (a screen that shows none is read
    exactly where none is read); ``told_apart`` the share of all pictures rightly told to be a payment's screen or not.
    Raises BadFile.
    """
    rows = [row for row in _truth(folder) if not split or row["split"] == split]
    readings = asyncio.run(_read(folder, rows, progress))
    return {
        "splits": {
            name: _measures([reading for reading in readings if reading.truth["split"] == name])
            for name in dict.fromkeys(row["split"] for row in rows)
        },
        "wrong": [
            {"image": reading.truth["image"], "fields": {name: list(pair) for name, pair in wrong.items()}}
            for reading in readings
            if (wrong := reading.wrong())
        ],
    }


def _measures(readings: Sequence[Reading]) -> dict[str, Any]:
    payments = [reading for reading in readings if reading.truth["payment"]]
    seconds = sorted(reading.seconds for reading in readings)
    exact = {
        name: 1 - _share(sum(1 for r in payments if {name, "payment"} & r.wrong().keys()), payments) for name in FIELDS
    }
    return {
        "pictures": len(readings),
        "payments": len(payments),
        **exact,
        "told_apart": 1 - _share(sum(1 for reading in readings if "payment" in reading.wrong()), readings),
        "seconds_p50": round(median(seconds), 3) if seconds else 0.0,
        "seconds_p95": round(seconds[int(len(seconds) * 0.95)], 3) if seconds else 0.0,
    }


def _share(count: int, of: Sequence[Any]) -> float:
    return count / len(of) if of else 0.0


async def _read(folder: Path, rows: Sequence[dict[str, Any]], progress: Progress | None) -> list[Reading]:
    reader = OcrProcess()
    found = []
    try:
        for number, row in enumerate(rows):
            if number == 0:
                # The start of the reader process is no picture's time.
                await reader.read(folder / row["image"])
            started = time.perf_counter()
            text = await reader.read(folder / row["image"])
            found.append(Reading(row, read_proof(text.lines), time.perf_counter() - started))
            if progress:
                progress(number + 1, len(rows))
    finally:
        await reader.close()
    return found


def _truth(folder: Path) -> Iterator[dict[str, Any]]:
    path = folder / "truth.jsonl"
    if not path.is_file():
        raise BadFile(f"there is no {path}; evals/proofs/draw.py draws a set with one")
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise BadFile(f"{path} line {number}: this is no JSON") from error
        if not isinstance(row, dict) or not {"image", "payment"} <= row.keys():
            raise BadFile(f"{path} line {number}: image and payment are needed")
        if not (folder / row["image"]).is_file():
            raise BadFile(f"{path} line {number}: there is no {folder / row['image']}")
        yield {"split": "all", "direction": "out", **row}
