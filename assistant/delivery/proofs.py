"""Payment proofs after the turn: their pictures are read, compared with the records, and told to the seller.

A turn files the claim and goes on; nothing of this holds a chat up. Whatever is read or found, the order stays where
the turn put it: only the seller's word or an imported bill makes it paid.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from assistant.clock import Clock
from assistant.db import Database
from assistant.errors import Unavailable
from assistant.groups.settings import GroupSettings
from assistant.groups.toml import settings_from_json
from assistant.models import Group, Member, Order, Outbox, PaymentClaim
from assistant.notices import notice_to_seller
from assistant.orders.repository import OrderRepository, view_of
from assistant.payments.matching import Circumstances, Expected, ProofWarning, warnings_of
from assistant.payments.ocr import PictureText, TextReader
from assistant.payments.proof import UNREADABLE, read_proof
from assistant.payments.repository import READ_ATTEMPTS, ClaimRepository, store_reading
from assistant.payments.wording import warning_text
from assistant.replies.catalogue import replies_for

log = logging.getLogger(__name__)

_QUIET = frozenset({"no_time", "no_reference"})
"""What the list of claims says, but what is no reason to call the seller."""


class ProofDesk:
    """Reads the pictures of claims, one after the other."""

    def __init__(self, database: Database, clock: Clock, images: Path, reader: TextReader) -> None:
        self._database = database
        self._clock = clock
        self._images = images
        self._reader = reader
        self._one_at_a_time = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._again = False
        self._on_read: Callable[[str], None] | None = None

    def on_read(self, tell: Callable[[str], None]) -> None:
        """Call ``tell`` with the group's id whenever a picture was read."""
        self._on_read = tell

    def nudge(self, _group_id: str = "") -> None:
        """Read what there is to read, in the background; returns at once."""
        self._again = True
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._in_background())

    async def read_waiting(self, group_id: str | None = None) -> int:
        """Read the pictures of all claims that wait for it (of one group or of all); return how many were read."""
        read = 0
        async with self._one_at_a_time:
            async with self._database.read() as session:
                waiting = await ClaimRepository(session).unread(group_id)
            for claim_id in waiting:
                read += await self._read(claim_id)
        return read

    async def close(self) -> None:
        """Stop reading; what was not read is read another time."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._reader.close()

    async def _in_background(self) -> None:
        while self._again:
            self._again = False
            try:
                await self.read_waiting()
            except Exception:
                # The round by the clock tries again; a reader's trouble is nobody's turn's.
                log.exception("reading payment proofs failed")

    async def _read(self, claim_id: int) -> bool:
        async with self._database.read() as session:
            found = await ClaimRepository(session).get(claim_id)
        if found is None or found.claim.image is None or found.claim.read_at is not None:
            return False
        try:
            text = await self._reader.read(self._images / found.claim.image)
        except Unavailable as error:
            async with self._database.write() as session:
                attempts = await ClaimRepository(session).tried(claim_id)
            log.warning("the picture of claim %s: %s (try %s)", claim_id, error, attempts)
            if attempts < READ_ATTEMPTS:
                return False
            text = PictureText(())
        async with self._database.write() as session:
            await self._store(session, claim_id, text, self._clock.now())
        if self._on_read is not None:
            self._on_read(found.claim.group_id)
        return True

    async def _store(self, session: AsyncSession, claim_id: int, text: PictureText, now: datetime) -> None:
        claim = await session.get(PaymentClaim, claim_id, with_for_update=True)
        if claim is None or claim.read_at is not None or claim.image is None:
            return  # erased, or read by another process meanwhile
        group = await session.get_one(Group, claim.group_id)
        member = await session.get_one(Member, claim.member_id)
        settings = settings_from_json(group.settings)
        proof = read_proof(text.lines) if text.lines else UNREADABLE
        order = await OrderRepository(session).get(claim.order_id) if claim.order_id is not None else None
        circumstances = Circumstances(
            now=now,
            zone=settings.zone,
            image=claim.image,
            fingerprint=text.fingerprint,
            earlier=await ClaimRepository(session).earlier(claim),
            payees=settings.payment.payees,
            methods_off=settings.payment.off,
        )
        warnings = warnings_of(proof, _expected(order), circumstances)
        store_reading(claim, proof, warnings, text.fingerprint, now)
        if claim.status != "claimed":
            return  # the seller was faster
        if loud := [warning for warning in warnings if warning.kind not in _QUIET]:
            session.add(_to_seller(claim, member, order, loud, settings=settings, now=now))
        if not proof.readable:
            session.add(_to_member(member, settings, now))


def _expected(order: Order | None) -> Expected | None:
    if order is None:
        return None
    view = view_of(order)
    possible = (view.due, view.owing) if view.owing > 0 else (view.total,)
    return Expected(view.created_at, possible, order.currency)


def _to_seller(
    claim: PaymentClaim,
    member: Member,
    order: Order | None,
    warnings: list[ProofWarning],
    *,
    settings: GroupSettings,
    now: datetime,
) -> Outbox:
    replies = replies_for(settings.language, settings.timezone, settings.payment.currency)
    told = "；".join if settings.language.startswith("zh") else "; ".join
    text = replies.render(
        "claim.notice",
        member=member.nickname,
        number=order.number if order else None,
        warnings=told(warning_text(warning, replies) for warning in warnings),
    )
    return notice_to_seller(claim.group_id, text, now)


def _to_member(member: Member, settings: GroupSettings, now: datetime) -> Outbox:
    replies = replies_for(settings.language, settings.timezone, settings.payment.currency)
    return Outbox(
        group_id=member.group_id,
        member_id=member.id,
        channel=member.channel,
        author="assistant",
        text=replies.render("payment.unreadable", seller=settings.seller),
        addressees=[member.nickname],
        private=True,
        created_at=now,
        next_attempt_at=now,
    )
