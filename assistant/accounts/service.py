"""Accounts: made, changed, listed. What weakens somebody's power ends their sessions in the same transaction."""

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from assistant.accounts import repository
from assistant.accounts.passwords import check_new, hash_password
from assistant.accounts.permissions import ROLES
from assistant.clock import Clock
from assistant.db import Database
from assistant.errors import Conflict, NotFound, UsageError
from assistant.models import Account
from assistant.text.fold import fold

LANGUAGES = ("zh-CN", "en")

_LOGIN = re.compile(r"[\w.@+-]{2,60}")


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """An account as a list shows it. ``seller`` is empty for people who work for all sellers."""

    id: int
    login: str
    name: str
    role: str
    seller: str
    seller_id: int | None
    language: str
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewAccount:
    """Somebody to be let in. ``name`` is shown; empty means the login name."""

    login: str
    password: str
    role: str = "owner"
    name: str = ""
    language: str = "zh-CN"


class AccountService:
    """The accounts of a store. ``seller_id`` limits whom the caller may touch; None means everybody."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def any(self) -> bool:
        """Tell whether there is an account at all."""
        async with self._database.read() as session:
            return await repository.how_many(session) > 0

    async def list(self, seller_id: int | None = None) -> list[AccountInfo]:
        """Return the accounts, oldest first."""
        async with self._database.read() as session:
            return [_info(row, seller or "") for row, seller in await repository.all_accounts(session, seller_id)]

    async def create(
        self, new: NewAccount, *, by: str, seller_id: int | None = None, seller: str = "", first: bool = False
    ) -> AccountInfo:
        """Make an account of a seller, named by id or by name, or of all sellers.

        ``first`` makes it only where there is none yet, whoever else tries at the same time.

        Raises:
            UsageError: the login name, the password, the role or the language is off.
            Conflict: the login name is taken, or ``first`` and there is one already.
            NotFound: there is no such seller.
        """
        login = clean_login(new.login)
        _check_role(new.role)
        if new.language not in LANGUAGES:
            raise UsageError(f"the language is one of {', '.join(LANGUAGES)}, not '{new.language}'")
        check_new(new.password, login)
        hashed = await asyncio.to_thread(hash_password, new.password)
        async with self._database.write() as session:
            if first and await repository.how_many(session):
                raise Conflict("there is an account already; please sign in")
            if await repository.find(session, login) is not None:
                raise Conflict(f"the login name '{login}' is taken; please choose another")
            if seller:
                seller_id = await repository.seller_id_of(session, seller)
                if seller_id is None:
                    raise NotFound(f"no seller '{seller}'")
            now = self._clock.now()
            row = Account(
                login=login,
                name=" ".join(new.name.split()) or new.login.strip(),
                password=hashed,
                seller_id=seller_id,
                role=new.role,
                language=new.language,
                created_at=now,
            )
            session.add(row)
            repository.note(session, at=now, by=by, action="account.create", subject=login, role=new.role)
            await session.flush()
            return _info(row, seller)

    async def set_password(
        self, login: str, password: str, *, by: str, seller_id: int | None = None, keep_session: int | None = None
    ) -> None:
        """Give an account a new password and sign it out everywhere but in ``keep_session``.

        Raises:
            NotFound: there is no such account.
            UsageError: the password may not be chosen.
        """
        login = clean_login(login)
        check_new(password, login)
        hashed = await asyncio.to_thread(hash_password, password)
        async with self._database.write() as session:
            row = await _require(session, login, seller_id)
            row.password = hashed
            await repository.end_sessions(session, row.id, but=keep_session)
            repository.note(session, at=self._clock.now(), by=by, action="account.password", subject=login)

    async def set_role(self, login: str, role: str, *, by: str, seller_id: int | None = None) -> None:
        """Give an account another role; it must sign in again.

        Raises:
            NotFound: there is no such account.
            UsageError: there is no such role.
            Conflict: nobody would be left who may do everything.
        """
        _check_role(role)
        async with self._database.write() as session:
            row = await _require(session, clean_login(login), seller_id)
            if row.role == role:
                return
            if row.role == "owner":
                await _keep_an_owner(session, row)
            before, row.role = row.role, role
            await repository.end_sessions(session, row.id)
            now = self._clock.now()
            repository.note(session, at=now, by=by, action="account.role", subject=row.login, before=before, after=role)

    async def set_disabled(self, login: str, disabled: bool, *, by: str, seller_id: int | None = None) -> None:
        """Shut an account out, or let it in again.

        Raises:
            NotFound: there is no such account.
            Conflict: nobody would be left who may do everything.
        """
        async with self._database.write() as session:
            row = await _require(session, clean_login(login), seller_id)
            if (row.disabled_at is not None) == disabled:
                return
            now = self._clock.now()
            if disabled and row.role == "owner":
                await _keep_an_owner(session, row)
            row.disabled_at = now if disabled else None
            await repository.end_sessions(session, row.id)
            action = "account.disable" if disabled else "account.enable"
            repository.note(session, at=now, by=by, action=action, subject=row.login)

    async def set_language(self, account_id: int, language: str) -> None:
        """Keep the language in which somebody reads the console. Raises UsageError."""
        if language not in LANGUAGES:
            raise UsageError(f"the language is one of {', '.join(LANGUAGES)}, not '{language}'")
        async with self._database.write() as session:
            row = await session.get(Account, account_id)
            if row is not None:
                row.language = language


def clean_login(login: str) -> str:
    """Return a login name as it is kept.

    Raises:
        UsageError: nobody can have such a name.
    """
    folded = fold(login.strip())
    if not _LOGIN.fullmatch(folded):
        raise UsageError("a login name has 2 to 60 letters, digits or . @ + - _")
    return folded


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise UsageError(f"a role is one of {', '.join(ROLES)}, not '{role}'")


async def _require(session: AsyncSession, login: str, seller_id: int | None) -> Account:
    row = await repository.find(session, login)
    if row is None or (seller_id is not None and row.seller_id != seller_id):
        raise NotFound(f"no account '{login}'")
    return row


async def _keep_an_owner(session: AsyncSession, row: Account) -> None:
    if row.disabled_at is None and await repository.owners(session, row.seller_id) <= 1:
        raise Conflict("this is the only owner; make somebody else an owner first")


def _info(row: Account, seller: str) -> AccountInfo:
    return AccountInfo(
        id=row.id,
        login=row.login,
        name=row.name,
        role=row.role,
        seller=seller,
        seller_id=row.seller_id,
        language=row.language,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
    )
