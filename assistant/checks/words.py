"""Findings in the seller's words: one catalogue a language, in ``prompts/checks/``."""

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from assistant.checks.base import Finding
from assistant.replies.catalogue import flatten, prompts_folder

LANGUAGES = ("zh-CN", "en")


@cache
def texts(language: str) -> Mapping[str, str]:
    """Return the templates of a language by dotted key."""
    path = prompts_folder() / "checks" / f"{language}.toml"
    return flatten(tomllib.loads(path.read_text(encoding="utf-8")))


def said(finding: Finding, language: str) -> str:
    """Return what is wrong, in one or two sentences."""
    return _filled(finding, "said", language)


def advice(finding: Finding, language: str) -> str:
    """Return what the seller can do about it."""
    return _filled(finding, "advice", language)


def finding_json(finding: Finding) -> dict[str, Any]:
    """Return the finding as plain JSON, its words in every language."""
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "places": list(finding.places),
        "message": {language: said(finding, language) for language in LANGUAGES},
        "suggestion": {language: advice(finding, language) for language in LANGUAGES},
    }


def _filled(finding: Finding, part: str, language: str) -> str:
    values = dict(finding.values)
    values["one"] = finding.places[0]
    values["two"] = finding.places[1] if len(finding.places) > 1 else ""
    if finding.rule == "contradiction":
        values["one_says"], values["two_says"] = finding.values["one"], finding.values["other"]
    return texts(language)[f"{finding.rule}.{part}"].format_map(values)
