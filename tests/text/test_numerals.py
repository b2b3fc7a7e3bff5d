"""Numbers in digits, Chinese and English."""

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text.numerals import parse_number

SHARED = Path(os.environ.get("YIDAN_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data")) / "numerals"


@pytest.mark.parametrize(
    ("token", "value"),
    [
        ("两", "2"), ("俩", "2"), ("仨", "3"), ("半", "0.5"), ("十二", "12"), ("二十", "20"), ("三百五", "350"),
        ("三百零五", "305"), ("一打", "12"), ("1.5", "1.5"), ("1,200", "1200"), ("一点五", "1.5"), ("a couple", "2"),
        ("a dozen", "12"), ("two dozen", "24"), ("half a dozen", "6"), ("three", "3"), ("twenty-one", "21"),
        ("two hundred", "200"), ("half", "0.5"), ("two and a half", "2.5"), ("負三", "-3"), ("廿二", "22"),
    ],
)  # fmt: skip
def test_number(token: str, value: str) -> None:
    assert parse_number(token) == Decimal(value)


@pytest.mark.parametrize("token", ["", "斤", "一斤", "abc", "点", "and", "a lot", "x2"])
def test_no_number(token: str) -> None:
    assert parse_number(token) is None


@given(st.text(max_size=12))
def test_never_raises(token: str) -> None:
    value = parse_number(token)
    assert value is None or value.is_finite()


@pytest.mark.skipif(not SHARED.is_dir(), reason="public numeral data not present")
class TestPublicData:
    def test_cn2an_cases(self) -> None:
        rows = [json.loads(line) for line in (SHARED / "cn2an_cases.jsonl").read_text(encoding="utf-8").splitlines()]
        wrong = [
            row["text"]
            for row in rows
            if (v := parse_number(row["text"])) is None or float(v) != float(row["expected"])
        ]
        assert wrong == []

    def test_whole_numbers_of_wetext(self) -> None:
        rows = [json.loads(line) for line in (SHARED / "itn_cases.jsonl").read_text(encoding="utf-8").splitlines()]
        plain = [r for r in rows if r["kind"] == "number" and r["expected"].replace(".", "").lstrip("-").isdigit()]
        assert len(plain) > 25
        assert [r["text"] for r in plain if parse_number(r["text"]) != Decimal(r["expected"])] == []
