"""Reading what a group member's message says about an order."""

import re
from collections.abc import Sequence

from assistant.text import binding, clauses, cues, naming, units
from assistant.text.binding import Bound, Item
from assistant.text.clauses import AMOUNT_MASK, Clause
from assistant.text.fold import fold
from assistant.text.products import Mention, ProductName, ProductNames
from assistant.text.quantities import MASK, Amount, amounts, mask
from assistant.text.reading import Act, Line, Mood, Op, OrderReading, Quantity

__all__ = ["Act", "Line", "Mood", "OrderReading", "ProductName", "ProductNames", "Quantity", "read_order"]

_ADDRESSED = re.compile(r"@[^\s@,，:：]{1,20}")
# Words that make "... 一个" talk rather than an order of something unknown.
_TALK = re.compile(
    r"[是有在说发送过才们他她]|应该|便宜|地址|单号|快递|问题|优惠|券|照片|图|知道|喜欢|限|几|\\b(?:is|are|was|have|has)\\b"
)
_KEEP = re.compile(r"留着|保留|照旧|不变|不动|还要的|\bkeep\b|\bleave\b|\bsame\b")
_FAMILY = frozenset("老公 老婆 媳妇 我妈 我爸 妈妈 爸爸 婆婆 孩子 儿子 女儿 家里".split())


class _Message:
    """The intermediate values of one reading."""

    def __init__(self, text: str, names: ProductNames) -> None:
        self.names = names
        self.text = _ADDRESSED.sub(lambda m: " " * len(m[0]), fold(text))
        self.mentions: tuple[Mention, ...] = names.find(self.text)
        # A code that the catalogue does not have takes its quantity with it.
        strange = [Mention(a, b, code, (), "sku") for a, b, code in names.unknown_spans(self.text)]
        listed = sorted([*self.mentions, *strange], key=lambda m: m.start)
        self.masked = mask(self.text, ((m.start, m.end) for m in listed))
        self.amounts: tuple[Amount, ...] = amounts(self.masked, frozenset(names.units.values()))
        bound = binding.bind(self.text, listed, self.amounts, names)
        self.bound = Bound(tuple(item for item in bound.items if item.mention.skus), bound.loose)
        kept = [a for a in self.amounts if a.firm or not any(a is loose for loose in self.bound.loose)]
        hidden = list(self.masked)
        for amount in kept:
            hidden[amount.start : amount.end] = AMOUNT_MASK * (amount.end - amount.start)
        self.clauses = clauses.split(self.text, self.masked, "".join(hidden))
        asked = [item.mention for item in bound.items if not item.mention.skus and self._is_asked(item)]
        self.unknown_codes = tuple(dict.fromkeys(m.text for m in asked))

    def _is_asked(self, item: Item) -> bool:
        """Whether a code that the catalogue does not have is meant as one ("E05来2份", not "G20峰会")."""
        if item.amount is not None or self.names.has_letters(item.mention.text):
            return True
        return cues.REQUEST.search(self.clause_at(item.start).masked) is not None

    def clause_at(self, position: int) -> Clause:
        for clause in self.clauses:
            if clause.start <= position < clause.end:
                return clause
        return self.clauses[-1]


