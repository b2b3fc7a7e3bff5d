"""How often an entry answered, and what the seller thought of that."""

from datetime import timedelta

from delivery.kit import NOW, open_store

from assistant.marks.tally import tally
from assistant.models import Mark, Member, Message, Turn


async def test_hits_count_since_a_moment_and_marks_for_good(tmp_path) -> None:
    yidan = await open_store(tmp_path)
    told = [  # days ago, action, sources, mark
        (1, "answer", ["price"], True),
        (2, "answer", ["price", "sku:A01"], None),
        (9, "answer", ["price"], False),
        (9, "answer", ["price"], None),
        (1, "silent", [], None),
    ]
    async with yidan.database.write() as session:
        member = Member(group_id="tea", channel="api", external_id="m", nickname="m", role="member", joined_at=NOW)
        session.add(member)
        await session.flush()
        for number, (days, action, sources, good) in enumerate(told):
            at = NOW - timedelta(days=days)
            message = Message(
                group_id="tea", member_id=member.id, channel="api", external_id=str(number), text="?", sent_at=at
            )
            session.add(message)
            await session.flush()
            turn = Turn(
                message_id=message.id,
                group_id="tea",
                member_id=member.id,
                at=at,
                action=action,
                responder="faq",
                intent="",
                reason="",
                text="",
                memory={},
                outcome={"sources": [{"id": id, "score": 0.9} for id in sources]},
            )
            session.add(turn)
            await session.flush()
            if good is not None:
                session.add(Mark(group_id="tea", turn_id=turn.id, good=good, at=at, by="x"))
    async with yidan.database.read() as session:
        found = await tally(session, "tea", NOW - timedelta(days=7))
        assert await tally(session, "cookies", NOW - timedelta(days=7)) == {}
    await yidan.close()
    price, product = found["price"], found["sku:A01"]
    assert (price.hits, price.good, price.bad) == (2, 1, 1)
    assert (product.hits, product.good, product.bad) == (1, 0, 0)
