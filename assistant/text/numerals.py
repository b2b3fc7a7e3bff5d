"""Numbers as members write them: digits, Chinese numerals (financial and colloquial too), English words.

The libraries at hand convert whole documents or miss the spoken forms (俩, 仨, 半, 一打, 三百五 with units), and
cost a quarter of a second to import; a number inside a chat line needs only what is below.
"""

import re
from decimal import Decimal
from functools import lru_cache

_DIGIT_FORMS = ("零〇○洞", "一壹幺弌", "二贰两兩", "三叁", "四肆", "五伍", "六陆陸", "七柒拐", "八捌", "九玖")
_DIGITS = {char: value for value, forms in enumerate(_DIGIT_FORMS) for char in forms}
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8, "兆": 10**12}
_SPOKEN = {"俩": Decimal(2), "仨": Decimal(3), "半": Decimal("0.5"), "一打": Decimal(12), "半打": Decimal(6)}
_MONEY = re.compile(r"(?P<whole>.+)[元圆块](?:(?P<jiao>.)[角毛])?(?:(?P<fen>.)分)?[整正]?")

ZH_NUMERAL = "零〇一二三四五六七八九十百千万亿两壹贰叁肆伍陆柒捌玖拾佰仟"
"""The characters that Chinese numerals are made of (folded)."""

EN_WORDS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_EN_PHRASES = {
    "a": 1, "an": 1, "a single": 1, "single": 1, "a couple": 2, "a couple of": 2, "couple": 2, "couple of": 2,
    "a pair of": 2, "both": 2, "twice": 2, "a dozen": 12, "dozen": 12, "a half dozen": 6, "half a dozen": 6,
    "half dozen": 6,
}  # fmt: skip
_EN_HALVES = {"half": Decimal("0.5"), "a half": Decimal("0.5"), "half a": Decimal("0.5"), "half an": Decimal("0.5")}


@lru_cache(maxsize=2048)
def parse_number(token: str) -> Decimal | None:
    """The value of one number token in digits, Chinese or English words; None when it is no number."""
    token = token.strip().lower().replace("負", "负")
    if token.startswith(("负", "-")) and len(token) > 1:
        value = parse_number(token[1:])
        return None if value is None else -value
    if re.fullmatch(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?", token):
        return Decimal(token.replace(",", ""))
    if token in _SPOKEN:
        return _SPOKEN[token]
    if re.search("[a-z]", token):
        return _english(token)
    token = token.replace("廿", "二十").replace("卅", "三十")
    money = _MONEY.fullmatch(token)
    if money is None:
        return _chinese(token)
    value = _chinese(money["whole"])
    cents = [_DIGITS.get(money[part] or "零") for part in ("jiao", "fen")]
    if value is None or None in cents:
        return None
    return value + Decimal(f"0.{cents[0]}{cents[1]}")


def _english(token: str) -> Decimal | None:
    token = re.sub(r"[\s-]+", " ", token).strip()
    if token in _EN_HALVES:
        return _EN_HALVES[token]
    if token in _EN_PHRASES:
        return Decimal(_EN_PHRASES[token])
    half = token.endswith(" and a half")
    words = token.removesuffix(" and a half").split(" ")
    total = 0
    for word in words:
        if word == "dozen" and total:
            total *= 12
        elif word == "hundred":
            total = (total or 1) * 100
        elif word in EN_WORDS:
            total += EN_WORDS[word]
        elif word.isdigit():
            total += int(word)
        elif word not in ("and", "a"):
            return None
    if total == 0 and words != ["zero"]:
        return None
    return Decimal(total) + (Decimal("0.5") if half else 0)


def _chinese(token: str) -> Decimal | None:
    whole, point, fraction = token.partition("点")
    if not point:
        whole, point, fraction = token.partition(".") if not token[:1].isdigit() else (token, "", "")
    value = _whole(whole)
    if value is None:
        return None
    if point:
        digits = "".join(str(_DIGITS[c]) if c in _DIGITS else c for c in fraction)
        if not digits.isdecimal():
            return None
        return value + Decimal(f"0.{digits}")
    return value


def _whole(token: str) -> Decimal | None:
    """A Chinese whole number, positional (一七二零) or with multipliers, mixed with digits (1万600) too."""
    if not token:
        return None
    if all(char in _DIGITS or char.isdigit() for char in token):
        digits = "".join(str(_DIGITS.get(char, char)) for char in token)
        return Decimal(digits) if digits.isdecimal() else None
    total = section = Decimal(0)
    pending: Decimal | None = None
    last_unit, zero = 1, False
    for part in re.findall(r"[0-9]+(?:\.[0-9]+)?|.", token):
        if part[0].isdigit() and part.isascii():
            pending, zero = Decimal(part), part.startswith("0") and len(part) > 1
        elif part in _DIGITS:
            if pending not in (None, Decimal(0)):
                return None
            pending, zero = Decimal(_DIGITS[part]), zero or _DIGITS[part] == 0
        elif part in _SMALL:
            section += (pending if pending else Decimal(1)) * _SMALL[part]
            pending, last_unit, zero = None, _SMALL[part], False
        elif part in _LARGE:
            section += pending or 0
            if not section and not total:
                return None
            if _LARGE[part] > 10**4 and total:
                total = (total + section) * _LARGE[part]
            else:
                total += section * _LARGE[part]
            section, pending, last_unit, zero = Decimal(0), None, _LARGE[part], False
        else:
            return None
    if pending:
        # 三百五 is 350 and 三万五 is 35000: the digit takes the next lower unit, unless a zero stands between.
        section += pending * (last_unit // 10 if last_unit > 10 and not zero and pending < 10 else 1)
    return total + section