def read_order(text: str, names: ProductNames, members: Sequence[str] = ()) -> OrderReading:
    """What ``text`` says about an order; ``members`` are names by which other members may be spoken of.

    Pure and total: never raises, returns an empty reading for a message that has nothing to do with an order.
    """
    message = _Message(text, names)
    if not message.clauses:
        return OrderReading()
    swap, swapped = _swap(message)
    items = [item for item in message.bound.items if item.mention not in swapped]
    items, loose = _corrected(message, items, list(message.bound.loose))
    settled = {item.mention.skus for item in items if item.amount is not None}
    items = [item for item in items if item.amount is not None or item.mention.skus not in settled]
    entries = [(item, _op(message, item)) for item in items if not _kept(message, item)]
    bare = None if items or message.unknown_codes else _bare(message, loose)
    moods = [_item_mood(message, item) for item, _ in entries]
    mood = _swap_mood(message) if swap else _mood(message, moods, has_bare=bare is not None)
    act = _act(message, [op for _, op in entries], mood, swap=swap is not None, bare=bare is not None)
    if swap:
        moods = [mood for _ in moods]
    wanted = [
        e for e, m in zip(entries, moods, strict=True) if m == mood or mood is not Mood.REQUEST or e[1] == "remove"
    ]
    lines = tuple(_line(message, item, op, act) for item, op in wanted)
    unknown = message.unknown_codes or (() if items or bare else _unknown(message, loose))
    only = _only(message, act, mood)
    return OrderReading(
        lines=lines,
        bare=bare if act is not Act.CANCEL else None,
        swap=swap,
        unknown=unknown,
        act=act,
        mood=mood,
        other_person=_other_person(message.text, members),
        question=_question(message, mood),
        strength=_strength(message, lines, bare=bare, act=act, mood=mood),
        only_products=bool(message.mentions) and not message.amounts and only,
        only_quantity=bare is not None and not message.mentions and only,
    )


# --- lines -----------------------------------------------------------------------------------------------------------


def _line(message: _Message, item: Item, op: Op, act: Act) -> Line:
    if (act is Act.PLACE and op == "add") or act is Act.SWAP:
        op = "set"
    text = message.text[item.start : item.end]
    skus = item.mention.skus
    if item.amount is None:
        return Line(skus, None, None, op, text)
    value, unit = item.amount.value, item.amount.unit
    if len(skus) > 1 and unit is not None:
        # "一盒白茶": of the white teas only one is sold by the box.
        fitting = tuple(sku for sku in skus if units.canonical(message.names.units[sku]) == unit)
        skus = fitting or skus
    if len(skus) == 1:
        value, unit = units.convert(value, unit, message.names.units[skus[0]])
    return Line(skus, value, unit, op, text)


def _corrected(message: _Message, items: list[Item], loose: list[Amount]) -> tuple[list[Item], list[Amount]]:
    """Apply what the member takes back within the message: "A01两斤，啊不对，一斤就够了"."""
    events: list[Item | Amount] = sorted([*items, *(a for a in loose if a.firm)], key=lambda e: e.start)
    result: list[Item] = []
    rest = [a for a in loose if not a.firm]
    for event in events:
        last = result[-1] if result else None
        if last is None:
            if isinstance(event, Item):
                result.append(event)
            else:
                rest.append(event)
            continue
        gap_end = event.start + (0 if isinstance(event, Amount) else 1)
        gap = message.masked[last.end : gap_end]
        taken_back = cues.CORRECTION.search(gap) is not None
        if isinstance(event, Amount):
            after = message.masked[event.end : event.end + 6]
            if taken_back or re.match(r"(?:就|也)?(?:够|行|好)", after):
                result[-1] = Item(last.mention, event)
            else:
                rest.append(event)
        elif (
            taken_back
            and last.amount is not None
            and taken_back
            and "不对" in gap
            or taken_back
            and _retake(gap, last, event)
        ):
            result[-1] = Item(event.mention, event.amount or last.amount)
        else:
            result.append(event)
    return result, rest


def _retake(gap: str, last: Item, event: Item) -> bool:
    """Whether a later item replaces the one before it: the same product again, or a plain "no, I meant ..."."""
    if set(last.mention.skus) & set(event.mention.skus):
        return True
    return (
        re.search(
            r"写错|说错|打错|搞错|更正|哦不|啊不|噢不|\bno wait\b|\bwait,? no\b|\bi mean|\bsorry|\boops|\bcorrection",
            gap,
        )
        is not None
    )


