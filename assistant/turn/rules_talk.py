"""Rules about questions, courtesies and hand-overs: whether to speak, and with which knowledge."""

import re
from decimal import Decimal
from typing import Literal

from assistant.retrieval.cues import has_cue, is_question
from assistant.retrieval.gate import GateReading, choose
from assistant.retrieval.index import Found, Hit
from assistant.text.cues import HESITANT
from assistant.text.fold import skeleton
from assistant.text.orders import Mood
from assistant.turn import cues
from assistant.turn.addressing import asks_the_members
from assistant.turn.attributes import card_tells
from assistant.turn.decision import (
    Answer,
    Chat,
    Decision,
    EntryPart,
    ExtremePart,
    HandOff,
    Part,
    PassCustomRequest,
    ProductPart,
    Silent,
    TellClosed,
    TotalPart,
)
from assistant.turn.signals import Signals, Understanding

SURE = 0.5
CERTAIN = 0.8
"""Where nothing but the model's word speaks for it."""

FLOOR = 0.5
"""An answer below this probability is the seller's to give."""

LONG = 12
"""So many characters tell what a complaint is about."""

AGREEING = 0.3
"""The same where the entry is of the kind that the question asks for (delivery, refund ...)."""

PLAINLY = 0.7
"""A question whose answer is this likely is asked of the shop, whatever it sounds like."""

SECOND_ANSWER = 0.6
"""A clause of a message gets an answer of its own from this probability on."""

NOT_ABOUT_THE_DEAL = 0.2
"""What is said to us with less than this chance of being about the shop or its deal is talk."""

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
    complains = u.intents.probabilities.get("complaint", 0.0)
    calm = is_question(s.folded) or _answers_well(u.found)
    # Short lines that only sound cross ("你是残酷的") are no complaint about this deal.
    speaks_of_it = len(skeleton(s.text)) >= LONG or any(has_cue(s.text, cue) for cue in ("shop", "deal", "exclaim"))
    meant = spoken_to_us or u.intents.directed >= NOT_ABOUT_THE_DEAL or (complains >= 0.6 and speaks_of_it)
    if complains >= (0.6 if calm else 0.35) and meant:
        return HandOff("complaint", "customer_request", "complaint")
    wishes = u.intents.probabilities.get("custom_request", 0.0)
    if wishes >= (0.65 if _answers_well(u.found) else 0.4) and (spoken_to_us or u.gate.wants >= 0.3):
        return PassCustomRequest()
    return None


def _answers_well(found: Found) -> bool:
    return found.best is not None and found.best.probability >= 0.75 and found.known >= 0.75


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
    told = s.reading.mood in (Mood.NEGATED, Mood.PAST) and bool(s.reading.lines)
    if told and not s.to_us and not s.reading.question and not is_question(s.folded):
        return Silent("tells, asks nothing")
    undecided = HESITANT.search(s.folded) and not s.to_us and not s.reading.lines
    if undecided and not re.search(r"[?？]|[吗呢]$", s.text.strip()) and not _plainly(s.understanding):
        return Silent("has not decided yet")
    return None


def limits(s: Signals) -> Decision | None:
    """How many one may have of a product stands in the catalogue."""
    if not cues.asks_limit(s.folded) or s.reading.strength >= CERTAIN:
        return None
    mentioned = _mentioned(s)
    limited = [sku for sku in mentioned if (p := s.group.catalogue.get(sku)) and p.per_member_limit is not None]
    if not limited or len(mentioned) > 3:
        return None
    assert s.understanding is not None
    best = s.understanding.found.best
    entry = (
        [EntryPart(best.id, best.probability)]
        if best and best.kind == "entry" and _answers_well(s.understanding.found)
        else []
    )
    return Answer((*entry, *(ProductPart(sku, "limit") for sku in limited)), "faq", question=s.folded)


def knowledge(s: Signals) -> Decision:
    """Answer, ask the seller, or stay silent, as the gate's costs say."""
    assert s.understanding is not None
    u = s.understanding
    spoken_to = s.to_us or s.addressed == "shop"
    if not spoken_to and asks_the_members(s.folded):
        return Silent("asks the other members")
    facts = _price_parts(s) or _stock_parts(s) or _told_parts(s)
    asks = cues.asks_something(s.folded)
    choice = choose(_heard(s, asks=asks), talkative=s.talkative, addressed=spoken_to)
    if choice == "silent" and not (facts and asks):
        return Silent("nobody needs an answer")
    agreeing = _agrees(s)
    unsure = u.found.best is None or u.found.best.probability < (AGREEING if agreeing else FLOOR)
    if s.exact is None and not facts and ((choice == "ask_seller" and not agreeing) or unsure):
        if s.to_us and (_mere_talk(u) or u.intents.directed < NOT_ABOUT_THE_DEAL):
            return Chat("other")
        return HandOff("handoff", "missing_knowledge", "missing_knowledge")
    parts = _parts(s, facts)
    if not parts or _misses(s, parts):
        return HandOff("handoff", "missing_knowledge", "missing_knowledge")
    return Answer(parts, "faq", question=u.completed.text if u.completed else s.folded)


def _heard(s: Signals, *, asks: bool) -> GateReading:
    """Return the gate's reading; a question that an entry plainly answers is for us, however it is told."""
    assert s.understanding is not None
    u = s.understanding
    told = s.reading.mood in (Mood.PAST, Mood.NEGATED)
    if not asks or told or not _plainly(u) or has_cue(s.text, "members"):
        return u.gate
    wants = max(u.gate.wants, u.found.known)
    return GateReading(wants * u.found.known, wants)


