"""From life to test: a recorded turn becomes a case, with the state it needs and without personal data."""

import io
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from assistant.delivery.bootstrap import Yidan
from assistant.errors import NotFound
from assistant.evaluation import history
from assistant.evaluation.anonymise import Anonymiser
from assistant.evaluation.case import Case
from assistant.evaluation.history import Line, OrderThen
from assistant.groups.folder import GroupFolder
from assistant.groups.toml import dump_settings
from assistant.knowledge.records import EntryRecord

_PICTURE = "a picture was replaced by an empty one: what it shows may be personal"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What should have come of the turn, where it was not what did."""

    action: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Captured:
    """A case with what a suite needs around it."""

    case: Case
    group: GroupFolder
    now: datetime
    images: dict[str, bytes] = field(default_factory=dict)
    """Files beside the suite, by their names in the case."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """What a resolved ticket can become: knowledge, and the case that shows it is known."""

    entry: EntryRecord
    captured: Captured


async def capture_turn(yidan: Yidan, turn_id: int, wanted: Wanted | None = None, *, id: str = "") -> Captured:
    """Return the turn as a case: the talk that led to it, the orders there were, and what came or should have come.

    Raises:
        NotFound: there is no such turn.
    """
    async with yidan.database.read() as session:
        talk = await history.talk_until(session, turn_id)
        before = await history.orders_at(session, talk[0].group_id, talk[0].at, included=False)
        after = await history.orders_at(session, talk[0].group_id, talk[-1].at, included=True)
        strikes = await history.strikes_before(session, talk[0].group_id, talk[0].at)
    group = await yidan.groups.folder(talk[0].group_id)
    return _captured(group, talk, (before, after), strikes, wanted or Wanted(), id or f"turn-{turn_id}")


async def offer_of_ticket(yidan: Yidan, group_id: str, ticket_id: int) -> Offer:
    """Return what the seller's answer to a ticket can become.

    Raises:
        NotFound: the group has no such ticket, or it has no answer yet.
    """
    async with yidan.database.read() as session:
        ticket = await history.answered_ticket(session, group_id, ticket_id)
    if ticket is None:
        raise NotFound(f"no answered ticket {ticket_id} in this group")
    key = f"ticket-{ticket_id}"
    captured = await capture_turn(yidan, ticket.turn_id, Wanted("answer", (key,)), id=key)
    question = captured.case.turns[-1].text
    return Offer(EntryRecord(key, question, answer=ticket.answer), captured)


def _captured(
    group: GroupFolder,
    talk: list[Line],
    orders: tuple[list[OrderThen], list[OrderThen]],
    strikes: dict[str, int],
    wanted: Wanted,
    id: str,
) -> Captured:
    settings, (before, after) = group.settings, orders
    # The talk's own members come first, so that they get the first of the invented names.
    members = [line.nickname for line in talk if line.role == "member"]
    hide = Anonymiser(members, language=settings.language, seller=settings.seller, records=records_of(group))
    here = set(members)
    turns, images = [], {}
    for number, line in enumerate(talk):
        turn: dict[str, Any] = {
            "from": hide.member(line.nickname) if line.role == "member" else settings.seller,
            "text": hide.text(line.text),
            "now": line.at.astimezone(settings.zone).isoformat(timespec="seconds"),
        }
        if line.role != "member":
            turn["role"] = line.role
        if line.mentions_assistant:
            turn["mentions_assistant"] = True
        if line.has_image:
            turn["image"] = f"images/{id}-{number + 1}.png"
            images[turn["image"]] = _empty_picture()
        turns.append(turn)
    turns[-1]["expect"] = _expected(talk[-1], wanted)
    data: dict[str, Any] = {"id": id, "tags": ["captured"], "turns": turns}
    kept = [order for order in before if order.member in here or order.counts]
    warned = {hide.member(name): count for name, count in strikes.items() if name in here}
    zone = settings.zone
    placed = [_order(order, hide) | {"at": order.placed_at.astimezone(zone).isoformat()} for order in kept]
    given: dict[str, Any] = {"orders": placed} if kept else {}
    if warned:
        given["strikes"] = warned
    if given:
        data["given"] = given
    numbers = {order.number for order in kept}
    own = [order for order in after if order.member in here or order.number in numbers]
    if not wanted.action and (own or talk[-1].action == "order"):
        data["final"] = {"orders": [_order(order, hide) for order in own]}
    now = talk[0].at.astimezone(settings.zone).replace(microsecond=0)
    return Captured(Case.model_validate(data), group, now, images, (_PICTURE,) if images else ())


def _expected(line: Line, wanted: Wanted) -> dict[str, Any]:
    if wanted.action:
        expect: dict[str, Any] = {"action": wanted.action}
        sources = wanted.sources
    else:
        expect = {"action": line.action}
        sources = wanted.sources or (line.sources if line.action == "answer" else ())
    return expect | ({"sources_any": list(sources)} if sources else {})


def _order(order: OrderThen, hide: Anonymiser) -> dict[str, Any]:
    items = [{"sku": sku, "quantity": quantity} for sku, quantity in order.items]
    return {"member": hide.member(order.member), "status": order.status, "items": items}


def records_of(group: GroupFolder) -> str:
    texts = [dump_settings(group.settings)]
    texts += [f"{entry.question}\n{entry.answer}" for entry in group.knowledge.entries]
    texts += [f"{product.sku}\n{product.name}\n{product.description}" for product in group.knowledge.products]
    return "\n".join(texts)


def _empty_picture() -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), "lightgrey").save(buffer, "PNG")
    return buffer.getvalue()
