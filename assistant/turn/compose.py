"""Puts replies together from records and the catalogue of replies; every value also goes into the evidence."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from assistant.agent.context import TurnContext
from assistant.agent.tools import Logged
from assistant.knowledge.records import ProductRecord
from assistant.orders.ledger import OrderItem, OrderView, Refusal, total_of
from assistant.replies.catalogue import Replies, plain_amount, when_text
from assistant.turn.draft import Evidence

StockState = Literal["available", "preorder", "sold_out"]


class Composer:
    """Writes the lines of one turn's reply."""

    def __init__(self, context: TurnContext, replies: Replies) -> None:
        self.context = context
        self.replies = replies
        self.evidence = Evidence()
        self._settings = context.group.settings
        # The seller's own words and the catalogue's static words may be said as they are.
        self.evidence.add(self._settings.seller, self._settings.name, self._settings.assistant_name)

    def say(self, key: str, **values: object) -> str:
        """Return a reply's text; the static words of its template count as evidence, its values do not."""
        self.evidence.add(self.replies.static(key))
        return self.replies.render(key, **values)

    def stock_state(self, product: ProductRecord) -> StockState:
        """Return whether a product can be had now, only as a pre-order, or not at all."""
        if self.context.ledger.available(product) != 0:
            return "available"
        return "preorder" if product.preorder else "sold_out"

    def knows(self, product: ProductRecord) -> None:
        """Take a product's record into the evidence."""
        left = self.context.ledger.available(product)
        self.evidence.add(product.sku, product.name, product.unit, product.description, product.price)
        self.evidence.add(plain_amount(product.price), product.stock, product.per_member_limit, left)

    def product(self, product: ProductRecord, show: str) -> str:
        """Return a product's card, price, stock or limit."""
        self.knows(product)
        state = self.stock_state(product)
        if show == "price":
            return self.say("answer.price_line", product=product, state=state)
        if show == "stock":
            left = self.context.ledger.available(product)
            return self.say("answer.stock", product=product, state=state, left=left)
        if show == "limit" and product.per_member_limit is not None:
            return self.say("answer.limit", product=product)
        return self.say("answer.product", product=product, state=state)

    def items(self, items: Sequence[OrderItem]) -> list[str]:
        """Return an order's lines."""
        for item in items:
            self.evidence.add(item.sku, item.name, item.unit, item.quantity, item.price, item.amount)
        return [self.say("order.line", item=item) for item in items]

    def options(self, skus: Sequence[str]) -> list[str]:
        """Return products to choose from, a line each."""
        lines = []
        for product in filter(None, map(self.context.group.catalogue.get, skus)):
            self.knows(product)
            lines.append(self.say("clarify.option", product=product))
        return lines

    def total(self, items: Sequence[OrderItem]) -> str:
        """Return a sum that was worked out and not ordered."""
        total = total_of(items)
        for item in items:
            self.evidence.add(item.sku, item.name, item.unit, item.quantity, item.price, item.amount)
        self.evidence.add(total)
        deposit = self.context.terms.deposit(total)
        self.evidence.add(deposit)
        if deposit is None:
            return self.say("answer.total", items=items, total=total)
        return self.say("answer.total_deposit", items=items, total=total, deposit=deposit)

    def logged(self, logged: Logged, *, number: int, place: int | None) -> list[str]:
        """Return the confirmation of an order: its lines, the sum, what to pay and until when."""
        key = "order.unchanged" if logged.unchanged else "order.changed" if logged.order else "order.logged"
        if logged.status == "preorder" and logged.order is None:
            key = "order.preordered"
        self.evidence.add(number)
        lines = [self.say(key, number=number), *self.items(logged.items), *self.sum_lines(logged.items)]
        if logged.status == "preorder":
            return lines + self.waiting(logged.items, place)
        return [*lines, self.payment_line(logged)]

    def sum_lines(self, items: Sequence[OrderItem]) -> list[str]:
        """Return the total and, where the group takes one, the deposit."""
        total = total_of(items)
        self.evidence.add(total)
        lines = [self.say("order.total", total=total)]
        deposit = self.context.terms.deposit(total)
        if deposit is not None:
            self.evidence.add(deposit)
            lines.append(self.say("order.deposit", deposit=deposit))
        return lines

    def payment_line(self, logged: Logged) -> str:
        """Return how and until when to pay."""
        minutes = self.context.terms.pay_within_minutes
        pay_by = logged.order.pay_by if logged.order else None
        if pay_by is None and minutes:
            pay_by = self.context.now + timedelta(minutes=minutes)
        self.know_time(pay_by)
        methods = self.replies.join(self._settings.payment.usable)
        self.evidence.add(methods)
        key = "order.pay" if self.context.terms.deposit_ratio is None else "order.pay_deposit"
        line = self.say(key, pay_by=pay_by, methods=methods)
        return f"{line}\n{self.out_of_order()}" if self._settings.payment.off else line

    def out_of_order(self) -> str:
        """Return which ways to pay cannot be used just now, and which can."""
        payment = self._settings.payment
        off, methods = self.replies.join(payment.off), self.replies.join(payment.usable)
        self.evidence.add(off, methods)
        return self.say("payment.off", off=off, methods=methods)

    def waiting(self, items: Sequence[OrderItem], place: int | None) -> list[str]:
        """Return the place in the waitlist and what the record says about the wait."""
        lines = []
        for item in items:
            product = self.context.group.catalogue.get(item.sku)
            if product is None:
                continue
            self.knows(product)
            if place is not None:
                self.evidence.add(place)
                lines.append(self.say("order.place", product=product, place=place))
            if product.description:
                lines.append(product.description)
        return lines

    def know_time(self, moment: object) -> None:
        """Take a time of the records into the evidence, as it is written in replies."""
        if isinstance(moment, datetime):
            self.evidence.add(when_text(moment, self.replies.language, self._settings.zone))

    def refusal(self, refusal: Refusal) -> str:
        """Return why an order was not logged, with what would still be possible."""
        self.evidence.add(refusal.wanted, refusal.possible, refusal.already, refusal.more, refusal.total, refusal.limit)
        product = refusal.product
        if product is None:
            return self.say("refuse.order_limit", limit=refusal.limit, seller=self._settings.seller)
        self.knows(product)
        values: Mapping[str, object] = {
            "product": product,
            "possible": refusal.possible,
            "wanted": refusal.wanted,
            "already": refusal.already,
            "more": refusal.more,
            "limit": product.per_member_limit,
        }
        match refusal.kind:
            case "sold_out":
                return self.say("refuse.sold_out", product=product)
            case "past_stock":
                key = "refuse.past_stock_preorder" if product.preorder else "refuse.past_stock"
                return self.say(key, **_only(values, "product", "possible", "wanted"))
            case "member_limit":
                return self.say("refuse.member_limit", **_only(values, "product", "more", "already", "limit"))
            case _:
                return self.say("refuse.quantity", product=product)

    def alternatives(self, product: ProductRecord) -> str | None:
        """Return up to two products that can be had instead: of the same kind of number, nearest in price."""

        def likeness(other: ProductRecord) -> tuple[bool, object]:
            return (other.sku[:1] != product.sku[:1], abs(other.price - product.price))

        pool = [
            other
            for other in self.context.group.catalogue.products
            if other.sku != product.sku and self.stock_state(other) == "available"
        ]
        chosen = sorted(pool, key=likeness)[:2]
        if not chosen:
            return None
        for other in chosen:
            self.knows(other)
        names = self.replies.join(f"{other.sku} {other.name}" for other in chosen)
        return self.say("refuse.alternatives", products=names)

    def closed(self) -> str:
        """Return that, and why, no orders are taken, and when the next group opens where that is known."""
        settings, next_at = self._settings, self._settings.next_opens_at
        if self.context.phase.state == "not_open" or next_at is None or next_at <= self.context.now:
            return self._closed()
        self.know_time(next_at)
        return "\n".join((self._closed(), self.say("refuse.next", opens_at=next_at, seller=settings.seller)))

    def _closed(self) -> str:
        settings, phase = self._settings, self.context.phase
        if phase.reason == "moved":
            self.evidence.add(settings.moved_to)
            return self.say("refuse.moved", group=settings.moved_to, seller=settings.seller)
        if phase.state == "not_open":
            self.know_time(settings.opens_at)
            return self.say("refuse.not_open", opens_at=settings.opens_at)
        if phase.reason == "closing_time":
            self.know_time(settings.closes_at)
            return self.say("refuse.closed_time", closes_at=settings.closes_at, seller=settings.seller)
        if phase.reason == "order_count":
            self.evidence.add(settings.close_after_orders)
            return self.say("refuse.closed_count", count=settings.close_after_orders, seller=settings.seller)
        return self.say("refuse.closed", seller=settings.seller)

    def sent(self, order: OrderView) -> str:
        """Return when and in which parcel an order was sent, and by when it should be there."""
        self.know_time(order.shipped_at)
        self.know_time(order.arrives_by)
        self.evidence.add(order.parcel)
        arrives = order.arrives_by if order.received_at is None else None
        return self.say("status.sent", at=order.shipped_at, parcel=order.parcel, arrives_by=arrives)

    def order_status(self, order: OrderView, place: int | None) -> list[str]:
        """Return how an order stands, line by line."""
        self.evidence.add(order.number, order.total, order.due)
        label = self.say("status.label", status="part_paid" if order.part_paid else order.status)
        lines = [self.say("status.order", number=order.number, label=label), *self.items(order.items)]
        lines.append(self.say("order.total", total=order.total))
        self.know_time(order.created_at)
        lines.append(self.say("status.placed", at=order.created_at))
        if order.part_paid:
            self.evidence.add(order.held, order.due)
            lines.append(self.say("status.part_paid", held=order.held, due=order.due))
        elif order.deposit is not None and order.paid and order.owing:
            self.evidence.add(order.paid, order.owing)
            lines.append(self.say("status.balance", paid=order.paid, owing=order.owing))
        if order.shipped_at is not None and order.status in ("shipped", "completed", "refund_requested"):
            lines.append(self.sent(order))
        if order.status == "completed" and order.received_at is not None:
            self.know_time(order.received_at)
            lines.append(self.say("status.received", at=order.received_at))
        if order.status == "expired":
            lines.append(self.say("status.expired"))
        if order.status == "pending_payment" and order.pay_by is not None:
            self.know_time(order.pay_by)
            lines.append(self.say("status.pay_by", pay_by=order.pay_by, due=order.due))
        if order.status == "preorder" and place is not None and order.items:
            product = self.context.group.catalogue.get(order.items[0].sku)
            if product is not None:
                self.evidence.add(place)
                lines.append(self.say("status.place", product=product, place=place))
        return lines


def _only(values: Mapping[str, object], *names: str) -> dict[str, object]:
    return {name: values[name] for name in names}
