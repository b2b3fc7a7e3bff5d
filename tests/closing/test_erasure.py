"""After the retention time no byte below the home tells who was in the group: no row, file, log or freed page."""

import json
import zipfile
from datetime import timedelta

import pytest
from delivery.kit import NOW, count, incoming, open_store
from sqlalchemy import select

from assistant.closing import files, freed
from assistant.closing import service as closing_service
from assistant.errors import Unavailable
from assistant.groups.backups import back_up
from assistant.models import Audit, Closing, Entry, Group, Member, Message, Order, Outbox
from assistant.orders.book import order_book
from assistant.orders.spreadsheet import write_spreadsheet
from assistant.web.app import running
from closing.kit import fill, people, traces_below

AFTER = NOW + timedelta(days=31)


async def leave_files(yidan, persons) -> None:
    """What a working group leaves in the home: an exported book, notes, a log, an older store."""
    home = yidan.settings.home
    info = await yidan.groups.show("tea")
    async with yidan.database.read() as session:
        write_spreadsheet(home / "out" / "tea.xlsx", await order_book(session, "tea"), info.settings.zone)
    (home / "orders.csv").write_text(f"1,{persons[0].nickname}\n", encoding="gb18030")
    (home / "dump.json").write_text(json.dumps({"who": persons[1].nickname}))
    (home / "serve.log").write_text(f"started\nfailed: {persons[0].phone}\nstopped\n", encoding="utf-8")
    back_up(yidan.settings, home / "backup.zip")
    old = home / "before-restore-20260519T000000"
    old.mkdir()
    with zipfile.ZipFile(home / "backup.zip") as archive:
        archive.extract("yidan.db", old)


async def test_no_byte_below_the_home_names_a_member(yidan) -> None:
    persons = people(200)
    await fill(yidan, persons, orders=500)
    home = yidan.settings.home
    await leave_files(yidan, persons)
    await yidan.closing.close("tea")
    assert traces_below(home, persons[:3])  # the search itself can find something
    view = await yidan.closing.erase("tea")
    (home / "backup.zip").unlink()  # the seller's own: it is named, not removed
    assert traces_below(home, persons) == []
    protocol = view.protocol
    assert protocol["rows"]["members"] == 200 and protocol["rows"]["orders"] == 500
    assert protocol["files"] == {"archives": 1, "exports": 3, "log_lines": 1, "old_stores": 1, "pictures": 100}
    assert protocol["left"] == ["backup.zip"] and "pictures" not in protocol
    assert (home / "serve.log").read_text() == "started\nstopped\n"
    assert not list((home / "images").iterdir())


async def test_the_figures_of_its_life_outlive_the_members(yidan) -> None:
    await fill(yidan, people(4), orders=8)
    await yidan.closing.close("tea")
    before = await yidan.reports.make("tea")
    await yidan.closing.erase("tea")
    after = await yidan.reports.make("tea")
    assert sum(after.figures.orders.values()) == 8 and after.figures.money == before.figures.money
    assert (after.figures.sold, after.figures.heat) == (before.figures.sold, before.figures.heat)
    assert after.unanswered == ()


async def test_knowledge_audit_and_other_groups_stay(yidan) -> None:
    persons = people(4)
    await fill(yidan, persons, orders=8)
    await yidan.inbox.receive(incoming("A01", "other", group_id="cookies", member="keep", nickname="Dora"))
    async with yidan.database.write() as session:
        entry = await session.scalar(select(Entry).where(Entry.group_id == "tea"))
        entry.answer = f"问{persons[0].nickname}"
    await yidan.closing.close("tea")
    view = await yidan.closing.erase("tea")
    assert view.protocol["knowledge_to_check"] == ["price"]
    assert await count(yidan.database, Member, Member.group_id == "cookies") == 1
    assert await count(yidan.database, Order, Order.group_id == "cookies") == 1
    assert await count(yidan.database, Group, Group.id == "tea") == 1
    async with yidan.database.read() as session:
        records = list(await session.scalars(select(Audit).where(Audit.group_id == "tea")))
    moves = [record for record in records if record.action == "order.move"]
    assert moves and all((record.actor, record.details) == ("a member", {}) for record in moves)
    assert records[-1].action == "group.erase" and records[-1].details["rows"] > 0


@pytest.mark.parametrize("step", ["remove_pictures", "forget_finished_work", "wipe_store"])
async def test_a_kill_after_any_step_is_taken_up_and_counted_once(yidan, monkeypatch, step) -> None:
    persons = people(5)
    await fill(yidan, persons, orders=10)
    await yidan.closing.close("tea")

    def power_cut(*_: object) -> None:
        raise RuntimeError("power cut")

    yidan.clock.set(AFTER)
    with monkeypatch.context() as patch:
        patch.setattr(files if step == "remove_pictures" else freed, step, power_cut)
        with pytest.raises(RuntimeError):
            await yidan.closing.erase_due(AFTER)
    assert (await yidan.closing.show("tea")).erased_at is None
    assert await yidan.closing.erase_due(AFTER) == 1
    view = await yidan.closing.show("tea")
    assert view.protocol["rows"]["members"] == 5 and view.protocol["files"]["pictures"] == 2
    assert traces_below(yidan.settings.home, persons) == []
    assert await yidan.closing.erase_due(AFTER) == 0
    assert await count(yidan.database, Outbox, Outbox.text.contains("已经清除")) == 1


async def test_it_waits_for_the_retention_time_and_comes_back_for_stragglers(yidan) -> None:
    await fill(yidan, people(2), orders=2)
    await yidan.closing.close("tea")
    assert await yidan.closing.erase_due(NOW + timedelta(days=29)) == 0
    yidan.clock.set(AFTER)
    assert await yidan.closing.erase_due(AFTER) == 1
    await yidan.inbox.receive(incoming("在吗", "late", sent_at=AFTER))
    assert await yidan.closing.erase_due(AFTER) == 0
    assert await yidan.closing.erase_due(AFTER + timedelta(days=30)) == 1
    assert await count(yidan.database, Message, Message.group_id == "tea") == 0


async def test_a_busy_store_is_told_and_tried_again(yidan, monkeypatch) -> None:
    await fill(yidan, people(1), orders=1)
    await yidan.closing.close("tea")
    monkeypatch.setattr(freed, "_PATIENCE_SECONDS", 0.0)
    async with yidan.database.write():
        with pytest.raises(Unavailable):
            freed.wipe_file(yidan.settings.home / "yidan.db")


async def test_the_servers_round_erases_and_forgets_its_own_log(tmp_path) -> None:
    yidan = await open_store(tmp_path)
    persons = people(3)
    await fill(yidan, persons, orders=6)
    async with running(yidan) as server:
        assert await server.workflows.go_round("expire-orders") == 0
        await yidan.closing.close("tea")
        yidan.clock.set(AFTER)
        assert await server.workflows.go_round("erase") == 1
        view = await yidan.closing.show("tea")
        assert view.protocol["background_work"] >= 1
        assert traces_below(tmp_path, persons) == []
    assert closing_service is not None
    async with yidan.database.read() as session:
        assert await session.get(Closing, "tea") is not None
    await yidan.database.close()
