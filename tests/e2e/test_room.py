"""The members' room in a real browser, over a real server."""

import json
import time
import urllib.request

import pytest

from e2e.browser import DESK, PHONE, Watched, serious_findings
from e2e.console_kit import console_server
from e2e.serverkit import write_group

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

GROUP = "endless"
NASTY = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    home = tmp_path_factory.mktemp("room")
    folder, other = write_group(home / "folder"), write_group(home / "other")
    (other / "group.toml").write_text(
        (other / "group.toml").read_text(encoding="utf-8").replace("endless", "other"), encoding="utf-8"
    )
    with console_server(home, groups=(folder, other), people=()) as server:
        yield server


def call(server, path: str, token: str, body: dict | None = None) -> dict:
    request = urllib.request.Request(
        server.base + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


class Member:
    """A member with the room open on a device of their own."""

    def __init__(self, browser, server, nickname: str, *, size=PHONE, **device) -> None:
        self.token = call(server, f"/api/groups/{GROUP}/join", server.owner, {"nickname": nickname})["token"]
        self.context = browser.new_context(viewport=size, locale="zh-CN", **device)
        self.page = self.context.new_page()
        self.seen = Watched(self.page, server.base)
        self.page.goto(f"{server.base}/room/{GROUP}")
        kept = json.dumps({"token": self.token, "nickname": nickname})
        self.page.evaluate("([key, kept]) => localStorage.setItem(key, kept)", [f"yidan:{GROUP}", kept])
        self.page.reload()
        self.page.wait_for_selector("#room:not([hidden])")

    def say(self, text: str) -> None:
        self.page.fill("#text", text)
        self.page.click("#send")

    def reads(self, text: str, patience: float = 10_000) -> None:
        self.page.locator(".bubble", has_text=text).last.wait_for(timeout=patience)

    def lines(self, text: str) -> int:
        return self.page.locator(".bubble > p", has_text=text).count()


@pytest.fixture
def member(browser, server):
    members = []

    def join(nickname: str, **device) -> Member:
        members.append(Member(browser, server, nickname, **device))
        return members[-1]

    yield join
    for one in members:
        assert one.seen.problems == []
        one.context.close()


def test_two_members_see_each_other_live_and_private_things_stay_private(member):
    mei, li = member("阿梅"), member("老李")
    li.say("鲜橙怎么卖？")
    mei.reads("鲜橙怎么卖？")
    mei.reads("12元/斤")
    mei.say("A01两斤")
    mei.reads("24")
    assert mei.page.locator(".private .state.pending_payment").count() == 1
    li.reads("A01两斤")
    assert li.lines("合计") == 0
    mei.page.locator("#text").press_sequentially("还有")
    li.page.locator("#typing", has_text="阿梅").wait_for()


def test_an_order_is_a_card_that_keeps_up_with_it(member, server):
    mei = member("阿兰")
    mei.say("A01两斤，B02一个")
    card = mei.page.locator(".carded .order")
    card.get_by_text("44.00").first.wait_for()
    shown = card.inner_text()
    for words in ("待付款", "鲜橙", "蜜柚", "微信转账", "上传付款截图"):
        assert words in shown
    orders = call(server, f"/api/groups/{GROUP}/orders/mine", mei.token)
    number = orders[-1]["number"]
    call(server, f"/api/groups/{GROUP}/orders/{number}/status", server.owner, {"status": "paid"})
    mei.page.locator(".carded .state.paid").wait_for()
    call(server, f"/api/groups/{GROUP}/orders/{number}/status", server.owner, {"status": "shipped", "note": "SF123"})
    mei.page.locator(".carded .state.shipped").wait_for()
    # One card an order: the earlier lines about it keep their words only.
    assert mei.page.locator(".order:visible").count() == 1
    mei.page.get_by_role("button", name="确认收货").click()
    mei.page.locator("#ask .main").click()
    mei.page.locator(".carded .state.completed").wait_for()


def test_a_quoted_line_is_shown_to_everybody(member):
    mei, li = member("阿芳"), member("老周")
    li.say("蜜柚甜不甜呀")
    mei.reads("蜜柚甜不甜呀")
    line = mei.page.locator(".line", has_text="蜜柚甜不甜呀").last
    line.hover()
    line.locator(".back").click()
    assert "老周" in mei.page.inner_text("#quoting")
    mei.say("上次买的很甜")
    li.page.locator(".line", has_text="上次买的很甜").locator(".quote", has_text="老周：蜜柚甜不甜呀").wait_for()
    # What only its member sees cannot be quoted before all.
    mei.say("A01一斤")
    mei.page.locator(".private", has_text="登记").wait_for()
    assert mei.page.locator(".private .back").count() == 0


def test_a_notice_stays_in_sight_however_long_ago_it_was(member, server):
    mei = member("阿琴")
    call(server, f"/api/groups/{GROUP}/messages", server.owner, {"text": "【重要通知】周五统一发货"})
    for number in range(42):
        call(server, f"/api/groups/{GROUP}/messages", mei.token, {"text": f"随便聊聊{number}哈"})
    mei.page.reload()
    mei.page.locator("#pinned", has_text="周五统一发货").wait_for()
    assert mei.lines("周五统一发货") == 0


def test_who_comes_back_finds_where_they_stopped_reading(member, server):
    mei, li = member("阿云"), member("老钱")
    mei.say("我先走了")
    mei.page.locator("li[id^=m] .bubble", has_text="我先走了").wait_for()
    mei.page.wait_for_timeout(300)
    mei.page.goto("about:blank")
    call(server, f"/api/groups/{GROUP}/messages", li.token, {"text": "阿云走了以后说的"})
    mei.page.goto(f"{server.base}/room/{GROUP}")
    mei.reads("阿云走了以后说的")
    news = mei.page.locator(".mark.new + li")
    assert "阿云走了以后说的" in news.inner_text()


def test_my_orders_tell_what_to_pay_and_take_the_proof(member, tmp_path):
    from PIL import Image

    mei = member("阿静")
    mei.say("B02三个")
    mei.reads("60")
    mei.page.click("#orders-open")
    card = mei.page.locator("#orders-list article")
    card.wait_for()
    assert "待付款" in card.inner_text() and "微信转账" in card.inner_text()
    picture = tmp_path / "proof.png"
    Image.new("RGB", (300, 500), "white").save(picture)
    with mei.page.expect_file_chooser() as chooser:
        card.get_by_role("button", name="上传付款截图").click()
    chooser.value.set_files(picture)
    mei.page.locator(".mine .bubble img").wait_for()
    mei.page.locator("li[id^=m] .bubble img").wait_for()


def test_what_was_written_without_a_network_arrives_once(member):
    mei, li = member("小周"), member("小吴")
    mei.context.set_offline(True)
    mei.say("断网时写的")
    mei.page.locator("#net:not([hidden])").wait_for()
    mei.context.set_offline(False)
    li.reads("断网时写的", 30_000)
    mei.page.locator("li[id^=m] .bubble", has_text="断网时写的").wait_for()
    time.sleep(1)
    assert (mei.lines("断网时写的"), li.lines("断网时写的")) == (1, 1)


def test_an_unsent_message_survives_closing_the_page(member):
    mei = member("小郑")
    mei.context.set_offline(True)
    mei.say("关掉之前写的")
    mei.page.locator("#net:not([hidden])").wait_for()
    mei.page.evaluate("document.title")
    mei.context.set_offline(False)
    mei.page.reload()
    mei.page.locator("li[id^=m] .bubble", has_text="关掉之前写的").wait_for()
    time.sleep(1)
    assert mei.lines("关掉之前写的") == 1


def test_foreign_markup_is_shown_as_text(member, server):
    mei, li = member(NASTY), member("小王")
    mei.say("<script>alert(2)</script><b>bold</b>")
    li.reads("<script>alert(2)</script><b>bold</b>")
    li.page.locator(".who", has_text=NASTY).first.wait_for()
    call(server, f"/api/groups/{GROUP}/messages", server.owner, {"text": f"【通知】{NASTY}"})
    li.page.locator("#pinned", has_text=NASTY).wait_for()
    # The label of a notice is the room's own element.
    assert li.page.locator(".bubble img, .bubble script, .bubble b:not(.label)").count() == 0


def test_earlier_lines_come_on_demand(member, server):
    mei = member("小冯")
    for number in range(45):
        call(server, f"/api/groups/{GROUP}/messages", mei.token, {"text": f"闲聊第{number}句哈哈"})
    mei.page.reload()
    mei.reads("闲聊第44句")
    assert mei.lines("闲聊第0句") == 0
    mei.page.click("#earlier")
    mei.reads("闲聊第0句")


def test_a_false_token_opens_nothing(browser, server):
    context = browser.new_context(viewport=PHONE, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{server.base}/room/{GROUP}")
    page.locator("#door-says", has_text="二维码").wait_for()
    page.evaluate("key => localStorage.setItem(key, JSON.stringify({token: 'yd_made-up'}))", f"yidan:{GROUP}")
    page.reload()
    page.locator("#door-says", has_text="不在这个群").wait_for()
    assert page.locator(".line").count() == 0
    context.close()


def test_a_token_of_another_group_or_a_tampered_one_opens_nothing(browser, server):
    joined = call(server, "/api/groups/other/join", server.owner, {"nickname": "外人"})
    here = call(server, f"/api/groups/{GROUP}/join", server.owner, {"nickname": "里人"})
    for token in (joined["token"], here["token"][:-3] + "xyz"):
        context = browser.new_context(viewport=PHONE, locale="zh-CN")
        page = context.new_page()
        page.goto(f"{server.base}/room/{GROUP}")
        kept = json.dumps({"token": token, "nickname": "外人"})
        page.evaluate("([key, kept]) => localStorage.setItem(key, kept)", [f"yidan:{GROUP}", kept])
        page.reload()
        page.locator("#door-says:not(:empty)").wait_for()
        assert page.locator("#room").is_hidden()
        assert page.locator(".line").count() == 0
        context.close()


@pytest.mark.parametrize("size", [PHONE, {"width": 320, "height": 640}], ids=["phone", "small"])
def test_large_fonts_leave_everything_within_reach(member, size):
    mei = member(f"大字{size['width']}", size=size)
    mei.say("A01一斤")
    mei.page.locator(".carded .order").wait_for()
    mei.page.evaluate("document.documentElement.style.fontSize = '175%'")
    page_fits = "document.documentElement.scrollWidth <= innerWidth"
    fits = "id => document.getElementById(id).scrollWidth <= document.getElementById(id).clientWidth"
    assert mei.page.evaluate(page_fits) and mei.page.evaluate(fits, "scroll")
    assert mei.page.locator("#send").bounding_box()["y"] < size["height"]
    mei.page.click("#orders-open")
    mei.page.locator("#orders-list article").wait_for()
    assert mei.page.evaluate(fits, "orders")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_it(member, size, scheme):
    mei = member(f"读{scheme}{size['width']}", size=size, color_scheme=scheme)
    mei.say("A01一斤")
    mei.reads("合计")
    assert serious_findings(mei.page) == []
    for door in ("#orders-open", "#about-open"):
        mei.page.click(door)
        mei.page.wait_for_timeout(300)
        assert serious_findings(mei.page) == []
        mei.page.keyboard.press("Escape")


def test_a_notice_in_english_stays_in_sight_and_a_member_s_brackets_do_not(member, server):
    mei = member("Ivy")
    call(server, f"/api/groups/{GROUP}/messages", server.owner, {"text": "[Important] We ship on Friday"})
    mei.page.locator("#pinned", has_text="We ship on Friday").wait_for()
    mei.page.locator(".bubble .label", has_text="[Important]").wait_for()
    mei.say("[Important] I have oranges too")
    mei.reads("I have oranges too")
    assert "oranges" not in mei.page.inner_text("#pinned")
