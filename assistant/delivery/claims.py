"""The seller's side of payment proofs: list them with what was read, confirm them, or say that no money came."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from assistant.clock import Clock
from assistant.db import Database
from assistant.errors import Conflict, NotFound
from assistant.groups.toml import settings_from_json
from assistant.models import Audit, Group, Member, Outbox, PaymentClaim
from assistant.orders.choices import choices
from assistant.orders.commands import Command, RejectClaim
from assistant.orders.ledger import OrderView
from assistant.orders.money import NewPayment
from assistant.orders.notices import moved
from assistant.orders.repository import OrderRepository, view_of
from assistant.orders.service import OrderService
from assistant.payments.matching import ProofWarning
from assistant.payments.proof import Proof
from assistant.payments.repository import ClaimRepository, ClaimRow
from assistant.payments.wording import warning_text
from assistant.regulars.repository import identity_of, purchases_of
from assistant.replies.catalogue import Replies, replies_for


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A payment claim as the seller sees it."""

    id: int
    group_id: str
    member: str
    member_id: int
    order: int | None
    status: str
    at: datetime
    text: str
    image: str | None
    proof: Proof | None
    """What was read; None where there is no picture, or it is still to be read."""
    warnings: tuple[tuple[str, str], ...]
    """(kind, words)."""
    waiting: bool
    """Its picture is still to be read."""
    fast_lane: bool = False
    """It waits and comes first: its member is a regular, as the group's settings say."""

    @property
    def clean(self) -> bool:
        """Whether a picture was read and agrees with the records in everything."""
        return self.proof is not None and self.proof.readable and not self.warnings and self.order is not None

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON."""
        return {
            "id": self.id,
            "member": self.member,
            "order": self.order,
            "status": self.status,
            "at": self.at.isoformat(),
            "text": self.text,
            "has_image": self.image is not None,
            "waiting": self.waiting,
            "fast_lane": self.fast_lane,
            "clean": self.clean,
            "read": self.proof.to_json() if self.proof else None,
            "warnings": [{"kind": kind, "text": text} for kind, text in self.warnings],
        }


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of one claim of many: its order as it is now, or why it was left as it was."""

    claim_id: int
    order: OrderView | None = None
    error: str = ""


class ClaimDesk:
    """What the seller does with payment claims. Members are told by the order's own notices."""

    def __init__(self, database: Database, clock: Clock, orders: OrderService) -> None:
        self._database = database
        self._clock = clock
        self._orders = orders

    async def get(self, group_id: str, claim_id: int) -> ClaimView:
        """Return one claim of a group. Raises NotFound."""
        async with self._database.read() as session:
            row = await ClaimRepository(session).get(claim_id)
            if row is None or row.claim.group_id != group_id:
                raise NotFound(f"no payment claim {claim_id} in group '{group_id}'")
            return _view(row, await _replies(session, group_id))

    async def of_order(self, group_id: str, number: int, *, language: str = "") -> list[ClaimView]:
        """Return the claims of one order, oldest first, their warnings in a language or the group's own."""
        async with self._database.read() as session:
            replies = await _replies(session, group_id, language)
            rows = await ClaimRepository(session).of_group(group_id, order=number)
        return [_view(row, replies) for row in rows]

    async def confirm(
        self, group_id: str, claim_ids: Sequence[int], *, by: str, amount: Decimal | None = None
    ) -> list[Answered]:
        """The money is there: count it for the claims' orders and tell their members. ``amount`` goes for each of them.

        One that cannot be confirmed is told with its reason; the others stand. Raises NotFound for an unknown group.
        """
        return [await self._answer(group_id, claim_id, by, amount=amount) for claim_id in dict.fromkeys(claim_ids)]

    async def reject(self, group_id: str, claim_ids: Sequence[int], *, by: str, note: str = "") -> list[Answered]:
        """No money came: the orders wait for their payment again, and their members are told."""
        return [await self._answer(group_id, claim_id, by, rejected=note) for claim_id in dict.fromkeys(claim_ids)]

    async def attach(self, group_id: str, claim_id: int, number: int, *, by: str) -> None:
        """Say which order a claim without one is for: the order then waits for the seller's word, and the picture is
        held against it.

        Raises:
            NotFound: there is no such claim or order in the group.
            Conflict: the claim has an order or was answered, or the order takes no money.
        """
        now = self._clock.now()
        async with self._database.write() as session:
            orders = OrderRepository(session)
            claim = await session.get(PaymentClaim, claim_id, with_for_update=True)
            order = await orders.by_number(group_id, number)
            if claim is None or claim.group_id != group_id:
                raise NotFound(f"no payment claim {claim_id} in group '{group_id}'")
            if order is None:
                raise NotFound(f"no order {number} in group '{group_id}'")
            if claim.status != "claimed" or claim.order_id is not None:
                raise Conflict(f"claim {claim_id} is dealt with already")
            if "confirm" not in choices(view_of(order)):
                raise Conflict(f"order {number} is {order.status}, no payment is expected for it")
            claim.order_id = order.id
            if claim.reading and claim.reading.get("readable"):
                # Read once more, now that there is an order to hold it against.
                claim.read_at = None
            if order.status == "pending_payment":
                await orders.move(order.id, "payment_claimed", actor=by, now=now)
                session.add(moved(order, "pending_payment", actor=by, now=now))
                await orders.touch_ledger(group_id)
            details = {"order": number}
            session.add(_audit("claim.attach", group_id, claim_id, by=by, now=now, details=details))

    async def _answer(
        self, group_id: str, claim_id: int, by: str, *, amount: Decimal | None = None, rejected: str | None = None
    ) -> Answered:
        try:
            claim = await self.get(group_id, claim_id)
            if claim.status != "claimed":
                raise Conflict(f"claim {claim_id} is {claim.status} already")
            order = await self._order_of(claim_id)
            if order is None or (rejected is not None and order.status != "payment_claimed"):
                if rejected is None:
                    raise Conflict(f"claim {claim_id} belongs to no order; confirm an order's payment instead")
                await self._set_aside(claim, by=by, note=rejected)
                return Answered(claim_id, order)
            command: Command = (
                _payment(claim, order, amount) if rejected is None else RejectClaim(order.number, rejected, claim.id)
            )
            return Answered(claim_id, await self._orders.do(group_id, command, by=by))
        except (NotFound, Conflict) as error:
            return Answered(claim_id, error=str(error))

    async def _order_of(self, claim_id: int) -> OrderView | None:
        async with self._database.read() as session:
            row = await ClaimRepository(session).get(claim_id)
            if row is None or row.claim.order_id is None:
                return None
            return view_of(await OrderRepository(session).get(row.claim.order_id))

    async def _set_aside(self, claim: ClaimView, *, by: str, note: str) -> None:
        """Reject a claim that no order waits for; its order, if there is one, stays as it is."""
        now = self._clock.now()
        async with self._database.write() as session:
            row = await session.get_one(PaymentClaim, claim.id, with_for_update=True)
            if row.status != "claimed":
                raise Conflict(f"claim {claim.id} is {row.status} already")
            row.status = "rejected"
            member = await session.get_one(Member, row.member_id)
            group = await session.get_one(Group, row.group_id)
            replies = await _replies(session, row.group_id)
            seller = settings_from_json(group.settings).seller
            session.add(
                Outbox(
                    group_id=row.group_id,
                    member_id=member.id,
                    channel=member.channel,
                    author="assistant",
                    text=replies.render("payment.rejected", number=claim.order, seller=seller, note=note),
                    addressees=[member.nickname],
                    private=True,
                    order_id=row.order_id,
                    created_at=now,
                    next_attempt_at=now,
                )
            )
            session.add(_audit("claim.reject", row.group_id, claim.id, by=by, now=now, details={"note": note}))

    async def list(self, group_id: str, status: str | None = None, *, language: str = "") -> list[ClaimView]:
        """Return a group's claims, all or those in one status (claimed, confirmed, rejected).

        Those in the fast lane come first, then the others, oldest first. Warnings are worded in ``language``, or the
        group's own. Raises NotFound for an unknown group.
        """
        async with self._database.read() as session:
            replies = await _replies(session, group_id, language)
            rows = await ClaimRepository(session).of_group(group_id, status)
            waiting = {row.claim.member_id for row in rows if row.claim.status == "claimed"}
            first = await _fast_lane(session, group_id, waiting)
        views = [_view(row, replies) for row in rows]
        lanes = [replace(one, fast_lane=one.status == "claimed" and one.member_id in first) for one in views]
        return sorted(lanes, key=lambda view: not view.fast_lane)


