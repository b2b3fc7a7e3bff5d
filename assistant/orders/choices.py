"""What the seller can do with an order as it stands: what is offered as a button. Pure.

Each choice that is offered is carried out by the same order (see ``assistant.orders.moves``); what only time, stock or
the member does is not among them.
"""

from typing import Literal, get_args

from assistant.orders.ledger import OrderView
from assistant.orders.money import TAKES_MONEY
from assistant.orders.states import MOVES

Choice = Literal["confirm", "reject", "ship", "complete", "refund", "refuse_refund", "cancel"]
CHOICES: tuple[Choice, ...] = get_args(Choice)


def choices(order: OrderView) -> tuple[Choice, ...]:
    """Return what can be done now, the likeliest first."""
    status, held = order.status, order.held
    offered: dict[Choice, bool] = {
        "confirm": status in TAKES_MONEY and order.owing > 0,
        "reject": status == "payment_claimed",
        "ship": status == "paid",
        "complete": status in ("paid", "shipped") and order.owing == 0,
        "refund": held > 0 and "refunded" in MOVES[status],
        "refuse_refund": status == "refund_requested",
        "cancel": held <= 0 and "cancelled" in MOVES[status],
    }
    if status == "shipped":
        # A balance may still come in, but what is next is that the goods arrive.
        return tuple(sorted((one for one in CHOICES if offered[one]), key=lambda one: one != "complete"))
    return tuple(one for one in CHOICES if offered[one])


def takes_balance(order: OrderView) -> bool:
    """Return whether the next payment of an order is its balance: its deposit is paid, the rest is not."""
    return order.deposit is not None and order.paid >= order.deposit and order.owing > 0
