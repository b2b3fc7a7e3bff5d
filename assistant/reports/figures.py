"""The figures of a report. They name no member, so they may outlive the members' data."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Sold:
    """How much of a product is on order. ``amount`` is in the group's currency."""

    sku: str
    name: str
    unit: str
    quantity: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Money:
    """Sums in the group's currency. ``ordered`` is what live orders come to, the others what moved."""

    ordered: Decimal = Decimal(0)
    received: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)
    owing: Decimal = Decimal(0)
    """What is still to be paid for the live orders."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened in a period. Times are in seconds, None where there was nothing to time."""

    period: str
    members: int = 0
    joined: int = 0
    active: int = 0
    """Members who wrote something."""
    messages: int = 0
    questions: int = 0
    """Messages that wanted something from the group's side."""
    alone: int = 0
    """Of these, how many were dealt with without a human."""
    answer_seconds: float | None = None
    """Median until the assistant replied."""
    answer_seconds_p95: float | None = None
    human_seconds: float | None = None
    """Median until a human resolved a ticket."""
    tickets: Mapping[str, int] = field(default_factory=dict)
    """Tickets by kind."""
    open_tickets: int = 0
    orders: Mapping[str, int] = field(default_factory=dict)
    """Orders by state."""
    sold: tuple[Sold, ...] = ()
    """Best sellers first."""
    heat: tuple[tuple[int, ...], ...] = ()
    """Questions by weekday (Monday first) and hour, in the group's zone."""
    money: Money = Money()
    currency: str = "CNY"
    unanswered: int = 0
    """Questions that the knowledge does not answer and nobody has answered yet."""
    stars: tuple[int, ...] = ()
    """Anonymous survey: how many gave one, two, ... five stars."""

    @property
    def share_alone(self) -> float | None:
        """The share of questions answered without a human; None where nobody asked."""
        return self.alone / self.questions if self.questions else None

    @property
    def quiet(self) -> bool:
        """Whether nothing happened that is worth a message."""
        return not self.messages and not self.orders

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON; amounts are decimal text."""
        return {name: _plain(value) for name, value in asdict(self).items()} | {"share_alone": self.share_alone}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Figures":
        """Return figures from what ``to_json`` made of them."""
        known = {name: value for name, value in data.items() if name in cls.__dataclass_fields__}
        sold = tuple(Sold(**one | {"amount": Decimal(one["amount"])}) for one in data.get("sold", ()))
        return cls(
            **known
            | {
                "sold": sold,
                "heat": tuple(tuple(hours) for hours in data.get("heat", ())),
                "stars": tuple(data.get("stars", ())),
                "money": Money(**{name: Decimal(amount) for name, amount in data.get("money", {}).items()}),
            }
        )


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return f"{value:.2f}" if isinstance(value, Decimal) else value
