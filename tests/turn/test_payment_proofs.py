"""From a member's screenshot to the seller's word: read, compared, told, confirmed; bills that say the same."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from payments.bills_kit import wechat_csv, wechat_line
from payments.kit import screen

from assistant.delivery.bills import BillDesk
from assistant.delivery.claims import ClaimDesk, ClaimView
from assistant.delivery.methods import MethodDesk
from assistant.delivery.proofs import ProofDesk
from assistant.errors import BadFile, Conflict, NotFound, Unavailable
from assistant.models import BillRow, Order, Outbox, Payment
from assistant.orders.commands import Cancel, Refund
from assistant.orders.money import NewPayment
from assistant.orders.service import OrderService
from assistant.orders.sweep import expire_due, hand_over_part_paid, remind_unpaid
from assistant.payments.ocr import PictureText
from turn.conftest import SAMPLES
from turn.kit import NOW, PNG, Shop

ZONE = ZoneInfo("Asia/Shanghai")
NUMBER = "1000050001202605200001234567"


class Written:
    """A reader that finds on every picture what the test wrote there."""

    def __init__(self) -> None:
        self.pages: list[PictureText] = []
        self.down = False
        self.shown = 0

    def bill(self, amount: str = "79.80", *, minutes: int = 5, number: str = NUMBER, fingerprint: str = "") -> None:
        at = (NOW + timedelta(minutes=minutes)).astimezone(ZONE)
        rows = [("当前状态", "支付成功"), ("支付时间", f"{at:%Y-%m-%d %H:%M:%S}"), ("交易单号", number)]
        self.pages.append(PictureText(tuple(screen([(f"-{amount}", 36)], rows)), fingerprint))

    async def read(self, path: Path) -> PictureText:
        assert path.is_file()
        if self.down:
            raise Unavailable("the picture could not be read just now")
        self.shown += 1
        return self.pages.pop(0) if self.pages else PictureText(())

    async def close(self) -> None:
        return


class Till:
    """The shop's payments with a reader that the test writes for."""

    def __init__(self, shop: Shop) -> None:
        yidan = shop.yidan
        orders = OrderService(yidan.database, yidan.clock)
        self.shop, self.reader = shop, Written()
        self.proofs = ProofDesk(yidan.database, yidan.clock, yidan.settings.home / "images", self.reader)
        self.claims = ClaimDesk(yidan.database, yidan.clock, orders)
        self.bills = BillDesk(yidan.database, yidan.clock, orders)
        self._pictures = 0

    async def order(self, member: str = "阿梅", text: str = "A01两盒", group: str = "kiosk") -> None:
        assert (await self.shop.say(text, member, group=group)).action == "order"

    async def show(self, member: str = "阿梅", *, group: str = "kiosk", picture: bytes | None = None) -> ClaimView:
        """Send a picture five minutes later, read it, and return the claim it became."""
        self._pictures += 1
        self.shop.clock.set(NOW + timedelta(minutes=6))
        image = picture or PNG + bytes([self._pictures])
        assert (await self.shop.say("付好了", member, group=group, image=image)).action == "payment"
        await self.proofs.read_waiting()
        return (await self.claims.list(group))[-1]

    async def statuses(self, group: str = "kiosk") -> list[str]:
        return [status for _, status, _ in await self.shop.orders(group)]

    async def told(self, member_only: bool = True) -> list[str]:
        rows = await self.shop.rows(Outbox)
        return [row.text for row in rows if row.turn_id is None and (row.member_id is not None) == member_only]


@pytest.fixture
def till(shop: Shop) -> Till:
    return Till(shop)


def kinds(claim: ClaimView) -> list[str]:
    return [kind for kind, _ in claim.warnings]


