"""The guard for what a model wrote: it rests on its evidence, in the group's language, and promises nothing.

Beside the facts and promises of every draft (``grounding``) each sentence needs the records' support (``support``). The
records win; where in doubt the draft does not leave.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.agent.effects import Effect
from assistant.agent.proposal import Piece
from assistant.llm.faults import FaultKind
from assistant.turn.grounding import broken_promises, facts_in, ungrounded
from assistant.turn.support import unsupported
from assistant.turn.wording import HAN, share, without_denials, words

LONGEST = 700
"""Characters of a reply; nobody reads more in a chat."""

MOST_SENTENCES = 5
"""Of a reply; what a model writes beyond them it writes to itself."""

_ENDS = re.compile(r"[。！？!?；;\n]|(?<=[a-z)])\.\s")

SAID = 0.6
"""A text that has so much of another's words, and all of its facts, says the same."""

CITE = re.compile(r"\s*[\[【](\d{1,2}(?:\s*[,，、]\s*\d{1,2})*)[\]】]")
_THINKING = re.compile(r"<think>.*?(?:</think>|$)", re.DOTALL | re.IGNORECASE)
_RUBBISH = re.compile(
    r"<[/|]?\w|\|>|\{\s*\"|\}\}|```|###|\b(?:assistant|system|user)\s*[:：]|as an ai\b|语言模型|\ufffd|<<|\[INST",
    re.IGNORECASE,
)
_LOOP = re.compile(r"(.{4,40}?)\1{3,}|(.)\2{9,}", re.DOTALL)
_QUESTION = re.compile(r"[^。！？!?；;\n]*[？?]\s*")
_LATIN = re.compile(r"[a-z]{4,}")
_CLAIMS = re.compile(
    r"免费|包邮|免邮|半价|打折|赠送|白送|返现|保证|终身|无条件|随时退|全额退"
    r"|\bfree\b|\bhalf[- ]price\b|\bdiscount|\bguarantee|\bcash ?back\b|\bno questions asked\b|\bfull refund\b|\blifetime\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a draft may not leave; ``why`` is told to the model when it is asked once more."""

    kind: FaultKind
    why: str


def cleaned(text: str) -> tuple[str, tuple[int, ...]]:
    """Return a model's text without its thinking and its marks of sources, and the sources' numbers."""
    text = _THINKING.sub("", text).strip()
    numbers = [int(number) for match in CITE.finditer(text) for number in re.findall(r"\d+", match[1])]
    plain = CITE.sub(lambda mark: "\n" if "\n" in mark[0] else "", text).replace("**", "")
    # Small models repeat the question before they answer it.
    plain = _QUESTION.sub("", plain) if _QUESTION.sub("", plain).strip() else plain
    lines = filter(None, (line.strip().strip('"“”').strip() for line in plain.splitlines()))
    return "\n".join(lines), tuple(dict.fromkeys(numbers))


def fault_in(
    text: str, pieces: Sequence[Piece], *, language: str, question: str, staged: Sequence[Effect] = ()
) -> Fault | None:
    """Return what is wrong with a model's draft, or None where it may leave.

    Args:
        text: the draft, cleaned.
        pieces: all the evidence there is.
        language: the group's.
        question: what the member wrote; its words may be said again, its amounts of money may not.
        staged: the effects that keep promises.
    """
    evidence = [piece.text for piece in pieces]
    return (
        _form(text, language)
        or _foreign(text, evidence, language)
        or _facts(text, evidence, question)
        or _promises(text, evidence, staged)
        or _support(text, pieces)
    )


def early_fault(text: str, pieces: Sequence[Piece], *, question: str) -> Fault | None:
    """Return what is wrong with the whole sentences of a draft that is still being written."""
    told = whole_sentences(text)
    if not told:
        return Fault("rubbish", "the answer is far too long") if len(text) > 2 * LONGEST else None
    whole, _ = cleaned(told)
    return _facts(whole, [piece.text for piece in pieces], question)


def whole_sentences(text: str) -> str:
    """Return a text up to its last whole sentence; empty where there is none."""
    ends = [match.end() for match in _ENDS.finditer(text)]
    return text[: ends[-1]] if ends else ""


def goes_round(text: str) -> bool:
    """Return whether a text that is still being written says a sentence again, or more than anybody reads."""
    told = [part.strip() for part in _ENDS.split(whole_sentences(text)) if part.strip()]
    return len(set(told)) < len(told) or len(told) > MOST_SENTENCES


def resting_on(text: str, pieces: Sequence[Piece]) -> tuple[str, ...]:
    """Return the ids of the pieces that a draft's words and facts come from, where it does not cite itself."""
    about, facts = words(text), facts_in(text)
    scored = [
        (len(about & words(piece.text)) / max(len(about), 1) + (0.3 if facts & facts_in(piece.text) else 0), piece.id)
        for piece in pieces
    ]
    best = max((score for score, _ in scored), default=0.0)
    return tuple(dict.fromkeys(id for score, id in scored if score >= 0.15 and score >= best * 0.5))


def says(text: str, other: str) -> bool:
    """Return whether a text says what another says already: its facts, and most of its words."""
    return facts_in(other) <= facts_in(text) and share(words(other), words(text)) >= SAID


def _form(text: str, language: str) -> Fault | None:
    if not text:
        return Fault("empty", "there is no answer")
    if _RUBBISH.search(text):
        return Fault("rubbish", "write plain sentences only, no code, tags or JSON")
    if _LOOP.search(text):
        return Fault("rubbish", "do not repeat yourself")
    if len(text) > LONGEST:
        return Fault("rubbish", "the answer is too long; at most three sentences")
    han, latin = len(HAN.findall(text)), len(re.findall(r"[A-Za-z]+", text))
    other = sum(1 for char in text if char.isalpha() and not char.isascii() and not HAN.match(char))
    chinese = language.startswith("zh")
    wrong = (han < latin or not han) if chinese else (han > latin or not latin)
    if wrong or other > (han + latin) / 2:
        return Fault("language", f"answer in {'Chinese' if chinese else 'English'} only")
    return None


def _foreign(text: str, evidence: Sequence[str], language: str) -> Fault | None:
    """Return a fault where a Chinese reply has English words that the records have not."""
    known = " ".join(evidence).lower()
    if language.startswith("zh") and any(word not in known for word in _LATIN.findall(text.lower())):
        return Fault("language", "answer in Chinese only")
    return None


def _facts(text: str, evidence: Sequence[str], question: str) -> Fault | None:
    each = [f"1{unit}" for piece in evidence for unit in _EACH.findall(piece)]
    unknown = ungrounded(text, [*evidence, *each, _harmless(question)], strict=True)
    if unknown:
        return Fault("ungrounded", f"these do not stand in the facts: {', '.join(sorted(unknown)[:5])}")
    known = " ".join(evidence).lower()
    claims = {claim.lower() for claim in _CLAIMS.findall(without_denials(text))}
    invented = {claim for claim in claims if claim not in known}
    if invented:
        return Fault("ungrounded", f"the facts do not say: {', '.join(sorted(invented)[:5])}")
    return None


_EACH = re.compile(r"/\s?([^\W\d]{1,8})")
_MONEY = re.compile(
    r"[¥￥$€£]\s?\d[\d.,]*|\d[\d.,]*\s?(?:元|块钱?|%|折|rmb|yuan|dollars?|bucks|usd|percent)"
    r"|[一二两三四五六七八九十百千万]+(?:元|块钱?|折)",
    re.IGNORECASE,
)


def _harmless(question: str) -> str:
    """Return the question without its amounts of money: what a member names is no price of ours."""
    return _MONEY.sub(" ", unicodedata.normalize("NFKC", question))


def _promises(text: str, evidence: Sequence[str], staged: Sequence[Effect]) -> Fault | None:
    broken = broken_promises(text, staged, quoted=evidence, strict=True)
    if broken:
        return Fault("promise", "you cannot do anything for the member; only tell what the facts say")
    return None


def _support(text: str, pieces: Sequence[Piece]) -> Fault | None:
    reason = unsupported(text, pieces)
    return Fault("unsupported", reason) if reason else None
