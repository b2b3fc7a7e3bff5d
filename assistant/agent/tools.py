"""The tools: what the assistant can do, for the rules and for a language model alike.

Each tool checks against the turn's snapshot, stages its effects on the context, and returns what happened. Nothing is
written here; the commit applies the staged effects. Nobody passes a member, a group or a price: those come from the
context and the catalogue.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.agent.context import TurnContext
from assistant.agent.effects import (
    ClaimFiled,
    FeedbackGiven,
    OrderChanged,
    OrderMoved,
    OrderPlaced,
    OrderReceived,
    TicketKind,
    TicketOpened,
    TicketReason,
)
from assistant.knowledge.records import ProductRecord
from assistant.orders.ledger import OrderItem, OrderView, Refusal, Wanted, queues, refusals
from assistant.orders.states import HOLDS_STOCK, MOVES


@dataclass(frozen=True, slots=True)
class Logged:
    """An order was placed or changed; ``order`` is the one replaced, if any."""

    items: tuple[OrderItem, ...]
    status: Literal["pending_payment", "preorder"]
    order: OrderView | None = None
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was logged, for these reasons."""

    reasons: tuple[Refusal, ...] = ()
    group_not_open: bool = False
    """True where the group does not take orders (yet, or any more); the context's phase says why."""


OrderResult = Sequence[Logged] | Refused


def log_order(context: TurnContext, wanted: Mapping[str, int]) -> OrderResult:
    """Log the member's order so that each SKU has the given quantity in the end.

    Lines of an unpaid order that are not named stay as they are. Products whose stock is gone and that may be
    pre-ordered go to an order of their own in the waitlist. Nothing is logged in part.
    """
    if context.phase.state != "open":
        return Refused(group_not_open=True)
    products = _products(context, wanted)
    unpaid = context.unpaid()
    waiting = next((o for o in context.editable() if o.status == "preorder"), None)
    lines = [Wanted(product, wanted[product.sku]) for product in products]
    held = {ln.product.sku: unpaid.quantity_of(ln.product.sku) if unpaid else 0 for ln in lines}
    queued = [ln for ln in lines if queues(ln, context.ledger, held[ln.product.sku])]
    stocked = [ln for ln in lines if ln not in queued]
    batches: list[tuple[list[Wanted], OrderView | None, Literal["pending_payment", "preorder"]]] = []
    if stocked:
        batches.append((stocked, unpaid, "pending_payment"))
    if queued:
        batches.append((queued, waiting, "preorder"))
    complete = [(_merged(context, new, order), order, status) for new, order, status in batches]
    reasons = [
        reason
        for all_lines, order, _ in complete
        for reason in refusals(all_lines, context.ledger, context.terms, replacing=order, others=context.orders)
    ]
    if reasons:
        return Refused(tuple(dict.fromkeys(reasons)))
    return [_write(context, all_lines, order, status) for all_lines, order, status in complete]


def change_order(context: TurnContext, order: OrderView, wanted: Mapping[str, int]) -> OrderResult:
    """Give an open order exactly these lines; an empty mapping cancels it."""
    if not wanted:
        return [cancel_order(context, order)]
    shrinks = all(quantity <= order.quantity_of(sku) for sku, quantity in wanted.items())
    if context.phase.state != "open" and not shrinks:
        return Refused(group_not_open=True)
    lines = _lines(context, wanted, order)
    reasons = refusals(lines, context.ledger, context.terms, replacing=order, others=context.orders)
    if reasons:
        return Refused(tuple(reasons))
    status: Literal["pending_payment", "preorder"] = "preorder" if order.status == "preorder" else "pending_payment"
    return [_write(context, lines, order, status)]


def cancel_order(context: TurnContext, order: OrderView) -> Logged:
    """Cancel one of the member's orders that is still open to changes."""
    context.stage(OrderMoved(order, "cancelled", note="by the member"))
    return Logged(order.items, "pending_payment", order)


def take_payment_proof(context: TurnContext) -> OrderView | None:
    """File the picture (or the word) as a claim against the member's unpaid order; return that order."""
    order = context.unpaid() or next((o for o in context.editable() if o.status == "preorder"), None)
    order = order or context.committed()
    context.stage(ClaimFiled(order, context.image))
    if order is not None and order.status == "pending_payment":
        context.stage(OrderMoved(order, "payment_claimed", note="proof received"))
    return order


def confirm_receipt(context: TurnContext, order: OrderView) -> bool:
    """Note that the member has an order that was sent; return whether it is completed by that.

    Where the balance is still to be paid the order waits for it.
    """
    context.stage(OrderReceived(order))
    return order.owing == 0


def give_feedback(context: TurnContext, order: OrderView) -> None:
    """Keep the member's words about an order they got."""
    context.stage(FeedbackGiven(order, context.text))


def request_refund(context: TurnContext, order: OrderView) -> None:
    """Log a refund request against the member's order and tell the seller."""
    if "refund_requested" in MOVES[order.status]:
        context.stage(OrderMoved(order, "refund_requested", note="asked by the member"))
    hand_off(context, kind="refund", reason="customer_request", order=order)