def _payment(claim: ClaimView, order: OrderView, amount: Decimal | None) -> NewPayment:
    """Return the payment that confirming a claim counts.

    Without a word from the seller it is what the picture shows, where that is a sum to be paid; a sum that is none
    needs the seller's word, since they alone know what arrived.
    """
    proof = claim.proof if claim.proof and claim.proof.readable else None
    read = proof.amount if proof else None
    if amount is None and read is not None and order.owing > 0:
        if read not in (order.due, order.owing):
            raise Conflict(
                f"the proof of claim {claim.id} says {read}, order {order.number} is due {order.due}; "
                "say which amount arrived"
            )
        amount = read
    balance = order.deposit is not None and order.paid >= order.deposit
    return NewPayment(
        number=order.number,
        amount=amount,
        kind="balance" if balance and order.owing > 0 else None,
        reference=(proof.reference or "") if proof else "",
        method=proof.app if proof else "",
        claim_id=claim.id,
    )


async def _fast_lane(session: AsyncSession, group_id: str, members: Iterable[int]) -> set[int]:
    """Return which of the members bought so often of the group's seller that they come first."""
    terms = settings_from_json((await session.get_one(Group, group_id)).settings).regulars
    if not terms.remember or terms.fast_lane_orders is None:
        return set()
    bought = {one: await purchases_of(session, await identity_of(session, one)) for one in members}
    return {one for one, purchases in bought.items() if len(purchases) >= terms.fast_lane_orders}


def _audit(action: str, group_id: str, claim_id: int, *, by: str, now: datetime, details: dict[str, Any]) -> Audit:
    return Audit(at=now, actor=by, action=action, group_id=group_id, subject=f"claim {claim_id}", details=details)


async def _replies(session: AsyncSession, group_id: str, language: str = "") -> Replies:
    group = await session.get(Group, group_id)
    if group is None:
        raise NotFound(f"no group '{group_id}'")
    settings = settings_from_json(group.settings)
    return replies_for(language or settings.language, settings.timezone, settings.payment.currency)


def _view(row: ClaimRow, replies: Replies) -> ClaimView:
    claim = row.claim
    warnings = [ProofWarning.from_json(one) for one in claim.warnings or ()]
    return ClaimView(
        id=claim.id,
        group_id=claim.group_id,
        member=row.member,
        member_id=claim.member_id,
        order=row.order,
        status=claim.status,
        at=claim.at,
        text=claim.text,
        image=claim.image,
        proof=Proof.from_json(claim.reading) if claim.reading else None,
        warnings=tuple((warning.kind, warning_text(warning, replies)) for warning in warnings),
        waiting=claim.image is not None and claim.read_at is None,
    )
