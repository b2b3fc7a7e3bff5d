"""The states an order goes through and the moves between them."""

from typing import Literal, get_args

from assistant.errors import Conflict

OrderStatus = Literal[
    "pending_payment",
    "payment_claimed",
    "paid",
    "shipped",
    "completed",
    "cancelled",
    "expired",
    "refund_requested",
    "refunded",
    "preorder",
]
STATUSES: tuple[OrderStatus, ...] = get_args(OrderStatus)

HOLDS_STOCK: frozenset[OrderStatus] = frozenset(
    {"pending_payment", "payment_claimed", "paid", "shipped", "completed", "refund_requested"}
)
"""Orders in these states have their goods set aside."""

LIVE: frozenset[OrderStatus] = HOLDS_STOCK | {"preorder"}
"""Orders that count: for a member's limit, for the Nth order, for "my orders"."""

PAID: frozenset[OrderStatus] = frozenset({"paid", "shipped", "completed", "refund_requested"})
"""Orders whose money has come in and was not given back."""

EDITABLE: frozenset[OrderStatus] = frozenset({"pending_payment", "preorder"})
"""A member may still change or cancel these in chat; later it takes a human."""

MOVES: dict[OrderStatus, frozenset[OrderStatus]] = {
    "preorder": frozenset({"pending_payment", "cancelled"}),
    "pending_payment": frozenset({"payment_claimed", "paid", "cancelled", "expired"}),
    "payment_claimed": frozenset({"pending_payment", "paid", "cancelled", "refund_requested", "refunded"}),
    "paid": frozenset({"shipped", "completed", "refund_requested", "refunded"}),
    "shipped": frozenset({"completed", "refund_requested", "refunded"}),
    "completed": frozenset({"refund_requested", "refunded"}),
    "refund_requested": frozenset({"payment_claimed", "paid", "shipped", "completed", "refunded"}),
    "cancelled": frozenset(),
    "expired": frozenset(),
    "refunded": frozenset(),
}
"""From each state, the states an order may move to."""


def require_move(number: int, current: OrderStatus, target: OrderStatus) -> None:
    """Pass when the move is legal.

    Raises:
        Conflict: it is not; the message names the moves that are.
    """
    if target in MOVES[current]:
        return
    possible = ", ".join(_said(state) for state in sorted(MOVES[current])) or "nothing, it is final"
    raise Conflict(f"order {number} is {_said(current)} and cannot become {_said(target)}; possible: {possible}")


def _said(status: OrderStatus) -> str:
    return "said to be paid" if status == "payment_claimed" else status.replace("_", " ")
