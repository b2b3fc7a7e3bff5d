"""What waits for the seller in one list: tickets and requests to join, the longest wait first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast, get_args

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.db import Database
from assistant.models import Group, JoinRequest, Member, Order, Ticket

Kind = Literal["handoff", "custom_request", "refund", "complaint", "join"]
State = Literal["open", "claimed", "resolved"]

KINDS: tuple[Kind, ...] = get_args(Kind)
MOST = 200
"""Most rows of a kind in one list."""

_STATE_OF_REQUEST: dict[str, State] = {"pending": "open", "joined": "resolved", "refused": "resolved"}


@dataclass(frozen=True, slots=True)
class WaitingItem:
    """Something that waits, or waited, for the seller. ``id`` is the ticket's or the request's."""

    kind: Kind
    id: int
    group_id: str
    group: str
    member: str
    text: str
    state: State
    since: datetime
    with_whom: str
    """Who has claimed it, or decided about it."""
    done_at: datetime | None
    order: int | None = None
    flags: tuple[str, ...] = ()
    others: int = 0
    """How many more members asked the same."""


class Waiting:
    """Reads what waits in some groups; the faces say in which ones the caller may look."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(
        self, group_ids: Sequence[str], *, states: Sequence[State] = ("open", "claimed"), kinds: Sequence[Kind] = ()
    ) -> list[WaitingItem]:
        """Return what waits, the longest wait first; where all that is asked for is done, the last done first."""
        wanted = set(kinds or KINDS)
        async with self._database.read() as session:
            found = await _tickets(session, group_ids, states, sorted(wanted - {"join"}))
            if "join" in wanted:
                found += await _requests(session, group_ids, states)
        if set(states) == {"resolved"}:
            return sorted(found, key=lambda item: item.done_at or item.since, reverse=True)
        return sorted(found, key=lambda item: item.since)

    async def counts(self, group_ids: Sequence[str]) -> dict[str, int]:
        """Return how many things are open in each group where there are any; what somebody has claimed is theirs."""
        async with self._database.read() as session:
            tickets = await session.execute(
                select(Ticket.group_id, func.count(Ticket.id))
                .where(Ticket.group_id.in_(group_ids), Ticket.status == "open")
                .group_by(Ticket.group_id)
            )
            requests = await session.execute(
                select(JoinRequest.group_id, func.count(JoinRequest.id))
                .where(JoinRequest.group_id.in_(group_ids), JoinRequest.state == "pending")
                .group_by(JoinRequest.group_id)
            )
            counts: dict[str, int] = {}
            for group_id, count in (*tickets, *requests):
                counts[group_id] = counts.get(group_id, 0) + count
        return counts


async def _tickets(
    session: AsyncSession, group_ids: Sequence[str], states: Sequence[State], kinds: Sequence[str]
) -> list[WaitingItem]:
    newest_first = set(states) == {"resolved"}
    query = (
        select(Ticket, Member.nickname, Group.name, Order.number)
        .join(Member, Member.id == Ticket.member_id)
        .join(Group, Group.id == Ticket.group_id)
        .outerjoin(Order, Order.id == Ticket.order_id)
        .where(Ticket.group_id.in_(group_ids), Ticket.status.in_(states), Ticket.kind.in_(kinds))
        .order_by(Ticket.id.desc() if newest_first else Ticket.id)
        .limit(MOST)
    )
    return [
        WaitingItem(
            kind=cast(Kind, ticket.kind),
            id=ticket.id,
            group_id=ticket.group_id,
            group=group,
            member=nickname,
            text=ticket.question,
            state=cast(State, ticket.status),
            since=ticket.created_at,
            with_whom=ticket.claimed_by,
            done_at=ticket.resolved_at,
            order=number,
            others=len(ticket.context.get("also_asked_by", ())),
        )
        for ticket, nickname, group, number in await session.execute(query)
    ]


async def _requests(session: AsyncSession, group_ids: Sequence[str], states: Sequence[State]) -> list[WaitingItem]:
    wanted = [name for name, state in _STATE_OF_REQUEST.items() if state in states]
    newest_first = set(states) == {"resolved"}
    query = (
        select(JoinRequest, Group.name)
        .join(Group, Group.id == JoinRequest.group_id)
        .where(JoinRequest.group_id.in_(group_ids), JoinRequest.state.in_(wanted))
        .order_by(JoinRequest.id.desc() if newest_first else JoinRequest.id)
        .limit(MOST)
    )
    return [
        WaitingItem(
            kind="join",
            id=request.id,
            group_id=request.group_id,
            group=group,
            member=request.nickname,
            text=request.source,
            state=_STATE_OF_REQUEST[request.state],
            since=request.asked_at,
            with_whom=request.decided_by or "",
            done_at=request.decided_at,
            flags=tuple(request.flags),
        )
        for request, group in await session.execute(query)
    ]
