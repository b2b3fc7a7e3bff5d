"""A new group from the few things a seller says first: settings, catalogue, and the entries that follow from them.

Nothing is made up: what the seller did not say becomes no entry, and questions about it go to the seller.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from assistant.errors import UsageError
from assistant.groups.folder import GroupFolder
from assistant.groups.settings import GroupSettings
from assistant.groups.toml import settings_from_json
from assistant.knowledge.records import EntryRecord, Knowledge, ProductRecord
from assistant.replies.catalogue import Replies, replies_for

LISTED = 40
"""So many products stand in the price list's answer; of a longer catalogue it says how to ask."""


@dataclass(frozen=True, slots=True)
class Deal:
    """What a seller says when they open a group. ``delivery`` is in their own words; empty texts were not said."""

    seller: str
    name: str
    language: str
    timezone: str
    currency: str
    closes_at: datetime | None
    methods: tuple[str, ...] = ()
    refund_days: int | None = None
    refund_condition: str = ""
    delivery: str = ""
    rules: tuple[str, ...] = ()


def new_group(deal: Deal, products: tuple[ProductRecord, ...], *, taken: Collection[str], now: datetime) -> GroupFolder:
    """Return the group's folder; its id is none of ``taken``.

    Raises:
        UsageError: something that is needed is missing or makes no sense.
    """
    if not deal.name.strip() or not deal.seller.strip():
        raise UsageError("a group needs a name and a shop's name")
    if not products:
        raise UsageError("the price list has no product that can be sold yet")
    if deal.closes_at is not None and deal.closes_at <= now:
        raise UsageError("the end lies in the past; choose a later one")
    replies = replies_for(deal.language, deal.timezone, deal.currency)
    settings = _settings(deal, new_id(deal.name, deal.closes_at or now, taken), replies, now)
    return GroupFolder(settings, Knowledge(tuple(_entries(deal, products, replies)), products))


def new_id(name: str, day: datetime, taken: Collection[str]) -> str:
    """Return an id that says what the group is about: ``chun-cha-0522``; none of ``taken``."""
    from pypinyin import lazy_pinyin

    words = re.findall(r"[a-z0-9]+", " ".join(lazy_pinyin(name.casefold())).encode("ascii", "ignore").decode())
    stem = ""
    for word in words:
        if len(stem) + len(word) > 24:
            break
        stem = f"{stem}-{word}" if stem else word[:24]
    base = f"{stem or 'group'}-{day:%m%d}"
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return base if base not in taken else next(one for one in numbered if one not in taken)


def _settings(deal: Deal, group_id: str, replies: Replies, now: datetime) -> GroupSettings:
    values: dict[str, object] = {
        "id": group_id,
        "name": " ".join(deal.name.split()),
        "language": deal.language,
        "timezone": deal.timezone,
        "seller": " ".join(deal.seller.split()),
        "rules": [rule for rule in (" ".join(rule.split()) for rule in deal.rules) if rule],
        "opens_at": now.replace(microsecond=0).isoformat(),
        "closes_at": deal.closes_at.isoformat() if deal.closes_at else None,
        "member_limit": 200,
        "assistant_name": replies.render("starter.assistant"),
        "payment": {"methods": list(deal.methods), "currency": deal.currency},
    }
    if deal.refund_days is not None and deal.refund_condition.strip():
        values["refund"] = {"window_days": deal.refund_days, "condition": deal.refund_condition.strip()}
    return settings_from_json(values)


def _entries(deal: Deal, products: tuple[ProductRecord, ...], replies: Replies) -> list[EntryRecord]:
    answers = {
        "prices": _price_list(products, replies),
        "order": replies.render("starter.order.answer", product=products[0]),
    }
    if deal.closes_at is not None:
        answers["close"] = replies.render("opening.closes", closes_at=deal.closes_at)
    if deal.methods:
        answers["pay"] = replies.render("opening.pay", methods=replies.join(deal.methods))
    if deal.delivery.strip():
        answers["delivery"] = deal.delivery.strip()
    if deal.refund_days is not None and deal.refund_condition.strip():
        terms = {"days": deal.refund_days, "condition": deal.refund_condition.strip()}
        answers["refund"] = replies.render("refund.terms", **terms)
    return [_entry(name, answer, replies) for name, answer in answers.items()]


_CATEGORIES = {
    "prices": "price",
    "order": "ordering",
    "close": "ordering",
    "pay": "payment",
    "delivery": "delivery",
    "refund": "refund",
}


def _entry(name: str, answer: str, replies: Replies) -> EntryRecord:
    def words(what: str) -> tuple[str, ...]:
        return tuple(replies.render(f"starter.{name}.{what}").split("|"))

    return EntryRecord(
        key=name,
        question=replies.render(f"starter.{name}.question"),
        similar_questions=words("similar"),
        answer=answer,
        category=_CATEGORIES[name],
        keywords=words("keywords"),
    )


def _price_list(products: tuple[ProductRecord, ...], replies: Replies) -> str:
    lines = [replies.render("starter.prices.head")]
    lines += [replies.render("starter.prices.line", product=one) for one in products[:LISTED]]
    if len(products) > LISTED:
        lines.append(replies.render("starter.prices.more", count=len(products)))
    return "\n".join(lines)
