"""Where the rules are not sure of themselves: questions of several parts, conditions, comparisons, sums.

Pure, like the rules: looks at the signals and at what the rules decided, and says whether a model shall be asked.
"""

import re

from assistant.retrieval.cues import is_question
from assistant.text.fold import skeleton
from assistant.turn.cues import asks_price
from assistant.turn.decision import (
    Answer,
    AskModel,
    Clarify,
    Decision,
    EntryPart,
    HandOff,
    ModelMode,
    ModelRole,
    TotalPart,
)
from assistant.turn.signals import Signals

SURE = 0.9
"""A single entry this likely answers the question by itself."""

MOST_PARTS = 4

_BREAKS = re.compile(
    r"(?<=[。？?！!；;，,\n])|\s{2,}|(?:还有|另外|顺便|以及|同时|还想问|再问)(?:一下)?"
    r"|\b(?:and also|and then|and|also|plus|as well as|by the way|btw)\b"
)
_CONDITION = re.compile(
    r"如果|要是|假如|假设|万一|的话|若|超过|不满|不到|没有?满|以内|"
    r"\b(?:if|in case|unless|suppose|provided|as long as|what happens when|once i)\b"
)
_COMPARISON = re.compile(
    r"哪[个种款样](?!.{0,4}(?:地方|快递))|哪一[个种款]|区别|不同|差别|差在|差多少|相比|比(?!如|较)|还是(?!说)|更(?:便宜|贵|划算|好|大|多|重|耐|适合|值)|"
    r"\b(?:which|differences?|differ|compared?|vs|versus|than|better|cheaper|bigger|rather)\b"
)
_SUM = re.compile(
    r"一共|总共|合计|加起来|总价|共要|凑|够(?!呛)|买得?起|能[买拿换]几|可以买几|能买多少|差几|差多少|贵多少|便宜多少|省多少|平[均摊]|"
    r"\b(?:total|altogether|in all|add up|sum|enough|afford|how many .{0,30}(?:for|with)|left over|save|split|per person|how much (?:more|less|cheaper))\b"
)


def doubt(s: Signals, decision: Decision, *, role: ModelRole, mode: ModelMode) -> Decision:
    """Return the decision itself, or ``AskModel`` with it as what holds where the model does not help.

    A composer is asked only where the rules answer or would have to pass on a question; an agent also where they
    would ask back. Everything else (orders, money, other people's data, silence, warnings) stays with the rules.
    """
    if role == "none" or mode == "off" or s.image is not None or s.exact is not None:
        return decision
    kinds = kinds_of(s)
    match decision:
        case Answer():
            wanted = bool(kinds) and not _settled(s, decision, kinds)
        case HandOff(reason="missing_knowledge"):
            wanted = bool(kinds) or role == "agent"
        case Clarify() | HandOff(reason="unsupported_request"):
            wanted = role == "agent"
        case _:
            return decision
    always = mode == "always" and (role == "agent" or isinstance(decision, Answer))
    if not (wanted or always) or (role == "composer" and not s.understanding):
        return decision
    return AskModel(decision, role, ", ".join(kinds) or "the rules are not sure")


def kinds_of(s: Signals) -> tuple[str, ...]:
    """Return what makes the message more than one plain question: compound, conditional, comparative, arithmetic."""
    text = s.folded
    several = len({sku for mention in s.group.catalogue.names.find(text) for sku in mention.skus}) > 1
    asks = is_question(text)
    found = {
        "compound": len(parts_of(text)) > 1,
        "conditional": bool(_CONDITION.search(text)) and asks,
        "comparative": bool(_COMPARISON.search(text)) and (asks or several),
        "arithmetic": bool(_SUM.search(text)) and (asks or several or bool(s.reading.lines)),
    }
    return tuple(kind for kind, there in found.items() if there)


def parts_of(text: str) -> tuple[str, ...]:
    """Return the parts of a folded message that may each ask something of their own; the whole where there is one."""
    parts = [part.strip() for part in _BREAKS.split(text) if part and part.strip()]
    telling = [part for part in parts if _long_enough(part)]
    asking = [part for part in telling if is_question(part)]
    return tuple(dict.fromkeys(asking))[:MOST_PARTS] if len(asking) > 1 else (text,)


def about_sums(part: str) -> bool:
    """Return whether a part of a message asks for a price, a sum, a difference or what money buys."""
    return bool(_SUM.search(part) or _COMPARISON.search(part) or asks_price(part))


def _long_enough(part: str) -> bool:
    bones = skeleton(part)
    return len(part.split()) >= 2 if bones.isascii() else len(bones) >= 3


def _settled(s: Signals, answer: Answer, kinds: tuple[str, ...]) -> bool:
    """Return whether one sure entry, or a sum, is all that is asked for."""
    if len(answer.parts) != 1 or "compound" in kinds:
        return False
    part = answer.parts[0]
    if isinstance(part, TotalPart):
        return set(kinds) <= {"arithmetic"}
    return isinstance(part, EntryPart) and part.probability >= SURE and "arithmetic" not in kinds
