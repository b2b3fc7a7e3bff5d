"""Which of a seller's groups a newcomer should join, by what they ask for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.clock import Clock
from assistant.db import Database
from assistant.errors import NotFound
from assistant.groups.library import GroupView, Library
from assistant.groups.state import describe_state
from assistant.invitations.life import dead
from assistant.invitations.repository import InvitationRepository
from assistant.models import Group
from assistant.replies.catalogue import replies_for
from assistant.retrieval.embedder import FloatArray
from assistant.text.fold import skeleton

SURE = 0.5
"""The chance that the best group knows the matter, from which on the newcomer is sent there ..."""

AHEAD = 0.2
"""... if it is so much above the next."""


@dataclass(frozen=True, slots=True)
class Way:
    """A group that may be the right one. ``code`` is its invitation, empty where it has none that lives."""

    group_id: str
    name: str
    purpose: str
    chance: float
    code: str = ""


@dataclass(frozen=True, slots=True)
class Directions:
    """``sent``: go to the first way; ``asking``: choose among them; ``none``: the seller has no open group."""

    state: Literal["sent", "asking", "none"]
    text: str
    ways: tuple[Way, ...] = ()


class Signpost:
    """Sends newcomers to the right one of a seller's open groups; of other sellers it knows nothing."""

    def __init__(self, database: Database, clock: Clock, library: Library) -> None:
        self._database = database
        self._clock = clock
        self._library = library

    async def directions_by(self, code: str, text: str) -> Directions:
        """Return where somebody who holds an invitation should go for what they ask.

        Raises:
            NotFound: there is no such invitation.
        """
        async with self._database.read() as session:
            invitation = await InvitationRepository(session).by_code(code)
            if invitation is None or invitation.state == "spare":
                raise NotFound("no such invitation; please look at the poster again")
            group = await session.get_one(Group, invitation.group_id)
        return await self.directions(group.seller_id, text)

    async def directions(self, seller_id: int, text: str) -> Directions:
        """Return where somebody should go among the seller's open groups for what they ask."""
        now = self._clock.now()
        async with self._database.read() as session:
            views = [view for view in await self._views(session, seller_id) if _open(view, now)]
            if not views:
                return Directions("none", "")
            vector = self._library.embedder.queries([text])[0]
            chances = {view.id: chance(view, text, vector, now) for view in views}
            ways = sorted(
                [await _way(session, view, chances[view.id], now) for view in views],
                key=lambda way: (-way.chance, way.group_id),
            )
        settings = views[0].settings
        replies = replies_for(settings.language, settings.timezone, settings.payment.currency)
        best, second = ways[0], ways[1].chance if len(ways) > 1 else 0.0
        if len(ways) == 1 or (best.chance >= SURE and best.chance - second >= AHEAD):
            return Directions("sent", replies.render("signpost.sent", name=best.name, purpose=best.purpose), (best,))
        lines = [replies.render("signpost.which")]
        lines += [replies.render("signpost.way", name=way.name, purpose=way.purpose) for way in ways]
        return Directions("asking", "\n".join(lines), tuple(ways))

    async def _views(self, session: AsyncSession, seller_id: int) -> list[GroupView]:
        ids = await session.scalars(select(Group.id).where(Group.seller_id == seller_id).order_by(Group.id))
        return [await self._library.view(session, group_id) for group_id in ids]


def chance(view: GroupView, text: str, vector: FloatArray, now: datetime) -> float:
    """Return the chance that a group's records know the matter; a product named by its whole name is enough."""
    bare = skeleton(text)
    names = {skeleton(name) for p in view.catalogue.products for name in (p.name, *p.aliases)}
    if any(len(name) > 1 and name in bare for name in names):
        return 1.0
    return view.index.search(text, now=now, k=1, vector=vector).known


def _open(view: GroupView, now: datetime) -> bool:
    return describe_state(view, now, 0).state != "closed"


async def _way(session: AsyncSession, view: GroupView, chance: float, now: datetime) -> Way:
    invitation = await InvitationRepository(session).current(view.id)
    code = invitation.code if invitation is not None and not dead(invitation, now) else ""
    return Way(view.id, view.settings.name, view.settings.purpose, round(chance, 3), code)
