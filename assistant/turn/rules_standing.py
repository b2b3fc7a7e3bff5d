"""Rules about what became of a member's orders: paying, asking how they stand, wanting money back."""

from datetime import timedelta

from assistant.orders.ledger import OrderView
from assistant.text.fold import skeleton
from assistant.text.orders import Act, Mood
from assistant.turn.cues import (
    asks_if_kept,
    asks_something,
    assents,
    is_about_mine,
    is_about_payment,
    speaks_of_ending,
)
from assistant.turn.decision import (
    AskProof,
    Clarify,
    ConfirmReceipt,
    Decision,
    HandOff,
    RequestRefund,
    ShowOrders,
    ShowPayment,
    Silent,
    TakeFeedback,
    TakePayment,
)
from assistant.turn.receiving import means_all, named_orders, says_received
from assistant.turn.rules_orders import LIKELY, SURE, cancel, someone_elses
from assistant.turn.signals import Signals


def picture(s: Signals) -> Decision | None:
    """A picture with an order open, or with words of payment, is a proof of payment."""
    if s.image is None:
        return None
    if is_about_payment(s.folded) or (len(s.folded) <= 6 and s.open_order() is not None):
        return TakePayment()
    return None


SOON = timedelta(hours=12)
"""Who writes no more than "got it" so soon after the parcel left has read that it left."""


def received(s: Signals) -> Decision | None:
    """The member says, and says no more, that what was sent to them has come."""
    said = says_received(s.folded)
    if said == "acknowledges":
        due = [o for o in _on_the_way(s) if o.receipt_asked_at or (o.shipped_at and s.now - o.shipped_at >= SOON)]
        return ConfirmReceipt(tuple(due[:1])) if len(due) == 1 else None
    return _receipt(s) if said == "plainly" and s.addressed != "other" else None


def received_along(s: Signals) -> Decision | None:
    """The same along with other words, which are no complaint (that is looked at before)."""
    return _receipt(s) if says_received(s.folded) == "along" and not someone_elses(s) else None


def _on_the_way(s: Signals) -> list[OrderView]:
    return [order for order in s.orders if order.status == "shipped" and order.received_at is None]


def _receipt(s: Signals) -> Decision | None:
    sent = _on_the_way(s)
    if s.sign_up is not None:
        return None
    if not sent:
        # Said again, or after the seller completed it.
        return Silent("received before") if any(o.status == "completed" for o in s.orders) and not s.to_us else None
    chosen = named_orders(s.folded, sent) or (sent if means_all(s.folded) else sent[:1])
    if len(sent) > 1 and chosen == sent[:1] and not named_orders(s.folded, sent):
        return Clarify("which_parcel")
    return ConfirmReceipt(tuple(chosen))


def feedback(s: Signals) -> Decision | None:
    """What the member says after we asked how it was."""
    asked = s.memory.open if s.memory else None
    if asked is None or asked.kind != "feedback" or s.reading.question or asks_something(s.folded) or s.image:
        return None
    got = next((o for o in reversed(s.orders) if o.received_at is not None), None)
    if got is None or s.reading.act is not Act.NONE or len(skeleton(s.text)) < 2 or assents(s.folded):
        return None
    return TakeFeedback(got)


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
