"""One question, two owners: what is claimed by two entries is answered by neither, word for word."""

from collections.abc import Iterator
from itertools import combinations

from assistant.checks.base import Finding, Subject, overlap
from assistant.knowledge.records import EntryRecord
from assistant.text.fold import is_reaction, skeleton


def questions(subject: Subject) -> Iterator[Finding]:
    """Find questions (standard or similar) that two entries have, and answers given twice in the same words."""
    for one, other in _pairs(subject):
        mine = {skeleton(text): text for text in (one.question, *one.similar_questions)}
        same = [
            mine[key] for text in (other.question, *other.similar_questions) if (key := skeleton(text)) in mine and key
        ]
        if same:
            yield Finding("question.same", "error", (one.key, other.key), {"question": same[0]})
        elif len(skeleton(one.answer)) > 3 and skeleton(one.answer) == skeleton(other.answer):
            yield Finding("answer.same", "warning", (one.key, other.key), {"question": other.question})


def keywords(subject: Subject) -> Iterator[Finding]:
    """Find keywords that two entries share, that are another's question, or that members write all the time."""
    for one, other in _pairs(subject):
        mine, theirs = ({skeleton(word): word for word in entry.keywords} for entry in (one, other))
        for key in mine.keys() & theirs.keys() - {""}:
            yield Finding("keyword.shared", "error", (one.key, other.key), {"keyword": mine[key]})
        for asked, entry, owner in ((mine, one, other), (theirs, other, one)):
            phrasings = {skeleton(text) for text in (owner.question, *owner.similar_questions)}
            for key in asked.keys() & phrasings - {""}:
                values = {"keyword": asked[key], "owner": owner.key}
                yield Finding("keyword.shadows", "error", (entry.key, owner.key), values)
    join = subject.settings.join
    newcomers = skeleton(join.keyword) if join else ""
    for entry in subject.knowledge.entries:
        for word in entry.keywords:
            if newcomers and skeleton(word) == newcomers:
                yield Finding("keyword.join", "warning", (entry.key,), {"keyword": word})
            elif is_reaction(word) or len(skeleton(word)) < 1:
                yield Finding("keyword.common", "warning", (entry.key,), {"keyword": word})


def product_names(subject: Subject) -> Iterator[Finding]:
    """Find products that share a name, and entries whose question or keyword is a product's name."""
    owners: dict[str, dict[str, str]] = {}
    for product in subject.knowledge.products:
        for text in (product.sku, product.name, *product.aliases):
            owners.setdefault(skeleton(text), {}).setdefault(product.sku, text)
    for key, named in owners.items():
        if key and len(named) > 1:
            first, second = list(named)[:2]
            yield Finding("product.name", "error", (f"sku:{first}", f"sku:{second}"), {"name": named[first]})
    for entry in subject.knowledge.entries:
        for text in (*entry.keywords, entry.question, *entry.similar_questions):
            found = owners.get(skeleton(text)) if skeleton(text) else None
            if found:
                sku = next(iter(found))
                yield Finding("keyword.product", "warning", (entry.key, f"sku:{sku}"), {"keyword": text, "sku": sku})
                break


def _pairs(subject: Subject) -> Iterator[tuple[EntryRecord, EntryRecord]]:
    """Return the pairs of entries that have a phrasing, a keyword or an answer in common, and are served together."""
    holders: dict[str, list[int]] = {}
    entries = subject.knowledge.entries
    for number, entry in enumerate(entries):
        texts = (entry.question, *entry.similar_questions, *entry.keywords, entry.answer)
        for key in {skeleton(text) for text in texts} - {""}:
            holders.setdefault(key, []).append(number)
    pairs = {pair for numbers in holders.values() for pair in combinations(numbers, 2)}
    for left, right in sorted(pairs):
        if overlap(entries[left], entries[right]):
            yield entries[left], entries[right]
