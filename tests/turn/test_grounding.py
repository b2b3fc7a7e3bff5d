"""Nothing leaves that the records do not say."""

import string
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.agent.effects import ClaimFiled, SourceNoted, TicketJoined
from assistant.models import Outbox, Ticket
from assistant.turn import pipeline
from assistant.turn.actions import act
from assistant.turn.grounding import broken_promises, facts_in, ungrounded
from turn.kit import Shop

EVIDENCE = [
    "A02 雨前西湖龙井（一级） 198.00元/斤，5月23日10:30起发货，满1,000元打9.5折，电话13812345678",
    "https://example.org/tea?x=1",
    "两人以上，满三百元送一盒",
]


class TestInvented:
    @pytest.mark.parametrize(
        ("draft", "fact"),
        [
            ("龙井199元一斤", "199"),
            ("龙井 198.50元", "198.5"),
            ("5月24日发货", "24"),
            ("10:45发货", "45"),
            ("打88%", "88"),
            ("请打13812345679", "13812345679"),
            ("A03有货", "A03"),
            ("a03有货", "A03"),
            ("见 https://example.org/other", "https://example.org/other"),
            ("见 www.example.com", "www.example.com"),
            ("一共二百元", "200"),
            ("打八折", "8"),
            ("再等六天", "6"),
            ("满两千元包邮", "2000"),
            ("２９９元", "299"),
            ("2,000元", "2000"),
        ],
    )
    def test_what_the_records_do_not_say_is_found(self, draft: str, fact: str) -> None:
        assert fact in ungrounded(draft, EVIDENCE)


class TestSaid:
    @pytest.mark.parametrize(
        "draft",
        [
            "A02 198元一斤",
            "a02 198.00元",
            "ａ０２ １９８元",
            "满1000元打9.5折",
            "满300元送一盒",
            "5月23日10:30发货",
            "电话13812345678",
            "https://example.org/tea?x=1",
            "好的，稍等。",
            "",
        ],
    )
    def test_what_they_say_may_leave(self, draft: str) -> None:
        assert ungrounded(draft, EVIDENCE) == set()

    def test_the_same_amount_in_other_writing_is_the_same(self) -> None:
        assert facts_in("2.50") == facts_in("2.5") == facts_in("２．５") == {"2.5"}
        assert facts_in("1,000") == facts_in("1000") == facts_in("1000.00") == {"1000"}

    @pytest.mark.parametrize(
        ("spoken", "value"),
        [
            ("十二元", "12"),
            ("三百五元", "350"),
            ("三百零五元", "305"),
            ("两千元", "2000"),
            ("一千零五十元", "1050"),
            ("一万二千元", "12000"),
            ("二十块钱", "20"),
        ],
    )
    def test_spoken_amounts_are_numbers(self, spoken: str, value: str) -> None:
        assert value in facts_in(spoken)


class TestPromises:
    @pytest.mark.parametrize(
        "draft",
        [
            "已登记，3号单",
            "已经为您下单",
            "已取消3号单",
            "Noted, order 3:",
            "已转给老王",
            "I've passed this on to Xiaoman",
            "已为您退款",
            "It has been refunded",
            "payment received",
        ],
    )
    def test_a_promise_without_its_deed_is_found(self, draft: str) -> None:
        assert broken_promises(draft, [])

    @pytest.mark.parametrize(
        ("draft", "effect"),
        [
            ("已转给老王", TicketJoined(1)),
            ("凭证已转给老王", ClaimFiled(None, None)),
            ("已登记，谢谢", SourceNoted("朋友介绍")),
        ],
    )
    def test_a_promise_with_its_deed_may_leave(self, draft: str, effect) -> None:
        assert broken_promises(draft, [effect]) == set()

    def test_no_deed_of_ours_makes_it_paid_or_refunded(self) -> None:
        assert broken_promises("已为您退款", [ClaimFiled(None, None), TicketJoined(1)]) == {"refunded"}

    def test_the_sellers_own_words_are_theirs(self) -> None:
        answer = "付款后老王会私信您已登记的订单号。"
        assert broken_promises(answer, [], quoted=[answer]) == set()

    @pytest.mark.parametrize("draft", ["不用登记", "没有登记", "还没有下单，要的话直接发编号"])
    def test_saying_that_nothing_was_done_promises_nothing(self, draft: str) -> None:
        assert broken_promises(draft, []) == set()


ANSWER = "雨前龙井（A02）198元/斤，满199元包邮，5月23日起发货。"


@given(number=st.integers(0, 10**7), cents=st.integers(0, 99), at=st.integers(0, len(ANSWER)))
def test_any_number_put_into_an_answer_is_found(number: int, cents: int, at: int) -> None:
    amount = Decimal(number) + Decimal(cents) / 100
    draft = f"{ANSWER[:at]} {amount} {ANSWER[at:]}"
    known = facts_in(ANSWER)
    cut = facts_in(f"{ANSWER[:at]} ") | facts_in(f" {ANSWER[at:]}")
    if facts_in(str(amount)) <= known:
        assert ungrounded(draft, [ANSWER]) <= cut
    else:
        assert facts_in(str(amount)) <= ungrounded(draft, [ANSWER])


@given(st.text(alphabet=string.printable + "元斤折，。一二三十百千万零两A0９", max_size=60))
def test_a_text_is_always_borne_out_by_itself(text: str) -> None:
    assert ungrounded(text, [text]) == set()


class TestThroughThePipeline:
    """A reply that was tampered with on its way never reaches the member."""

    def tamper(self, monkeypatch: pytest.MonkeyPatch, before: str, after: str) -> None:
        def tampered(decision, context, replies, **more):
            draft = act(decision, context, replies, **more)
            draft.text = draft.text.replace(before, after)
            return draft

        monkeypatch.setattr(pipeline, "act", tampered)

    async def test_another_price_becomes_a_hand_off(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        self.tamper(monkeypatch, "198元", "98元")
        outcome = await shop.say("龙井多少钱一斤？")
        assert outcome.action == "handoff"
        assert "98元" not in outcome.text
        (ticket,) = await shop.rows(Ticket)
        assert (ticket.reason, ticket.question) == ("missing_knowledge", "龙井多少钱一斤？")
        assert all("98元" not in row.text for row in await shop.rows(Outbox))

    async def test_an_order_with_another_total_is_not_logged(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        self.tamper(monkeypatch, "396元", "369元")
        outcome = await shop.say("A02两斤")
        assert (outcome.action, outcome.orders) == ("handoff", ())
        assert await shop.orders() == []

    async def test_a_promise_that_nobody_keeps_becomes_a_hand_off(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.tamper(monkeypatch, "。", "，已为您退款。")
        assert (await shop.say("退款多久到账？")).action == "handoff"
