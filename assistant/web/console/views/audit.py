"""Deeds as the audit page shows them: in plain words, with their theme and details."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.desk.audit import Noted
from assistant.web.console.words import Words

THEMES: dict[str, tuple[str, ...]] = {
    "knowledge": ("import_entries", "import_catalogue", "remove_entry", "publish_draft", "discard_draft"),
    "groups": ("create_group", "load_group", "close_group", "group", "invitation", "announcement", "poll"),
    "trade": ("order", "claim", "bill", "payment_method", "restock"),
    "talk": ("ticket", "join", "strike", "member", "regular", "pause", "talk", "assist", "survey", "question"),
    "assistant": ("answer", "gate", "model", "suites"),
    "people": ("account", "token"),
}
"""What a theme is about: whole actions, or their first parts."""

_NUMBERED = re.compile(r"([a-z]+) (\d+)")

LONGEST = 300
"""A value of a deed's details is cut after so many characters."""


@dataclass(frozen=True, slots=True)
class DeedRow:
    """One deed: what was done, to what, by whom; ``details`` are names with values."""

    id: int
    who: str
    did: str
    to: str
    details: tuple[tuple[str, str], ...]


def deed_row(noted: Noted, w: Words, groups: Mapping[str, str]) -> DeedRow:
    """Return a deed in the words of ``w``; ``groups`` are the names of groups by id."""
    key = f"action.{noted.action.replace('.', '_')}"
    did = w(key) if w.has(key) else noted.action
    subject = "" if noted.subject == noted.group_id else _subject(noted.subject, w)
    place = groups.get(noted.group_id or "", noted.group_id or "")
    to = " · ".join(part for part in (subject, place) if part)
    return DeedRow(noted.id, actor_name(noted.actor, w), did, to, tuple(_lines(noted.details, w)))


def actor_name(actor: str, w: Words) -> str:
    """Return who did something: people by their own name, the rest (the command line, the demo) in words."""
    own = w.of("audit")
    return own(f"actor.{actor}") if own.has(f"actor.{actor}") else actor or own("actor.nobody")


def _subject(subject: str, w: Words) -> str:
    """Return what a deed was done to: things that have a number by their names, the rest as it is noted."""
    if subject.isdigit():
        return f"#{subject}"
    match = _NUMBERED.fullmatch(subject)
    if match is None or not w.has(f"subject.{match[1]}"):
        return subject
    return w(f"subject.{match[1]}", number=match[2])


def _lines(details: Mapping[str, Any], w: Words, before: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in details.items():
        label = before + (w(f"detail.{name}") if w.has(f"detail.{name}") else name.replace("_", " "))
        if isinstance(value, Mapping):
            found += _lines(value, w, f"{label} / ")
        elif value not in ("", None, [], {}):
            found.append((label, _plain(value, w)))
    return found


def _plain(value: Any, w: Words) -> str:
    text = w("list_break").join(_word(one, w) for one in value) if _is_list(value) else _word(value, w)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _word(value: Any, w: Words) -> str:
    if isinstance(value, bool):
        return w("value.yes" if value else "value.no")
    if isinstance(value, Mapping):
        return " ".join(_word(one, w) for one in value.values())
    key = f"value.{str(value).replace(' ', '_')}"
    return w(key) if w.has(key) else str(value)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
