"""Reading what a group member's message says about an order."""

import re
from collections.abc import Sequence
from itertools import pairwise

from assistant.text import clauses, cues, remarks, units
from assistant.text.binding import Item
from assistant.text.message import Message
from assistant.text.products import Mention, ProductName, ProductNames
from assistant.text.quantities import Amount
from assistant.text.reading import Act, Line, Mood, Op, OrderReading, Quantity

__all__ = ["Act", "Line", "Mood", "OrderReading", "ProductName", "ProductNames", "Quantity", "read_order"]

_KEEP = re.compile(r"留着|保留|照旧|不变|不动|还要的|\bkeep\b|\bleave\b|\bsame\b")


def read_order(text: str, names: ProductNames, members: Sequence[str] = ()) -> OrderReading:
    """What ``text`` says about an order; ``members`` are names by which other members may be spoken of.

    Pure and total: never raises, returns an empty reading for a message that has nothing to do with an order.
    """
    message = Message(text, names)
    if not message.clauses:
        return OrderReading()
    swap, swapped = _swap(message)
    items = [item for item in message.bound.items if item.mention not in swapped]
    items, loose = _corrected(message, items, list(message.bound.loose))
    settled = {item.mention.skus for item in items if item.amount is not None}
    items = [item for item in items if item.amount is not None or item.mention.skus not in settled]
    entries = [(item, _op(message, item)) for item in items if not _kept(message, item)]
    bare = None if items or message.unknown_codes else remarks.bare_quantity(message, loose)
    moods = [_item_mood(message, item) for item, _ in entries]
    mood = _swap_mood(message) if swap else _mood(message, moods, has_bare=bare is not None)
    act = _act(message, [op for _, op in entries], mood, swap=swap is not None, bare=bare is not None)
    if swap:
        moods = [mood for _ in moods]
    wanted = [
        e for e, m in zip(entries, moods, strict=True) if m == mood or mood is not Mood.REQUEST or e[1] == "remove"
    ]
    lines = tuple(_line(message, item, op, act) for item, op in wanted)
    unknown = message.unknown_codes
    if not unknown and bare is None:
        unknown = remarks.left_over_goods(message, loose, mood) if items else remarks.unknown_goods(message, loose)
    only = remarks.says_nothing_else(message, act, mood)
    return OrderReading(
        lines=lines,
        bare=bare if act is not Act.CANCEL else None,
        swap=swap,
        unknown=unknown,
        act=act,
        mood=mood,
        other_person=remarks.other_person(message.text, members),
        question=remarks.question(message, mood),
        strength=remarks.strength(message, lines, bare=bare, act=act, mood=mood),
        plain=bool(items) and only and not any(item.mention.how == "fuzzy" for item in items),
        only_products=bool(message.mentions) and not message.amounts and only,
        only_quantity=bare is not None and not message.mentions and only,
    )


# --- lines -----------------------------------------------------------------------------------------------------------


def _line(message: Message, item: Item, op: Op, act: Act) -> Line:
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


def _corrected(message: Message, items: list[Item], loose: list[Amount]) -> tuple[list[Item], list[Amount]]:
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
        elif taken_back and ((last.amount is not None and "不对" in gap) or _retake(gap, last, event)):
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


def _op(message: Message, item: Item) -> Op:
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


def _around(message: Message, item: Item) -> str:
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


def _kept(message: Message, item: Item) -> bool:
    """Whether the item is only said to stay as it is ("鸡蛋留着")."""
    clause = message.clause_at(item.start)
    if cues.EXCEPT.search(message.masked[: item.start]):
        return True
    return len(message.bound.items) > 1 and item.amount is None and _KEEP.search(clause.masked) is not None


def _swap(message: Message) -> tuple[tuple[tuple[str, ...], tuple[str, ...]] | None, tuple[Mention, ...]]:
    """The products exchanged for each other, and the mentions that no longer count as lines."""
    text, mentions = message.masked, message.mentions
    for left, right in pairwise(mentions):
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


def _item_mood(message: Message, item: Item) -> Mood:
    at = item.mention.start if item.amount is None else item.amount.start
    clause = message.clause_at(at)
    notation = item.mention.how == "sku" or (item.amount is not None and item.amount.notation)
    mood = clauses.mood_of(clause, notation=notation)
    first = message.clause_at(item.mention.start)
    if first is not clause and mood is Mood.REQUEST:
        if cues.HYPOTHETICAL.search(first.masked):
            return Mood.HYPOTHETICAL
        if _only_asked_about(first, clause):
            return Mood.QUESTION
    if item.amount is None and mood is Mood.REQUEST and not cues.REQUEST.search(clause.masked):
        if cues.REMOVE.search(clause.masked):
            # "scrap the mat": beside the word of removing nothing else is said.
            return mood if clauses.weight_of(cues.REMOVE.sub(" ", clause.bare)) <= 1 else Mood.STATEMENT
        if clause.weight > 1 or re.search(r"\d", clause.bare):
            return Mood.STATEMENT
        if any(clauses.is_question(other) for other in message.clauses):
            return Mood.QUESTION
    return mood


def _only_asked_about(goods: clauses.Clause, count: clauses.Clause) -> bool:
    """Whether the goods stand in a question and the number belongs to what is told beside it.

    "孩子一天喝三杯，可以喝这个蜂蜜吗" orders nothing; "蜂蜜还有吗，来两瓶" and "蜂蜜还有吗，两瓶" do.
    """
    if not clauses.is_question(goods) or clauses.is_polite_request(goods):
        return False
    asks_for_it = any(cue.search(count.masked) for cue in (cues.REQUEST, cues.ADD, cues.REMOVE, cues.CHANGE))
    return not asks_for_it and clauses.weight_of(count.bare) >= 2


def _mood(message: Message, moods: Sequence[Mood], *, has_bare: bool) -> Mood:
    if (
        re.search(r"先?问问(?:看|价)?$|先问|just (?:asking|curious|wondering)", message.text)
        and Mood.REQUEST not in moods[:0]
    ):
        return Mood.HYPOTHETICAL
    if Mood.REQUEST in moods:
        return Mood.REQUEST
    if moods:
        # "普洱不要了，其他照旧" speaks of an order; "花茶就不要了" alone may be small talk and stays negated.
        speaks_of_order = _KEEP.search(message.masked) or cues.WHOLE.search(message.masked)
        return Mood.REQUEST if moods[0] is Mood.NEGATED and speaks_of_order else moods[0]
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


def _swap_mood(message: Message) -> Mood:
    """An exchange is asked for unless it is only asked about or imagined."""
    for clause in message.clauses:
        if not re.search(r"换|改[成为]", clause.masked) and not cues.SWAP_LEAD.search(clause.masked):
            continue
        if cues.HYPOTHETICAL.search(clause.masked):
            return Mood.HYPOTHETICAL
        if clauses.is_question(clause) and not clauses.is_polite_request(clause):
            return Mood.QUESTION
    return Mood.REQUEST


def _act(message: Message, ops: Sequence[Op], mood: Mood, *, swap: bool, bare: bool) -> Act:
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


def _first_part(message: Message) -> str:
    """The text in which a change cue speaks of the order rather than of a slip inside this message."""
    if not message.bound.items and message.bound.loose:
        return message.masked
    first = message.bound.items[0]
    clause = message.clause_at(first.start)
    if first.amount is not None:
        return message.masked[: message.clause_at(first.amount.start).end]
    return message.masked[: clause.end]
