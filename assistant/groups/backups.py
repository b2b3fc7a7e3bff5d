"""All groups in one file: a zip with a snapshot of the SQLite store and the members' pictures.

Indexes and vectors are left out: they are made from the store again.
"""

import json
import os
import re
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import make_url

from assistant.errors import BadFile, Conflict, NotFound, UsageError
from assistant.migrations import HEAD
from assistant.settings import Settings

_MANIFEST, _STORE, _IMAGES = "yidan-backup.json", "yidan.db", "images"
_FORMAT = 1
_PICTURE = re.compile(r"images/[0-9A-Za-z_-][0-9A-Za-z._-]{0,199}")


@dataclass(frozen=True)
class Done:
    """What a backup holds; ``kept`` is where a restore put the store that was there before."""

    groups: int
    messages: int
    images: int
    kept: Path | None = None


def back_up(settings: Settings, target: Path, *, overwrite: bool = False) -> Done:
    """Write a backup that is complete or not there at all; others may write to the store meanwhile.

    Raises UsageError where the store is not SQLite or the file exists, NotFound where there is no store.
    """
    store = _store_of(settings)
    if not store.is_file():
        raise NotFound(f"there is no store in {settings.home} yet")
    if target.exists() and not overwrite:
        raise UsageError(f"{target} exists already; use --force to overwrite it")
    if target.is_dir():
        raise UsageError(f"{target} is a folder; name a file")
    with _scratch(target.parent) as folder:
        snapshot = folder / _STORE
        with closing(sqlite3.connect(store)) as source, closing(sqlite3.connect(snapshot)) as copy:
            source.backup(copy)
            # The copy is one plain file: its write-ahead log would otherwise have to travel with it.
            copy.execute("PRAGMA journal_mode=DELETE")
        done = _inspect(snapshot)
        draft = folder / "draft.zip"
        images = _pack(draft, snapshot, settings.home / _IMAGES)
        draft.replace(target)
    return Done(done.groups, done.messages, images)


def restore(settings: Settings, source: Path, *, replace: bool = False) -> Done:
    """Put a backup in the place of the store; what was there is kept in a folder beside it.

    The file is checked before anything is touched. Raises BadFile where it is no (whole) backup, Conflict where
    there is a store and ``replace`` is not set or somebody is using it, UsageError where the store is not SQLite.
    """
    store = _store_of(settings)
    if not source.is_file():
        raise BadFile(f"there is no file {source}")
    with _scratch(settings.home) as folder:
        _unpack(source, folder)
        done = _inspect(folder / _STORE)
        images = len(list((folder / _IMAGES).glob("*"))) if (folder / _IMAGES).is_dir() else 0
        kept = None
        if store.exists():
            if not replace:
                raise Conflict(f"there is a store in {settings.home} already; use --yes to replace it")
            _require_unused(store)
            kept = _set_aside(settings.home, store)
        store.parent.mkdir(parents=True, exist_ok=True)
        (folder / _STORE).replace(store)
        if images:
            (folder / _IMAGES).replace(settings.home / _IMAGES)
    return Done(done.groups, done.messages, images, kept)


def _store_of(settings: Settings) -> Path:
    url = make_url(settings.database())
    if url.get_backend_name() != "sqlite" or not url.database:
        raise UsageError(f"this store is {url.get_backend_name()}; back it up with its own tools (pg_dump, pg_restore)")
    return Path(url.database)


@contextmanager
def _scratch(parent: Path) -> Iterator[Path]:
    """Yield a folder on the same disk, so that its files can be moved into place at once."""
    try:
        parent.mkdir(parents=True, exist_ok=True)
        folder = tempfile.mkdtemp(prefix=".yidan-", dir=parent)
    except OSError as error:
        raise UsageError(f"{parent} cannot be written: {error.strerror}") from error
    try:
        yield Path(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _pack(draft: Path, snapshot: Path, images: Path) -> int:
    pictures = sorted(path for path in images.glob("*") if path.is_file() and not path.name.startswith("."))
    manifest = {"format": _FORMAT, "schema": _schema(snapshot), "made_at": datetime.now(UTC).isoformat()}
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_MANIFEST, json.dumps(manifest))
        archive.write(snapshot, _STORE)
        for picture in pictures:
            # Pictures are compressed already.
            archive.write(picture, f"{_IMAGES}/{picture.name}", zipfile.ZIP_STORED)
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    return len(pictures)


def _unpack(source: Path, folder: Path) -> None:
    try:
        with zipfile.ZipFile(source) as archive:
            names = archive.namelist()
            if _MANIFEST not in names or _STORE not in names:
                raise BadFile(f"{source.name} is not a backup of Yidan")
            manifest = json.loads(archive.read(_MANIFEST))
            if manifest.get("format") != _FORMAT:
                raise BadFile(f"{source.name} was made by a newer version of Yidan")
            for name in names:
                if name == _STORE or _PICTURE.fullmatch(name):
                    archive.extract(name, folder)
    except (zipfile.BadZipFile, ValueError, EOFError, OSError) as error:
        raise BadFile(f"{source.name} is damaged or not a backup of Yidan") from error


def _inspect(snapshot: Path) -> Done:
    try:
        with closing(sqlite3.connect(snapshot)) as connection:
            if connection.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise BadFile("the store in the backup is damaged")
            groups, messages = (
                connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("groups", "messages")
            )
    except sqlite3.DatabaseError as error:
        raise BadFile("the store in the backup is damaged") from error
    if _schema(snapshot) > HEAD:
        raise BadFile("the backup was made by a newer version of Yidan; update this one first")
    return Done(groups, messages, 0)


def _schema(snapshot: Path) -> str:
    with closing(sqlite3.connect(snapshot)) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def _require_unused(store: Path) -> None:
    """Raise Conflict where another process (a running server) has the store open."""
    with closing(sqlite3.connect(store, timeout=0.5, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            raise Conflict("the store is in use; stop the server (yidan serve) first") from error
        except sqlite3.DatabaseError:
            # A damaged store may be replaced.
            return


def _set_aside(home: Path, store: Path) -> Path:
    kept = home / f"before-restore-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    kept.mkdir(exist_ok=False)
    # The log of finished background work belongs to the old store; with the new one it would hide work to do.
    for path in (store, Path(f"{store}-wal"), Path(f"{store}-shm"), home / _IMAGES, *home.glob("dbos.sqlite*")):
        if path.exists():
            path.rename(kept / path.name)
    return kept
