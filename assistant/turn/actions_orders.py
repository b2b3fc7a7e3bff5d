"""Actions on a member's own orders: logging, changing, showing, paying, refunding, asking what is missing."""

from collections.abc import Mapping
from dataclasses import replace

from assistant.agent import tools
from assistant.agent.effects import StockAwaited
from assistant.agent.tools import Logged, OrderResult, Refused
from assistant.orders.ledger import OrderItem, total_of
from assistant.turn import decision as d
from assistant.turn.actions_talk import with_answer
from assistant.turn.carry import carry_out
from assistant.turn.compose import Composer
from assistant.turn.draft import Draft
from assistant.turn.memory import OpenLine, OpenQuestion
from assistant.turn.outcome import Source


@carry_out.register
def _log(decision: d.LogOrder, c: Composer) -> Draft:
    draft = _ordered(tools.log_order(c.context, decision.wanted), c, decision.wanted)
    if c.context.newcomer and draft.action == "order":
        offer = c.context.group.settings.regulars.newcomer_offer
        c.evidence.add(offer)
        draft.text = f"{draft.text}\n{c.say('regular.newcomer', offer=offer)}"
    return with_answer(draft, decision.also, c)


@carry_out.register
def _change(decision: d.ChangeOrder, c: Composer) -> Draft:
    if not decision.wanted:
        tools.cancel_order(c.context, decision.order)
        return _cancelled(c, decision.order.number, decision.order.items, "order.removed_all")
    result = tools.change_order(c.context, decision.order, decision.wanted)
    return with_answer(_ordered(result, c, decision.wanted), decision.also, c)


@carry_out.register
def _cancel(decision: d.CancelOrder, c: Composer) -> Draft:
    drafts = []
    for order in (decision.order, *decision.others):
        tools.cancel_order(c.context, order)
        drafts.append(_cancelled(c, order.number, order.items, "order.cancelled"))
    return replace(drafts[0], text="\n".join(draft.text for draft in drafts))


def _cancelled(c: Composer, number: int, items: tuple[OrderItem, ...], key: str) -> Draft:
    c.evidence.add(number)
    text = "\n".join([c.say(key, number=number), *c.items(items)])
    return Draft("order", text, reason="cancelled", private=True)


def _ordered(result: OrderResult, c: Composer, wanted: Mapping[str, int]) -> Draft:
    if isinstance(result, Refused):
        return _refused(result, c, wanted)
    lines: list[str] = []
    number = c.context.ledger.last_number
    for logged in result:
        if logged.order is None:
            number += 1
        waiting = c.context.ledger.waiting
        place = waiting.get(logged.items[0].sku, 0) + 1 if logged.status == "preorder" else None
        if logged.order is not None and place is not None:
            place = c.context.places.get(logged.order.id)
        lines += c.logged(logged, number=logged.order.number if logged.order else number, place=place)
    return Draft(
        "order",
        "\n".join(lines),
        reason="logged",
        private=True,
        products=tuple(item.sku for logged in result for item in logged.items if item.sku in wanted),
        sources=tuple(Source(f"sku:{sku}", 1.0) for sku in wanted),
    )


def _refused(refused: Refused, c: Composer, wanted: Mapping[str, int]) -> Draft:
    if refused.group_not_open:
        return Draft("answer", c.closed(), reason=f"group {c.context.phase.state}", private=True)
    sold_out = all(reason.kind == "sold_out" for reason in refused.reasons)
    lines = [c.refusal(reason) for reason in refused.reasons]
    products = [reason.product for reason in refused.reasons if reason.product is not None]
    for reason in refused.reasons:
        if reason.kind == "sold_out" and reason.product is not None:
            c.context.stage(StockAwaited(reason.product.sku))
    if any(reason.kind == "sold_out" for reason in refused.reasons) and products:
        other = c.alternatives(products[0])
        lines += [other] if other else []
    if len(wanted) > len({product.sku for product in products}) and products:
        lines.append(c.say("refuse.nothing_logged"))
    return Draft(
        "answer" if sold_out else "clarify",
        "\n".join(lines),
        reason="; ".join(reason.kind for reason in refused.reasons),
        private=True,
        products=tuple(dict.fromkeys(product.sku for product in products)) or tuple(wanted),
        sources=tuple(Source(f"sku:{product.sku}", 1.0) for product in dict.fromkeys(products)),
        open=_offer(refused, wanted),
    )


def _offer(refused: Refused, wanted: Mapping[str, int]) -> OpenQuestion | None:
    """Return the order that would still be possible, so that a plain yes takes it."""
    possible = dict(wanted)
    for reason in refused.reasons:
        if reason.product is None or reason.possible < 1:
            return None
        possible[reason.product.sku] = min(possible[reason.product.sku], reason.possible)
    return OpenQuestion("less", tuple(OpenLine((sku,), quantity) for sku, quantity in possible.items()))


@carry_out.register
def _sign_up(decision: d.SignUp, c: Composer) -> Draft:
    lines: list[str] = []
    refusals: list[str] = []
    for name, wanted in decision.rows:
        member_id = c.context.members.get(name, 0)
        if name == c.context.speaker.nickname:
            member_id = c.context.speaker.member_id
        result = tools.sign_up(c.context, name, member_id, wanted)
        if isinstance(result, Refused):
            if result.group_not_open:
                if not lines:
                    return Draft("answer", c.closed(), reason=f"group {c.context.phase.state}")
                # The list's own lines filled the group: who stands further down hears it.
                refusals += [c.say("order.sign_up_refused", name=name), c.closed()]
                continue
            refusals += [c.say("order.sign_up_refused", name=name), *map(c.refusal, result.reasons)]
            continue
        lines += [_sign_up_line(c, name, logged) for logged in result]
    refusals += [c.say("order.sign_up_unclear", name=name) for name in decision.unclear]
    if not lines and not refusals:
        return Draft("silent", reason="the sign-up list says nothing new")
    c.evidence.add(*(name for name, _ in decision.rows), *decision.unclear)
    text = "\n".join(([c.say("order.sign_up"), *lines] if lines else []) + refusals)
    return Draft("order" if lines else "clarify", text, reason="sign-up list")


