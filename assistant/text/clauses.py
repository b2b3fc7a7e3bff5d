"""Splitting a folded message into clauses and judging how each is meant."""

import re
from dataclasses import dataclass
from functools import lru_cache

from assistant.text import cues
from assistant.text.quantities import MASK
from assistant.text.reading import Mood

AMOUNT_MASK = "\ue001"
_SPLIT = re.compile(
    r"[,;!?。\n~]+|\.(?!\d)\.*|(?<=[\u3400-\u9fff\ue000\ue001]) +(?=[\u3400-\u9fff])|\b(?:but|then)\b|但是|不过|"
    r"然后"
)
_OBJECT = re.compile(rf"[^{MASK}{AMOUNT_MASK}]{{0,14}}[{MASK}{AMOUNT_MASK}]")
_CONDITION_MET = re.compile(
    r"(?:有|有货|行|可以|没问题|来得及|能)的话|\bif (?:you|u|there|it|that|possible|so|still|available)\b"
)
_TOPIC = re.compile(rf"[^{MASK}]{{0,2}}{MASK}+的话")
_STRONG_REQUEST = re.compile(
    r"给我|帮我|再来|还要|我要|我来|算我|再加|麻烦|\b(?:put|sign|book|count|get) me\b|\bi'?ll (?:take|have|get)\b|"
    r"\bplease\b|"
    r"\bpls\b"
)
_MASKS = re.compile(f"[{MASK}{AMOUNT_MASK}]")
_HAN = re.compile("[\u3400-\u9fff]")
_WORD = re.compile("[a-z]{2,}")


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of the message. ``masked`` hides products, ``bare`` hides amounts too; ``stop`` is its end mark."""

    start: int
    end: int
    text: str
    masked: str
    bare: str
    stop: str

    @property
    def residue(self) -> str:
        """What neither products, amounts nor the vocabulary of ordering explain; the rest is blank, same length."""
        return _residue(self.bare)

    @property
    def weight(self) -> float:
        """How much the residue says, in Chinese characters (an English word counts one and a half)."""
        return weight_of(self.bare)

    @property
    def has_content(self) -> bool:
        return MASK in self.bare or AMOUNT_MASK in self.bare


@lru_cache(maxsize=512)
def _residue(bare: str) -> str:
    return cues.FILLER.sub(lambda match: " " * len(match[0]), _MASKS.sub(" ", bare))


@lru_cache(maxsize=512)
def weight_of(bare: str) -> float:
    """How much a masked text says beside products, amounts and ordering words; see :attr:`Clause.weight`."""
    residue = _residue(bare)
    return len(_HAN.findall(residue)) + 1.5 * len(_WORD.findall(residue))


def split(text: str, masked: str, bare: str) -> tuple[Clause, ...]:
    """The clauses of a folded message and of its two masked versions (all of one length)."""
    clauses = []
    start = 0
    for match in [*_SPLIT.finditer(bare), None]:
        end = match.start() if match else len(bare)
        if text[start:end].strip():
            stop = match[0].strip() if match else ""
            clauses.append(Clause(start, end, text[start:end], masked[start:end], bare[start:end], stop))
        start = match.end() if match else end
    return tuple(clauses)


def is_question(clause: Clause) -> bool:
    """Whether the clause asks something."""
    return "?" in clause.stop or cues.QUESTION.search(clause.masked.strip()) is not None


def is_polite_request(clause: Clause) -> bool:
    """Whether the clause is a request in the form of a question: "can i get 10 windows", "K01一盒还赶得上吗"."""
    if cues.POLITE_TAG.search(clause.masked.strip()) and clause.weight <= 2:
        return True
    for match in cues.POLITE.finditer(clause.masked):
        if not match[0].isascii() or MASK in clause.bare[: match.start()]:
            return True
        if _OBJECT.match(clause.bare, match.end()) or MASK in clause.masked[match.start() : match.end()]:
            return True
    return False


def _is_met(clause: Clause) -> bool:
    """Whether the condition is only politeness ("有的话来两斤") or names the topic ("毛峰的话来一斤")."""
    text = clause.masked.strip()
    if not cues.REQUEST.search(text):
        return False
    return _CONDITION_MET.search(text) is not None or (_TOPIC.match(text) is not None and not is_question(clause))


def mood_of(clause: Clause, *, notation: bool) -> Mood:
    """How a clause that names products or amounts is meant; ``notation``: it has "x2" or SKU codes."""
    text = clause.masked.strip()
    strong = _STRONG_REQUEST.search(text) is not None
    if cues.HYPOTHETICAL.search(text) and not _is_met(clause):
        return Mood.HYPOTHETICAL
    if cues.REFUND.search(text) or (cues.DAMAGE.search(text) and not cues.REQUEST.search(text)):
        return Mood.STATEMENT
    if cues.NEGATED.search(text):
        return Mood.NEGATED
    polite = is_polite_request(clause)
    if is_question(clause) and not polite:
        return Mood.QUESTION
    if cues.PAST.search(text) and not strong:
        return Mood.PAST
    if (cues.HESITANT.search(text) or cues.HABIT.search(text)) and not strong:
        return Mood.STATEMENT
    if polite or cues.REQUEST.search(text) or cues.REMOVE.search(text) or cues.ADD.search(text):
        return Mood.REQUEST
    if clause.weight <= (8 if notation else 4):
        return Mood.REQUEST
    return Mood.STATEMENT