def _op(message: _Message, item: Item) -> Op:
    at = item.mention.start
    clause = message.clause_at(at)
    scope = clause.masked
    if item.amount is not None:
        second = message.clause_at(item.amount.start)
        scope = scope if second is clause else second.masked
    if cues.REMOVE.search(scope) and (
        item.amount is None or cues.DECREASE.search(scope) or cues.NEGATED.search(scope) or cues.CANCEL.search(scope)
    ):
        return "remove"
    if cues.REMOVE.search(scope) and scope.isascii():
        return "remove"
    return "add" if cues.ADD.search(_around(message, item)) else "set"


def _around(message: _Message, item: Item) -> str:
    """The part of the message that speaks of this item: from the item before it (or the clause's start) to the
    clause's end, or only to its own end when another item follows in the clause."""
    start = min(message.clause_at(item.start).start, item.start)
    end = message.clause_at(item.end - 1).end
    for other in message.bound.items:
        if other.end <= item.start:
            start = max(start, other.end)
        elif other.start >= item.end and other.start < end:
            end = item.end
    return message.masked[start:end]


def _kept(message: _Message, item: Item) -> bool:
    """Whether the item is only said to stay as it is ("鸡蛋留着")."""
    clause = message.clause_at(item.start)
    if cues.EXCEPT.search(message.masked[: item.start]):
        return True
    return len(message.bound.items) > 1 and item.amount is None and _KEEP.search(clause.masked) is not None


def _swap(message: _Message) -> tuple[tuple[tuple[str, ...], tuple[str, ...]] | None, tuple[Mention, ...]]:
    """The products exchanged for each other, and the mentions that no longer count as lines."""
    text, mentions = message.masked, message.mentions
    for left, right in zip(mentions, mentions[1:], strict=False):
        gap = text[left.end : right.start]
        if set(left.skus) & set(right.skus) and len(left.skus) == len(right.skus) == 1:
            continue
        if re.search(r"\binstead of\b|\brather than\b", gap):
            return (right.skus, left.skus), (right,)
        if re.search(r"(?:换成?|改[成为]?|替成)[^,、。;\n]*$", gap) and "\n" not in gap:
            return (left.skus, right.skus), (left,)
        lead = text[max(0, left.start - 40) : left.start]
        if cues.SWAP_LEAD.search(lead) and re.search(r"\b(?:for|with|to|into)\b", gap) and len(gap) < 30:
            return (left.skus, right.skus), (left,)
    if (
        mentions
        and re.search(r"(?:换成|改成|改为|换为)[^\ue000,。]{0,8}$", text[: mentions[0].start])
        and len(mentions) == 1
    ):
        return ((), mentions[0].skus), ()
    return None, ()


# --- the whole message -----------------------------------------------------------------------------------------------


def _bare(message: _Message, loose: Sequence[Amount]) -> Quantity | None:
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


def _item_mood(message: _Message, item: Item) -> Mood:
    at = item.mention.start if item.amount is None else item.amount.start
    clause = message.clause_at(at)
    notation = item.mention.how == "sku" or (item.amount is not None and item.amount.notation)
    mood = clauses.mood_of(clause, notation=notation)
    first = message.clause_at(item.mention.start)
    if first is not clause and mood is Mood.REQUEST and cues.HYPOTHETICAL.search(first.masked):
        return Mood.HYPOTHETICAL
    if item.amount is None and mood is Mood.REQUEST and not cues.REQUEST.search(clause.masked):
        if clause.weight > 1 or re.search(r"\d", clause.bare):
            return Mood.STATEMENT
        if any(clauses.is_question(other) for other in message.clauses):
            return Mood.QUESTION
    return mood


