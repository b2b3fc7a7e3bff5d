"""One message's way from the store to its outcome."""

import asyncio
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from assistant.agent.builder import load as load_agent
from assistant.agent.context import TurnContext
from assistant.agent.effects import AnswerShared
from assistant.agent.proposal import Proposal
from assistant.clock import Clock
from assistant.db import Database
from assistant.desk.repository import DeskRepository
from assistant.groups.library import GroupView, Library
from assistant.llm.access import ModelAccess
from assistant.llm.roles import Role, standing
from assistant.moderation.repository import StrikeRepository
from assistant.orders.repository import OrderRepository
from assistant.orders.sweep import expire_due
from assistant.polls.repository import PollRepository
from assistant.regulars.repository import identity_of, purchases_of
from assistant.regulars.usual import in_catalogue, usual_of
from assistant.replies.catalogue import Replies, replies_for
from assistant.settings import Settings
from assistant.turn import gather
from assistant.turn.actions import act
from assistant.turn.commit import Finished, commit
from assistant.turn.decision import (
    Appeal,
    AskModel,
    CastVote,
    Decision,
    HandOff,
    LogOrder,
    Moderate,
    OfferUsual,
    PassCustomRequest,
    RequestRefund,
    ShowOrders,
    SignUp,
)
from assistant.turn.doubt import doubt
from assistant.turn.draft import Draft
from assistant.turn.faithful import Fault
from assistant.turn.gather import Gatherer, Incoming
from assistant.turn.grounding import broken_promises, ungrounded
from assistant.turn.memory import Memory
from assistant.turn.model_turn import Asked, ModelTurn, report, without_model
from assistant.turn.outcome import Outcome
from assistant.turn.rehearsal import Rehearsed, near_hits, tried_message
from assistant.turn.rules import decide, first_look
from assistant.turn.signals import Signals, Understanding
from assistant.turn.understand import Reader

_NAMED = 4
"""How many members a shared answer names; in a rush the list would be longer than the answer."""

_INTENT_OF_CATEGORY = {"price": "ask_price", "ordering": "ask_ordering", "payment": "ask_payment"} | {
    name: f"ask_{name}" for name in ("delivery", "refund", "product", "group")
}
_INTENT_OF_ACTION = {
    "order": "place_order",
    "order_status": "order_status",
    "payment": "payment_done",
    "refund": "request_refund",
    "custom_request": "custom_request",
    "handoff": "ask_human",
    "moderate": "ad",
    "chat": "greeting",
    "silent": "chitchat",
}


ROLE_SECONDS = 10.0
"""How long a model's role is kept before the store is asked again."""


@dataclass(frozen=True, slots=True)
class Pending:
    """The turn waits for the language model; nothing was written. ``think`` and ``run`` with its proposal go on."""

    message_id: int
    group_id: str


@dataclass(frozen=True, slots=True)
class _Read:
    """A message understood and decided about."""

    message: Incoming
    signals: Signals
    decision: Decision
    embed_ms: float