def _plainly(u: Understanding) -> bool:
    best = u.found.best
    return best is not None and best.probability >= PLAINLY and u.found.known >= PLAINLY


def _agrees(s: Signals) -> bool:
    """Return whether the likeliest entry is of the kind that the message asks for."""
    assert s.understanding is not None
    best = s.understanding.found.best
    if best is None or best.kind != "entry":
        return False
    category = next((entry.category for entry in s.group.knowledge.entries if entry.key == best.id), "")
    return s.understanding.intents.probabilities.get(f"ask_{category}", 0.0) >= SURE


def _misses(s: Signals, parts: tuple[Part, ...]) -> bool:
    """Return whether the question is about health, safety or papers, of which these parts say nothing."""
    said = []
    for part in parts:
        if isinstance(part, EntryPart):
            entry = next((e for e in s.group.knowledge.entries if e.key == part.id), None)
            said += [entry.question, *entry.similar_questions, entry.answer] if entry else []
        elif isinstance(part, ProductPart):
            product = s.group.catalogue.get(part.sku)
            said += [product.name, *product.aliases, product.description] if product else []
    return s.exact is None and cues.missed_topics(s.folded, " ".join(said).lower())


def _stock_parts(s: Signals) -> tuple[ProductPart, ...]:
    """Return the products of which a message asks whether they can still be had."""
    mentioned = _mentioned(s)
    if not cues.asks_stock(s.folded) or not cues.asks_something(s.folded) or not 1 <= len(mentioned) <= 3:
        return ()
    if s.reading.mood in (Mood.PAST, Mood.NEGATED) or has_cue(s.text, "members"):
        return ()
    return tuple(ProductPart(sku, "card") for sku in mentioned)


def _told_parts(s: Signals) -> tuple[ProductPart, ...]:
    """Return the products whose cards tell what is asked about them, where no entry surely does."""
    assert s.understanding is not None
    best = s.understanding.found.best
    if s.reading.mood in (Mood.PAST, Mood.NEGATED) or not cues.asks_something(s.folded) or has_cue(s.text, "members"):
        return ()
    if best is not None and best.kind == "entry" and best.probability >= FLOOR:
        return ()
    mentions = s.group.catalogue.names.find(s.folded)
    spans = tuple((mention.start, mention.end) for mention in mentions)
    skus = dict.fromkeys(sku for mention in mentions for sku in mention.skus)
    if not 1 <= len(skus) <= 4:
        return ()
    known = [product for product in map(s.group.catalogue.get, skus) if product is not None]
    return tuple(ProductPart(p.sku, "card") for p in known if card_tells(s.folded, p, spans))[:3]


def _mere_talk(u: Understanding) -> bool:
    p = u.intents.probabilities
    return p.get("chitchat", 0) + p.get("greeting", 0) + p.get("thanks", 0) >= SURE


def _mentioned(s: Signals) -> tuple[str, ...]:
    """Return the products that the question is about: those it names, else those talked about."""
    mentions = s.group.catalogue.names.find(s.folded)
    named = [sku for mention in mentions for sku in mention.skus]
    if not named and s.understanding is not None and s.understanding.completed is not None:
        completed = s.understanding.completed
        named = list(completed.products)
        if not named:
            named = [sku for m in s.group.catalogue.names.find(completed.text) for sku in m.skus]
    return tuple(dict.fromkeys(named))


def _price_parts(s: Signals) -> tuple[ProductPart, ...]:
    """Return the prices of the products that a price question names; records, so always right."""
    assert s.understanding is not None
    text = s.understanding.completed.text if s.understanding.completed else s.folded
    p = s.understanding.intents.probabilities
    if not (cues.asks_price(text) or p.get("ask_price", 0) >= SURE):
        return ()
    skus = _mentioned(s)
    if not 1 <= len(skus) <= 6:
        return ()
    return tuple(ProductPart(sku, "price") for sku in skus)


def _parts(s: Signals, priced: tuple[ProductPart, ...]) -> tuple[Part, ...]:
    """Return what the answer is put together from: the best of each clause, and the facts asked for."""
    assert s.understanding is not None
    u = s.understanding
    if (
        priced
        and priced[0].show == "card"
        and (u.found.best is None or u.found.best.kind != "entry" or not _answers_well(u.found))
    ):
        return priced
    parts: list[Part] = []
    hits = [clause.found.best for clause in u.clauses if clause.found.known >= SECOND_ANSWER]
    if len({hit.id for hit in hits if hit}) < 2:
        hits = [u.found.best]
    for hit in hits:
        if hit is not None:
            parts += _part(s, hit, priced)
    shown = {part.sku for part in parts if isinstance(part, ProductPart)}
    quoted = " ".join(_answer_of(s, part.id) for part in parts if isinstance(part, EntryPart))
    for part in priced:
        product = s.group.catalogue.get(part.sku)
        if product is not None and part.sku not in shown and f"{product.price.normalize():f}" not in quoted:
            parts.append(part)
    return tuple(dict.fromkeys(parts))[:4]


def _part(s: Signals, hit: Hit, priced: tuple[ProductPart, ...]) -> list[Part]:
    if hit.kind == "entry":
        if priced and hit.probability < SURE:
            return []
        return [EntryPart(hit.id, hit.probability)]
    sku = hit.id.removeprefix("sku:")
    mentioned = _mentioned(s)
    if len(mentioned) > 1 and sku in mentioned and not priced:
        return [ProductPart(other, "card", hit.probability) for other in mentioned[:3]]
    if priced and len(priced) > 1:
        return []
    return [ProductPart(sku, "card", hit.probability)]


def _answer_of(s: Signals, key: str) -> str:
    return next((entry.answer for entry in s.group.knowledge.entries if entry.key == key), "")
