"""A turn with a language model: what it is asked, and what may become of its answer."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

from assistant.agent.composer import Brief, Guard, compose
from assistant.agent.context import TurnContext
from assistant.agent.proposal import Call, Piece, Proposal
from assistant.agent.toolbox import AgentContext
from assistant.llm.access import ModelAccess
from assistant.replies.catalogue import Replies
from assistant.retrieval.index import Found
from assistant.turn import decision as d
from assistant.turn.briefing import COMPUTED, Briefer, Search
from assistant.turn.carry import carry_out
from assistant.turn.compose import Composer
from assistant.turn.draft import Draft
from assistant.turn.faithful import (
    Fault,
    cleaned,
    early_fault,
    fault_in,
    goes_round,
    resting_on,
    says,
    whole_sentences,
)
from assistant.turn.outcome import Source
from assistant.turn.signals import Signals
from assistant.turn.toolbox import TurnToolbox

NOTHING_KNOWN = "nothing in the records to write from"
WORKED_OUT = "sums and differences are told as they were worked out; there was nothing to write"


@dataclass(frozen=True, slots=True)
class Asked:
    """One message that a model is asked about, with everything a draft of it needs."""

    ask: d.AskModel
    signals: Signals
    context: TurnContext
    replies: Replies

    def search(self, texts: Sequence[str]) -> Sequence[Found]:
        """Return what the group's records hold about each text; embeds, so it may block."""
        s = self.signals
        vectors = s.group.index.embedder.queries(list(texts))
        return [s.group.index.search(t, now=s.now, vector=v) for t, v in zip(texts, vectors, strict=True)]


class ModelTurn:
    """Asks the model about turns, and makes drafts of its proposals."""

    def __init__(self, access: ModelAccess) -> None:
        self._access = access

    async def propose(self, asked: Asked, *, spent_today: int, until: float) -> Proposal:
        """Return what the model makes of the message, before ``until`` on ``time.monotonic``. Never raises."""
        settings = self._access.settings
        role = asked.ask.role
        if settings.day_tokens and spent_today >= settings.day_tokens:
            told = f"the group has used its {settings.day_tokens} tokens of the day"
            return Proposal(role, self._access.name, fault="budget", why=told)
        search = _remembering(asked)
        try:
            pieces = await asyncio.to_thread(self._pieces, asked, search)
            if role == "agent":
                return await self._decided(asked, pieces, search, until=until)
            if await asyncio.to_thread(_settled, asked):
                return Proposal(role, self._access.name, fault="settled", why=WORKED_OUT)
            if isinstance(asked.ask.otherwise, d.HandOff) and not await asyncio.to_thread(_answerable, asked, search):
                return Proposal(role, self._access.name, fault="unsupported", why=NOTHING_KNOWN)
            return await compose(self._access, _brief(asked, pieces), _guard(asked), until=until)
        except Exception as error:
            # A defect on the way to a model must not cost the member the rules' reply; it is recorded with the turn.
            return Proposal(role, self._access.name, fault="crashed", why=f"{type(error).__name__}: {error}"[:200])

    def _pieces(self, asked: Asked, search: Search) -> tuple[Piece, ...]:
        return Briefer(asked.signals, asked.context, asked.replies).pieces(search)

    async def _decided(self, asked: Asked, pieces: tuple[Piece, ...], search: Search, *, until: float) -> Proposal:
        """Let the model decide; words that fail the guard are asked for once more with the reason."""
        brief = _brief(asked, pieces)
        proposal = await self._round(asked, brief, search, until=until)
        fault = self._agent_fault(asked, proposal, search)
        if fault is None or proposal.fault is not None:
            return proposal
        again = await self._round(asked, replace(brief, again=fault.why), search, until=until)
        usage, seconds = proposal.usage + again.usage, proposal.seconds + again.seconds
        again = replace(again, usage=usage, seconds=seconds, rounds=proposal.rounds + again.rounds)
        fault = self._agent_fault(asked, again, search)
        if fault is None or again.fault is not None:
            return again
        return replace(again, fault=fault.kind, why=fault.why[:200])

    async def _round(self, asked: Asked, brief: Brief, search: Search, *, until: float) -> Proposal:
        from assistant.agent.builder import decide

        context = replace(asked.context, staged=[])
        toolbox = TurnToolbox(asked.signals, context, asked.replies, search)
        return await decide(self._access, brief, AgentContext(context, toolbox), until=until)

    def _agent_fault(self, asked: Asked, proposal: Proposal, search: Search) -> Fault | None:
        draft = _agent_draft(replace(asked, context=replace(asked.context, staged=[])), proposal, search)
        return draft if isinstance(draft, Fault) else None

    async def draft(self, asked: Asked, proposal: Proposal) -> Draft | Fault:
        """Return the reply that a proposal makes on the turn's own snapshot, its deeds staged; or why it makes none."""
        if proposal.fault is not None:
            return Fault(proposal.fault, proposal.why)
        made = _agent_draft if proposal.role == "agent" else _composed_draft
        return await asyncio.to_thread(made, asked, proposal, _remembering(asked))


