"""The guard for what a model wrote: it rests on its evidence, in the group's language, and promises nothing.

Beside the facts and promises of every draft (``grounding``) a model's words are held to what they cite: by overlap of
words, and by what is said to be so or not to be so. The records win; where in doubt the draft does not leave.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.agent.effects import Effect
from assistant.agent.proposal import Piece
from assistant.llm.faults import FaultKind
from assistant.text.naming import stem
from assistant.turn.grounding import broken_promises, facts_in, ungrounded

LONGEST = 700
"""Characters of a reply; nobody reads more in a chat."""

OVERLAP = 0.5
"""So much of each sentence's words must be its evidence's. The question's words count for nothing: who says them back
to the member has told them nothing, and may have told them wrong."""

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
_CLAUSES = re.compile(r"[。！？!?；;，,\n]+|(?<=[a-z)])\.\s+")
_SENTENCES = re.compile(r"[。！？!?；;\n]+|(?<=[a-z)])\.\s+")
_HAN = re.compile("[\u3400-\u9fff]")
_WORD = re.compile(r"[a-z]{3,}")
_CLAIMS = re.compile(
    r"免费|包邮|免邮|半价|打折|赠送|白送|返现|保证|终身|无条件|随时退|全额退"
    r"|\bfree\b|\bhalf[- ]price\b|\bdiscount|\bguarantee|\bcash ?back\b|\bno questions asked\b|\bfull refund\b|\blifetime\b",
    re.IGNORECASE,
)
_NOT_ZH = re.compile(
    "(?<![要是能])(?:不用|不要|不能|不会|不可|不是|没有|不|没|无法|无需|无|未|别)([\u3400-\u9fff]{1,2})"
)
_MAY_ZH = re.compile(
    "(暂?不可以?|不能|不会|不支持|不接受|不提供|不承担|不包|不用|不需要?|不得|无法|无需|暂不|没有?|可以?|能够?|会|支持|接受|提供|承担|包|需要?)"
    "(?:再|还|先|直接|申请|办理|全额|继续|随时|您|个)?([\u3400-\u9fff])"
)
_MAY_EN = re.compile(
    r"\b(?:can|may|could|will|would|is|are|do|does|be)(n't| ?not)? (?:also |be |still |always |get |have |it |you |we )*([a-z]{3,})"
)
_NOT_EN = re.compile(
    r"\b(?:not|never|no|without|cannot|can't|don't|doesn't|isn't|aren't|won't|didn't)\s+(?:be |been |yet )?([a-z]{3,})"
)
_EMPTY_ZH = frozenset("的了是在有和与也都就还这那您你我们请可以吗呢吧啊哦把被给对从到为以及或如果但而则所以因为")
_EMPTY_EN = frozenset(
    [
        "the",
        "and",
        "you",
        "your",
        "for",
        "are",
        "can",
        "will",
        "with",
        "that",
        "this",
        "have",
        "has",
        "not",
        "but",
        "from",
        "our",
        "its",
        "they",
        "them",
        "their",
        "would",
        "which",
        "also",
        "than",
        "more",
        "most",
        "only",
        "there",
        "here",
        "what",
        "when",
        "then",
        "just",
        "each",
        "per",
        "please",
        "yes",
        "both",
        "one",
        "two",
        "was",
        "were",
        "been",
        "any",
        "all",
        "may",
        "get",
        "how",
    ]
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
    plain = CITE.sub("", text).replace("**", "")
    # Small models repeat the question before they answer it.
    plain = _QUESTION.sub("", plain) if _QUESTION.sub("", plain).strip() else plain
    return plain.strip().strip('"“”').strip(), tuple(dict.fromkeys(numbers))


def fault_in(
    text: str, pieces: Sequence[Piece], *, language: str, question: str, staged: Sequence[Effect] = ()
) -> Fault | None:
    """Return what is wrong with a model's draft, or None where it may leave.

    Args:
        text: the draft, cleaned.
        pieces: the evidence it cites.
        language: the group's.
        question: what the member wrote; its words may be said again, its amounts of money may not.
        staged: the effects that keep promises.
    """
    evidence = [piece.text for piece in pieces]
    return (
        _form(text, language)
        or _facts(text, evidence, question)
        or _promises(text, evidence, staged)
        or _support(text, evidence)
    )


def early_fault(text: str, pieces: Sequence[Piece], *, question: str) -> Fault | None:
    """Return what is wrong with the whole sentences of a draft that is still being written."""
    ends = [match.end() for match in re.finditer(r"[。！？!?；;\n]|(?<=[a-z)])\.\s", text)]
    if not ends:
        return Fault("rubbish", "the answer is far too long") if len(text) > 2 * LONGEST else None
    whole, _ = cleaned(text[: ends[-1]])
    return _facts(whole, [piece.text for piece in pieces], question)


def resting_on(text: str, pieces: Sequence[Piece]) -> tuple[str, ...]:
    """Return the ids of the pieces that a draft's words and facts come from, where it does not cite itself."""
    words, facts = _words(text), facts_in(text)
    scored = [
        (len(words & _words(piece.text)) / max(len(words), 1) + (0.3 if facts & facts_in(piece.text) else 0), piece.id)
        for piece in pieces
    ]
    best = max((score for score, _ in scored), default=0.0)
    return tuple(dict.fromkeys(id for score, id in scored if score >= 0.15 and score >= best * 0.5))


