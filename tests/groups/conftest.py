"""A store in a temporary home, with a fast embedder."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.clock import FixedClock
from assistant.db import Database
from assistant.groups.folder import GroupFolder
from assistant.groups.library import Library
from assistant.groups.service import GroupService
from assistant.groups.settings import GroupSettings
from assistant.knowledge.records import EntryRecord, Knowledge, ProductRecord
from assistant.knowledge.service import KnowledgeService
from assistant.migrations import upgrade
from assistant.retrieval.embedder import FloatArray, HashEmbedder
from assistant.retrieval.vectors import MemoryVectors
from assistant.settings import Settings


class CountingEmbedder(HashEmbedder):
    """Counts the texts it had to embed."""

    def __init__(self) -> None:
        super().__init__(64)
        self.texts: list[str] = []

    def queries(self, texts: Sequence[str]) -> FloatArray:
        self.texts += texts
        return super().queries(texts)


@dataclass
class Shop:
    """Everything a test of groups and knowledge works with."""

    home: Path
    settings: Settings
    clock: FixedClock
    database: Database
    groups: GroupService
    knowledge: KnowledgeService
    library: Library
    embedder: CountingEmbedder

    def another_library(self) -> Library:
        """A library as a new process would have it, on an empty vector store."""
        return Library(self.settings, self.embedder, MemoryVectors)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    settings = Settings(home=tmp_path)
    clock = FixedClock(datetime(2026, 5, 20, 2, 0, tzinfo=UTC))
    database = Database(settings.database())
    await upgrade(database)
    embedder, vectors = CountingEmbedder(), MemoryVectors()
    yield Shop(
        home=tmp_path,
        settings=settings,
        clock=clock,
        database=database,
        groups=GroupService(database, clock),
        knowledge=KnowledgeService(database, clock),
        library=Library(settings, embedder, lambda: vectors),
        embedder=embedder,
    )
    await database.close()


PAY = EntryRecord("pay", "怎么付款？", ("付款方式",), "支付宝", "payment", ("付款",))
SHIP = EntryRecord("ship", "什么时候发货？", (), "明天", "delivery")
TEA = ProductRecord("A01", "龙井", ("明前",), unit="斤", stock=5)


def folder(*entries: EntryRecord, products: tuple[ProductRecord, ...] = (TEA,), **changes: object) -> GroupFolder:
    """A group's folder with these entries."""
    values = {"id": "tea", "name": "春茶", "seller": "老王", **changes}
    return GroupFolder(GroupSettings.model_validate(values), Knowledge(entries, products))
