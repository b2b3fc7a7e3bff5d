"""The end of a group in steps: noted, members told, archived, erased. Each step is done once, whatever is killed.

A step's time stands in the group's closing from the transaction that did it; a round looks what is still to do.
"""

import asyncio
import json
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.clock import Clock
from assistant.closing import erasure, files, freed
from assistant.closing.archive import Archive, picture_names, read_contents, write_archive
from assistant.closing.moving import Moved, move
from assistant.closing.reopening import NewDates, Reopened, reopen
from assistant.closing.repository import Life, all_closings, closing_of, lives, note, oldest_word
from assistant.closing.scope import personal_tables
from assistant.closing.view import ClosingView, added_up
from assistant.db import Database
from assistant.errors import Conflict, NotFound
from assistant.groups.library import Library
from assistant.groups.repository import Counts, counts_of
from assistant.groups.service import GroupService
from assistant.groups.settings import GroupSettings
from assistant.groups.state import GroupState, describe_state
from assistant.models import Closing, Order
from assistant.notices import tell_group, tell_seller
from assistant.orders.states import LIVE
from assistant.regulars.repository import keep_before_erasure
from assistant.replies.catalogue import Replies, replies_for
from assistant.reports.service import ReportService
from assistant.settings import Settings


class ClosingService:
    """Ends groups."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        *,
        groups: GroupService,
        library: Library,
        reports: ReportService,
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._groups = groups
        self._library = library
        self._reports = reports

    async def close(self, group_id: str, *, by: str = "cli") -> ClosingView:
        """Close the group by hand and do all that belongs to it: tell the members, archive everything.

        Raises NotFound, Conflict where it is closed by hand already.
        """
        await self._groups.close(group_id, by=by)
        return await self.finish(group_id)

    async def show(self, group_id: str) -> ClosingView | None:
        """Return how far the closing has come; None for a group that is not closed. Raises NotFound."""
        life = await self._life(group_id)
        async with self._database.read() as session:
            closing = await closing_of(session, group_id)
        return self._view(closing, life.settings) if closing else None

    async def moved_to(self, group_id: str) -> str:
        """Return the spare group that the members were moved to; empty where they were not."""
        async with self._database.read() as session:
            closing = await closing_of(session, group_id)
        return closing.moved_to if closing else ""

    async def finish(self, group_id: str) -> ClosingView:
        """Do what is still to do for a group that is over. Raises NotFound, Conflict where it is not over."""
        life = await self._life(group_id)
        state = await self._state(life)
        if state.state != "closed":
            raise Conflict(f"group '{group_id}' is not closed; close it first")
        await self._announce(life, state)
        await self._keep_archive(life)
        view = await self.show(group_id)
        assert view is not None
        return view

    async def round(self, now: datetime) -> int:
        """Finish the closing of every group that is over; return how many were not finished before."""
        async with self._database.read() as session:
            known, everybody = await all_closings(session), await lives(session)
            counts = await counts_of(session)
        done = 0
        for life in everybody:
            closing = known.get(life.id)
            if closing is not None and (closing.erased_at or closing.moved_to):
                continue
            state = describe_state(life, now, counts.get(life.id, Counts()).counted(life.settings))
            if state.state != "closed":
                await self._withdraw(life.id, closing)
            elif closing is None or closing.archived_at is None:
                await self.finish(life.id)
                done += 1
        return done

    async def erase_due(self, now: datetime) -> int:
        """Erase the members' data of every group whose retention time is over; return how many groups."""
        async with self._database.read() as session:
            known, everybody = await all_closings(session), await lives(session)
            due = [
                life.id
                for life in everybody
                if (closing := known.get(life.id)) is not None and await self._is_due(session, closing, life, now)
            ]
        for group_id in due:
            await self.erase(group_id, by="yidan")
        return len(due)

    async def erase(self, group_id: str, *, by: str = "cli") -> ClosingView:
        """Erase the members' data of a closed group now; knowledge, catalogue and settings stay.

        May be run again after it was broken off: nothing is counted twice. Raises NotFound, Conflict where the
        group is not closed, Unavailable where the store is too busy.
        """
        life = await self._life(group_id)
        async with self._database.read() as session:
            if await closing_of(session, group_id) is None:
                raise Conflict(f"group '{group_id}' is not closed; close it before its data are erased")
            names = await erasure.names_of(session, group_id)
            suspects = await erasure.knowledge_with(session, group_id, names)
        swept = await asyncio.to_thread(files.sweep, self._settings.home, group_id, files.Names(names))
        found = {"files": dict(swept.counts), "left": swept.left, "knowledge_to_check": suspects}
        pictures = await self._erase_rows(group_id, names, found)
        await asyncio.to_thread(files.remove_pictures, self._settings.home, pictures)
        await asyncio.to_thread(self._library.erase, group_id)
        work = await asyncio.to_thread(freed.forget_finished_work, self._settings)
        await freed.wipe_store(self._database, [table.name for table in personal_tables()])
        await self._seal(life, by, work)
        view = await self.show(group_id)
        assert view is not None
        return view

    async def write_archive(self, group_id: str, target: Path) -> Archive:
        """Write a group's archive to a file, closed or not. Raises NotFound, UsageError."""
        life = await self._life(group_id)
        folder = await self._groups.folder(life.id)
        async with self._database.read() as session:
            report = await self._reports.at_close(session, group_id)
            pages = {"report.html": report.page(), "report.json": json.dumps(report.to_json(), ensure_ascii=False)}
            contents = await read_contents(session, group_id, folder, pages)
        images, now = self._settings.home / files.IMAGES, self._clock.now()
        return await asyncio.to_thread(write_archive, contents, target, images, now)

    async def reopen(
        self, group_id: str, new_id: str, *, name: str = "", dates: NewDates | None = None, by: str = "cli"
    ) -> Reopened:
        """Open a new group as a copy of this one. Raises NotFound, Conflict, UsageError."""
        return await reopen(self._database, self._clock, self._groups, group_id, new_id, name=name, dates=dates, by=by)

    async def move(self, group_id: str, spare_id: str, *, by: str = "cli") -> Moved:
        """Move all members to a spare group, made where there is none. Raises NotFound, Conflict, UsageError."""
        return await move(self._database, self._clock, self._groups, group_id, spare_id, by=by)

    async def _announce(self, life: Life, state: GroupState) -> None:
        """Note the closing and tell the members, once, in one transaction."""
        now, settings = self._clock.now(), life.settings
        async with self._database.write() as session:
            if await closing_of(session, life.id, lock=True) is not None:
                return
            since = min(state.since or now, now)
            closing = Closing(
                group_id=life.id, reason=state.reason, closed_at=since, told_at=now, protocol={}, archive_sha256=""
            )
            session.add(closing)
            group_view = self._view(closing, settings)
            replies = _replies(settings)
            next_at = settings.next_opens_at if settings.next_opens_at and settings.next_opens_at > now else None
            lines = [
                replies.render("closing.notice", group=settings.name, next_at=next_at, seller=settings.seller),
                replies.render("closing.erasing", erase_at=group_view.erase_at),
            ]
            await tell_group(session, life.id, "\n".join(lines), now)
            note(session, life.id, "group.closing", by="yidan", now=now, reason=state.reason)

    async def _keep_archive(self, life: Life) -> None:
        """Archive everything below the home and tell the seller, once."""
        async with self._database.read() as session:
            closing = await closing_of(session, life.id)
        if closing is None or closing.archived_at is not None or closing.erased_at is not None:
            return
        name = f"{files.ARCHIVES}/{life.id}.{closing.closed_at:%Y%m%d}.zip"
        archive = await self.write_archive(life.id, self._settings.home / name)
        now = self._clock.now()
        async with self._database.write() as session:
            stored = await closing_of(session, life.id, lock=True)
            if stored is None or stored.archived_at is not None:
                return
            stored.archived_at, stored.archive, stored.archive_sha256 = now, name, archive.sha256
            tell_seller(session, life.id, await self._summary(session, life, stored), now)
            await self._reports.keep(session, await self._reports.at_close(session, life.id))
            note(session, life.id, "group.archive", by="yidan", now=now, sha256=archive.sha256)

    async def _summary(self, session: AsyncSession, life: Life, closing: Closing) -> str:
        members = (await counts_of(session)).get(life.id, Counts()).members
        live = Order.group_id == life.id, Order.status.in_(LIVE)
        orders, total = (await session.execute(select(func.count(), func.sum(Order.total)).where(*live))).one()
        return _replies(life.settings).render(
            "closing.seller",
            group=life.settings.name,
            members=members,
            orders=orders,
            total=Decimal(total or 0),
            archive=closing.archive,
            erase_at=self._view(closing, life.settings).erase_at,
        )

    async def _erase_rows(self, group_id: str, names: frozenset[str], found: dict[str, Any]) -> list[str]:
        """Delete the rows and return the pictures that nobody else's rows speak of."""
        async with self._database.write() as session:
            closing = await closing_of(session, group_id, lock=True)
            assert closing is not None
            [life] = await lives(session, group_id)
            if life.settings.regulars.remember:
                await keep_before_erasure(session, group_id, self._clock.now())
            pictures = picture_names(await erasure.personal_rows(session, group_id))
            counts = await erasure.erase_rows(session, group_id, names)
            waiting = sorted(pictures | set(closing.protocol.get("pictures", ())))
            mine = set(waiting) - await erasure.still_used(session, waiting)
            new = len(mine - set(closing.protocol.get("pictures", ())))
            found = {**found, "files": found["files"] | ({"pictures": new} if new else {})}
            closing.archive, closing.archive_sha256 = "", ""
            # The list outlives a kill between here and the removal of the files.
            closing.protocol = added_up(closing.protocol, {"rows": counts, **found}) | {"pictures": sorted(mine)}
            return sorted(mine)

    async def _seal(self, life: Life, by: str, work: int) -> None:
        """Write down that all is erased and tell the seller."""
        now = self._clock.now()
        async with self._database.write() as session:
            closing = await closing_of(session, life.id, lock=True)
            assert closing is not None
            protocol = added_up(closing.protocol, {"background_work": work})
            protocol.pop("pictures", None)
            first = closing.erased_at is None
            closing.protocol, closing.erased_at = protocol, now
            rows, gone = sum(protocol.get("rows", {}).values()), sum(protocol.get("files", {}).values())
            note(session, life.id, "group.erase", by=by, now=now, rows=rows, files=gone)
            if first:
                told = _replies(life.settings).render(
                    "closing.seller_erased", group=life.settings.name, rows=rows, files=gone
                )
                tell_seller(session, life.id, told, now)

    async def _withdraw(self, group_id: str, closing: Closing | None) -> None:
        """A group that takes orders again (its time was extended) has not ended; it will be told anew."""
        if closing is None or closing.erased_at is not None:
            return
        async with self._database.write() as session:
            stored = await closing_of(session, group_id, lock=True)
            if stored is not None:
                await session.delete(stored)
                note(session, group_id, "group.goes_on", by="yidan", now=self._clock.now())

    async def _is_due(self, session: AsyncSession, closing: Closing, life: Life, now: datetime) -> bool:
        kept = timedelta(days=life.settings.erase_after_days)
        if closing.closed_at + kept > now or closing.archived_at is None:
            return False
        if closing.erased_at is None:
            return True
        # Somebody wrote into the old group after all.
        oldest = await oldest_word(session, life.id)
        return oldest is not None and oldest + kept <= now

    async def _life(self, group_id: str) -> Life:
        async with self._database.read() as session:
            found = await lives(session, group_id)
        if not found:
            raise NotFound(f"no group '{group_id}'")
        return found[0]

    async def _state(self, life: Life) -> GroupState:
        async with self._database.read() as session:
            counts = (await counts_of(session)).get(life.id, Counts())
        return describe_state(life, self._clock.now(), counts.counted(life.settings))

    def _view(self, closing: Closing, settings: GroupSettings) -> ClosingView:
        archive = self._settings.home / closing.archive if closing.archive else None
        return ClosingView(
            group_id=closing.group_id,
            reason=closing.reason,
            closed_at=closing.closed_at,
            told_at=closing.told_at,
            archive=archive,
            archive_sha256=closing.archive_sha256,
            erase_at=closing.closed_at + timedelta(days=settings.erase_after_days),
            erased_at=closing.erased_at,
            protocol=closing.protocol,
            moved_to=closing.moved_to or "",
        )


def _replies(settings: GroupSettings) -> Replies:
    return replies_for(settings.language, settings.timezone, settings.payment.currency)
