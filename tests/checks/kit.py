"""Copies of the sample groups to plant faults into, and their indexes without a store."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cache

import numpy as np

from assistant.checks.base import Finding
from assistant.checks.service import check
from assistant.groups.documents import documents_of
from assistant.groups.folder import GroupFolder, read_folder
from assistant.groups.settings import GroupSettings
from assistant.knowledge.records import EntryRecord, Knowledge, ProductRecord
from assistant.knowledge.samples import sample_folders
from assistant.retrieval.embedder import FloatArray
from assistant.retrieval.index import GroupIndex, default_embedder

NOW = {
    "tea": datetime.fromisoformat("2026-05-20T10:00:00+08:00"),
    "cookies": datetime.fromisoformat("2026-05-28T10:00:00+08:00"),
    "homecare": datetime.fromisoformat("2026-06-02T10:00:00-05:00"),
}


class MemoryVectors:
    """A vector store that every index of the tests shares: a text is embedded once."""

    def __init__(self) -> None:
        self._kept: dict[str, FloatArray] = {}

    def fetch(self, group: str, keys: Sequence[str]) -> dict[str, FloatArray]:
        return {key: self._kept[key] for key in keys if key in self._kept}

    def put(self, group: str, keys: Sequence[str], vectors: FloatArray) -> None:
        self._kept.update(zip(keys, np.asarray(vectors), strict=True))

    def drop(self, group: str) -> None:
        self._kept.clear()


_vectors = MemoryVectors()


@cache
def sample(name: str) -> GroupFolder:
    return read_folder(next(path for path in sample_folders() if path.name == name))


@dataclass(frozen=True)
class Copy:
    """A group with changes; every method returns a further changed copy."""

    settings: GroupSettings
    knowledge: Knowledge

    @classmethod
    def of(cls, name: str) -> "Copy":
        folder = sample(name)
        return cls(folder.settings, folder.knowledge)

    def entry(self, key: str, **changes: object) -> "Copy":
        assert self.knowledge.entry(key), key
        entries = tuple(replace(e, **changes) if e.key == key else e for e in self.knowledge.entries)
        return replace(self, knowledge=replace(self.knowledge, entries=entries))

    def more(self, key: str, question: str, answer: str, *similar: str, **others: object) -> "Copy":
        entry = EntryRecord(key, question, similar, answer, **others)
        return replace(self, knowledge=replace(self.knowledge, entries=(*self.knowledge.entries, entry)))

    def product(self, sku: str, **changes: object) -> "Copy":
        def changed(product: ProductRecord) -> ProductRecord:
            return replace(product, **changes) if product.sku == sku else product

        products = tuple(map(changed, self.knowledge.products))
        return replace(self, knowledge=replace(self.knowledge, products=products))

    def index(self) -> GroupIndex:
        documents = documents_of(self.knowledge, self.settings)
        return GroupIndex.build(documents, default_embedder(), _vectors, group=self.settings.id)

    def findings(self, *, ask: bool, now: datetime | None = None) -> tuple[Finding, ...]:
        at = now or NOW[self.settings.id]
        return check(self.settings, self.knowledge, now=at, index=self.index() if ask else None)


Plant = Callable[[], Copy]
ZERO = Decimal("0.00")
