"""The group's page in a real browser: from the poster to the close, and who may do what."""

import json
import time
import urllib.request
from urllib.parse import urlsplit

import pytest

from e2e.browser import PHONE, Watched
from e2e.console_kit import PEOPLE, Account, Console, console_server
from e2e.serverkit import write_group

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

GROUP = "endless"
NASTY = "<img src=x onerror=alert(1)>"
STRANGERS = (Account("their-helper", "helper", seller="别家"), Account("their-owner", seller="别家"))
PARTS = ("setup", "people", "inviting", "news", "conduct", "voices", "ending")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    home = tmp_path_factory.mktemp("group")
    folder = write_group(home / "folder")
    toml = folder / "group.toml"
    text = toml.read_text(encoding="utf-8")
    toml.write_text(
        text + '\n[join]\nkeyword = "报名"\nquestion = "哪里看到的？"\napproval = "all"\n', encoding="utf-8"
    )
    other = write_group(home / "other")
    foreign = text.replace("endless", "foreign").replace("老王", "别家")
    (other / "group.toml").write_text(foreign, encoding="utf-8")
    with console_server(home, groups=(folder, other), people=(*PEOPLE, *STRANGERS)) as server:
        yield server


def call(server, path: str, body: dict | None = None, token: str = "") -> dict:
    request = urllib.request.Request(
        server.base + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token or server.owner}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def part(one: Console, name: str, group: str = GROUP):
    """Open a part of the page, wait until it is connected, and return Playwright's page."""
    one.page.goto(f"{one.base}/console/group?group={group}&part={name}")
    one.page.locator(".y-parts [aria-current]").wait_for()
    one.page.wait_for_function("() => window.socket && window.socket.connected")
    return one.page


def read_qr(picture: bytes) -> str:
    """Return what the QR code of a picture says, read by OpenCV and not by what drew it."""
    import cv2
    import numpy as np

    image = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(image)
    return str(text)


class Member:
    """Somebody with a phone who comes in by an address."""

    def __init__(self, browser, server, address: str, nickname: str) -> None:
        self.context = browser.new_context(viewport=PHONE, locale="zh-CN", has_touch=True, is_mobile=True)
        self.page = self.context.new_page()
        self.seen = Watched(self.page, server.base)
        self.page.goto(server.base + urlsplit(address).path)
        self.page.fill("#nickname", nickname)
        self.page.fill("#keyword", "报名")
        self.page.fill("#answer", "朋友圈")
        self.page.click("#join button.main")

    def say(self, text: str) -> None:
        self.page.fill("#text", text)
        self.page.click("#send")

    def reads(self, text: str) -> None:
        self.page.locator(".bubble", has_text=text).last.wait_for()


def test_from_the_poster_into_the_group_and_on_to_its_close(browser, server, console):
    owner = console("owner")
    page = part(owner, "inviting")
    poster = page.locator("img.y-poster")
    poster.wait_for()
    picture = owner.context.request.get(owner.base + poster.get_attribute("src"))
    address = read_qr(picture.body())
    assert "/join/" in address

    mei = Member(browser, server, address, f"阿梅{NASTY}")
    mei.page.locator("#door-says.waits").wait_for()
    page = part(owner, "people")
    page.locator("article", has_text=NASTY).wait_for()
    owner.shot("group-request")
    page.get_by_role("button", name="同意").click()
    mei.page.wait_for_url(f"**/room/{GROUP}")
    mei.page.wait_for_selector("#room:not([hidden])")
    page.locator("li", has_text=NASTY).wait_for()
    assert page.locator("li img, article img").count() == 0

    # What is changed counts for the next answer.
    page = part(owner, "setup")
    field = page.get_by_label("付款方式，一行一种")
    field.fill("微信转账\n现金")
    page.get_by_role("button", name="保存").click()
    page.locator(".q-notification", has_text="已保存").wait_for()
    mei.say("A01两斤")
    mei.page.locator(".carded .order", has_text="现金").wait_for()

    # An announcement is read in the room at once, and stays pinned.
    page = part(owner, "news")
    page.get_by_label("内容").fill(f"明天统一发货 {NASTY}")
    page.get_by_label("标签（可不填）").fill("重要通知")
    page.get_by_role("button", name="发送").click()
    mei.reads("明天统一发货")
    mei.page.locator("#pinned", has_text="重要通知").wait_for()

    # Closing tells what it does, wants the id typed, and orders are over.
    page = part(owner, "ending")
    page.get_by_role("button", name="关群").click()
    page.get_by_label("群编号", exact=True).fill("wrong")
    page.locator(".y-sheet").get_by_role("button", name="关群").click()
    page.locator(".q-notification", has_text="没有执行").wait_for()
    assert call(server, f"/api/groups/{GROUP}")["closed"] is False
    page.get_by_label("群编号", exact=True).fill(GROUP)
    page.locator(".y-sheet").get_by_role("button", name="关群").click()
    page.get_by_role("heading", name="群已关闭").wait_for()
    mei.say("B02三个")
    mei.reads("没有登记")
    assert mei.seen.problems == []
    mei.context.close()


