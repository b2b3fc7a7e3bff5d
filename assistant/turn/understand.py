"""What the embedding tells about a message: hits, intents, whether anybody asked, follow-ups completed."""

import re
from collections.abc import Callable, Collection
from dataclasses import replace

from assistant.retrieval.cues import is_question
from assistant.retrieval.embedder import Embedder
from assistant.retrieval.gate import Gate, signals_of
from assistant.retrieval.index import Found
from assistant.retrieval.intents import IntentModel, embedder_of_intents
from assistant.text.fold import fold, skeleton
from assistant.turn.followup import Completed, complete, points
from assistant.turn.signals import SURE, Clause, Signals, Understanding

_BREAKS = re.compile(r"[。？?！!；;，,\n]+|\s{2,}")
_CLAUSE_ZH = 4
_CLAUSE_EN_WORDS = 3
_MOST_CLAUSES = 3
ENOUGH_ALONE = 0.9
"""A message whose answer is this likely by itself leans on nothing."""

AGAIN = 0.6
"""How much the chance counts of what was just answered."""

LEAST_REST = 0.1
"""What is left for all other documents where the earlier question speaks for its own answer ever so surely."""


def clauses_of(text: str) -> list[str]:
    """Return the parts of a message that each ask something, where there are at least two."""
    parts = [part.strip() for part in _BREAKS.split(text)]
    asking = [part for part in parts if _long_enough(part) and is_question(part)]
    return asking[:_MOST_CLAUSES] if len(asking) > 1 else []


def _long_enough(part: str) -> bool:
    bones = skeleton(part)
    return len(part.split()) >= _CLAUSE_EN_WORDS if bones.isascii() else len(bones) >= _CLAUSE_ZH


def read_in_context(
    completed: Completed, search: Callable[[str], Found], *, alone: Found, answered: Collection[str]
) -> tuple[Found, bool]:
    """Return what a message finds that may lean on what was said before, and whether it does.

    A message that says enough by itself is read by itself. Else each document counts by what speaks more for it: the
    message alone, or the message with what it leans on. What was just answered counts less: the earlier question is
    part of the completed one and speaks for it anyway, and who goes on asking wants to know something else. A product
    is exempt, as its card answers more than one question.

    Args:
        completed: the message completed.
        search: finds documents for a text.
        alone: what the message finds by itself.
        answered: the documents that the exchange before was answered with.
    """
    if completed.whole:
        return search(completed.text), True
    if completed.bare:
        alone = max(alone, search(completed.bare), key=lambda found: found.known)
    if alone.best is not None and alone.best.probability >= ENOUGH_ALONE:
        return alone, False
    leaning = search(completed.text)
    told = {name for name in answered if not name.startswith("sku:")}
    rest = max(1 - sum(hit.probability for hit in leaning.hits if hit.id in told), LEAST_REST)
    hits = {hit.id: hit for hit in alone.hits}
    for hit in leaning.hits:
        chance = hit.probability * AGAIN if hit.id in told else min(hit.probability / rest, leaning.known)
        if hit.id not in hits or chance > hits[hit.id].probability:
            hits[hit.id] = replace(hit, probability=chance)
    ordered = tuple(sorted(hits.values(), key=lambda hit: -hit.probability))
    if not ordered or (alone.best is not None and ordered[0].id == alone.best.id):
        return alone, False
    known = max(alone.known, ordered[0].probability)
    return replace(leaning, hits=ordered, known=known, exact=None, vector=alone.vector), True


def _texts(completed: Completed | None) -> list[str]:
    return [text for text in (completed.text, completed.bare) if text] if completed is not None else []


class Reader:
    """Understands messages with the embedder and the small models. Blocking: run it off the event loop."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._intents = IntentModel.default()
        self._intents_embedder = embedder_of_intents(embedder)
        self._gate = Gate.default()

    def read(self, s: Signals) -> Understanding:
        """Return what the message means, with one batch of embeddings."""
        completed = self._completed(s)
        parts = [s.reading.question] if s.reading.question and s.reading.lines else clauses_of(s.folded)
        texts = list(dict.fromkeys([s.folded, *_texts(completed), *parts]))
        vectors = dict(zip(texts, self._embedder.queries(texts), strict=True))
        index = s.group.index
        found = {text: index.search(text, now=s.now, vector=vectors[text]) for text in texts}
        intents = self._intents.predict(s.folded, self._intents_embedder.queries([s.folded])[0])
        chosen = found[s.folded]
        if completed is not None and completed.products and not points(s.folded) and intents.directed < SURE:
            # A product's name before any short line would find that product; only what is about the deal leans on it.
            completed = None
        if completed is not None and s.last is not None:
            chosen, leans = read_in_context(completed, found.__getitem__, alone=chosen, answered=s.last.sources)
            # What it is about is taken over all the same: "how much for three?" names no product.
            completed = completed if leans or completed.products else None
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
            gate=self._gate.adapted(s.gate_offset).read(signals),
            completed=completed,
            clauses=tuple(Clause(part, found[part]) for part in parts),
        )

    def _completed(self, s: Signals) -> Completed | None:
        if s.last is None or not s.last.question:
            return None
        return complete(fold(s.text), question=s.last.question, products=s.last.products, catalogue=s.group.catalogue)
