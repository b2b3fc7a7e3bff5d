"""Deeds as the audit page shows them: in plain words, with their theme and details."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.desk.audit import Noted
from assistant.web.console.words import Words

THEMES: dict[str, tuple[str, ...]] = {
    "knowledge": ("import_entries", "import_catalogue", "remove_entry", "publish_draft", "discard_draft"),
    "groups": ("create_group", "load_group", "close_group", "group", "invitation", "announcement", "poll"),
    "trade": ("order", "claim", "bill", "payment_method", "restock"),
    "talk": ("ticket", "join", "strike", "member", "regular", "pause", "talk", "assist"),
    "assistant": ("answer", "gate", "model"),
    "people": ("account", "token"),
}
"""What a theme is about: whole actions, or their first parts."""

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
    who = w(f"actor.{noted.actor}") if w.has(f"actor.{noted.actor}") else noted.actor
    subject = "" if noted.subject == noted.group_id else noted.subject
    place = groups.get(noted.group_id or "", noted.group_id or "")
    to = " · ".join(part for part in (subject, place) if part)
    return DeedRow(noted.id, who or w("actor.nobody"), did, to, tuple(_lines(noted.details)))


def _lines(details: Mapping[str, Any], before: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in details.items():
        label = f"{before}{name}".replace("_", " ")
        if isinstance(value, Mapping):
            found += _lines(value, f"{label} / ")
        elif value not in ("", None, [], {}):
            found.append((label, _plain(value)))
    return found


def _plain(value: Any) -> str:
    text = ", ".join(str(one) for one in value) if _is_list(value) else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
