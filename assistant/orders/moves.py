"""The moves of an order by the seller's hand: checked, dated, attributed, and told to its member."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from assistant.errors import Conflict, NotFound
from assistant.models import Order
from assistant.orders.cashbook import Cashbook
from assistant.orders.commands import (
    AskRefund,
    Cancel,
    Command,
    Complete,
    Refund,
    RefuseRefund,
    RejectClaim,
    Ship,
)
from assistant.orders.deal import Deal
from assistant.orders.ledger import OrderView
from assistant.orders.money import NewPayment, give_back, settle
from assistant.orders.notices import audit_of, lines_of, moved, notice, tell
from assistant.orders.repository import OrderRepository, view_of
from assistant.orders.states import OrderStatus, require_move


class Mover:
    """Moves orders of one group. Nothing is written where a move is refused."""

    def __init__(self, session: AsyncSession, deal: Deal, *, actor: str, now: datetime) -> None:
        self._session = session
        self._deal = deal
        self._actor = actor
        self._now = now
        self._orders = OrderRepository(session)
        self._cash = Cashbook(session)

    async def carry_out(self, command: Command) -> OrderView:
        """Do what the command says and return the order as it is then.

        Raises:
            NotFound: there is no such order in the group.
            UsageError: a sum is no amount of money.
            Conflict: the order's state does not allow it, or the payment is counted already.
        """
        match command:
            case NewPayment():
                return await self._pay(command)
            case RejectClaim():
                return await self._reject_claim(command)
            case Ship():
                return await self._ship(command)
            case Complete(number, note):
                return await self._complete(number, note)
            case Cancel(number, note):
                return await self._cancel(number, note)
            case AskRefund(number, note):
                return await self._ask_refund(number, note)
            case Refund():
                return await self._refund(command)
            case RefuseRefund(number, note):
                return await self._refuse_refund(number, note)

    async def _pay(self, payment: NewPayment) -> OrderView:
        order = await self._order(payment.number)
        if payment.reference and (known := await self._cash.counted(self._deal.group_id, payment.reference)):
            group_id, number = known
            where = f"order {number}" if group_id == self._deal.group_id else f"order {number} of group '{group_id}'"
            raise Conflict(f"the transfer {payment.reference} is counted already, for {where}")
        settled = settle(view_of(order), payment)
        before = order.status
        await self._cash.take(order, payment, settled, actor=self._actor, now=self._now)
        if settled.status == "payment_claimed":
            self._wait_for_payment(order)
        if settled.status != before:
            # The event of a change names the sum; the payment's own row has the rest.
            kind = "part" if settled.status == "payment_claimed" else settled.kind
            await self._move(order, settled.status, f"{kind} {settled.amount}")
        self._audit(order, "order.payment", kind=settled.kind, amount=str(settled.amount), reference=payment.reference)
        after = view_of(order)
        key = "paid" if after.owing == 0 else "deposit_paid" if settled.status != "payment_claimed" else "part_paid"
        sums = {"amount": settled.amount, "owing": after.owing, "due": after.due}
        await self._tell(key, after, **sums, pay_by=after.pay_by, note=payment.note)
        return after

    async def _reject_claim(self, reject: RejectClaim) -> OrderView:
        order = await self._order(reject.number)
        view, note = view_of(order), reject.note
        if view.status != "payment_claimed":
            # A pre-order could move to the same state, but only goods that arrive bring it there.
            raise Conflict(f"nobody says that order {reject.number} is paid, so there is nothing to reject")
        await self._cash.answer_claims(order.id, "rejected", only=reject.claim_id)
        if await self._cash.claimed(order.id):
            self._audit(order, "order.proof_rejected", note=note)
            await self._tell("one_not_found", view, seller=self._deal.seller, note=note)
            return view
        if view.part_paid:
            # With money in it the order never goes back to where it could expire.
            await self._orders.move(
                order.id, view.status, actor=self._actor, now=self._now, note=note or "no payment found"
            )
            self._audit(order, "order.proof_rejected", note=note)
        else:
            await self._move(order, "pending_payment", note or "no payment found")
        self._wait_for_payment(order)
        after = view_of(order)
        key = "rest_not_found" if after.part_paid else "not_found"
        sums = {"due": after.due} | ({"held": after.held} if after.part_paid else {})
        await self._tell(key, after, **sums, pay_by=after.pay_by, seller=self._deal.seller, note=note)
        return after

    def _wait_for_payment(self, order: Order) -> None:
        """Give an order's member the full time to pay, from now on."""
        order.pay_by, order.reminded_at = self._deal.pay_by(self._now), None

    async def _ship(self, ship: Ship) -> OrderView:
        order = await self._order(ship.number)
        _refund_first(view_of(order))
        await self._move(order, "shipped", " ".join(part for part in (ship.parcel, ship.note) if part))
        days = self._deal.delivery_days if ship.days is None else ship.days
        order.parcel, order.shipped_at = ship.parcel, self._now
        order.arrives_by = self._deal.arrives_by(self._now, days)
        after = view_of(order)
        await self._tell(
            "shipped",
            after,
            lines=lines_of(after, self._deal),
            parcel=ship.parcel,
            days=days,
            note=ship.note,
            owing=after.owing,
        )
        return after

    async def _complete(self, number: int, note: str) -> OrderView:
        order = await self._order(number)
        view = view_of(order)
        _refund_first(view)
        require_move(number, view.status, "completed")
        if view.owing > 0:
            raise Conflict(f"order {number} still owes {view.owing}; confirm its balance first")
        await self._move(order, "completed", note)
        order.received_at = order.received_at or self._now
        await self._tell("completed", view_of(order), note=note)
        return view_of(order)

    async def _cancel(self, number: int, note: str) -> OrderView:
        order = await self._order(number)
        view = view_of(order)
        if view.held > 0:
            raise Conflict(f"{view.held} was paid for order {number}; refund it instead")
        await self._move(order, "cancelled", note)
        await self._cash.answer_claims(order.id, "rejected")
        await self._tell("cancelled", view_of(order), lines=lines_of(view, self._deal), note=note)
        return view_of(order)

    async def _refund(self, refund: Refund) -> OrderView:
        order = await self._order(refund.number)
        view = view_of(order)
        back = give_back(view, refund.amount)
        # A part of it leaves the order as it was before it was asked for.
        target: OrderStatus = "refunded" if back.all_of_it else self._before_request(order)
        if target != view.status:
            require_move(order.number, view.status, target)
        await self._cash.give_back(order, back.amount, refund, actor=self._actor, now=self._now)
        if target != view.status:
            await self._move(order, target, f"refund {back.amount}")
        if back.all_of_it:
            # What was never sent can be sold again; what was sent only where it came back.
            order.goods_gone = view.shipped_at is not None and not refund.returned
        self._audit(order, "order.refund", amount=str(back.amount), reference=refund.reference, note=refund.note)
        await self._tell("refunded", view_of(order), amount=back.amount, note=refund.note)
        return view_of(order)

    async def _ask_refund(self, number: int, note: str) -> OrderView:
        order = await self._order(number)
        await self._move(order, "refund_requested", note)
        return view_of(order)

    async def _refuse_refund(self, number: int, note: str) -> OrderView:
        order = await self._order(number)
        if order.status != "refund_requested":
            raise Conflict(f"nobody asked for a refund of order {number}")
        await self._move(order, self._before_request(order), note or "refund refused")
        await self._tell("refund_refused", view_of(order), note=note, seller=self._deal.seller)
        return view_of(order)

    async def _order(self, number: int) -> Order:
        order = await self._orders.by_number(self._deal.group_id, number)
        if order is None:
            raise NotFound(f"no order {number} in group '{self._deal.group_id}'")
        return order

    async def _move(self, order: Order, target: OrderStatus, note: str) -> None:
        before = view_of(order).status
        require_move(order.number, before, target)
        await self._orders.move(order.id, target, actor=self._actor, now=self._now, note=note)
        self._session.add(moved(order, before, actor=self._actor, now=self._now, note=note))

    def _before_request(self, order: Order) -> OrderStatus:
        """Return the state an order had before its refund was asked for; its own state where nobody asked."""
        if order.status != "refund_requested":
            return view_of(order).status
        asked = next((e for e in reversed(order.events) if e.to_status == "refund_requested"), None)
        states: tuple[OrderStatus, ...] = ("payment_claimed", "paid", "shipped", "completed")
        return next((status for status in states if asked and status == asked.from_status), "paid")

    async def _tell(self, key: str, order: OrderView, **values: object) -> None:
        await tell(self._session, order, notice(key, order, self._deal, **values), deal=self._deal, now=self._now)

    def _audit(self, order: Order, action: str, **details: object) -> None:
        self._session.add(audit_of(order, action, actor=self._actor, now=self._now, **details))


def _refund_first(order: OrderView) -> None:
    """Pass unless a refund was asked for: the state before it, which may have been no paid one, comes back first."""
    if order.status == "refund_requested":
        raise Conflict(f"a refund of order {order.number} was asked for; refund it or refuse that first")