class TestAProof:
    async def test_one_that_agrees_waits_for_the_sellers_word(self, till: Till) -> None:
        await till.order()
        till.reader.bill()
        claim = await till.show()
        assert claim.clean and claim.proof is not None
        assert (claim.proof.amount, claim.proof.reference, claim.order) == (Decimal("79.80"), NUMBER, 1)
        assert await till.statuses() == ["payment_claimed"]
        assert await till.told(member_only=False) == []

    async def test_a_turn_does_not_wait_for_the_reader(self, till: Till) -> None:
        await till.order()
        outcome = await till.shop.say("付好了", group="kiosk", image=PNG)
        assert "核对" in outcome.text and till.reader.shown == 0

    @pytest.mark.parametrize(
        ("write", "warning"),
        [
            (lambda reader: reader.bill("70.80"), "amount_differs"),
            (lambda reader: reader.bill(minutes=-60), "before_order"),
            (lambda reader: reader.bill(minutes=90), "in_future"),
            (lambda reader: None, "unreadable"),
        ],
    )
    async def test_what_differs_is_told_to_the_seller_and_not_to_the_member(
        self, till: Till, write: Callable[[Written], None], warning: str
    ) -> None:
        await till.order()
        write(till.reader)
        claim = await till.show()
        assert kinds(claim) == [warning]
        assert await till.statuses() == ["payment_claimed"]
        (told,) = await till.told(member_only=False)
        assert claim.warnings[0][1] in told and "阿梅" in told
        members = await till.told()
        assert ["没能认出" in text for text in members] == ([True] if warning == "unreadable" else [])

    async def test_a_number_that_served_before_in_any_group_of_the_seller(self, till: Till) -> None:
        await till.order()
        till.reader.bill()
        await till.show()
        await till.order("小李", group="kiosk-two")
        till.reader.bill("90.00")
        claim = await till.show("小李", group="kiosk-two")
        assert kinds(claim) == ["reference_used"]
        assert "kiosk 1号单" in claim.warnings[0][1]

    async def test_the_same_picture_for_another_order(self, till: Till) -> None:
        await till.order()
        await till.order("小李")
        till.reader.bill(number=NUMBER)
        till.reader.bill(number="1000050001202605200007654321", minutes=4)
        picture = PNG + b"the very same"
        await till.show(picture=picture)
        assert "picture_used" in kinds(await till.show("小李", picture=picture))

    async def test_sent_again_for_the_same_order_it_is_no_suspicion(self, till: Till) -> None:
        await till.order()
        for _ in range(2):
            till.reader.bill()
        picture = PNG + b"again"
        await till.show(picture=picture)
        assert kinds(await till.show(picture=picture)) == []

    async def test_a_reader_that_is_down_is_tried_again_and_then_given_up(self, till: Till) -> None:
        await till.order()
        till.reader.down = True
        assert (await till.show()).waiting
        await till.proofs.read_waiting()
        await till.proofs.read_waiting()
        (claim,) = await till.claims.list("kiosk")
        assert not claim.waiting and kinds(claim) == ["unreadable"]

    async def test_it_is_read_once_however_often_it_is_looked_for(self, till: Till) -> None:
        await till.order()
        till.reader.bill()
        await till.show()
        await asyncio.gather(*(till.proofs.read_waiting() for _ in range(3)))
        assert till.reader.shown == 1


class TestTheSellersWord:
    async def test_confirmed_the_order_is_paid_and_the_member_told(self, till: Till) -> None:
        await till.order()
        till.reader.bill()
        claim = await till.show()
        (answer,) = await till.claims.confirm("kiosk", [claim.id], by="果果")
        assert answer.order is not None and answer.order.status == "paid"
        (payment,) = await till.shop.rows(Payment)
        assert (payment.reference, payment.claim_id, payment.method) == (NUMBER, claim.id, "wechat")
        assert any("79.80" in text for text in await till.told())
        assert [view.status for view in await till.claims.list("kiosk")] == ["confirmed"]

    async def test_confirmed_twice_it_is_counted_once(self, till: Till) -> None:
        await till.order()
        till.reader.bill()
        claim = await till.show()
        await till.claims.confirm("kiosk", [claim.id], by="果果")
        (again,) = await till.claims.confirm("kiosk", [claim.id], by="果果")
        assert "confirmed already" in again.error
        assert len(await till.shop.rows(Payment)) == 1

    async def test_many_at_once_each_in_its_own_words(self, till: Till) -> None:
        for member in ("阿梅", "小李"):
            await till.order(member)
        till.reader.bill()
        first = await till.show()
        till.reader.bill("9.80", number="1000050001202605200007654321")
        second = await till.show("小李")
        answers = await till.claims.confirm("kiosk", [first.id, second.id, 99], by="果果")
        assert [bool(answer.order) for answer in answers] == [True, False, False]
        assert "9.80" in answers[1].error and "no payment claim 99" in answers[2].error
        assert await till.statuses() == ["paid", "payment_claimed"]
        (answer,) = await till.claims.confirm("kiosk", [second.id], by="果果", amount=Decimal("79.80"))
        assert answer.order is not None and answer.order.status == "paid"

    async def test_rejected_the_order_waits_again(self, till: Till) -> None:
        await till.order()
        till.reader.bill()
        claim = await till.show()
        await till.claims.reject("kiosk", [claim.id], by="果果", note="没有到账")
        assert await till.statuses() == ["pending_payment"]
        assert any("没有到账" in text for text in await till.told())

    async def test_a_picture_without_an_order_is_set_aside_with_a_word(self, till: Till) -> None:
        claim = await till.show("小芳")
        assert kinds(claim)[0] == "no_order"
        (answer,) = await till.claims.confirm("kiosk", [claim.id], by="果果")
        assert "belongs to no order" in answer.error
        await till.claims.reject("kiosk", [claim.id], by="果果")
        assert [view.status for view in await till.claims.list("kiosk")] == ["rejected"]

    async def test_another_groups_claim_does_not_exist(self, till: Till) -> None:
        await till.order()
        claim = await till.show()
        with pytest.raises(NotFound):
            await till.claims.get("kiosk-two", claim.id)


