"""Finding the products of one catalogue in a folded message."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from assistant.text import naming
from assistant.text.fold import fold
from assistant.text.similarity import is_slip, sound

How = Literal["sku", "name", "alias", "part", "fuzzy"]
_RANK: dict[str, int] = {"sku": 0, "name": 1, "alias": 2, "part": 3, "fuzzy": 4}

_WORD = re.compile(r"[a-z]+(?:'s)?|[0-9]+(?:\.[0-9]+)?|[\u3400-\u9fff]")
_LATIN_WORD = re.compile(r"[a-z][a-z]+")
_CODE = re.compile(r"(?<![a-z0-9])([a-z]{1,3})[-_ ]?(0*[1-9][0-9]{0,3})(?![0-9a-wyz]|\.[0-9])")
# What may stand between two mentions that speak of one product: "雨前的龙井", "龙井（A02）", "standard one".
_LINK = re.compile(r"(?:[\s(\[:]|的|那个|那款|款|色|号|码|编号|就是|即|要|来|\bin\b|\bsize[ds]?\b|\ba\b|\bthe\b)*")
# What makes a describing word point at a product: "黑色的", "大号那款", "the deep one".
_PICKED = re.compile(r"\s*(?:的|那|款|这|味|版|色|码|号|ones?\b|kind\b|option\b)")


# In an exchange both sides are products: "switch me from standard to deep", "M换成L".
_EXCHANGE = re.compile(r"\b(?:switch|swap|upgrade|downgrade|exchange)\b|换成|改成(?![一二三四五六七八九十两\d])")
# A verb, not a product: "someone to clean 6 windows".
_INFINITIVE = re.compile(r"\bto $")


@dataclass(frozen=True, slots=True)
class ProductName:
    """What a product is called: its SKU, name, aliases and the unit it is sold by."""

    sku: str
    name: str
    aliases: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of a message (``text[start:end]`` of the folded message) that speak of products.

    Several ``skus`` mean that the words fit these products equally.
    """

    start: int
    end: int
    text: str
    skus: tuple[str, ...]
    how: How


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    skus: frozenset[str]
    how: How
    weak: bool


