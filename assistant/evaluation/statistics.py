"""The few formulas behind pass rates and their comparison."""

import math
from collections.abc import Sequence

_Z95 = 1.959963984540054


def wilson_interval(rate: float, n: int) -> tuple[float, float]:
    """Return the 95% interval of a share seen in ``n`` independent cases (Wilson 1927); (0, 1) for none.

    With several epochs ``rate`` is the mean of the cases' own rates: its variance is at most that of single runs, so
    the interval errs on the wide side. It never claims certainty, not even where everything passed.
    """
    if n == 0:
        return 0.0, 1.0
    spread = _Z95**2 / n
    middle = (rate + spread / 2) / (1 + spread)
    half = _Z95 * math.sqrt(rate * (1 - rate) / n + spread / (4 * n)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def pass_hat(successes: Sequence[int], runs: int, k: int) -> float:
    """Return pass^k: the chance that all of ``k`` runs of a case pass, averaged over the cases; 1.0 for no case.

    ``successes`` holds for each case how many of its ``runs`` passed. Unbiased estimate C(c, k) / C(n, k), as in
    tau-bench (Yao et al. 2024, arXiv 2406.12045).
    """
    if not successes:
        return 1.0
    return sum(math.comb(passed, k) / math.comb(runs, k) for passed in successes) / len(successes)


def mcnemar_exact(broken: int, fixed: int) -> float:
    """Return the two-sided exact p-value of McNemar's test: how likely a split at least this uneven is by chance.

    Only cases that changed count; 1.0 where none did.
    """
    changed = broken + fixed
    if changed == 0:
        return 1.0
    tail = sum(math.comb(changed, count) for count in range(min(broken, fixed) + 1))
    return float(min(1.0, 2 * tail / 2**changed))
