"""Why the assistant did what it did, in plain words."""

import re
from collections.abc import Callable, Sequence

from assistant.turn.outcome import Source
from assistant.web.console.words import Words

Titles = Callable[[str], str]
"""The title of a source: an entry's question, a product's name."""


def why(action: str, reason: str, w: Words) -> str:
    """Return what was done and the reason, as far as there are words for it; ``w`` are the words of ``why``."""
    did = w(f"action.{action}") if w.has(f"action.{action}") else action
    known = [w(f"reason.{key}") for part in reason.split("; ") if w.has(f"reason.{(key := slug(part))}")]
    if reason.startswith("written by "):
        known.append(w("written_by"))
    joint = "；" if w.language.startswith("zh") else "; "
    colon = "：" if w.language.startswith("zh") else ": "
    return f"{did}{colon}{joint.join(known)}" if known else did


def because(sources: Sequence[Source], titles: Titles, w: Words) -> list[str]:
    """Return a line for each source with how sure the assistant was."""
    lines = []
    for source in sources:
        if source.id.startswith("sku:"):
            lines.append(w("source_sku", title=titles(source.id)))
        else:
            sure = w("sure", percent=round(source.score * 100))
            lines.append(w("source", title=titles(source.id), sure=sure))
    return lines


def slug(reason: str) -> str:
    """Return the key under which the words of a reason stand."""
    return re.sub(r"[^a-z0-9]+", "_", reason.lower()).strip("_")
