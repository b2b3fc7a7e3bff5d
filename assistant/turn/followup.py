"""Completes a message that leans on what was said before (那碧螺春呢, 它多少钱, "and carpets?")."""

import re
from dataclasses import dataclass

from assistant.knowledge.catalogue import Catalogue
from assistant.retrieval.cues import is_question
from assistant.text.fold import skeleton
from assistant.text.products import ProductNames
from assistant.turn.cues import goes_on

_LEADS = re.compile(r"^(那么|那|还有|而且|(?:and|what about|how about|but|then|so|also|ok and|or)\b)\s*", re.IGNORECASE)
_TAILS = re.compile(r"(呢|的话呢|咧|嘞)[?？!！~～。.…]*$|\bthen\?*$|\btoo\?*$")
_PRONOUNS = re.compile(
    r"它|这个|那个|这款|那款|这种|那种|这俩|那俩|这些|这一?[斤盒袋罐饼件套箱份]|"
    r"\b(it|that one|this one|that|those|these|the same|them)\b",
    re.IGNORECASE,
)
_SHORT_ZH = 9
_SHORT_EN_WORDS = 5


@dataclass(frozen=True, slots=True)
class Completed:
    """The completed message and what it took over."""

    text: str
    products: tuple[str, ...] = ()
    """Products that the earlier exchange was about and this message leaves out."""
    bare: str = ""
    """The message alone, without its lead and tail."""
    whole: bool = False
    """Whether the text is a question of its own now (the earlier one with another product)."""


def leans(text: str) -> bool:
    """Return whether a message by its form leans on an earlier one: a lead, a tail, a pronoun, a short question."""
    return points(text) or (_is_short(text.strip()) and is_question(text) and not goes_on(text.strip()))


def points(text: str) -> bool:
    """Return whether a message says by a lead, a tail or a pronoun that it goes on from an earlier one."""
    stripped = text.strip()
    tail = _TAILS.search(stripped) and not goes_on(stripped)
    return bool(_LEADS.search(stripped) or tail or _PRONOUNS.search(stripped))


def complete(text: str, *, question: str, products: tuple[str, ...], catalogue: Catalogue) -> Completed | None:
    """Return the message completed by the earlier exchange, or None when it stands on its own.

    Args:
        text: the message, folded.
        question: what was asked before, itself complete.
        products: the SKUs that exchange was about.
        catalogue: the group's products.
    """
    if not question or not leans(text):
        return None
    bare = _TAILS.sub("", _LEADS.sub("", text.strip())).strip(" ?？,，。")
    if catalogue.names.find(text):
        replaced = _with_other_product(question, bare, catalogue.names)
        return Completed(replaced, whole=True) if replaced else None
    if products and (_PRONOUNS.search(text) or _is_short(text)):
        known = [product for product in map(catalogue.get, products[:2]) if product is not None]
        return Completed(" ".join([*(product.name for product in known), bare]), products, bare=bare)
    return Completed(f"{question} {bare}", bare=bare)


def _with_other_product(question: str, bare: str, names: ProductNames) -> str | None:
    """Return the earlier question with its product exchanged for the one named now.

    Only where the message is hardly more than the product's name; otherwise it asks something of its own.
    """
    if len(skeleton(bare)) > _SHORT_ZH + 6:
        return None
    earlier = names.find(question)
    if not earlier:
        return f"{bare} {question}"
    first, last = earlier[0], earlier[-1]
    return f"{question[: first.start]}{bare}{question[last.end :]}"


def _is_short(text: str) -> bool:
    bones = skeleton(text)
    if bones.isascii():
        return len(text.split()) <= _SHORT_EN_WORDS
    return len(bones) <= _SHORT_ZH
