"""Signing in and out. A session lives in one browser; only the hash of its token is kept."""

import asyncio
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from assistant.accounts import repository
from assistant.accounts.passwords import LONGEST, fits
from assistant.accounts.permissions import Deed, may
from assistant.accounts.service import clean_login
from assistant.clock import Clock
from assistant.db import Database
from assistant.errors import NotAllowed, UsageError
from assistant.models import AccountSession

LIFETIME = timedelta(days=30)
"""After it one signs in again, however busy the session was."""

IDLE = timedelta(days=7)
"""A session that nobody used for so long is over."""

_TOUCH = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, in which session. ``seller_id`` None: for all sellers of this store."""

    account_id: int
    login: str
    name: str
    role: str
    seller_id: int | None
    seller: str
    """The seller's name; empty for all sellers."""
    language: str
    session_id: int
    csrf: str
    group_id: str
    """The group that was looked at last, or nothing."""

    @property
    def actor(self) -> str:
        """The name under which their deeds are noted."""
        return self.name

    def may(self, deed: Deed) -> bool:
        """Tell whether their role allows the deed."""
        return may(self.role, deed)

    def proves(self, csrf: str) -> bool:
        """Tell whether a request repeats what only this session's pages know."""
        return hmac.compare_digest(self.csrf.encode(), csrf.encode())


class Sessions:
    """The sessions of a store."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        # Each check takes 64 MB: a few at a time are enough for people and starve nobody.
        self._checks = asyncio.Semaphore(2)

    async def sign_in(self, login: str, password: str) -> str:
        """Return the token of a new session.

        Raises:
            NotAllowed: name and password do not belong together, or the account is disabled; they are not told apart.
        """
        try:
            folded = clean_login(login)
        except UsageError:
            folded = ""
        async with self._database.read() as session:
            account = await repository.find(session, folded)
        kept = account.password if account is not None and account.disabled_at is None else None
        async with self._checks:
            right = len(password) <= LONGEST and await asyncio.to_thread(fits, password, kept)
        if account is None or not right:
            raise NotAllowed("the login name or the password is not right")
        token, now = secrets.token_urlsafe(32), self._clock.now()
        async with self._database.write() as session:
            again = await repository.find(session, folded)
            if again is None or again.password != kept or again.disabled_at is not None:
                raise NotAllowed("the login name or the password is not right")
            await repository.forget_expired(session, now)
            session.add(
                AccountSession(
                    digest=_digest(token),
                    account_id=account.id,
                    csrf=secrets.token_urlsafe(24),
                    group_id="",
                    created_at=now,
                    seen_at=now,
                    expires_at=now + LIFETIME,
                )
            )
            repository.note(session, at=now, by=account.name, action="account.sign_in", subject=folded)
        return token

    async def person(self, token: str) -> Person | None:
        """Return who is signed in with this token; None when nobody is (any more)."""
        if not token:
            return None
        now = self._clock.now()
        async with self._database.read() as session:
            found = await repository.by_session(session, _digest(token))
        if found is None:
            return None
        kept, account, seller = found
        if kept.expires_at <= now or kept.seen_at + IDLE <= now or account.disabled_at is not None:
            return None
        if now - kept.seen_at > _TOUCH:
            async with self._database.write() as session:
                await repository.touch(session, kept.id, {"seen_at": now})
        return Person(
            account_id=account.id,
            login=account.login,
            name=account.name,
            role=account.role,
            seller_id=account.seller_id,
            seller=seller or "",
            language=account.language,
            session_id=kept.id,
            csrf=kept.csrf,
            group_id=kept.group_id,
        )

    async def choose_group(self, session_id: int, group_id: str) -> None:
        """Keep which group is looked at."""
        async with self._database.write() as session:
            await repository.touch(session, session_id, {"group_id": group_id})

    async def sign_out(self, session_id: int) -> None:
        """End a session; its token is worthless from now on."""
        async with self._database.write() as session:
            await repository.end_session(session, session_id)


def _digest(token: str) -> str:
    """Return the hash under which a token is kept. It has 256 random bits, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
