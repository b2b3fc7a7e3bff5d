"""Moves a group's operating point by what its seller thought of answers and silences.

One number is learnt: what is added to the logit of "this message wants something of us". It maximises the likelihood of
the marks under a normal prior around no change, so a few marks move it a little and many move it further; then it is
lowered until the replies it would give to the marked messages are right often enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.errors import UsageError
from assistant.retrieval.gate import GateReading, choose

FEWEST_MARKS = 20
"""Fewer say more about chance than about the group."""

PRECISION_FLOOR = 0.9
"""The share of replies to marked messages that must have been wanted; the point is never moved below it."""

PRIOR_SPREAD = 1.0
"""How far, in logits, one group's wishes are expected to lie from the average group's."""

_OFFSETS = np.round(np.arange(-30, 31) / 10, 1)


@dataclass(frozen=True)
class MarkedReading:
    """How the gate that ships read a message, and whether the seller wanted a reply to it."""

    reading: GateReading
    wanted: bool


@dataclass(frozen=True)
class Adaptation:
    """The new operating point, and what it and the shipped one do with the marked messages.

    ``spoke`` counts replies, ``precision`` is the share of them that were wanted (None: there are none).
    """

    offset: float
    marks: int
    spoke_before: int
    precision_before: float | None
    spoke: int
    precision: float | None
    held_by_floor: bool
    """Whether the marks asked for more talk than the floor of precision allows."""


def adapt(marks: Sequence[MarkedReading], *, talkative: float = 0.5) -> Adaptation:
    """The operating point that the marks ask for.

    Marks of addressed messages and of exact keywords belong elsewhere: the gate does not decide about those.

    Raises:
        UsageError: there are fewer than ``FEWEST_MARKS``.
    """
    if len(marks) < FEWEST_MARKS:
        raise UsageError(
            f"{FEWEST_MARKS} marks are needed to learn from, and {len(marks)} count: exact keywords and messages to the"
            " assistant by name teach nothing about when to speak"
        )
    wanted = np.array([mark.wanted for mark in marks])
    chances = np.clip([mark.reading.wants for mark in marks], 1e-4, 1 - 1e-4)
    logits = np.log(chances / (1 - chances))[:, None] + _OFFSETS
    likely = -np.logaddexp(0, np.where(wanted[:, None], -logits, logits)).sum(axis=0)
    best = float(_OFFSETS[int((likely - (_OFFSETS / PRIOR_SPREAD) ** 2 / 2).argmax())])
    offset = next((o for o in map(float, _OFFSETS[::-1]) if o <= best and _holds(marks, o, talkative)), _OFFSETS[0])
    before, now = _replies(marks, 0.0, talkative), _replies(marks, float(offset), talkative)
    return Adaptation(
        offset=float(offset),
        marks=len(marks),
        spoke_before=len(before),
        precision_before=_share(before),
        spoke=len(now),
        precision=_share(now),
        held_by_floor=float(offset) < best,
    )


def _holds(marks: Sequence[MarkedReading], offset: float, talkative: float) -> bool:
    """Whether the replies at this point are wanted often enough; to talk *more*, that must be likely, not luck."""
    replies = _replies(marks, offset, talkative)
    if offset <= 0:
        return not replies or sum(replies) / len(replies) >= PRECISION_FLOOR
    # Laplace's rule of succession: nine of nine show 0.91.
    return (sum(replies) + 1) / (len(replies) + 2) >= PRECISION_FLOOR


def _replies(marks: Sequence[MarkedReading], offset: float, talkative: float) -> list[bool]:
    """For each message that would get a reply at this point, whether one was wanted."""
    return [
        mark.wanted
        for mark in marks
        if choose(mark.reading.shifted(offset), talkative=talkative, addressed=False) != "silent"
    ]


def _share(replies: Sequence[bool]) -> float | None:
    return sum(replies) / len(replies) if replies else None
