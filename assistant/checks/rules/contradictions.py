"""Two entries that say different things about one thing."""

import re
from collections.abc import Iterator
from itertools import combinations

from assistant.checks.base import Clause, Finding, Source, Subject, overlap
from assistant.checks.facts import Fact, facts_of, skus_named
from assistant.checks.rules.retrieval import alike_pairs
from assistant.checks.rules.terms import settled_topics
from assistant.checks.values import Value

ASKED_ALIKE = 0.55
"""Entries found for each other's questions with this probability are about one thing, if their values are of a kind."""
SAID_ALIKE = 0.8
"""Clauses that share this much of their words (without the values) say the same of one thing."""
_SAME_MATTER = 0.5
"""Clauses of entries about one thing speak of the same value from this share of common words on."""
_OF_PRODUCTS = ("delivery_date", "refund_window", "free_shipping", "shipping_fee", "gift")
_LEAST_LETTERS = 4


def contradictions(subject: Subject) -> Iterator[Finding]:
    """Find pairs of entries that state different values for one term, one question, or in one sentence."""
    facts = facts_of(subject, subject.entries)
    told: set[frozenset[str]] = set()
    for one, other in (*_by_topic(subject, facts), *_by_words(subject, facts), *_by_question(subject, facts)):
        pair = frozenset((one.source.id, other.source.id))
        if pair not in told:
            told.add(pair)
            values = {"one": one.clause.text, "other": other.clause.text, "said": one.words, "against": other.words}
            yield Finding("contradiction", "error", (one.source.id, other.source.id), values)


def _by_topic(subject: Subject, facts: tuple[Fact, ...]) -> Iterator[tuple[Fact, Fact]]:
    settled = settled_topics(subject)
    groups: dict[tuple[str, str, tuple[str, ...]], dict[str, list[Fact]]] = {}
    for fact in facts:
        if fact.topic in settled or fact.topic == "report_window":
            continue
        skus = fact.skus if fact.topic in _OF_PRODUCTS else ()
        groups.setdefault((fact.topic, fact.value.kind, skus), {}).setdefault(fact.source.id, []).append(fact)
    for by_entry in groups.values():
        for mine, theirs in combinations(by_entry.values(), 2):
            if _together(subject, mine[0].source, theirs[0].source) and not any(
                one.value.agrees(other.value) for one in mine for other in theirs
            ):
                yield mine[0], theirs[0]


def _by_words(subject: Subject, facts: tuple[Fact, ...]) -> Iterator[tuple[Fact, Fact]]:
    """Clauses of two entries that are nearly the same but for a value."""
    known = _all_values(subject, facts)
    masked = [_masked(fact.clause) for fact in known]
    for (at, one), (there, other) in combinations(enumerate(known), 2):
        if one.source.id == other.source.id or not _comparable(one, other) or one.skus != other.skus:
            continue
        if _dice(masked[at], masked[there]) >= SAID_ALIKE and _together(subject, one.source, other.source):
            yield one, other


def _by_question(subject: Subject, facts: tuple[Fact, ...]) -> Iterator[tuple[Fact, Fact]]:
    """Values of a kind in the answers of two entries that answer each other's questions."""
    by_entry: dict[str, list[Fact]] = {}
    for fact in _all_values(subject, facts):
        by_entry.setdefault(fact.source.id, []).append(fact)
    for (one, other), chance in alike_pairs(subject).items():
        if chance < ASKED_ALIKE:
            continue
        mine, theirs = by_entry.get(one, []), by_entry.get(other, [])
        for fact in mine:
            rivals = [rival for rival in theirs if rival.value.kind == fact.value.kind]
            if not rivals or any(fact.value.agrees(rival.value) and _near(fact, rival) == 1 for rival in rivals):
                continue
            rival = max(rivals, key=lambda other: _near(fact, other))
            alone = len(rivals) == 1 and sum(other.value.kind == fact.value.kind for other in mine) == 1
            if (alone or _near(fact, rival) >= _SAME_MATTER) and _comparable(fact, rival):
                yield fact, rival
                break


def _near(one: Fact, other: Fact) -> float:
    """Return the share of their words that two clauses have in common, values left out."""
    return _dice(_signs(one.clause), _signs(other.clause))


def _signs(clause: Clause) -> frozenset[str]:
    text = clause.text
    for value in reversed(clause.values):
        text = text[: value.start] + " " + text[value.end :]
    return frozenset(re.findall(r"[a-z]{3,}|[\u3400-\u9fff]", text))


def _all_values(subject: Subject, facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Return the facts, and the values without a topic dressed as facts."""
    known = {(fact.source.id, fact.clause.text, fact.value.start): fact for fact in facts}
    found = []
    for source in subject.entries:
        asked = skus_named(subject, source.question)
        for clause in source.clauses:
            for value in clause.values:
                fact = known.get((source.id, clause.text, value.start))
                skus = skus_named(subject, clause.sentence) or asked
                found.append(fact or Fact("", value, source, clause, skus))
    return tuple(found)


def _comparable(one: Fact, other: Fact) -> bool:
    """Return whether two values are of one kind and differ, and nothing says that they are about different things."""
    if one.value.kind != other.value.kind or one.value.unit != other.value.unit or one.value.agrees(other.value):
        return False
    return one.topic == other.topic or not (one.topic and other.topic)


def _together(subject: Subject, one: Source, other: Source) -> bool:
    if one.bounded or other.bounded:
        return False
    left, right = subject.knowledge.entry(one.id), subject.knowledge.entry(other.id)
    return left is not None and right is not None and overlap(left, right)


def _masked(clause: Clause) -> frozenset[str]:
    text = clause.text
    for value in reversed(clause.values):
        text = text[: value.start] + _sign(value) + text[value.end :]
    bare = re.sub(r"[^\w#]", "", text)
    pairs = {bare[at : at + 2] for at in range(len(bare) - 1)}
    return frozenset(pairs) if len(bare.replace("#", "")) >= _LEAST_LETTERS else frozenset()


def _sign(value: Value) -> str:
    return f"#{value.kind[:1]}#"


def _dice(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0
