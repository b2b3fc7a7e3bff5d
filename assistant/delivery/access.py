"""Bearer tokens: made, looked up by their hash, listed, revoked. Only the hash is kept."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.accounts.permissions import ROLES
from assistant.clock import Clock
from assistant.db import Database
from assistant.errors import NotFound, UsageError
from assistant.models import Audit, Group, Member, Seller, Token
from assistant.regulars.repository import identity_of, opted_out

PREFIX = "yd_"
API_CHANNEL = "api"
"""The channel of members who have tokens."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a token speaks for.

    ``kind`` is ``seller`` (of ``seller_id``'s groups, of all groups where it is None), ``join`` (may join
    ``group_id``), ``applicant`` (asked to join it) or ``member`` (is ``member_id`` in ``group_id``).
    """

    token_id: int
    kind: str
    label: str
    seller_id: int | None = None
    seller_name: str = ""
    group_id: str | None = None
    member_id: int | None = None
    member_external_id: str = ""
    member_channel: str = ""
    nickname: str = ""
    role: str = "member"
    removed: bool = False
    power: str = ""
    """What a seller's caller may do: owner, helper or evaluator; nothing for others."""
    asked_seller_id: int | None = None
    """Whose the group is that was asked for; None where there is no such group, or none was named."""

    @property
    def actor(self) -> str:
        """The name under which the caller's deeds are noted."""
        return self.nickname or self.label or self.seller_name or "seller"


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """A token as a list shows it."""

    id: int
    kind: str
    label: str
    seller: str
    role: str
    group_id: str | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


