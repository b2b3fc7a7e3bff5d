"""When to speak: a probability, and what the costs of being wrong make of it.

Ranking and gating are two models. The ranker says which entry is nearest; the gate says whether anybody asked.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from assistant.retrieval.cues import has_cue, is_question
from assistant.retrieval.index import Found
from assistant.retrieval.intents import Intents
from assistant.text.fold import skeleton

Choice = Literal["answer", "ask_seller", "silent"]

# What a mistake costs, in units of one needless reply to a chat between members.
SPEAK_UNASKED = 1.0
# Somebody asked and nobody said anything: the seller sees the message too, so it is not lost.
MISS = 0.8
# A wrong answer misleads a buyer.
WRONG_ANSWER = 1.0
# Asking the seller what an entry would have said: a delay for the member and work for the seller.
NEEDLESS_ASK = 0.6
# An addressed message wants a reply nearly always; being wrong about it is no intrusion.
SPEAK_UNASKED_ADDRESSED = 0.1
# From "quiet" (0) over the default (0.5) to "talkative" (1) the cost of speaking falls by this factor a half step.
TALKATIVE_FACTOR = 4.0

CHATTER = ("chitchat", "greeting", "thanks", "ad", "injection")


@dataclass(frozen=True)
class GateSignals:
    """Everything the gate looks at, as numbers; build it with ``signals_of``."""

    known: float
    best: float
    margin: float
    cos: float
    lex: float
    named: float
    directed: float
    chatter: float
    asking: float
    is_question: bool
    addressed: bool
    exact: bool
    length: int
    from_member: bool = True
    since_last_answer: float | None = None
    to_another: bool = False


@dataclass(frozen=True)
class GateReading:
    """``wants``: the chance that the message wants something of us; ``answer``: that it does and we have it."""

    answer: float
    wants: float

    @property
    def have(self) -> float:
        """The chance that we have the answer, given that one is wanted."""
        return min(self.answer / self.wants, 1.0) if self.wants > 0 else 0.0


def signals_of(
    text: str,
    found: Found,
    intents: Intents,
    *,
    addressed: bool,
    from_member: bool = True,
    since_last_answer: float | None = None,
) -> GateSignals:
    """The gate's signals; ``since_last_answer`` is in seconds, of our last answer to this member."""
    probabilities = intents.probabilities
    chatter = sum(probabilities.get(name, 0.0) for name in CHATTER)
    return GateSignals(
        known=found.known,
        best=found.best.probability if found.best else 0.0,
        margin=found.margin,
        cos=found.features.get("cos", 0.0),
        lex=found.features.get("lex", 0.0),
        named=found.features.get("named", 0.0),
        directed=intents.directed,
        chatter=chatter,
        asking=sum(value for name, value in probabilities.items() if name.startswith("ask_")),
        is_question=is_question(text),
        addressed=addressed,
        exact=found.exact is not None,
        length=len(skeleton(text)),
        from_member=from_member,
        since_last_answer=since_last_answer,
        to_another=has_cue(text, "mention") and not addressed,
    )


class Gate:
    """Reads the signals."""

    @classmethod
    def default(cls) -> "Gate":
        """The gate that ships."""
        return cls()

    def read(self, signals: GateSignals) -> GateReading:
        """The two probabilities. The seller's own messages want nothing of us."""
        if not signals.from_member or signals.to_another:
            return GateReading(0.0, 0.0)
        if signals.exact:
            return GateReading(0.98, 0.99)
        logit = (
            -3.0
            + 4.0 * signals.directed
            - 2.5 * signals.chatter
            + 1.2 * signals.is_question
            + 2.0 * signals.known
            + 0.8 * signals.named
        )
        wants = float(1 / (1 + np.exp(-logit)))
        if signals.addressed:
            wants = max(wants, 0.9)
        return GateReading(wants * signals.known, wants)


def choose(reading: GateReading, *, talkative: float = 0.5, addressed: bool) -> Choice:
    """The cheapest of the three in expectation; ``talkative`` is between 0 (quiet) and 1."""
    unasked = SPEAK_UNASKED_ADDRESSED if addressed else SPEAK_UNASKED
    unasked *= TALKATIVE_FACTOR ** (2 * (0.5 - talkative))
    idle = 1 - reading.wants
    costs: dict[Choice, float] = {
        "answer": idle * unasked + (reading.wants - reading.answer) * WRONG_ANSWER,
        "ask_seller": idle * unasked + reading.answer * NEEDLESS_ASK,
        "silent": reading.wants * MISS,
    }
    return min(costs, key=lambda name: costs[name])