class TestPaidInPart:
    """79.80 are due; the first proof shows 50.00, the second the rest."""

    REST = "1000050001202605200007654321"

    async def first(self, till: Till) -> None:
        await till.order()
        till.reader.bill("50.00")
        claim = await till.show()
        (answer,) = await till.claims.confirm("kiosk", [claim.id], by="果果", amount=Decimal("50.00"))
        assert answer.order is not None and answer.order.part_paid

    async def later(self, till: Till, minutes: int) -> list[int]:
        now = till.shop.clock.now() + timedelta(minutes=minutes)
        till.shop.clock.set(now)
        duties = (expire_due, hand_over_part_paid, remind_unpaid)
        return [await duty(till.shop.yidan.database, now) for duty in duties]

    async def test_a_rest_that_never_came_expires_nothing_and_goes_to_the_seller(self, till: Till) -> None:
        await self.first(till)
        till.reader.bill("29.80", number=self.REST)
        second = await till.show()
        await till.claims.reject("kiosk", [second.id], by="果果", note="没到账")
        assert any("没到账" in text and "已收50元" in text and "还差29.80元" in text for text in await till.told())
        assert await till.statuses() == ["payment_claimed"]
        assert await self.later(till, 25) == [0, 0, 1]
        assert await self.later(till, 10) == [0, 1, 0]
        assert await self.later(till, 60 * 24 * 60) == [0, 0, 0], "told once, and nothing runs any more"
        assert await till.statuses() == ["payment_claimed"]
        assert "到期没有收到" in (await till.told())[-1]
        assert "阿梅的1号单只收到50元" in (await till.told(member_only=False))[-1]

    async def test_the_seller_settles_it_by_more_money_or_by_a_refund(self, till: Till) -> None:
        await self.first(till)
        await self.later(till, 60)
        orders = OrderService(till.shop.yidan.database, till.shop.clock)
        with pytest.raises(Conflict, match="was paid for order 1; refund it instead"):
            await orders.do("kiosk", Cancel(1), by="果果")
        assert "refund" in (await orders.show("kiosk", 1)).choices
        assert (await orders.do("kiosk", NewPayment(1), by="果果")).status == "paid"
        await till.order("小李", "A03两斤")
        await orders.do("kiosk", NewPayment(2, Decimal("9.80")), by="果果")
        assert (await orders.do("kiosk", Refund(2), by="果果")).status == "refunded"

    async def test_its_member_neither_loses_it_nor_changes_it_by_a_word(self, till: Till) -> None:
        await self.first(till)
        status = (await till.shop.say("我的订单", group="kiosk")).text
        assert "已付一部分" in status and "已收50元，还差29.80元" in status
        await till.shop.say("1号单不要了，取消", group="kiosk")
        assert await till.statuses() == ["payment_claimed"]

    async def test_a_part_that_is_confirmed_leaves_the_other_proof_to_be_looked_at(self, till: Till) -> None:
        await till.order()
        till.reader.bill("50.00")
        first = await till.show()
        till.reader.bill("29.80", number=self.REST)
        second = await till.show()
        await till.claims.confirm("kiosk", [first.id], by="果果", amount=Decimal("50.00"))
        assert [one.status for one in await till.claims.list("kiosk")] == ["confirmed", "claimed"]
        assert await self.later(till, 60) == [0, 0, 0], "whose proof waits is not hurried"
        (answer,) = await till.claims.confirm("kiosk", [second.id], by="果果")
        assert answer.order is not None and answer.order.status == "paid"

    async def test_one_proof_of_two_that_is_rejected_leaves_the_other_waiting(self, till: Till) -> None:
        await till.order()
        till.reader.bill("9.80")
        first = await till.show()
        till.reader.bill(number=self.REST)
        await till.show()
        await till.claims.reject("kiosk", [first.id], by="果果")
        assert [one.status for one in await till.claims.list("kiosk")] == ["rejected", "claimed"]
        assert await till.statuses() == ["payment_claimed"]
        assert "另外的果果还在核对" in (await till.told())[-1]


