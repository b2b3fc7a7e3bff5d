"""What a group's index is built from: one document an entry or a product."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

DocumentKind = Literal["entry", "product"]


@dataclass(frozen=True)
class Document:
    """A curated entry, or a catalogue line dressed as one.

    For a product ``id`` is ``"sku:A01"``, ``question`` its name, ``similar`` its aliases and ``answer`` its price,
    unit, stock and description. ``valid_from`` and ``valid_until`` are aware times; outside of them the document is
    never served.
    """

    id: str
    kind: DocumentKind
    question: str
    similar: tuple[str, ...] = ()
    answer: str = ""
    category: str = "other"
    keywords: tuple[str, ...] = ()
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    @property
    def phrasings(self) -> tuple[str, ...]:
        """The standard question and the similar ones, without empty ones or repeats."""
        return tuple(dict.fromkeys(text.strip() for text in (self.question, *self.similar) if text.strip()))

    def served_at(self, now: datetime) -> bool:
        """Whether the document may be used at ``now`` (an aware time)."""
        starts, ends = self.valid_from, self.valid_until
        return (starts is None or starts <= now) and (ends is None or now <= ends)
