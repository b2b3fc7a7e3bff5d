"""The formulas behind pass rates and their comparison."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.statistics import mcnemar_exact, pass_hat, wilson_interval


class TestWilson:
    def test_known_values(self) -> None:
        assert wilson_interval(0.5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)
        assert wilson_interval(1.0, 20) == pytest.approx((0.8389, 1.0), abs=1e-4)
        assert wilson_interval(0.3, 0) == (0.0, 1.0)

    @given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
    def test_it_holds_the_rate(self, seen: tuple[int, int]) -> None:
        passed, n = seen
        low, high = wilson_interval(passed / n, n)
        assert 0 <= low <= passed / n + 1e-9
        assert passed / n - 1e-9 <= high <= 1


class TestPassHat:
    def test_one_run_is_the_pass_rate(self) -> None:
        assert pass_hat([1, 0, 1, 1], 1, 1) == 0.75

    def test_all_runs_must_pass(self) -> None:
        assert pass_hat([3, 2], 3, 3) == 0.5
        assert pass_hat([3, 2], 3, 2) == pytest.approx((1 + 1 / 3) / 2)

    def test_no_case(self) -> None:
        assert pass_hat([], 3, 2) == 1.0


class TestMcNemar:
    def test_known_values(self) -> None:
        assert mcnemar_exact(0, 0) == 1.0
        assert mcnemar_exact(0, 5) == pytest.approx(0.0625)
        assert mcnemar_exact(1, 9) == pytest.approx(0.021484, abs=1e-6)
        assert mcnemar_exact(4, 4) == 1.0

    @given(st.integers(0, 60), st.integers(0, 60))
    def test_it_is_a_probability_and_symmetric(self, a: int, b: int) -> None:
        assert 0 <= mcnemar_exact(a, b) <= 1
        assert mcnemar_exact(a, b) == mcnemar_exact(b, a)
