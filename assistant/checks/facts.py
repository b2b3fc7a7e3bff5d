"""What the values of a text are about: the terms that every one-deal group has, told by the words around a value.

What no cue claims stays without a topic and is never compared with a setting.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assistant.checks.base import Clause, Source, Subject
from assistant.checks.topics import TOPICS, Topic
from assistant.checks.values import Value

_WITHIN_BEFORE = re.compile(r"(?:within|inside|in|up to|no later than|不超过|限)\s*(?:the (?:first|next) )?$")
_WITHIN_AFTER = re.compile(r"\s*(?:之?内|以内|to\b|or (?:we|it)|deadline|window|limit)|$")
_BEFORE_AFTER = re.compile(r"\s*(?:or (?:more|longer) )?(?:before|ahead|in advance|notice)|\s*之?(?:前|以前)")
_THRESHOLD_BEFORE = re.compile(
    r"(?:[满超够凑]|超过|不足|低于|高于|达到?|不到|over|above|under|below|from|spend(?:ing)?|more than|less than"
    r"|at least|"
    r"minimum(?: of)?|reach\w*|exceed\w*|worth)\s*(?:了|到|of )?\s*$"
)
_THRESHOLD_AFTER = re.compile(r"\s*(?:\(?含\)?)?(?:以上|起(?!步)|或以上|or more|and (?:up|over|above)|\+|minimum)")


def is_threshold(clause: str, value: Value) -> bool:
    """Return whether the value is a bound from which something else holds: 满199元, orders over $300."""
    before, after = clause[: value.start], clause[value.end :]
    return bool(_THRESHOLD_BEFORE.search(before) or _THRESHOLD_AFTER.match(after))


def is_window(clause: str, value: Value) -> bool:
    """Return whether a duration is the time that somebody has: 2小时内, within 3 hours."""
    before, after = clause[: value.start], clause[value.end :]
    if _BEFORE_AFTER.match(after):
        return False
    return bool(_WITHIN_BEFORE.search(before) or _WITHIN_AFTER.match(after))


@dataclass(frozen=True)
class Fact:
    """A term that a source states. ``skus``: only of these products; empty for the whole deal."""

    topic: str
    value: Value
    source: Source
    clause: Clause
    skus: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The value as it is written."""
        return self.clause.text[self.value.start : self.value.end].strip()


def facts_of(subject: Subject, sources: Iterable[Source]) -> tuple[Fact, ...]:
    """Return every term that the sources state."""
    return tuple(fact for source in sources for fact in _facts(subject, source))


def _facts(subject: Subject, source: Source) -> Iterator[Fact]:
    asked_of = skus_named(subject, source.question)
    stated: set[str] = set()
    silent: list[tuple[Clause, Value]] = []
    for clause in source.clauses:
        for value in clause.values:
            topic = _told(source, clause, value)
            if topic is None:
                silent.append((clause, value))
                continue
            stated.add(topic)
            yield Fact(topic, value, source, clause, skus_named(subject, clause.sentence) or asked_of)
    # What the clauses do not tell may be told by the question, for the first clause that fits.
    answering: dict[str, Clause] = {}
    for clause, value in silent:
        topic = _asked(source, clause, value)
        if topic is not None and topic not in stated and answering.setdefault(topic, clause) is clause:
            yield Fact(topic, value, source, clause, skus_named(subject, clause.sentence) or asked_of)


def skus_named(subject: Subject, folded: str) -> tuple[str, ...]:
    """Return the products that a folded text names in full, by number, name or alias."""
    named = (mention for mention in subject.mentions(folded) if mention.how != "part")
    return tuple(sorted({sku for mention in named for sku in mention.skus}))


def _told(source: Source, clause: Clause, value: Value) -> str | None:
    """Return the topic that the clause's own words give the value."""
    for topic in _fitting(source, clause, value):
        if topic.cue.search(clause.text) and not topic.not_with.search(clause.text):
            return topic.name
    return None


def _asked(source: Source, clause: Clause, value: Value) -> str | None:
    """Return the topic that the entry's question gives the value."""
    for topic in _fitting(source, clause, value):
        if topic.asked.search(source.question) and not topic.not_with.search(clause.text):
            return topic.name
    return None


def _fitting(source: Source, clause: Clause, value: Value) -> Iterator[Topic]:
    if source.bounded and value.kind in ("date", "clock", "weekday"):
        return
    yield from (topic for topic in TOPICS if value.kind in topic.kinds and _states(topic, clause, value))


def _states(topic: Topic, clause: Clause, value: Value) -> bool:
    """Return whether the value has the form in which the topic is stated."""
    match topic.name:
        case "pay_window" | "refund_window" | "report_window":
            return is_window(clause.text, value)
        case "free_shipping" | "gift":
            return is_threshold(clause.text, value)
        case "shipping_fee":
            return not is_threshold(clause.text, value)
        case "closing_count":
            return value.unit == "order"
        case "member_limit":
            return value.unit == "person"
        case "refund_arrival":
            return not _BEFORE_AFTER.match(clause.text[value.end :])
    return True
