"""Actions that speak or pass on: answers, hand-offs, courtesies, warnings, silence."""

from collections.abc import Mapping

from assistant.agent import tools
from assistant.agent.context import TurnContext
from assistant.agent.effects import PauseSet, SourceNoted, StockAwaited, StrikeGiven, TicketJoined
from assistant.knowledge.records import EntryRecord
from assistant.orders.ledger import OrderItem, OrderView
from assistant.payments.matching import method_stem
from assistant.text.fold import fold
from assistant.turn import decision as d
from assistant.turn.carry import carry_out
from assistant.turn.compose import Composer
from assistant.turn.cues import is_about_payment
from assistant.turn.draft import Draft
from assistant.turn.memory import OpenQuestion
from assistant.turn.outcome import Source


@carry_out.register
def _silent(decision: d.Silent, c: Composer) -> Draft:
    for member_id in decision.pauses:
        c.context.stage(PauseSet(member_id))
    return Draft("silent", reason=decision.reason, held=decision.held)


@carry_out.register
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
                if show in ("card", "stock") and c.stock_state(product) == "sold_out":
                    c.context.stage(StockAwaited(sku))
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
    if any(_names_what_is_off(entry, c) for key in sources if (entry := entries.get(key.id)) is not None):
        texts.append(c.out_of_order())
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


def _names_what_is_off(entry: EntryRecord, c: Composer) -> bool:
    """Return whether a curated answer speaks of a way to pay that is out of order."""
    off = c.context.group.settings.payment.off
    if not off:
        return False
    told = entry.answer.casefold()
    about_paying = entry.category == "payment" or is_about_payment(fold(entry.answer))
    return any(method.casefold() in told or (about_paying and method_stem(method).casefold() in told) for method in off)


def with_answer(draft: Draft, also: d.Answer | None, c: Composer) -> Draft:
    """Return the draft with the answer to the question that came along."""
    if also is None:
        return draft
    answer = _answer(also, c)
    draft.text = f"{draft.text}\n\n{answer.text}"
    draft.sources = tuple(dict.fromkeys((*draft.sources, *answer.sources)))
    return draft


def _items(context: TurnContext, wanted: Mapping[str, int]) -> list[OrderItem]:
    found = ((context.group.catalogue.get(sku), quantity) for sku, quantity in wanted.items())
    return [OrderItem(p.sku, p.name, p.unit, p.price, quantity) for p, quantity in found if p is not None]


@carry_out.register
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


@carry_out.register
def _custom(decision: d.PassCustomRequest, c: Composer) -> Draft:
    tools.hand_off(c.context, kind="custom_request", reason="unsupported_request")
    text = c.say("custom.passed", seller=c.context.group.settings.seller)
    return Draft("custom_request", text, reason="a wish outside the catalogue")


@carry_out.register
def _moderate(decision: d.Moderate, c: Composer) -> Draft:
    settings = c.context.group.settings
    limit, at_limit = settings.moderation.strikes, settings.moderation.at_limit
    count = c.context.strikes + 1
    last = count >= limit
    c.context.stage(StrikeGiven(decision.reason, last=last, removes=last and at_limit == "remove"))
    c.evidence.add(count, limit)
    if last:
        key = "removed" if at_limit == "remove" else "last"
        if at_limit == "ticket":
            tools.hand_off(c.context, kind="handoff", reason="policy_restriction")
        text = c.say(f"moderate.{key}", count=count, limit=limit, seller=settings.seller, reason=decision.reason)
    else:
        key = "first" if count == 1 else "again"
        text = c.say(f"moderate.{key}", count=count, limit=limit, reason=decision.reason)
    # A warning is a private word, not a pillory.
    return Draft("moderate", text, reason=decision.reason, private=True)


@carry_out.register
def _appeal(decision: d.Appeal, c: Composer) -> Draft:
    tools.hand_off(c.context, kind="complaint", reason="policy_restriction")
    text = c.say("moderate.appeal", seller=c.context.group.settings.seller)
    return Draft("handoff", text, reason="an objection to a warning", private=True)


@carry_out.register
def _chat(decision: d.Chat, c: Composer) -> Draft:
    settings = c.context.group.settings
    values = {
        "robot": {"assistant": settings.assistant_name, "seller": settings.seller},
        "contact": {"seller": settings.seller},
    }
    return Draft("chat", c.say(f"chat.{decision.kind}", **values.get(decision.kind, {})), reason=decision.kind)


@carry_out.register
def _ask_to_join(decision: d.AskToJoin, c: Composer) -> Draft:
    settings = c.context.group.settings
    assert settings.join is not None
    c.evidence.add(settings.join.question, settings.name)
    lines = [c.say("join.welcome", group=settings.name), c.say("join.question", question=settings.join.question)]
    return Draft("clarify", "\n".join(lines), reason="a newcomer", open=OpenQuestion("join"))


@carry_out.register
def _note_source(decision: d.NoteSource, c: Composer) -> Draft:
    c.context.stage(SourceNoted(c.context.text))
    return Draft("chat", c.say("join.noted"), reason="the newcomer's answer was noted")


@carry_out.register
def _tell_closed(decision: d.TellClosed, c: Composer) -> Draft:
    return Draft("answer", c.closed(), reason=f"group {c.context.phase.state}")


def join_ticket(c: Composer, ticket_id: int) -> Draft:
    """Add the member to the open ticket that asks the same."""
    c.context.stage(TicketJoined(ticket_id))
    text = c.say("handoff.already", seller=c.context.group.settings.seller)
    return Draft("handoff", text, reason="the seller was asked this already", question=c.context.text)
