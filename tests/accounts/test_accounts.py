"""People who sign in: what a role may do, passwords, sessions that end when they must."""

from datetime import UTC, datetime, timedelta

import pytest

from assistant.accounts.permissions import Deed, may
from assistant.accounts.service import AccountService, NewAccount
from assistant.accounts.sessions import IDLE, LIFETIME, Sessions
from assistant.clock import FixedClock
from assistant.db import Database
from assistant.errors import Conflict, NotAllowed, NotFound, UsageError
from assistant.migrations import upgrade

WORD, OTHER = "a long enough word", "quite another word"


@pytest.fixture
async def database(tmp_path):
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/yidan.db")
    await upgrade(database)
    yield database
    await database.close()


@pytest.fixture
def clock():
    return FixedClock(datetime(2026, 5, 20, 2, 0, tzinfo=UTC))


@pytest.fixture
def accounts(database, clock):
    return AccountService(database, clock)


@pytest.fixture
def sessions(database, clock):
    return Sessions(database, clock)


class TestRoles:
    def test_an_owner_may_do_everything(self):
        assert all(may("owner", deed) for deed in Deed)

    @pytest.mark.parametrize("deed", [Deed.PEOPLE, Deed.MODEL, Deed.ERASE, Deed.GROUP, Deed.PUBLISH, Deed.AUDIT])
    @pytest.mark.parametrize("role", ["helper", "evaluator"])
    def test_the_shops_own_matters_are_the_owners(self, role, deed):
        assert not may(role, deed)

    def test_an_evaluator_sees_nobodys_orders_and_talk(self):
        assert may("evaluator", Deed.EVALUATE) and not may("evaluator", Deed.MEMBERS)

    @pytest.mark.parametrize("role", ["", "member", "Owner", "admin"])
    def test_an_unknown_role_may_nothing(self, role):
        assert not any(may(role, deed) for deed in Deed)


class TestCreate:
    async def test_it_can_sign_in_whatever_the_case_and_width(self, accounts, sessions):
        await accounts.create(NewAccount("ＬaoWang", WORD, name="老王"), by="test")
        person = await sessions.person(await sessions.sign_in("laowang", WORD))
        assert (person.login, person.name, person.role) == ("laowang", "老王", "owner")

    async def test_two_cannot_have_one_name(self, accounts):
        await accounts.create(NewAccount("wang", WORD), by="test")
        with pytest.raises(Conflict):
            await accounts.create(NewAccount("WANG", WORD), by="test")

    @pytest.mark.parametrize("password", ["short", "aaaaaaaaaa", "password", "lao-wang"])
    async def test_easy_passwords_are_refused(self, accounts, password):
        with pytest.raises(UsageError):
            await accounts.create(NewAccount("lao-wang", password), by="test")

    async def test_the_first_account_is_made_once(self, accounts):
        await accounts.create(NewAccount("one", WORD), by="setup", first=True)
        with pytest.raises(Conflict):
            await accounts.create(NewAccount("two", WORD), by="setup", first=True)

    async def test_the_password_itself_is_not_kept(self, accounts, database):
        await accounts.create(NewAccount("one", WORD), by="test")
        async with database.engine.connect() as connection:
            kept = (await connection.exec_driver_sql("SELECT password FROM accounts")).scalar()
        assert kept.startswith("$argon2") and WORD not in kept


class TestSessions:
    @pytest.fixture(autouse=True)
    async def wang(self, accounts):
        await accounts.create(NewAccount("wang", WORD), by="test")
        await accounts.create(NewAccount("li", WORD), by="test")

    @pytest.mark.parametrize(("login", "password"), [("wang", OTHER), ("nobody", WORD), ("", ""), ("a" * 99, WORD)])
    async def test_a_wrong_guess_is_told_nothing(self, sessions, login, password):
        with pytest.raises(NotAllowed, match="the login name or the password is not right"):
            await sessions.sign_in(login, password)

    async def test_it_ends_when_it_is_old_and_when_nobody_uses_it(self, sessions, clock):
        start = clock.now()
        token = await sessions.sign_in("wang", WORD)
        day = timedelta(days=1)
        while clock.now() + day < start + LIFETIME:
            clock.set(clock.now() + day)
            assert await sessions.person(token) is not None
        clock.set(start + LIFETIME)
        assert await sessions.person(token) is None
        idle = await sessions.sign_in("wang", WORD)
        clock.set(clock.now() + IDLE)
        assert await sessions.person(idle) is None

    async def test_signing_out_ends_only_this_one(self, sessions):
        here, there = await sessions.sign_in("wang", WORD), await sessions.sign_in("wang", WORD)
        await sessions.sign_out((await sessions.person(here)).session_id)
        assert (await sessions.person(here), (await sessions.person(there)).login) == (None, "wang")

    async def test_a_new_password_ends_the_others(self, accounts, sessions):
        here, there = await sessions.sign_in("wang", WORD), await sessions.sign_in("wang", WORD)
        keep = (await sessions.person(here)).session_id
        await accounts.set_password("wang", OTHER, by="wang", keep_session=keep)
        assert await sessions.person(there) is None and await sessions.person(here) is not None
        with pytest.raises(NotAllowed):
            await sessions.sign_in("wang", WORD)

    async def test_somebody_shut_out_is_out_at_once_and_back_when_let_in(self, accounts, sessions):
        token = await sessions.sign_in("wang", WORD)
        await accounts.set_disabled("wang", True, by="li")
        assert await sessions.person(token) is None
        with pytest.raises(NotAllowed):
            await sessions.sign_in("wang", WORD)
        await accounts.set_disabled("wang", False, by="li")
        assert await sessions.sign_in("wang", WORD)

    async def test_a_new_role_asks_to_sign_in_again(self, accounts, sessions):
        token = await sessions.sign_in("wang", WORD)
        await accounts.set_role("wang", "evaluator", by="li")
        assert await sessions.person(token) is None

    async def test_one_owner_always_stays(self, accounts):
        await accounts.set_role("wang", "helper", by="li")
        for change in (accounts.set_role("li", "helper", by="li"), accounts.set_disabled("li", True, by="li")):
            with pytest.raises(Conflict, match="only owner"):
                await change


async def test_another_sellers_people_cannot_be_touched(accounts):
    await accounts.create(NewAccount("wang", WORD), by="test", seller_id=None)
    with pytest.raises(NotFound):
        await accounts.set_password("wang", OTHER, by="mallory", seller_id=7)
