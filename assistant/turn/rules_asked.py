"""What the member says to a question of ours: it completes the order that we asked about."""

from assistant.text.orders import Act, Mood
from assistant.turn.choices import picked, whole
from assistant.turn.cues import assents
from assistant.turn.decision import Clarify, Decision, LogOrder
from assistant.turn.memory import OpenLine, OpenQuestion
from assistant.turn.signals import Signals


def open_question(s: Signals) -> Decision | None:
    """What the member says completes the order that we asked about."""
    asked = s.memory.open if s.memory else None
    if asked is None or not asked.lines or s.reading.mood in (Mood.HYPOTHETICAL, Mood.PAST):
        return None
    if asked.kind == "which_product":
        return _chosen(s, asked)
    if asked.kind == "how_many":
        return _counted(s, asked)
    if asked.kind == "less":
        return _lessened(s, asked)
    return None


def _chosen(s: Signals, asked: OpenQuestion) -> Decision | None:
    lines = s.reading.lines
    if len(lines) > 1 or s.reading.act in (Act.CANCEL, Act.REMOVE):
        return None
    first = next((i for i, ln in enumerate(asked.lines) if len(ln.skus) != 1), 0)
    offered = asked.lines[first].skus
    quantity = asked.lines[first].quantity
    if lines:
        # "the standard one" fits several products by itself, but only one of those we offered.
        skus = tuple(sku for sku in lines[0].skus if sku in offered) or lines[0].skus
        quantity = whole(lines[0]) or quantity
    else:
        skus = picked(s.folded, offered, s.group.catalogue)
        if len(skus) != 1:
            return None
    filled = (*asked.lines[:first], OpenLine(skus, quantity), *asked.lines[first + 1 :])
    return completed(filled)


def _counted(s: Signals, asked: OpenQuestion) -> Decision | None:
    bare = s.reading.bare
    if bare is None or s.reading.lines:
        return None
    quantity = int(bare.value) if bare.value == bare.value.to_integral_value() else 0
    return completed(tuple(OpenLine(ln.skus, ln.quantity or quantity) for ln in asked.lines))


def _lessened(s: Signals, asked: OpenQuestion) -> Decision | None:
    """The member takes what is still possible, or names another quantity for the one refused line."""
    if assents(s.folded) and not s.reading.lines and s.reading.bare is None:
        return completed(asked.lines)
    bare = s.reading.bare
    if bare is not None and not s.reading.lines and len(asked.lines) == 1:
        quantity = int(bare.value) if bare.value == bare.value.to_integral_value() else 0
        return completed((OpenLine(asked.lines[0].skus, quantity),))
    return None


def completed(lines: tuple[OpenLine, ...]) -> Decision:
    """Return the order when all is known, else the next question."""
    for line in lines:
        if len(line.skus) != 1:
            return Clarify("which_of", options=line.skus, open=OpenQuestion("which_product", lines))
    for line in lines:
        if line.quantity is None:
            return Clarify("how_many", options=line.skus, open=OpenQuestion("how_many", lines))
    return LogOrder({line.skus[0]: line.quantity or 0 for line in lines})
