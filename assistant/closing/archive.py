"""Everything about a group in one zip: books, knowledge, talk, tickets, proofs, report, and every row as JSON.

``manifest.json`` lists each file with its size and SHA-256. The zip is complete or not there at all.
"""

import csv
import hashlib
import io
import json
import os
import re
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.closing.scope import group_rows, personal_tables
from assistant.errors import UsageError
from assistant.groups.folder import GroupFolder, write_folder
from assistant.models import Group, Member, Message, Turn
from assistant.orders.book import BookOrder, order_book
from assistant.orders.spreadsheet import write_spreadsheet

FORMAT = 1
_PICTURE = re.compile(r"\b[0-9a-f]{64}\.(?:png|jpg|webp|gif)\b")
_TALK_COLUMNS = ("time", "from", "role", "text", "picture", "action", "reply")


@dataclass(frozen=True)
class Contents:
    """What goes into an archive, read in one go."""

    group: GroupFolder
    orders: Sequence[BookOrder]
    talk: Sequence[Mapping[str, Any]]
    records: Mapping[str, Sequence[Mapping[str, Any]]]
    """Every row with members' data, by table."""
    pictures: frozenset[str]
    """Names of files in the home's ``images``."""
    pages: Mapping[str, str]
    """Further files by name: the report."""


@dataclass(frozen=True)
class Archive:
    """A finished archive; ``counts`` are rows by table and ``pictures``."""

    path: Path
    sha256: str
    counts: Mapping[str, int]


async def read_contents(
    session: AsyncSession, group_id: str, folder: GroupFolder, pages: Mapping[str, str]
) -> Contents:
    """Return everything that a group's archive holds."""
    group = await session.get_one(Group, group_id)
    records: dict[str, Sequence[Mapping[str, Any]]] = {"groups": [_plain_row({"id": group.id, "name": group.name})]}
    for table in reversed(personal_tables()):
        if table.name == "tokens":
            continue  # only hashes, and of use to nobody
        rows = await session.execute(select(table).where(group_rows(table, group_id)).order_by(*table.primary_key))
        # Answers to the survey that are too few to be shown are too few here as well.
        shown = [row._mapping for row in rows if row._mapping.get("released", True)]
        records[table.name] = [_plain_row(row) for row in shown]
    return Contents(
        group=folder,
        orders=await order_book(session, group_id),
        talk=await _talk(session, group_id),
        records=records,
        pictures=picture_names(records),
        pages=pages,
    )


def picture_names(records: Mapping[str, Sequence[Mapping[str, Any]]]) -> frozenset[str]:
    """Return the names of all pictures that rows speak of, in whatever column."""
    texts = (str(value) for rows in records.values() for row in rows for value in row.values() if value)
    return frozenset(name for text in texts for name in _PICTURE.findall(text))


async def _talk(session: AsyncSession, group_id: str) -> list[dict[str, Any]]:
    query = (
        select(Message.sent_at, Member.nickname, Member.role, Message.text, Message.image, Turn.action, Turn.text)
        .join(Member, Member.id == Message.member_id)
        .outerjoin(Turn, Turn.message_id == Message.id)
        .where(Message.group_id == group_id)
        .order_by(Message.id)
    )
    return [dict(zip(_TALK_COLUMNS, row, strict=True)) for row in await session.execute(query)]


def write_archive(contents: Contents, target: Path, images: Path, now: datetime) -> Archive:
    """Write the zip and return it. Raises UsageError where it cannot be written."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            prefix=scratch_prefix(contents.group.settings.id), dir=target.parent
        ) as scratch:
            draft = Path(scratch) / "draft.zip"
            counts = _fill(draft, Path(scratch), contents, images, now)
            with draft.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                os.fsync(file.fileno())
            draft.replace(target)
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}") from error
    return Archive(target, digest, counts)


def scratch_prefix(group_id: str) -> str:
    """Return how the folders begin in which a group's archive is put together (a kill may leave one)."""
    return f".{group_id}-draft-"


def _fill(draft: Path, scratch: Path, contents: Contents, images: Path, now: datetime) -> dict[str, int]:
    settings = contents.group.settings
    files: list[dict[str, Any]] = []
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:

        def put(name: str, data: bytes, compress: int = zipfile.ZIP_DEFLATED) -> None:
            archive.writestr(name, data, compress)
            files.append({"path": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()})

        write_spreadsheet(scratch / "books.xlsx", contents.orders, settings.zone, settings.language)
        put("books.xlsx", (scratch / "books.xlsx").read_bytes())
        write_folder(scratch / "group", settings, contents.group.knowledge)
        for path in sorted((scratch / "group").iterdir()):
            put(f"group/{path.name}", path.read_bytes())
        put("messages.csv", _talk_table(contents.talk, settings.zone))
        for name, page in contents.pages.items():
            put(name, page.encode())
        for name, rows in contents.records.items():
            lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            put(f"records/{name}.jsonl", "".join(lines).encode())
        pictures = [images / name for name in sorted(contents.pictures) if (images / name).is_file()]
        for picture in pictures:
            put(f"pictures/{picture.name}", picture.read_bytes(), zipfile.ZIP_STORED)
        counts = {name: len(rows) for name, rows in contents.records.items()} | {"pictures": len(pictures)}
        manifest = {
            "format": FORMAT,
            "group": settings.id,
            "name": settings.name,
            "made_at": now.isoformat(),
            "counts": counts,
            "files": files,
        }
        archive.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))
    return counts


def _talk_table(talk: Sequence[Mapping[str, Any]], zone: Any) -> bytes:
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(_TALK_COLUMNS)
    for line in talk:
        when = f"{line['time'].astimezone(zone):%Y-%m-%d %H:%M:%S}"
        writer.writerow([when, *(_harmless(line[name]) for name in _TALK_COLUMNS[1:])])
    # The mark lets Excel read it as what it is.
    return b"\xef\xbb\xbf" + sheet.getvalue().encode()


def _harmless(value: Any) -> str:
    """Return a cell that no program takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _plain_row(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(key): _plain(value) for key, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return str(value) if isinstance(value, Decimal) else value
