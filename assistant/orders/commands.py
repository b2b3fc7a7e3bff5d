"""What a seller can do with an order: a closed union, the same for the command line, the API and the suites."""

from dataclasses import dataclass
from decimal import Decimal

from assistant.orders.money import NewPayment


@dataclass(frozen=True, slots=True)
class RejectClaim:
    """No payment was found: the order waits for it again, with the full time to pay.

    With ``claim_id`` only that proof is answered, and the order goes on waiting for the seller's word on the others.
    """

    number: int
    note: str = ""
    claim_id: int | None = None


@dataclass(frozen=True, slots=True)
class Ship:
    """Send an order off. ``days`` None means what the group's settings say."""

    number: int
    parcel: str = ""
    days: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Complete:
    """Close an order that is with its member and paid in full."""

    number: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cancel:
    """Cancel an order that nothing was paid for."""

    number: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class AskRefund:
    """Note that a refund was asked for."""

    number: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Refund:
    """Give money back; without an amount all that was paid, which ends the order."""

    number: int
    amount: Decimal | None = None
    reference: str = ""
    returned: bool = False
    """Goods that were sent came back, and can be sold again."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class RefuseRefund:
    """Say no to a refund: the order is again what it was before."""

    number: int
    note: str = ""


Command = NewPayment | RejectClaim | Ship | Complete | Cancel | AskRefund | Refund | RefuseRefund
