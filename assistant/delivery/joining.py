"""Coming into a group by an invitation: what is asked, who decides, what the newcomer hears."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.clock import Clock
from assistant.db import Database
from assistant.delivery.access import Access
from assistant.delivery.directory import admit, door_of
from assistant.delivery.welcome import welcome_text
from assistant.errors import Conflict, NotFound
from assistant.groups.settings import GroupSettings
from assistant.groups.state import Life, describe_state
from assistant.groups.toml import settings_from_json
from assistant.invitations.life import admits
from assistant.invitations.newcomers import Door, Flag, Newcomer, missing, obstacle, oddities
from assistant.invitations.repository import InvitationRepository
from assistant.knowledge.service import require_group
from assistant.models import Audit, Group, Invitation, JoinRequest, Token
from assistant.moderation.rules import breach_of, offers
from assistant.notices import notice_to_seller
from assistant.replies.catalogue import Replies, replies_for

RULE = "rule"
"""Who decided where nobody had to look."""

Reception = Literal["asking", "pending", "joined", "refused"]


@dataclass(frozen=True, slots=True)
class Received:
    """What a newcomer hears. ``needs`` is what is asked for: keyword, answer or nickname.

    ``token`` is theirs alone; it opens the group once the state is ``joined``.
    """

    state: Reception
    text: str
    group_id: str
    needs: str = ""
    token: str = ""
    member_id: int | None = None


@dataclass(frozen=True, slots=True)
class Greeting:
    """What stands at the door: the group, what it asks for, and whether the invitation still lets people in."""

    group_id: str
    name: str
    seller: str
    purpose: str
    rules: tuple[str, ...]
    language: str
    keyword: str
    question: str
    text: str
    open: bool
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request to join as the seller sees it."""

    id: int
    nickname: str
    source: str
    flags: tuple[str, ...]
    state: str
    note: str
    asked_at: datetime
    decided_by: str
    member_id: int | None