def _mood(message: _Message, moods: Sequence[Mood], *, has_bare: bool) -> Mood:
    if (
        re.search(r"先?问问(?:看|价)?$|先问|just (?:asking|curious|wondering)", message.text)
        and Mood.REQUEST not in moods[:0]
    ):
        return Mood.HYPOTHETICAL
    if Mood.REQUEST in moods:
        return Mood.REQUEST
    if moods:
        return moods[0]
    relevant = [
        c
        for c in message.clauses
        if c.has_content
        or (has_bare and any(c.start <= a.start < c.end for a in message.bound.loose))
        or cues.CANCEL.search(c.masked)
        or cues.REMOVE.search(c.masked)
    ]
    if relevant:
        found = [clauses.mood_of(clause, notation=False) for clause in relevant]
        if (
            {Mood.NEGATED, Mood.PAST} & set(found)
            and Mood.QUESTION not in found
            and any(cues.CANCEL.search(c.masked) or re.search("删|撤|划", c.masked) for c in relevant)
        ):
            return Mood.REQUEST
        return Mood.REQUEST if Mood.REQUEST in found else found[0]
    if any(clauses.is_question(clause) for clause in message.clauses):
        return Mood.QUESTION
    return Mood.STATEMENT


def _swap_mood(message: _Message) -> Mood:
    """An exchange is asked for unless it is only asked about or imagined."""
    for clause in message.clauses:
        if not re.search(r"换|改[成为]", clause.masked) and not cues.SWAP_LEAD.search(clause.masked):
            continue
        if cues.HYPOTHETICAL.search(clause.masked):
            return Mood.HYPOTHETICAL
        if clauses.is_question(clause) and not clauses.is_polite_request(clause):
            return Mood.QUESTION
    return Mood.REQUEST


def _act(message: _Message, ops: Sequence[Op], mood: Mood, *, swap: bool, bare: bool) -> Act:
    text = message.masked
    if mood in (Mood.HYPOTHETICAL, Mood.PAST):
        return Act.NONE
    if swap:
        return Act.SWAP
    wanted = any(op != "remove" for op in ops)
    if cues.DAMAGE.search(text) and not ops:
        return Act.NONE
    if (
        cues.CANCEL.search(text)
        and not wanted
        and not (bare and not cues.WHOLE.search(text))
        and (not ops or cues.WHOLE.search(text))
    ):
        return Act.CANCEL
    if ops and not wanted:
        return Act.REMOVE
    if not ops and not bare:
        short = sum(clause.weight for clause in message.clauses) < 3
        return Act.CANCEL if cues.REMOVE.search(text) and short and mood is not Mood.QUESTION else Act.NONE
    if mood is not Mood.REQUEST:
        return Act.NONE
    if cues.DECREASE.search(text) and bare:
        return Act.REMOVE
    if "remove" in ops or cues.CHANGE.search(_first_part(message)):
        return Act.CHANGE
    first = next((op for op in ops), None)
    if first == "add" or (bare and cues.ADD.search(text)):
        return Act.ADD
    return Act.PLACE


def _first_part(message: _Message) -> str:
    """The text in which a change cue speaks of the order rather than of a slip inside this message."""
    if not message.bound.items and message.bound.loose:
        return message.masked
    first = message.bound.items[0]
    clause = message.clause_at(first.start)
    if first.amount is not None:
        return message.masked[: message.clause_at(first.amount.start).end]
    return message.masked[: clause.end]


def _question(message: _Message, mood: Mood) -> str:
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


def _unknown(message: _Message, loose: Sequence[Amount]) -> tuple[str, ...]:
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


def _other_person(text: str, members: Sequence[str]) -> str | None:
    for name in members:
        folded = re.escape(fold(name))
        if folded and re.search(rf"{folded}(?:'s|的|那|帮|订|下|买|拍|也?要|不要)", text):
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


def _only(message: _Message, act: Act, mood: Mood) -> bool:
    """Whether products and amounts are all that the message says."""
    if act not in (Act.NONE, Act.PLACE, Act.CHANGE) or mood not in (Mood.REQUEST, Mood.STATEMENT):
        return False
    return all(not re.sub(r"\W", "", clause.residue) for clause in message.clauses)


def _strength(message: _Message, lines: Sequence[Line], *, bare: Quantity | None, act: Act, mood: Mood) -> float:
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
