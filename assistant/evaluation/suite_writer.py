"""Writes suites and single cases as YAML that reads like a hand-written one."""

import os
from pathlib import Path
from typing import Any

import yaml

from assistant.errors import Conflict, UsageError
from assistant.evaluation.case import Case
from assistant.evaluation.suite import Suite, load_suite

_WIDTH = 120


class _Dumper(yaml.SafeDumper):
    """Flow style for what fits on a line: one turn a line, one order a line."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def suite_text(suite: Suite, group: Path) -> str:
    """Return the suite as the text of its file at ``suite.path``; ``group`` is its group's folder."""
    head: dict[str, Any] = {"suite": suite.name, "group": relative(group, suite.path)}
    if suite.neighbours:
        head["neighbours"] = [relative(folder, suite.path) for folder in suite.neighbours]
    head["now"] = suite.now.isoformat()
    return _dumped(head, flow=False) + "cases:\n" + "".join(case_text(case) for case in suite.cases)


def case_text(case: Case) -> str:
    """Return the case as an item of a suite's ``cases``, indented as they are."""
    data = case.model_dump(mode="json", by_alias=True, exclude_unset=True)
    lines = _dumped([data]).splitlines()
    return "".join(f"  {line}\n" if line else "\n" for line in lines)


def write_suite(suite: Suite, group: Path) -> None:
    """Write the suite to its path, atomically. Raises UsageError where it cannot be written."""
    _write(suite.path, suite_text(suite, group))


def append_case(case: Case, path: Path) -> None:
    """Add the case to a suite's file, and leave what is written there as it is.

    Raises:
        BadFile: the file is not a suite, or would not be one afterwards.
        Conflict: the suite has a case of this id already.
        UsageError: the file cannot be written.
    """
    suite = load_suite(path)
    if any(known.id == case.id for known in suite.cases):
        raise Conflict(f"{path.name} has a case {case.id} already")
    before = path.read_text(encoding="utf-8-sig")
    _write(path, before.rstrip("\n") + "\n" + case_text(case))
    try:
        load_suite(path)
    except Exception:
        _write(path, before)
        raise


def relative(target: Path, file: Path) -> str:
    """Return a path as a suite in ``file`` names it."""
    return os.path.relpath(target.resolve(), file.resolve().parent)


def _dumped(data: Any, *, flow: bool | None = None) -> str:
    """Return the YAML; with ``flow`` None the innermost lists and mappings stand on one line."""
    return str(
        yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=flow, width=_WIDTH)
    )


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error
