"""Inbox, talk and assist in real browsers: answering, learning, claiming, typing, pasting; nothing of other sellers."""

import json
import time
import urllib.request

import pytest

from e2e.console_kit import Account, console_server
from e2e.serverkit import write_group

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

GROUP = "endless"
NASTY = "<img src=x onerror=alert(1)>"
OTHER_TOML = """id = "other"
name = "别家的群"
language = "zh-CN"
timezone = "Asia/Shanghai"
seller = "别家"
purpose = "测试"
rules = []
member_limit = 50
assistant_name = "小二"
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    home = tmp_path_factory.mktemp("talk")
    mine, other = write_group(home / "mine"), write_group(home / "other")
    (other / "group.toml").write_text(OTHER_TOML, encoding="utf-8")
    people = (
        Account("owner", seller="老王"),
        Account("owner-en", seller="老王", language="en"),
        Account("helper", "helper", seller="老王"),
        Account("stranger", seller="别家"),
    )
    with console_server(home, groups=(mine, other), people=people) as server:
        yield server


def call(server, path: str, token: str, body: dict | None = None) -> dict | list:
    request = urllib.request.Request(
        server.base + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


class Member:
    """Somebody in the group, over the API."""

    def __init__(self, server, nickname: str, group: str = GROUP) -> None:
        self.server, self.path = server, f"/api/groups/{group}"
        joined = call(server, f"{self.path}/join", server.owner, {"nickname": nickname})
        self.token, self.id = joined["token"], joined["member_id"]

    def say(self, text: str) -> dict:
        return call(self.server, f"{self.path}/messages", self.token, {"text": text})

    def reads(self) -> list[str]:
        return [item["text"] for item in call(self.server, f"{self.path}/messages?latest=40", self.token)["items"]]

    def waits_for(self, text: str, patience: float = 30.0) -> None:
        until = time.monotonic() + patience
        while text not in self.reads():
            assert time.monotonic() < until, self.reads()
            time.sleep(0.3)

    def asks(self, text: str) -> int:
        """Ask for the seller in person; return the ticket's id."""
        return self.say(f"@小二 转人工，{text}")["tickets"][0]["id"]


def test_an_answer_becomes_knowledge_and_the_next_member_gets_it(server, console):
    mei = Member(server, "阿梅")
    ticket = mei.asks("橙子是哪里产的")
    owner = console()
    page = owner.open("/inbox")
    page.locator(".y-waiting", has_text="橙子是哪里产的").click()
    page.get_by_label("回复 阿梅").fill("江西赣州的脐橙")
    page.get_by_role("button", name="发送并结单").click()
    page.get_by_text("已发送").wait_for()
    mei.waits_for("江西赣州的脐橙")
    page.get_by_role("button", name="存为知识").click()
    page.get_by_label("标准问").fill("橙子是哪里产的？")
    page.get_by_role("button", name="立即发布").click()
    page.locator(".y-good", has_text="已发布").wait_for(timeout=120_000)
    owner.is_fine()
    answer = Member(server, "小周").say("橙子是哪里产的")
    # Who asks within the minute is answered together with the one before.
    assert (answer["action"], answer["text"].splitlines()[-1]) == ("answer", "江西赣州的脐橙")
    assert answer["sources"][0]["id"] == f"ticket-{ticket}"


def test_two_browsers_see_a_claim_at_once_and_handing_back_lets_the_assistant_talk(server, console):
    hua = Member(server, "小华")
    ticket = hua.asks("能不能开发票给公司")
    owner, helper = console(), console("helper")
    mine, theirs = (one.open(f"/inbox?open=ticket-{ticket}") for one in (owner, helper))
    mine.get_by_role("button", name="我来处理").click()
    theirs.locator(".y-inbox-detail .y-chip", has_text="owner 在处理").wait_for(timeout=20_000)
    assert theirs.get_by_role("button", name="我来处理").count() == 0
    assert hua.say("多少钱")["reason"] == "a human is talking with this member"
    mine.get_by_role("button", name="交还助手").click()
    mine.get_by_text("已交还").wait_for()
    assert hua.say("多少钱")["action"] == "answer"
    theirs.get_by_role("button", name="我来处理").wait_for(timeout=20_000)


def test_while_somebody_types_the_assistant_waits(server, console):
    yu = Member(server, "小宇")
    ticket = yu.asks("能不能送到山上去")
    page = console().open(f"/inbox?open=ticket-{ticket}")
    box = page.get_by_label("回复 小宇")
    box.press_sequentially("可以的", delay=50)
    page.get_by_text("助手不会抢答").wait_for()
    assert yu.say("多少钱")["reason"] == "a human is talking with this member"
    box.fill("")
    page.get_by_text("助手不会抢答").wait_for(state="hidden", timeout=20_000)
    assert yu.say("什么时候发货")["action"] == "answer"


