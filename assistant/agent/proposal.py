"""What a language model came to about one turn: plain data, so that it outlives the process that asked for it."""

from dataclasses import asdict, dataclass, field
from typing import Any

from assistant.llm.faults import FaultKind
from assistant.llm.roles import Role
from assistant.llm.tokens import Usage


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence that a model may write from: an entry's id, ``sku:A01`` or ``computed``, and its text.

    ``asks`` is the question that the text answers; it helps to understand the text and proves nothing.
    """

    id: str
    text: str
    relevance: float = 1.0
    asks: str = ""

    @property
    def shown(self) -> str:
        """What the model reads."""
        return f"{self.asks} {self.text}" if self.asks else self.text


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a tool, as the model wrote it."""

    name: str
    args: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A model's contribution to a turn. ``text`` is empty where nothing usable came; ``fault`` then says why.

    ``cites`` are ids of pieces; ``calls`` are done again on the turn's own snapshot when the turn is written, so what
    they stage is never older than the ledger.
    """

    role: Role
    model: str = ""
    text: str = ""
    cites: tuple[str, ...] = ()
    calls: tuple[Call, ...] = ()
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0
    rounds: int = 0
    """How often the model was asked for a text."""
    fault: FaultKind | None = None
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Proposal":
        """Return what ``to_json`` wrote."""
        return cls(
            **data
            | {
                "cites": tuple(data["cites"]),
                "calls": tuple(Call(**call) for call in data["calls"]),
                "usage": Usage(**data["usage"]),
            }
        )
