"""``yidan ask``, ``chat`` and ``orders`` on a throwaway home."""

import io
import json
import shutil
import sys
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from assistant.cli import main

TOML = """
id = "lemonade"
name = "Lemonade"
language = "en"
timezone = "Europe/London"
seller = "Stand"
purpose = "All summers"
opens_at = 2020-05-01T09:00:00+01:00
closes_at = 2120-05-02T18:00:00+01:00
assistant_name = "Lemmy"
[payment]
methods = ["cash"]
currency = "GBP"
"""
FAQ = """id,question,similar_questions,answer,category,keywords,valid_from,valid_until
where,Where are you?,What is the address?,By the pond.,delivery,address,,
"""
CATALOGUE = """sku,name,aliases,price,unit,stock,per_member_limit,preorder,description
L1,Lemonade,lemonade,2.50,cup,10,,,Cold and sour.
"""


def yidan(*arguments: str | Path) -> int:
    """Run the command line in this process and return its exit code."""
    before, sys.argv = sys.argv, ["yidan", *map(str, arguments)]
    try:
        main()
    except SystemExit as stop:
        return int(stop.code or 0)
    finally:
        sys.argv = before
    return 0


@pytest.fixture(scope="module")
def loaded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the group loaded, made once; tests work on copies of it."""
    base = tmp_path_factory.mktemp("loaded")
    folder = base / "group"
    folder.mkdir()
    (folder / "group.toml").write_text(TOML)
    (folder / "faq.csv").write_text(FAQ)
    (folder / "catalog.csv").write_text(CATALOGUE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIDAN_HOME", str(base / "home"))
        assert yidan("group", "load", folder) == 0
    return base / "home"


@pytest.fixture
def home(loaded_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(loaded_home, tmp_path / "home")
    monkeypatch.setenv("YIDAN_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


class TestAsk:
    def test_prints_the_reply(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert yidan("ask", "lemonade", "address") == 0
        assert capsys.readouterr().out.strip() == "By the pond."

    def test_json_has_the_keys_that_scripts_rely_on(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        yidan("ask", "lemonade", "L1 2 cups", "--from", "Ann", "--json")
        outcome = json.loads(capsys.readouterr().out)
        assert outcome["action"] == "order"
        assert {
            "action",
            "text",
            "reason",
            "responder",
            "intent",
            "sources",
            "orders",
            "tickets",
            "model_calls",
            "tokens",
            "timings_ms",
        } <= outcome.keys()

    def test_silence_says_why(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        yidan("ask", "lemonade", "address", "--role", "seller")
        assert "(says nothing" in capsys.readouterr().out

    def test_the_same_id_gets_the_same_answer(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        replies = []
        for _ in range(2):
            yidan("ask", "lemonade", "L1 2 cups", "--from", "Ann", "--id", "m1")
            replies.append(capsys.readouterr().out)
        assert replies[0] == replies[1]
        yidan("orders", "list", "lemonade", "--json")
        assert len(json.loads(capsys.readouterr().out)) == 1

    @pytest.mark.parametrize(
        ("arguments", "code", "told"),
        [
            (["lemonda", "hi"], 1, "lemonda"),
            (["lemonade", "hi", "--role", "boss"], 2, "no role 'boss'"),
            (["lemonade", "hi", "--image", "none.png"], 2, "cannot read none.png"),
        ],
    )
    def test_bad_usage_is_told(
        self, home: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, told: str
    ) -> None:
        assert yidan("ask", *arguments) == code
        assert told in capsys.readouterr().err


class TestChat:
    def test_a_piped_conversation(
        self, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lines = "address\n/as Bob\nL1 1 cup\n/nonsense\n/seller\nhello\n/quit\nL1 9 cups\n"
        monkeypatch.setattr("sys.stdin", io.StringIO(lines))
        assert yidan("chat", "lemonade", "--from", "Ann") == 0
        shown = capsys.readouterr()
        assert "Ann> address\nBy the pond." in shown.out
        assert "Bob> L1 1 cup" in shown.out
        assert "(says nothing" in shown.out
        assert "no command /nonsense" in shown.err
        assert "9 cups" not in shown.out

    def test_an_unknown_group_is_told_at_once(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert yidan("chat", "nowhere") == 1
        assert "nowhere" in capsys.readouterr().err


class TestOrders:
    def test_list_and_spreadsheet(self, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        yidan("ask", "lemonade", "L1 2 cups", "--from", "=1+1")
        capsys.readouterr()
        yidan("orders", "list", "lemonade")
        assert "L1 × 2" in capsys.readouterr().out
        assert yidan("orders", "export", "lemonade", tmp_path / "o.xlsx") == 0
        book = load_workbook(tmp_path / "o.xlsx")
        header, row = list(book["Orders"].iter_rows(values_only=True))
        order = dict(zip(header, row, strict=True))
        assert (order["Order"], order["Member"], order["Total"]) == (1, "=1+1", 5)
        assert isinstance(order["Ordered at"], datetime)
        assert book["Orders"]["B2"].data_type == "s"
        lines = list(book["Lines"].iter_rows(values_only=True))
        assert lines[1][3:] == ("L1", "Lemonade", 2, "cup", 2.5, 5)

    def test_no_orders_yet(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        yidan("orders", "list", "lemonade")
        assert "no orders yet" in capsys.readouterr().out

    def test_only_excel_files(self, home: Path, tmp_path: Path) -> None:
        assert yidan("orders", "export", "lemonade", tmp_path / "o.csv") == 2
