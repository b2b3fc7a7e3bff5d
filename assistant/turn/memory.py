"""What was talked about last: what later, shorter messages lean on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

REMEMBERED = timedelta(minutes=30)
"""How long a member's last exchange completes what they write next."""

SHARED = timedelta(minutes=3)
"""How long what the group just read completes what another member writes."""

OpenKind = Literal["which_product", "how_many", "less", "usual", "join", "feedback"]


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line of an order that still misses its product or its quantity."""

    skus: tuple[str, ...]
    quantity: int | None


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """What we asked the member and have no answer to yet.

    ``lines`` are the whole order so far. ``less`` offers what would still be possible.
    """

    kind: OpenKind
    lines: tuple[OpenLine, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON."""
        return {"kind": self.kind, "lines": [{"skus": list(ln.skus), "quantity": ln.quantity} for ln in self.lines]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "OpenQuestion":
        """Return what ``to_json`` wrote."""
        lines = tuple(OpenLine(tuple(ln["skus"]), ln["quantity"]) for ln in data["lines"])
        return cls(data["kind"], lines)


@dataclass(frozen=True, slots=True)
class Memory:
    """One exchange, as later messages may refer to it."""

    at: datetime
    question: str = ""
    """What was asked, completed where it leaned on something earlier itself."""
    action: str = ""
    sources: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    open: OpenQuestion | None = None

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON without the time, which the turn's row has."""
        return {
            "question": self.question,
            "sources": list(self.sources),
            "products": list(self.products),
            "open": self.open.to_json() if self.open else None,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any], *, action: str, at: datetime) -> "Memory":
        """Return what ``to_json`` wrote, for a turn that took ``action`` at ``at``."""
        return cls(
            at=at,
            question=data.get("question", ""),
            action=action,
            sources=tuple(data.get("sources", ())),
            products=tuple(data.get("products", ())),
            open=OpenQuestion.from_json(data["open"]) if data.get("open") else None,
        )
