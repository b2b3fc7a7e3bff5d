"""A group with people in it: members with names, numbers and addresses, their talk, orders, proofs and tickets."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from delivery.kit import NOW, PNG

from assistant.delivery.bootstrap import Yidan
from assistant.models import (
    Audit,
    Member,
    Message,
    Order,
    OrderEvent,
    OrderLine,
    Outbox,
    PaymentClaim,
    Strike,
    Ticket,
    Turn,
)

STATUSES = ("paid", "shipped", "completed", "pending_payment", "cancelled", "refunded")


@dataclass(frozen=True)
class Person:
    """Somebody whose every trace must be gone one day."""

    nickname: str
    phone: str
    address: str

    @property
    def traces(self) -> tuple[str, ...]:
        """What a search looks for."""
        return (self.nickname, self.phone, self.address)


def people(count: int) -> list[Person]:
    """Return so many different people."""
    return [Person(f"陈小{i:03d}妹", f"138{i:08d}", f"杭州市西湖区灵隐路{i + 1000}号") for i in range(count)]


async def fill(yidan: Yidan, persons: Sequence[Person], *, orders: int, group: str = "tea") -> list[str]:
    """Put the people into the group with their talk, orders and proofs; return the pictures' names."""
    images = yidan.settings.home / "images"
    images.mkdir(exist_ok=True)
    pictures = []
    async with yidan.database.write() as session:
        members = [
            Member(group_id=group, channel="api", external_id=f"wx-{p.phone}", nickname=p.nickname, joined_at=NOW)
            for p in persons
        ]
        session.add_all(members)
        await session.flush()
        for i in range(orders):
            person, member = persons[i % len(persons)], members[i % len(persons)]
            name = hashlib.sha256(f"{group}{i}".encode()).hexdigest() + ".png"
            if i % 5 == 0:
                (images / name).write_bytes(PNG + person.address.encode())
                pictures.append(name)
            at = NOW + timedelta(minutes=i)
            message = Message(
                group_id=group,
                member_id=member.id,
                channel="api",
                external_id=f"{group}-m{i}",
                text=f"A01一斤，{person.nickname}，{person.phone}，寄到{person.address}",
                image=name if i % 5 == 0 else None,
                sent_at=at,
                status="handled",
            )
            session.add(message)
            await session.flush()
            session.add(
                Turn(
                    message_id=message.id,
                    group_id=group,
                    member_id=member.id,
                    at=at,
                    action="order",
                    responder="rules",
                    intent="place_order",
                    reason="logged",
                    text=f"{person.nickname}的单已登记",
                    memory={"question": message.text},
                    outcome={"action": "order", "text": person.address},
                )
            )
            session.add(
                Outbox(
                    group_id=group,
                    member_id=member.id,
                    channel="api",
                    text=f"@{person.nickname} 已登记",
                    addressees=[person.nickname],
                    status="sent",
                    created_at=at,
                    next_attempt_at=at,
                )
            )
            line = OrderLine(position=0, sku="A01", name="龙井", unit="斤", price=Decimal("198.00"), quantity=1 + i % 3)
            status = STATUSES[i % len(STATUSES)]
            event = OrderEvent(at=at, actor=person.nickname, from_status="", to_status=status, note="", lines=[])
            order = Order(
                group_id=group,
                member_id=member.id,
                number=i + 1,
                status=status,
                currency="CNY",
                total=line.price * line.quantity,
                created_at=at,
                updated_at=at,
                lines=[line],
                events=[event],
            )
            session.add(order)
            await session.flush()
            if message.image:
                session.add(
                    PaymentClaim(
                        group_id=group,
                        member_id=member.id,
                        order_id=order.id,
                        message_id=message.id,
                        image=message.image,
                        text=person.phone,
                        at=at,
                    )
                )
            if i % 7 == 0:
                about = {"last_lines": [{"from": person.nickname, "text": message.text}]}
                session.add(
                    Ticket(
                        group_id=group,
                        member_id=member.id,
                        message_id=message.id,
                        kind="handoff",
                        reason="customer_request",
                        question=message.text,
                        context=about,
                        created_at=at,
                    )
                )
                session.add(Strike(group_id=group, member_id=member.id, message_id=message.id, reason="link", at=at))
                session.add(
                    Audit(
                        at=at,
                        actor=person.nickname,
                        action="order.move",
                        group_id=group,
                        subject=f"order {i + 1}",
                        details={"note": person.address},
                    )
                )
    return pictures


def traces_below(home: Path, persons: Sequence[Person]) -> list[str]:
    """Return where a trace of anybody is found, in any byte of any file below the home."""
    wanted = [trace for person in persons for trace in person.traces]
    needles = {t.encode() for t in wanted} | {t.encode("gb18030") for t in wanted}
    needles |= {t.encode("ascii", "backslashreplace") for t in wanted}
    found = []
    for path in sorted(home.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            found += [f"{path.relative_to(home)}: {needle!r}" for needle in sorted(needles) if needle in data][:3]
    return found
