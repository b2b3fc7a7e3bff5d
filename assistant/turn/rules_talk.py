"""Rules about talk: courtesies, calls for a human, sums, what wants no answer."""

import re
from decimal import Decimal
from typing import Literal

from assistant.retrieval.cues import has_cue, is_question
from assistant.text.cues import HESITANT
from assistant.text.fold import skeleton
from assistant.text.orders import Mood
from assistant.turn import cues
from assistant.turn.decision import (
    Answer,
    Chat,
    Decision,
    EntryPart,
    ExtremePart,
    HandOff,
    PassCustomRequest,
    Silent,
    TellClosed,
    TotalPart,
)
from assistant.turn.rules_knowledge import CERTAIN, NOT_ABOUT_THE_DEAL, SURE, answers_well, plainly
from assistant.turn.signals import Signals

LONG = 12
"""So many characters tell what a complaint is about."""

_CONTACT = re.compile(
    r"(?<!\d)1[3-9]\d{9}(?!\d)|收货(?:人|地址|信息)[:：].*\d|\b\d{3}[-. ]\d{3}[-. ]\d{4}\b|my (?:address|phone|number) is",
    re.IGNORECASE,
)
_WHO_ARE_YOU = re.compile(
    r"机器人|真人|是人吗|你是谁|\b(?:robot|bot|human|real person|who are you|an ai)\b", re.IGNORECASE
)
_PRIVATE = re.compile(
    r"(?:所有人?|群里|大家|别人|其他人|每个人|人家).{0,12}(?:电话|手机|地址|订单|名单|联系方式|住址)"
    r"|(?:电话|手机号?|地址|住哪|住址|微信号|名单|联系方式).{0,6}(?:给我|发我|列|告诉我|发一?下)"
    r"|(?:phone|address|number|contact|order)s? of (?:every|all|other|the members)"
    r"|(?:everyone|everybody|all members|other members|member)'?s?'? .*(?:phone|address|order|number|contact)",
    re.IGNORECASE,
)


def intruder(s: Signals) -> Decision | None:
    """Attempts to give the assistant orders, and questions for other people's data, change nothing."""
    assert s.understanding is not None
    intents = s.understanding.intents
    likely = max(intents.injection, intents.probabilities.get("injection", 0.0))
    if likely >= CERTAIN or (likely >= SURE and has_cue(s.text, "bot")):
        return Chat("refuse") if s.to_us else Silent("an attempt to give the assistant orders")
    if _PRIVATE.search(s.folded) and "我的" not in s.folded:
        return Chat("privacy") if s.to_us else Silent("asks for other people's data")
    if s.reading.other_person is not None or _names_another(s):
        return Chat("privacy") if s.to_us else Silent("about another member's order")
    return None


def _names_another(s: Signals) -> bool:
    """Return whether the message names a member and is about their order."""
    assert s.understanding is not None
    p = s.understanding.intents.probabilities
    about_orders = max(p.get(name, 0.0) for name in ("order_status", "cancel_order", "change_order"))
    others = (name for name in s.members if len(name) >= 2 and name != s.speaker.nickname)
    return about_orders >= 0.3 and any(name.lower() in s.text.lower() for name in others)


def contact_details(s: Signals) -> Decision | None:
    """Addresses and phone numbers do not belong in the group; they are neither kept nor repeated."""
    if _CONTACT.search(s.text) and not s.reading.lines and s.image is None:
        return Chat("contact")
    return None


def to_a_human(s: Signals) -> Decision | None:
    """Calls for a person, complaints and wishes outside the catalogue."""
    assert s.understanding is not None
    u = s.understanding
    spoken_to_us = s.to_us or s.addressed == "shop"
    wanted = spoken_to_us or u.gate.wants >= SURE
    if (u.likely("ask_human") and wanted) or cues.calls_for(s.folded, s.group.settings.seller):
        return HandOff("handoff", "customer_request", "customer_request")
    if (statement := _statement(s)) is not None:
        return statement
    complains = u.intents.probabilities.get("complaint", 0.0)
    calm = is_question(s.folded) or answers_well(u.found)
    # Short lines that only sound cross ("你是残酷的") are no complaint about this deal.
    speaks_of_it = len(skeleton(s.text)) >= LONG or any(has_cue(s.text, cue) for cue in ("shop", "deal", "exclaim"))
    meant = spoken_to_us or u.intents.directed >= NOT_ABOUT_THE_DEAL or (complains >= 0.6 and speaks_of_it)
    if complains >= (0.6 if calm else 0.35) and meant:
        return HandOff("complaint", "customer_request", "complaint")
    wishes = u.intents.probabilities.get("custom_request", 0.0)
    if wishes >= (0.65 if answers_well(u.found) else 0.4) and (spoken_to_us or u.gate.wants >= 0.3):
        return PassCustomRequest()
    return None


