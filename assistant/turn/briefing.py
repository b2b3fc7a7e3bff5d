"""The evidence a model may write from: entries for each part of the question, product cards, and worked-out sums.

Arithmetic is done here, in decimals, and handed over as sentences; a model that calculates for itself fails the guard.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from assistant.agent.context import TurnContext
from assistant.agent.proposal import Piece
from assistant.knowledge.records import EntryRecord, ProductRecord
from assistant.orders.ledger import OrderItem, total_of
from assistant.replies.catalogue import Replies
from assistant.retrieval.cues import is_question
from assistant.retrieval.index import Found
from assistant.text.numerals import parse_number
from assistant.turn.doubt import about_sums, parts_of
from assistant.turn.signals import Signals

COMPUTED = "computed"

LIKELY = 0.2
"""A hit below this chance is no evidence."""

CONFIDENT = 0.5
"""From this chance on an entry answers its part of the question by itself."""

CARD = 0.9
BESIDE_SUMS = 0.15
"""How much a named product's card is worth to a model that has to choose, alone and beside sums."""

MOST_ENTRIES = 3
MOST_PRODUCTS = 5
MOST_BOUNDS = 3
"""With more entries that name a threshold, only those that were found are meant."""

LISTED = 6
"""An entry that names so many products is a price list; named products have cards instead."""

_BUDGET = re.compile(
    r"预算|以内|够|[能可]以?[买拿换]|买得?起|手[头里]|带了|只有|凑|\b(?:budget|under|within|enough|afford|have|got|with|for)\b"
)
_AMOUNT = re.compile(
    r"[¥￥$€£]\s?(\d[\d,]*(?:\.\d+)?)|(\d[\d,]*(?:\.\d+)?|[一二两三四五六七八九十百千]+)\s?(?:元|块|rmb|yuan|dollars?|bucks|usd)"
)
_THRESHOLD = re.compile(
    r"(?:满|超过|达到?)\s?(\d+(?:\.\d+)?)\s?元|(?:over|above|reach(?:es|ing)?|at least|from)\s\$(\d+(?:\.\d+)?)|\$(\d+(?:\.\d+)?)\+?\s(?:or more|and up|minimum)",
    re.IGNORECASE,
)
_BOUND = re.compile(
    r"够|免|送|满|运费|邮费|配送费|优惠|折|赠|\b(?:free|gifts?|deliver\w*|shipping|enough|discounts?|bonus|fees?)\b"
)
_COMPARED = re.compile(
    r"比|哪|差|区别|还是|更|贵|便宜|划算|\b(?:which|differ\w*|compare\w*|vs|versus|than|better|cheaper|or|between)\b"
)

Search = Callable[[Sequence[str]], Sequence[Found]]


