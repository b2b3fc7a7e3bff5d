"""What the assistant may decide to do about a message: a closed union, and nothing else happens."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from assistant.agent.effects import TicketKind, TicketReason
from assistant.llm.roles import Role
from assistant.orders.ledger import OrderView
from assistant.surveys.answers import SurveyReply
from assistant.turn.memory import OpenQuestion
from assistant.turn.outcome import Responder


@dataclass(frozen=True, slots=True)
class EntryPart:
    """A curated answer, verbatim."""

    id: str
    probability: float


@dataclass(frozen=True, slots=True)
class ProductPart:
    """A catalogue line: the whole card, only its price, its stock or its limit."""

    sku: str
    show: Literal["card", "price", "stock", "limit"]
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class TotalPart:
    """What some quantities would cost, worked out from the catalogue."""

    wanted: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ExtremePart:
    """The cheapest or the most expensive product that can be had."""

    which: Literal["cheapest", "dearest"]
    skus: tuple[str, ...]


Part = EntryPart | ProductPart | TotalPart | ExtremePart


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer from the knowledge base or the catalogue."""

    parts: tuple[Part, ...]
    responder: Responder = "faq"
    question: str = ""
    """The question as it was understood, for the memory."""


@dataclass(frozen=True, slots=True)
class LogOrder:
    """Log that the member has so many of each SKU; what else is on the unpaid order stays."""

    wanted: Mapping[str, int]
    also: Answer | None = None


@dataclass(frozen=True, slots=True)
class ChangeOrder:
    """Give an open order exactly these lines."""

    order: OrderView
    wanted: Mapping[str, int]
    also: Answer | None = None


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Cancel one of the member's open orders, or several."""

    order: OrderView
    others: tuple[OrderView, ...] = ()


@dataclass(frozen=True, slots=True)
class SignUp:
    """Bring the orders in line with a sign-up list."""

    rows: tuple[tuple[str, Mapping[str, int]], ...]
    """Nickname and what their line says."""
    title: str = ""
    unclear: tuple[str, ...] = ()
    """Whose line names a quantity that cannot be read."""


@dataclass(frozen=True, slots=True)
class ShowOrders:
    """Tell the member how their orders stand."""


@dataclass(frozen=True, slots=True)
class TakePayment:
    """File a picture as proof of payment."""


@dataclass(frozen=True, slots=True)
class AskProof:
    """Ask for the screenshot of a payment that was only talked about."""


@dataclass(frozen=True, slots=True)
class ShowPayment:
    """Tell how the payment of an order stands."""

    order: OrderView


@dataclass(frozen=True, slots=True)
class ConfirmReceipt:
    """Note that the member has what was sent; what is paid in full is completed by it."""

    orders: tuple[OrderView, ...]


@dataclass(frozen=True, slots=True)
class TakeFeedback:
    """Keep what the member says about what they got."""

    order: OrderView


@dataclass(frozen=True, slots=True)
class RequestRefund:
    """Log a refund request."""

    order: OrderView


ClarifyKind = Literal[
    "which_product",
    "which_of",
    "how_many",
    "unknown_code",
    "what_order",
    "which_order",
    "which_parcel",
    "no_order",
    "no_open_order",
    "not_in_order",
    "image",
    "refund_order",
]


@dataclass(frozen=True, slots=True)
class Clarify:
    """Ask for what is missing."""

    kind: ClarifyKind
    options: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    open: OpenQuestion | None = None


@dataclass(frozen=True, slots=True)
class HandOff:
    """Hand over to a human, with a ticket."""

    kind: TicketKind
    reason: TicketReason
    reply: Literal["customer_request", "complaint", "missing_knowledge", "paid_order"]


@dataclass(frozen=True, slots=True)
class PassCustomRequest:
    """Pass a wish outside the catalogue to the seller."""


@dataclass(frozen=True, slots=True)
class Moderate:
    """Warn or remove a member."""

    reason: Literal["link", "advert", "private_deal", "flood", "abuse"]


@dataclass(frozen=True, slots=True)
class OfferUsual:
    """Offer what the member usually takes; it is ordered when they agree."""


@dataclass(frozen=True, slots=True)
class Remember:
    """Remember the member no more, or ``again``."""

    again: bool


@dataclass(frozen=True, slots=True)
class CastVote:
    """Count a vote in the open poll; ``choice`` is counted from 1 and may name no option."""

    poll_id: int
    choice: int


@dataclass(frozen=True, slots=True)
class AnswerSurvey:
    """Take an anonymous answer to the survey in."""

    reply: SurveyReply


@dataclass(frozen=True, slots=True)
class Appeal:
    """Pass a member's objection to a warning to the seller."""


@dataclass(frozen=True, slots=True)
class Chat:
    """A short courtesy, only when spoken to."""

    kind: Literal["hello", "thanks", "robot", "refuse", "privacy", "contact", "other"]


@dataclass(frozen=True, slots=True)
class AskToJoin:
    """Ask a newcomer the group's question."""


@dataclass(frozen=True, slots=True)
class NoteSource:
    """Remember what a newcomer answered to the group's question."""


@dataclass(frozen=True, slots=True)
class TellClosed:
    """Tell that orders are not taken (yet, or any more)."""


@dataclass(frozen=True, slots=True)
class Silent:
    """Say nothing, for a reason."""

    reason: str
    pauses: tuple[int, ...] = field(default=())
    """Members a human just spoke to."""
    held: bool = False
    """For now only: it is decided again once the human at the keyboard has stopped without a word."""


ModelRole = Role
ModelMode = Literal["off", "fallback", "always"]


@dataclass(frozen=True, slots=True)
class AskModel:
    """Let the language model try, within the deadline; ``otherwise`` holds where it does not help."""

    otherwise: "Decision"
    role: ModelRole
    why: str


Decision = (
    Answer
    | LogOrder
    | ChangeOrder
    | CancelOrder
    | SignUp
    | ShowOrders
    | TakePayment
    | AskProof
    | ShowPayment
    | ConfirmReceipt
    | TakeFeedback
    | RequestRefund
    | Clarify
    | HandOff
    | PassCustomRequest
    | Moderate
    | Appeal
    | CastVote
    | AnswerSurvey
    | OfferUsual
    | Remember
    | Chat
    | AskToJoin
    | NoteSource
    | TellClosed
    | Silent
    | AskModel
)