class ProductNames:
    """A matcher for one catalogue; build it once per catalogue version."""

    def __init__(self, products: Iterable[ProductName]) -> None:
        self.products: tuple[ProductName, ...] = tuple(products)
        self.order: dict[str, int] = {product.sku: i for i, product in enumerate(self.products)}
        self.units: dict[str, str] = {product.sku: fold(product.unit) for product in self.products}
        self._codes: dict[tuple[str, int], list[str]] = {}
        self._exact: dict[str, tuple[frozenset[str], How]] = {}
        self._words: dict[tuple[str, ...], tuple[frozenset[str], How, bool]] = {}
        self._weak: set[str] = set()
        self._odd_codes: list[tuple[re.Pattern[str], str]] = []
        for product in self.products:
            self._add_code(product.sku)
        self._add_phrases()
        self._longest = max((len(text) for text in self._exact), default=0)
        self._longest_words = max((len(words) for words in self._words), default=0)
        self._vocabulary = sorted({word for words in self._words for word in words if len(word) >= 5})
        self._first = {text[0] for text in self._exact}
        # Where each character stands in the phrases that may be written with other characters of the same sound.
        self._places: dict[str, list[tuple[str, int]]] = {}
        for text in self._edges():
            for i, char in enumerate(text):
                self._places.setdefault(char, []).append((text, i))
        self._letters = sorted({letters for letters, _ in self._codes})

    def _add_code(self, sku: str) -> None:
        folded = fold(sku)
        match = re.fullmatch(r"([a-z]{1,3})[-_ ]?0*([0-9]{1,4})", folded)
        if match:
            self._codes.setdefault((match[1], int(match[2])), []).append(sku)
        elif folded.isdigit():
            # A bare number is a SKU only where the message says so.
            said = rf"(?:编号|货号|款号|no\.?|item|#)\s*{folded}(?![0-9])"
            mark = rf"(?:{said}|(?<![0-9]){folded}\s*号(?![楼院店线])(?:品|商品|套餐|款|产品)?)"
            bare = rf"|(?<![0-9.]){folded}(?![0-9.])" if len(folded) >= 3 else ""
            self._odd_codes.append((re.compile(mark + bare), sku))
        elif folded:
            body = r"[-_ ]?".join(re.escape(piece) for piece in re.split(r"[-_ ]+", folded) if piece)
            self._odd_codes.append((re.compile(rf"(?<![a-z0-9]){body}(?![a-z0-9])"), sku))

    def _add_phrases(self) -> None:
        entries = []
        for product in self.products:
            names, aliases = naming.spellings(product.name, product.aliases)
            entries.append((product.sku, names, aliases))
        for part, skus in naming.gather(entries).items():
            self._put(part, skus, "part")
        for kind, index in (("alias", 2), ("name", 1)):
            owners: dict[str, set[str]] = {}
            for entry in entries:
                for phrase in entry[index]:
                    owners.setdefault(phrase, set()).add(str(entry[0]))
            for phrase, skus in owners.items():
                self._put(phrase, skus, "alias" if kind == "alias" else "name")

    def _put(self, phrase: str, skus: set[str], how: How) -> None:
        if not naming.has_han(phrase):
            words = naming.words_of(phrase)
            weak = how == "part" and naming.is_weak_words(words)
            if words:
                self._words[words] = (frozenset(skus), how, weak)
                if len(words) > 1 and all(w.isascii() for w in words) and how != "part":
                    # "tune-up", "tune up" and "tuneup" are one word to members.
                    self._words.setdefault(("".join(words),), (frozenset(skus), how, False))
        elif len(phrase) >= 2 or how != "part":
            self._exact[phrase] = (frozenset(skus), how)
            if how == "part" and naming.is_weak(phrase):
                self._weak.add(phrase)
            else:
                self._weak.discard(phrase)

    def _edges(self) -> list[str]:
        """Names, aliases and their beginnings and ends: what is worth comparing by sound."""
        phrases = [fold(text) for product in self.products for text in (product.name, *product.aliases)]
        runs = {run for phrase in phrases for run in re.findall("[\u3400-\u9fff]{2,}", phrase)}
        edges = {run[:end] for run in runs for end in range(2, len(run) + 1)}
        edges |= {run[start:] for run in runs for start in range(len(run) - 1)}
        return sorted(text for text in edges if text in self._exact and text not in self._weak)

    def find(self, folded_text: str) -> tuple[Mention, ...]:
        """The mentions of products in a folded message, from left to right, not overlapping."""
        found = [*self._find_codes(folded_text), *self._find_han(folded_text), *self._find_words(folded_text)]
        found += self._find_alike(folded_text, found)
        chosen = self._choose(found)
        merged = self._merge(folded_text, chosen)
        return tuple(
            Mention(f.start, f.end, folded_text[f.start : f.end], self._sorted(f.skus), f.how)
            for f in merged
            if not f.weak or self._picked(folded_text, f)
        )

    def unknown_codes(self, folded_text: str) -> tuple[str, ...]:
        """Codes shaped like this catalogue's SKUs that it does not have ("E05"), upper case."""
        return tuple(dict.fromkeys(code for _, _, code in self.unknown_spans(folded_text)))

    def unknown_spans(self, folded_text: str) -> tuple[tuple[int, int, str], ...]:
        """Where :meth:`unknown_codes` stand: (start, end, code)."""
        unknown = []
        widths = {len(fold(product.sku)) for product in self.products}
        for match in _CODE.finditer(folded_text):
            letters, number = match[1], int(match[2])
            if (letters, number) in self._codes or " " in match[0] or (letters == "x" and "x" not in self._letters):
                continue
            looks_alike = letters in self._letters or any(len(known) == len(letters) for known in self._letters)
            if looks_alike and len(match[0]) in widths:
                unknown.append((match.start(), match.end(), match[0].upper()))
        return tuple(unknown)

    def has_letters(self, code: str) -> bool:
        """Whether SKUs of this catalogue begin with the same letters as ``code``."""
        return re.sub(r"[^a-z].*", "", code.lower()) in self._letters

    def _sorted(self, skus: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(skus, key=self.order.__getitem__))

    def _find_codes(self, text: str) -> list[_Found]:
        found = []
        for match in _CODE.finditer(text):
            skus = self._codes.get((match[1], int(match[2])))
            if skus:
                found.append(_Found(match.start(), match.end(), frozenset(skus), "sku", False))
            elif naming.has_han(text[match.end() : match.end() + 1]):
                found += self._glued_code(match)
        for pattern, sku in self._odd_codes:
            found += [_Found(m.start(), m.end(), frozenset([sku]), "sku", False) for m in pattern.finditer(text)]
        return found

    def _glued_code(self, match: re.Match[str]) -> list[_Found]:
        """A code with its quantity written right behind it: "A022斤" is A02, two."""
        for cut in range(match.end() - 1, match.start(2), -1):
            skus = self._codes.get((match[1], int(match.string[match.start(2) : cut])))
            if skus and len(fold(skus[0])) == cut - match.start():
                return [_Found(match.start(), cut, frozenset(skus), "sku", False)]
        return []

    def _find_han(self, text: str) -> list[_Found]:
        found = []
        for start, char in enumerate(text):
            if char not in self._first:
                continue
            if start and _splits_word(text, start):
                continue
            for end in range(min(len(text), start + self._longest), start, -1):
                entry = self._exact.get(text[start:end])
                if entry and not (end < len(text) and _splits_word(text, end)):
                    weak = text[start:end] in self._weak
                    found.append(_Found(start, end, entry[0], entry[1], weak))
        return found

    def _find_words(self, text: str) -> list[_Found]:
        if not self._words:
            return []
        tokens = [(m.start(), m.end(), m[0]) for m in naming._WORD.finditer(text)]
        stems = [naming.stem(token[2].removesuffix("'s")) for token in tokens]
        known = [self._known_word(word) for word in stems]
        found = []
        for i in range(len(tokens)):
            for size in range(min(self._longest_words, len(tokens) - i), 0, -1):
                end = i + size
                if i and text[tokens[i][0] - 1] == "'":
                    continue
                if "\n" in text[tokens[i][0] : tokens[end - 1][1]]:
                    continue
                entry = self._words.get(tuple(stems[i:end]))
                how: How | None = entry[1] if entry else None
                if entry is None and any(a != b for a, b in zip(stems[i:end], known[i:end], strict=True)):
                    entry = self._words.get(tuple(known[i:end]))
                    how = "fuzzy"
                if how in ("part", "fuzzy") and size == 1 and _is_verb(text, tokens[i][0]):
                    continue
                if entry and how:
                    found.append(_Found(tokens[i][0], tokens[end - 1][1], entry[0], how, entry[2]))
        return found

    def _known_word(self, word: str) -> str:
        """The catalogue's word that ``word`` is a slip of, or ``word`` itself."""
        if len(word) < 4 or not _LATIN_WORD.fullmatch(word) or word in self._vocabulary:
            return word
        for known in self._vocabulary:
            if is_slip(word, known):
                return known
        return word

    def _find_alike(self, text: str, found: list[_Found]) -> list[_Found]:
        """Chinese names written with other characters of the same sound, or two characters swapped."""
        alike = []
        tried: set[tuple[int, str]] = set()
        sure = {i for f in found if f.how in ("sku", "name", "alias") for i in range(f.start, f.end)}
        for i, char in enumerate(text):
            if i in sure:
                continue
            for phrase, offset in self._places.get(char, ()):
                start = i - offset
                window = text[start : start + len(phrase)] if start >= 0 else ""
                if len(window) < len(phrase) or window == phrase or (start, phrase) in tried:
                    continue
                tried.add((start, phrase))
                if _sounds_like(window, phrase):
                    alike.append(_Found(start, start + len(phrase), self._exact[phrase][0], "fuzzy", False))
        return [a for a in alike if not any(f.start <= a.start and a.end <= f.end and not f.weak for f in found)]

    def _choose(self, found: list[_Found]) -> list[_Found]:
        """Longest first, then the surer kind; what overlaps a chosen one is dropped."""
        chosen: list[_Found] = []
        best = sorted(found, key=lambda f: (f.how != "sku", f.start - f.end, _RANK[f.how], f.start, len(f.skus)))
        for candidate in best:
            if all(candidate.end <= f.start or f.end <= candidate.start for f in chosen):
                chosen.append(candidate)
            elif candidate.how == "fuzzy":
                for i, f in enumerate(chosen):
                    if (f.start, f.end, f.how) == (candidate.start, candidate.end, "fuzzy"):
                        chosen[i] = _Found(f.start, f.end, f.skus | candidate.skus, "fuzzy", False)
        return sorted(chosen, key=lambda f: f.start)

    def _merge(self, text: str, chosen: list[_Found]) -> list[_Found]:
        """Neighbours that narrow each other down become one: "雨前的龙井", "龙井 A02", "黑色 L"."""
        merged: list[_Found] = []
        for found in chosen:
            last = merged[-1] if merged else None
            if last is not None:
                common = last.skus & found.skus
                gap = text[last.end : found.start]
                if common and len(gap) <= 8 and _LINK.fullmatch(gap) and "\n" not in gap:
                    how = min(last.how, found.how, key=_RANK.__getitem__)
                    merged[-1] = _Found(last.start, found.end, common, how, last.weak and found.weak)
                    continue
            merged.append(found)
        return merged

    def _picked(self, text: str, found: _Found) -> bool:
        """Whether a describing word points at a product: it is all the message says, or "的", "one" follows it."""
        words = text[found.start : found.end]
        if len(words) >= len(text.strip()) or (_EXCHANGE.search(text) and not _EXCHANGE.fullmatch(words)):
            return True
        return _PICKED.match(text, found.end) is not None


def _is_verb(text: str, at: int) -> bool:
    return _INFINITIVE.search(text, 0, at) is not None and _EXCHANGE.search(text) is None


def _splits_word(text: str, at: int) -> bool:
    """Whether a boundary at ``at`` would cut a Latin word or a number in two."""
    left, right = text[at - 1], text[at]
    return left.isascii() and right.isascii() and left.isalnum() and right.isalnum()


def _sounds_like(window: str, phrase: str) -> bool:
    same = sum(1 for a, b in zip(window, phrase, strict=True) if a == b)
    if same < max(1, len(phrase) // 2):
        return False
    if not all("\u3400" <= char <= "\u9fff" for char in window):
        return False
    if len(phrase) >= 3 and len(phrase) - same == 2 and sorted(window) == sorted(phrase):
        return True
    return all(a == b or sound(a) == sound(b) for a, b in zip(window, phrase, strict=True))
