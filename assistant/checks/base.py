"""What a check looks at, and what it finds."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Literal

from assistant.checks.values import Value, values_in
from assistant.groups.settings import GroupSettings
from assistant.knowledge.catalogue import Catalogue
from assistant.knowledge.records import EntryRecord, Knowledge, ProductRecord
from assistant.retrieval.index import GroupIndex
from assistant.text.fold import fold
from assistant.text.products import Mention

_SENTENCES = re.compile(r"[。;!?\n]|\.(?=\s|$)")
_CLAUSES = re.compile(r",(?!\d{3})|、(?!\d)|:(?!\d)(?=\s*[\u3400-\u9fff])")

Severity = Literal["error", "warning"]
Kind = Literal["entry", "product"]


@dataclass(frozen=True)
class Finding:
    """Something the seller should look at.

    ``places`` are the entries' ids, products as ``sku:A01`` and settings as ``group.toml:closes_at``. ``values`` fill
    the rule's words, which are the same in every language.
    """

    rule: str
    severity: Severity
    places: tuple[str, ...]
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Clause:
    """A stretch of a text that says one thing, folded, with its values; ``sentence`` is what it stands in."""

    text: str
    sentence: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Source:
    """A text that states facts: an entry's answer, or a product's description.

    ``bounded``: it is served for a part of the time only, so that what it says may differ from what else is said.
    """

    id: str
    kind: Kind
    question: str
    text: str
    category: str
    bounded: bool
    clauses: tuple[Clause, ...]


@dataclass(frozen=True)
class Subject:
    """A group's knowledge as the rules see it. ``index`` is None where retrieval is not asked."""

    settings: GroupSettings
    knowledge: Knowledge
    now: datetime
    index: GroupIndex | None = None

    @cached_property
    def catalogue(self) -> Catalogue:
        """The products, ready to be looked up."""
        return Catalogue(self.knowledge.products)

    @cached_property
    def moment(self) -> datetime:
        """The time that the knowledge is judged at: now, but within the group's trading time where it has one.

        A deal that is over is not at fault for being over, and one that is prepared is judged at its opening.
        """
        opens, closes = self.settings.opens_at, self.settings.closes_at
        if opens is not None and (self.now < opens or (closes is not None and self.now > closes)):
            return opens
        return closes if closes is not None and self.now > closes else self.now

    @cached_property
    def entries(self) -> tuple[Source, ...]:
        """The answers."""
        return tuple(_entry_source(entry) for entry in self.knowledge.entries)

    @cached_property
    def descriptions(self) -> tuple[Source, ...]:
        """The products' descriptions."""
        return tuple(_product_source(product) for product in self.knowledge.products if product.description)

    def products(self, skus: Iterable[str]) -> tuple[ProductRecord, ...]:
        """Return the products with these numbers."""
        return tuple(product for sku in skus if (product := self.catalogue.get(sku)) is not None)

    def mentions(self, folded: str) -> tuple[Mention, ...]:
        """Return where a folded text names products, without what is only alike."""
        return tuple(mention for mention in self.catalogue.names.find(folded) if mention.how != "fuzzy")


Rule = Callable[[Subject], Iterable[Finding]]


def overlap(one: EntryRecord, other: EntryRecord) -> bool:
    """Return whether there is a time at which both entries are served."""
    starts = max((moment for moment in (one.valid_from, other.valid_from) if moment), default=None)
    ends = min((moment for moment in (one.valid_until, other.valid_until) if moment), default=None)
    return starts is None or ends is None or starts <= ends


def clauses_of(text: str) -> tuple[Clause, ...]:
    """Return the clauses of a text, folded."""
    found = []
    for sentence in _SENTENCES.split(fold(text)):
        for clause in _CLAUSES.split(sentence):
            if clause.strip():
                found.append(Clause(clause.strip(), sentence.strip(), values_in(clause.strip())))
    return tuple(found)


def _entry_source(entry: EntryRecord) -> Source:
    bounded = entry.valid_from is not None or entry.valid_until is not None
    return Source(
        entry.key, "entry", fold(entry.question), entry.answer, entry.category, bounded, clauses_of(entry.answer)
    )


def _product_source(product: ProductRecord) -> Source:
    return Source(
        f"sku:{product.sku}",
        "product",
        fold(product.name),
        product.description,
        "product",
        False,
        clauses_of(product.description),
    )
