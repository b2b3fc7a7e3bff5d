"""What the embedding tells about a message: hits, intents, whether anybody asked, follow-ups completed."""

import re

from assistant.retrieval.cues import is_question
from assistant.retrieval.embedder import Embedder
from assistant.retrieval.gate import Gate, signals_of
from assistant.retrieval.intents import IntentModel
from assistant.text.fold import fold, skeleton
from assistant.turn.followup import Completed, complete, points
from assistant.turn.signals import SURE, Clause, Signals, Understanding

_BREAKS = re.compile(r"[。？?！!；;，,\n]+|\s{2,}")
_CLAUSE_ZH = 4
_CLAUSE_EN_WORDS = 3
_MOST_CLAUSES = 3
_MORE_LIKELY = 0.1
"""A message that may stand on its own is taken as a follow-up only if that is so much likelier to be answered."""


def clauses_of(text: str) -> list[str]:
    """Return the parts of a message that each ask something, where there are at least two."""
    parts = [part.strip() for part in _BREAKS.split(text)]
    asking = [part for part in parts if _long_enough(part) and is_question(part)]
    return asking[:_MOST_CLAUSES] if len(asking) > 1 else []


def _long_enough(part: str) -> bool:
    bones = skeleton(part)
    return len(part.split()) >= _CLAUSE_EN_WORDS if bones.isascii() else len(bones) >= _CLAUSE_ZH


class Reader:
    """Understands messages with the embedder and the small models. Blocking: run it off the event loop."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._intents = IntentModel.default()
        self._gate = Gate.default()

    def read(self, s: Signals) -> Understanding:
        """Return what the message means, with one batch of embeddings."""
        completed = self._completed(s)
        parts = [s.reading.question] if s.reading.question and s.reading.lines else clauses_of(s.folded)
        texts = list(dict.fromkeys([s.folded, *([completed.text] if completed else []), *parts]))
        vectors = dict(zip(texts, self._embedder.queries(texts), strict=True))
        index = s.group.index
        found = {text: index.search(text, now=s.now, vector=vectors[text]) for text in texts}
        intents = self._intents.predict(s.folded, vectors[s.folded])
        chosen = found[s.folded]
        if completed is not None and completed.products and not points(s.folded) and intents.directed < SURE:
            # A product's name before any short line would find that product; only what is about the deal leans on it.
            completed = None
        if completed is not None:
            as_followup = found[completed.text]
            if points(s.folded) or as_followup.known > chosen.known + _MORE_LIKELY:
                chosen = as_followup
            else:
                completed = None
        since = (s.now - s.memory.at).total_seconds() if s.memory and s.memory.action == "answer" else None
        signals = signals_of(
            s.text,
            chosen,
            intents,
            addressed=s.addressed in ("assistant", "shop"),
            from_member=s.speaker.role == "member",
            since_last_answer=since,
        )
        return Understanding(
            found=chosen,
            intents=intents,
            gate=self._gate.read(signals),
            completed=completed,
            clauses=tuple(Clause(part, found[part]) for part in parts),
        )

    def _completed(self, s: Signals) -> Completed | None:
        if s.last is None or not s.last.question:
            return None
        return complete(fold(s.text), question=s.last.question, products=s.last.products, catalogue=s.group.catalogue)
