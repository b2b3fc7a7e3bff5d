"""The suites that belong to a group: files in the home, ``suites/<group>/``, that every publication runs."""

import shutil
from pathlib import Path

from assistant.errors import NotFound, UsageError
from assistant.evaluation.capture import Captured
from assistant.evaluation.suite import Suite, load_suite
from assistant.evaluation.suite_writer import write_suite
from assistant.groups.folder import GroupFolder

FOLDER = "suites"
LEARNT = "learnt.yaml"
"""The suite of cases that answers to tickets became."""


def suite_folder(home: Path, group_id: str) -> Path:
    """Return where the group's suites are kept."""
    return home / FOLDER / group_id


def kept_suites(home: Path, group_id: str) -> list[Path]:
    """Return the group's suite files, by name."""
    return sorted(path for path in suite_folder(home, group_id).glob("*.y*ml") if path.suffix in (".yaml", ".yml"))


def keep_suite(home: Path, group: GroupFolder, path: Path) -> Suite:
    """Keep a copy of a suite (with its pictures) for the group, in place of one of the same name; return it.

    Raises:
        BadFile: it is no valid suite.
        UsageError: a picture lies outside of the suite's folder, or the home cannot be written.
    """
    suite = load_suite(path, group)
    pictures = {turn.image for case in suite.cases for turn in case.turns if turn.image}
    target = suite_folder(home, group.settings.id)
    for picture in pictures:
        if Path(picture).is_absolute() or ".." in Path(picture).parts:
            raise UsageError(f"{path.name}: the picture {picture} must lie beside the suite to be kept with it")
    try:
        for name in (*pictures, path.name):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path.parent / name, target / name)
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}") from error
    return suite


def keep_case(home: Path, captured: Captured) -> Suite:
    """Keep a captured case in the group's suite of what was learnt, in place of one of the same id; return the suite.

    Raises:
        BadFile: the suite was changed by hand and cannot be read.
        UsageError: the home cannot be written.
    """
    case, group = captured.case, captured.group
    path = suite_folder(home, group.settings.id) / LEARNT
    known = load_suite(path, group).cases if path.is_file() else ()
    cases = (*(one for one in known if one.id != case.id), case)
    suite = Suite(name=f"{group.settings.id}-learnt", path=path, now=captured.now, cases=cases)
    try:
        for name, content in captured.images.items():
            (path.parent / name).parent.mkdir(parents=True, exist_ok=True)
            (path.parent / name).write_bytes(content)
    except OSError as error:
        raise UsageError(f"{path.parent} cannot be written: {error.strerror}") from error
    write_suite(suite, path.parent)
    return suite


def drop_suite(home: Path, group_id: str, name: str) -> None:
    """Keep a suite no longer; pictures stay. Raises NotFound."""
    found = [path for path in kept_suites(home, group_id) if name in (path.name, path.stem)]
    if not found:
        raise NotFound(f"group '{group_id}' has no suite '{name}'")
    found[0].unlink()
