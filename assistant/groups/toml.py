"""Settings as TOML for files and as plain JSON for the store, both ways and without loss."""

import json
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from assistant.errors import BadFile
from assistant.groups.settings import GroupSettings
from assistant.knowledge.tables import decode, read_bytes

# Marks a value that JSON doesn't have (a time, a not-a-number) in the store; its text is TOML.
_LITERAL = "$toml"
_WANTED = {
    "string_too_short": "some text",
    "string_type": 'text in quotation marks ("...")',
    "int_": "a whole number",
    "bool_": "true or false",
    "tuple_type": 'a list of texts like ["...", "..."]',
    "model_": "a section of its own, like [payment]",
    "datetime_": "a time like 2026-05-20T09:00:00+08:00",
}


def parse_settings(text: str, name: str) -> GroupSettings:
    """Return the settings that a ``group.toml`` says.

    Raises BadFile with every key that is off, each with its line where it can be told.
    """
    try:
        values = tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        raise BadFile(f"{name} is not valid TOML: {error}") from error
    return _validated(values, name, text)


def read_settings(path: Path) -> GroupSettings:
    """Return the settings in a ``group.toml`` file. Raises BadFile."""
    return parse_settings(decode(read_bytes(path), path.name), path.name)


def unknown_keys(settings: GroupSettings) -> list[str]:
    """Return the keys that mean nothing to us, such as ``colour`` or ``payment.iban``."""
    found = list(settings.unknown)
    for section in ("join", "payment", "delivery", "refund", "moderation", "announcements", "regulars", "survey"):
        part = getattr(settings, section)
        if part is not None:
            found += [f"{section}.{key}" for key in part.unknown]
    return found


def changed_settings(settings: GroupSettings, changes: Mapping[str, Any]) -> GroupSettings:
    """Return the settings with other values under some keys, as ``group.toml`` has them.

    A section's changes are a mapping of their own; None takes a key out. Raises BadFile with every key that is off.
    """
    values = _plain(settings)
    for key, value in changes.items():
        known = values.get(key)
        if isinstance(value, Mapping):
            section = {**(known if isinstance(known, Mapping) else {}), **value}
            values[key] = {name: one for name, one in section.items() if one is not None}
        elif value is None:
            values.pop(key, None)
        else:
            values[key] = value
    return _validated(values, "settings", "")


def _validated(values: Mapping[str, Any], name: str, text: str) -> GroupSettings:
    try:
        return GroupSettings.model_validate(values)
    except ValidationError as error:
        problems = []
        for one in error.errors(include_url=False, include_context=False, include_input=True):
            parts = [str(part) for part in one["loc"]]
            key = ".".join(part for part in parts if not part.isdigit())
            line = _line_of(text, parts)
            place = f"{name} line {line}" if line else name
            problems.append(f"{place}: {_phrase(key, one['type'], one['msg'], one.get('input'))}")
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise BadFile(f"{name} has {count}", problems) from error


def _line_of(text: str, parts: list[str]) -> int | None:
    names = [part for part in parts if not part.isdigit()][:2]
    if not names:
        return None
    section, key = names if len(names) == 2 else ("", names[0])
    current = ""
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        if bare.startswith("[") and bare.rstrip("]").lstrip("["):
            current = bare.strip("[] ")
        elif current == section and bare.split("=", 1)[0].strip().strip("\"'") == key and "=" in bare:
            return number
    return None


def _phrase(key: str, kind: str, message: str, value: Any) -> str:
    shown = str(value)
    shown = f"{shown[:60]}…" if len(shown) > 61 else shown
    if key in ("opens_at", "closes_at", "next_opens_at") and kind == "value_error" and "not a date" in message:
        return f"{key} '{shown}' is not a time; write it like 2026-05-20T09:00:00+08:00"
    if kind == "missing":
        return f"{key} is missing"
    if key == "id" and kind == "string_pattern_mismatch":
        return f"id '{shown}' must be 3 to 40 of the signs a-z, 0-9 and -"
    if key.endswith("currency"):
        return f"currency '{shown}' must be three capital letters like CNY"
    if key == "language":
        return f'language \'{shown}\' must be "zh-CN" or "en"'
    wanted = next((text for start, text in _WANTED.items() if kind.startswith(start)), None)
    if wanted:
        return f"{key} must be {wanted}, not {shown!r}"
    said = message.removeprefix("Value error, ").removeprefix("Input ").replace("should be", "must be")
    return f"{key} {said}" if key else said


def dump_settings(settings: GroupSettings) -> str:
    """Return the ``group.toml`` of the settings; what the seller did not set is left out."""
    return _table((), _plain(settings)).lstrip("\n")


def settings_to_json(settings: GroupSettings) -> dict[str, Any]:
    """Return the settings as plain JSON for the store."""
    packed = _pack(_plain(settings))
    assert isinstance(packed, dict)
    return packed


def settings_from_json(values: Mapping[str, Any]) -> GroupSettings:
    """Return the settings that ``settings_to_json`` wrote."""
    return GroupSettings.model_validate({key: _unpack(value) for key, value in values.items()})


def _plain(model: BaseModel) -> dict[str, Any]:
    """Return what was set as TOML values, known keys first in our order, unknown ones after them."""
    known = [name for name in type(model).model_fields if name in model.model_fields_set]
    values = {name: getattr(model, name) for name in known} | (model.model_extra or {})
    return {name: _plain_value(value) for name, value in values.items() if value is not None}


def _plain_value(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return _plain(value)
    if isinstance(value, Decimal):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def _pack(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _pack(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_pack(one) for one in value]
    if isinstance(value, datetime | date | time | float):
        return {_LITERAL: _literal(value)}
    return value


def _unpack(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {_LITERAL}:
            return tomllib.loads(f"x = {value[_LITERAL]}")["x"]
        return {key: _unpack(one) for key, one in value.items()}
    return [_unpack(one) for one in value] if isinstance(value, list) else value


def _table(path: tuple[str, ...], values: Mapping[str, Any]) -> str:
    lines = [f"{_key(key)} = {_literal(value)}" for key, value in values.items() if not isinstance(value, dict)]
    text = "".join(f"{line}\n" for line in lines)
    if path and (lines or not values):
        text = f"\n[{'.'.join(_key(part) for part in path)}]\n{text}"
    for key, value in values.items():
        if isinstance(value, dict):
            text += _table((*path, key), value)
    return text


def _key(name: str) -> str:
    return name if name and name.isascii() and name.replace("_", "").replace("-", "").isalnum() else _string(name)


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _literal(value: Any) -> str:
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(_literal(one) for one in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {_literal(one)}" for key, one in value.items()) + "}"
    return value.isoformat() if isinstance(value, datetime | date | time) else str(value)