def refundable(context: TurnContext) -> OrderView | None:
    """Return the member's newest order that money was or may have been paid for."""
    return next(
        (o for o in reversed(context.orders) if o.status in HOLDS_STOCK - {"pending_payment"}),
        None,
    )


def hand_off(
    context: TurnContext,
    *,
    kind: TicketKind = "handoff",
    reason: TicketReason = "customer_request",
    order: OrderView | None = None,
) -> None:
    """Open a ticket for the seller with what a human needs to go on."""
    context.stage(
        TicketOpened(
            kind=kind,
            reason=reason,
            question=context.text,
            order=order,
            context=dict(context.ticket_context),
        )
    )


def sign_up(context: TurnContext, nickname: str, member_id: int, wanted: Mapping[str, int]) -> OrderResult:
    """Log one line of a sign-up list for the member whose name stands on it.

    The writer's own line places or changes their order. Another member's line is taken only while that member has
    no order at all: a copied list neither changes nor revives what somebody else ordered. A name that the group does
    not know yet gets a member row with the commit (``member_id`` 0).
    """
    own = member_id == context.speaker.member_id
    orders = context.orders if own else context.orders_of.get(member_id, ())
    if orders and not own:
        return []
    unpaid = next((o for o in reversed(orders) if o.status == "pending_payment"), None)
    waiting = next((o for o in reversed(orders) if o.status == "preorder"), None)
    if _says_nothing_new(wanted, orders):
        return []
    if context.phase.state != "open":
        return Refused(group_not_open=True)
    lines = [Wanted(product, wanted[product.sku]) for product in _products(context, wanted)]
    held = {ln.product.sku: unpaid.quantity_of(ln.product.sku) if unpaid else 0 for ln in lines}
    queued = [ln for ln in lines if queues(ln, context.ledger, held[ln.product.sku])]
    stocked = [ln for ln in lines if ln not in queued]
    batches: list[tuple[list[Wanted], OrderView | None, Literal["pending_payment", "preorder"]]] = [
        (stocked, unpaid, "pending_payment"),
        (queued, waiting, "preorder"),
    ]
    reasons = [
        reason
        for batch, order, _ in batches
        for reason in refusals(batch, context.ledger, context.terms, replacing=order, others=orders)
    ]
    if reasons:
        return Refused(tuple(dict.fromkeys(reasons)))
    return [
        _write(context, batch, order, status, nickname=nickname, member_id=member_id)
        for batch, order, status in batches
        if batch
    ]


def _says_nothing_new(wanted: Mapping[str, int], orders: Sequence[OrderView]) -> bool:
    """Return whether a line says what is on order already, in open orders or in paid ones."""
    open_lines = {i.sku: i.quantity for o in orders if o.status in ("pending_payment", "preorder") for i in o.items}
    settled = {i.sku: i.quantity for o in orders if o.status in HOLDS_STOCK - {"pending_payment"} for i in o.items}
    return dict(wanted) in (open_lines, settled, open_lines | settled)


def _products(context: TurnContext, wanted: Mapping[str, int]) -> list[ProductRecord]:
    found = [context.group.catalogue.get(sku) for sku in wanted]
    return [product for product in found if product is not None]


def _merged(context: TurnContext, new: Sequence[Wanted], order: OrderView | None) -> list[Wanted]:
    """Return the order's other lines followed by the new ones, each at its place."""
    if order is None:
        return list(new)
    quantities = {item.sku: item.quantity for item in order.items}
    quantities |= {line.product.sku: line.quantity for line in new}
    return _lines(context, quantities, order)


def _lines(context: TurnContext, quantities: Mapping[str, int], order: OrderView) -> list[Wanted]:
    """Return an order's new lines. What stays as it was keeps the price it was ordered at, and stays at all: a
    product that has left the catalogue since can be kept or lessened, but not added to.
    """
    ordered = {item.sku: item for item in order.items}
    lines: list[Wanted] = []
    for sku, quantity in quantities.items():
        product, item = context.group.catalogue.get(sku), ordered.get(sku)
        if item is not None and product is None:
            product = ProductRecord(item.sku, item.name, price=item.price, unit=item.unit, stock=0)
        elif item is not None and product is not None and item.quantity == quantity:
            product = replace(product, name=item.name, price=item.price, unit=item.unit)
        if product is not None:
            lines.append(Wanted(product, quantity))
    return lines


def _write(
    context: TurnContext,
    lines: Sequence[Wanted],
    order: OrderView | None,
    status: Literal["pending_payment", "preorder"],
    *,
    nickname: str = "",
    member_id: int | None = None,
) -> Logged:
    items = tuple(line.as_item() for line in lines)
    if order is None:
        context.stage(
            OrderPlaced(
                context.speaker.member_id if member_id is None else member_id,
                nickname or context.speaker.nickname,
                items,
                status,
            )
        )
        return Logged(items, status)
    if {i.sku: i.quantity for i in items} == {i.sku: i.quantity for i in order.items}:
        return Logged(order.items, status, order, unchanged=True)
    context.stage(OrderChanged(order, items))
    return Logged(items, status, order)
