"""What a message says about an order: the value types that :func:`assistant.text.orders.read_order` returns."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Literal

Op = Literal["set", "add", "remove"]


class Act(StrEnum):
    """What the member does with their order."""

    PLACE = "place"
    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"
    SWAP = "swap"
    CANCEL = "cancel"
    NONE = "none"


class Mood(StrEnum):
    """How it is meant. Only ``request`` asks for something to be done now."""

    REQUEST = "request"
    QUESTION = "question"
    HYPOTHETICAL = "hypothetical"
    NEGATED = "negated"
    PAST = "past"
    STATEMENT = "statement"


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount with its measure word (None: not said)."""

    value: Decimal
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One product of an order. Several ``skus``: the words fit all of them. ``quantity`` None: not said.

    ``op`` "set" gives the wanted quantity, "add" one on top of the order, "remove" takes away (None: all of it).
    """

    skus: tuple[str, ...]
    quantity: Decimal | None
    unit: str | None
    op: Op
    text: str


@dataclass(frozen=True, slots=True)
class OrderReading:
    """What one message says about an order; see the fields' comments."""

    lines: tuple[Line, ...] = ()
    # A quantity without a product: "改成3斤", "make it 4".
    bare: Quantity | None = None
    # (from, to); an empty "from" means whatever is on the order: "换成毛峰".
    swap: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    # Codes and goods that are asked for but not in the catalogue.
    unknown: tuple[str, ...] = ()
    act: Act = Act.NONE
    mood: Mood = Mood.STATEMENT
    # The member whose order is spoken of, when it is not the speaker's.
    other_person: str | None = None
    # What the message asks besides the order.
    question: str = ""
    # 0..1, how surely this is an order act without any context.
    strength: float = 0.0
    # Products, amounts and the words of ordering are all that the message says.
    plain: bool = False
    only_products: bool = False
    only_quantity: bool = False
