"""What a file would change before it is taken in, record by record, or what is wrong with it, line by line."""

import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from pathlib import Path

from assistant.errors import BadFile
from assistant.knowledge.changes import completed_entries, completed_products, key_of, merge
from assistant.knowledge.drafts import DraftState, Place, Record, RecordKind
from assistant.knowledge.files import Sheet, read_sheet
from assistant.knowledge.history import Step
from assistant.knowledge.records import EntryRecord
from assistant.knowledge.repository import Stored
from assistant.knowledge.tidying import generated_key
from assistant.text.fold import skeleton

MOST_BYTES = 20 * 2**20


@dataclass(frozen=True)
class Preview:
    """What a file would do to a draft. ``problems`` are lines; where there is one, nothing is taken in."""

    kind: str
    steps: tuple[Step, ...] = ()
    unchanged: int = 0
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def sheet_of(data: bytes, name: str, zone: tzinfo) -> Sheet:
    """Return what an uploaded file holds. Raises BadFile with all problems, each with its line."""
    if len(data) > MOST_BYTES:
        raise BadFile(f"{name} is larger than {MOST_BYTES // 2**20} MB")
    # Only the name's last part counts, and nothing that a file system could take for something else.
    plain = re.sub(r"[^\w.\-() ]", "_", Path(name.replace("\\", "/")).name)[-80:].lstrip(".") or "file"
    with tempfile.TemporaryDirectory(prefix="yidan-import-") as folder:
        path = Path(folder) / plain
        path.write_bytes(data)
        return read_sheet(path, zone)


def preview(state: DraftState, sheet: Sheet, *, replace_all: bool = False) -> Preview:
    """Return what taking the sheet into the draft would change."""
    kind: RecordKind = "entry" if sheet.kind == "entries" else "product"
    drafted: Sequence[Record] = state.drafted.entries if kind == "entry" else state.drafted.products
    stored = {key_of(record): Stored(0, at, record) for at, record in enumerate(drafted)}
    incoming: Sequence[Record] = (
        completed_entries(stored, sheet.entries, sheet.columns)
        if kind == "entry"
        else completed_products(stored, sheet.products, sheet.columns)
    )
    merged = merge(stored, incoming, replace_all=replace_all)
    after = {key_of(record): record for record in merged.result}
    known = {key: row.record for key, row in stored.items()}
    steps = [
        Step((kind, key), known.get(key), after.get(key))
        for key in {**after, **known}
        if known.get(key) != after.get(key)
    ]
    order = {"changed": 0, "added": 1, "removed": 2}
    steps.sort(key=lambda step: order[step.what])
    return Preview(kind, tuple(steps), len(merged.changes.unchanged), warnings=sheet.warnings)


def read_preview(
    state: DraftState, data: bytes, name: str, zone: tzinfo, *, replace_all: bool = False
) -> tuple[Preview, Sheet | None]:
    """Return the preview of an uploaded file, with its sheet where it can be taken in."""
    try:
        sheet = sheet_of(data, name, zone)
    except BadFile as error:
        return Preview("", problems=error.problems or (str(error),)), None
    return preview(state, sheet, replace_all=replace_all), sheet


def copied(entries: Iterable[EntryRecord], present: Iterable[EntryRecord], now: datetime) -> dict[Place, Record]:
    """Return entries of another group as drafts for one that has ``present`` ones.

    What the group knows already stays as it is. An id that is taken gets another; a validity that is over is left out,
    as the copy would never be served.
    """
    known = list(present)
    asked = {skeleton(entry.question) for entry in known}
    taken = {entry.key for entry in known}
    wanted: dict[Place, Record] = {}
    for entry in entries:
        if skeleton(entry.question) in asked:
            continue
        key = entry.key if entry.key not in taken else _free(generated_key(entry.question), taken)
        over = entry.valid_until is not None and entry.valid_until <= now
        fresh = replace(entry, key=key, valid_from=None, valid_until=None) if over else replace(entry, key=key)
        wanted["entry", key] = fresh
        taken.add(key)
        asked.add(skeleton(entry.question))
    return wanted


def _free(key: str, taken: set[str]) -> str:
    number, free = 2, key
    while free in taken:
        number, free = number + 1, f"{key}-{number}"
    return free
