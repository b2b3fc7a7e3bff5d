"""Excerpts that overlap: a line that was there before is not taken twice, a new one is never dropped."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.text.overlap import is_new
from assistant.text.transcript import Spoken

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def lines(*texts: str) -> list[Spoken]:
    return [Spoken(*text.split(":")) for text in texts]


def new(known: list[Spoken], pasted: list[Spoken]) -> list[str]:
    return [line.text for line, fresh in zip(pasted, is_new(known, pasted), strict=True) if fresh]


KNOWN = lines("li:tea?", "mei:A01 two", "li:ok", "mei:thanks")


class TestOverlap:
    def test_the_same_again_is_nothing_new(self) -> None:
        assert new(KNOWN, KNOWN) == []
        assert new(KNOWN, KNOWN[1:3]) == []

    def test_what_goes_on_is_new(self) -> None:
        assert new(KNOWN, KNOWN[2:] + lines("li:A01 two")) == ["A01 two"]

    def test_an_excerpt_of_its_own_is_all_new(self) -> None:
        assert new(KNOWN, lines("wang:hello", "li:B02")) == ["hello", "B02"]

    def test_older_lines_above_known_ones_are_new(self) -> None:
        assert new(KNOWN, [*lines("wang:hello"), *KNOWN[:2]]) == ["hello"]

    def test_the_same_words_twice_in_one_excerpt_are_both_taken(self) -> None:
        assert new([], lines("li:one more", "li:one more")) == ["one more", "one more"]

    def test_the_same_words_again_after_the_known_end_are_new(self) -> None:
        known = lines("li:one more", "mei:ok")
        assert new(known, [*known, *lines("li:one more")]) == ["one more"]

    def test_another_author_is_another_line(self) -> None:
        assert new(KNOWN, lines("wang:A01 two")) == ["A01 two"]

    def test_a_line_left_out_before_is_found(self) -> None:
        pasted = [KNOWN[0], KNOWN[1], *lines("wang:picture"), KNOWN[2], KNOWN[3], *lines("li:bye")]
        assert new(KNOWN, pasted) == ["picture", "bye"]

    def test_a_line_taken_back_since_does_not_make_the_rest_new(self) -> None:
        assert new(KNOWN, [KNOWN[0], KNOWN[1], KNOWN[3], *lines("li:bye")]) == ["bye"]

    def test_a_chance_likeness_in_the_middle_is_no_overlap(self) -> None:
        pasted = lines("li:ok", "wang:C01", "wang:hello", "li:bye")
        assert new(KNOWN, pasted) == ["ok", "C01", "hello", "bye"]

    def test_times_tell_the_same_words_apart(self) -> None:
        known = [Spoken("li", "one more", NOW)]
        assert new(known, [Spoken("li", "one more", NOW + timedelta(hours=1))]) == ["one more"]
        assert new(known, [Spoken("li", "one  more", NOW + timedelta(seconds=30))]) == []


SPOKEN = st.builds(Spoken, st.sampled_from(["li", "mei"]), st.text("abcdefgh", min_size=1, max_size=3))


class TestProperties:
    @settings(max_examples=40)
    @given(chat=st.lists(SPOKEN, max_size=14, unique=True), data=st.data())
    def test_sliding_windows_over_a_chat_take_each_line_once(self, chat: list[Spoken], data: st.DataObject) -> None:
        known: list[Spoken] = []
        end = 0
        while end < len(chat):
            # Each excerpt begins no later than where the last one ended.
            start = data.draw(st.integers(0, end))
            end = data.draw(st.integers(end + 1, len(chat)))
            pasted = chat[start:end]
            known += [line for line, fresh in zip(pasted, is_new(known, pasted), strict=True) if fresh]
        assert known == chat

    @settings(max_examples=40)
    @given(chat=st.lists(SPOKEN, min_size=1, max_size=10))
    def test_pasting_the_same_twice_takes_nothing_the_second_time(self, chat: list[Spoken]) -> None:
        assert not any(is_new(chat, chat))
