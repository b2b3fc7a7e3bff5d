"""The two forms in which texts are compared, from the text package."""

import re
import unicodedata

_SPACE = re.compile(r"\s+")
_NOT_A_WORD = re.compile(r"[^\w]+|_+")


def fold(text: str) -> str:
    """Half width, lower case, single spaces."""
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text).lower()).strip()


def skeleton(text: str) -> str:
    """Only the letters and digits of the folded text: equal skeletons are the same question."""
    return _NOT_A_WORD.sub("", fold(text))