class Briefer:
    """Gathers the evidence of one turn."""

    def __init__(self, s: Signals, context: TurnContext, replies: Replies) -> None:
        self._s, self._context, self._replies = s, context, replies
        self._entries = {entry.key: entry for entry in s.group.knowledge.entries}

    def pieces(self, search: Search) -> tuple[Piece, ...]:
        """Return the evidence, worked-out lines first, then cards, then entries; ``search`` embeds and may block."""
        entries = self._found(search)
        texts = [self._entries[key].answer for key in entries if key in self._entries]
        products = self._products()
        worked_out = [Piece(COMPUTED, text, 2.0) for text in self.worked_out(texts)]
        # Sums and differences name the products with their prices already.
        worth = BESIDE_SUMS if worked_out else CARD
        cards = [Piece(f"sku:{p.sku}", self._card(p), worth) for p in products]
        named = {p.sku for p in products}
        told = [
            _entry_piece(self._entries[key], chance)
            for key, chance in entries.items()
            if key in self._entries and not (named and self._is_list(self._entries[key]))
        ]
        others = [
            Piece(key, self._card(product), chance)
            for key, chance in entries.items()
            if (product := self._product_of(key)) is not None and product.sku not in named
        ]
        return (*worked_out, *cards, *others[:2], *told[:MOST_ENTRIES])

    def of_hits(self, found: Found) -> tuple[Piece, ...]:
        """Return what the likely documents of one search say."""
        pieces = []
        for hit in found.hits[:3]:
            product = self._product_of(hit.id)
            if product is not None:
                pieces.append(Piece(hit.id, self._card(product), hit.probability))
            elif hit.id in self._entries:
                pieces.append(_entry_piece(self._entries[hit.id], hit.probability))
        return tuple(pieces)

    def confident(self, search: Search, *, computed: bool = False) -> tuple[tuple[str, float], ...]:
        """Return the entries that each answer a part of the question, with their probabilities; best of each part.

        ``computed`` says that sums were worked out: then an entry with the threshold they are held against belongs
        to the answer, too.
        """
        assert self._s.understanding is not None
        parts = parts_of(self._s.folded)
        found = search(parts) if len(parts) > 1 else (self._s.understanding.found,)
        chosen: dict[str, float] = {}
        for one in found:
            hit = next((hit for hit in one.hits if hit.kind == "entry"), None)
            if hit is not None and hit.probability >= CONFIDENT and one.known >= CONFIDENT:
                chosen.setdefault(hit.id, hit.probability)
        if computed:
            for key in self._bounds(_chances(found)):
                chosen.setdefault(key, LIKELY)
        return tuple(chosen.items())

    def settled(self) -> bool:
        """Return whether the sums, differences and checks that were worked out are all that the message asks for."""
        if next(self.worked_out(()), None) is None:
            return False
        parts = (part.rstrip("?？ ") for part in parts_of(self._s.folded))
        # "... and one box of eggs?" belongs to the sum before it.
        return all(about_sums(part) or _BOUND.search(part) or not is_question(part) for part in parts)

    def worked_out(self, entries: Sequence[str]) -> Iterator[str]:
        """Yield the sums, differences and checks that the message asks for; ``entries`` may name thresholds."""
        items = self._wanted()
        if items:
            yield from self._sums(items, entries)
        products = self._products()
        if len(products) > 1 and _COMPARED.search(self._s.folded):
            yield from self._differences(products)
        budget = self._budget()
        if budget is not None:
            yield from self._affordable(budget, items, products)

    def _found(self, search: Search) -> dict[str, float]:
        """Return the likely documents of the whole and of its parts by id, with their probability, best first."""
        assert self._s.understanding is not None
        parts = [part for part in parts_of(self._s.folded) if part != self._s.folded]
        searched = [self._s.understanding.found, *(search(parts) if parts else ())]
        chances: dict[str, float] = {}
        for found in searched:
            for place, hit in enumerate(found.hits[:3]):
                # The first hit of a part is worth a look even where nothing is near.
                if hit.probability >= LIKELY or (place == 0 and found.known >= LIKELY):
                    chances[hit.id] = max(hit.probability, chances.get(hit.id, 0.0))
        for key in self._bounds(_chances(searched)):
            chances.setdefault(key, LIKELY)
        return dict(sorted(chances.items(), key=lambda item: -item[1]))

    def _bounds(self, chances: Mapping[str, float]) -> tuple[str, ...]:
        """Return the entries whose thresholds a sum is held against, where the message asks for such a thing.

        ``chances`` are those of the entries that were found; where one of them names a threshold, that one is meant.
        """
        if not self._wanted() or not _BOUND.search(self._s.folded):
            return ()
        served = (document.id for document in self._s.group.index.documents if document.served_at(self._s.now))
        named = [key for key in served if key in self._entries and _thresholds([self._entries[key].answer])]
        meant = [key for key in named if chances.get(key, 0.0) >= LIKELY]
        return tuple(meant or (named if len(named) <= MOST_BOUNDS else ()))

    def _products(self) -> list[ProductRecord]:
        """Return the products that the message names, else those talked about."""
        names = self._s.group.catalogue.names
        skus = [sku for mention in names.find(self._s.folded) for sku in mention.skus]
        if not skus and self._s.last is not None:
            skus = list(self._s.last.products)
        found = map(self._s.group.catalogue.get, dict.fromkeys(skus))
        return [product for product in found if product is not None][:MOST_PRODUCTS]

    def _product_of(self, key: str) -> ProductRecord | None:
        return self._s.group.catalogue.get(key.removeprefix("sku:")) if key.startswith("sku:") else None

    def _is_list(self, entry: EntryRecord) -> bool:
        named = {sku for mention in self._s.group.catalogue.names.find(entry.answer) for sku in mention.skus}
        return len(named) >= LISTED

    def _card(self, product: ProductRecord) -> str:
        left = self._context.ledger.available(product)
        state = "available" if left != 0 else "preorder" if product.preorder else "sold_out"
        return self._replies.render("facts.product", product=product, state=state, left=left)

    def _wanted(self) -> list[OrderItem]:
        """Return the products with whole quantities that the message names."""
        wanted: dict[str, int] = {}
        for line in self._s.reading.lines:
            quantity = line.quantity
            if len(line.skus) == 1 and quantity is not None and quantity > 0 and quantity % 1 == 0:
                wanted[line.skus[0]] = wanted.get(line.skus[0], 0) + int(quantity)
        products = ((self._s.group.catalogue.get(sku), quantity) for sku, quantity in wanted.items())
        return [OrderItem(p.sku, p.name, p.unit, p.price, quantity) for p, quantity in products if p is not None]

    def _sums(self, items: Sequence[OrderItem], entries: Sequence[str]) -> Iterator[str]:
        total = total_of(items)
        yield self._say("sum", items=items, total=total)
        deposit = self._context.terms.deposit(total)
        if deposit is not None:
            yield self._say("deposit", deposit=deposit, rest=total - deposit)
        for item in items:
            product = self._s.group.catalogue.get(item.sku)
            assert product is not None
            left = self._context.ledger.available(product)
            if product.per_member_limit is not None and item.quantity > product.per_member_limit:
                yield self._say("over_limit", product=product, wanted=item.quantity)
            if left is not None and item.quantity > left:
                yield self._say("over_stock", product=product, wanted=item.quantity, left=left)
        limit = self._context.terms.order_limit
        if limit is not None and total > limit:
            yield self._say("over_order", total=total, limit=limit)
        for threshold in _thresholds(entries):
            key = "reached" if total >= threshold else "short"
            missing = {} if total >= threshold else {"missing": threshold - total}
            yield self._say(key, total=total, threshold=threshold, **missing)

    def _differences(self, products: Sequence[ProductRecord]) -> Iterator[str]:
        ranked = sorted(products, key=lambda product: product.price)
        for cheap, dear in pairwise(ranked):
            if cheap.price == dear.price:
                yield self._say("same_price", cheap=cheap, dear=dear)
            else:
                yield self._say("cheaper", cheap=cheap, dear=dear, difference=dear.price - cheap.price)

    def _budget(self) -> Decimal | None:
        if not _BUDGET.search(self._s.folded):
            return None
        amounts = [parse_number((a or b).replace(",", "")) for a, b in _AMOUNT.findall(self._s.folded)]
        known = [amount for amount in amounts if amount is not None and amount > 0]
        return known[0] if len(known) == 1 else None

    def _affordable(
        self, budget: Decimal, items: Sequence[OrderItem], products: Sequence[ProductRecord]
    ) -> Iterator[str]:
        if items:
            total = total_of(items)
            if budget >= total:
                yield self._say("enough", budget=budget, total=total, rest=budget - total)
            else:
                yield self._say("not_enough", budget=budget, total=total, missing=total - budget)
            return
        for product in products:
            count = int(budget // product.price) if product.price else 0
            if count:
                total = product.price * count
                yield self._say(
                    "affords", budget=budget, count=count, product=product, total=total, rest=budget - total
                )
            elif product.price:
                yield self._say("affords_none", budget=budget, product=product, missing=product.price - budget)

    def _say(self, key: str, **values: object) -> str:
        return self._replies.render(f"facts.{key}", **values)


def _chances(searched: Iterable[Found]) -> dict[str, float]:
    """Return each document's best probability."""
    chances: dict[str, float] = {}
    for hit in (hit for found in searched for hit in found.hits):
        chances[hit.id] = max(hit.probability, chances.get(hit.id, 0.0))
    return chances


def _thresholds(entries: Iterable[str]) -> list[Decimal]:
    """Return the amounts that entries name as a line to reach, lowest first."""
    found = {Decimal(next(filter(None, match))) for text in entries for match in _THRESHOLD.findall(text)}
    return sorted(found)[:3]


def _entry_piece(entry: EntryRecord, chance: float) -> Piece:
    return Piece(entry.key, entry.answer, chance, asks=entry.question)
