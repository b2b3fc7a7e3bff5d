"""Knowledge and evaluation in a real browser: from an edit to what the next member hears, and back again."""

import json
import urllib.request

import pytest

from e2e.console_kit import console_server
from e2e.serverkit import write_group

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

GROUP = "endless"
PATIENCE = 120_000
"""Milliseconds for what runs suites on a busy machine."""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    home = tmp_path_factory.mktemp("knowledge")
    with console_server(home, groups=(write_group(home / "folder"),)) as server:
        yield server


def call(server, path: str, body: dict | None = None, method: str | None = None):
    request = urllib.request.Request(
        f"{server.base}/api/groups/{GROUP}{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {server.owner}", "Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        data = answer.read()
    return json.loads(data) if data else None


def ask(server, text: str, who: str = "阿梅") -> dict:
    """Return what becomes of a member's message."""
    return call(server, "/messages", {"text": text, "member": {"id": who, "nickname": who}})


def entries(server) -> dict[str, str]:
    return {entry["id"]: entry["answer"] for entry in call(server, "/entries")}


def discard(server) -> None:
    call(server, "/draft", method="DELETE")


def edit(page, question: str, answer: str) -> None:
    """Open an entry from the list, give it another answer and save the draft."""
    page.locator(".k-entry .k-open", has_text=question).click()
    editor = page.locator(".y-sheet", has=page.locator(".k-editor"))
    editor.get_by_label("答案").fill(answer)
    editor.get_by_role("button", name="存为草稿").click()
    editor.wait_for(state="detached")


def test_an_edit_is_tried_drafted_checked_published_and_heard_at_once(console, server):
    owner = console()
    page = owner.open("/knowledge")
    page.locator(".k-entry .k-open", has_text="什么时候发货").click()
    editor = page.locator(".y-sheet", has=page.locator(".k-editor"))
    editor.get_by_label("答案").fill("下单后明早第一车发货")
    editor.get_by_label("成员可能会问").fill("几时发货呀")
    editor.locator(".k-bubble", has_text="明早第一车").wait_for()
    assert "%" in editor.locator(".k-hits").inner_text()
    owner.shot("knowledge-editor")
    owner.is_fine()
    assert "3天内" in ask(server, "几时发货", "小李")["text"]
    editor.get_by_role("button", name="存为草稿").click()
    page.locator(".k-draft", has_text="有 1 处改动还没发布").wait_for()
    page.get_by_role("button", name="查看", exact=True).click()
    page.locator(".k-diff del").first.wait_for()
    assert page.locator(".k-diff del").count() and page.locator(".k-diff ins").count()
    page.locator(".y-sheet").get_by_role("button", name="关闭").click()
    page.locator(".y-sheet").wait_for(state="detached")
    page.get_by_role("button", name="检查").click()
    page.locator(".y-sheet", has_text="没有发现矛盾").get_by_role("button", name="关闭").click()
    page.locator(".y-sheet").wait_for(state="detached")
    page.get_by_role("button", name="发布").click()
    page.get_by_text("已发布。").wait_for(timeout=PATIENCE)
    owner.shot("knowledge-published")
    owner.is_fine()
    assert "明早第一车" in ask(server, "几时发货", "小张")["text"]
    assert page.locator(".k-draft").is_hidden()


def test_a_wrong_price_is_refused_with_its_reason(console, server):
    owner = console()
    page = owner.open("/knowledge")
    edit(page, "多少钱", "鲜橙9元/斤")
    page.get_by_role("button", name="发布").click()
    refusal = page.locator(".y-sheet [role=alert]", has_text="没有发布")
    refusal.wait_for(timeout=PATIENCE)
    assert "检查发现有错" in refusal.inner_text()
    assert "12" in page.locator(".y-sheet").inner_text()
    owner.shot("knowledge-refused")
    owner.is_fine()
    assert entries(server)["price"] == "鲜橙12元/斤"
    discard(server)


def test_an_import_is_looked_at_before_it_is_taken_in(console, server):
    owner = console(size="desk")
    page = owner.open("/knowledge")
    page.get_by_role("button", name="导入").click()
    rows = "id,question,answer\nrefund,可以退吗,坏果包赔，24小时内找我\nnew,有发票吗,可以开\n"
    bad = {"name": "坏的.csv", "mimeType": "text/csv", "buffer": "id,question,answer\nx,,没有问题\n".encode()}
    page.set_input_files(".y-sheet input[type=file]", bad)
    page.locator(".y-sheet [role=alert]", has_text="第 2 行").wait_for()
    good = {"name": "问答.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    page.set_input_files(".y-sheet input[type=file]", good)
    page.locator(".y-sheet .y-chip", has_text="新增 1 条").wait_for()
    assert page.locator(".y-sheet .y-chip", has_text="修改 1 条").count() == 1
    owner.shot("knowledge-import")
    owner.is_fine()
    page.get_by_role("button", name="放进草稿").click()
    page.locator(".k-draft", has_text="有 2 处改动").wait_for()
    assert "new" not in entries(server)
    discard(server)


def test_an_earlier_state_is_brought_back(console, server):
    before = entries(server)["refund"]
    body = {"question": "可以退吗", "answer": "一律不退", "category": "refund"}
    call(server, "/entries/refund", body, "PUT")
    owner = console(size="desk")
    page = owner.open("/knowledge")
    page.get_by_role("tab", name="改动记录").click()
    newest = page.locator(".k-panels article").first
    newest.locator("summary").click()
    assert "一律不退" in newest.locator("ins").inner_text()
    owner.shot("knowledge-history")
    owner.is_fine()
    newest.get_by_role("button", name="恢复到这次改动之前").click()
    page.locator(".y-sheet").get_by_role("button", name="放进草稿").click()
    page.locator(".k-draft", has_text="有 1 处改动").wait_for()
    [change] = call(server, "/draft")["changes"]
    assert (change["id"], change["after"]["answer"]) == ("refund", before)
    discard(server)


def test_a_question_nobody_could_answer_is_answered_once_for_all(console, server):
    assert ask(server, "@小二 你们店在哪条街上", "小周")["action"] == "handoff"
    found = call(server, "/unanswered")
    assert found
    owner = console()
    page = owner.open("/knowledge")
    page.get_by_role("tab", name="未答问题").click()
    card = page.locator(".k-panels article", has_text=found[0]["text"])
    card.wait_for()
    owner.shot("knowledge-unanswered")
    owner.is_fine()
    card.get_by_role("button", name="写答案").click()
    form = page.locator(".y-sheet", has_text="写答案")
    form.get_by_label("答案").fill("在人民路上。")
    form.get_by_role("button", name="存为草稿").click()
    page.locator(".k-draft", has_text="有 1 处改动").wait_for()
    [change] = call(server, "/draft")["changes"]
    assert change["after"]["answer"] == "在人民路上。"
    assert len(call(server, "/unanswered")) == len(found) - 1
    discard(server)


def test_two_who_write_at_once_see_both_and_lose_nothing(console, server):
    owner = console(size="desk")
    page = owner.open("/knowledge")
    page.locator(".k-entry .k-open", has_text="可以退吗").click()
    editor = page.locator(".y-sheet", has=page.locator(".k-editor"))
    editor.get_by_label("答案").fill("坏果包赔，拍照给我")
    body = {"question": "可以退吗", "answer": "坏果包退", "category": "refund"}
    call(server, "/draft/entries/refund", body, "PUT")
    editor.get_by_role("button", name="存为草稿").click()
    clash = editor.locator("[role=alert]", has_text="别人也改了这一条")
    clash.wait_for()
    assert editor.get_by_label("答案").input_value() == "坏果包赔，拍照给我"
    owner.shot("knowledge-clash")
    owner.is_fine()
    clash.get_by_role("button", name="用我的").click()
    editor.wait_for(state="detached")
    [change] = call(server, "/draft")["changes"]
    assert change["after"]["answer"] == "坏果包赔，拍照给我"
    discard(server)


def test_suites_run_in_the_background_and_two_runs_are_compared(console, server):
    owner = console(size="desk")
    page = owner.open("/evaluation")
    for count in (1, 2):
        page.get_by_role("button", name="开始").click()
        page.wait_for_function(f"document.querySelectorAll('.k-rate').length === {count}", timeout=PATIENCE)
    page.get_by_role("button", name="看结果").first.click()
    page.get_by_role("heading", name="未通过的对话").wait_for()
    owner.shot("evaluation-report")
    owner.is_fine()
    with page.expect_download() as got:
        page.get_by_role("button", name="下载 JSON").click()
    report = json.loads(got.value.path().read_text("utf-8"))
    assert report["total"] > 5
    for box in page.locator(".k-run .q-checkbox").all():
        box.click()
    page.get_by_role("button", name="比较").click()
    page.get_by_text("没有变化").wait_for()
    owner.shot("evaluation-compare")
    owner.is_fine()


def test_an_evaluator_runs_and_drafts_but_changes_nothing_live(console, server):
    evaluator = console("evaluator")
    page = evaluator.open("/knowledge")
    assert page.get_by_role("tab", name="未答问题").count() == 0
    edit(page, "可以退吗", "坏果包赔，拍照给我")
    page.locator(".k-draft", has_text="请店主发布").wait_for()
    assert page.get_by_role("button", name="发布").count() == 0
    evaluator.is_fine()
    page = evaluator.open("/evaluation")
    page.get_by_role("button", name="开始").wait_for()
    talk = page.locator("section", has_text="把回答变成考题")
    assert "阿梅" not in talk.inner_text()
    evaluator.is_fine()
    assert entries(server)["refund"] != "坏果包赔，拍照给我"
    discard(server)


def test_code_in_names_and_answers_is_shown_as_text(console, server):
    keywords = ["<x onerror=1>"]
    plain = {"question": "能不能x", "answer": "不能 &lt;b&gt; {{7*7}}", "category": "other", "keywords": keywords}
    call(server, "/draft/entries/nasty", plain, "PUT")
    product = {"name": "{{7*7}} javascript:alert(1)", "price": "1.00", "unit": '"><x', "aliases": ["' onmouseover=1"]}
    call(server, "/draft/products/Z9", product, "PUT")
    owner = console()
    page = owner.open("/knowledge")
    page.locator(".k-entry .k-open", has_text="能不能x").click()
    page.locator(".k-editor").wait_for()
    page.get_by_role("button", name="取消").click()
    page.get_by_role("button", name="查看", exact=True).click()
    assert "&lt;b&gt; {{7*7}}" in page.locator(".y-sheet").inner_text()
    assert "javascript:alert(1)" in page.locator(".y-sheet").inner_text()
    owner.is_fine()
    discard(server)


@pytest.mark.parametrize("login", ["owner", "owner-en"])
def test_every_part_is_fine_in_both_languages_and_sizes(console, login):
    owner = console(login)
    page = owner.open("/knowledge")
    for number in range(4):
        page.get_by_role("tab").nth(number).click()
        page.wait_for_timeout(600)
        owner.is_fine_at_any_size(f"knowledge-{number}-{login}")
    owner.open("/evaluation")
    owner.is_fine_at_any_size(f"evaluation-{login}")
