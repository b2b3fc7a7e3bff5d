"""Reads tool calls that a model wrote as text: plain JSON, fenced, tagged, or with doubled braces."""

import json
import re
from collections.abc import Collection, Iterator
from typing import Any

from assistant.agent.proposal import Call

_TAGS = re.compile(r"</?(?:tool_call|tools?|function_call)>|```(?:json|tool_call)?", re.IGNORECASE)
_NAMES = ("name", "tool", "function", "tool_name", "action")
_ARGUMENTS = ("arguments", "parameters", "args", "input", "action_input")


def calls_in(text: str, names: Collection[str]) -> list[Call]:
    """Return the calls of known tools in a text; empty where it is an ordinary text.

    Total: never raises, whatever the text is.
    """
    plain = _TAGS.sub(" ", text)
    found = [call for value in _objects(plain) for call in _calls(value, names)]
    if not found and "{{" in plain:
        undoubled = plain.replace("{{", "{").replace("}}", "}")
        found = [call for value in _objects(undoubled) for call in _calls(value, names)]
    return list({json.dumps([call.name, call.args], sort_keys=True): call for call in found}.values())


def _objects(text: str) -> Iterator[Any]:
    """Yield the JSON objects and lists in a text, outermost first."""
    decoder = json.JSONDecoder()
    at = 0
    while (start := min((p for p in (text.find("{", at), text.find("[", at)) if p >= 0), default=-1)) >= 0:
        try:
            value, at = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            at = start + 1
            continue
        yield value


def _calls(value: Any, names: Collection[str]) -> Iterator[Call]:
    if isinstance(value, list):
        for part in value:
            yield from _calls(part, names) if isinstance(part, dict) else ()
        return
    if not isinstance(value, dict):
        return
    inner = value.get("function")
    if isinstance(inner, dict):
        yield from _calls(inner, names)
        return
    name = next((value[key] for key in _NAMES if isinstance(value.get(key), str)), None)
    if name not in names:
        return
    args: Any = next((value[key] for key in _ARGUMENTS if key in value), {})
    if isinstance(args, str):
        try:
            args = json.loads(args or "{}")
        except ValueError:
            args = {}
    yield Call(str(name), args if isinstance(args, dict) else {})
