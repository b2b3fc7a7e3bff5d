"""Rules about what became of a member's orders: paying, asking how they stand, wanting money back."""

from assistant.text.orders import Mood
from assistant.turn.cues import asks_if_kept, is_about_mine, is_about_payment, speaks_of_ending
from assistant.turn.decision import (
    AskProof,
    Clarify,
    Decision,
    HandOff,
    RequestRefund,
    ShowOrders,
    ShowPayment,
    TakePayment,
)
from assistant.turn.rules_orders import LIKELY, SURE, cancel, someone_elses
from assistant.turn.signals import Signals


def picture(s: Signals) -> Decision | None:
    """A picture with an order open, or with words of payment, is a proof of payment."""
    if s.image is None:
        return None
    if is_about_payment(s.folded) or (len(s.folded) <= 6 and s.open_order() is not None):
        return TakePayment()
    return None


def by_intent(s: Signals) -> Decision | None:
    """What the intent model says about orders, where the reading had no act of its own."""
    assert s.understanding is not None
    u = s.understanding
    if someone_elses(s):
        return None
    hypothetical = s.reading.mood is Mood.HYPOTHETICAL
    if u.likely("cancel_order") and s.open_order() is not None and not hypothetical and speaks_of_ending(s.folded):
        return cancel(s)
    if _wants_refund(s) and not hypothetical:
        return refund(s)
    if u.likely("payment_done"):
        return paid(s)
    if u.likely("change_order") and s.open_order() is None and s.settled_order() is not None:
        return HandOff("handoff", "policy_restriction", "paid_order")
    sure_of_status = u.intents.probabilities["order_status"] >= LIKELY and (s.to_us or u.gate.wants >= 0.5)
    if u.likely("order_status") and (s.orders or sure_of_status):
        return status(s)
    ordering = u.intents.probabilities.get("place_order", 0)
    if s.reading.unknown and s.reading.mood is Mood.REQUEST and ordering >= SURE:
        return Clarify("unknown_code", codes=s.reading.unknown)
    if s.reading.lines and s.reading.mood is not Mood.REQUEST:
        return None
    if s.exact is None and ((s.to_us and u.likely("place_order")) or (ordering >= SURE and u.gate.wants >= 0.7)):
        return Clarify("what_order")
    return None


def still_mine(s: Signals) -> Decision | None:
    """The member asks whether what they ordered is still theirs."""
    if someone_elses(s) or not asks_if_kept(s.folded) or not (s.orders or s.to_us):
        return None
    return ShowOrders()


def _wants_refund(s: Signals) -> bool:
    """Return whether the member wants money back now, rather than to know the terms."""
    assert s.understanding is not None
    p = s.understanding.intents.probabilities
    wants, asks = p.get("request_refund", 0), p.get("ask_refund", 0)
    if s.settled_order() is not None and is_about_mine(s.folded):
        return wants >= 0.2 and wants + asks >= 0.5
    return s.understanding.likely("request_refund")


def refund(s: Signals) -> Decision | None:
    """The member wants their money back."""
    assert s.understanding is not None
    settled = s.settled_order()
    if settled is not None:
        return RequestRefund(settled)
    if s.unpaid() is not None:
        return cancel(s)
    # Without an order it is rather a question about the terms.
    return Clarify("refund_order") if s.understanding.found.known < 0.5 or s.to_us else None


def paid(s: Signals) -> Decision | None:
    """The member says that they paid."""
    if s.image is not None:
        return TakePayment()
    if s.unpaid() is not None:
        return AskProof()
    settled = s.settled_order()
    if settled is not None:
        return ShowPayment(settled)
    return Clarify("no_order")


def status(s: Signals) -> Decision | None:
    """The member asks how their orders stand."""
    if is_about_payment(s.folded) and s.settled_order() is not None and s.unpaid() is None:
        return ShowPayment(s.settled_order() or s.orders[-1])
    if s.orders:
        return ShowOrders()
    # Who has no order may ask in general when things arrive.
    known = s.understanding.found.known if s.understanding else 0.0
    return ShowOrders() if s.to_us or known < 0.5 else None
