"""Carries a decision out: calls the tools, which stage effects, and drafts the reply."""

from collections.abc import Mapping
from functools import singledispatch

from assistant.agent import tools
from assistant.agent.context import TurnContext
from assistant.agent.effects import PauseSet, SourceNoted, StrikeGiven, TicketJoined
from assistant.agent.tools import Logged, OrderResult, Refused
from assistant.orders.ledger import OrderItem, OrderView, total_of
from assistant.replies.catalogue import Replies
from assistant.turn import decision as d
from assistant.turn.compose import Composer
from assistant.turn.draft import Draft
from assistant.turn.memory import OpenLine, OpenQuestion
from assistant.turn.outcome import Source


def act(decision: d.Decision, context: TurnContext, replies: Replies, *, asked_already: int | None = None) -> Draft:
    """Carry ``decision`` out on ``context`` and return the drafted reply.

    ``asked_already`` is the open ticket that asks the same, if there is one.
    """
    composer = Composer(context, replies)
    if isinstance(decision, d.HandOff) and asked_already is not None and decision.reason == "missing_knowledge":
        draft = _join_ticket(composer, asked_already)
    else:
        draft = _act(decision, composer)
    draft.evidence = composer.evidence
    return draft


@singledispatch
def _act(decision: object, c: Composer) -> Draft:
    raise TypeError(f"no action for {type(decision).__name__}")


@_act.register
def _silent(decision: d.Silent, c: Composer) -> Draft:
    for member_id in decision.pauses:
        c.context.stage(PauseSet(member_id))
    return Draft("silent", reason=decision.reason)


@_act.register
def _answer(decision: d.Answer, c: Composer) -> Draft:
    texts, sources, products = [], [], list[str]()
    catalogue = c.context.group.catalogue
    entries = {entry.key: entry for entry in c.context.group.knowledge.entries}
    for part in decision.parts:
        match part:
            case d.EntryPart(key, probability):
                texts.append(entries[key].answer.strip())
                c.evidence.add(entries[key].answer)
                sources.append(Source(key, round(probability, 4)))
                named = [sku for m in catalogue.names.find(entries[key].answer) for sku in m.skus]
                products += named if len(set(named)) == 1 else []
            case d.ProductPart(sku, show, probability):
                product = catalogue.get(sku)
                assert product is not None
                texts.append(c.product(product, show))
                sources.append(Source(f"sku:{sku}", round(probability, 4)))
                products.append(sku)
            case d.TotalPart(wanted):
                items = _items(c.context, wanted)
                texts.append(c.total(items))
                sources += [Source(f"sku:{item.sku}", 1.0) for item in items]
                products += [item.sku for item in items]
            case d.ExtremePart(which, skus):
                texts.append(c.say(f"answer.{which}"))
                for product in filter(None, map(catalogue.get, skus)):
                    texts.append(c.product(product, "price"))
                    sources.append(Source(f"sku:{product.sku}", 1.0))
                products += skus
    asked = [sku for m in catalogue.names.find(decision.question) for sku in m.skus] if decision.question else []
    return Draft(
        "answer",
        "\n".join(texts),
        responder=decision.responder,
        sources=tuple(dict.fromkeys(sources)),
        question=decision.question,
        products=tuple(dict.fromkeys(asked or products)),
        reason="found in the records",
        shareable=True,
    )


def _items(context: TurnContext, wanted: Mapping[str, int]) -> list[OrderItem]:
    found = ((context.group.catalogue.get(sku), quantity) for sku, quantity in wanted.items())
    return [OrderItem(p.sku, p.name, p.unit, p.price, quantity) for p, quantity in found if p is not None]


@_act.register
def _log(decision: d.LogOrder, c: Composer) -> Draft:
    draft = _ordered(tools.log_order(c.context, decision.wanted), c, decision.wanted)
    return _with_answer(draft, decision.also, c)


@_act.register
def _change(decision: d.ChangeOrder, c: Composer) -> Draft:
    if not decision.wanted:
        tools.cancel_order(c.context, decision.order)
        return _cancelled(c, decision.order.number, decision.order.items, "order.removed_all")
    result = tools.change_order(c.context, decision.order, decision.wanted)
    return _with_answer(_ordered(result, c, decision.wanted), decision.also, c)


@_act.register
def _cancel(decision: d.CancelOrder, c: Composer) -> Draft:
    tools.cancel_order(c.context, decision.order)
    return _cancelled(c, decision.order.number, decision.order.items, "order.cancelled")


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


def _with_answer(draft: Draft, also: d.Answer | None, c: Composer) -> Draft:
    if also is None:
        return draft
    answer = _answer(also, c)
    draft.text = f"{draft.text}\n\n{answer.text}"
    draft.sources = tuple(dict.fromkeys((*draft.sources, *answer.sources)))
    return draft


@_act.register
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
                return Draft("answer", c.closed(), reason=f"group {c.context.phase.state}")
            refusals += [c.say("order.sign_up_refused", name=name), *map(c.refusal, result.reasons)]
            continue
        lines += [_sign_up_line(c, name, logged) for logged in result]
    if not lines and not refusals:
        return Draft("silent", reason="the sign-up list says nothing new")
    c.evidence.add(*(name for name, _ in decision.rows))
    text = "\n".join(([c.say("order.sign_up"), *lines] if lines else []) + refusals)
    return Draft("order" if lines else "clarify", text, reason="sign-up list")


