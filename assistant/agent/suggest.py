"""What helps a seller: a draft entry from a question and their reply, and a ticket in three lines.

With a model that may write, it drafts and its draft is checked; without one, or where the check fails, rules do it.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.llm.access import ModelAccess
from assistant.llm.faults import ModelFault
from assistant.llm.prompts import as_data, language_name, prompt
from assistant.text.fold import skeleton

MOST_SIMILAR = 5
SHORTEST = 2
LONGEST = 120
MAX_TOKENS = 240

_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "question": {"type": "string"},
        "similar_questions": {"type": "array", "items": {"type": "string"}},
        "answer": {"type": "string"},
    },
    "required": ["question", "similar_questions", "answer"],
    "additionalProperties": False,
}
_CALLING = re.compile(r"^@?\S{1,12}?[,，:：\s]+(?=\S{4})|@\S+\s*")
_GREETING = re.compile(
    r"^(?:亲|您好|你好|在吗|老板|请问一?下?|想问一?下?|麻烦问一?下?|hi|hello|hey|please|excuse me)[,，!！~\s]*",
    re.IGNORECASE,
)

Holds = Callable[[str, Sequence[str]], bool]
"""Whether a text says nothing beyond these texts; the turn's guard."""


@dataclass(frozen=True, slots=True)
class DraftEntry:
    """An entry for the seller to look at. ``by`` is ``model`` or ``rules``."""

    question: str
    similar_questions: tuple[str, ...]
    answer: str
    by: str


@dataclass(frozen=True, slots=True)
class Summary:
    """A ticket in three lines: what is wanted, what is known, what to do."""

    lines: tuple[str, str, str]
    by: str


async def draft_entry(
    question: str, answer: str, *, language: str, access: ModelAccess | None, holds: Holds, seconds: float
) -> DraftEntry:
    """Return a draft entry for what was asked and what the seller replied; the answer stays the seller's own word."""
    plain = _by_rules(question, answer)
    if access is None:
        return plain
    try:
        asked = prompt("suggest", language=language_name(language), question=as_data(question), answer=as_data(answer))
        written = await access.write([("user", asked)], seconds=seconds, max_tokens=MAX_TOKENS, schema=_SCHEMA)
    except ModelFault:
        return plain
    read = _read(written.text)
    if read is None:
        return plain
    standard, similar, short = read
    # The model words questions; what is promised to members is the seller's reply, at most made shorter.
    reply = short if short and holds(short, [answer]) and len(short) >= len(plain.answer) / 2 else plain.answer
    good = [
        text for text in (standard, *similar) if SHORTEST <= len(text) <= LONGEST and holds(text, [question, answer])
    ]
    if not good:
        return plain
    first = good[0] if standard in good else plain.question
    known = {skeleton(first)}
    others = []
    for text in (plain.question, *good):
        if skeleton(text) not in known:
            known.add(skeleton(text))
            others.append(text)
    return DraftEntry(first, tuple(others[:MOST_SIMILAR]), reply, "model")


def _read(text: str) -> tuple[str, list[str], str] | None:
    start, end = text.find("{"), text.rfind("}")
    try:
        value = json.loads(text[start : end + 1])
        similar = [str(item).strip() for item in value["similar_questions"]]
        return str(value["question"]).strip(), similar, str(value["answer"]).strip()
    except (ValueError, KeyError, TypeError):
        return None


def _by_rules(question: str, answer: str) -> DraftEntry:
    """Return the question without its address and greeting, a bare form of it, and the reply as it stands."""
    plain = " ".join(question.split())
    called = _CALLING.sub("", plain, count=1) if plain.startswith("@") else plain
    standard, before = called, ""
    while standard != before:
        standard, before = _GREETING.sub("", standard).strip(), standard
    standard = standard or plain
    if standard and standard[-1] not in "?？":
        standard += "？" if re.search("[\u3400-\u9fff]", standard) else "?"
    bare = re.sub(r"[?？!！。.~～]+$|(?:呀|啊|呢|哦|哈|嘛)(?=[?？!！。.~～]*$)", "", standard).strip()
    similar = tuple(text for text in (called,) if skeleton(text) != skeleton(standard))
    similar += tuple(text for text in (bare,) if skeleton(text) not in {skeleton(standard), *map(skeleton, similar)})
    return DraftEntry(standard, similar[:MOST_SIMILAR], answer.strip(), "rules")


async def summarise(
    by_rules: tuple[str, str, str],
    lines: Sequence[str],
    facts: Sequence[str],
    *,
    language: str,
    access: ModelAccess | None,
    holds: Holds,
    seconds: float,
) -> Summary:
    """Return a ticket in three lines; ``lines`` is what was said, ``facts`` what the records hold."""
    plain = Summary(by_rules, "rules")
    if access is None:
        return plain
    values = {"lines": [as_data(line, 200) for line in lines[-8:]], "facts": [as_data(fact, 200) for fact in facts[:6]]}
    try:
        asked = prompt("summary", language=language_name(language), **values)
        written = await access.write([("user", asked)], seconds=seconds, max_tokens=MAX_TOKENS)
    except ModelFault:
        return plain
    told = [
        re.sub(r"^\s*(?:[-*•]|\d[.、)])\s*", "", line).strip() for line in written.text.splitlines() if line.strip()
    ]
    if len(told) != 3 or not all(holds(line, [*lines, *facts, *by_rules]) for line in told):
        return plain
    return Summary((told[0], told[1], told[2]), "model")