def test_who_is_removed_neither_reads_on_nor_comes_back(browser, server, console):
    joined = call(server, "/api/groups/foreign/join", {"nickname": "要走的人"})
    context = browser.new_context(viewport=PHONE, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{server.base}/room/foreign")
    kept = json.dumps({"token": joined["token"], "nickname": "要走的人"})
    page.evaluate("kept => localStorage.setItem('yidan:foreign', kept)", kept)
    page.reload()
    page.wait_for_selector("#room:not([hidden])")
    owner = console("owner", size="desk")
    people = part(owner, "people", "foreign")
    people.get_by_role("button", name="管理要走的人").click()
    people.get_by_role("button", name="移出本群").click()
    page.locator("#door-says", has_text="移出").wait_for(timeout=30_000)
    assert page.locator("#room").is_hidden()
    context.close()


def test_a_helper_may_look_and_answer_but_not_set_up(console):
    helper = console("helper")
    page = part(helper, "setup", "foreign")
    assert page.get_by_role("button", name="保存").count() == 0
    assert page.get_by_label("群名").is_disabled()
    assert page.locator(".y-part", has_text="收尾").count() == 0
    part(helper, "ending", "foreign")
    assert page.locator(".y-part[aria-current]").inner_text() == "设置"


def test_an_evaluator_sees_no_members_and_nobody_a_group_that_is_not_there(console):
    evaluator = console("evaluator")
    page = part(evaluator, "people", "foreign")
    assert page.locator(".y-part", has_text="成员").count() == 0
    answer = evaluator.page.goto(f"{evaluator.base}/console/group?group=no-such-group")
    assert answer.status == 404


@pytest.mark.parametrize("login", [one.login for one in STRANGERS])
def test_another_sellers_people_find_no_such_group(console, login):
    stranger = console(login)
    here = part(stranger, "setup", "foreign")
    assert here.get_by_label("群名").input_value() == "不限量团购群"
    own = here.inner_text("body")
    assert "别家" in own and "老王" not in own
    assert here.locator(f"a[href*='group={GROUP}']").count() == 0
    for name in PARTS:
        answer = stranger.page.goto(f"{stranger.base}/console/group?group={GROUP}&part={name}")
        assert answer.status == 404
        assert "没有这个群" in stranger.page.inner_text("body")
        assert stranger.page.locator(".y-parts, .y-poster").count() == 0
        assert "老王" not in answer.text()
    get = stranger.context.request.get
    for path in ("", "/poster.png", "/invitations", "/requests", "/announcements", "/polls", "/talk"):
        assert get(f"{stranger.base}/api/groups/foreign{path}").status == 200, path
        assert get(f"{stranger.base}/api/groups/{GROUP}{path}").status == 404, path


def test_the_invitation_is_copied_within_the_tap(console):
    owner = console("owner")
    owner.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = part(owner, "inviting", "foreign")
    page.get_by_role("button", name="复制链接").first.click()
    page.locator(".q-notification", has_text="已复制").wait_for()
    assert "/join/" in page.evaluate("navigator.clipboard.readText()")


def test_a_value_that_cannot_be_is_told_at_its_field(console):
    owner = console("owner", size="desk")
    page = part(owner, "setup", "foreign")
    page.get_by_label("人数上限").fill("很多")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("请填整数").wait_for()


@pytest.mark.parametrize("login", ["owner", "owner-en"])
def test_everybody_can_read_each_part(console, login):
    owner = console(login)
    for name in PARTS:
        part(owner, name, "foreign")
        time.sleep(0.3)
        owner.is_fine_at_any_size(f"group-{name}-{login}")
