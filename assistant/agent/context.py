"""Who asks, in which group, on what snapshot: the authority of a turn.

Tools take the member and the group from here and never from their arguments, so no text and no language model can
name another member's order or another group.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from assistant.agent.effects import Effect, OrderChanged, OrderMoved, OrderPlaced
from assistant.groups.library import GroupView
from assistant.groups.state import GroupState, describe_state
from assistant.orders.ledger import Ledger, OrderView, Terms
from assistant.orders.states import EDITABLE, HOLDS_STOCK, LIVE


@dataclass(frozen=True, slots=True)
class Speaker:
    """The member who wrote. ``role`` is member, seller or helper."""

    member_id: int
    nickname: str
    role: str = "member"


@dataclass(slots=True)
class TurnContext:
    """One turn's snapshot and the effects staged so far."""

    group: GroupView
    phase: GroupState
    speaker: Speaker
    now: datetime
    text: str
    image: str | None
    ledger: Ledger
    orders: Sequence[OrderView]
    """The speaker's orders, oldest first."""
    members: Mapping[str, int] = field(default_factory=dict)
    """Known members of the group, id by nickname."""
    orders_of: Mapping[int, Sequence[OrderView]] = field(default_factory=dict)
    """Orders of the other members named in a sign-up list."""
    places: Mapping[int, int] = field(default_factory=dict)
    """The speaker's pre-orders' places in the waitlist, by order id."""
    strikes: int = 0
    """Warnings the speaker has had."""
    usual: Mapping[str, int] = field(default_factory=dict)
    """What the speaker usually takes of this catalogue, by SKU."""
    poll: Sequence[str] = ()
    """The options of the poll that is open."""
    newcomer: bool = False
    """Whether the seller never sold them anything and has an offer for that."""
    ticket_context: dict[str, Any] = field(default_factory=dict)
    staged: list[Effect] = field(default_factory=list)

    @property
    def terms(self) -> Terms:
        """The group's terms that bind orders."""
        payment = self.group.settings.payment
        return Terms(
            order_limit=payment.order_limit,
            deposit_ratio=payment.deposit_ratio,
            pay_within_minutes=payment.pay_within_minutes,
            currency=payment.currency,
        )

    def unpaid(self) -> OrderView | None:
        """Return the speaker's newest order that waits for payment."""
        return next((o for o in reversed(self.orders) if o.status == "pending_payment"), None)

    def editable(self) -> list[OrderView]:
        """Return the speaker's orders that they may still change, newest first."""
        return [o for o in reversed(self.orders) if o.status in EDITABLE]

    def committed(self) -> OrderView | None:
        """Return the speaker's newest order that is claimed as paid or further."""
        return next(
            (o for o in reversed(self.orders) if o.status in HOLDS_STOCK and o.status != "pending_payment"),
            None,
        )

    def live(self) -> list[OrderView]:
        """Return the speaker's live orders, oldest first."""
        return [o for o in self.orders if o.status in LIVE]

    def stage(self, effect: Effect) -> None:
        """Remember an effect, and let later tools of the same turn see the stock it takes."""
        self.staged.append(effect)
        reserved, queued = dict(self.ledger.reserved), dict(self.ledger.queued)
        count = self.ledger.order_count
        if isinstance(effect, OrderPlaced):
            book = queued if effect.status == "preorder" else reserved
            for item in effect.items:
                book[item.sku] = book.get(item.sku, 0) + item.quantity
            count += 1
        elif isinstance(effect, OrderChanged):
            book = queued if effect.order.status == "preorder" else reserved
            for item in effect.order.items:
                book[item.sku] = book.get(item.sku, 0) - item.quantity
            for item in effect.items:
                book[item.sku] = book.get(item.sku, 0) + item.quantity
        elif isinstance(effect, OrderMoved) and effect.status == "cancelled":
            book = queued if effect.order.status == "preorder" else reserved
            for item in effect.order.items:
                book[item.sku] = book.get(item.sku, 0) - item.quantity
            count -= 1
        self.ledger = replace(self.ledger, reserved=reserved, queued=queued, order_count=count)
        if isinstance(effect, OrderPlaced) and self.phase.state == "open":
            # The Nth order closes the group, also for the later lines of the same message.
            self.phase = describe_state(self.group, self.now, count)
