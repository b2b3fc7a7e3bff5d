"""A group's operating point follows its seller's marks, and never below the floor of precision."""

import pytest

from assistant.errors import UsageError
from assistant.retrieval.adaptation import FEWEST_MARKS, PRECISION_FLOOR, MarkedReading, adapt
from assistant.retrieval.gate import GateReading


def marks(*rows: tuple[float, bool, int]) -> list[MarkedReading]:
    """Rows of (chance that something is wanted, whether it was, how often)."""
    return [
        MarkedReading(GateReading(wants * 0.9, wants), wanted) for wants, wanted, times in rows for _ in range(times)
    ]


class TestAdapt:
    def test_replies_that_nobody_wanted_make_it_quieter(self) -> None:
        adapted = adapt(marks((0.6, False, 12), (0.95, True, 8)))
        assert adapted.offset < 0
        assert adapted.precision_before is not None and adapted.precision_before < PRECISION_FLOOR
        assert adapted.precision is None or adapted.precision >= PRECISION_FLOOR

    def test_questions_left_alone_make_it_talk_more(self) -> None:
        adapted = adapt(marks((0.35, True, 14), (0.95, True, 6), (0.03, False, 6)))
        assert adapted.offset > 0
        assert adapted.spoke > adapted.spoke_before
        assert not adapted.held_by_floor

    def test_the_floor_holds_it_back(self) -> None:
        adapted = adapt(marks((0.4, True, 15), (0.4, False, 5), (0.9, True, 6)))
        assert adapted.held_by_floor
        assert adapted.precision is None or adapted.precision >= PRECISION_FLOOR

    def test_marks_that_agree_move_it_little(self) -> None:
        assert abs(adapt(marks((0.95, True, 12), (0.03, False, 12))).offset) <= 0.5

    def test_fewer_marks_move_it_less(self) -> None:
        few, many = marks((0.35, True, 20)), marks((0.35, True, 200))
        assert 0 < adapt(few).offset <= adapt(many).offset

    def test_too_few_are_refused(self) -> None:
        with pytest.raises(UsageError, match=f"{FEWEST_MARKS} marks"):
            adapt(marks((0.5, True, FEWEST_MARKS - 1)))


def test_a_shifted_reading_keeps_what_we_have() -> None:
    reading = GateReading(0.3, 0.5)
    assert reading.shifted(1.0).wants > 0.5 > reading.shifted(-1.0).wants
    assert reading.shifted(-1.0).have == pytest.approx(reading.have)
    assert GateReading(0.0, 0.0).shifted(3.0) == GateReading(0.0, 0.0)
