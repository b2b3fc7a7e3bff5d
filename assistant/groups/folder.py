"""A group as a folder: ``group.toml``, ``faq.csv`` and ``catalog.csv``."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from assistant.errors import BadFile
from assistant.groups.settings import GroupSettings
from assistant.groups.toml import dump_settings, read_settings, unknown_keys
from assistant.knowledge.files import (
    Sheet,
    entries_bytes,
    products_bytes,
    read_sheet,
    write_file,
)
from assistant.knowledge.records import Knowledge

SETTINGS_FILE, FAQ_FILE, CATALOGUE_FILE = "group.toml", "faq.csv", "catalog.csv"
_FAQ_NAMES = ("faq.csv", "faq.xlsx", "faq.md")
_CATALOGUE_NAMES = ("catalog.csv", "catalog.xlsx", "catalogue.csv", "catalogue.xlsx")

Read = TypeVar("Read")


@dataclass(frozen=True)
class GroupFolder:
    """What a group's folder says; ``warnings`` are lines the seller should read."""

    settings: GroupSettings
    knowledge: Knowledge
    warnings: tuple[str, ...] = ()


def read_folder(path: Path) -> GroupFolder:
    """Return the group in a folder. Missing FAQ or catalogue files mean that it has none.

    Raises BadFile with the problems of all its files at once.
    """
    path = Path(path)
    if not path.is_dir():
        raise BadFile(f"there is no folder {path}" if not path.exists() else f"{path} is a file, not a folder")
    if not (path / SETTINGS_FILE).is_file():
        nested = sorted(child.parent.name for child in path.glob(f"*/{SETTINGS_FILE}"))
        hint = f"; there is one in: {', '.join(nested[:10])}" if nested else ""
        raise BadFile(f"{path} has no {SETTINGS_FILE}{hint}")
    problems: list[str] = []
    settings = _collect(problems, lambda: read_settings(path / SETTINGS_FILE))
    zone = settings.zone if settings else GroupSettings(id="any", name="any", seller="any").zone
    faq_file = _one_of(path, _FAQ_NAMES, problems)
    catalogue_file = _one_of(path, _CATALOGUE_NAMES, problems)
    faq = _collect(problems, lambda: read_sheet(faq_file, zone, kind="entries")) if faq_file else None
    catalogue = (
        _collect(problems, lambda: read_sheet(catalogue_file, zone, kind="catalogue")) if catalogue_file else None
    )
    if problems or settings is None:
        raise BadFile(f"the group in {path} was not loaded", problems)
    return _assembled(path, settings, faq, catalogue)


def _assembled(path: Path, settings: GroupSettings, faq: Sheet | None, catalogue: Sheet | None) -> GroupFolder:
    warnings = [f"{SETTINGS_FILE}: '{key}' is not known and means nothing" for key in unknown_keys(settings)]
    for sheet, what in ((faq, f"no FAQ ({', '.join(_FAQ_NAMES)})"), (catalogue, f"no catalogue ({CATALOGUE_FILE})")):
        warnings += sheet.warnings if sheet else [f"{path} has {what}"]
    knowledge = Knowledge(entries=faq.entries if faq else (), products=catalogue.products if catalogue else ())
    return GroupFolder(settings, knowledge, tuple(warnings))


def _one_of(path: Path, names: tuple[str, ...], problems: list[str]) -> Path | None:
    found = [path / name for name in names if (path / name).is_file()]
    if len(found) > 1:
        problems.append(f"{path} has {' and '.join(file.name for file in found)}; only one of them can be meant")
    return found[0] if found else None


def _collect(problems: list[str], read: Callable[[], Read]) -> Read | None:
    try:
        return read()
    except BadFile as error:
        problems.extend(error.problems or [str(error)])
        return None


def write_folder(path: Path, settings: GroupSettings, knowledge: Knowledge) -> None:
    """Write the folder that ``read_folder`` reads back to the same values.

    Raises UsageError where it cannot be written.
    """
    path = Path(path)
    write_file(path / SETTINGS_FILE, dump_settings(settings).encode())
    write_file(path / FAQ_FILE, entries_bytes(knowledge.entries, ".csv", settings.zone))
    write_file(path / CATALOGUE_FILE, products_bytes(knowledge.products, ".csv"))
    for name in (*_FAQ_NAMES, *_CATALOGUE_NAMES):
        if name not in (FAQ_FILE, CATALOGUE_FILE):
            (path / name).unlink(missing_ok=True)
