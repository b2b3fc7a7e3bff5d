"""Picks among products by what tells them apart: a colour, a size, a place in the list we offered."""

import re
from collections.abc import Sequence

from assistant.knowledge.catalogue import Catalogue
from assistant.text import naming
from assistant.text.fold import fold
from assistant.text.orders import Line

_ORDINAL = re.compile(r"第([一二三四五六七八九\d])[个款种样]?|(?:the )?\b(first|second|third|fourth|last)\b(?: one)?")
_ORDINALS = {word: i for i, word in enumerate(("first", "second", "third", "fourth"))} | {
    c: i for i, c in enumerate("一二三四五六七八九")
}


def picked(folded: str, offered: Sequence[str], catalogue: Catalogue) -> tuple[str, ...]:
    """Return which of the offered SKUs a short reply means ("都要灰色", "the second one"); empty if it does not say."""
    ordinal = _ORDINAL.search(folded)
    if ordinal:
        word = ordinal.group(1) or ordinal.group(2)
        place = len(offered) - 1 if word == "last" else _ORDINALS.get(word, int(word) - 1 if word.isdigit() else -1)
        return (offered[place],) if 0 <= place < len(offered) else ()
    telling = _telling(offered, catalogue)
    said = _tokens(folded)
    scores = {sku: len(tokens & said) for sku, tokens in telling.items()}
    best = max(scores.values(), default=0)
    return tuple(sku for sku, score in scores.items() if score == best) if best else ()


def nearest(candidates: Sequence[str], like: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Return those of the candidates whose names share most with another product's name (the same thing, larger)."""
    model = catalogue.get(like)
    if model is None or len(candidates) < 2:
        return tuple(candidates)
    wanted = _tokens(fold(model.name))
    names = {sku: product.name for sku in candidates if (product := catalogue.get(sku)) is not None}
    scores = {sku: len(_tokens(fold(name)) & wanted) for sku, name in names.items()}
    best = max(scores.values(), default=0)
    return tuple(sku for sku, score in scores.items() if score == best)


def generic(line: Line, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the products that "a class" may mean where the line's words are a kind of goods, not one's name.

    Empty where the words name one product, or are no noun with an article.
    """
    article = re.match(r"(?:an?|another)\s+(?=[a-z])", line.text)
    if article is None or len(line.skus) != 1:
        return ()
    said = naming.words_of(line.text[article.end() :])
    own = catalogue.get(line.skus[0])
    if own is None or not said:
        return ()
    head = said[-1]
    if any(naming.words_of(fold(name)) == said for name in (own.sku, own.name, *own.aliases)):
        return ()
    if naming.words_of(fold(own.name))[-1:] == (head,) and len(said) > 1 and own.name.lower().startswith(said[0]):
        return ()
    called = [p.sku for p in catalogue.products if head in naming.words_of(fold(" ".join((p.name, *p.aliases))))]
    if len(called) < 2:
        called = [p.sku for p in catalogue.products if head in naming.words_of(fold(f"{p.name} {p.description}"))]
    return tuple(called) if len(called) > 1 else ()


def _telling(skus: Sequence[str], catalogue: Catalogue) -> dict[str, set[str]]:
    """Return for each product the words or characters of its name that the others do not have."""
    tokens = {
        sku: _tokens(fold(" ".join((product.name, *product.aliases))))
        for sku in skus
        if (product := catalogue.get(sku)) is not None
    }
    return {
        sku: own - set().union(*(other for name, other in tokens.items() if name != sku)) for sku, own in tokens.items()
    }


def _tokens(folded: str) -> set[str]:
    """Return words of letters or digits, and single Han characters."""
    return set(re.findall(r"[a-z]+|\d+|[\u3400-\u9fff]", folded))


def whole(line: Line) -> int | None:
    """Return a line's quantity as a whole number; 0 for a fraction, which the ledger refuses in words."""
    if line.quantity is None:
        return None
    return int(line.quantity) if line.quantity == line.quantity.to_integral_value() else 0