def _statement(s: Signals) -> Decision | None:
    """Who asks about a rumour that the seller has answered with an official statement gets it word for word.

    Hearsay sounds like a complaint, but nobody has come to harm; who complains in earnest does not ask.
    """
    assert s.understanding is not None
    best = s.understanding.found.best
    if best is None or best.kind != "entry" or best.probability < SURE or not cues.asks_about_hearsay(s.folded):
        return None
    entry = next((one for one in s.group.knowledge.entries if one.key == best.id), None)
    if entry is None or not cues.is_statement(entry.answer):
        return None
    return Answer((EntryPart(best.id, best.probability),), "faq", question=s.folded)


def too_late(s: Signals) -> Decision | None:
    """Somebody still wants to order although orders are closed."""
    assert s.understanding is not None
    if s.phase.state == "open":
        return None
    p = s.understanding.intents.probabilities
    ordering = p.get("place_order", 0) + p.get("change_order", 0) + p.get("ask_ordering", 0)
    return TellClosed() if ordering >= SURE and s.understanding.gate.wants >= SURE else None


def courtesy(s: Signals) -> Decision | None:
    """Greetings and thanks are returned only when they are for us."""
    assert s.understanding is not None
    p = s.understanding.intents.probabilities
    if not s.to_us:
        return None
    if _WHO_ARE_YOU.search(s.folded) and s.understanding.found.known < 0.8:
        return Chat("robot")
    if p.get("thanks", 0) >= 0.4:
        return Chat("thanks")
    if p.get("greeting", 0) >= 0.4:
        return Chat("hello")
    return None


def sums(s: Signals) -> Decision | None:
    """What something would cost is worked out, not looked up."""
    reading = s.reading
    if cues.asks_cheapest(s.folded) or cues.asks_dearest(s.folded):
        return _extreme(s)
    if reading.mood not in (Mood.HYPOTHETICAL, Mood.QUESTION) or not cues.asks_total(s.folded):
        return None
    wanted: dict[str, int] = {}
    for line in reading.lines:
        if len(line.skus) != 1 or line.quantity is None or line.quantity != line.quantity.to_integral_value():
            return None
        wanted[line.skus[0]] = wanted.get(line.skus[0], 0) + int(line.quantity)
    bare = reading.bare.value if reading.bare is not None else None
    if not wanted and bare is not None and s.last is not None and len(s.last.products) == 1 and bare % 1 == 0:
        wanted = {s.last.products[0]: int(bare)}
    more_than_one = sum(wanted.values()) > 1
    return Answer((TotalPart(wanted),), "rules") if wanted and more_than_one else None


def _extreme(s: Signals) -> Decision | None:
    assert s.understanding is not None
    if s.understanding.gate.wants < SURE and not s.to_us:
        return None
    named = {sku for mention in s.group.catalogue.names.find(s.folded) for sku in mention.skus}
    pool = [
        product
        for product in s.group.catalogue.products
        if (not named or product.sku in named) and (s.ledger.available(product) != 0 or product.preorder)
    ]
    if not pool:
        return None
    which: Literal["cheapest", "dearest"] = "cheapest" if cues.asks_cheapest(s.folded) else "dearest"
    pick = min if which == "cheapest" else max
    price: Decimal = pick(product.price for product in pool)
    return Answer((ExtremePart(which, tuple(p.sku for p in pool if p.price == price)),), "rules")


def mere_telling(s: Signals) -> Decision | None:
    """Who tells what they bought elsewhere, or do not want, asks nothing."""
    assert s.understanding is not None
    told = s.reading.mood in (Mood.NEGATED, Mood.PAST) and bool(s.reading.lines) and not s.reading.question
    if (told or cues.goes_on(s.folded)) and not s.to_us and not cues.asks_something(s.folded):
        return Silent("tells, asks nothing")
    undecided = HESITANT.search(s.folded) and not s.to_us and not s.reading.lines
    if undecided and not re.search(r"[?？]|[吗呢]$", s.text.strip()) and not plainly(s.understanding):
        return Silent("has not decided yet")
    return None
