"""Is the store as it should be after the last turn?"""

from collections import Counter

from assistant.evaluation.case import FinalState, OrderSpec, TicketSpec
from assistant.evaluation.scorers.base import PASSED, OrderState, StoreState, Verdict


def score(expected: FinalState, state: StoreState) -> Verdict:
    """Return whether each key that ``expected`` names matches the store exactly."""
    problems = []
    if expected.orders is not None and not _match(expected.orders, state.orders):
        problems.append(
            f"orders are {_orders(state.orders)}, expected {_orders([_as_state(o) for o in expected.orders])}"
        )
    if expected.tickets is not None and not _tickets_match(expected.tickets, state.tickets):
        have = ", ".join(ticket["kind"] for ticket in state.tickets) or "none"
        want = ", ".join(ticket.kind for ticket in expected.tickets) or "none"
        problems.append(f"tickets are {have}, expected {want}")
    if expected.strikes is not None:
        want_strikes = {member: count for member, count in expected.strikes.items() if count}
        if want_strikes != state.strikes:
            problems.append(f"strikes are {_strikes(state.strikes)}, expected {_strikes(want_strikes)}")
    return (False, "; ".join(problems)) if problems else PASSED


def _as_state(spec: OrderSpec) -> OrderState:
    # A product named twice in an order is one line of it.
    counted: Counter[str] = Counter()
    for item in spec.items:
        counted[item.sku.upper()] += item.quantity
    return OrderState(spec.member, spec.status or "", tuple(sorted(counted.items())), spec.paid)


def _match(expected: tuple[OrderSpec, ...], orders: tuple[OrderState, ...]) -> bool:
    """Pair every expected order with one of the store's, those with a status first; none may be left over."""
    left = list(orders)
    for want in sorted((_as_state(spec) for spec in expected), key=lambda state: not state.status):
        found = next(
            (
                have
                for have in left
                if (have.member, have.items) == (want.member, want.items)
                and want.status in ("", have.status)
                and want.paid in (None, have.paid)
            ),
            None,
        )
        if found is None:
            return False
        left.remove(found)
    return not left


def _tickets_match(expected: tuple[TicketSpec, ...], tickets: tuple[dict[str, str], ...]) -> bool:
    left = list(tickets)
    for want in sorted(expected, key=lambda spec: -len(spec.model_fields_set)):
        wanted = want.model_dump(exclude_none=True)
        found = next((have for have in left if wanted.items() <= have.items()), None)
        if found is None:
            return False
        left.remove(found)
    return not left


def _orders(orders: tuple[OrderState, ...] | list[OrderState]) -> str:
    shown = []
    for order in orders:
        items = " ".join(f"{sku}×{quantity}" for sku, quantity in order.items)
        paid = f" paid {order.paid}" if order.paid is not None else ""
        shown.append(f"{order.member} {items} {order.status}{paid}".strip())
    return "[" + ", ".join(shown) + "]" if shown else "none"


def _strikes(strikes: dict[str, int]) -> str:
    return ", ".join(f"{member} {count}" for member, count in sorted(strikes.items())) or "none"
