"""A group's own messages under the gate: what each setting would do with them, and what its marks ask for."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assistant.delivery.bootstrap import Yidan
from assistant.evaluation.gate import settings_table
from assistant.groups.library import GroupView
from assistant.marks.service import MarkedTurn, MarkService
from assistant.models import Group
from assistant.retrieval.adaptation import Adaptation, MarkedReading, adapt
from assistant.retrieval.embedder import Embedder
from assistant.retrieval.gate import Gate, GateReading, signals_of
from assistant.retrieval.intents import IntentModel, embedder_of_intents
from assistant.turn.addressing import addressing_of

MOST_MESSAGES = 2000
"""The newest messages that are looked at."""

_GATED = frozenset({"answer", "handoff", "silent"})
"""What the gate decides between; orders, payments and the like have rules of their own."""


@dataclass(frozen=True, slots=True)
class StoredReading:
    """A stored message with the reading of the gate that ships, at no offset."""

    turn: MarkedTurn
    reading: GateReading

    @property
    def wanted(self) -> bool | None:
        """Whether the seller wanted a reply to it; None where nothing was marked."""
        if self.turn.good is None:
            return None
        return self.turn.good == (self.turn.action != "silent")


async def stored_readings(yidan: Yidan, group_id: str, *, marked: bool | None = None) -> list[StoredReading]:
    """Return the group's newest messages that the gate decides about: unaddressed, and no exact keyword.

    Raises:
        NotFound: there is no such group.
    """
    async with yidan.database.read() as session:
        view = await yidan.library.view(session, group_id)
    marks = MarkService(yidan.database, yidan.clock)
    turns = await marks.turns(group_id, marked=marked, limit=MOST_MESSAGES)
    gated = [turn for turn in turns if turn.action in _GATED]
    return await asyncio.to_thread(_read, gated, view, yidan.embedder)


def _read(turns: Sequence[MarkedTurn], view: GroupView, embedder: Embedder) -> list[StoredReading]:
    model, gate = IntentModel.default(), Gate.default()
    own = embedder_of_intents(embedder)
    found = []
    names = {turn.member for turn in turns}
    for turn in turns:
        addressing = addressing_of(
            turn.text,
            assistant=view.settings.assistant_name,
            seller=view.settings.seller,
            members=names - {turn.member},
            mentioned=turn.mentions_assistant,
        )
        if addressing.to != "nobody" or view.index.exact(turn.text, turn.at) is not None:
            continue
        hits = view.index.search(turn.text, now=turn.at)
        intents = model.predict(turn.text, own.queries([turn.text])[0])
        signals = signals_of(turn.text, hits, intents, addressed=False)
        found.append(StoredReading(turn, gate.read(signals)))
    return found


async def preview(yidan: Yidan, group_id: str) -> dict[str, Any]:
    """Return what each setting would do with the group's own messages, at the group's operating point.

    ``precision`` and ``false_speak_rate`` are over the marked ones. Raises NotFound like ``stored_readings``.
    """
    readings = await stored_readings(yidan, group_id)
    offset = await _offset(yidan, group_id)
    shifted = [one.reading.shifted(offset) for one in readings]
    return {
        "n": len(readings),
        "marks": sum(one.wanted is not None for one in readings),
        "gate_offset": offset,
        "talkative": await _talkative(yidan, group_id),
        "settings": settings_table(shifted, [one.wanted for one in readings]),
    }


async def adapt_group(yidan: Yidan, group_id: str, *, by: str) -> Adaptation:
    """Fit the group's operating point to its marks and keep it; the next message is read with it.

    Raises:
        NotFound: there is no such group.
        UsageError: there are too few marks.
    """
    readings = await stored_readings(yidan, group_id, marked=True)
    marks = [MarkedReading(one.reading, one.wanted) for one in readings if one.wanted is not None]
    adaptation = adapt(marks, talkative=await _talkative(yidan, group_id))
    service = MarkService(yidan.database, yidan.clock)
    details = {"marks": adaptation.marks, "precision": adaptation.precision}
    await service.set_gate_offset(group_id, adaptation.offset, by=by, details=details)
    return adaptation


async def _talkative(yidan: Yidan, group_id: str) -> float:
    async with yidan.database.read() as session:
        own = (await yidan.library.view(session, group_id)).settings.talkative
    return yidan.settings.talkative if own is None else own


async def _offset(yidan: Yidan, group_id: str) -> float:
    async with yidan.database.read() as session:
        group = await session.get_one(Group, group_id)
        return group.gate_offset
