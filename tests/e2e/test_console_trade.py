"""The console's pages about trade in a real browser: today, orders with their proofs, payments, pick list, reports."""

import base64
import io
import json
import re
import time
import urllib.error
import urllib.request
from pathlib import Path

import openpyxl
import pytest
from payments.bills_kit import wechat_csv, wechat_line

from e2e.console_kit import Account, console_server
from e2e.serverkit import CATALOG, FAQ, GROUP_TOML, yidan

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

IMAGES = Path(__file__).parents[2] / "evals" / "images"
NASTY = "<img src=x onerror=alert(1)>"
MUSTACHE = "{{7*7}}茶"
"""What a template in the browser would work out."""
PEOPLE = (
    Account("owner", seller="老王"),
    Account("owner-en", seller="老王", language="en"),
    Account("helper", "helper", seller="老王"),
    Account("leaver", "helper", seller="老王"),
    Account("evaluator", "evaluator", seller="老王"),
    Account("other", seller="别家"),
)


def folder(home: Path, group: str, seller: str) -> Path:
    """Write a group's folder; one of its products has a template for a name."""
    made = home / "folders" / group
    made.mkdir(parents=True)
    toml = GROUP_TOML.replace('"endless"', f'"{group}"').replace('"老王"', f'"{seller}"')
    (made / "group.toml").write_text(toml, encoding="utf-8")
    (made / "faq.csv").write_text(FAQ, encoding="utf-8")
    (made / "catalog.csv").write_text(f"{CATALOG}C03,{MUSTACHE},粗茶,5.00,包,3,,,\n", encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    home = tmp_path_factory.mktemp("trade")
    groups = folder(home, "fruit", "老王"), folder(home, "foreign", "别家")
    with console_server(home, groups=groups, people=PEOPLE) as server:
        server.home = home
        yield server


def call(server, path: str, token: str, body: dict | None = None):
    request = urllib.request.Request(
        server.base + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


class Member:
    """A member who writes over the API."""

    def __init__(self, server, nickname: str, group: str = "fruit") -> None:
        self.server, self.group = server, group
        self.token = call(server, f"/api/groups/{group}/join", server.owner, {"nickname": nickname})["token"]

    def say(self, text: str, image: str = "") -> dict:
        body = {"text": text}
        if image:
            body["image"] = base64.b64encode((IMAGES / image).read_bytes()).decode()
        return call(self.server, f"/api/groups/{self.group}/messages", self.token, body)

    def order(self, text: str) -> int:
        return self.say(text)["orders"][0]["number"]

    def heard(self) -> str:
        lines = call(self.server, f"/api/groups/{self.group}/messages", self.token)["items"]
        return "\n".join(line["text"] for line in lines)

    def hears(self, text: str, patience: float = 30.0) -> None:
        """Wait until it was told: deliveries run beside what causes them."""
        until = time.monotonic() + patience
        while text not in self.heard():
            assert time.monotonic() < until, self.heard()
            time.sleep(0.2)


def row(page, number: int):
    name = re.compile(rf"^(打开|Open order ){number}\D")
    return page.locator("tr.y-order").filter(has=page.get_by_role("button", name=name))


def said(page, text: str) -> None:
    page.locator(".q-notification", has_text=text).first.wait_for()


def test_an_order_is_seen_live_its_proof_read_and_its_payment_confirmed(console, server):
    seller = console()
    page = seller.open("/orders", "fruit")
    mei = Member(server, "阿梅")
    number = mei.order("A01三十三斤")
    row(page, number).wait_for()
    mei.say("付好了", "pay-396.png")
    row(page, number).get_by_text("待核对").wait_for()
    row(page, number).get_by_role("button").click()
    sheet = page.locator(".y-sheet-wide")
    sheet.get_by_text("1000000000202605200001").wait_for(timeout=60_000)
    assert "¥396" in sheet.locator(".y-read").inner_text()
    assert "早于下单时间" in sheet.locator(".y-warnings").inner_text()
    picture = sheet.locator(".y-proof img")
    page.wait_for_function("image => image.complete && image.naturalWidth > 100", arg=picture.element_handle())
    seller.shot("order-proof-zh-CN")
    sheet.get_by_role("button", name="钱到了").click()
    page.get_by_label("实际到账金额").wait_for()
    page.locator(".y-sheet-buttons").get_by_role("button", name="确认收款").click()
    said(page, "已记收款")
    sheet.get_by_text("收全款 ¥396").wait_for()
    row(page, number).get_by_text("待发货").wait_for()
    mei.hears(f"{number}号单已收款396元")
    shown = call(server, f"/api/groups/fruit/orders/{number}", server.owner)
    assert (shown["status"], shown["paid"], shown["events"][-1]["actor"]) == ("paid", "396.00", "owner")


def test_many_are_done_at_once_and_the_selection_outlives_new_orders(console, server):
    seller = console(size="desk")
    names = [Member(server, f"团{n}") for n in range(3)]
    first, second, third = (one.order("B02两个") for one in names)
    page = seller.open("/orders", "fruit")
    page.get_by_role("button", name=re.compile("^待付款")).click()
    for number in (first, second):
        row(page, number).get_by_role("checkbox").check()
    bar = page.locator(".y-bulk")
    bar.get_by_role("button", name="确认收款（2）").wait_for()
    late = Member(server, "后来的").order("A01一斤")
    row(page, late).wait_for()
    assert row(page, first).get_by_role("checkbox").is_checked()
    assert not row(page, third).get_by_role("checkbox").is_checked()
    bar.get_by_role("button", name="确认收款（2）").click()
    page.get_by_text("共 ¥80").wait_for()
    page.locator(".y-sheet-buttons").get_by_role("button", name="确认收款").click()
    said(page, "2 单都好了")
    page.get_by_role("button", name=re.compile("^全部")).click()
    for number in (first, second, third):
        row(page, number).get_by_role("checkbox").check()
    bar.get_by_role("button", name="发货（2）").click()
    page.get_by_text("会跳过").wait_for()
    page.get_by_label(f"{first}号单的快递单号").fill("顺丰 SF100")
    page.get_by_label(f"{second}号单的快递单号").fill("顺丰 SF200")
    page.locator(".y-sheet-buttons").get_by_role("button", name="发货").click()
    said(page, "2 单都好了")
    names[0].hears("SF100")
    names[1].hears("SF200")
    assert "SF200" not in names[0].heard()
    page.get_by_label("搜单号").fill("sf200")
    row(page, first).wait_for(state="detached")
    assert page.locator("tr.y-order").count() == 1 and row(page, second).count() == 1


def test_what_became_impossible_meanwhile_is_told_order_by_order(console, server):
    seller = console(size="desk")
    one, two = Member(server, "甲").order("A01两斤"), Member(server, "乙").order("A01两斤")
    page = seller.open("/orders", "fruit")
    for number in (one, two):
        row(page, number).get_by_role("checkbox").check()
    page.locator(".y-bulk").get_by_role("button", name=re.compile("^取消订单（2）")).click()
    page.get_by_text("取消订单：2 单").wait_for()
    call(server, "/api/groups/fruit/orders/commands", server.owner, {"commands": [{"do": "confirm", "order": one}]})
    page.locator(".y-sheet-buttons").get_by_role("button", name="取消订单").click()
    page.get_by_text("成功 1 单，没成 1 单").wait_for()
    page.get_by_text(f"{one}号单已经收了").wait_for()
    states = {o["number"]: o["status"] for o in call(server, "/api/groups/fruit/orders", server.owner)}
    assert (states[one], states[two]) == ("paid", "cancelled")


def test_the_books_open_in_excel_and_their_sums_are_the_stores(console, server):
    Member(server, "记账的").order("A01三斤")
    seller = console(size="desk")
    page = seller.open("/orders", "fruit")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="导出 Excel").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    head, *lines = book["订单"].iter_rows(values_only=True)
    orders = call(server, "/api/groups/fruit/orders", server.owner)
    assert len(lines) == len(orders) > 0
    for name, column in (("合计", "total"), ("已收", "paid")):
        at = head.index(name)
        assert sum(float(line[at] or 0) for line in lines) == sum(float(order[column]) for order in orders)


def test_a_refund_in_part_and_a_state_that_forbids_it(console, server):
    number = Member(server, "要退的").order("A01十斤")
    call(server, "/api/groups/fruit/orders/commands", server.owner, {"commands": [{"do": "confirm", "order": number}]})
    seller = console()
    page = seller.open("/orders", "fruit")
    row(page, number).get_by_role("button").click()
    page.locator(".y-sheet-wide").get_by_role("button", name="退款").click()
    page.get_by_label("退多少").fill("500")
    page.locator(".y-sheet-buttons").get_by_role("button", name="退款").click()
    said(page, "超过了")
    page.get_by_label("退多少").fill("20")
    page.locator(".y-sheet-buttons").get_by_role("button", name="退款").click()
    said(page, "退款已记下")
    shown = call(server, f"/api/groups/fruit/orders/{number}", server.owner)
    assert (shown["status"], shown["refunded"]) == ("paid", "20.00")


def test_a_bill_is_matched_and_confirmed_with_one_word(console, server):
    number = Member(server, "对账的").order("B02七个")
    seller = console()
    page = seller.open("/payments", "fruit")
    at = call(server, f"/api/groups/fruit/orders/{number}", server.owner)["created_at"]
    local = re.sub("T", " ", at)[:19]
    bill = wechat_csv([wechat_line("4" * 28, "140.00", at=shifted(local), who="对账的"), wechat_line("5" * 28, "7.77")])
    page.set_input_files("input[type=file]", files=[{"name": "bill.csv", "mimeType": "text/csv", "buffer": bill}])
    said(page, "账单读好了")
    page.get_by_role("button", name=re.compile("确认这 1 笔，共 ¥140")).click()
    said(page, "1 单已确认收款")
    shown = call(server, f"/api/groups/fruit/orders/{number}", server.owner)
    assert (shown["status"], shown["payments"][0]["source"]) == ("paid", "bill")
    page.set_input_files("input[type=file]", files=[{"name": "photo.csv", "mimeType": "text/csv", "buffer": b"a,b"}])
    said(page, "不是微信支付或支付宝的账单")


def shifted(utc: str) -> str:
    """Return a moment of UTC one minute later by Shanghai's clock, as bills write it."""
    from datetime import datetime, timedelta

    return f"{datetime.fromisoformat(utc) + timedelta(hours=8, minutes=1):%Y-%m-%d %H:%M:%S}"


def test_a_proof_without_an_order_is_put_to_one(console, server):
    stray = Member(server, "先付的")
    stray.say("已付款", "pay-24-en.png")
    claims = [one for one in call(server, "/api/groups/fruit/claims", server.owner) if one["member"] == "先付的"]
    assert [one["order"] for one in claims] == [None]
    number = stray.order("A01两斤")
    seller = console()
    page = seller.open("/payments", "fruit")
    page.locator(".y-proof", has_text="先付的").get_by_role("button", name="归到订单").click()
    page.get_by_label("哪一单", exact=True).wait_for()
    page.locator(".y-sheet-buttons").get_by_role("button", name="归到订单").click()
    page.wait_for_url(f"**order={number}*")
    page.locator(".y-sheet-wide").get_by_role("button", name="钱到了").wait_for()


def test_a_report_is_chosen_by_its_week(console, server):
    page = console(size="desk").open("/reports", "fruit")
    page.get_by_label("看哪段时间").click()
    page.get_by_role("option", name=re.compile("^本周")).click()
    page.wait_for_url("**week=*")
    page.locator(".y-report h2").first.get_by_text(re.compile(r"\d{4}-W\d\d")).wait_for()


def test_markup_from_members_and_catalogues_is_text(console, server):
    nasty = Member(server, NASTY)
    number = nasty.order("C03一包")
    seller = console()
    page = seller.open("/orders", "fruit")
    assert NASTY in row(page, number).inner_text() and MUSTACHE in row(page, number).inner_text()
    row(page, number).get_by_role("button").click()
    page.locator(".y-sheet-wide h2", has_text=NASTY).wait_for()
    call(server, "/api/groups/fruit/orders/commands", server.owner, {"commands": [{"do": "confirm", "order": number}]})
    seller.open("/picks", "fruit").get_by_text(NASTY).first.wait_for()
    nasty.say("<script>alert(2)</script>能定制吗，我要找人工")
    page = seller.open("/", "fruit")
    page.locator(".y-need", has_text=NASTY).first.wait_for()
    assert page.locator(".y-main img[src=x], .y-main b").count() == 0


def test_another_sellers_orders_do_not_exist(console, server):
    theirs = Member(server, "外人", "foreign")
    number = theirs.order("B02两个")
    theirs.say("付好了", "pay-396.png")
    (claim,) = call(server, "/api/groups/foreign/claims", server.owner)
    seller = console()
    page = seller.open("/orders", "foreign")
    page.get_by_text("没有这个群").wait_for()
    assert page.locator("tr.y-order").count() == 0
    address = f"/api/groups/foreign/claims/{claim['id']}/image"
    assert seller.context.request.get(server.base + address).status == 404
    assert "外人" not in seller.open("/", "fruit").content()
    page.goto(f"{server.base}/console/orders?group=fruit&order={number + 900}")
    said(page, "没有")
    console("other").open("/orders", "foreign").locator("tr.y-order").wait_for()


def test_an_evaluator_sees_figures_and_nobody_s_name_or_money(console, server):
    shows = Member(server, "不给看的")
    shows.order("A01一斤")
    shows.say("付好了", "pay-27.png")
    eva = console("evaluator")
    for path in ("/orders", "/payments", "/picks"):
        eva.open(path, "fruit").get_by_text("这一页您不能用").wait_for()
    page = eva.open("/", "fruit")
    page.get_by_text("自动答复").wait_for()
    assert "¥" not in page.locator(".y-main").inner_text() and "不给看的" not in page.content()
    page = eva.open("/reports", "fruit")
    page.get_by_text("报告里已略去").wait_for()
    assert not re.search(r"\d元|¥", page.locator(".y-main").inner_text())
    claims = call(server, "/api/groups/fruit/claims", server.owner)
    picture = f"/api/groups/fruit/claims/{claims[0]['id']}/image"
    assert eva.context.request.get(server.base + picture).status == 403


def test_the_stale_page_of_somebody_who_left_does_nothing(console, server):
    number = Member(server, "小心的").order("A01一斤")
    left = console("leaver")
    page = left.open("/orders", "fruit")
    row(page, number).get_by_role("button").click()
    page.locator(".y-sheet-wide").get_by_role("button", name="取消订单").click()
    page.get_by_label("附一句话").wait_for()
    yidan(server.home, "account", "role", "leaver", "evaluator")
    page.locator(".y-sheet-buttons").get_by_role("button", name="取消订单").click()
    page.wait_for_url("**/console/sign-in*")
    assert call(server, f"/api/groups/fruit/orders/{number}", server.owner)["status"] == "pending_payment"


def test_today_leads_to_what_waits_and_follows_the_news(console, server):
    seller = console()
    number = Member(server, "等货的").order("A01一斤")
    call(server, "/api/groups/fruit/orders/commands", server.owner, {"commands": [{"do": "confirm", "order": number}]})
    page = seller.open("/", "fruit")
    before = page.locator(".y-need").count()
    asker = Member(server, "着急的")
    asker.say("我要投诉，橙子全是坏的！")
    page.locator(".y-need", has_text="着急的").wait_for()
    assert page.locator(".y-need").count() >= before
    page.get_by_text("用表格看").click()
    assert page.locator("details table tr").count() > 8
    page.locator(".y-need", has_text=re.compile("等发货")).click()
    page.wait_for_url("**state=paid*")
    assert page.get_by_role("button", name=re.compile("^待发货")).get_attribute("aria-pressed") == "true"


@pytest.mark.parametrize("login", ["owner", "owner-en"])
def test_everybody_can_read_it(console, server, login):
    if call(server, "/api/groups/fruit/orders", server.owner) == []:
        Member(server, f"读{login}").order("A01一斤")
    seller = console(login)
    for name, path in (
        ("today", "/"),
        ("orders", "/orders"),
        ("payments", "/payments"),
        ("picks", "/picks"),
        ("reports", "/reports"),
    ):
        page = seller.open(path, "fruit")
        page.wait_for_timeout(400)
        seller.is_fine_at_any_size(f"{name}-{login}")
    page = seller.open("/orders", "fruit")
    page.locator(".y-order .y-open").first.click()
    page.locator(".y-sheet-wide").wait_for()
    seller.is_fine_at_any_size(f"order-{login}")
    choice = page.locator(".y-sheet-wide .q-btn:not(.y-icon)").first
    if choice.count():
        choice.click()
        page.locator(".y-sheet-buttons").wait_for()
        seller.is_fine_at_any_size(f"order-ask-{login}")
