"""The draft of a group's opening notice, from its settings alone."""

import re
from datetime import datetime

from assistant.groups.settings import GroupSettings
from assistant.replies.catalogue import Replies, replies_for

MOST_RULES = 3
_DATED = re.compile(
    r"\d{1,2}\s*(?:月|[./-])\s*\d{1,2}|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b", re.IGNORECASE
)


def dated_name(settings: GroupSettings, replies: Replies, now: datetime) -> str:
    """Return the group's name with its day: a name that says a date stays as it is."""
    if _DATED.search(settings.name):
        return settings.name
    return replies.render("opening.dated", day=settings.opens_at or now, name=settings.name)


def notice_draft(settings: GroupSettings, now: datetime) -> str:
    """Return the notice to pin: dated name, purpose, beginning and end, how to pay, refunds, at most three rules."""
    replies = replies_for(settings.language, settings.timezone, settings.payment.currency)
    lines = [replies.render("opening.head", name=dated_name(settings, replies, now))]
    if settings.purpose:
        lines.append(settings.purpose)
    if settings.opens_at is not None and settings.opens_at > now:
        lines.append(replies.render("opening.opens", opens_at=settings.opens_at))
    if settings.closes_at is not None:
        lines.append(replies.render("opening.closes", closes_at=settings.closes_at))
    if settings.close_after_orders is not None:
        lines.append(replies.render("opening.closes_full", count=settings.close_after_orders))
    lines.append(replies.render("opening.order", assistant=settings.assistant_name))
    if settings.payment.methods:
        lines.append(replies.render("opening.pay", methods=replies.join(settings.payment.methods)))
    refund = settings.refund
    if refund is not None and refund.condition:
        lines.append(replies.render("refund.terms", days=refund.window_days, condition=refund.condition))
    if settings.rules:
        lines.append(replies.render("opening.rules"))
        lines += [f"{number}. {rule}" for number, rule in enumerate(settings.rules[:MOST_RULES], start=1)]
    return "\n".join(lines)