def says(text: str, other: str) -> bool:
    """Return whether a text says what another says already: its facts, and most of its words."""
    return facts_in(other) <= facts_in(text) and _share(_words(other), _words(text)) >= SAID


def _form(text: str, language: str) -> Fault | None:
    if not text:
        return Fault("empty", "there is no answer")
    if _RUBBISH.search(text):
        return Fault("rubbish", "write plain sentences only, no code, tags or JSON")
    if _LOOP.search(text):
        return Fault("rubbish", "do not repeat yourself")
    if len(text) > LONGEST:
        return Fault("rubbish", "the answer is too long; at most three sentences")
    han, latin = len(_HAN.findall(text)), len(re.findall(r"[A-Za-z]+", text))
    other = sum(1 for char in text if char.isalpha() and not char.isascii() and not _HAN.match(char))
    chinese = language.startswith("zh")
    wrong = (han < latin or not han) if chinese else (han > latin or not latin)
    if wrong or other > (han + latin) / 2:
        return Fault("language", f"answer in {'Chinese' if chinese else 'English'} only")
    return None


def _facts(text: str, evidence: Sequence[str], question: str) -> Fault | None:
    each = [f"1{unit}" for piece in evidence for unit in _EACH.findall(piece)]
    unknown = ungrounded(text, [*evidence, *each, _harmless(question)], strict=True)
    if unknown:
        return Fault("ungrounded", f"these do not stand in the facts: {', '.join(sorted(unknown)[:5])}")
    known = " ".join(evidence).lower()
    claims = {claim.lower() for claim in _CLAIMS.findall(_unsaid(text))}
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


def _unsaid(text: str) -> str:
    """Return the text without what it says is not so: 不免费 claims nothing."""
    return _NOT_EN.sub(" ", _NOT_ZH.sub(" ", text))


def _promises(text: str, evidence: Sequence[str], staged: Sequence[Effect]) -> Fault | None:
    broken = broken_promises(text, staged, quoted=evidence, strict=True)
    if broken:
        return Fault("promise", "you cannot do anything for the member; only tell what the facts say")
    return None


def _support(text: str, evidence: Sequence[str]) -> Fault | None:
    known = _words(" ".join(evidence))
    told = [part for piece in evidence for part in _CLAUSES.split(piece) if part.strip()]
    for sentence in filter(str.strip, _SENTENCES.split(text)):
        words = _words(sentence)
        if _share(words, known) < OVERLAP or (not words and not facts_in(sentence)):
            return Fault("unsupported", f"the facts do not say this: {sentence.strip()[:60]}")
        for clause in filter(str.strip, _CLAUSES.split(sentence)):
            if _turned_round(clause, told):
                return Fault("unsupported", f"the facts say otherwise about this: {clause.strip()[:60]}")
    return None


def _share(words: set[str], known: set[str]) -> float:
    return len(words & known) / len(words) if words else 1.0


def _words(text: str) -> set[str]:
    """Return what a text is about: pairs of Chinese characters and stems of words, without the little ones."""
    folded = unicodedata.normalize("NFKC", text).lower()
    runs = re.findall("[\u3400-\u9fff]+", folded)
    pairs = {run[at : at + 2] for run in runs for at in range(len(run) - 1)}
    content = {pair for pair in pairs if not (pair[0] in _EMPTY_ZH or pair[1] in _EMPTY_ZH)}
    return content | {stem(word) for word in _WORD.findall(folded) if word not in _EMPTY_EN}


def _turned_round(clause: str, told: Sequence[str]) -> set[str]:
    """Return what a clause allows and the nearest one of the evidence denies, or the other way round."""
    words = _bare(clause)
    ruled = [(_nearness(words, _bare(other)), dict(verdicts)) for other in told if (verdicts := _verdicts(other))]
    turned = set()
    for deed, allowed in _verdicts(clause):
        if not any(deed in verdicts for _, verdicts in ruled):
            continue
        # Where the records say both (unopened yes, opened no), the words beside it tell which is meant.
        nearest = max(near for near, _ in ruled)
        if not any(verdicts.get(deed) == allowed for near, verdicts in ruled if near == nearest):
            turned.add(deed)
    return turned


def _nearness(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0


def _bare(clause: str) -> set[str]:
    """Return a clause's single characters and words, without its verdicts: what tells its conditions."""
    folded = unicodedata.normalize("NFKC", clause).lower()
    rest = _MAY_EN.sub(" ", _MAY_ZH.sub(" ", folded))
    return set(_HAN.findall(rest)) - _EMPTY_ZH | {stem(word) for word in _WORD.findall(rest) if word not in _EMPTY_EN}


def _verdicts(clause: str) -> list[tuple[str, bool]]:
    """Return what a clause says may be done or not, by the deed's first character or its word's stem."""
    folded = unicodedata.normalize("NFKC", clause).lower()
    found = [(deed, not word.startswith(("不", "无", "暂", "没"))) for word, deed in _MAY_ZH.findall(folded)]
    return found + [(stem(deed), not no) for no, deed in _MAY_EN.findall(folded)]
