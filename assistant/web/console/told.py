"""Errors in the words of whoever reads the console. Ours are English sentences; the catalogue knows them in Chinese."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from assistant.errors import BadFile, Conflict, NotAllowed, NotFound, Unavailable, UsageError, YidanError

_GENERAL: tuple[tuple[type[YidanError], str], ...] = (
    (NotFound, "没有找到，可能刚被别人改过。请刷新页面再看看。"),
    (NotAllowed, "您没有权限这样做。"),
    (Unavailable, "暂时处理不了，请稍后再试。"),
    (Conflict, "现在不能这样做，可能刚被别人改过。请刷新页面再试。"),
    (UsageError, "填写的内容有误，请检查后再试。"),
)


def told(error: YidanError, language: str) -> str:
    """Return what somebody reads about an error; the problems of a file stand on lines of their own."""
    problems = list(error.problems[:20]) if isinstance(error, BadFile) else []
    lines = [str(error), *problems]
    if language != "en":
        general = next((text for kind, text in _GENERAL if isinstance(error, kind)), "出错了，请稍后再试。")
        lines = [_chinese(str(error)) or general, *(_chinese(one) or one for one in problems)]
    return "\n".join(lines)


def told_line(text: str, language: str) -> str:
    """Return one line about a file, in Chinese where the catalogue knows it."""
    return text if language == "en" else _chinese(text) or text


def _chinese(text: str) -> str | None:
    for pattern, template in _known():
        match = pattern.fullmatch(text)
        if match is not None:
            return template.format(**match.groupdict())
    return None


@cache
def _known() -> list[tuple[re.Pattern[str], str]]:
    """Return a pattern for each English sentence of the catalogue, with its Chinese."""
    text = (files("assistant.web.console.words") / "errors.toml").read_text(encoding="utf-8")
    # What says most of its own goes first: "name is empty" before "{file} is empty".
    known = sorted(tomllib.loads(text)["error"], key=lambda one: -len(re.sub(r"\{\w+\}", "", str(one["en"]))))
    return [(_pattern(one["en"]), one["zh"]) for one in known]


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", sentence)
    named = [re.escape(part) if at % 2 == 0 else f"(?P<{part}>.+?)" for at, part in enumerate(parts)]
    return re.compile("".join(named), re.DOTALL)
