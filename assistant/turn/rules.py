"""Signals in, one decision out: the rules in the order in which they are asked. The first that decides wins.

``first_look`` needs no embedding; ``decide`` always comes to a decision. Both are pure.
"""

from collections.abc import Callable

from assistant.moderation.rules import offers
from assistant.retrieval.cues import has_cue
from assistant.text.fold import is_reaction, skeleton
from assistant.text.orders import Act, Mood
from assistant.turn import (
    rules_asked,
    rules_conduct,
    rules_knowledge,
    rules_orders,
    rules_regulars,
    rules_standing,
    rules_survey,
    rules_talk,
    rules_votes,
)
from assistant.turn.cues import assents
from assistant.turn.decision import (
    Answer,
    AskToJoin,
    Chat,
    Decision,
    EntryPart,
    HandOff,
    LogOrder,
    Moderate,
    NoteSource,
    ProductPart,
    Silent,
)
from assistant.turn.signals import Signals

Rule = Callable[[Signals], Decision | None]

ADVERT = 0.5
SURELY_ADVERT = 0.9


def seller_speaks(s: Signals) -> Decision | None:
    """The seller is never answered; whom they speak to is left to them for a while."""
    if s.speaker.role == "member":
        return None
    named = tuple(
        member_id
        for nickname, member_id in s.members.items()
        if len(nickname) >= 2 and nickname in s.text and member_id != s.speaker.member_id
    )
    return Silent("the seller speaks", pauses=named)


def human_talks(s: Signals) -> Decision | None:
    """While a human talks with a member, only what has to be recorded is."""
    if not s.paused or s.to_us or s.image is not None or s.sign_up is not None:
        return None
    if s.reading.act is not Act.NONE and s.reading.mood is Mood.REQUEST and s.reading.strength >= 0.8:
        return None
    return Silent("a human is talking with this member", held=s.typing)


def newcomer(s: Signals) -> Decision | None:
    """The word to join with gets the group's question; the answer to it is remembered."""
    join = s.group.settings.join
    if join is None:
        return None
    if join.keyword and skeleton(s.text) == skeleton(join.keyword) and join.question:
        return AskToJoin()
    asked = s.memory.open if s.memory else None
    if asked is not None and asked.kind == "join" and not s.reading.question and s.reading.act is Act.NONE:
        short = len(skeleton(s.text)) <= 40
        return NoteSource() if short and s.exact is None and s.addressed != "other" else None
    return None


def to_others(s: Signals) -> Decision | None:
    """What is said to somebody else is theirs to answer."""
    if s.addressed == "other":
        return Silent("spoken to another member")
    if s.addressed == "seller" and s.image is None and s.reading.strength < 0.8:
        return Silent("spoken to the seller in person")
    return None


def reaction(s: Signals) -> Decision | None:
    """Laughter, emoji and nods want nothing; when they are for us, a nod back."""
    asked = s.memory.open if s.memory else None
    if asked is not None and asked.kind == "less" and assents(s.folded):
        return None
    if s.image is None and is_reaction(s.text):
        return Chat("hello") if s.to_us and not skeleton(s.text) else None if s.to_us else Silent("a reaction")
    return None


def keyword(s: Signals) -> Decision | None:
    """A message that is exactly a keyword or a known question gets that answer."""
    if s.exact is None:
        return None
    if s.exact.startswith("sku:"):
        return Answer((ProductPart(s.exact.removeprefix("sku:"), "card"),), "keyword") if s.to_us else None
    entry = next(entry for entry in s.group.knowledge.entries if entry.key == s.exact)
    is_keyword = skeleton(s.text) in {skeleton(word) for word in entry.keywords}
    return Answer((EntryPart(s.exact, 0.99),), "keyword" if is_keyword else "faq", question=s.folded)


def plain_order(s: Signals) -> Decision | None:
    """An order, change or cancellation that is clear by its own words and asks nothing else."""
    if _fractional(s) or s.reading.question or s.reading.strength < 0.7 or offers(s.text) or has_cue(s.text, "bot"):
        return None
    return rules_orders.order(s) if s.reading.plain else None


