"""What a group's members left in the home beside the store: exports, logs, old stores, pictures.

Files are searched for the members' names and numbers, inside zips and workbooks too. Yidan's own stores are not
touched here. What is the seller's to decide on (backups of all groups, knowledge folders) is named, not removed.
"""

import re
import shutil
import sqlite3
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

ARCHIVES = "archives"
IMAGES = "images"
_OWN_FILES = ("yidan.db", "dbos.sqlite")
_OWN_FOLDERS = frozenset({"chroma", "index", IMAGES})
_OLD_STORES = "before-restore-*"
_LARGEST = 256 * 1024 * 1024
_BACKUP = "yidan-backup.json"


@dataclass
class Swept:
    """What was erased, by kind; ``left`` are files for the seller to decide on, below the home."""

    counts: Counter[str] = field(default_factory=Counter)
    left: list[str] = field(default_factory=list)


class Names:
    """Finds the names and numbers of a group's members in bytes of any of our encodings."""

    def __init__(self, names: Iterable[str]) -> None:
        forms: set[bytes] = set()
        for name in names:
            forms |= {name.encode(), name.encode("gb18030", "replace"), name.encode("ascii", "backslashreplace")}
        # Longest first, so that a name inside another does not matter.
        parts = [re.escape(form) for form in sorted(forms, key=len, reverse=True) if len(form) >= 2]
        self._pattern = re.compile(b"|".join(parts)) if parts else None

    def within(self, data: bytes) -> bool:
        """Return whether one of them is in ``data``."""
        return self._pattern is not None and self._pattern.search(data) is not None


def sweep(home: Path, group_id: str, names: Names) -> Swept:
    """Erase the group's archives and every export and log line with one of the names. May be run again."""
    from assistant.closing.archive import scratch_prefix

    swept = Swept()
    for path in (home / ARCHIVES).glob(f"{group_id}.*.zip"):
        _remove(path, swept, "archives")
    for path in (home / ARCHIVES).glob(f"{scratch_prefix(group_id)}*"):
        shutil.rmtree(path, ignore_errors=True)
    for folder in home.glob(_OLD_STORES):
        if _holds_group(folder / "yidan.db", group_id):
            shutil.rmtree(folder)
            swept.counts["old_stores"] += 1
    for path in _foreign_files(home):
        _look_at(path, home, names, swept)
    return swept


def remove_pictures(home: Path, names: Iterable[str]) -> None:
    """Remove members' pictures."""
    for name in names:
        (home / IMAGES / name).unlink(missing_ok=True)


def _look_at(path: Path, home: Path, names: Names, swept: Swept) -> None:
    if ".log" in path.name:
        swept.counts["log_lines"] += _clean_log(path, names)
        return
    packed = zipfile.is_zipfile(path)
    if not (_zip_has(path, names) if packed else names.within(path.read_bytes())):
        return
    if (packed and _is_backup(path)) or (path.parent / "group.toml").is_file():
        swept.left.append(str(path.relative_to(home)))
    else:
        _remove(path, swept, "exports")


def _foreign_files(home: Path) -> Iterator[Path]:
    for path in sorted(home.rglob("*")):
        top = path.relative_to(home).parts[0]
        if top in _OWN_FOLDERS or top.startswith(_OWN_FILES) or path.is_symlink() or not path.is_file():
            continue
        if path.stat().st_size <= _LARGEST:
            yield path


def _clean_log(path: Path, names: Names) -> int:
    """Take the lines with names out of a log; the file stays the one that a process writes to."""
    with path.open("r+b") as file:
        lines = file.readlines()
        kept = [line for line in lines if not names.within(line)]
        if len(kept) != len(lines):
            file.seek(0)
            file.writelines(kept)
            file.truncate()
    return len(lines) - len(kept)


def _zip_has(path: Path, names: Names) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(
                names.within(info.filename.encode()) or names.within(archive.read(info))
                for info in archive.infolist()
                if info.file_size <= _LARGEST
            )
    except (zipfile.BadZipFile, OSError, RuntimeError):
        # A damaged zip is looked at as it lies there.
        return names.within(path.read_bytes())


def _is_backup(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return _BACKUP in archive.namelist()


def _holds_group(store: Path, group_id: str) -> bool:
    if not store.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT 1 FROM groups WHERE id = ?", (group_id,)).fetchone() is not None
    except sqlite3.DatabaseError:
        # What cannot be read may hold anything.
        return True


def _remove(path: Path, swept: Swept, kind: str) -> None:
    path.unlink(missing_ok=True)
    swept.counts[kind] += 1
