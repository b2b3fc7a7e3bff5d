"""From nothing to a working group in a real browser: the first account, then the wizard with a real Excel file."""

import time

import pytest
from openpyxl import Workbook

from e2e.console_kit import PASSWORD, Console
from e2e.serverkit import ServerProcess

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

SCRIPT = "<img src=x onerror=alert(1)>"

ROWS = (
    ("老王茶铺 2026 春茶价目表",),
    ("序号", "品名", "规格", "单价（元/斤）", "库存", "备注"),
    (1, "明前龙井", "特级", 398, 12, "西湖产区"),
    (2, "雨前龙井", "一级", "￥198", "不限", None),
    (3, "茉莉花茶", None, "58元/袋", 40, None),
    (4, "老茶头", None, "面议", None, None),
    (5, SCRIPT, None, 66, None, None),
    ("合计", None, None, 720),
)


@pytest.fixture
def price_list(tmp_path):
    book = Workbook()
    for row in ROWS:
        book.active.append(list(row))
    path = tmp_path / "价目表.xlsx"
    book.save(path)
    return path


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = ServerProcess(tmp_path_factory.mktemp("start"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


def test_from_another_machine_the_first_account_needs_the_code(browser, server):
    visitor = browser.new_context(extra_http_headers={"X-Forwarded-For": "203.0.113.9"}, locale="en-US")
    page = visitor.new_page()
    page.goto(f"{server.base}/console/first")
    page.fill("#login", "mallory")
    page.fill("#password", PASSWORD)
    page.fill("#code", "0000")
    page.click("form button")
    assert "setup code is not right" in page.locator("[role=alert]").inner_text()
    visitor.close()


def test_a_seller_reaches_a_working_group_from_an_excel_price_list(browser, server, price_list):
    owner = Console(browser, server, "")
    page = owner.page
    began = time.monotonic()
    page.goto(f"{server.base}/console")
    owner.is_fine()
    owner.shot("first-account")
    page.fill("#login", "laowang")
    page.fill("#password", PASSWORD)
    page.click("form button")

    page.get_by_label("店名").fill("老王茶铺")
    page.get_by_label("群名").fill("春茶团购")
    owner.is_fine()
    owner.shot("start-1")
    page.get_by_role("button", name="下一步").click()

    page.locator("input[type=file]").set_input_files(price_list)
    page.get_by_text("认出 3 样可以卖的商品").wait_for()
    assert page.get_by_text("第 6 行 老茶头：没有价格").count() == 1
    assert page.get_by_text(SCRIPT).count() == 1 and page.locator("img[src=x]").count() == 0
    assert page.get_by_text("398元/斤").count() == 1
    owner.is_fine()
    owner.shot("start-2")
    page.get_by_role("listitem").filter(has_text="老茶头").get_by_role("button", name="修改").click()
    page.get_by_role("dialog").get_by_label("价格").fill("88.8")
    owner.is_fine()
    owner.shot("start-2-line")
    page.get_by_role("dialog").get_by_role("button", name="保存").click()
    page.get_by_text("认出 4 样可以卖的商品").wait_for()
    page.get_by_role("button", name="下一步").click()

    page.get_by_label("用您自己的话写一句").fill("截单后3天内发顺丰")
    page.get_by_label("几天内可退").fill("7")
    page.get_by_label("什么情况可退").fill("未拆封")
    owner.is_fine()
    owner.shot("start-3")
    page.get_by_role("button", name="开群").click()

    page.get_by_text("4 样商品已经上架").wait_for()
    page.get_by_role("button", name="问问看").click()
    page.locator(".y-answer", has_text="398元").wait_for(timeout=60_000)
    page.locator(".y-poster img").wait_for()
    assert page.evaluate("document.querySelector('.y-poster img').naturalWidth") > 200
    seconds = time.monotonic() - began
    owner.is_fine()
    owner.shot("start-4")
    assert seconds < 120, f"the server and the browser alone took {seconds:.0f} s"
    page.get_by_role("link", name="以顾客身份看看").click()
    page.get_by_text("春茶团购").first.wait_for()
    owner.context.close()
