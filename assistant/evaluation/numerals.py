"""How many numbers are read exactly."""

import re
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from assistant.errors import BadFile
from assistant.evaluation.retrieval import read_lines
from assistant.text.numerals import parse_number

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_MOST_SHOWN = 20


def measure(file: Path) -> dict[str, Any]:
    """``n``, ``exact`` (the share read exactly) and ``by_kind`` over rows that are one number, with the ``wrong``.

    Rows that expect something else than a number (dates, phone numbers in a sentence, fractions) are counted in
    ``other`` and not measured: no part of the product reads them as quantities.
    """
    right: dict[str, list[bool]] = {}
    wrong = []
    other = 0
    for row in read_lines(file):
        if "text" not in row or "expected" not in row:
            raise BadFile(f"{file.name} needs lines with text and expected")
        expected = _value(str(row["expected"]))
        if expected is None:
            other += 1
            continue
        read = parse_number(str(row["text"]))
        right.setdefault(str(row.get("kind", "")), []).append(read == expected)
        if read != expected:
            wrong.append(
                {"text": row["text"], "expected": str(row["expected"]), "read": None if read is None else str(read)}
            )
    flat = [one for some in right.values() for one in some]
    return {
        "n": len(flat),
        "other": other,
        "exact": sum(flat) / len(flat) if flat else None,
        "by_kind": {kind: sum(some) / len(some) for kind, some in sorted(right.items())},
        "wrong": wrong[:_MOST_SHOWN],
    }


def _value(text: str) -> Decimal | None:
    try:
        return Decimal(text) if _NUMBER.fullmatch(text) else Decimal(str(float(text))) if "e" in text else None
    except (InvalidOperation, ValueError):
        return None
