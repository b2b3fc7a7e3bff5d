"""``yidan group``, ``kb`` and ``db`` as a seller meets them, from an empty directory."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.delivery import bootstrap
from assistant.knowledge.samples import sample_folders
from assistant.retrieval.embedder import HashEmbedder

Run = Callable[..., tuple[int, str, str]]
TEA = next(path for path in sample_folders() if path.name == "tea")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run ``yidan`` with arguments; return its exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("YIDAN_HOME", raising=False)
    monkeypatch.setattr(bootstrap, "default_embedder", lambda _: HashEmbedder(64))

    def yidan(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["yidan", *map(str, arguments)])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return yidan


def test_a_group_from_its_folder_and_back(run: Run, tmp_path: Path) -> None:
    assert run("group", "list") == (0, "No groups yet. Load one with: yidan group load DIR\n", "")
    assert run("group", "load", TEA)[:2] == (0, "tea loaded: 51 entries, 15 products\n")
    assert run("group", "load", TEA)[:2] == (0, "tea is unchanged\n")
    assert "茶小二" in run("group", "show", "tea")[1]
    assert json.loads(run("group", "show", "tea", "--json")[1])["settings"]["seller"] == "老王茶铺"
    assert json.loads(run("group", "list", "--json")[1])[0]["entries"] == 51
    assert run("group", "export", "tea", "out")[0] == 0
    assert (tmp_path / "out" / "faq.csv").read_bytes() == (TEA / "faq.csv").read_bytes()
    assert run("group", "close", "tea")[0] == 0
    code, _, error = run("group", "close", "tea")
    assert code == 1 and error.startswith("yidan: group 'tea' is closed since ")
    assert (tmp_path / "data" / "yidan.db").exists()


def test_an_unknown_group_is_one_clear_line(run: Run) -> None:
    run("group", "load", TEA)
    for command in (("group", "show", "te"), ("kb", "search", "te", "x"), ("kb", "export", "te", "f.csv")):
        code, _, error = run(*command)
        assert (code, error) == (
            1,
            "yidan: no group 'te'; did you mean 'tea'? Load one with: yidan group load DIR\n",
        )


def test_import_dry_run_then_for_good_then_search(run: Run, tmp_path: Path) -> None:
    run("group", "load", TEA)
    (tmp_path / "new.csv").write_text("id,question,answer\nwifi,有无线网吗？,没有\n", encoding="gb18030")
    assert "Nothing was written" in run("kb", "import", "tea", "new.csv", "--dry-run")[1]
    assert run("kb", "import", "tea", "new.csv")[1].splitlines()[1] == "  added          1  wifi"
    found = json.loads(run("kb", "search", "tea", "有无线网吗", "--json")[1])
    assert set(found) == {"query", "hits"}
    assert set(found["hits"][0]) == {"id", "score", "probability", "question", "answer"}
    assert found["hits"][0]["id"] == "wifi" and found["hits"][0]["answer"] == "没有"


def test_slips_in_a_file_are_told_by_line_and_nothing_is_taken_in(run: Run, tmp_path: Path) -> None:
    run("group", "load", TEA)
    (tmp_path / "faq.csv").write_text("id,question,answer\na,q,x\nb,,\n", encoding="utf-8")
    code, _, error = run("kb", "import", "tea", "faq.csv")
    assert code == 2
    assert error.splitlines() == [
        "yidan: faq.csv has 2 problems; nothing was taken in",
        "  faq.csv line 3: question is empty",
        "  faq.csv line 3: answer is empty",
    ]
    assert json.loads(run("group", "show", "tea", "--json")[1])["entries"] == 51


@pytest.mark.parametrize("name", ["faq.csv", "faq.xlsx", "faq.md"])
def test_an_exported_file_imports_as_unchanged(run: Run, name: str) -> None:
    run("group", "load", TEA)
    assert run("kb", "export", "tea", name)[0] == 0
    assert "unchanged     51" in run("kb", "import", "tea", name, "--replace", "--dry-run")[1]


def test_the_catalogue_through_excel(run: Run) -> None:
    run("group", "load", TEA)
    assert run("kb", "export", "tea", "c.xlsx", "--catalog")[1] == "15 products of tea written to c.xlsx\n"
    assert "unchanged     15" in run("kb", "import", "tea", "c.xlsx", "--dry-run")[1]


def test_backup_and_restore(run: Run) -> None:
    assert run("db", "backup", "b.zip")[0] == 1
    run("group", "load", TEA)
    assert run("db", "upgrade")[1] == "Nothing to do.\n"
    assert run("db", "backup", "b.zip")[:2] == (0, "1 groups, 0 messages, 0 pictures backed up to b.zip\n")
    assert run("db", "restore", "b.zip")[0] == 1
    assert run("db", "restore", "b.zip", "--yes")[0] == 0
    assert "unchanged" in run("group", "load", TEA)[1]


def test_postgresql_is_sent_to_its_own_tools(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIDAN_DATABASE_URL", "postgresql+asyncpg://db/yidan")
    code, _, error = run("db", "backup", "b.zip")
    assert code == 2 and "pg_dump" in error


def test_a_draft_from_edit_to_publication(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.evaluation.engine.default_embedder", lambda _: HashEmbedder(384))
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "group.toml").write_text(
        'id = "small"\nname = "小群"\nseller = "老王"\nlanguage = "zh-CN"\n', encoding="utf-8"
    )
    (folder / "faq.csv").write_text("id,question,answer\nfee,运费多少？,运费10元。\n", encoding="utf-8")
    (folder / "catalog.csv").write_text("sku,name,price,unit\nA01,龙井茶,198,斤\n", encoding="utf-8")
    assert run("kb", "check", "small/")[:2] == (0, "small 的 1 条知识、1 个商品没有发现问题。\n")
    run("group", "load", folder)
    assert run("kb", "diff", "small")[1] == "small 没有草稿，成员看到的就是已发布的内容。\n"
    code, _, error = run("kb", "publish", "small")
    assert code == 1 and "no draft to publish" in error

    (tmp_path / "more.csv").write_text("id,question,answer\nprice,龙井茶什么价？,龙井茶168元一斤。\n", encoding="utf-8")
    assert "Members see it after: yidan kb publish small" in run("kb", "import", "small", "more.csv", "--draft")[1]
    assert run("kb", "edit", "small", "fee", "--answer", "运费12元。", "--similar", "邮费谁出")[0] == 0
    shown = run("kb", "diff", "small")[1]
    assert "- answer: 运费10元。" in shown and "+ answer: 运费12元。" in shown and "price" in shown
    assert run("kb", "export", "small", "now.csv")[1] == "1 entries of small written to now.csv\n"
    assert run("kb", "export", "small", "then.csv", "--draft")[1] == "2 entries of small written to then.csv\n"
    assert "168" in run("kb", "search", "small", "龙井茶什么价", "--draft")[1]

    code, said, _ = run("kb", "check", "small")
    assert code == 1 and "price, sku:A01" in said and "198" in said
    report = json.loads(run("kb", "check", "small", "--json")[1])
    assert (report["draft"], report["errors"]) == (True, 1)
    assert run("kb", "check", "small", "--published")[0] == 0

    code, said, _ = run("kb", "publish", "small", "--strict")
    assert code == 1 and "没有发布：检查发现了要改的地方" in said
    assert run("kb", "discard", "small", "price")[1] == "1 drafted changes of small discarded\n"
    came = json.loads(run("kb", "publish", "small", "--json")[1])
    assert came["published"] and came["version"] == 2
    assert "运费12元。" in run("kb", "search", "small", "运费多少")[1]


def test_a_group_keeps_its_suites(run: Run, tmp_path: Path) -> None:
    run("group", "load", TEA)
    assert "has no suite" in run("kb", "suite", "tea")[1]
    (tmp_path / "mine.yaml").write_text(
        "suite: mine\ngroup: x\nnow: 2026-05-20T10:00:00+08:00\ncases:\n  - {id: a, turns: [{from: m, text: 价格}]}\n",
        encoding="utf-8",
    )
    assert run("kb", "suite", "tea", "mine.yaml")[1].startswith("mine (1 cases) is run at every publication")
    assert run("kb", "suite", "tea")[1] == "mine.yaml\n"
    assert run("kb", "suite", "tea", "--remove", "mine")[0] == 0


def test_the_questions_nobody_answered(run: Run) -> None:
    run("group", "load", TEA)
    assert run("kb", "unanswered", "tea")[:2] == (0, "tea has no unanswered questions.\n")
    assert json.loads(run("kb", "unanswered", "tea", "--json")[1]) == []
    assert run("kb", "unanswered", "nosuch")[0] == 1
