"""Writes a turn: its effects, its reply and that the message is handled, in one short transaction."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from assistant.agent.context import TurnContext
from assistant.agent.effects import (
    LEDGER_EFFECTS,
    AnswerShared,
)
from assistant.errors import StaleLedger
from assistant.models import Message, Outbox, Turn
from assistant.orders.repository import OrderRepository
from assistant.turn.gather import Incoming
from assistant.turn.memory import Memory
from assistant.turn.outcome import Outcome
from assistant.turn.writer import Writer


@dataclass(frozen=True, slots=True)
class Finished:
    """A turn that is ready to be written."""

    message: Incoming
    context: TurnContext
    outcome: Outcome
    memory: Memory
    in_response: bool
    """The channel carries the reply in its response, so that nothing is left to deliver."""
    pause: timedelta = timedelta(minutes=10)
    held: bool = False
    """The silence is for now only: the message waits for what the human at the keyboard does."""


# Built once: building a statement costs more than running it, and these run with every message.
_TURNS, _OUTBOX, _MESSAGES = (cast(Table, model.__table__) for model in (Turn, Outbox, Message))
_STORED = select(_TURNS.c.outcome).where(_TURNS.c.message_id == bindparam("message_id"))
_INSERT_TURN = insert(_TURNS).returning(_TURNS.c.id)
_INSERT_OUTBOX = insert(_OUTBOX)
_SETTLED = update(_MESSAGES).where(_MESSAGES.c.id == bindparam("message")).values(status=bindparam("to"))


async def commit(session: AsyncSession, turn: Finished) -> Outcome:
    """Apply all effects and store the turn; return the outcome with the rows that came of it.

    Raises:
        StaleLedger: another turn changed the group's orders first; nothing was written.
    """
    connection = await session.connection()
    stored = (await connection.execute(_STORED, {"message_id": turn.message.id})).scalar()
    if stored is not None:
        return Outcome.from_json(stored)
    context, now = turn.context, turn.context.now
    if any(isinstance(effect, LEDGER_EFFECTS) for effect in context.staged):
        seen = context.group.ledger_revision
        if not await OrderRepository(session).touch_ledger(context.group.id, seen):
            raise StaleLedger("the group's orders changed meanwhile")
    writer = Writer(session, context, turn.message, pause=turn.pause)
    for effect in context.staged:
        await writer.apply(effect)
    await writer.serve_who_waits()
    await writer.close_when_full()
    outcome = replace(turn.outcome, orders=tuple(writer.orders.values()), tickets=tuple(writer.tickets))
    await session.flush()
    turn_id = await _store_turn(connection, turn, outcome, now)
    if outcome.text and not any(isinstance(effect, AnswerShared) for effect in context.staged):
        await connection.execute(
            _INSERT_OUTBOX,
            {
                "group_id": context.group.id,
                "member_id": context.speaker.member_id,
                "turn_id": turn_id,
                "channel": turn.message.channel,
                "author": "assistant",
                "text": outcome.text,
                "addressees": [context.speaker.nickname],
                "private": outcome.private,
                "status": "sent" if turn.in_response else "pending",
                "attempts": 0,
                "error": "",
                "created_at": now,
                "next_attempt_at": now,
                "sent_at": now if turn.in_response else None,
            },
        )
    await connection.execute(_SETTLED, {"message": turn.message.id, "to": "held" if turn.held else "handled"})
    return outcome


async def _store_turn(connection: AsyncConnection, turn: Finished, outcome: Outcome, now: datetime) -> int:
    row = await connection.execute(
        _INSERT_TURN,
        {
            "message_id": turn.message.id,
            "group_id": turn.context.group.id,
            "member_id": turn.context.speaker.member_id,
            "at": now,
            "action": outcome.action,
            "responder": outcome.responder,
            "intent": outcome.intent,
            "reason": outcome.reason[:200],
            "text": outcome.text,
            "question_key": "",
            "memory": turn.memory.to_json(),
            "outcome": outcome.to_json(),
        },
    )
    return int(row.scalar_one())
