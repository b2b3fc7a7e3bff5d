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
