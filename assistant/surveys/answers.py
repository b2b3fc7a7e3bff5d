"""What members answer to the survey, and when the seller may see it: pure rules."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

STARS = range(1, 6)
LONGEST_TEXT = 500

_WORD = r"匿名(?:评分|评价|打分)?|评分|打分|评价|我给|给|rating|i(?:'d)? (?:give|rate)(?: it)?|rate"
_UNIT = r"分|颗?星|星星|stars?|/ ?5|out of (?:5|five)"
_NUMBERS = {word: number for number, words in enumerate(("一 one", "二 两 two", "三 three", "四 four", "五 five"), 1)
            for word in words.split()}  # fmt: skip
_ANSWER = re.compile(
    rf"(?P<word>{_WORD})?[\s:：,，]*(?P<stars>[1-5]|{'|'.join(_NUMBERS)})(?![\d.])\s*(?P<unit>{_UNIT})?"
    rf"(?:[\s,，.。:：;；!！~～、]+(?P<text>.*)|[!！~～。.]*)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class SurveyReply:
    """Stars from 1 to 5 and what they wrote with them. ``bare``: it is no more than a number."""

    stars: int
    text: str = ""
    bare: bool = False


def read_reply(text: str) -> SurveyReply | None:
    """Return what a chat message answers to the survey, or None where it is about something else.

    A number alone is an answer; with more words it needs a word of rating or a unit ("评分 4 包装一般", "5星"), so that
    "2 boxes" stays an order.
    """
    match = _ANSWER.fullmatch(text.strip())
    if match is None:
        return None
    said = (match["text"] or "").strip()
    marked = match["word"] is not None or match["unit"] is not None
    if (said and not marked) or (not marked and not match["stars"].isdigit()):
        return None
    stars = int(match["stars"]) if match["stars"].isdigit() else _NUMBERS[match["stars"].lower()]
    return SurveyReply(stars, said[:LONGEST_TEXT], bare=not marked)


@dataclass(frozen=True, slots=True)
class SurveyResults:
    """What the seller may see. ``stars`` counts one to five stars, of the ``shown`` answers alone."""

    asked: int
    answered: int
    shown: int
    at_least: int
    """So many answers are shown together at a time, so that none can be laid at one member's door."""
    stars: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()

    @property
    def average(self) -> float | None:
        """The mean of the shown stars; None where none are shown."""
        return sum(n * count for n, count in zip(STARS, self.stars, strict=True)) / self.shown if self.shown else None

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON; ``average`` has two decimals."""
        average = self.average
        return {
            "asked": self.asked,
            "answered": self.answered,
            "shown": self.shown,
            "at_least": self.at_least,
            "stars": list(self.stars),
            "average": None if average is None else round(average, 2),
            "texts": list(self.texts),
        }


def counted(stars: Sequence[int]) -> tuple[int, ...]:
    """Return how many gave one, two, ... five stars; empty for no answer."""
    return tuple(sum(one == number for one in stars) for number in STARS) if stars else ()
