"""The composer role: the rules have decided, the model writes from the evidence it is given."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from assistant.agent.proposal import Piece, Proposal
from assistant.llm.access import Line, ModelAccess, Written
from assistant.llm.faults import FaultKind, ModelFault
from assistant.llm.prompts import ANSWER_IN, as_data, language_name, prompt
from assistant.llm.tokens import Usage, count_tokens, fitting

MOST_PIECES = 8
MOST_POINTED = 3
PIECE_CHARACTERS = 240
EVIDENCE_TOKENS = 220
"""Most tokens of the facts in a prompt. A small model on two cores reads some forty a second, and the member waits."""

READ_BY_THEN: frozenset[FaultKind] = frozenset({"deadline", "timeout", "cut", "empty"})
"""Faults of calls whose prompt was read, and has to be paid for."""

MARGIN_SECONDS = 0.25
"""Kept back from the deadline for what comes after the model."""


class Objection(Protocol):
    """Why a draft may not leave."""

    @property
    def kind(self) -> FaultKind:
        """What is wrong, for machines."""
        ...

    @property
    def why(self) -> str:
        """What is wrong, for the model."""
        ...


@dataclass(frozen=True, slots=True)
class Guard:
    """The checks of the turn above: on a finished draft with the pieces it cites, and on one still being written."""

    clean: Callable[[str], tuple[str, tuple[int, ...]]]
    check: Callable[[str, Sequence[Piece]], Objection | None]
    early: Callable[[str, Sequence[Piece]], Objection | None]
    infer: Callable[[str, Sequence[Piece]], tuple[str, ...]]
    whole: Callable[[str], str]
    """A text up to its last whole sentence."""
    ends: Callable[[str], bool]
    """Whether a text that is being written needs no more."""


@dataclass(frozen=True, slots=True)
class Brief:
    """What the composer is asked to write about."""

    question: str
    pieces: tuple[Piece, ...]
    assistant: str
    seller: str
    language: str
    earlier: str = ""
    again: str = ""
    """Why an earlier draft could not be sent."""


async def compose(access: ModelAccess, brief: Brief, guard: Guard, *, until: float) -> Proposal:
    """Return what the model wrote, guarded; a draft that fails is written once more with the reason.

    ``until`` is the moment, on ``time.monotonic``, after which nobody waits any more; what is whole of a draft by then
    counts. Never raises for anything the model or its endpoint does; the proposal's ``fault`` says what happened.
    """
    started = time.monotonic()
    work = _Work(access, brief, guard, until)
    proposal = replace(await work.run(), seconds=round(time.monotonic() - started, 3))
    return replace(proposal, usage=work.usage, rounds=work.rounds, why=proposal.why[:200])


class _Work:
    """One composition: at most two drafts and what became of them."""

    def __init__(self, access: ModelAccess, brief: Brief, guard: Guard, until: float) -> None:
        self._access, self._brief, self._guard, self._until = access, brief, guard, until
        self._empty = Proposal("composer", access.name)
        self._pieces: tuple[Piece, ...] = ()
        self._cited: tuple[Piece, ...] = ()
        self.usage, self.rounds = Usage(), 0

    async def run(self) -> Proposal:
        """Return the proposal."""
        try:
            budget = self._access.settings.turn_tokens // 2
            system, asked, self._pieces = await asyncio.to_thread(_messages, self._brief, budget)
            lines: list[Line] = [("system", system), ("user", asked)]
            while True:
                written = await self._written(lines)
                text, fault = self._judged(written)
                if fault is None:
                    cites = tuple(dict.fromkeys(piece.id for piece in self._cited))
                    return replace(self._empty, text=text, cites=cites)
                if self.rounds == 2 or not self._once_more(lines, written):
                    return replace(self._empty, fault=fault.kind, why=fault.why)
                again = prompt("again", why=fault.why, language=language_name(self._brief.language))
                lines += [("assistant", written.text[:600]), ("user", again)]
        except ModelFault as problem:
            return replace(self._empty, fault=problem.kind, why=str(problem))

    async def _written(self, lines: Sequence[Line]) -> Written:
        self.rounds += 1
        seconds = max(self._until - time.monotonic() - MARGIN_SECONDS, 0.05)
        # What is there when the time is nearly over is better than nothing.
        last = time.monotonic() + 0.9 * seconds
        self._early: Objection | None = None

        def goes_on(text: str) -> bool:
            self._early = self._guard.early(text, self._pieces)
            late = time.monotonic() > last and bool(self._guard.whole(text))
            return not (self._early or late or self._guard.ends(text))

        try:
            written = await self._access.write(lines, seconds=seconds, watch=goes_on)
        except ModelFault as fault:
            if fault.kind in READ_BY_THEN:
                self.usage += Usage(1, sum(count_tokens(text) for _, text in lines))
            raise
        self.usage += written.usage
        return written

    def _judged(self, written: Written) -> tuple[str, Objection | None]:
        """Return the draft, cleaned, with what is wrong with it; remembers what it rests on."""
        told = (self._guard.whole(written.text) or written.text) if written.stopped else written.text
        text, numbers = self._guard.clean(told)
        cited = tuple(self._pieces[number - 1] for number in numbers if 0 < number <= len(self._pieces))
        # A small model's marks of sources are often wrong where its words are right.
        ids = self._guard.infer(text, self._pieces)
        inferred = tuple(piece for piece in self._pieces if piece.id in ids)
        self._cited = tuple(piece for piece in inferred if piece in cited) or inferred or cited
        if not text and cited and not self._early:
            # It only pointed at the facts: they say it themselves.
            text = "\n".join(piece.text for piece in cited[:MOST_POINTED])
        return text, self._early or self._guard.check(text, self._pieces)

    def _once_more(self, lines: Sequence[Line], written: Written) -> bool:
        """Return whether tokens and time are left for another draft."""
        settings = self._access.settings
        needed = settings.max_tokens + sum(count_tokens(text) for _, text in lines)
        left = self._until - time.monotonic() - MARGIN_SECONDS
        return settings.turn_tokens - self.usage.total >= needed and left > written.seconds


def _messages(brief: Brief, budget: int) -> tuple[str, str, tuple[Piece, ...]]:
    """Return the system's words, the request, and the pieces that fit: the most relevant ones, in their order."""
    language = language_name(brief.language)
    system = prompt("composer", language=language)
    question, earlier = as_data(brief.question), as_data(brief.earlier, 200)
    left = budget - sum(count_tokens(text) for text in (system, question, earlier)) - 40
    ranked = sorted(brief.pieces, key=lambda piece: -piece.relevance)[:MOST_PIECES]
    shown = [(piece, as_data(piece.shown, PIECE_CHARACTERS)) for piece in ranked]
    chosen = fitting(shown, min(left, EVIDENCE_TOKENS))
    pieces = tuple(piece for piece in brief.pieces if piece in chosen)
    facts = [as_data(piece.shown, PIECE_CHARACTERS) for piece in pieces]
    asked = prompt("facts", facts=facts, question=question, earlier=earlier)
    # Said last it is remembered best, and what stands before it can be kept by the server.
    return system, f"{asked}\n{ANSWER_IN.get(brief.language, '')}".strip(), pieces
