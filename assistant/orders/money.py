"""What is to be paid for an order, when, and what a payment or a refund does to it: pure rules."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from assistant.errors import Conflict, UsageError
from assistant.orders.ledger import OrderView
from assistant.orders.states import OrderStatus

PaymentKind = Literal["full", "deposit", "balance"]
"""A whole order at once; or its deposit now and its balance after delivery."""

PaymentSource = Literal["seller", "bill"]
"""Who says that the money came: the seller, or an imported bill. Never a picture."""

TAKES_MONEY: frozenset[OrderStatus] = frozenset({"pending_payment", "payment_claimed", "paid", "shipped"})
"""Orders in these states may have something to be paid for."""
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class NewPayment:
    """Money that came in for an order. Without an amount it is what is due now."""

    number: int
    """The order's number in its group."""
    amount: Decimal | None = None
    kind: PaymentKind | None = None
    reference: str = ""
    """The payment service's own number of the transfer; the same one is never counted twice."""
    method: str = ""
    source: PaymentSource = "seller"
    moved_at: datetime | None = None
    claim_id: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """What a payment comes to: its sum, its kind, and the order's state afterwards."""

    amount: Decimal
    kind: PaymentKind
    status: OrderStatus
    rest: Decimal
    """What is missing of what the payment was for; 0 where it is settled."""


def settle(order: OrderView, payment: NewPayment) -> Settled:
    """Return what a payment does to its order.

    A sum below what is due is kept, and the order waits for the rest. A deposit that is paid makes the order paid;
    its balance is then due when it was shipped, or when the payment says that it is the balance.

    Raises:
        UsageError: the sum is no amount of money.
        Conflict: the order takes no money now, or not that much.
    """
    number = order.number
    if order.status not in TAKES_MONEY:
        raise Conflict(f"order {number} is {_said(order.status)}, no payment is expected for it")
    if order.owing <= 0:
        raise Conflict(f"order {number} is paid already ({order.paid} of {order.total})")
    kind = payment.kind or _kind(order, payment.amount)
    due = _due(order, kind)
    amount = due if payment.amount is None else payment.amount
    if not amount.is_finite() or amount <= 0 or amount != amount.quantize(_CENT):
        raise UsageError(f"{amount} is no sum of money; write it like 396.00")
    if amount > order.owing:
        raise Conflict(f"{amount} is more than order {number} still costs ({order.owing} of {order.total})")
    paid = order.paid + amount
    enough = paid >= (order.total if order.deposit is None else order.deposit)
    rest = max(Decimal(0), due - amount)
    if order.status in ("pending_payment", "payment_claimed"):
        return Settled(amount, kind, "paid" if enough else "payment_claimed", rest)
    # Who said before that they have it, and now pays the rest, is done.
    done = order.received_at is not None and paid >= order.total
    return Settled(amount, kind, "completed" if done else order.status, rest)


def _kind(order: OrderView, amount: Decimal | None) -> PaymentKind:
    if order.deposit is None or (order.paid == 0 and amount is not None and amount >= order.total):
        return "full"
    if order.paid < order.deposit:
        return "deposit"
    if amount is None and order.status != "shipped":
        # A second tap on "confirm" must not take the balance for paid.
        raise Conflict(
            f"the deposit of order {order.number} is confirmed already ({order.paid} of {order.total}); "
            "if this is the balance, say so"
        )
    return "balance"


def _due(order: OrderView, kind: PaymentKind) -> Decimal:
    if kind == "deposit" and order.deposit is not None:
        if order.paid >= order.deposit:
            raise Conflict(f"the deposit of order {order.number} is confirmed already ({order.paid} of {order.total})")
        return order.deposit - order.paid
    return order.owing


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What a refund comes to: its sum, and whether it is all that was paid."""

    amount: Decimal
    all_of_it: bool


def give_back(order: OrderView, amount: Decimal | None) -> GivenBack:
    """Return what a refund does; without an amount it is all that was paid.

    Raises:
        UsageError: the sum is no amount of money.
        Conflict: that much was never paid.
    """
    held = order.held
    if held <= 0:
        raise Conflict(f"no payment of order {order.number} is confirmed, so there is nothing to refund; cancel it")
    amount = held if amount is None else amount
    if not amount.is_finite() or amount <= 0 or amount != amount.quantize(_CENT):
        raise UsageError(f"{amount} is no sum of money; write it like 396.00")
    if amount > held:
        raise Conflict(f"{amount} is more than was paid for order {order.number} ({held})")
    return GivenBack(amount, amount == held)


def _said(status: OrderStatus) -> str:
    return status.replace("_", " ")