class TurnPipeline:
    """Runs recorded messages through signals, decision, action, grounding and commit."""

    def __init__(
        self,
        database: Database,
        library: Library,
        clock: Clock,
        settings: Settings,
        *,
        in_response: frozenset[str] = frozenset(),
        model: ModelAccess | None = None,
    ) -> None:
        """``in_response`` names the channels whose reply travels in the response to the message; ``model`` is the
        configured language model, if there is one."""
        self._database = database
        self._clock = clock
        self._settings = settings
        self._in_response = in_response
        self._gatherer = Gatherer(library, talkative=settings.talkative)
        self._embedder = library.embedder
        self._reader: Reader | None = None
        self._model = model
        self._model_turn = ModelTurn(model) if model is not None else None
        self._role: tuple[float, Role] = (0.0, "none")

    async def run(self, message_id: int, proposal: Proposal | None = None) -> Outcome | Pending:
        """Handle one recorded message and return its outcome, committed.

        Where a language model shall be asked and there is no ``proposal`` of it yet, nothing is written.

        Raises:
            StaleLedger: another turn of the group was faster; run it again.
        """
        started = time.perf_counter()
        read = await self._understood(message_id)
        message, signals, decision = read.message, read.signals, read.decision
        told: dict[str, Any] = {}
        if isinstance(decision, AskModel):
            if proposal is None:
                return Pending(message_id, message.group_id)
            context, draft, told = await self._with_proposal(decision, proposal, signals, message)
        else:
            context, draft = await self._act(decision, signals, message)
        outcome = _outcome(draft, signals)
        thought_ms = proposal.seconds * 1000 if told and proposal else 0.0
        total_ms = (time.perf_counter() - started) * 1000 + thought_ms
        timings = {"total": round(total_ms, 2), "embed": round(read.embed_ms, 2)}
        if told and proposal:
            timings["model"] = round(thought_ms, 2)
            usage = proposal.usage
            outcome = replace(outcome, model=told, model_calls=usage.calls, tokens=usage.total)
        finished = Finished(
            message=message,
            context=context,
            outcome=replace(outcome, timings_ms=timings),
            memory=_memory(draft, signals),
            in_response=message.channel in self._in_response,
            pause=timedelta(minutes=self._settings.human_pause_minutes),
            held=draft.held,
        )
        async with self._database.write() as session:
            return await commit(session, finished)

    async def warm_up(self) -> None:
        """Load what asking the model takes, so that no member waits for it.

        Raises:
            Unavailable: the model that this machine serves itself does not start.
        """
        if self._model is None:
            return
        await self._model.prepare()
        async with self._database.read() as session:
            if await self._role_of_model(session) == "agent":
                await asyncio.to_thread(load_agent)

    async def think(self, message_id: int) -> Proposal:
        """Return what the language model makes of a message, within the deadline; holds no transaction meanwhile."""
        until = time.monotonic() + self._settings.llm.deadline_seconds
        read = await self._understood(message_id)
        if not isinstance(read.decision, AskModel) or self._model_turn is None:
            return Proposal("none", why="there was nothing to ask any more")
        context, _ = await self._context(_HAND_OFF, read.signals, read.message)
        async with self._database.read() as session:
            spent = await gather.tokens_today(session, read.message.group_id, read.signals.now)
        asked = Asked(read.decision, read.signals, context, self._replies(read.signals))
        return await self._model_turn.propose(asked, spent_today=spent, until=until)

    async def rehearse(self, view: GroupView, text: str, *, to_assistant: bool = False) -> Rehearsed:
        """Return what would come of a new member's message in a group that knows what ``view`` knows.

        Nothing is written; what the tools stage is left behind with the turn's context.
        """
        now = self._clock.now()
        message = tried_message(view, text, to_assistant=to_assistant, clock=self._clock)
        async with self._database.read() as session:
            situation = await gather.rehearsed_situation(session, message)
            signals = await self._gatherer.signals(session, situation, now, view)
            role = await self._role_of_model(session)
        decision = first_look(signals)
        understanding = await asyncio.to_thread(self._read, signals)
        if decision is None:
            signals = replace(signals, understanding=understanding)
            decision = doubt(signals, decide(signals), role=role, mode=self._settings.llm.mode)
        asks = isinstance(decision, AskModel)
        plain = decision.otherwise if isinstance(decision, AskModel) else decision
        _, draft = await self._act(plain, signals, message, share=False)
        outcome = _outcome(draft, signals)
        hits = near_hits(view, understanding.found, used=[source.id for source in outcome.sources])
        wants = signals.understanding.gate.wants if signals.understanding else None
        return Rehearsed(outcome, hits, wants, asks)

    async def _understood(self, message_id: int) -> _Read:
        now = self._clock.now()
        async with self._database.read() as session:
            situation = await gather.situation(session, message_id, now)
            if situation.orders_due:
                await expire_due(self._database, now, situation.message.group_id)
                situation = await gather.situation(session, message_id, now)
            message = situation.message
            signals = await self._gatherer.signals(session, situation, now)
            role = await self._role_of_model(session)
        decision = first_look(signals)
        embed_ms = 0.0
        if decision is None:
            embedding = time.perf_counter()
            understanding = await asyncio.to_thread(self._read, signals)
            embed_ms = (time.perf_counter() - embedding) * 1000
            signals = replace(signals, understanding=understanding)
            decision = doubt(signals, decide(signals), role=role, mode=self._settings.llm.mode)
        return _Read(message, signals, decision, embed_ms)

    async def _role_of_model(self, session: AsyncSession) -> Role:
        """Return what the model may do: what this process was told, else what the store says."""
        if self._model is None:
            return "none"
        if self._settings.llm.role:
            return self._settings.llm.role
        kept_at, role = self._role
        if not kept_at or time.monotonic() - kept_at > ROLE_SECONDS:
            role = (await standing(session, self._model.settings)).role
            self._role = (time.monotonic(), role)
        return role

    async def _with_proposal(
        self, ask: AskModel, proposal: Proposal, s: Signals, message: Incoming
    ) -> tuple[TurnContext, Draft, dict[str, Any]]:
        """Return the model's reply where it may leave, else the rules'; with what is recorded about it."""
        assert self._model is not None and self._model_turn is not None
        context, _ = await self._context(_HAND_OFF, s, message)
        made = await self._model_turn.draft(Asked(ask, s, context, self._replies(s)), proposal)
        if isinstance(made, Draft) and (faults := self._faults(made, context)):
            made = Fault("ungrounded", f"not in the records: {', '.join(sorted(faults))}"[:200])
        told = report(proposal, self._model, used=isinstance(made, Draft), fault=made)
        if isinstance(made, Fault):
            # What a failed draft has staged is left behind with its context.
            context, _ = await self._context(ask.otherwise, s, message)
            own = await asyncio.to_thread(without_model, Asked(ask, s, context, self._replies(s)))
            if own is None or self._faults(own, context):
                return *await self._act(ask.otherwise, s, message), told
            made = own
        if made.shareable:
            made = await self._shared(made, context, self._replies(s), message)
        return context, made, told

    def _replies(self, s: Signals) -> Replies:
        settings = s.group.settings
        return replies_for(settings.language, settings.timezone, settings.payment.currency)

    def _read(self, signals: Signals) -> Understanding:
        if self._reader is None:
            self._reader = Reader(self._embedder)
        return self._reader.read(signals)

    async def _act(
        self, decision: Decision, s: Signals, message: Incoming, *, share: bool = True
    ) -> tuple[TurnContext, Draft]:
        context, asked_already = await self._context(decision, s, message)
        replies = self._replies(s)
        draft = act(decision, context, replies, asked_already=asked_already)
        if draft.shareable and share:
            draft = await self._shared(draft, context, replies, message)
        if self._faults(draft, context):
            # A reply that the records do not bear out never leaves; the seller gets the question instead.
            context, asked_already = await self._context(_HAND_OFF, s, message)
            draft = act(_HAND_OFF, context, replies, asked_already=asked_already)
        return context, draft

    def _faults(self, draft: Draft, context: TurnContext) -> set[str]:
        if not draft.text:
            return set()
        evidence = draft.evidence.texts
        return ungrounded(draft.text, evidence) | broken_promises(draft.text, context.staged, quoted=evidence)

    async def _context(self, decision: Decision, s: Signals, message: Incoming) -> tuple[TurnContext, int | None]:
        """Return the turn's context with what this decision needs beside the signals."""
        context = TurnContext(
            group=s.group,
            phase=s.phase,
            speaker=s.speaker,
            now=s.now,
            text=s.text,
            image=s.image,
            ledger=s.ledger,
            orders=s.orders,
            members=s.members,
        )
        asked_already = None
        async with self._database.read() as session:
            if isinstance(decision, Moderate):
                context.strikes = await StrikeRepository(session).count(s.speaker.member_id)
            if isinstance(decision, HandOff | PassCustomRequest | RequestRefund | Moderate | Appeal):
                lines = await gather.last_lines(session, s.group.id, message.id)
                context.ticket_context = gather.ticket_context(s, lines)
            await self._regular(session, decision, context)
            if isinstance(decision, CastVote):
                poll = await PollRepository(session).open_in(s.group.id, s.now)
                context.poll = poll.options if poll else ()
            if isinstance(decision, HandOff) and decision.reason == "missing_knowledge":
                asked_already = await DeskRepository(session).same_question(s.group.id, s.text)
            if isinstance(decision, ShowOrders) or any(o.status == "preorder" for o in s.orders):
                context.places = await gather.queue_places(session, s.group.id, s.orders)
            if isinstance(decision, SignUp):
                repository = OrderRepository(session)
                named = {s.members[name] for name, _ in decision.rows if name in s.members}
                context.orders_of = {member_id: await repository.of_member(member_id) for member_id in named}
        return context, asked_already

    async def _regular(self, session: AsyncSession, decision: Decision, context: TurnContext) -> None:
        """Fetch what the seller remembers of the member, where the decision or the group's terms need it."""
        terms = context.group.settings.regulars
        first = isinstance(decision, LogOrder) and bool(terms.newcomer_offer) and not context.orders
        fast = bool(context.ticket_context) and terms.fast_lane_orders is not None
        if not terms.remember or not (first or fast or isinstance(decision, OfferUsual)):
            return
        bought = await purchases_of(session, await identity_of(session, context.speaker.member_id))
        context.newcomer = first and not bought
        if isinstance(decision, OfferUsual):
            context.usual = in_catalogue(usual_of(bought), context.group.catalogue)
        if fast and terms.fast_lane_orders is not None and len(bought) >= terms.fast_lane_orders:
            context.ticket_context = context.ticket_context | {"regular": len(bought)}

    async def _shared(self, draft: Draft, context: TurnContext, replies: Replies, message: Incoming) -> Draft:
        """Return the draft, joined with the same answer that just went out to somebody else."""
        window = self._settings.answer_window_seconds
        async with self._database.read() as session:
            fresh = await gather.fresh_answer(
                session, context.group.id, draft.text, channel=message.channel, now=context.now, window=window
            )
            if fresh is None:
                return draft
            outbox_id, addressees = fresh
            if context.speaker.nickname in addressees:
                again = await gather.same_member_asked(
                    session,
                    context.speaker.member_id,
                    message.text,
                    before=message.id,
                    now=context.now,
                    window=window,
                )
                return Draft("silent", reason="answered a moment ago") if again else draft
        context.stage(AnswerShared(outbox_id))
        names = [*addressees, context.speaker.nickname][-_NAMED:]
        more = len(addressees) >= _NAMED
        draft.text = f"{replies.render('answer.same', names=names, more=more)}\n{draft.text}"
        draft.evidence.add(*names)
        return draft


def _outcome(draft: Draft, s: Signals) -> Outcome:
    return Outcome(
        action=draft.action,
        text=draft.text,
        reason=draft.reason,
        responder=draft.responder,
        intent=_intent(draft, s),
        sources=draft.sources,
        private=draft.private,
    )


_HAND_OFF = HandOff("handoff", "missing_knowledge", "missing_knowledge")


def _intent(draft: Draft, s: Signals) -> str:
    if s.understanding is not None:
        return s.understanding.intents.best
    if draft.action == "answer" and draft.sources:
        key = draft.sources[0].id
        category = next((e.category for e in s.group.knowledge.entries if e.key == key), "product")
        return _INTENT_OF_CATEGORY.get(category, "other_question")
    return _INTENT_OF_ACTION.get(draft.action, "other_question")


def _memory(draft: Draft, s: Signals) -> Memory:
    """Return what later messages may lean on; a courtesy keeps what was talked about before."""
    if draft.action == "chat" and s.memory is not None:
        return s.memory
    return Memory(
        at=s.now,
        question=draft.question or s.folded,
        action=draft.action,
        sources=tuple(source.id for source in draft.sources),
        products=draft.products,
        open=draft.open,
    )
