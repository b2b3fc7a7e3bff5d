"""The composer role: the rules have decided, the model writes from the evidence it is given."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from assistant.agent.proposal import Piece, Proposal
from assistant.llm.access import Line, ModelAccess
from assistant.llm.faults import FaultKind, ModelFault
from assistant.llm.prompts import as_data, language_name, prompt
from assistant.llm.tokens import Usage, count_tokens, fitting

MOST_PIECES = 8
PIECE_CHARACTERS = 240
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

    ``until`` is the moment, on ``time.monotonic``, after which nobody waits any more. Never raises for anything the
    model or its endpoint does; the proposal's ``fault`` says what happened.
    """
    started = time.monotonic()
    empty = Proposal("composer", access.name)
    usage, rounds = Usage(), 0
    try:
        system, asked, pieces = await asyncio.to_thread(_messages, brief, access.settings.turn_tokens // 2)
        lines: list[Line] = [("system", system), ("user", asked)]
        fault: Objection | None = None
        for rounds in (1, 2):
            budget = access.settings.turn_tokens - usage.total
            if rounds == 2 and budget < access.settings.max_tokens + sum(count_tokens(text) for _, text in lines):
                break
            early: list[Objection] = []
            written = await access.write(
                lines,
                seconds=max(until - time.monotonic() - MARGIN_SECONDS, 0.05),
                watch=lambda text, early=early: _goes_on(text, pieces, guard, early),  # type: ignore[misc]
            )
            usage += written.usage
            text, numbers = guard.clean(written.text)
            cited = [pieces[number - 1] for number in numbers if 0 < number <= len(pieces)]
            resting = tuple(cited) or _inferred(text, pieces, guard)
            fault = early[0] if early else guard.check(text, resting)
            if fault is not None and cited and len(cited) < len(pieces) and not early:
                # A small model's marks of sources are often wrong where its words are right.
                resting = _inferred(text, pieces, guard)
                fault = guard.check(text, resting)
            if fault is None:
                cites = tuple(dict.fromkeys(piece.id for piece in resting))
                done = replace(empty, text=text, cites=cites, usage=usage, rounds=rounds)
                return replace(done, seconds=round(time.monotonic() - started, 3))
            again = prompt("again", why=fault.why, language=language_name(brief.language))
            lines += [("assistant", written.text[:600]), ("user", again)]
        assert fault is not None
        kind, why = fault.kind, fault.why
    except ModelFault as problem:
        kind, why = problem.kind, str(problem)
    seconds = round(time.monotonic() - started, 3)
    return replace(empty, usage=usage, rounds=rounds, seconds=seconds, fault=kind, why=why[:200])


def _messages(brief: Brief, budget: int) -> tuple[str, str, tuple[Piece, ...]]:
    """Return the system's words, the request, and the pieces that fit: the most relevant ones, in their order."""
    language = language_name(brief.language)
    system = prompt("composer", assistant=brief.assistant, seller=brief.seller, language=language)
    question, earlier = as_data(brief.question), as_data(brief.earlier, 200)
    left = budget - sum(count_tokens(text) for text in (system, question, earlier)) - 40
    ranked = sorted(brief.pieces, key=lambda piece: -piece.relevance)[:MOST_PIECES]
    chosen = fitting([(piece, as_data(piece.shown, PIECE_CHARACTERS)) for piece in ranked], left)
    pieces = tuple(piece for piece in brief.pieces if piece in chosen)
    facts = [as_data(piece.shown, PIECE_CHARACTERS) for piece in pieces]
    return system, prompt("facts", facts=facts, question=question, earlier=earlier), pieces


def _goes_on(text: str, pieces: Sequence[Piece], guard: Guard, early: list[Objection]) -> bool:
    objection = guard.early(text, pieces)
    if objection is not None:
        early.append(objection)
    return objection is None


def _inferred(text: str, pieces: Sequence[Piece], guard: Guard) -> tuple[Piece, ...]:
    ids = guard.infer(text, pieces)
    return tuple(piece for piece in pieces if piece.id in ids)
