"""The intermediate values of one reading: products, amounts and clauses of a message."""

import re

from assistant.text import binding, clauses, cues
from assistant.text.binding import Bound, Item
from assistant.text.clauses import AMOUNT_MASK, Clause
from assistant.text.fold import fold
from assistant.text.products import Mention, ProductNames
from assistant.text.quantities import Amount, amounts, mask

_RULED_OUT = re.compile(r"(?:(?<!是)(?<!要)不是|别是|\bnot(?: the)?)\s*$")
_ADDRESSED = re.compile(r"@[^\s@,，:：]{1,20}")


class Message:
    """A folded message with its products, its amounts, how these belong together, and its clauses."""

    def __init__(self, text: str, names: ProductNames) -> None:
        self.names = names
        self.text = _ADDRESSED.sub(lambda m: " " * len(m[0]), fold(text))
        found = names.find(self.text)
        # "要雨前不是明前": a product that is named to be ruled out gets no quantity.
        ruled_out = tuple(m for m in found if len(found) > 1 and _RULED_OUT.search(self.text, 0, m.start))
        self.mentions: tuple[Mention, ...] = tuple(m for m in found if m not in ruled_out)
        # A code that the catalogue does not have takes its quantity with it.
        strange = [Mention(a, b, code, (), "sku") for a, b, code in names.unknown_spans(self.text)]
        listed = sorted([*self.mentions, *strange], key=lambda m: m.start)
        self.masked = mask(self.text, ((m.start, m.end) for m in (*listed, *ruled_out)))
        self.amounts: tuple[Amount, ...] = amounts(self.masked, frozenset(names.units.values()))
        bound = binding.bind(self.text, listed, self.amounts, names)
        self.bound = Bound(tuple(item for item in bound.items if item.mention.skus), bound.loose)
        kept = [a for a in self.amounts if a.firm or not any(a is loose for loose in self.bound.loose)]
        hidden = list(self.masked)
        for amount in kept:
            hidden[amount.start : amount.end] = AMOUNT_MASK * (amount.end - amount.start)
        self.clauses = clauses.split(self.text, self.masked, "".join(hidden))
        asked = [item.mention for item in bound.items if not item.mention.skus and self._is_asked(item)]
        self.unknown_codes = tuple(dict.fromkeys(m.text for m in asked))

    def _is_asked(self, item: Item) -> bool:
        """Whether a code that the catalogue does not have is meant as one ("E05来2份", not "G20峰会")."""
        if item.amount is not None or self.names.has_letters(item.mention.text):
            return True
        return cues.REQUEST.search(self.clause_at(item.start).masked) is not None

    def clause_at(self, position: int) -> Clause:
        """The clause that holds a position of the text."""
        for clause in self.clauses:
            if clause.start <= position < clause.end:
                return clause
        return self.clauses[-1]
