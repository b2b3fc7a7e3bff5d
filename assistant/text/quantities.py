"""Finding quantities in a folded message, and leaving every other number alone."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from assistant.text import units as unit_words
from assistant.text.numerals import EN_WORDS, ZH_NUMERAL, parse_number
from assistant.text.vocabulary import words

MASK = "\ue000"
"""Stands for a character of a product mention in masked text, so that its digits are never read as numbers."""

_EN_NUMBER = (
    r"(?:half an?|half|a half|a couple(?: of)?|couple(?: of)?|both|twice|"
    + "|".join(sorted(EN_WORDS, key=len, reverse=True))
    + r")"
)
_NUMBER = re.compile(
    rf"(?P<digits>(?<![\d./])(?<!\d[,:])\d+(?:\.\d+)?)"
    rf"|(?P<zh>[俩仨]|半|[{ZH_NUMERAL}]+(?:点[{ZH_NUMERAL}]+)?)"
    rf"|(?P<en>(?<![a-z'-]){_EN_NUMBER}(?:[ -](?:{'|'.join(EN_WORDS)}|"
    rf"hundred))*(?: and a half)?(?![a-z'-]))"
    rf"|(?P<one>(?<![a-z'])(?:another|an?)(?![a-z']))"
)
# The number belongs to something else when this stands before it ...
_NOT_AFTER = re.compile(
    r"(?:[¥$€£]\s*|rmb|usd|[第每满超限近]|不到|前面?|至少|最多|最少|一人|每人|人均|单价|这|哪|某|上|下|头|同|"
    r"周|星期|礼拜|月|日|电话|手机号?|尾号|房号|楼号|门牌|满了?|"
    r"(?<![a-z])(?:at|by|around|about|apt|suite|zip|floor|step|no\.|over|under|than|every|per|"
    r"instead of|from|jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|january|february|"
    r"march|april|august|september|october|november|december|size|#)\s*)$"
)
_TIME_BEFORE = re.compile(r"\b(?:before|after|until|till|in|within|on)\s+$")
_TIME_UNITS = frozenset(words("hour day week month 小时 天 周 月 年 晚"))
_PRICED = re.compile(
    r"(?:\d米?|[元块毛]|多少钱?|多钱|几块钱?|几元|几个?米|什么价格?|啥价|咋卖|怎么卖|怎么算|价格?|单价|/|每|"
    r"how much|price|cost)\s*(?:是|一共|呢)?$"
)
# ... or this after it.
_NOT_BEFORE = re.compile(
    r"\s*(?:元|块钱|毛|角|刀(?!鱼)|%|折|度|岁|楼|栋|幢|号|室|单元|弄|点(?!心)|分(?:钟|之|$)|秒|年|月|日|路|届|班|"
    r"倍|大|小(?!时|份)|"
    r"rmb|usd|dollars?|bucks?|percent|am\b|pm\b|a\.m|p\.m|o'?clock|th\b|st\b|nd\b|rd\b|/\d|:\d|-\d|~\s*\d|"
    r"到[一二三四五六七八九十\d]|"
    r"years?|yrs?|minutes?|mins?|degrees?|km\b|sq\b|ft\b|feet|bed|bath|star|of you|g\b(?=内存)|mah|gb\b|寸|码|"
    r"cm|mm)"
)
_APPROXIMATE = re.compile(r"\s*(?:来|几|多|余)(?=[个斤盒箱袋包罐瓶份套条件只支束块片张本双年天人块])")
_ATTRIBUTE = re.compile(
    r"\s*(?:装|起|以上|以内|以下|之内|包邮|左右|上下|起订|起送|起步|起卖|为?一[盒箱袋包组提打]|-?pack of|/)"
)
# Places are sold by the head: "给两个孩子报编程".
_HEADS = frozenset({"人", "位", "名", "名额", "kid", "person", "seat", "spot"})
_RATE = re.compile(
    r"\s*(?:一|每|/|1)(?:公斤|千克|[斤盒箱袋包罐瓶份套条件个只支束饼双张本次节位])(?![一二三四五六七八九十半])"
)
_IDIOM = re.compile(
    r"个(?:人|月|星期|礼拜|点|字|问题|地方|样|劲|朋友|同事|孩子|娃|价|群|事|多|头|屁|锤子|儿子|女儿|妹|哥|弟|姐)"
)
# An age or a span, whatever the goods are counted in: "宝宝10个月".
_SPAN = re.compile(r"个半?(?:月|星期|礼拜|季度|学期|周岁)")
_ONE_BEFORE = re.compile(
    r"(?:\b(?:the|that|this|which|other|no|any|some|every|each|last|next|first|new|old|only)\s+|[\ue000]\s*)$"
)
_NOTATION = re.compile(r"(?:[*×+＋]|(?<![a-z])x|\bqty:?|\bquantity:?|数量[:是]?|=|:)\s*$")
_NOTATION_AFTER = re.compile(r"\s*(?:[*×]|x(?![a-z]))(?=\s*\ue000|\s|$)")
_EACH = re.compile(r"(?:各自?|[每一][样种个款]|都|分别)(?:来|要|整|拿|订|买|拍|给我|给我来|加|是|先|再|就)*\s*$")
_EACH_AFTER = re.compile(r"\s*(?:of\s+)?each\b|\s*of (?:every|all)|\s*apiece|\s*(?:每样|每种)")
_CLASSIFIED = re.compile(
    r"(?:来|要|整|拿|加|拍|订|带|留|报|约|买|搞|弄|预定|预订|给我|下|换|洗|修|做|装)(?P<unit>["
    + "".join(u for u in (*unit_words.ZH_STRONG, "块", "次", "位", "节") if len(u) == 1)
    + r"])(?=[^\w]?\ue000)"
)
# Who comes alone wants one ("put me in for Tuesday, just me"); not "就我一个人吃", which says who eats.
_ALONE = re.compile(
    r"(?:就|只有?)我(?:自己|本人)?(?:一个?人?|自己)?(?=$|[,.。!?~;\s吧哈呀啊哦哟])|(?<![^,.。!?~;\s])一个人(?=$|[,.。!?~;\s吧哈呀啊哦])"
    r"|\b(?:just|only) (?:for )?(?:me|myself)\b(?! and)|\bon my own\b|\b(?:just|only) the one\b(?=\W*$)"
)
_MORE = r"(?:\s*(?:more|extra|additional|full|whole|large|small|大|小|整|满)(?=\s*))?"


@dataclass(frozen=True, slots=True)
class Amount:
    """A number that may be a quantity, at ``[start, end)`` of the folded text.

    ``firm``: it is one by itself (it has a measure word or ``x2`` notation); else only next to a product.
    ``each``: it holds for every product of a list. ``article``: it is no more than "a" or "an".
    """

    start: int
    end: int
    value: Decimal
    unit: str | None
    firm: bool = True
    each: bool = False
    article: bool = False
    notation: bool = False


def mask(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """``text`` with the spans overwritten by :data:`MASK`, same length."""
    chars = list(text)
    for start, end in spans:
        chars[start:end] = MASK * (end - start)
    return "".join(chars)


@lru_cache(maxsize=64)
def _unit_pattern(catalogue_units: frozenset[str]) -> tuple[re.Pattern[str], frozenset[str]]:
    own = {unit_words.canonical(unit) for unit in catalogue_units if unit}
    han = [*unit_words.ZH_STRONG, *unit_words.ZH_WEAK, *(u for u in catalogue_units if u and not u.isascii())]
    latin = [*unit_words.EN_STRONG, *unit_words.EN_WEAK, *(u for u in catalogue_units if u and u.isascii())]
    han_pattern = "|".join(sorted({re.escape(u) for u in han if not u.isascii()}, key=len, reverse=True))
    words = {form for unit in latin for form in (unit, *_plurals(unit))}
    latin_pattern = "|".join(sorted((re.escape(w) for w in words), key=len, reverse=True))
    pattern = re.compile(
        rf"{_MORE}\s?-?(?:个(?=小时|钟头|课时|名额))?(?P<unit>{han_pattern}|(?:{latin_pattern})(?![a-z]))"
    )
    firm = {unit_words.canonical(u) for u in (*unit_words.ZH_STRONG, *unit_words.EN_STRONG)} | own
    return pattern, frozenset(firm)


def _plurals(unit: str) -> tuple[str, ...]:
    if unit.endswith(("s", "x", "ch", "sh")):
        return (unit + "es",)
    return (unit + "s", unit + "es") if not unit.endswith("y") else (unit[:-1] + "ies",)


def amounts(masked: str, catalogue_units: frozenset[str]) -> tuple[Amount, ...]:
    """The possible quantities of a masked message, from left to right, not overlapping."""
    found: list[Amount] = []
    position = 0
    while match := _NUMBER.search(masked, position):
        position = match.end()
        amount = _read(masked, match, catalogue_units)
        if amount is not None and (not found or amount.start >= found[-1].end):
            found.append(amount)
            position = max(position, amount.end)
    for match in _CLASSIFIED.finditer(masked):
        if all(match.end() <= a.start or a.end <= match.start() for a in found):
            found.append(Amount(match.start("unit"), match.end(), Decimal(1), match["unit"], article=True))
    if not any(not a.article for a in found) and (alone := _ALONE.search(masked)):
        found = [a for a in found if a.end <= alone.start() or alone.end() <= a.start]
        found.append(Amount(alone.start(), alone.end(), Decimal(1), None))
    found.sort(key=lambda a: a.start)
    return tuple(
        a for a, following in zip(found, [*found[1:], None], strict=False) if not _describes(masked, a, following)
    )


def _describes(masked: str, amount: Amount, following: Amount | None) -> bool:
    """Whether the amount describes the goods and the next one counts them: "三十枚的要俩"."""
    if following is None or not re.match(r"的(?!话)", masked[amount.end :]):
        return False
    return re.search(rf"[{MASK},。\n]", masked[amount.end : following.start]) is None


def _read(masked: str, match: re.Match[str], catalogue_units: frozenset[str]) -> Amount | None:
    token, start, end = match[0], match.start(), match.end()
    if match["zh"]:
        token, end = _spoken(token, masked, end)
        if not token:
            return None
    article = match["one"] is not None
    value = Decimal(1) if article else parse_number(token)
    if value is None or value <= 0 or value > 9999:
        return None
    pattern, firm_units = _unit_pattern(catalogue_units)
    unit_match = pattern.match(masked, end)
    unit = unit_words.canonical(unit_match["unit"]) if unit_match else None
    own = unit is not None and unit in {unit_words.canonical(u) for u in catalogue_units}
    before = masked[max(0, start - 14) : start]
    if _belongs_elsewhere(
        masked, start=start, end=end, token=token, own_unit=own, unit=unit, by_head=bool(_HEADS & catalogue_units)
    ):
        return None
    if unit is None or unit_match is None:
        return _plain(masked, match, Amount(start, end, value, None, firm=False, article=article))
    if unit == "块" and not own and not masked.startswith(MASK, unit_match.end()):
        return None
    end = unit_match.end()
    half = re.match(r"半(?![斤盒箱袋包份价天个年])", masked[end:])
    if half:
        value, end = value + Decimal("0.5"), end + 1
    if _ATTRIBUTE.match(masked, end) and not (own and masked[end : end + 1] == "/"):
        return None
    return _dressed(masked, Amount(start, end, value, unit, firm=unit in firm_units, article=article), before)


def _spoken(token: str, masked: str, end: int) -> tuple[str, int]:
    """A Chinese numeral without the 两 that is a weight ("二两") and without approximations ("七八")."""
    if len(token) > 1 and token.endswith("两") and token[-2] not in "百千万亿":
        nxt = masked[end : end + 1]
        if nxt and nxt in "".join(unit_words.ZH_STRONG):
            return "", end
        token, end = token[:-1], end - 1
    small = [c for c in token if c in "一二三四五六七八九两"]
    if re.search("[一二三四五六七八九两]{2}", token) and small:
        return "", end
    return token, end


def _belongs_elsewhere(
    masked: str, *, start: int, end: int, token: str, own_unit: bool, unit: str | None, by_head: bool
) -> bool:
    """Whether the number is a price, date, rank, size, address ... rather than a quantity."""
    before = masked[max(0, start - 16) : start]
    left = masked[start - 1] if start else ""
    if token[0].isdigit() and left.isascii() and left.isalpha() and left != "x":
        return True
    if _NOT_AFTER.search(before) and not before.endswith("一下"):
        return True
    beside_goods = re.match(rf"\s*{MASK}", masked[end:]) is not None
    if _TIME_BEFORE.search(before) and (unit in _TIME_UNITS or (unit is None and not beside_goods)):
        return True
    if token in ("一", "1") and _PRICED.search(before):
        return True
    if _APPROXIMATE.match(masked, end) or re.search(r"[\d一二三四五六七八九十][-~到至]$", before):
        return True
    if _IDIOM.match(masked, end) and not own_unit and not by_head:
        return True
    if _SPAN.match(masked, end):
        return True
    # "268一斤", "一百一斤": what a unit costs.
    if _RATE.match(masked, end) or (unit is not None and re.search("[百千]一$", token)):
        return True
    if token.isdigit() and (len(token) >= 5 or (unit is None and re.fullmatch("(?:19|20)[0-9]{2}", token))):
        return True
    if own_unit:
        return False
    return _NOT_BEFORE.match(masked, end) is not None and (unit is None or unit not in unit_words.ZH_STRONG)


def _dressed(masked: str, amount: Amount, before: str) -> Amount:
    """The amount with the notation and the "each" that stand around it."""
    notation = _NOTATION.search(before)
    start = amount.start
    if notation:
        start -= len(before) - notation.start()
    prefix = masked[max(0, start - 10) : start]
    each = _EACH.search(prefix) or _EACH_AFTER.match(masked, amount.end)
    end = amount.end
    after = _EACH_AFTER.match(masked, end)
    if after:
        end = after.end()
    return replace(amount, start=start, end=end, each=bool(each), notation=notation is not None)


def _plain(masked: str, match: re.Match[str], amount: Amount) -> Amount | None:
    """A number without a measure word: a quantity in ``x2`` notation, or if a product stands next to it."""
    before, after = masked[max(0, amount.start - 14) : amount.start], masked[amount.end :]
    if match["digits"] and "." in match[0] and len(match[0].split(".")[1]) > 1:
        return None
    dressed = _dressed(masked, amount, before)
    if dressed.notation and not amount.article:
        if re.match(r"[a-z]", after) and not re.match(r"x\b|pls|please|thx|thanks", after):
            return None
        return replace(dressed, firm=True)
    if tail := _NOTATION_AFTER.match(masked, amount.end):
        return replace(dressed, end=tail.end(), firm=True, notation=True)
    if match["zh"] and match[0] not in "俩仨":
        fits_left = not before or re.search(r"[\ue000\s,、:。成为要来各]$", before)
        fits_right = not after or re.match(r"[\s,.!。、吧哈呗了\ue000]", after)
        if not (fits_left and fits_right) or match[0] == "半":
            return None
    if match["en"] == "one" and _ONE_BEFORE.search(before) and not re.match(r"\s*\ue000", after) and not dressed.each:
        return None
    return replace(dressed, firm=match["zh"] is not None and match[0] in "俩仨")
