"""How alike two spellings are: by sound (pinyin) and by key strokes (edit distance)."""

import os
import re
from functools import lru_cache

# Sounds that many speakers and keyboards do not tell apart.
_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("r", "l"))
_FINALS = (("ing", "in"), ("eng", "en"), ("ang", "an"))
_HAN = re.compile("[\u3400-\u9fff]")
_VOWELS = frozenset("aeiouy")
_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


@lru_cache(maxsize=16384)
def sound(char: str) -> str:
    """The toneless, merged pinyin of one Chinese character; any other character is its own sound."""
    if not _HAN.match(char):
        return char.lower()
    # Single characters need no dictionary of phrases, which is most of the library's loading time and memory.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, lazy_pinyin

    syllable: str = lazy_pinyin(char, style=Style.NORMAL)[0]
    for spoken, merged in _INITIALS:
        if syllable.startswith(spoken) and len(syllable) > len(spoken):
            syllable = merged + syllable[len(spoken) :]
            break
    for spoken, merged in _FINALS:
        if syllable.endswith(spoken):
            return syllable[: -len(spoken)] + merged
    return syllable


def pinyin_key(text: str) -> str:
    """Equal for texts that sound alike: toneless pinyin with n/l, z/zh, in/ing and the like merged."""
    return " ".join(sound(char) for char in text)


def edit_distance(left: str, right: str, limit: int = 99) -> int:
    """Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).

    At most ``limit + 1``.
    """
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    before: list[int] = []
    previous = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        row = [i]
        for j, b in enumerate(right, 1):
            best = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        if min(row) > limit:
            return limit + 1
        before, previous = previous, row
    return min(previous[-1], limit + 1)


def is_slip(typed: str, meant: str) -> bool:
    """Whether ``typed`` looks like a slip of the fingers for the English word ``meant``, not like another word.

    A dropped, doubled or swapped letter counts, a substitution only between vowels or neighbouring keys:
    "windws" and "cleening" are slips, "skirts" for "shirts" is not.
    """
    if len(meant) < 5 or len(typed) < 4 or typed[0] != meant[0] or typed == meant:
        return False
    limit = 2 if len(meant) >= 9 else 1
    distance = edit_distance(typed, meant, limit)
    if distance > limit:
        return False
    if len(typed) == len(meant) and sorted(typed) != sorted(meant):
        return all(_near(a, b) for a, b in zip(typed, meant, strict=True) if a != b)
    # A short word that only lost or won a letter at its end is another form or another word.
    return len(meant) >= 6 or sorted(typed) == sorted(meant)


def _near(a: str, b: str) -> bool:
    if a in _VOWELS and b in _VOWELS:
        return True
    return any(a in row and b in row and abs(row.index(a) - row.index(b)) == 1 for row in _KEYBOARD)