class Joining:
    """The way into groups by invitation, from both sides of the door."""

    def __init__(self, database: Database, clock: Clock, access: Access) -> None:
        self._database = database
        self._clock = clock
        self._access = access

    async def greeting(self, code: str) -> Greeting:
        """Return what a newcomer should know before they ask to join.

        Raises:
            NotFound: there is no such invitation.
        """
        now = self._clock.now()
        async with self._database.read() as session:
            invitation, group = await _invited(session, code)
            settings, replies = _words(group)
            names, removed = await InvitationRepository(session).names(group.id)
        door = door_of(settings, names, removed=removed, closed=_closed(group, settings, now))
        closed = _why_not(door, invitation, now, replies)
        return Greeting(
            group_id=group.id,
            name=settings.name,
            seller=settings.seller,
            purpose=settings.purpose,
            rules=settings.rules,
            language=settings.language,
            keyword=door.keyword,
            question=door.question,
            text=closed or _ask(door, replies, "keyword" if door.keyword else "answer" if door.question else ""),
            open=not closed,
            expires_at=invitation.expires_at,
        )

    async def receive(self, code: str, newcomer: Newcomer) -> Received:
        """Take a newcomer's keyword and answer and return what they hear; ask again with what was missing.

        Raises:
            NotFound: there is no such invitation.
        """
        now = self._clock.now()
        async with self._database.write() as session:
            invitation, group = await _invited(session, code, lock=True)
            settings, replies = _words(group)
            names, removed = await InvitationRepository(session).names(group.id)
            door = door_of(settings, names, removed=removed, closed=_closed(group, settings, now))
            if refused := _why_not(door, invitation, now, replies):
                return Received("refused", refused, group.id)
            if (problem := obstacle(door, newcomer.nickname)) is not None:
                return Received("asking", replies.render(f"door.{problem}"), group.id, needs="nickname")
            if needs := missing(door, newcomer):
                return Received("asking", _ask(door, replies, needs), group.id, needs=needs)
            flags = oddities(door, newcomer, _breach(newcomer, settings))
            known_as = await self._access.known_as(session, newcomer.known_by, group) if newcomer.known_by else ""
            token, token_id = await self._access.create_applicant(session, group.id)
            request = JoinRequest(
                group_id=group.id,
                invitation_id=invitation.id,
                token_id=token_id,
                nickname=newcomer.nickname,
                source=newcomer.answer.strip(),
                known_as=known_as,
                flags=list(flags),
                state="pending",
                asked_at=now,
            )
            session.add(request)
            await session.flush()
            approval = settings.join.approval if settings.join else "odd"
            if approval == "all" or (approval == "odd" and flags):
                await _tell_seller(session, group.id, replies, now)
                return Received(
                    "pending", replies.render("door.pending", seller=settings.seller), group.id, token=token
                )
            member_id = await _let_in(session, request, by=RULE, now=now)
            text = await welcome_text(session, group, settings, [newcomer.nickname], now)
            return Received("joined", text, group.id, token=token, member_id=member_id)

    async def standing(self, token_id: int) -> Received:
        """Return how the request of a newcomer's token stands.

        Raises:
            NotFound: the token belongs to no request.
        """
        async with self._database.read() as session:
            request = await InvitationRepository(session).request_of_token(token_id)
            if request is None:
                raise NotFound("there is no request to join with this token")
            return await self._heard(session, request)

    async def standing_of(self, group_id: str, request_id: int) -> Received:
        """Return what the newcomer of a request hears now. Raises NotFound."""
        async with self._database.read() as session:
            request = await InvitationRepository(session).request(group_id, request_id)
            if request is None:
                raise NotFound(f"no request {request_id} to join group '{group_id}'")
            return await self._heard(session, request)

    async def _heard(self, session: AsyncSession, request: JoinRequest) -> Received:
        group = await session.get_one(Group, request.group_id)
        settings, replies = _words(group)
        if request.state == "joined":
            text = await welcome_text(session, group, settings, [request.nickname], self._clock.now())
            return Received("joined", text, group.id, member_id=request.member_id)
        if request.state == "refused":
            return Received("refused", _refusal(replies, settings, request.note), group.id)
        return Received("pending", replies.render("door.pending", seller=settings.seller), group.id)

    async def requests(self, group_id: str, state: str | None = None) -> list[RequestView]:
        """Return a group's requests to join, oldest first. Raises NotFound."""
        async with self._database.read() as session:
            await require_group(session, group_id)
            return [_view(one) for one in await InvitationRepository(session).requests(group_id, state)]

    async def approve(self, group_id: str, request_id: int, *, by: str) -> RequestView:
        """Let somebody in who waits; their token is a member's from now on.

        Raises:
            NotFound: there is no such request.
            Conflict: it was decided before, or the group is closed or full, or the name was taken meanwhile.
        """
        now = self._clock.now()
        async with self._database.write() as session:
            group = await require_group(session, group_id, lock=True)
            request = await _pending(session, group_id, request_id)
            settings, _replies = _words(group)
            names, _ = await InvitationRepository(session).names(group_id)
            door = door_of(settings, names, closed=_closed(group, settings, now))
            problem = obstacle(door, request.nickname)
            # A name that only sounds like the seller's is for the seller to allow; the seller's own name is not.
            if problem is not None:
                raise Conflict(f"'{request.nickname}' cannot come in: {_PROBLEMS[problem]}")
            await _let_in(session, request, by=by, now=now)
            session.add(_audit(request, "join.approve", by, now))
            return _view(request)

    async def refuse(self, group_id: str, request_id: int, *, by: str, note: str = "") -> RequestView:
        """Turn somebody away who waits; ``note`` is told to them. Raises NotFound, Conflict."""
        now = self._clock.now()
        async with self._database.write() as session:
            await require_group(session, group_id, lock=True)
            request = await _pending(session, group_id, request_id)
            request.state, request.note = "refused", note[:300]
            request.decided_at, request.decided_by = now, by
            session.add(_audit(request, "join.refuse", by, now))
            return _view(request)


