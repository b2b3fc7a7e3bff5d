"""Answers that are not ready to be said: empty, unfinished, broken, far too long."""

import re
import unicodedata
from collections.abc import Iterator

from assistant.checks.base import Finding, Subject
from assistant.checks.cues import BROKEN, GOOD_LINK, PLACEHOLDER
from assistant.text.fold import skeleton

MOST_WIDTH = 500
"""The longest answer that reads well on a phone, in Chinese characters; two and a half Latin ones count as one."""

_LINK = re.compile(
    r"[a-z]{2,6}:/{1,3}[^\s，。；、）)】\"'<>]*|(?<![\w.])https?[^\s\w][^\s，。；、）)】]*|\bwww\.[^\s，。；、）)】]*"
)
_CUT_OFF = re.compile(
    r"(?:[，,、：:（(「“《]|\b(?:and|or|the|to|of|with|by|is|are|at)|[和或及与]|另外|但是|因为|如果|然后|以及|还有|并且)\s*$"
)
_PAIRS = (("(", ")"), ("[", "]"), ("【", "】"), ("《", "》"), ("「", "」"), ("“", "”"))
_SMILEY = re.compile(r"[:;=][-']?[()\[\]]|[()][:;]|^\s*(?:\d+|[a-z])\)", re.MULTILINE)


def wording(subject: Subject) -> Iterator[Finding]:
    """Find answers that say nothing, hold a placeholder or a broken text or link, end in mid-sentence, or run on."""
    for entry in subject.knowledge.entries:
        plain = unicodedata.normalize("NFKC", entry.answer).lower()
        own, asked = skeleton(entry.answer), skeleton(entry.question)
        place = (entry.key,)
        if len(own) < 2 or own == asked:
            yield Finding("answer.empty", "error", place, {"answer": _short(entry.answer)})
            continue
        if match := PLACEHOLDER.search(plain):
            yield Finding("answer.placeholder", "error", place, {"words": match[0]})
        if match := BROKEN.search(plain):
            yield Finding("answer.broken", "error", place, {"words": _short(match[0])})
        for link in _LINK.findall(plain):
            if not GOOD_LINK.fullmatch(link.rstrip(".,!?")):
                yield Finding("answer.link", "error", place, {"words": _short(link)})
        if _CUT_OFF.search(entry.answer.lower()) or _unbalanced(plain):
            yield Finding("answer.cut_off", "warning", place, {"words": entry.answer.strip()[-20:]})
        if (width := _width(entry.answer)) > MOST_WIDTH:
            yield Finding("answer.too_long", "warning", place, {"length": str(len(entry.answer)), "width": str(width)})


def _unbalanced(plain: str) -> bool:
    bare = _SMILEY.sub(" ", plain)
    return any(bare.count(opening) != bare.count(closing) for opening, closing in _PAIRS)


def _width(text: str) -> int:
    wide = sum(1 for char in text if "\u3400" <= char <= "\u9fff")
    narrow = sum(1 for char in text if char.isascii() and not char.isspace())
    return int(wide + narrow / 2.5)


def _short(text: str) -> str:
    return text if len(text) <= 30 else text[:29] + "…"
