"""One case of a suite: a conversation with what is expected of the assistant (docs/evaluators.md)."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from assistant.agent.effects import TicketKind
from assistant.broadcasts.due import Kind
from assistant.channels.base import Role
from assistant.orders.money import PaymentKind
from assistant.orders.states import OrderStatus
from assistant.turn.outcome import Action

TicketStatus = Literal["open", "claimed", "resolved"]


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _as_time(value: Any, info: ValidationInfo) -> Any:
    """Read ISO 8601; a time without an offset is in the group's own zone."""
    if not isinstance(value, str):
        return value
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError as error:
        raise ValueError(f"'{value}' is not a time such as 2026-05-20T10:00:00+08:00") from error
    zone = (info.context or {}).get("zone")
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


Texts = Annotated[tuple[str, ...], BeforeValidator(_as_list)]
Actions = Annotated[tuple[Action, ...], BeforeValidator(_as_list)]
Time = Annotated[datetime, BeforeValidator(_as_time)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Expectation(Part):
    """What one turn should come to. What is not named is not checked."""

    action: Actions = ()
    """Acceptable actions; empty means any."""
    sources_any: Texts = ()
    contains_all: Texts = ()
    contains_any: Texts = ()
    contains_none: Texts = ()
    max_latency_ms: int | None = Field(default=None, ge=1)
    max_tokens: int | None = Field(default=None, ge=0)
    """Tokens of a language model, prompt and reply together."""


def _as_numbers(value: Any) -> Any:
    return [value] if isinstance(value, int | str) else value


Numbers = Annotated[tuple[int, ...], BeforeValidator(_as_numbers)]


class Asking(Part):
    """What a newcomer gives at the door; their nickname is the turn's ``from``."""

    keyword: str = ""
    answer: str = ""


class Announcing(Part):
    """An announcement, as ``yidan announce add`` takes it."""

    kind: Kind = "text"
    text: str = ""
    when: str = "now"
    label: str = ""
    important: bool = False
    rumour: str = ""
    asked_as: Texts = ()


class Polling(Part):
    """A question to the group, as ``yidan poll open`` takes it."""

    question: str
    options: tuple[str, ...]
    hours: float = 24
    tell_group: bool = False


class Deed(Part):
    """What the seller does by hand, or the clock: one of these, on orders by their numbers.

    The reply of such a turn is what members are told because of it.
    """

    confirm: Numbers = ()
    reject: Numbers = ()
    ship: Numbers = ()
    complete: Numbers = ()
    cancel: Numbers = ()
    refund: Numbers = ()
    refuse_refund: Numbers = ()
    restock: str = ""
    """A SKU, of which ``units`` more arrive."""
    close: bool = False
    notice: bool = False
    invite: int = 0
    """A new invitation, with the days it lives."""
    poster: bool = False
    ask_in: Asking | None = None
    """A newcomer at the door, who holds the first invitation's poster."""
    approve: Numbers = ()
    turn_away: Numbers = ()
    usual: bool = False
    announce: Announcing | None = None
    wait: bool = False
    """Nothing but time: everything that is due by the clock is done."""
    wish: str = ""
    """A newcomer at the door of one of the seller's groups says what they look for."""
    method_off: str = ""
    method_on: str = ""
    tickets: bool = False
    """The seller reads the list of tickets, as it is sorted."""
    claims: bool = False
    """The seller reads the list of payment claims, as it is sorted."""
    answer: Numbers = ()
    """Tickets that are answered with the words of ``note``."""
    learn: Numbers = ()
    """Tickets that are answered with the words of ``note``, which become an entry of the knowledge."""
    lift: Numbers = ()
    """Warnings that are taken back."""
    poll: Polling | None = None
    close_poll: int = 0
    survey: bool = False
    """The seller reads the survey's results."""
    report: bool = False
    """The seller reads the report of everything so far."""
    reopen: str = ""
    """The id of a new group from a copy of this one, which opens at ``note``."""
    move_to: str = ""
    """The spare group that everybody is moved to."""
    erase: bool = False
    """The members' personal data are erased at once."""
    amount: Decimal | None = None
    kind: PaymentKind | None = None
    reference: str = ""
    parcel: str = ""
    days: int | None = None
    returned: bool = False
    units: int = 1
    note: str = ""

    @model_validator(mode="after")
    def _one_deed(self) -> "Deed":
        done = [name for name in DEEDS if getattr(self, name) not in (None, False, "", 0, ())]
        if len(done) != 1:
            raise ValueError(f"exactly one of {', '.join(DEEDS)} is needed")
        return self


DEEDS = (
    "confirm",
    "reject",
    "ship",
    "complete",
    "cancel",
    "refund",
    "refuse_refund",
    "restock",
    "close",
    "wait",
    "notice",
    "invite",
    "poster",
    "ask_in",
    "approve",
    "turn_away",
    "usual",
    "announce",
    "wish",
    "method_off",
    "method_on",
    "tickets",
    "claims",
    "answer",
    "learn",
    "lift",
    "poll",
    "close_poll",
    "survey",
    "report",
    "reopen",
    "move_to",
    "erase",
)


class TurnSpec(Part):
    """One message of the conversation, or a deed of the seller."""

    sender: str = Field(alias="from", min_length=1)
    text: str = ""
    group: str | None = None
    """The id of another group in the same store that this is written in; None means the case's own."""
    image: str | None = None
    mentions_assistant: bool = False
    role: Role = "member"
    now: Time | None = None
    do: Deed | None = None
    expect: Expectation = Expectation()


class ItemSpec(Part):
    """A line of an expected order."""

    sku: str
    quantity: int = Field(ge=1)


class OrderSpec(Part):
    """An expected order; ``status`` is compared only where it is given."""

    member: str
    items: tuple[ItemSpec, ...]
    status: OrderStatus | None = None
    paid: Decimal | None = None
    """What has come in for it, compared only where it is given."""


class TicketSpec(Part):
    """An expected ticket; tickets are compared by kind, and by the other keys where given."""

    kind: TicketKind
    status: TicketStatus | None = None
    member: str | None = None


class FinalState(Part):
    """The store after the last turn. A key that is None is not compared; the others exactly."""

    group: str | None = None
    """The id of another group in the same store that is looked at; None means the case's own."""
    orders: tuple[OrderSpec, ...] | None = None
    tickets: tuple[TicketSpec, ...] | None = None
    strikes: dict[str, int] | None = None


class GivenOrder(OrderSpec):
    """An order that is there before the first turn, at the catalogue's prices."""

    status: OrderStatus = "pending_payment"
    at: Time | None = None
    """When it was placed; None means at the suite's ``now``."""


class Given(Part):
    """What the group holds besides its knowledge before the first turn."""

    members: Texts = ()
    """Nicknames of members who have joined; who writes or has an order here joins by that."""
    orders: tuple[GivenOrder, ...] = ()
    strikes: dict[str, int] = Field(default_factory=dict)


Slot = Literal["product", "quantity", "order", "yes"]


class Persona(Part):
    """A simulated member: no fixed conversation, but something they want and know."""

    sender: str = Field(alias="from", min_length=1)
    goal: str = Field(min_length=1)
    """What they want, in a sentence: for readers, and for a language model that plays them."""
    says: Texts = Field(min_length=1)
    """What they bring up by themselves, in order."""
    facts: dict[str, str] = Field(default_factory=dict)
    """What they answer when asked. A key is a slot (product, quantity, order, yes) or words of the question, any of
    them, separated by ``|``."""
    wants: Actions = ()
    """Actions that must have happened in the talk with them, each at least once."""
    patience: int = Field(default=8, ge=1)
    """Lines after which they give up."""
    role: Role = "member"


class Case(Part):
    """A conversation in a freshly loaded group: fixed turns, simulated members, or the one and then the other."""

    id: str = Field(min_length=1)
    tags: Texts = ()
    group: str | None = None
    """Another group's folder, relative to the suite, where the case does not belong to the suite's own."""
    now: Time | None = None
    """The clock of this case; None means the suite's."""
    given: Given = Given()
    held_out: dict[str, Texts] = Field(default_factory=dict)
    """Similar questions, by entry, that the group does not know in this case."""
    turns: tuple[TurnSpec, ...] = ()
    members: tuple[Persona, ...] = ()
    final: FinalState = FinalState()

    @model_validator(mode="before")
    @classmethod
    def _needs_talk(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and not (data.get("turns") or data.get("members")):
            raise ValueError("turns: must not be empty (or give members)")
        return data
