"""Everything a decision needs about one message, fetched once and frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from assistant.agent.context import Speaker
from assistant.groups.library import GroupView
from assistant.groups.state import GroupState
from assistant.orders.ledger import Ledger, OrderView
from assistant.retrieval.gate import GateReading
from assistant.retrieval.index import Found
from assistant.retrieval.intents import Intents
from assistant.text.jielong import Jielong
from assistant.text.orders import OrderReading
from assistant.turn.addressing import Addressed
from assistant.turn.followup import Completed
from assistant.turn.memory import Memory

SURE = 0.5
AHEAD = 0.3


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of the message that asks something of its own, with what was found for it."""

    text: str
    found: Found


@dataclass(frozen=True, slots=True)
class Understanding:
    """What the embedding told; made only where the cheap rules are not sure."""

    found: Found
    intents: Intents
    gate: GateReading
    completed: Completed | None = None
    """The follow-up completed, where ``found`` is for that text."""
    clauses: tuple[Clause, ...] = ()

    def likely(self, intent: str) -> bool:
        """Return whether the message most likely has this intent: sure of it, or ahead of all others."""
        probability = self.intents.probabilities.get(intent, 0.0)
        return probability >= SURE or (probability >= AHEAD and self.intents.best == intent)


@dataclass(frozen=True, slots=True)
class Signals:
    """One message with its circumstances."""

    now: datetime
    group: GroupView
    phase: GroupState
    speaker: Speaker
    text: str
    """The message without the mention of the assistant."""
    folded: str
    addressed: Addressed
    image: str | None
    reading: OrderReading
    sign_up: Jielong | None
    exact: str | None
    """The entry whose keyword or question the message is."""
    orders: tuple[OrderView, ...]
    ledger: Ledger
    memory: Memory | None
    """The member's own last exchange."""
    shared: Memory | None
    """What the group read a moment ago."""
    members: Mapping[str, int] = field(default_factory=dict)
    recent: int = 1
    """Messages of theirs within the last minute, this one included."""
    same: int = 1
    """How many of these have the same words."""
    poll: int | None = None
    """The poll that takes votes."""
    survey: int | None = None
    """The order after which they are asked how it was, while that is open."""
    strikes: int = 0
    """Warnings they have had that stand."""
    paused: bool = False
    """A human is talking with this member, or about to."""
    typing: bool = False
    """They are about to: nothing but their typing keeps the assistant out."""
    talkative: float = 0.5
    """The seller's setting, from quiet (0) to talkative (1)."""
    gate_offset: float = 0.0
    """The group's own operating point, learnt from the seller's marks."""
    understanding: Understanding | None = None

    @property
    def to_us(self) -> bool:
        """Whether the member speaks to the assistant by name."""
        return self.addressed == "assistant"

    @property
    def last(self) -> Memory | None:
        """The exchange that a follow-up leans on: the member's own, else the group's."""
        return self.memory or self.shared

    def unpaid(self) -> OrderView | None:
        """Return the member's newest order that waits for payment."""
        return next((o for o in reversed(self.orders) if o.status == "pending_payment"), None)

    def open_order(self) -> OrderView | None:
        """Return the member's newest order that they may still change."""
        waiting = next((o for o in reversed(self.orders) if o.status == "preorder"), None)
        return self.unpaid() or waiting

    def settled_order(self) -> OrderView | None:
        """Return the member's newest order that is claimed as paid or further on."""
        return next(
            (
                o
                for o in reversed(self.orders)
                if o.status in ("payment_claimed", "paid", "shipped", "completed", "refund_requested")
            ),
            None,
        )
