"""An evaluation suite: conversations with what is expected of the assistant (docs: the suite format)."""

import difflib
import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, Field, ValidationError

from assistant.errors import BadFile
from assistant.evaluation.case import (
    Case,
    Deed,
    Expectation,
    FinalState,
    Given,
    GivenOrder,
    ItemSpec,
    OrderSpec,
    Part,
    Persona,
    Texts,
    TicketSpec,
    Time,
    TurnSpec,
)
from assistant.evaluation.suite_yaml import read_yaml
from assistant.groups.folder import GroupFolder
from assistant.turn.outcome import Action

PROBLEMS_SHOWN = 20


class SuiteFile(Part):
    """The file as it is written."""

    suite: str = Field(min_length=1)
    group: str
    neighbours: Texts = ()
    now: Time
    cases: tuple[Case, ...] = Field(min_length=1)


class Suite(Part):
    """A checked suite with absolute paths. One made in memory has no path, and its group is handed to the runner."""

    name: str
    path: Path = Path("suite.yaml")
    group: Path | None = None
    """The group's folder."""
    neighbours: tuple[Path, ...] = ()
    """Folders of other groups in the same store, of whose knowledge nothing may show."""
    now: datetime
    cases: tuple[Case, ...]

    def picked(self, ids: Sequence[str] = (), tags: Sequence[str] = ()) -> "Suite":
        """Return the suite with only the cases of these ids and with any of these tags (empty: all)."""
        cases = tuple(
            case for case in self.cases if (not ids or case.id in ids) and (not tags or set(tags) & set(case.tags))
        )
        return self.model_copy(update={"cases": cases})

    def image_path(self, turn: TurnSpec) -> Path | None:
        """Return where the turn's picture lies, or None without one."""
        return self.path.parent / turn.image if turn.image else None


def load_suite(path: Path, group: GroupFolder | None = None) -> Suite:
    """Return the suite in the file; with ``group`` its own ``group`` is not looked at.

    Raises:
        BadFile: with one problem a line, each naming file, case and field in the evaluator's words.
    """
    data = read_yaml(path)
    if not isinstance(data, dict):
        raise BadFile(f"{path.name} is not a suite: it needs the fields suite, group, now and cases")
    zone = group.settings.zone if group else _group_zone(path, data.get("group"))
    try:
        file = SuiteFile.model_validate(data, context={"zone": zone})
    except ValidationError as error:
        problems = [
            _in_words(path, data, dict(item))
            for item in error.errors()
            # A list whose entries are all wrong is also reported as too short; once is enough.
            if not (item["type"] == "too_short" and item.get("input"))
        ]
        problems += _twice(path, data)
        hidden = len(problems) - PROBLEMS_SHOWN
        if hidden > 0:
            problems[PROBLEMS_SHOWN:] = [f"... and {hidden} more"]
        raise BadFile(f"{path.name} is not a valid suite", problems) from error
    suite = Suite(
        name=file.suite,
        path=path.resolve(),
        group=None if group else (path.parent / file.group).resolve(),
        neighbours=tuple((path.parent / folder).resolve() for folder in file.neighbours),
        now=file.now,
        cases=file.cases,
    )
    if problems := [*_twice(path, data), *_missing_images(suite)]:
        raise BadFile(f"{path.name} is not a valid suite", problems)
    return suite


def _group_zone(path: Path, folder: Any) -> ZoneInfo:
    if not isinstance(folder, str):
        raise BadFile(f"{path.name} is not a valid suite", [f"{path.name}: group: a folder is needed here"])
    toml = path.parent / folder / "group.toml"
    try:
        zone = tomllib.loads(toml.read_text(encoding="utf-8-sig")).get("timezone", "UTC")
        return ZoneInfo(str(zone))
    except FileNotFoundError as error:
        problem = f"{path.name}: group: no group folder at {toml.parent} (looked for group.toml)"
        raise BadFile(f"{path.name} is not a valid suite", [problem]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ZoneInfoNotFoundError, ValueError) as error:
        raise BadFile(f"{toml} cannot be read", [str(error)]) from error


def _twice(path: Path, data: dict[str, Any]) -> list[str]:
    cases = data.get("cases")
    ids = [case.get("id") for case in cases if isinstance(case, dict)] if isinstance(cases, list) else []
    return [
        f"{path.name}: case {id}: another case has this id"
        for id, count in Counter(id for id in ids if isinstance(id, str)).items()
        if count > 1
    ]


def _missing_images(suite: Suite) -> list[str]:
    return [
        f"{suite.path.name}: case {case.id}: turn {number}: image: there is no {turn.image}"
        for case in suite.cases
        for number, turn in enumerate(case.turns, start=1)
        if (image := suite.image_path(turn)) and not image.is_file()
    ]


_FIELDS: dict[str, type[BaseModel]] = {
    "do": Deed,
    "expect": Expectation,
    "turns": TurnSpec,
    "items": ItemSpec,
    "orders": OrderSpec,
    "tickets": TicketSpec,
    "final": FinalState,
    "given": Given,
    "members": Persona,
    "cases": Case,
}


def _known_fields(loc: tuple[Any, ...]) -> list[str]:
    container = next((str(part) for part in reversed(loc[:-1]) if isinstance(part, str)), "")
    model = GivenOrder if "given" in loc and container == "orders" else _FIELDS.get(container, SuiteFile)
    return [field.alias or name for name, field in model.model_fields.items()]


def _nearest(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f" (did you mean {near[0]}?)" if near else f" (known: {', '.join(known)})"


def _place(path: Path, data: dict[str, Any], loc: tuple[Any, ...]) -> str:
    """Return ``tea.yaml: case price-slang: turn 2: expect.action`` for a pydantic location."""
    parts, rest = [path.name], list(loc)
    if len(rest) > 1 and rest[0] == "cases" and isinstance(rest[1], int):
        case = data["cases"][rest[1]]
        name = case.get("id") if isinstance(case, dict) else None
        parts.append(f"case {name}" if name else f"case number {rest[1] + 1}")
        rest = rest[2:]
    if len(rest) > 1 and rest[0] == "turns" and isinstance(rest[1], int):
        parts.append(f"turn {rest[1] + 1}")
        rest = rest[2:]
    field = ".".join(str(part) if isinstance(part, str) else f"{part + 1}" for part in rest)
    return ": ".join([*parts, field] if field else parts)


def _in_words(path: Path, data: dict[str, Any], error: dict[str, Any]) -> str:
    loc = error["loc"]
    place, kind, value = _place(path, data, loc), error["type"], error.get("input")
    if kind == "extra_forbidden":
        return f"{place}: there is no such field{_nearest(str(loc[-1]), _known_fields(loc))}"
    if kind == "missing":
        return f"{place}: is missing"
    if kind == "literal_error":
        known = get_args(Action) if "action" in loc else re.findall(r"'([^']*)'", error["ctx"]["expected"])
        field = next((str(part) for part in reversed(loc) if isinstance(part, str)), "value")
        return f"{place}: '{value}' is not a known {field}{_nearest(str(value), list(known))}"
    if kind == "value_error":
        return f"{place}: {error['ctx']['error']}"
    if kind in ("tuple_type", "list_type"):
        return f"{place}: a list is needed here, not '{value}'"
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        return f"{place}: fields are needed here, not '{value}'"
    if kind in ("too_short", "string_too_short"):
        return f"{place}: must not be empty"
    if kind.startswith("int_"):
        return f"{place}: '{value}' is not a whole number"
    return f"{place}: {error['msg']}"
