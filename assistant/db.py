"""The store's engine and sessions. SQLite (WAL) by default, PostgreSQL with the same code."""

import sqlite3
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiosqlite
from sqlalchemy import BigInteger, DateTime, event
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.types import TypeDecorator

BUSY_TIMEOUT_MS = 10_000
MONEY_SCALE = Decimal(10_000)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, stored in UTC (SQLite has no zones, so it is stored bare there)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return ``value`` in UTC. Raises ValueError for a time without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone must not reach the store")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored time, aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Money(TypeDecorator[Decimal]):
    """An exact amount, stored as whole ten-thousandths so that sums are exact in any database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Return the amount in ten-thousandths of its currency unit."""
        return None if value is None else int((value * MONEY_SCALE).to_integral_value())

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Return the amount with at least two decimals."""
        if value is None:
            return None
        amount = Decimal(value) / MONEY_SCALE
        return amount.quantize(Decimal("0.01")) if value % 100 == 0 else amount.normalize()


def _tune_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        # A message that was taken in must survive a power cut, not only a killed process.
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "cache_size=-8000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


class _OneHopCursor(AsyncAdapt_aiosqlite_cursor):
    """Runs a statement and fetches its rows in at most one visit to the connection's thread.

    The stock cursor goes there four times (open, execute, fetch, close), and the visits were most of a turn's time.
    Only what may wait goes there at all: beginning and committing a transaction, and writes outside of one. A read
    in WAL mode and a write under a lock that is already held take microseconds and run where they are.
    """

    __slots__ = ("_done",)

    def __init__(self, adapt_connection: Any) -> None:
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection
        self._soft_closed_memoized = {}  # type: ignore[assignment]
        self._rows = deque()
        self._done: tuple[Any, int, int] = (None, -1, 0)

    @property
    def description(self) -> Any:
        """The columns of the result, as the DB-API says."""
        return self._done[0]

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        return self._done[1]

    @property
    def lastrowid(self) -> int:
        """The id of the last inserted row."""
        return self._done[2]

    def close(self) -> None:
        """Forget the rows; nothing is open."""
        self._rows.clear()

    async def _async_soft_close(self) -> None:
        return

    async def _execute_async(self, operation: Any, parameters: Any) -> None:
        await self._visit("execute", operation, parameters or ())

    async def _executemany_async(self, operation: Any, seq_of_parameters: Any) -> None:
        await self._visit("executemany", operation, seq_of_parameters)

    async def _visit(self, method: str, operation: Any, parameters: Any) -> None:
        async with self._adapt_connection._execute_mutex:
            connection: Any = self._connection

            def work() -> tuple[tuple[Any, int, int], list[Any]]:
                cursor = getattr(connection._conn, method)(operation, parameters)
                try:
                    rows = cursor.fetchall() if cursor.description else []
                    return (cursor.description, cursor.rowcount, cursor.lastrowid), rows
                finally:
                    cursor.close()

            if method == "execute" and _waits_for_nobody(connection._conn, operation):
                self._done, rows = work()
            else:
                self._done, rows = await connection._execute(work)
            self._rows = deque(rows)


def _waits_for_nobody(connection: sqlite3.Connection, operation: str) -> bool:
    return operation.startswith("SELECT") or connection.in_transaction


class _OneHopConnection(AsyncAdapt_aiosqlite_connection):
    """Hands out one-hop cursors, and has nothing to end where no transaction was begun."""

    __slots__ = ()
    _cursor_cls = _OneHopCursor

    def rollback(self) -> None:
        """Roll back the transaction, if there is one."""
        if self._begun():
            super().rollback()

    def commit(self) -> None:
        """Commit the transaction, if there is one."""
        if self._begun():
            super().commit()

    def _begun(self) -> bool:
        connection = self._connection._connection
        return connection is not None and bool(connection.in_transaction)


class _OneHopModule(AsyncAdapt_aiosqlite_dbapi):
    """The driver with our connections."""

    def connect(self, *arguments: Any, **options: Any) -> AsyncAdapt_aiosqlite_connection:
        """Return a new connection."""
        return _OneHopConnection(self, super().connect(*arguments, **options)._connection)


class Database:
    """An engine with its sessions.

    ``read()`` gives a session that writes nothing; ``write()`` one short transaction, committed at the end
    of the block. On SQLite a write transaction takes the write lock at its beginning, so that two of them
    queue up instead of failing half-way.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite and parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        driver: dict[str, Any] = {}
        if self.is_sqlite:
            # One task at a time uses a connection (the pool and the adapter's lock see to it), from either thread.
            driver = {
                "module": _OneHopModule(aiosqlite, sqlite3),
                "connect_args": {"check_same_thread": False},
            }
        self.engine: AsyncEngine = create_async_engine(url, **driver)
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _tune_sqlite)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Yield a session whose changes are thrown away."""
        async with self._sessions() as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """Yield a session in one transaction that commits when the block ends, or rolls back on an error."""
        async with self._sessions() as session, session.begin():
            if self.is_sqlite:
                await (await session.connection()).exec_driver_sql("BEGIN IMMEDIATE")
            yield session

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()
