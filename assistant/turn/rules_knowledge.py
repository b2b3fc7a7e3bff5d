"""Rules about questions: whether to answer, and with which entries and products."""

from assistant.retrieval.cues import has_cue
from assistant.retrieval.gate import GateReading, choose
from assistant.retrieval.index import Found, Hit
from assistant.text.orders import Mood
from assistant.turn import cues
from assistant.turn.addressing import asks_the_members
from assistant.turn.attributes import card_tells
from assistant.turn.decision import Answer, Chat, Decision, EntryPart, HandOff, Part, ProductPart, Silent
from assistant.turn.signals import Signals, Understanding

SURE = 0.5
CERTAIN = 0.8
"""Where nothing but the model's word speaks for it."""

FLOOR = 0.5
"""An answer below this probability is the seller's to give."""

AGREEING = 0.3
"""The same where the entry is of the kind that the question asks for (delivery, refund ...)."""

PLAINLY = 0.7
"""A question whose answer is this likely is asked of the shop, whatever it sounds like."""

SECOND_ANSWER = 0.6
"""A clause of a message gets an answer of its own from this probability on."""

NOT_ABOUT_THE_DEAL = 0.2
"""What is said to us with less than this chance of being about the shop or its deal is talk."""


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
        if best and best.kind == "entry" and answers_well(s.understanding.found)
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
    if not asks or told or not plainly(u) or has_cue(s.text, "members"):
        return u.gate
    # A group whose seller marked replies as unwanted is not overruled by a near entry either.
    as_asked = GateReading(u.found.known**2, u.found.known).shifted(min(s.gate_offset, 0.0))
    return as_asked if as_asked.wants > u.gate.wants else GateReading(u.gate.wants * u.found.known, u.gate.wants)


def plainly(u: Understanding) -> bool:
    """Return whether an entry or product most likely answers the message."""
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
        and (u.found.best is None or u.found.best.kind != "entry" or not answers_well(u.found))
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


def answers_well(found: Found) -> bool:
    """Return whether the best hit is a good answer, and not merely the best there is."""
    return found.best is not None and found.best.probability >= 0.75 and found.known >= 0.75
