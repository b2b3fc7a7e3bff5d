"""What members really find: entries that say the same, and entries that take each other's questions.

Every similar question is asked with itself held out of the index, as a member asks who uses other words.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.checks.base import Finding, Subject
from assistant.retrieval.index import GroupIndex, Hit

ALIKE = 0.75
"""Two entries are near-duplicates when each is found for the other's questions with this mean probability."""
TAKEN = 0.5
"""A question is lost to another entry that is found for it with this probability."""
ATTRACTED = 0.7
"""From here on one phrasing of another entry is enough, where it belongs to this one as surely."""
MISPLACED = 0.9
"""A question that leads so surely to another entry, once its own entry does not have it word for word, is theirs."""
_MOST_ROUNDS = 8
"""So many similar questions of an entry are held out, one a round; who has more has enough."""


def found_by_members(subject: Subject) -> Iterator[Finding]:
    """Find near-duplicates, and entries whose questions lead to another entry."""
    if subject.index is None:
        return
    alike = alike_pairs(subject)
    for (one, other), chance in alike.items():
        if chance >= ALIKE:
            question = _entry_question(subject, one)
            yield Finding("entry.alike", "warning", (one, other), {"chance": f"{chance:.0%}", "question": question})
    near = {frozenset(pair) for pair, chance in alike.items() if chance >= ALIKE}
    taken = _taken(subject.index, subject)
    told: set[frozenset[str]] = set()
    for lost in taken:
        pair = frozenset((lost.owner, lost.hit.id))
        if pair not in told | near and lost.hit.probability >= MISPLACED and lost.own <= 1 - MISPLACED:
            told.add(pair)
            values = {"question": lost.asked, "chance": f"{lost.hit.probability:.0%}"}
            yield Finding("entry.misplaced", "warning", (lost.owner, lost.hit.id), values)
    for lost in taken:
        pair = frozenset((lost.owner, lost.hit.id))
        if pair in told or pair in near or not _stolen(lost, taken, subject):
            continue
        told.add(pair)
        values = {"question": lost.asked, "by": lost.hit.matched, "chance": f"{lost.hit.probability:.0%}"}
        yield Finding("entry.stolen", "warning", (lost.owner, lost.hit.id), values)


def alike_pairs(subject: Subject) -> dict[tuple[str, str], float]:
    """Return how sure each of two entries is found for the other's questions, the smaller of both ways."""
    index = subject.index
    if index is None:
        return {}
    means: dict[tuple[str, str], float] = {}
    for document in index.documents:
        if document.kind != "entry" or not document.served_at(subject.moment):
            continue
        sums: Counter[str] = Counter()
        phrasings = document.phrasings[:_MOST_ROUNDS]
        for text in phrasings:
            found = index.search(text, now=subject.moment, k=1, without=(document.id,))
            if found.best is not None and found.best.kind == "entry":
                sums[found.best.id] += found.best.probability  # type: ignore[assignment]
        for id, total in sums.items():
            means[document.id, id] = total / len(phrasings)
    return {
        (one, other): min(mean, means[other, one])
        for (one, other), mean in means.items()
        if one < other and (other, one) in means
    }


@dataclass(frozen=True)
class _Lost:
    """A question of ``owner`` that leads elsewhere once it is not in the index word for word."""

    owner: str
    asked: str
    hit: Hit
    own: float
    """How likely its own entry still was."""


def _taken(index: GroupIndex, subject: Subject) -> list[_Lost]:
    lost = []
    served = [d for d in index.documents if d.kind == "entry" and d.served_at(subject.moment)]
    for number in range(min(max((len(d.similar) for d in served), default=0), _MOST_ROUNDS)):
        held_out = {d.id: d.similar[number] for d in served if number < len(d.similar)}
        reduced = index.without({id: (text,) for id, text in held_out.items()})
        for id, text in held_out.items():
            hits = reduced.search(text, now=subject.moment, k=len(index.documents)).hits
            best, own = hits[0], sum(hit.probability for hit in hits if hit.id == id)
            if best.kind == "entry" and best.id != id and best.probability >= TAKEN:
                lost.append(_Lost(id, text, best, own))
    return lost


def _stolen(lost: _Lost, taken: list[_Lost], subject: Subject) -> bool:
    """Return whether the other entry attracts the question by words that are not its own, or takes most of them."""
    if lost.hit.probability >= ATTRACTED and any(
        other.owner == lost.hit.id
        and other.asked == lost.hit.matched
        and other.hit.id == lost.owner
        and other.hit.probability >= ATTRACTED
        for other in taken
    ):
        return True
    entry = subject.knowledge.entry(lost.owner)
    count = sum(1 for other in taken if other.owner == lost.owner and other.hit.id == lost.hit.id)
    total = 1 + len(entry.similar_questions) if entry else 1
    return count >= 2 and count > total / 2


def _entry_question(subject: Subject, key: str) -> str:
    entry = subject.knowledge.entry(key)
    return entry.question if entry else key