def _remembering(asked: Asked) -> Search:
    """Return a search that embeds no text twice in one turn."""

    @cache
    def one(texts: tuple[str, ...]) -> Sequence[Found]:
        return asked.search(texts)

    return lambda texts: one(tuple(texts))


def _brief(asked: Asked, pieces: tuple[Piece, ...]) -> Brief:
    settings, last = asked.signals.group.settings, asked.signals.memory
    return Brief(
        question=asked.signals.text,
        pieces=pieces,
        assistant=settings.assistant_name,
        seller=settings.seller,
        language=settings.language,
        earlier=last.question if last is not None else "",
    )


def _guard(asked: Asked) -> Guard:
    return _guard_of(asked.signals.group.settings.language, asked.signals.text)


def exam_guard(question: str) -> Guard:
    """Return the guard of a Chinese group for one question, as the exam needs it."""
    return _guard_of("zh-CN", question)


def _guard_of(language: str, question: str) -> Guard:
    return Guard(
        clean=cleaned,
        check=lambda text, pieces: fault_in(text, pieces, language=language, question=question),
        early=lambda text, pieces: early_fault(text, pieces, question=question),
        infer=resting_on,
        whole=whole_sentences,
        ends=goes_round,
    )


def _settled(asked: Asked) -> bool:
    return Briefer(asked.signals, asked.context, asked.replies).settled()


def _answerable(asked: Asked, search: Search) -> bool:
    """Return whether the records answer parts of the message, or its sums do."""
    briefer = Briefer(asked.signals, asked.context, asked.replies)
    return bool(briefer.confident(search)) or any(True for _ in briefer.worked_out(()))


def _composed_draft(asked: Asked, proposal: Proposal, search: Search) -> Draft | Fault:
    """Return the composer's words, followed by what the records say beyond them."""
    s = asked.signals
    pieces = Briefer(s, asked.context, asked.replies).pieces(search)
    cited = [piece for piece in pieces if piece.id in proposal.cites]
    fault = fault_in(proposal.text, pieces, language=s.group.settings.language, question=s.text)
    if fault is not None:
        return fault
    draft = _from_records(asked, search, said=proposal.text)
    draft.text = f"{proposal.text}\n{draft.text}".strip()
    draft.evidence.add(*(piece.text for piece in cited), s.text)
    own = [Source(piece.id, round(min(piece.relevance, 1.0), 4)) for piece in cited if piece.id != COMPUTED]
    draft.sources = _once((*own, *draft.sources))
    draft.responder, draft.reason = "model", f"written by {proposal.model} from the records"
    return draft


def without_model(asked: Asked) -> Draft | None:
    """Return what the evidence gathered for a model says by itself, where the rules would answer or sums are all that
    is asked for; embeds, may block. So it is for both roles: who decides badly has lost nothing.

    The sums are worked out and the parts looked up, whether the model then writes or fails.
    """
    if not (isinstance(asked.ask.otherwise, d.Answer) or _settled(asked)):
        return None
    draft = _from_records(asked, _remembering(asked), said="")
    return draft if draft.text else None


def _from_records(asked: Asked, search: Search, *, said: str) -> Draft:
    """Return what the records say about each part of the message and what was worked out, beyond what is said."""
    s = asked.signals
    briefer = Briefer(s, asked.context, asked.replies)
    composer = Composer(asked.context, asked.replies)
    lines: list[str] = []
    for piece in briefer.pieces(search):
        if piece.id == COMPUTED and not says(said, piece.text):
            composer.evidence.add(piece.text)
            lines.append(piece.text)
    sources: list[Source] = []
    parts = _parts(asked.ask.otherwise, briefer.confident(search, computed=bool(lines)))
    told_already = frozenset(("price", "card") if briefer.settled() else ("price",) if lines else ())
    for part in parts:
        told = carry_out(d.Answer((part,), "faq", question=s.folded), composer)
        sources += told.sources
        if not says(said, told.text) and not _stands(part, told_already):
            lines.append(told.text)
    named = [sku for mention in s.group.catalogue.names.find(s.folded) for sku in mention.skus]
    return Draft(
        "answer",
        "\n".join(dict.fromkeys(lines)),
        reason="found in the records",
        responder="faq",
        sources=_once(sources),
        evidence=composer.evidence,
        question=s.understanding.completed.text if s.understanding and s.understanding.completed else s.folded,
        products=tuple(dict.fromkeys(named)),
        shareable=True,
    )


