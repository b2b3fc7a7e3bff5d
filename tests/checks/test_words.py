"""The words of the findings: every rule has them in both languages, with the same values."""

import re
import string
from pathlib import Path

from assistant.checks.words import LANGUAGES, advice, finding_json, said, texts
from checks.test_planted_faults import FAULTS, found_in

RULES = Path(__file__).resolve().parents[2] / "assistant" / "checks" / "rules"


def _values(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_the_languages_have_the_same_keys_and_values() -> None:
    english, chinese = (texts(language) for language in ("en", "zh-CN"))
    assert english.keys() == chinese.keys()
    assert not {key for key in english if _values(english[key]) != _values(chinese[key])}


def test_every_rule_has_words() -> None:
    code = "".join(path.read_text("utf-8") for path in RULES.glob("*.py"))
    named = set(re.findall(r'"([a-z]+\.[a-z_]+)", "(?:error|warning)"', code))
    named |= set(re.findall(r'"((?:limit|terms)\.(?:none|catalogue|differ|unknown))"', code))
    assert len(named) > 25
    assert not {rule for rule in named if f"{rule}.said" not in texts("en") or f"{rule}.advice" not in texts("en")}


def test_what_is_planted_is_told_in_both_languages() -> None:
    for fault in FAULTS:
        for finding in found_in(fault):
            for language in LANGUAGES:
                assert finding.places[0] in said(finding, language)
                assert advice(finding, language)
            assert set(finding_json(finding)) == {"rule", "severity", "places", "message", "suggestion"}
