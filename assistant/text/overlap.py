"""Which lines of a pasted excerpt are new, where excerpts of one chat overlap."""

from collections.abc import Sequence
from datetime import timedelta

from assistant.text.transcript import Spoken

COVERED = 0.6
"""So much of what two excerpts span has to be the same where no piece fits as a whole."""


def is_new(known: Sequence[Spoken], pasted: Sequence[Spoken]) -> list[bool]:
    """Return for each pasted line whether it was not there before.

    ``known`` is what was pasted before, in its order. An excerpt overlaps with it in one piece: its beginning is the
    end of what is known, or all of it is. Only where no such piece fits (lines were left out or taken back), single
    lines are matched in their order, as long as they cover most of what they span.
    """
    shift = _shift(known, pasted)
    if shift is not None:
        return [not 0 <= number + shift < len(known) for number in range(len(pasted))]
    return _loosely(known, pasted)


def _shift(known: Sequence[Spoken], pasted: Sequence[Spoken]) -> int | None:
    """Return where in ``known`` the excerpt begins, so that all lines they share are the same; None where nowhere.

    Of several places the one with the most lines in common counts, of these the latest.
    """
    best: tuple[int, int] | None = None
    for shift in range(-len(pasted) + 1, len(known)):
        span = range(max(0, -shift), min(len(pasted), len(known) - shift))
        if span and all(_same(pasted[number], known[number + shift]) for number in span):
            best = max(best, (len(span), shift)) if best else (len(span), shift)
    return best[1] if best else None


def _loosely(known: Sequence[Spoken], pasted: Sequence[Spoken]) -> list[bool]:
    pairs = _matched(known, pasted)
    if len(pairs) < 2:
        return [True] * len(pasted)
    spanned = min(pairs[-1][0] - pairs[0][0], pairs[-1][1] - pairs[0][1]) + 1
    left = len(known) - pairs[0][0]
    # An excerpt that goes on after the last known line has to have the lines before it as well.
    wanted = min(spanned, left) if pairs[-1][1] == len(pasted) - 1 else left
    if len(pairs) < COVERED * wanted:
        return [True] * len(pasted)
    old = {number for _, number in pairs}
    return [number not in old for number in range(len(pasted))]


def _matched(known: Sequence[Spoken], pasted: Sequence[Spoken]) -> list[tuple[int, int]]:
    """Return a longest common subsequence as pairs of places in both."""
    rows, columns = len(known), len(pasted)
    longest = [[0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            longest[i][j] = (
                longest[i + 1][j + 1] + 1 if _same(known[i], pasted[j]) else max(longest[i + 1][j], longest[i][j + 1])
            )
    pairs, i, j = [], 0, 0
    while i < rows and j < columns:
        if _same(known[i], pasted[j]) and longest[i][j] == longest[i + 1][j + 1] + 1:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif longest[i + 1][j] >= longest[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs


def _same(one: Spoken, other: Spoken) -> bool:
    if (one.author, _bare(one.text)) != (other.author, _bare(other.text)):
        return False
    return one.at is None or other.at is None or abs(one.at - other.at) < timedelta(minutes=1)


def _bare(text: str) -> str:
    return "".join(text.split())
