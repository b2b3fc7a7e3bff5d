"""What one turn came to, in the shape that ``ask --json`` and the API print."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Action = Literal[
    "answer",
    "order",
    "order_status",
    "payment",
    "refund",
    "clarify",
    "custom_request",
    "handoff",
    "moderate",
    "chat",
    "silent",
]
Responder = Literal["keyword", "faq", "rules", "model", "human"]


@dataclass(frozen=True, slots=True)
class Source:
    """A piece of knowledge the reply rests on: an entry's id or ``sku:A01``, with its probability."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a turn. ``text`` is empty when the assistant stayed silent."""

    action: Action
    text: str = ""
    reason: str = ""
    responder: Responder = "rules"
    intent: str = ""
    sources: tuple[Source, ...] = ()
    orders: tuple[dict[str, Any], ...] = ()
    tickets: tuple[dict[str, Any], ...] = ()
    private: bool = False
    """True where only the member who wrote may read the reply."""
    model_calls: int = 0
    tokens: int = 0
    timings_ms: dict[str, float] = field(default_factory=dict)
    model: dict[str, Any] = field(default_factory=dict)
    """Where a language model was asked: its name, role, costs, and what became of its words."""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON; tuples become lists."""
        return asdict(self) | {
            "sources": [asdict(source) for source in self.sources],
            "orders": list(self.orders),
            "tickets": list(self.tickets),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Outcome":
        """Return the outcome that ``to_json`` wrote."""
        return cls(
            **data
            | {
                "sources": tuple(Source(**source) for source in data["sources"]),
                "orders": tuple(data["orders"]),
                "tickets": tuple(data["tickets"]),
            }
        )
