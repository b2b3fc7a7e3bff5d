"""Whether search finds for a follow-up what it finds for the same question written out in full."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.errors import BadFile
from assistant.evaluation.retrieval import index_of, read_lines
from assistant.knowledge.catalogue import Catalogue
from assistant.retrieval.documents import Document
from assistant.retrieval.index import Found, GroupIndex
from assistant.text.fold import fold
from assistant.turn.followup import Completed, complete
from assistant.turn.understand import read_in_context

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_MOST_SHOWN = 40


@dataclass(frozen=True)
class _Row:
    before: tuple[str, str]
    current: str
    rewritten: str


def measure(file: Path, *, group: Path | None = None) -> dict[str, Any]:
    """The share of follow-ups for which the first hit is that of the question written out in full.

    ``found``: as the turn reads the message after what was said before; ``found_bare``: the message by itself;
    ``completed``: the share that was taken as leaning on the talk before; ``spoilt``: the share that was found by
    itself and no longer after completion. The same again for the rows that are taken as follow-ups (``of_completed``).
    ``wrong`` lists misses.
    """
    rows = _rows(file)
    index, catalogue, now = _knowledge(rows, group)
    found, bare, taken, wrong = [], [], [], []

    def search(text: str) -> Found:
        return index.search(text, now=now)

    for row in rows:
        right = _top(search(row.rewritten))
        read = alone = search(row.current)
        completed = _completed(row, search, catalogue)
        if completed is not None:
            before = _top(search(row.before[0]))
            read, leans = read_in_context(completed, search, alone=alone, answered={before} if before else set())
            completed = completed if leans else None
        found.append(_top(read) == right)
        bare.append(_top(alone) == right)
        taken.append(completed is not None)
        if not found[-1]:
            text = completed.text if completed else row.current
            wrong.append({"before": row.before[0], "current": row.current, "read_as": text, "meant": row.rewritten})
    followups = [n for n, one in enumerate(taken) if one]
    return {
        "n": len(rows),
        "found": _share(found),
        "found_bare": _share(bare),
        "completed": _share(taken),
        "spoilt": _share([b and not f for f, b in zip(found, bare, strict=True)]),
        "of_completed": {
            "n": len(followups),
            "found": _share([found[n] for n in followups]),
            "found_bare": _share([bare[n] for n in followups]),
        },
        "wrong": wrong[:_MOST_SHOWN],
    }


def _rows(file: Path) -> list[_Row]:
    rows = []
    for row in read_lines(file):
        try:
            rows.append(_Row((str(row["ctx1"]), str(row["ctx2"])), str(row["current"]), str(row["rewritten"])))
        except KeyError as error:
            raise BadFile(f"{file.name} needs lines with ctx1, ctx2, current and rewritten") from error
    if not rows:
        raise BadFile(f"{file.name} has no rows")
    return rows


def _knowledge(rows: Sequence[_Row], group: Path | None) -> tuple[GroupIndex, Catalogue, datetime]:
    if group is None:
        texts = dict.fromkeys(fold(text) for row in rows for text in (row.rewritten, row.before[0]))
        documents = [Document(f"q{number}", "entry", text) for number, text in enumerate(texts)]
        return index_of(documents, "followups"), Catalogue(()), _NOW
    from assistant.groups.documents import documents_of
    from assistant.groups.folder import read_folder

    folder = read_folder(group)
    index = index_of(documents_of(folder.knowledge, folder.settings), folder.settings.id)
    return index, Catalogue(folder.knowledge.products), folder.settings.opens_at or _NOW


def _completed(row: _Row, search: Callable[[str], Found], catalogue: Catalogue) -> Completed | None:
    """The message completed by the question before, with the products that the talk named or was answered with."""
    question, _ = row.before
    named = [sku for text in row.before for mention in catalogue.names.find(fold(text)) for sku in mention.skus]
    if not named and catalogue.products and (best := search(question).best) and best.kind == "product":
        named = [best.id.removeprefix("sku:")]
    products = tuple(dict.fromkeys(named))
    return complete(fold(row.current), question=fold(question), products=products, catalogue=catalogue)


def _top(found: Found) -> str | None:
    return found.best.id if found.best else None


def _share(values: Sequence[bool]) -> float | None:
    return sum(values) / len(values) if values else None
