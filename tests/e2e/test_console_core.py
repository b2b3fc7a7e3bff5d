"""The console's frame in a real browser: signing in, who sees what, what others cannot do."""

import pytest

from e2e.console_kit import PASSWORD, PEOPLE, Account, console_server
from e2e.serverkit import write_group

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    home = tmp_path_factory.mktemp("console")
    people = (*PEOPLE, Account("partner"))
    with console_server(home, groups=(write_group(home / "folder"),), people=people) as server:
        yield server


def test_without_signing_in_a_page_asks_who_you_are_and_then_opens(console):
    visitor = console("")
    visitor.page.goto(f"{visitor.base}/console/audit")
    visitor.page.fill("#login", "owner")
    visitor.page.fill("#password", "not the right one")
    visitor.page.click("form button")
    assert "用户名或密码不对" in visitor.page.locator("[role=alert]").inner_text()
    visitor.is_fine()
    visitor.page.fill("#password", "a long enough word")
    visitor.page.click("form button")
    visitor.page.locator("h1", has_text="操作记录").wait_for()


def test_a_helper_is_told_that_a_page_is_the_owners(console):
    helper = console("helper")
    answer = helper.page.goto(f"{helper.base}/console/audit")
    assert answer.status == 403
    helper.page.get_by_role("heading", name="这一页您不能用").wait_for()
    helper.is_fine()


@pytest.mark.parametrize("login", ["owner", "owner-en"])
def test_everybody_can_read_the_audit(console, login):
    owner = console(login)
    owner.open("/audit")
    owner.page.locator("article", has_text="owner-en").first.wait_for()
    owner.is_fine_at_any_size(f"audit-{login}")


@pytest.mark.parametrize("login", ["owner", "owner-en"])
def test_everybody_can_read_the_settings(console, login):
    owner = console(login)
    owner.open("/settings")
    owner.page.locator(".y-people li", has_text="evaluator").first.wait_for()
    owner.is_fine_at_any_size(f"settings-{login}")


def test_the_settings_of_a_helper_are_only_their_own(console):
    helper = console("helper")
    helper.open("/settings")
    helper.page.get_by_role("heading", name="我的密码").wait_for()
    assert helper.page.locator(".y-people").count() == 0


def test_a_group_that_is_not_there_is_said_so(console):
    owner = console()
    answer = owner.page.goto(f"{owner.base}/console/settings?group=no-such-group")
    assert answer.status == 404
    owner.page.get_by_role("heading", name="没有这个群").wait_for()


def test_the_stale_page_of_somebody_demoted_does_nothing(console):
    partner, owner = console("partner"), console(size="desk")
    stale = partner.open("/settings")
    stale.get_by_role("button", name="添加人员").click()
    form = stale.get_by_role("dialog")
    form.get_by_label("用户名").fill("intruder")
    form.get_by_label("初始密码").fill(PASSWORD)
    page = owner.open("/settings")
    page.get_by_role("button", name="修改 partner").click()
    page.get_by_role("dialog").get_by_label("角色").click()
    page.get_by_role("option", name="帮手").click()
    page.get_by_role("dialog").get_by_role("button", name="改角色").click()
    page.get_by_text("partner 现在是帮手").wait_for()
    form.get_by_role("button", name="添加人员").click()
    stale.wait_for_url("**/console/sign-in*")
    owner.open("/settings")
    assert page.locator(".y-people li", has_text="partner").inner_text().count("帮手") == 1
    assert page.locator(".y-people li", has_text="intruder").count() == 0


def test_the_frame_says_its_own_words_where_the_page_has_the_same(console):
    page = console().open("/assist")
    page.locator(".y-badge[aria-label='0 件待处理']").wait_for(state="attached")


def test_a_long_paste_does_not_cut_the_connection(console):
    owner = console(size="desk")
    page = owner.open("/assist")
    kept = page.evaluate("window.socket.id")
    page.locator(".y-paste textarea").fill("小李: " + "龙" * 99_000)
    page.get_by_role("button", name="起草回复").click()
    page.get_by_text("1 条新消息").wait_for()
    assert page.evaluate("window.socket.id") == kept
