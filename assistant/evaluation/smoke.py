"""A smoke suite for any group, from its own entries and catalogue: what must hold before it opens.

Every expectation follows from the group's files and the conventions of the suites; nothing is guessed. A similar
question is asked while the group does not know it, so that the answer shows how the assistant generalises.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from assistant.evaluation.case import Case
from assistant.evaluation.smoke_orders import order_cases
from assistant.evaluation.smoke_words import WORDS, Words
from assistant.evaluation.suite import Suite
from assistant.groups.documents import documents_of
from assistant.groups.folder import GroupFolder
from assistant.knowledge.records import EntryRecord
from assistant.text.fold import skeleton

_FOREIGN = 6
"""Questions of each other group."""
_SHORT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another group whose knowledge must not show: its folder and what is in it."""

    path: Path
    folder: GroupFolder


def smoke_suite(group: GroupFolder, *, path: Path = Path("suite.yaml"), others: Sequence[Neighbour] = ()) -> Suite:
    """Return the suite for a group that is handed in or written beside ``path``."""
    now = trading_time(group)
    words = WORDS[group.settings.language]
    cases = [*_knowledge(group, words.members[0], now), *order_cases(group, words, now), *_manners(group, words)]
    for other in others:
        cases += _foreign(group, other.folder, words, now)
    return Suite(
        name=f"{group.settings.id}-smoke",
        path=path,
        neighbours=tuple(other.path for other in others),
        now=now,
        cases=tuple(Case.model_validate(case) for case in cases),
    )


def trading_time(group: GroupFolder) -> datetime:
    """Return a time at which the group takes orders: in the middle of it, on the hour, in the group's zone."""
    opens, closes = group.settings.opens_at, group.settings.closes_at
    if opens and closes:
        middle = opens + (closes - opens) / 2
    elif closes:
        middle = closes - _SHORT
    else:
        middle = (opens or datetime(2026, 1, 5, 12, tzinfo=UTC)) + _SHORT
    hour = middle.astimezone(group.settings.zone).replace(minute=0, second=0, microsecond=0)
    return hour if opens is None or hour >= opens else middle.astimezone(group.settings.zone)


def _knowledge(group: GroupFolder, who: str, now: datetime) -> Iterator[dict[str, Any]]:
    served = [entry for entry in group.knowledge.entries if _served(entry, now)]
    # The same words may stand in several entries: then each of them is a right answer.
    claims: dict[str, list[str]] = {}
    for entry in served:
        for text in (entry.question, *entry.similar_questions, *entry.keywords):
            claims.setdefault(skeleton(text), []).append(entry.key)
    for entry in served:
        for number, keyword in enumerate(entry.keywords, start=1):
            yield _asked(who, f"keyword-{entry.key}-{number}", ["keyword"], keyword, claims[skeleton(keyword)])
        accepted = [*claims[skeleton(entry.question)], *_products_in(entry, group), *_named(entry.question, group)]
        yield _asked(who, f"question-{entry.key}", ["question"], entry.question, accepted)
        for number, text in enumerate(entry.similar_questions, start=1):
            also = [*claims[skeleton(text)], *_products_in(entry, group), *_named(text, group)]
            case = _asked(who, f"similar-{entry.key}-{number}", ["similar", entry.category], text, also)
            yield case | {"held_out": {entry.key: [text]}}
    for entry in group.knowledge.entries:
        if not _served(entry, now) and (said := _distinct_line(entry, served)):
            turn = {"from": who, "text": entry.question, "expect": {"contains_none": [said]}}
            yield {"id": f"expired-{entry.key}", "tags": ["expired"], "turns": [turn]}


def _served(entry: EntryRecord, now: datetime) -> bool:
    starts, ends = entry.valid_from, entry.valid_until
    return (starts is None or starts <= now) and (ends is None or now <= ends)


def _asked(who: str, id: str, tags: list[str], text: str, sources: list[str]) -> dict[str, Any]:
    expect = {"action": "answer", "sources_any": list(dict.fromkeys(sources))}
    return {"id": id, "tags": tags, "turns": [{"from": who, "text": text, "expect": expect}]}


def _products_in(entry: EntryRecord, group: GroupFolder) -> list[str]:
    """Return the products that a price or product entry is about: their lines of the catalogue answer it too."""
    if entry.category not in ("price", "product"):
        return []
    return _named(f"{entry.question} {' '.join(entry.similar_questions)} {entry.answer}", group)


def _named(text: str, group: GroupFolder) -> list[str]:
    """Return the products named in a text as sources."""
    said = skeleton(text)
    return [
        f"sku:{product.sku}"
        for product in group.knowledge.products
        if any(name and skeleton(name) in said for name in (product.sku, product.name, *product.aliases))
    ]


def _distinct_line(entry: EntryRecord, served: Sequence[EntryRecord]) -> str:
    """Return a line of the answer that no entry which is served says too; empty where there is none."""
    said = "\n".join(other.answer for other in served)
    return next((line for line in entry.answer.splitlines() if len(line) > 3 and line not in said), "")


def _manners(group: GroupFolder, words: Words) -> Iterator[dict[str, Any]]:
    for number, text in enumerate(words.chat, start=1):
        turn = {"from": words.members[0], "text": text, "expect": {"action": "silent"}}
        yield {"id": f"chat-{number}", "tags": ["silent"], "turns": [turn], "final": {"orders": [], "tickets": []}}
    turn = {"from": group.settings.seller, "role": "seller", "text": words.notice, "expect": {"action": "silent"}}
    yield {"id": "seller-speaks", "tags": ["silent"], "turns": [turn], "final": {"orders": [], "tickets": []}}
    turn = {"from": words.members[0], "text": words.human, "expect": {"action": "handoff"}}
    yield {"id": "human", "tags": ["handoff"], "turns": [turn], "final": {"tickets": [{"kind": "handoff"}]}}


def _foreign(group: GroupFolder, other: GroupFolder, words: Words, now: datetime) -> Iterator[dict[str, Any]]:
    """Ask what only another group can answer: whatever is said, none of it may be the other's."""
    own = _everything(group)
    picked = [
        (entry, line)
        for entry in other.knowledge.entries
        if _served(entry, now) and (line := _line_unlike(entry, own)) and entry.category in ("price", "product")
    ]
    for entry, line in picked[:_FOREIGN]:
        turn = {"from": words.members[0], "text": entry.question, "expect": {"contains_none": [line]}}
        yield {
            "id": f"foreign-{other.settings.id}-{entry.key}",
            "tags": ["foreign"],
            "turns": [turn],
            "final": {"orders": []},
        }


def _everything(group: GroupFolder) -> str:
    return "\n".join(document.answer for document in documents_of(group.knowledge, group.settings))


def _line_unlike(entry: EntryRecord, own: str) -> str:
    return next((line for line in entry.answer.splitlines() if len(line) >= 8 and line not in own), "")