def _sign_up_line(c: Composer, name: str, logged: Logged) -> str:
    total = total_of(logged.items)
    deposit = c.context.terms.deposit(total)
    c.evidence.add(total, deposit, name)
    lines = c.replies.join(c.items(logged.items))
    return c.say("order.sign_up_line", name=name, lines=lines, total=total, deposit=deposit)


@_act.register
def _show_orders(decision: d.ShowOrders, c: Composer) -> Draft:
    live = c.context.live()
    shown = live or [order for order in c.context.orders if order.status in ("expired", "cancelled")][-1:]
    if not shown:
        return _clarify(d.Clarify("no_order"), c, action="order_status")
    lines = [c.say("status.head")]
    for order in shown[-5:]:
        lines += c.order_status(order, c.context.places.get(order.id))
    return Draft("order_status", "\n".join(lines), reason="their own orders", private=True)


@_act.register
def _take_payment(decision: d.TakePayment, c: Composer) -> Draft:
    seller = c.context.group.settings.seller
    order = tools.take_payment_proof(c.context)
    if order is None:
        text = c.say("payment.no_order", seller=seller)
    else:
        c.evidence.add(order.number)
        text = c.say("payment.claimed", number=order.number, seller=seller)
    return Draft("payment", text, reason="proof taken in", private=True)


@_act.register
def _ask_proof(decision: d.AskProof, c: Composer) -> Draft:
    text = c.say("clarify.screenshot", seller=c.context.group.settings.seller)
    return Draft("payment", text, reason="a payment without its proof", private=True)


@_act.register
def _show_payment(decision: d.ShowPayment, c: Composer) -> Draft:
    order, seller = decision.order, c.context.group.settings.seller
    c.evidence.add(order.number, order.due)
    if order.status == "payment_claimed":
        text = c.say("payment.already", number=order.number, seller=seller)
    elif order.status == "pending_payment":
        text = c.say("payment.unpaid", number=order.number, due=order.due)
    else:
        text = c.say("payment.confirmed", number=order.number)
    return Draft("payment", text, reason="how the payment stands", private=True)


@_act.register
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


@_act.register
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


@_act.register
def _hand_off(decision: d.HandOff, c: Composer) -> Draft:
    tools.hand_off(c.context, kind=decision.kind, reason=decision.reason, order=_order_meant(c.context))
    return Draft("handoff", _hand_off_text(c, decision.reply), reason=decision.reason, question=c.context.text)


def _order_meant(context: TurnContext) -> OrderView | None:
    live = context.live()
    return live[-1] if live else None


def _hand_off_text(c: Composer, reply: str) -> str:
    settings = c.context.group.settings
    lines = [c.say(f"handoff.{reply}", seller=settings.seller)]
    window = settings.business_window
    if window is not None:
        local = c.context.now.astimezone(settings.zone).time()
        if not window[0] <= local <= window[1]:
            c.evidence.add(settings.business_hours)
            lines.append(c.say("handoff.after_hours", hours=settings.business_hours))
    return "\n".join(lines)


def _join_ticket(c: Composer, ticket_id: int) -> Draft:
    c.context.stage(TicketJoined(ticket_id))
    text = c.say("handoff.already", seller=c.context.group.settings.seller)
    return Draft("handoff", text, reason="the seller was asked this already", question=c.context.text)


@_act.register
def _custom(decision: d.PassCustomRequest, c: Composer) -> Draft:
    tools.hand_off(c.context, kind="custom_request", reason="unsupported_request")
    text = c.say("custom.passed", seller=c.context.group.settings.seller)
    return Draft("custom_request", text, reason="a wish outside the catalogue")


@_act.register
def _moderate(decision: d.Moderate, c: Composer) -> Draft:
    limit = c.context.group.settings.moderation.strikes
    count = c.context.strikes + 1
    c.context.stage(StrikeGiven(decision.reason))
    c.evidence.add(count, limit)
    if count < limit:
        text = c.say("moderate.first", count=count, limit=limit)
    else:
        text = c.say("moderate.last", count=count, limit=limit, seller=c.context.group.settings.seller)
    return Draft("moderate", text, reason=decision.reason)


@_act.register
def _chat(decision: d.Chat, c: Composer) -> Draft:
    settings = c.context.group.settings
    values = {
        "robot": {"assistant": settings.assistant_name, "seller": settings.seller},
        "contact": {"seller": settings.seller},
    }
    return Draft("chat", c.say(f"chat.{decision.kind}", **values.get(decision.kind, {})), reason=decision.kind)


@_act.register
def _ask_to_join(decision: d.AskToJoin, c: Composer) -> Draft:
    settings = c.context.group.settings
    assert settings.join is not None
    c.evidence.add(settings.join.question, settings.name)
    lines = [c.say("join.welcome", group=settings.name), c.say("join.question", question=settings.join.question)]
    return Draft("clarify", "\n".join(lines), reason="a newcomer", open=OpenQuestion("join"))


@_act.register
def _note_source(decision: d.NoteSource, c: Composer) -> Draft:
    c.context.stage(SourceNoted(c.context.text))
    return Draft("chat", c.say("join.noted"), reason="the newcomer's answer was noted")


@_act.register
def _tell_closed(decision: d.TellClosed, c: Composer) -> Draft:
    return Draft("answer", c.closed(), reason=f"group {c.context.phase.state}")