def _once(sources: Sequence[Source]) -> tuple[Source, ...]:
    best: dict[str, Source] = {}
    for source in sources:
        best.setdefault(source.id, source)
    return tuple(best.values())


def _parts(otherwise: d.Decision, confident: Sequence[tuple[str, float]]) -> list[d.Part]:
    """Return what the rules would say, and the entries that answer the message's other parts."""
    parts = list(otherwise.parts) if isinstance(otherwise, d.Answer) else []
    there = {part.id for part in parts if isinstance(part, d.EntryPart)}
    return [*parts, *(d.EntryPart(key, chance) for key, chance in confident if key not in there)][:4]


def _stands(part: d.Part, told_already: frozenset[str]) -> bool:
    """Return whether a part tells prices and sums that stand in what was worked out."""
    shown = "price" if isinstance(part, d.TotalPart) else part.show if isinstance(part, d.ProductPart) else ""
    return shown in told_already


def _agent_draft(asked: Asked, proposal: Proposal, search: Search) -> Draft | Fault:
    """Do the model's calls on the turn's context and return the reply; its words must stand beside what was done."""
    s = asked.signals
    toolbox = TurnToolbox(s, asked.context, asked.replies, search)
    for call in proposal.calls:
        toolbox.run(_tool(call), call.args)
    briefed = Briefer(s, asked.context, asked.replies).pieces(search)
    pieces = [*toolbox.pieces, *briefed]
    text, numbers = cleaned(proposal.text)
    done = toolbox.deed or toolbox.told
    fault = fault_in(text, pieces, language=s.group.settings.language, question=s.text, staged=asked.context.staged)
    evidence = toolbox.composer.evidence
    if done is not None:
        if fault is None and text and not says(done.text, text):
            done.text = f"{text}\n\n{done.text}"
            evidence.add(*(piece.text for piece in pieces), s.text)
        done.responder, done.evidence = "model", evidence
        done.reason = done.reason or f"decided by {proposal.model}"
        return done
    if toolbox.silent and not text:
        return Draft("silent", reason=f"{proposal.model} finds nothing to answer", responder="model")
    if toolbox.asked and not text:
        text = toolbox.asked
        fault = fault_in(text, pieces, language=s.group.settings.language, question=s.text)
    if fault is not None:
        return fault
    numbered = [briefed[number - 1].id for number in numbers if 0 < number <= len(briefed)]
    cites = dict.fromkeys([*numbered, *resting_on(text, pieces)])
    evidence.add(*(piece.text for piece in pieces), s.text)
    relevance = {piece.id: min(piece.relevance, 1.0) for piece in pieces}
    known = [key for key in cites if key.startswith("sku:") or s.group.knowledge.entry(key)]
    action: Any = "clarify" if toolbox.asked else "answer"
    return Draft(
        action,
        text,
        reason=f"decided by {proposal.model}",
        responder="model",
        sources=tuple(Source(key, round(relevance.get(key, 1.0), 4)) for key in known),
        evidence=evidence,
        question=s.folded,
        shareable=action == "answer",
    )


def _tool(call: Call) -> Any:
    return call.name


def report(proposal: Proposal, access: ModelAccess, *, used: bool, fault: object) -> dict[str, Any]:
    """Return what is recorded with the turn: who was asked, what it cost, and what became of it."""
    cost: Decimal = proposal.usage.cost(access.settings)
    data: dict[str, Any] = {
        "name": proposal.model,
        "role": proposal.role,
        "used": used,
        "calls": proposal.usage.calls,
        "prompt_tokens": proposal.usage.prompt,
        "completion_tokens": proposal.usage.completion,
        "seconds": proposal.seconds,
        "rounds": proposal.rounds,
    }
    if cost:
        data["cost"] = f"{cost:.6f} {access.settings.currency}"
    if isinstance(fault, Fault):
        data |= {"fault": fault.kind, "why": fault.why}
    return data
