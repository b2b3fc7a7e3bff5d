"""From life to test: what a captured turn keeps, what it leaves out, and that it runs."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.channels.base import IncomingMessage
from assistant.clock import FixedClock
from assistant.delivery.bootstrap import Yidan
from assistant.errors import Conflict, NotFound
from assistant.evaluation.anonymise import Anonymiser
from assistant.evaluation.capture import Captured, Wanted, capture_turn, offer_of_ticket
from assistant.evaluation.runner import run_suite
from assistant.evaluation.suite import Suite, load_suite
from assistant.evaluation.suite_writer import append_case, case_text, write_suite
from assistant.groups.folder import read_folder, write_folder
from assistant.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]
START = datetime.fromisoformat("2026-05-20T10:00:00+08:00")


class TestAnonymiser:
    def hide(self, language: str = "zh-CN") -> Anonymiser:
        return Anonymiser(["王小明", "Bo"], language=language, seller="老王茶铺", records="自提：西湖区龙井路18号")

    @pytest.mark.parametrize(
        ("text", "secret"),
        [
            ("我电话13987654321，麻烦了", "13987654321"),
            ("打 139-8765-4321", "8765"),
            ("邮箱 xiaoming@qq.com", "xiaoming"),
            ("寄到杭州市余杭区文一西路969号3栋502室", "969"),
            ("地址是幸福路12号", "幸福路12号"),
            ("加我微信xiaoming88", "xiaoming88"),
            ("身份证 330106199001011234", "330106199001011234"),
            ("转账单号 4200001234567890", "4200001234567890"),
            ("收件人：李四，发顺丰", "李四"),
            ("王小明的那单也算我的", "王小明"),
            ("I live at 12 Maple Grove Road, Apt 4", "Maple"),
            ("call me at (555) 234-9876", "234-9876"),
            ("my name is John Smith", "John"),
        ],
    )
    def test_takes_out(self, text: str, secret: str) -> None:
        assert secret not in self.hide().text(text)

    @pytest.mark.parametrize(
        "text",
        [
            "A01两斤，B02一盒",
            "5月22日20:00截单吗",
            "2026-05-20",
            "自提：西湖区龙井路18号",
            "一共474元",
            "3斤毛峰",
            "我想去市里逛花园",
        ],
    )
    def test_leaves_what_the_deal_is_about(self, text: str) -> None:
        assert self.hide().text(text) == text

    def test_a_phone_number_stays_a_phone_number(self) -> None:
        assert self.hide().text("电话13987654321") == "电话13712345678"

    def test_a_member_has_one_name_everywhere(self) -> None:
        hide = self.hide()
        assert hide.text("@王小明 你好") == f"@{hide.member('王小明')} 你好"
        assert hide.member("王小明") != hide.member("Bo")
        assert hide.member("老王茶铺") == "老王茶铺"

    @given(st.text(max_size=80))
    def test_any_text_goes_through_and_a_second_time_changes_nothing_private(self, text: str) -> None:
        assert "13987654321" not in self.hide("en").text(f"{text} 13987654321 {text}")


@pytest.fixture
async def yidan(tmp_path: Path) -> AsyncIterator[Yidan]:
    settings = load_settings(home=tmp_path / "home", database_url="", chroma_url="")
    folder = tmp_path / "tea"
    small = read_folder(ROOT / "knowledge" / "tea")
    keep = {"ship-express", "order-how", "pay-how"}
    knowledge = type(small.knowledge)(
        tuple(entry for entry in small.knowledge.entries if entry.key in keep), small.knowledge.products[:6]
    )
    write_folder(folder, small.settings, knowledge)
    async with await Yidan.open(settings, clock=FixedClock(START)) as yidan:
        await yidan.groups.load(folder)
        yield yidan


async def say(yidan: Yidan, who: str, text: str) -> None:
    assert isinstance(yidan.clock, FixedClock)
    yidan.clock.set(yidan.clock.now() + timedelta(minutes=1))
    message = IncomingMessage(
        group_id="tea",
        channel="api",
        external_id=f"{who}{yidan.clock.now():%H%M}",
        member_external_id=who,
        nickname=who,
        text=text,
        sent_at=yidan.clock.now(),
    )
    await yidan.inbox.receive(message)


def replayed(captured: Captured) -> str:
    """Return why the case fails when it is run; empty where it passes."""
    suite = Suite(name="captured", now=captured.now, cases=(captured.case,))
    return "; ".join(case.why for case in run_suite(suite, group=captured.group).failures())


class TestCapturing:
    async def test_a_turn_with_what_led_to_it_passes_as_it_was(self, yidan: Yidan) -> None:
        await say(yidan, "王小明", "A02 2斤")
        yidan.clock.set(START + timedelta(hours=1))  # type: ignore[attr-defined]
        await say(yidan, "陈静", "A05 1斤")
        await say(yidan, "陈静", "改成3斤")
        captured = await capture_turn(yidan, 3)
        text = case_text(captured.case)
        for private in ("王小明", "陈静"):
            assert private not in text
        assert [turn.expect.action for turn in captured.case.turns] == [(), ("order",)]
        # The order that was there before the talk is given, the talk's own comes about again.
        assert [(o.member, o.items[0].quantity) for o in captured.case.given.orders] == [("小周", 2)]
        final = captured.case.final.orders
        assert final is not None
        assert {(order.member, order.items[0].quantity) for order in final} == {("小周", 2), ("小林", 3)}
        assert await asyncio.to_thread(replayed, captured) == ""

    async def test_what_should_have_happened_can_be_said(self, yidan: Yidan) -> None:
        await say(yidan, "陈静", "发什么快递？")
        as_it_was = (await capture_turn(yidan, 1)).case.turns[-1].expect
        assert (as_it_was.action, as_it_was.sources_any) == (("answer",), ("ship-express",))
        corrected = (await capture_turn(yidan, 1, Wanted("handoff"))).case.turns[-1].expect
        assert (corrected.action, corrected.sources_any) == (("handoff",), ())

    async def test_an_unknown_turn_is_told(self, yidan: Yidan) -> None:
        with pytest.raises(NotFound, match="no turn 77"):
            await capture_turn(yidan, 77)

    async def test_an_unanswered_ticket_offers_nothing(self, yidan: Yidan) -> None:
        with pytest.raises(NotFound, match="no answered ticket"):
            await offer_of_ticket(yidan, "tea", 1)


class TestWriting:
    async def test_a_suite_that_is_made_and_added_to_loads(self, yidan: Yidan, tmp_path: Path) -> None:
        await say(yidan, "陈静", "发什么快递？\n- 急：#1")
        captured = await capture_turn(yidan, 1)
        path = tmp_path / "s.yaml"
        write_suite(Suite(name="s", path=path, now=captured.now, cases=(captured.case,)), tmp_path / "tea")
        other = captured.case.model_copy(update={"id": "other"})
        append_case(other, path)
        loaded = load_suite(path)
        assert [case.id for case in loaded.cases] == ["turn-1", "other"]
        assert loaded.cases[1].turns == captured.case.turns
        assert loaded.group == tmp_path / "tea"
        with pytest.raises(Conflict, match="has a case other already"):
            append_case(other, path)