def test_the_talk_is_marked_explained_and_answered_with_a_quote(server, console):
    lin = Member(server, "小林")
    lin.say("今晚吃什么好呢")
    lin.say("多少钱")
    owner = console()
    page = owner.open("/talk", GROUP)
    said = page.locator("article", has_text="多少钱").filter(has_text="小林").first
    said.get_by_text("按资料回答：资料里有答案").click()
    said.get_by_text("依据：多少钱").wait_for()
    said.get_by_role("button", name="这样处理得好").click()
    said.locator("[aria-pressed=true]").wait_for()
    page.locator("article", has_text="今晚吃什么好呢").get_by_role("button", name="回复 小林").click()
    page.get_by_role("textbox", name="回复 小林").fill("吃橙子")
    page.get_by_role("button", name="发送").click()
    lin.waits_for("吃橙子")
    owner.is_fine()


def test_assist_drafts_each_line_once_and_copies_with_a_tap(server, console):
    owner = console()
    owner.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = owner.open("/assist", GROUP)
    page.get_by_label("粘贴聊天记录").fill("微信小李: 坏果怎么办\n微信阿芳: A01来三斤")
    page.get_by_role("button", name="起草回复").click()
    page.get_by_text("2 条新消息").wait_for()
    drafts = page.locator(".y-draft")
    assert drafts.count() == 2
    page.locator("article", has_text="微信小李").get_by_role("button", name="复制").click()
    page.get_by_text("已复制，记为已发送").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "@微信小李 坏果包赔"
    page.get_by_label("粘贴聊天记录").fill("微信小李: 坏果怎么办\n微信阿芳: A01来三斤\n微信小王: 在吗")
    page.get_by_role("button", name="起草回复").click()
    page.get_by_text("2 条之前处理过").wait_for()
    orders = call(server, f"/api/groups/{GROUP}/orders", server.owner)
    assert [order["lines"][0]["quantity"] for order in orders if order["member"] == "微信阿芳"] == [3]
    ordered = page.locator("article", has_text="微信阿芳")
    ordered.get_by_role("button", name="改一改").click()
    ordered.get_by_label("改一改").fill("亲，三斤橙子登记好了")
    ordered.get_by_role("button", name="复制").click()
    page.get_by_text("已复制您改过的话").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "亲，三斤橙子登记好了"
    page.locator("article", has_text="微信小李").get_by_role("button", name="没发，撤回").click()
    page.get_by_text("已撤回").wait_for()
    owner.is_fine()


def test_another_sellers_ticket_shows_nothing(server, console):
    ticket = Member(server, "阿强").asks("有没有隐藏口味")
    stranger = console("stranger")
    page = stranger.open(f"/inbox?open=ticket-{ticket}")
    page.get_by_role("heading", name="没有这件事").wait_for()
    assert "隐藏口味" not in page.content()
    stranger.is_fine()


def test_what_members_write_is_text_everywhere(server, console):
    bad = Member(server, NASTY)
    bad.say(f"{NASTY}大家好")
    ticket = bad.asks(f"能代写贺卡吗{NASTY}")
    owner = console(size="desk")
    for path in (f"/inbox?open=ticket-{ticket}", "/inbox", f"/talk?group={GROUP}"):
        page = owner.open(path)
        page.get_by_text(NASTY).first.wait_for()
    page = owner.open("/assist", GROUP)
    page.get_by_label("粘贴聊天记录").fill(f"坏人: {NASTY}多少钱")
    page.get_by_role("button", name="起草回复").click()
    page.locator("article", has_text=NASTY).wait_for()
    assert page.locator("img[src=x]").count() == 0


@pytest.mark.parametrize("login", ["owner", "owner-en"])
def test_every_page_is_fine_in_both_languages_and_sizes(server, console, login):
    ticket = Member(server, f"看看{login}").asks("能不能开发票给公司")
    one = console(login)
    for name, path in (("inbox", "/inbox"), ("ticket", f"/inbox?open=ticket-{ticket}"), ("done", "/inbox?state=done")):
        one.open(path)
        one.page.wait_for_timeout(500)
        one.is_fine_at_any_size(f"{name}-{login}")
    for path in ("/talk", "/assist"):
        one.open(path, GROUP)
        one.page.wait_for_timeout(500)
        one.is_fine_at_any_size(f"{path[1:]}-{login}")
