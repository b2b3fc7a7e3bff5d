"""The store's own types and transactions: exact amounts, aware times, one writer at a time."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite

from assistant.db import Database, Money, UtcDateTime
from assistant.models import Base, Seller

DIALECTS = (sqlite.dialect(), postgresql.dialect())
AT = datetime(2026, 5, 20, 2, 0, tzinfo=UTC)

offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2999, 1, 1), timezones=offsets)


class TestMoney:
    @given(st.integers(-(10**12), 10**12), st.sampled_from([0, 2, 4]))
    def test_an_amount_comes_back_as_it_went_in(self, units: int, places: int) -> None:
        amount = Decimal(units).scaleb(-places)
        for dialect in DIALECTS:
            stored = Money().process_bind_param(amount, dialect)
            assert isinstance(stored, int)
            assert Money().process_result_value(stored, dialect) == amount

    @given(st.lists(st.integers(0, 10**9).map(lambda cents: Decimal(cents) / 100), max_size=20))
    def test_sums_in_the_store_are_exact(self, amounts: list[Decimal]) -> None:
        (dialect, _) = DIALECTS
        stored = sum(Money().process_bind_param(amount, dialect) or 0 for amount in amounts)
        assert Money().process_result_value(stored, dialect) == sum(amounts, Decimal(0))

    @pytest.mark.parametrize(
        ("amount", "written"), [("198", "198.00"), ("49.9", "49.90"), ("0", "0.00"), ("0.125", "0.125")]
    )
    def test_it_comes_back_with_two_decimals_at_least(self, amount: str, written: str) -> None:
        (dialect, _) = DIALECTS
        read = Money().process_result_value(Money().process_bind_param(Decimal(amount), dialect), dialect)
        assert str(read) == written

    def test_nothing_stays_nothing(self) -> None:
        (dialect, _) = DIALECTS
        assert Money().process_bind_param(None, dialect) is None
        assert Money().process_result_value(None, dialect) is None


class TestTime:
    @given(moments)
    def test_a_moment_comes_back_as_it_went_in(self, moment: datetime) -> None:
        for dialect in DIALECTS:
            stored = UtcDateTime().process_bind_param(moment, dialect)
            assert stored is not None
            for column in (stored, stored.replace(tzinfo=None)):
                read = UtcDateTime().process_result_value(column, dialect)
                assert read == moment
                assert read is not None and read.utcoffset() == timedelta(0)

    def test_a_time_without_a_zone_is_refused(self) -> None:
        with pytest.raises(ValueError, match="without a zone"):
            UtcDateTime().process_bind_param(datetime(2026, 5, 20), DIALECTS[0])


class TestDatabase:
    @pytest.fixture
    async def database(self, tmp_path: Path) -> AsyncIterator[Database]:
        database = Database(f"sqlite+aiosqlite:///{tmp_path}/new/yidan.db")
        async with database.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        yield database
        await database.close()

    async def count(self, database: Database) -> int:
        async with database.read() as session:
            return int(await session.scalar(select(func.count()).select_from(Seller)) or 0)

    async def test_its_folder_is_made(self, database: Database, tmp_path: Path) -> None:
        assert (tmp_path / "new" / "yidan.db").is_file()

    async def test_a_written_block_stays(self, database: Database) -> None:
        async with database.write() as session:
            session.add(Seller(name="老王", created_at=AT))
        assert await self.count(database) == 1

    async def test_a_failed_block_leaves_nothing(self, database: Database) -> None:
        with pytest.raises(RuntimeError):
            async with database.write() as session:
                session.add(Seller(name="老王", created_at=AT))
                await session.flush()
                raise RuntimeError("the light went out")
        assert await self.count(database) == 0

    async def test_what_a_reader_changes_is_thrown_away(self, database: Database) -> None:
        async with database.read() as session:
            session.add(Seller(name="老王", created_at=AT))
            await session.flush()
        assert await self.count(database) == 0

    async def test_writers_queue_up_and_none_is_lost(self, database: Database) -> None:
        async def add(number: int) -> None:
            async with database.write() as session:
                seen = await session.scalar(select(func.count()).select_from(Seller))
                await asyncio.sleep(0)
                await session.execute(insert(Seller).values(name=f"{seen}", created_at=AT))

        await asyncio.gather(*(add(number) for number in range(8)))
        assert await self.count(database) == 8

    async def test_a_power_cut_loses_nothing_and_references_hold(self, database: Database) -> None:
        async with database.read() as session:
            pragmas = [
                await session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")
            ]
        assert pragmas == ["wal", 2, 1]
