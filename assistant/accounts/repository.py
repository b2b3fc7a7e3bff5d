"""The SQL of accounts and sessions; within the caller's transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.models import Account, AccountSession, Audit, Seller


async def find(session: AsyncSession, login: str) -> Account | None:
    """Return the account of a folded login name."""
    return (await session.scalars(select(Account).where(Account.login == login))).one_or_none()


async def all_accounts(session: AsyncSession, seller_id: int | None) -> list[tuple[Account, str | None]]:
    """Return accounts with their sellers' names, in the order they were made; of one seller where it is named."""
    query = select(Account, Seller.name).outerjoin(Seller, Seller.id == Account.seller_id).order_by(Account.id)
    if seller_id is not None:
        query = query.where(Account.seller_id == seller_id)
    return [(account, seller) for account, seller in await session.execute(query)]


async def by_session(session: AsyncSession, digest: str) -> tuple[AccountSession, Account, str | None] | None:
    """Return the session of a hashed token with its account and the seller's name."""
    query = select(AccountSession, Account, Seller.name).join(Account, Account.id == AccountSession.account_id)
    query = query.outerjoin(Seller, Seller.id == Account.seller_id).where(AccountSession.digest == digest)
    row = (await session.execute(query)).first()
    return None if row is None else (row[0], row[1], row[2])


async def end_sessions(session: AsyncSession, account_id: int, *, but: int | None = None) -> None:
    """Sign an account out everywhere, except in the session ``but``."""
    query = delete(AccountSession).where(AccountSession.account_id == account_id)
    await session.execute(query if but is None else query.where(AccountSession.id != but))


async def end_session(session: AsyncSession, session_id: int) -> None:
    """End one session."""
    await session.execute(delete(AccountSession).where(AccountSession.id == session_id))


async def forget_expired(session: AsyncSession, now: datetime) -> None:
    """Remove the sessions whose time is over."""
    await session.execute(delete(AccountSession).where(AccountSession.expires_at <= now))


async def touch(session: AsyncSession, session_id: int, values: dict[str, Any]) -> None:
    """Change what is kept of a session."""
    await session.execute(update(AccountSession).where(AccountSession.id == session_id).values(**values))


async def owners(session: AsyncSession, seller_id: int | None) -> int:
    """Return how many owners can sign in for the seller (or for all sellers)."""
    query = select(func.count()).select_from(Account).where(Account.role == "owner", Account.disabled_at.is_(None))
    same = Account.seller_id.is_(None) if seller_id is None else Account.seller_id == seller_id
    return await session.scalar(query.where(same)) or 0


async def how_many(session: AsyncSession) -> int:
    """Return how many accounts there are."""
    return await session.scalar(select(func.count()).select_from(Account)) or 0


async def seller_id_of(session: AsyncSession, name: str) -> int | None:
    """Return the id of the seller of this name."""
    found: int | None = await session.scalar(select(Seller.id).where(Seller.name == name))
    return found


def note(session: AsyncSession, *, at: datetime, by: str, action: str, subject: str, **details: Any) -> None:
    """Note a deed about people."""
    session.add(Audit(at=at, actor=by, action=action, group_id=None, subject=subject, details=details))
