"""What a turn wants to change. Tools stage these; the commit applies all of them or none."""

from dataclasses import dataclass, field
from typing import Any, Literal

from assistant.orders.ledger import OrderItem, OrderView
from assistant.orders.states import OrderStatus
from assistant.surveys.answers import SurveyReply

TicketKind = Literal["handoff", "custom_request", "refund", "complaint"]
TicketReason = Literal[
    "customer_request",
    "missing_knowledge",
    "unsupported_request",
    "policy_restriction",
    "pending_clarification",
]


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    """A new order of a member."""

    member_id: int
    nickname: str
    items: tuple[OrderItem, ...]
    status: OrderStatus


@dataclass(frozen=True, slots=True)
class OrderChanged:
    """New lines for an order that is still open to changes."""

    order: OrderView
    items: tuple[OrderItem, ...]


@dataclass(frozen=True, slots=True)
class OrderMoved:
    """An order in another state."""

    order: OrderView
    status: OrderStatus
    note: str = ""


@dataclass(frozen=True, slots=True)
class OrderReceived:
    """The member has it; an order that is paid in full is completed by that."""

    order: OrderView


@dataclass(frozen=True, slots=True)
class FeedbackGiven:
    """What the member says about an order they got."""

    order: OrderView
    text: str


@dataclass(frozen=True, slots=True)
class ClaimFiled:
    """A member says they paid; ``order`` is None where none is waiting for payment."""

    order: OrderView | None
    image: str | None


@dataclass(frozen=True, slots=True)
class TicketOpened:
    """Something for the seller."""

    kind: TicketKind
    reason: TicketReason
    question: str
    order: OrderView | None = None
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TicketJoined:
    """A member asks what an open ticket already asks."""

    ticket_id: int


@dataclass(frozen=True, slots=True)
class StrikeGiven:
    """A warning with its reason."""

    reason: str
    last: bool = False
    """True where it reaches the group's limit: then the seller learns of it."""
    removes: bool = False
    """True where the member is removed with it."""


@dataclass(frozen=True, slots=True)
class PauseSet:
    """A human talks with a member; the assistant keeps out for a while."""

    member_id: int


@dataclass(frozen=True, slots=True)
class AnswerShared:
    """A fresh answer also goes to this member instead of being said again."""

    outbox_id: int


@dataclass(frozen=True, slots=True)
class SourceNoted:
    """Where the newcomer heard of the group."""

    text: str


@dataclass(frozen=True, slots=True)
class RememberingSet:
    """The member wants to be remembered by the seller (``wanted``), or not: then what was known is forgotten."""

    wanted: bool


@dataclass(frozen=True, slots=True)
class StockAwaited:
    """The member wanted a product that is gone; they are told once when it is back."""

    sku: str


@dataclass(frozen=True, slots=True)
class VoteCast:
    """A member's vote in a poll; their last one counts."""

    poll_id: int
    choice: int


@dataclass(frozen=True, slots=True)
class SurveyAnswered:
    """An anonymous answer; ``kept`` is what stands in the message's place from then on."""

    reply: SurveyReply
    kept: str


Effect = (
    OrderPlaced
    | OrderChanged
    | OrderMoved
    | OrderReceived
    | FeedbackGiven
    | ClaimFiled
    | TicketOpened
    | TicketJoined
    | StrikeGiven
    | PauseSet
    | AnswerShared
    | SourceNoted
    | RememberingSet
    | StockAwaited
    | VoteCast
    | SurveyAnswered
)

LEDGER_EFFECTS = (OrderPlaced, OrderChanged, OrderMoved, OrderReceived, ClaimFiled, StrikeGiven)
"""Effects that other turns of the group must not miss; they raise the ledger revision."""