def digest_of(token: str) -> str:
    """Return the hash under which a token is kept. It has 256 random bits, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


_LOOK_UP = (
    select(
        Token.id,
        Token.kind,
        Token.label,
        Token.role.label("power"),
        Token.seller_id,
        Token.group_id,
        Token.member_id,
        Token.expires_at,
        Seller.name.label("seller_name"),
        Member.external_id,
        Member.channel,
        Member.nickname,
        Member.role,
        Member.removed_at,
        select(Group.seller_id).where(Group.id == bindparam("asked")).scalar_subquery().label("asked_seller_id"),
    )
    .outerjoin(Seller, Seller.id == Token.seller_id)
    .outerjoin(Member, Member.id == Token.member_id)
    .where(Token.digest == bindparam("digest"), Token.revoked_at.is_(None))
)
# Built once: every request passes it.


class Access:
    """The tokens of a store."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def create_seller(
        self, name: str = "", *, label: str = "", days: int | None = None, role: str = "owner", by: str = "cli"
    ) -> str:
        """Return a new token of one seller, or of the owner of all groups where ``name`` is empty.

        ``role`` is what it may do.

        Raises:
            NotFound: there is no such seller.
            UsageError: there is no such role.
        """
        if role not in ROLES:
            raise UsageError(f"a role is one of {', '.join(ROLES)}, not '{role}'")
        async with self._database.write() as session:
            seller_id = await _seller_id(session, name) if name else None
            session.add(_audit("token.create", label, by, self._clock.now(), role=role, days=days))
            return self._issue(session, Token(kind="seller", seller_id=seller_id, label=label, role=role), days)

    async def create_join(self, group_id: str, *, label: str = "", days: int | None = None) -> str:
        """Return a new token with which people may join the group.

        Raises:
            NotFound: there is no such group.
        """
        async with self._database.write() as session:
            if await session.get(Group, group_id) is None:
                raise NotFound(f"no group '{group_id}'")
            return self._issue(session, Token(kind="join", group_id=group_id, label=label), days)

    def create_member(self, session: AsyncSession, member: Member) -> str:
        """Return a new token of a member, added to the caller's transaction."""
        return self._issue(session, Token(kind="member", group_id=member.group_id, member_id=member.id), None)

    async def known_as(self, session: AsyncSession, token: str, group: Group) -> str:
        """Return who the holder of a member's token is (the channel's own id) to the group's seller.

        Empty where the token says nothing here: it is no valid member's token, of another seller's group, of somebody
        who was removed, or of somebody who does not want to be remembered.
        """
        query = (
            select(Member.id, Member.external_id)
            .join(Token, Token.member_id == Member.id)
            .join(Group, Group.id == Member.group_id)
            .where(
                Token.digest == digest_of(token),
                Token.kind == "member",
                Token.revoked_at.is_(None),
                Group.seller_id == group.seller_id,
                Member.channel == API_CHANNEL,
                Member.role == "member",
                Member.removed_at.is_(None),
            )
        )
        row = (await session.execute(query)).first()
        if row is None or await opted_out(session, await identity_of(session, row.id)):
            return ""
        return str(row.external_id)

    async def create_applicant(self, session: AsyncSession, group_id: str) -> tuple[str, int]:
        """Return a new token of somebody who asked to join, and its row's id; it opens nothing yet."""
        row = Token(kind="applicant", group_id=group_id)
        token = self._issue(session, row, None)
        await session.flush()
        return token, row.id

    async def look_up(self, token: str, group_id: str | None = None) -> Caller | None:
        """Return whom the token speaks for; None for an unknown, expired or revoked one.

        ``group_id`` names the group that is asked for, whose seller comes along in ``asked_seller_id``.
        """
        if not token.startswith(PREFIX):
            return None
        async with self._database.engine.connect() as connection:
            found = await connection.execute(_LOOK_UP, {"digest": digest_of(token), "asked": group_id})
            row = found.first()
        if row is None or (row.expires_at is not None and row.expires_at <= self._clock.now()):
            return None
        return Caller(
            token_id=row.id,
            kind=row.kind,
            label=row.label,
            seller_id=row.seller_id,
            seller_name=row.seller_name or "",
            group_id=row.group_id,
            member_id=row.member_id,
            member_external_id=row.external_id or "",
            member_channel=row.channel or "",
            nickname=row.nickname or "",
            role=row.role or "member",
            power=row.power if row.kind == "seller" else "",
            removed=row.removed_at is not None,
            asked_seller_id=row.asked_seller_id,
        )

    async def seller_of(self, group_id: str) -> int | None:
        """Return whose a group is; None where there is no such group."""
        async with self._database.read() as session:
            return await session.scalar(select(Group.seller_id).where(Group.id == group_id))

    async def list(self, seller_id: int | None = None) -> list[TokenInfo]:
        """Return sellers' and join tokens, newest first, of one seller where it is named; members' own are left out."""
        query = (
            select(Token, Seller.name)
            .outerjoin(Seller, Seller.id == Token.seller_id)
            .where(Token.kind.not_in(("member", "applicant")))
            .order_by(Token.id.desc())
        )
        if seller_id is not None:
            query = query.where(_of_seller(seller_id))
        async with self._database.read() as session:
            rows = (await session.execute(query)).all()
        return [
            TokenInfo(
                id=token.id,
                kind=token.kind,
                label=token.label,
                seller=seller or "",
                role=token.role if token.kind == "seller" else "",
                group_id=token.group_id,
                created_at=token.created_at,
                expires_at=token.expires_at,
                revoked_at=token.revoked_at,
            )
            for token, seller in rows
        ]

    async def revoke(self, token_id: int, *, seller_id: int | None = None, by: str = "cli") -> None:
        """Make a token worthless from now on.

        Raises:
            NotFound: there is no such token (of this seller, where one is named), or it was revoked before.
        """
        now = self._clock.now()
        which = update(Token).where(Token.id == token_id, Token.revoked_at.is_(None))
        if seller_id is not None:
            which = which.where(_of_seller(seller_id))
        async with self._database.write() as session:
            revoked = await session.execute(which.values(revoked_at=now).returning(Token.label))
            label = revoked.scalar()
            if label is None:
                raise NotFound(f"no valid token {token_id}")
            session.add(_audit("token.revoke", f"token {token_id} {label}".strip(), by, now))

    def _issue(self, session: AsyncSession, row: Token, days: int | None) -> str:
        token = PREFIX + secrets.token_urlsafe(32)
        row.digest = digest_of(token)
        row.label = row.label or ""
        row.created_at = self._clock.now()
        row.expires_at = row.created_at + timedelta(days=days) if days else None
        session.add(row)
        return token


def _of_seller(seller_id: int) -> ColumnElement[bool]:
    """Return what picks a seller's own tokens, and those for joining their groups."""
    groups = select(Group.id).where(Group.seller_id == seller_id)
    return or_(Token.seller_id == seller_id, and_(Token.kind == "join", Token.group_id.in_(groups)))


def _audit(action: str, subject: str, by: str, now: datetime, **details: Any) -> Audit:
    return Audit(at=now, actor=by, action=action, group_id=None, subject=subject[:200], details=details)


async def _seller_id(session: AsyncSession, name: str) -> int:
    seller_id = await session.scalar(select(Seller.id).where(Seller.name == name))
    if seller_id is None:
        known = ", ".join(await session.scalars(select(Seller.name).order_by(Seller.name)))
        raise NotFound(f"no seller '{name}'" + (f"; known: {known}" if known else ""))
    return seller_id
