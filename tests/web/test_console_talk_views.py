"""What the inbox and the talk show, prepared without a browser: waits, who has it, why the assistant did it."""

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import assistant
from assistant.delivery.waiting import KINDS, WaitingItem
from assistant.turn.outcome import Source
from assistant.web.console.views.inbox import ICONS, Look, card, duration
from assistant.web.console.views.why import because, slug, why
from assistant.web.console.words import LANGUAGES, Words

NOW = datetime(2026, 5, 20, 2, 0, tzinfo=UTC)


def item(**more) -> WaitingItem:
    values = {
        "kind": "handoff",
        "id": 7,
        "group_id": "tea",
        "group": "春茶",
        "member": "阿梅",
        "text": "能刻字吗",
        "state": "open",
        "since": NOW - timedelta(minutes=3),
        "with_whom": "",
        "done_at": None,
    }
    return WaitingItem(**values | more)


class TestCards:
    @pytest.mark.parametrize(
        ("minutes", "wait", "tone"),
        [(0, "waits less than a minute", "good"), (30, "waits 30 min", "warm"), (180, "waits 3 h", "bad")],
    )
    def test_the_longer_the_wait_the_louder(self, minutes, wait, tone) -> None:
        shown = card(item(since=NOW - timedelta(minutes=minutes)), Look(NOW, "lan"), Words("inbox", "en"))
        assert (shown.wait, shown.tone) == (wait, tone)

    def test_who_has_it(self) -> None:
        w = Words("inbox", "en")
        states = [
            card(item(state=state, with_whom=whom), Look(NOW, "lan"), w).state
            for state, whom in (("open", ""), ("claimed", "lan"), ("claimed", "hao"), ("resolved", ""))
        ]
        assert states == ["", "you are on it", "hao is on it", "done"]

    def test_the_address_keeps_the_filters(self) -> None:
        look = Look(NOW, "lan", "ticket-7", (("kind", "refund"),))
        shown = card(item(), look, Words("inbox", "en"))
        assert (shown.href, shown.chosen) == ("/console/inbox?open=ticket-7&kind=refund", True)

    def test_what_is_done_says_since_when(self) -> None:
        shown = card(item(state="resolved", done_at=NOW - timedelta(days=3)), Look(NOW, ""), Words("inbox", "en"))
        assert (shown.wait, shown.tone) == ("done 3 days ago", "")

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_kind_has_its_words_and_its_icon(self, language) -> None:
        w = Words("inbox", language)
        assert all(w(f"kind.{kind}") and ICONS[kind] for kind in KINDS)

    def test_a_clock_that_went_back_makes_no_negative_wait(self) -> None:
        assert duration(timedelta(minutes=-5), Words("inbox", "en")) == "less than a minute"


class TestWhy:
    def test_what_was_done_and_the_reason(self) -> None:
        told = why("silent", "spoken to another member", Words("why", "en"))
        assert told == "Said nothing: it was said to another member"

    def test_several_reasons(self) -> None:
        told = why("answer", "sold_out; order_limit", Words("why", "zh-CN"))
        assert told == "按资料回答：已售完，没有登记；超过单笔限额，没有登记"

    def test_an_unknown_reason_leaves_what_was_done(self) -> None:
        assert why("clarify", "which_product", Words("why", "en")) == "Asked for what is missing"

    def test_sources_say_how_sure_it_was(self) -> None:
        titles = {"price": "多少钱", "sku:A01": "A01 龙井"}
        told = because([Source("price", 0.874), Source("sku:A01", 1.0)], titles.__getitem__, Words("why", "en"))
        assert told == ["From: 多少钱 (87% sure)", "From the product A01 龙井"]

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_reason_that_a_turn_can_give_has_words(self, language) -> None:
        w = Words("why", language)
        assert {reason for reason in reasons() if not w.has(f"reason.{slug(reason)}")} == set()


def reasons() -> set[str]:
    """Return the reasons that stand in the code of the turn: ``reason="..."`` and ``Silent("...")``."""
    found: set[str] = set()
    for path in (Path(assistant.__file__).parent / "turn").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                given = [word.value for word in node.keywords if word.arg == "reason"]
                if getattr(node.func, "id", "") == "Silent":
                    given += node.args[:1]
                found |= {one.value for one in given if isinstance(one, ast.Constant) and one.value}
    return found
