"""Reads the scenario tables and renders readings in their notation."""

from decimal import Decimal
from pathlib import Path

from assistant.text.orders import Act, Line, Mood, OrderReading, read_order
from tests.text.catalogues import CATALOGUES


def load(name: str) -> list[tuple[str, str, str]]:
    """(catalogue, message, expected) of each row of a table."""
    rows = []
    for line in (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            catalogue, message, expected = (part.strip() for part in line.split("|"))
            rows.append((catalogue, message.replace("⏎", "\n"), expected))
    return rows


def render(reading: OrderReading) -> str:
    """The reading in the notation of the tables."""
    if reading.act is Act.NONE or (reading.mood is not Mood.REQUEST and reading.act is not Act.REMOVE):
        return f"unknown {' '.join(reading.unknown)}" if reading.unknown and _asked(reading) else "quiet"
    parts = [str(reading.act)]
    if reading.swap:
        parts.append(f"{'/'.join(reading.swap[0])}>{'/'.join(reading.swap[1])}")
    else:
        parts += [_line(line, reading.act) for line in reading.lines]
    if reading.bare:
        parts.append(f"bare {_number(reading.bare.value)}")
    if reading.unknown:
        parts.append(f"unknown {' '.join(reading.unknown)}")
    return " ".join(parts)


def read(catalogue: str, message: str) -> str:
    """The reading of one message, rendered."""
    return render(read_order(message, CATALOGUES[catalogue]))


def _asked(reading: OrderReading) -> bool:
    return reading.mood is Mood.REQUEST


def _line(line: Line, act: Act) -> str:
    skus = "/".join(line.skus)
    if line.op == "remove" and act is not Act.REMOVE:
        return f"{skus}=remove"
    return f"{skus}={_number(line.quantity)}"


def _number(value: Decimal | None) -> str:
    return "?" if value is None else f"{value.normalize():f}"
