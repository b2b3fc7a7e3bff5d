"""Whether the records bear out what a model's sentences say.

A sentence may leave in the model's words where the records say the same: in its words, its numbers for the same thing,
what it allows, what it denies, and the conditions. It is a careful reading, made to err towards the records.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from assistant.agent.proposal import Piece
from assistant.turn.grounding import facts_in
from assistant.turn.wording import (
    bare,
    clauses,
    conditions,
    denied,
    folded,
    letters,
    nearness,
    sentences,
    share,
    verdicts,
    without_denials,
    words,
)

OVERLAP = 0.5
"""So much of each sentence's words must be its evidence's. The question's words count for nothing: who says them back
to the member has told them nothing, and may have told them wrong."""

ABOUT = 0.5
"""A number belongs to a clause whose characters are so far those of one piece."""

ALIKE = 0.85
"""A comparison is told as the records tell it, so much letter by letter: turned round it has the same words."""

_COMPARES = re.compile(r"便宜|[更最比]|贵|[高低多少]于|\b(?:cheap\w*|dear\w*|less|more|than|lower|higher|expensive)\b")
_ASIDE = re.compile(r"[（(][^（）()]*[）)]|[¥￥$€£]?\d[\d.,]*\s?(?:元|块|rmb|yuan)?(?:\s?/\s?\w+)?|[\s，,：:]")
_VERDICT_ONLY = re.compile(
    r"(?:是|对|好|行|能|会|有|可以?|够|不|没|的|了|吗|您好|当然|嗯|\b(?:yes|no|sure|of course|it|is|you|can|not|do|does)\b|\s)+"
)


@dataclass(frozen=True, slots=True)
class _Told:
    """One sentence of a piece."""

    piece: Piece
    text: str


def unsupported(text: str, pieces: Sequence[Piece]) -> str:
    """Return the first sentence that the pieces do not bear out, with the reason; empty where all are."""
    told = [_Told(piece, sentence) for piece in pieces for sentence in sentences(piece.text)]
    known = words(" ".join(piece.text for piece in pieces))
    for sentence in sentences(text):
        reason = _objection(sentence, told, known)
        if reason:
            return f"{reason}: {sentence[:60]}"
    return ""


def _objection(sentence: str, told: Sequence[_Told], known: set[str]) -> str:
    about = words(sentence)
    if share(about, known) < OVERLAP or (not about and not facts_in(sentence)):
        return "the facts do not say this"
    if _compares(sentence, told):
        return "compare as the facts do, word by word"
    if _denies(sentence, told):
        return "the facts do not say no about this"
    every = [clause for one in told for clause in clauses(one.text)]
    for clause in clauses(sentence):
        if _VERDICT_ONLY.fullmatch(folded(clause)):
            return "say what the facts say instead of yes or no"
        if _turned_round(clause, every):
            return "the facts say otherwise about this"
        if not _attributed(clause, told):
            return "the number belongs to something else"
        if _unconditional(clause, sentence, every):
            return "a condition of the facts is missing"
    return ""


def _compares(sentence: str, told: Sequence[_Told]) -> bool:
    """Return whether a sentence sets things side by side otherwise than the records do."""
    if not _COMPARES.search(folded(sentence)):
        return False
    plain = _ASIDE.sub("", folded(sentence))
    others = (_ASIDE.sub("", folded(one.text)) for one in told if _COMPARES.search(folded(one.text)))
    return not any(other in plain or SequenceMatcher(None, other, plain).ratio() >= ALIKE for other in others)


def _denies(sentence: str, told: Sequence[_Told]) -> bool:
    """Return whether a sentence denies what the records do not, or says what they only deny."""
    texts = " ".join(one.text for one in told)
    denials, positive = denied(texts), without_denials(texts)
    if denied(sentence) - denials:
        return True
    said = without_denials(sentence)
    return any(deed in said for deed in denials if deed not in positive)


def _turned_round(clause: str, every: Sequence[str]) -> bool:
    """Return whether a clause allows what the records do not, or the other way round."""
    about = bare(clause)
    ruled = [(nearness(about, bare(other)), dict(found)) for other in every if (found := verdicts(other))]
    for deed, allowed in verdicts(clause):
        known = [(near, rules[deed]) for near, rules in ruled if deed in rules]
        if not known:
            return True
        # Where the records say both (unopened yes, opened no), the words beside it tell which is meant.
        nearest = max(near for near, _ in ruled)
        if not any(rules.get(deed) == allowed for near, rules in ruled if near == nearest) and not all(
            rule == allowed for _, rule in known
        ):
            return True
    return False


def _attributed(clause: str, told: Sequence[_Told]) -> bool:
    """Return whether one piece has all the clause's numbers and is about the same thing."""
    facts = facts_in(clause)
    if not facts:
        return True
    about = letters(clause)
    return any(
        facts <= facts_in(one.piece.shown) and share(about, letters(one.piece.shown)) >= ABOUT for one in told
    ) or (len(about) <= 1 and any(facts <= facts_in(one.piece.shown) for one in told))


def _unconditional(clause: str, sentence: str, every: Sequence[str]) -> bool:
    """Return whether the records say a clause only under a condition that the sentence leaves out."""
    about = letters(clause)
    nearest = max(every, key=lambda other: nearness(about, letters(other)), default="")
    needed = conditions(nearest)
    if not needed or share(letters(nearest), letters(sentence)) > 0.9:
        return False
    return not set(needed) <= set(conditions(sentence)) or not facts_in(nearest) <= facts_in(sentence)