class TestABill:
    async def test_what_it_matches_is_paid_after_one_word(self, till: Till) -> None:
        await till.order()
        await till.order("小李", "A02一个")
        till.reader.bill()
        await till.show()
        lines = [
            wechat_line(NUMBER, "79.80", at="2026-05-20 10:05:00", who="梅"),
            wechat_line("9" * 28, "5.00", at="2026-05-20 11:00:00", who="路人"),
            wechat_line("8" * 28, "20.00", direction="支出", state="对方已收钱"),
        ]
        imported = await till.bills.take_in("kiosk", wechat_csv(lines), "bill.csv", by="果果")
        found = imported.standing.reconciled
        assert [(match.order.number, match.why) for match in found.matches] == [(1, "reference")]
        assert [left.line.counterparty for left in found.lines_left] == ["路人"]
        assert [left.number for left in found.orders_left] == [2]
        assert len(imported.standing.outgoing) == 1
        assert await till.statuses() == ["payment_claimed", "pending_payment"]
        await till.bills.confirm("kiosk", by="果果")
        assert await till.statuses() == ["paid", "pending_payment"]
        (payment,) = await till.shop.rows(Payment)
        assert (payment.source, payment.reference) == ("bill", NUMBER)

    async def test_the_same_file_twice_changes_nothing(self, till: Till) -> None:
        await till.order()
        data = wechat_csv([wechat_line(NUMBER, "79.80", at="2026-05-20 10:05:00")])
        for new in (1, 0):
            assert (await till.bills.take_in("kiosk", data, "bill.csv", by="果果")).new == new
            await till.bills.confirm("kiosk", by="果果")
        assert len(await till.shop.rows(Payment)) == 1 and len(await till.shop.rows(BillRow)) == 1
        assert len((await till.bills.standing("kiosk")).reconciled.counted) == 1

    async def test_money_counted_in_another_group_is_not_this_groups(self, till: Till) -> None:
        await till.order()
        await till.order("阿梅", group="kiosk-two")
        data = wechat_csv([wechat_line(NUMBER, "79.80", at="2026-05-20 10:05:00")])
        await till.bills.take_in("kiosk", data, "bill.csv", by="果果")
        await till.bills.confirm("kiosk", by="果果")
        standing = (await till.bills.take_in("kiosk-two", data, "bill.csv", by="果果")).standing
        assert not standing.reconciled.matches and not standing.reconciled.lines_left

    async def test_a_bad_file_leaves_nothing_behind(self, till: Till) -> None:
        data = wechat_csv([wechat_line(NUMBER, "79.80"), wechat_line(NUMBER + "1", "abc")])
        with pytest.raises(BadFile):
            await till.bills.take_in("kiosk", data, "bill.csv", by="果果")
        assert await till.shop.rows(BillRow) == []

    async def test_no_order_is_ever_paid_by_a_picture_or_a_file_alone(self, till: Till) -> None:
        await till.order()
        till.reader.bill()
        await till.show()
        await till.bills.take_in("kiosk", wechat_csv([wechat_line(NUMBER, "79.80")]), "bill.csv", by="果果")
        assert all(order.paid == 0 for order in await till.shop.rows(Order))


class TestAWayToPayOutOfOrder:
    async def test_members_are_told_the_others_at_once(self, till: Till) -> None:
        desk = MethodDesk(till.shop.yidan.database, till.shop.clock)
        before = await till.shop.say("付款", group="tea")
        await desk.switch("tea", "微信转账", on=False, by="老王")
        (notice,) = await till.told(member_only=False)
        assert "微信转账暂时用不了" in notice and "支付宝" in notice
        for text in ("付款", "A02一斤"):
            said = (await till.shop.say(text, "小李", group="tea")).text
            assert "微信转账暂时用不了，请改用支付宝" in said, text
        await desk.switch("tea", "微信转账", on=True, by="老王", tell=False)
        assert (await till.shop.say("付款", "小芳", group="tea")).text.endswith(before.text)

    async def test_a_proof_by_it_is_pointed_out(self, till: Till) -> None:
        await MethodDesk(till.shop.yidan.database, till.shop.clock).switch("tea", "微信转账", on=False, by="老王")
        await till.order("阿梅", "A02一斤", group="tea")
        till.reader.bill()
        assert "method_off" in kinds(await till.show("阿梅", group="tea"))

    async def test_the_last_one_stays_and_the_folder_leaves_it_off(self, till: Till) -> None:
        yidan = till.shop.yidan
        desk = MethodDesk(yidan.database, yidan.clock)
        with pytest.raises(Conflict):
            await desk.switch("kiosk", "支付宝", on=False, by="果果")
        with pytest.raises(NotFound):
            await desk.switch("kiosk", "现金", on=False, by="果果")
        await desk.switch("tea", "微信转账", on=False, by="老王")
        assert not await yidan.groups.load(SAMPLES / "tea")
        assert [method.usable for method in await desk.show("tea")] == [False, True]
