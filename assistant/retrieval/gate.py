"""When to speak: a probability, and what the costs of being wrong make of it.

Ranking and gating are two models. The ranker says which entry is nearest; the gate says whether anybody asked.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from assistant.retrieval.cues import has_cue, is_question
from assistant.retrieval.embedder import FloatArray
from assistant.retrieval.index import Found
from assistant.retrieval.intents import Intents
from assistant.retrieval.weights import load_weights, unpacked
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
DOING = (
    "place_order",
    "change_order",
    "cancel_order",
    "order_status",
    "payment_done",
    "request_refund",
    "complaint",
    "custom_request",
    "bargain",
)
# An answer this many seconds ago makes a short message likelier to be a follow-up.
RECENT = 180.0


@dataclass(frozen=True)
class GateSignals:
    """Everything the gate looks at, as numbers; build it with ``signals_of``.

    ``near``, ``words``, ``named`` and ``coverage`` are of the first hit (see ``features``); ``chatter``, ``asking`` and
    ``doing`` are sums of intent probabilities; ``since_last_answer`` is in seconds.
    """

    known: float
    best: float
    margin: float
    near: float
    words: float
    named: float
    coverage: float
    directed: float
    chatter: float
    asking: float
    doing: float
    product: float
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

    def shifted(self, offset: float) -> "GateReading":
        """The reading at another operating point: ``offset`` is added to the logit of ``wants``."""
        if not 0 < self.wants < 1 or not offset:
            return self
        wants = _logistic(float(np.log(self.wants / (1 - self.wants))) + offset)
        return GateReading(wants * self.have, wants)


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
    p = intents.probabilities
    features = found.features
    return GateSignals(
        known=found.known,
        best=found.best.probability if found.best else 0.0,
        margin=found.margin,
        near=features.get("met_max", 0.0),
        words=features.get("lex_max", 0.0),
        named=features.get("named", 0.0),
        coverage=features.get("coverage", 0.0),
        directed=intents.directed,
        chatter=sum(p.get(name, 0.0) for name in CHATTER),
        asking=sum(value for name, value in p.items() if name.startswith("ask_")),
        doing=sum(p.get(name, 0.0) for name in DOING),
        product=p.get("ask_product", 0.0) + p.get("other_question", 0.0),
        is_question=is_question(text),
        addressed=addressed,
        exact=found.exact is not None,
        length=len(skeleton(text)),
        from_member=from_member,
        since_last_answer=since_last_answer,
        to_another=has_cue(text, "mention") and not addressed,
    )


def gate_inputs(s: GateSignals) -> FloatArray:
    """The signals as the gate's input row."""
    values = (
        _logit(s.known),
        _logit(s.best),
        s.margin,
        s.near,
        s.words,
        s.named,
        s.coverage,
        _logit(s.directed),
        s.chatter,
        s.asking,
        s.doing,
        s.product,
        float(s.is_question),
        float(s.is_question) * s.near,
        float(s.is_question) * _logit(s.directed),
        min(s.length, 40) / 40,
        float(s.length <= 3),
        float(s.since_last_answer is not None and s.since_last_answer < RECENT),
        1.0,
    )
    return np.array(values, np.float32)


def _logit(chance: float) -> float:
    clipped = min(max(chance, 0.01), 0.99)
    return float(np.log(clipped / (1 - clipped)))


def _logistic(value: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(value, -30, 30))))


class Gate:
    """Reads the signals with one row of fitted weights (``yidan train gate``)."""

    def __init__(self, weights: FloatArray, *, offset: float = 0.0) -> None:
        """``offset`` is added to the logit: a group's own operating point."""
        self._weights = weights
        self._offset = offset

    @classmethod
    def default(cls) -> "Gate":
        """The gate that ships."""
        return cls(_shipped())

    def adapted(self, offset: float) -> "Gate":
        """The same gate for a group whose marks asked for another operating point."""
        return Gate(self._weights, offset=offset)

    def read(self, signals: GateSignals) -> GateReading:
        """The two probabilities. The seller's own messages want nothing of us."""
        if not signals.from_member or signals.to_another:
            return GateReading(0.0, 0.0)
        if signals.exact:
            return GateReading(0.98, 0.99)
        logit = float(self._weights @ gate_inputs(signals)) + self._offset
        wants = _logistic(logit)
        if signals.addressed:
            wants = max(wants, 0.9)
        return GateReading(wants * signals.known, wants)


@cache
def _shipped() -> FloatArray:
    return unpacked(load_weights("gate")["weights"])


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
