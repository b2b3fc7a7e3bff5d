"""Rules about how members behave: links and private deals, insults, floods, and objections to a warning."""

import re

from assistant.moderation.rules import breach_of, floods, insults
from assistant.turn.decision import Appeal, Decision, Moderate, Silent
from assistant.turn.signals import Signals

_APPEAL = re.compile(
    r"申诉|误判|误报|(?:警告|提醒)(?:错|误)了|(?:我|这)(?:没有?|不是|没在)(?:在)?(?:发|打)?广告"
    r"|撤(?:销|回)(?:这次|我的)?(?:警告|提醒)|凭什么警告|为什么警告我"
    r"|\bappeal\b|\b(?:not|wasn'?t|isn'?t) (?:an? )?(?:ad|advert|spam)\b|\bunfair warning\b"
    r"|\bwarned (?:me )?by mistake\b",
    re.IGNORECASE,
)


def breaks_rules(s: Signals) -> Decision | None:
    """Outside links, invitations to deal in private, insults, and the same words over and over."""
    settings = s.group.settings.moderation
    breach = breach_of(s.text, allow_links=settings.allow_links)
    if breach:
        return Moderate(breach)
    if insults(s.text):
        return Moderate("abuse")
    if floods(s.recent, s.same, settings.flood_messages):
        return Moderate("flood")
    if settings.flood_messages is not None and s.recent > settings.flood_messages + 1:
        # One warning for one flood; what follows in the same minute is not read.
        return Silent("a flood")
    return None


def appeals(s: Signals) -> Decision | None:
    """A member who was warned objects; only the seller can take a warning back."""
    return Appeal() if s.strikes and _APPEAL.search(s.text) else None
