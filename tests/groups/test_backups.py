"""Backing up and restoring the store."""

import zipfile

import pytest

from assistant.errors import BadFile, Conflict, NotFound, UsageError
from assistant.groups.backups import back_up, restore
from assistant.settings import Settings

from .conftest import PAY, SHIP, Shop, folder


async def test_what_was_backed_up_comes_back_and_the_store_before_is_kept(shop: Shop) -> None:
    await shop.groups.load(folder(PAY))
    (shop.home / "images").mkdir()
    (shop.home / "images" / "a.png").write_bytes(b"picture")
    done = back_up(shop.settings, shop.home / "b.zip")
    assert (done.groups, done.images) == (1, 1)
    await shop.groups.load(folder(PAY, SHIP))
    (shop.home / "images" / "a.png").unlink()
    await shop.database.close()
    kept = restore(shop.settings, shop.home / "b.zip", replace=True).kept
    assert kept is not None and (kept / "yidan.db").exists()
    assert (shop.home / "images" / "a.png").read_bytes() == b"picture"
    assert [entry.key for entry in (await shop.knowledge.knowledge("tea")).entries] == ["pay"]


async def test_a_backup_goes_into_an_empty_home(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> None:
    await shop.groups.load(folder(PAY))
    back_up(shop.settings, shop.home / "b.zip")
    fresh = Settings(home=tmp_path_factory.mktemp("fresh") / "data")
    assert restore(fresh, shop.home / "b.zip").groups == 1


async def test_nothing_is_overwritten_unasked(shop: Shop) -> None:
    await shop.groups.load(folder(PAY))
    back_up(shop.settings, shop.home / "b.zip")
    with pytest.raises(UsageError, match="exists already"):
        back_up(shop.settings, shop.home / "b.zip")
    with pytest.raises(Conflict, match="--yes"):
        restore(shop.settings, shop.home / "b.zip")


async def test_a_store_in_use_is_left_alone(shop: Shop) -> None:
    await shop.groups.load(folder(PAY))
    back_up(shop.settings, shop.home / "b.zip")
    async with shop.database.read() as session:
        await session.connection()
        with pytest.raises(Conflict, match="stop the server"):
            restore(shop.settings, shop.home / "b.zip", replace=True)


async def test_a_damaged_backup_touches_nothing(shop: Shop) -> None:
    await shop.groups.load(folder(PAY))
    whole = shop.home / "b.zip"
    back_up(shop.settings, whole)
    (shop.home / "cut.zip").write_bytes(whole.read_bytes()[:-200])
    with zipfile.ZipFile(shop.home / "other.zip", "w") as archive:
        archive.writestr("../evil", "x")
    for name in ("cut.zip", "other.zip", "none.zip"):
        with pytest.raises(BadFile):
            restore(shop.settings, shop.home / name, replace=True)
    assert len((await shop.knowledge.knowledge("tea")).entries) == 1


def test_no_store_yet_and_another_database(tmp_path) -> None:
    with pytest.raises(NotFound, match="no store"):
        back_up(Settings(home=tmp_path), tmp_path / "b.zip")
    with pytest.raises(UsageError, match="pg_dump"):
        back_up(Settings(home=tmp_path, database_url="postgresql+asyncpg://db/yidan"), tmp_path / "b.zip")