def _fractional(s: Signals) -> bool:
    """Return whether part of a unit is asked for; an entry may say more about that than a refusal."""
    quantities = [line.quantity for line in s.reading.lines if line.quantity is not None]
    return any(quantity != quantity.to_integral_value() for quantity in quantities)


_GOODS_AND_PHONE = 0.4
"""From here on an order may carry a name, a phone number and an address: they say where it goes."""


def advert(s: Signals) -> Decision | None:
    """Somebody else's offer, by its words and the classifier."""
    assert s.understanding is not None
    if s.to_us or s.reading.strength >= 0.8:
        return None
    intents = s.understanding.intents
    as_intent = intents.probabilities.get("ad", 0.0)
    looks_so = offers(s.text) or any(has_cue(s.text, cue) for cue in ("link", "contact", "offer"))
    if not looks_so and s.reading.strength >= _GOODS_AND_PHONE:
        return None
    looks_so = looks_so or has_cue(s.text, "phone")
    # Who paid a loan back or buys from a dealer uses the same words: one judgement must be sure, or both agree.
    both, either = min(intents.advert, as_intent), max(intents.advert, as_intent)
    if looks_so and (both >= ADVERT or either >= SURELY_ADVERT):
        return Moderate("advert")
    # Without any such word both judgements must be sure: a warned member is worse than an advert that stands.
    return Moderate("advert") if intents.advert >= 0.9 and as_intent >= 0.7 else None


def strong_order(s: Signals) -> Decision | None:
    """An order whose words leave no doubt, before the talk around it is looked at."""
    return _ordered(s) if _leaves_no_doubt(s) else None


def _leaves_no_doubt(s: Signals) -> bool:
    return s.reading.strength >= 0.75 and s.reading.mood is Mood.REQUEST


def order_with_question(s: Signals) -> Decision | None:
    """An order by its words and the intent model's, where they were not looked at before."""
    return None if _leaves_no_doubt(s) else _ordered(s)


def _ordered(s: Signals) -> Decision | None:
    """The order that a message holds; a question in the same message is answered along with it."""
    assert s.understanding is not None
    if _fractional(s) and s.understanding.found.known >= 0.5:
        return None
    decision = rules_orders.order(s)
    if isinstance(decision, LogOrder) and s.understanding.clauses:
        clause = s.understanding.clauses[0]
        best = clause.found.best
        if best is not None and best.kind == "entry" and clause.found.known >= 0.5:
            also = Answer((EntryPart(best.id, best.probability),), "faq", question=clause.text)
            return LogOrder(decision.wanted, also=also)
    return decision


FIRST_LOOK: tuple[Rule, ...] = (
    seller_speaks,
    rules_conduct.breaks_rules,
    rules_conduct.appeals,
    rules_regulars.remembering,
    rules_orders.sign_up,
    rules_standing.received,
    rules_survey.survey,
    human_talks,
    to_others,
    newcomer,
    rules_votes.vote,
    rules_regulars.usual,
    rules_asked.open_question,
    rules_standing.picture,
    reaction,
    keyword,
    plain_order,
)
"""Asked before any embedding is made."""

SECOND_LOOK: tuple[Rule, ...] = (
    advert,
    rules_talk.intruder,
    rules_talk.contact_details,
    rules_talk.courtesy,
    rules_standing.still_mine,
    strong_order,
    rules_knowledge.limits,
    rules_talk.to_a_human,
    rules_standing.received_along,
    rules_talk.sums,
    order_with_question,
    rules_standing.by_intent,
    rules_standing.feedback,
    rules_talk.too_late,
    rules_talk.mere_telling,
    rules_knowledge.knowledge,
)
"""Asked with the embedding's word; the last one always decides."""


def first_look(s: Signals) -> Decision | None:
    """Return what can be decided without an embedding, or None."""
    return _first(FIRST_LOOK, s)


def decide(s: Signals) -> Decision:
    """Return the decision; ``s.understanding`` must be there."""
    decision = _first(SECOND_LOOK, s)
    return decision if decision is not None else HandOff("handoff", "unsupported_request", "customer_request")


def _first(rules: tuple[Rule, ...], s: Signals) -> Decision | None:
    for rule in rules:
        decision = rule(s)
        if decision is not None:
            return decision
    return None
