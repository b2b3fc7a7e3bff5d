"""Entries in another language than the group's."""

import re
from collections.abc import Iterator

from assistant.checks.base import Finding, Subject

_HAN = re.compile("[\u3400-\u9fff]")
_WORD = re.compile("[A-Za-z]{2,}")
_LEAST = 4
"""Words of Latin script, or Chinese characters, that make a text of the language and not a name in it."""


def language(subject: Subject) -> Iterator[Finding]:
    """Find answers and standard questions that are not in the group's language."""
    names = " ".join(text for product in subject.knowledge.products for text in (product.name, *product.aliases))
    known = {word.lower() for word in _WORD.findall(names)}
    for entry in subject.knowledge.entries:
        for part, text in (("answer", entry.answer), ("question", entry.question)):
            han = len(_HAN.findall(text))
            words = sum(1 for word in _WORD.findall(text) if word.lower() not in known)
            foreign = (
                han >= _LEAST and han > words if subject.settings.language == "en" else words >= _LEAST and han < words
            )
            if foreign:
                yield Finding("language." + part, "warning", (entry.key,), {"language": subject.settings.language})
                break
