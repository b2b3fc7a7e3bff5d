"""What a message says besides its order lines: a bare amount, unknown goods, a question, whose order it is."""

import re
from collections.abc import Sequence

from assistant.text import clauses, cues, naming
from assistant.text.clauses import AMOUNT_MASK, Clause
from assistant.text.fold import fold
from assistant.text.message import Message
from assistant.text.quantities import MASK, Amount
from assistant.text.reading import Act, Line, Mood, Quantity

# Words that make "... 一个" talk rather than an order of something unknown.
_TALK = re.compile(
    r"[是有在说发送过才们他她]|家里|孩子|[儿娃]子?|老人|同事|朋友|公司|单位|客人|亲戚|爸|妈|应该|便宜|地址|单号|快递|问题|优惠|券|照片|图|知道|喜欢|限|几|\\b(?:is|are|was|have|"
    r"has)\\b"
)


def bare_quantity(message: Message, loose: Sequence[Amount]) -> Quantity | None:
    """The amount of a message that names no product but says little else than an amount."""
    candidates: list[Amount] = []
    cued: list[Amount] = []
    for amount in loose:
        clause = message.clause_at(amount.start)
        cue = (
            cues.CHANGE.search(clause.masked)
            or cues.DECREASE.search(clause.masked)
            or cues.ADD.search(clause.masked)
            or cues.REMOVE.search(clause.masked)
        )
        weight = _weight_without(clause, amount)
        alone = not re.sub(r"\W", "", message.text[: amount.start] + message.text[amount.end :])
        if amount.unit is None and (amount.article or amount.value > 99):
            continue
        rest = clause.bare[: amount.start - clause.start] + clause.bare[amount.end - clause.start :]
        if not cue and re.search(r"\d", rest):
            continue
        if weight < (3 if cue else 1) and (amount.firm or cue or alone or _says_only(clause, amount)):
            (cued if cue else candidates).append(amount)
    candidates = cued or candidates
    if not candidates:
        return None
    last = candidates[-1]
    if len(candidates) > 1 and not cues.CHANGE.search(message.masked) and not cues.CORRECTION.search(message.masked):
        return None
    return Quantity(last.value, last.unit)


def _weight_without(clause: Clause, amount: Amount) -> float:
    start, end = amount.start - clause.start, amount.end - clause.start
    bare = clause.bare[:start] + AMOUNT_MASK * (end - start) + clause.bare[end:]
    return Clause(clause.start, clause.end, clause.text, clause.masked, bare, clause.stop).weight


def _says_only(clause: Clause, amount: Amount) -> bool:
    rest = clause.text[: amount.start - clause.start] + " " + clause.text[amount.end - clause.start :]
    return not re.sub(r"\W", "", cues.FILLER.sub("", rest))


def question(message: Message, mood: Mood) -> str:
    """The clauses that ask something besides the order."""
    asked = []
    for clause in message.clauses:
        if not clauses.is_question(clause):
            continue
        if clause.has_content and mood is Mood.REQUEST:
            tail = re.split(f"[{MASK}{AMOUNT_MASK}]", clause.bare)[-1].strip()
            if len(tail) > 1 and not tail.isascii() and clauses.is_polite_request(clause):
                asked.append(tail)
        else:
            asked.append(clause.text.strip() + ("?" if "?" in clause.stop else ""))
    return " ".join(asked)


def unknown_goods(message: Message, loose: Sequence[Amount]) -> tuple[str, ...]:
    """The words that an amount is asked of when they are no product of the catalogue ("太平猴魁给我一斤")."""
    for amount in loose:
        clause = message.clause_at(amount.start)
        if not amount.firm or amount.article or clauses.mood_of(clause, notation=False) is not Mood.REQUEST:
            continue
        at_end = not clause.residue[amount.end - clause.start :].strip()
        if not (cues.REQUEST.search(clause.masked) or (at_end and amount.unit not in (None, "个"))):
            continue
        before = clause.residue[: amount.start - clause.start].split()
        after = clause.residue[amount.end - clause.start :].split()
        words = before[-1:] or after[:1] if naming.has_han(clause.residue) else before + after
        text = " ".join(words)
        if 2 <= len(text) <= 24 and not _TALK.search(text):
            return (text,)
    return ()


def left_over_goods(message: Message, loose: Sequence[Amount], mood: Mood) -> tuple[str, ...]:
    """Words before an amount that no line took, beside lines that are known ("牛奶3瓶 米1袋": 米).

    They are reported so that an order is never read in part only.
    """
    if mood is not Mood.REQUEST:
        return ()
    left = []
    for amount in loose:
        clause = message.clause_at(amount.start)
        match = re.search("[\u3400-\u9fff]{1,6}$", clause.residue[: amount.start - clause.start])
        if match and amount.firm and not amount.article and not _TALK.search(match[0]):
            left.append(match[0])
    return tuple(left)


def other_person(text: str, members: Sequence[str]) -> str | None:
    for name in members:
        folded = fold(name)
        # Most names are not in the text at all, and a group may have hundreds.
        if folded and folded in text and re.search(rf"{re.escape(folded)}(?:'s|的|那|帮|订|下|买|拍|也?要|不要)", text):
            return name
    match = cues.OTHER.search(text)
    if not match:
        return None
    who = next((group for group in match.groups() if group), None)
    if (
        who is None
        or who in cues.NOT_OTHER
        or who.startswith(("我", "刚", "咱", "俺"))
        or who.endswith(("我", "我们", "付完", "下", "订", "拍", "要", "来", "一"))
    ):
        return None
    return who


def says_nothing_else(message: Message, act: Act, mood: Mood) -> bool:
    """Whether products and amounts are all that the message says."""
    if act not in (Act.NONE, Act.PLACE, Act.CHANGE) or mood not in (Mood.REQUEST, Mood.STATEMENT):
        return False
    return all(not re.sub(r"\W", "", clause.residue) for clause in message.clauses)


def strength(message: Message, lines: Sequence[Line], *, bare: Quantity | None, act: Act, mood: Mood) -> float:
    """How surely the message is an order act by itself.

    A base for what is said (SKU or name with a quantity 0.75, part of a name 0.6, product only 0.15, quantity only
    0.25, cancel 0.6), plus 0.2 for an asking or changing word, minus 0.03 for each character that ordering does not
    explain in the clauses concerned (at most 0.4); times 0.2 when it is not meant as a request.
    """
    if act is Act.NONE and not lines and bare is None:
        return 0.0
    quantified = [line for line in lines if line.quantity is not None]
    sure = any(m.how in ("sku", "name", "alias") and len(m.skus) == 1 for m in message.mentions)
    if act in (Act.CANCEL, Act.SWAP, Act.REMOVE):
        base = 0.6
    elif quantified:
        base = 0.75 if sure else 0.6
    elif lines:
        base = 0.15 if not any(m.how == "sku" for m in message.mentions) else 0.3
    else:
        base = 0.25
    concerned = [c for c in message.clauses if c.has_content or len(message.clauses) == 1]
    if any(p.search(c.masked) for c in concerned for p in (cues.REQUEST, cues.ADD, cues.CHANGE, cues.POLITE)):
        base += 0.2
    base -= min(0.4, 0.03 * sum(c.weight for c in concerned))
    if mood is not Mood.REQUEST:
        base *= 0.2
    return round(max(0.0, min(1.0, base)), 3)
