"""Personal data in an answer: everybody in the group reads it, and it stays in their phones."""

import unicodedata
from collections.abc import Iterator

from assistant.checks.base import Finding, Subject
from assistant.checks.cues import KINDS


def personal_data(subject: Subject) -> Iterator[Finding]:
    """Find telephone numbers, private mail addresses, accounts, identity and bank card numbers in answers."""
    for entry in subject.knowledge.entries:
        plain = unicodedata.normalize("NFKC", entry.answer)
        for kind, pattern in KINDS:
            if match := pattern.search(plain):
                yield Finding(f"personal.{kind}", "warning", (entry.key,), {"words": _masked(match[0])})
                break


def _masked(text: str) -> str:
    """Return enough to find it by; a report must not spread what it warns of."""
    return text[:3] + "…" + text[-2:]
