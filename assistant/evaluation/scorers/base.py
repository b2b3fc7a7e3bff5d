"""What scorers look at and what they return."""

from dataclasses import dataclass, field
from decimal import Decimal

from assistant.evaluation.case import TurnSpec
from assistant.turn.outcome import Outcome

Verdict = tuple[bool, str]
"""Whether it passed and, where it did not, why, in the evaluator's words."""

PASSED: Verdict = (True, "")


@dataclass(frozen=True, slots=True)
class OrderState:
    """An order as the store holds it."""

    member: str
    status: str
    items: tuple[tuple[str, int], ...]
    """(SKU, quantity), sorted."""
    paid: Decimal | None = None
    amounts: tuple[Decimal, ...] = ()
    """Line sums, total, deposit and balance."""


@dataclass(frozen=True, slots=True)
class StoreState:
    """What the store holds at one moment of a case."""

    orders: tuple[OrderState, ...] = ()
    tickets: tuple[dict[str, str], ...] = ()
    """``kind``, ``status`` and ``member`` of each, in the order they were opened."""
    strikes: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Records:
    """What the group's files say, for checking replies against it."""

    texts: tuple[str, ...]
    """Everything written in settings, entries and catalogue."""
    prices: tuple[Decimal, ...]
    shares: tuple[Decimal, ...] = ()
    """The deposit's share and the balance's, where the group takes deposits."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One turn as a scorer sees it."""

    turn: TurnSpec
    outcome: Outcome
    earlier: tuple[TurnSpec, ...]
    """The case's turns before this one."""
    members: frozenset[str]
    """Nicknames of all who write in the case, without the seller's side."""
    state: StoreState
    """The store right after the turn."""
    records: Records
    latency_ms: float = 0.0
    """How long the turn took."""