def _sign_up_line(c: Composer, name: str, logged: Logged) -> str:
    total = total_of(logged.items)
    deposit = c.context.terms.deposit(total)
    c.evidence.add(total, deposit, name)
    lines = c.replies.join(c.items(logged.items))
    return c.say("order.sign_up_line", name=name, lines=lines, total=total, deposit=deposit)


@carry_out.register
def _show_orders(decision: d.ShowOrders, c: Composer) -> Draft:
    live = c.context.live()
    shown = live or [order for order in c.context.orders if order.status in ("expired", "cancelled")][-1:]
    if not shown:
        return _clarify(d.Clarify("no_order"), c, action="order_status")
    lines = [c.say("status.head")]
    for order in shown[-5:]:
        lines += c.order_status(order, c.context.places.get(order.id))
    return Draft("order_status", "\n".join(lines), reason="their own orders", private=True)


@carry_out.register
def _take_payment(decision: d.TakePayment, c: Composer) -> Draft:
    seller = c.context.group.settings.seller
    order = tools.take_payment_proof(c.context)
    if order is None:
        text = c.say("payment.no_order", seller=seller)
    else:
        c.evidence.add(order.number)
        text = c.say("payment.claimed", number=order.number, seller=seller)
    return Draft("payment", text, reason="proof taken in", private=True)


@carry_out.register
def _ask_proof(decision: d.AskProof, c: Composer) -> Draft:
    text = c.say("clarify.screenshot", seller=c.context.group.settings.seller)
    return Draft("payment", text, reason="a payment without its proof", private=True)


@carry_out.register
def _show_payment(decision: d.ShowPayment, c: Composer) -> Draft:
    order, seller = decision.order, c.context.group.settings.seller
    c.evidence.add(order.number, order.due)
    if order.part_paid:
        c.evidence.add(order.held)
        text = c.say("payment.part", number=order.number, held=order.held, due=order.due, seller=seller)
    elif order.status == "payment_claimed":
        text = c.say("payment.already", number=order.number, seller=seller)
    elif order.status == "pending_payment":
        text = c.say("payment.unpaid", number=order.number, due=order.due)
    else:
        text = c.say("payment.confirmed", number=order.number)
    return Draft("payment", text, reason="how the payment stands", private=True)


@carry_out.register
def _refund(decision: d.RequestRefund, c: Composer) -> Draft:
    order, settings = decision.order, c.context.group.settings
    c.evidence.add(order.number)
    if order.status == "refund_requested":
        text = c.say("refund.already", number=order.number, seller=settings.seller)
        return Draft("refund", text, reason="asked before", private=True)
    tools.request_refund(c.context, order)
    lines = [c.say("refund.logged", number=order.number, seller=settings.seller)]
    if settings.refund is not None:
        c.evidence.add(settings.refund.window_days, settings.refund.condition)
        lines.append(c.say("refund.terms", days=settings.refund.window_days, condition=settings.refund.condition))
    return Draft("refund", "\n".join(lines), reason="logged for the seller", private=True)


@carry_out.register
def _clarify_decision(decision: d.Clarify, c: Composer) -> Draft:
    return _clarify(decision, c)


def _clarify(decision: d.Clarify, c: Composer, *, action: str = "clarify") -> Draft:
    catalogue = c.context.group.catalogue
    options = [product for product in map(catalogue.get, decision.options) if product is not None]
    first = options[0] if options else next(iter(catalogue.products), None)
    if first is not None:
        c.knows(first)
    lines: list[str] = []
    match decision.kind:
        case "which_of":
            lines = [c.say("clarify.which_of"), *c.options(decision.options)]
        case "unknown_code":
            lines = [c.say("clarify.unknown_code", codes=c.replies.join(decision.codes))]
            c.evidence.add(*decision.codes)
        case "which_order":
            lines = [c.say("clarify.which_order")]
            for order in c.context.editable():
                lines += c.order_status(order, c.context.places.get(order.id))
        case "which_parcel":
            lines = [c.say("clarify.which_order")]
            for order in c.context.orders:
                if order.status == "shipped" and order.received_at is None:
                    lines += c.order_status(order, None)
        case "which_product":
            lines = [c.say("clarify.which_product")]
            some = [p.sku for p in catalogue.products if c.stock_state(p) != "sold_out"]
            lines += c.options(some) if len(some) <= 8 else []
        case "image":
            lines = [c.say("clarify.image")]
        case "refund_order":
            lines = [c.say("clarify.refund_order")]
        case kind if first is not None:
            lines = [c.say(f"clarify.{kind}", product=first)]
        case _:
            lines = [c.say("clarify.which_product")]
    return Draft(
        "order_status" if action == "order_status" else "clarify",
        "\n".join(lines),
        reason=decision.kind,
        products=tuple(p.sku for p in options) if decision.kind in ("how_many", "which_of") else (),
        sources=tuple(Source(f"sku:{p.sku}", 1.0) for p in options),
        open=decision.open,
        private=True,
    )
