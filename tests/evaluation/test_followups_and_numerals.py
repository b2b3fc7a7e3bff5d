"""Follow-ups are measured against the question written out in full; numbers against their value."""

import json
from pathlib import Path

import pytest

from assistant.errors import BadFile
from assistant.evaluation import followups, numerals

ROOT = Path(__file__).resolve().parents[2]


def write(path: Path, *rows: dict[str, object]) -> Path:
    """Write rows as JSON lines and return the path."""
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    return path


class TestFollowups:
    def test_a_group_of_its_own_questions(self, tmp_path: Path) -> None:
        rows = [
            {"ctx1": "怎么申请退款", "ctx2": "私聊", "current": "几天到账", "rewritten": "退款多久到账"},
            {"ctx1": "可以开发票吗", "ctx2": "可以", "current": "怎么付款", "rewritten": "怎么付款"},
        ]
        figures = followups.measure(write(tmp_path / "f.jsonl", *rows), group=ROOT / "knowledge" / "tea")
        assert figures["n"] == 2
        assert figures["found"] == 1.0
        assert figures["spoilt"] == 0.0
        assert figures["wrong"] == []

    def test_without_a_group_the_full_questions_are_the_knowledge(self, tmp_path: Path) -> None:
        row = {"ctx1": "同济大学怎么样", "ctx2": "好", "current": "学费呢", "rewritten": "同济大学学费多少"}
        figures = followups.measure(write(tmp_path / "f.jsonl", row))
        assert figures["n"] == 1 and figures["completed"] in (0.0, 1.0)

    def test_lines_that_lack_something_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(BadFile, match="ctx1"):
            followups.measure(write(tmp_path / "f.jsonl", {"current": "x"}))
        with pytest.raises(BadFile, match="no rows"):
            followups.measure(write(tmp_path / "g.jsonl"))


class TestNumerals:
    def test_numbers_are_counted_others_are_not(self, tmp_path: Path) -> None:
        rows = [
            {"text": "三百五", "expected": 350, "kind": "number"},
            {"text": "两斤", "expected": "2", "kind": "number"},
            {"text": "二零零二年", "expected": "2002年", "kind": "date"},
        ]
        figures = numerals.measure(write(tmp_path / "n.jsonl", *rows))
        assert (figures["n"], figures["other"], figures["exact"]) == (2, 1, 0.5)
        assert figures["wrong"] == [{"text": "两斤", "expected": "2", "read": None}]