_PROBLEMS = {
    "reserved": "this is the seller's or the assistant's name",
    "closed": "the group is closed",
    "taken": "the name was taken meanwhile",
    "full": "the group is full",
}


async def _invited(session: AsyncSession, code: str, *, lock: bool = False) -> tuple[Invitation, Group]:
    invitation = await InvitationRepository(session).by_code(code)
    if invitation is None or invitation.state == "spare":
        raise NotFound("no such invitation; please look at the poster again")
    return invitation, await session.get_one(Group, invitation.group_id, with_for_update=lock or None)


def _words(group: Group) -> tuple[GroupSettings, Replies]:
    settings = settings_from_json(group.settings)
    return settings, replies_for(settings.language, settings.timezone, settings.payment.currency)


def _closed(group: Group, settings: GroupSettings, now: datetime) -> bool:
    return describe_state(Life(settings, group.closed_at), now, 0).state == "closed"


def _why_not(door: Door, invitation: Invitation, now: datetime, replies: Replies) -> str:
    """Return the kind words for somebody who cannot come in whatever they give; empty where they can."""
    seller = door.reserved[0]
    if door.closed:
        return replies.render("door.closed", seller=seller)
    if not admits(invitation, now):
        return replies.render("door.expired", seller=seller)
    if door.limit is not None and len(door.names) >= door.limit:
        return replies.render("door.full", limit=door.limit, seller=seller)
    return ""


def _ask(door: Door, replies: Replies, needs: str) -> str:
    if needs == "keyword":
        return replies.render("door.ask_keyword", keyword=door.keyword)
    if needs == "answer":
        return replies.render("door.ask_question", question=door.question)
    return replies.render("door.ask_name")


def _breach(newcomer: Newcomer, settings: GroupSettings) -> Flag | None:
    said = f"{newcomer.nickname}\n{newcomer.answer}"
    breach = breach_of(said, allow_links=settings.moderation.allow_links)
    return breach or ("advert" if offers(said) else None)


async def _tell_seller(session: AsyncSession, group_id: str, replies: Replies, now: datetime) -> None:
    """Tell the seller once that somebody waits; who comes while others wait is seen with them."""
    waiting = len(await InvitationRepository(session).requests(group_id, "pending"))
    if waiting == 1:
        session.add(notice_to_seller(group_id, replies.render("seller.join_waiting"), now))


async def _let_in(session: AsyncSession, request: JoinRequest, *, by: str, now: datetime) -> int:
    known = {"source": request.source, "known_as": request.known_as}
    member = await admit(session, request.group_id, request.nickname, now=now, **known)
    request.state, request.member_id = "joined", member.id
    request.decided_at, request.decided_by = now, by
    await session.execute(update(Token).where(Token.id == request.token_id).values(kind="member", member_id=member.id))
    return member.id


async def _pending(session: AsyncSession, group_id: str, request_id: int) -> JoinRequest:
    request = await InvitationRepository(session).request(group_id, request_id)
    if request is None:
        raise NotFound(f"no request {request_id} to join group '{group_id}'")
    if request.state != "pending":
        raise Conflict(f"request {request_id} was decided before: {request.state}")
    return request


def _refusal(replies: Replies, settings: GroupSettings, note: str) -> str:
    return replies.render("door.refused", seller=settings.seller, note=note)


def _view(row: JoinRequest) -> RequestView:
    return RequestView(
        id=row.id,
        nickname=row.nickname,
        source=row.source,
        flags=tuple(row.flags),
        state=row.state,
        note=row.note,
        asked_at=row.asked_at,
        decided_by=row.decided_by,
        member_id=row.member_id,
    )


def _audit(row: JoinRequest, action: str, by: str, now: datetime) -> Audit:
    details = {"nickname": row.nickname, "flags": list(row.flags), "note": row.note}
    return Audit(at=now, actor=by, action=action, group_id=row.group_id, subject=f"request {row.id}", details=details)
