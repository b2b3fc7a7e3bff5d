"""Nothing leaves that the records do not say: the last check of every reply, whoever wrote it.

Every amount, quantity, percentage, date, time, phone number, link and SKU in a draft must be found in the evidence of
its turn, and every promise of action needs the staged effect that keeps it.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from assistant.agent.effects import (
    ClaimFiled,
    Effect,
    FeedbackGiven,
    OrderChanged,
    OrderMoved,
    OrderPlaced,
    OrderReceived,
    SourceNoted,
    StrikeGiven,
    TicketJoined,
    TicketOpened,
)
from assistant.text.numerals import EN_WORDS, parse_number

_LINK = re.compile(r"(?:https?://|www\.)[^\s，。、；）)】\"']+", re.IGNORECASE)
_CODE = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z]{1,6}-?\d{1,6}(?![A-Za-z0-9])")
_NUMBER = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_ZH_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "俩": 2, "〇": 0}
_ZH_AMOUNT = re.compile(
    r"([零〇一二两俩三四五六七八九十百千万]+)(?=元|块钱|块(?![状头儿])|折|%|天|小时|分钟|斤|盒|箱|件|份|套|袋)"
)
_EN_NUMBER = rf"(?:{'|'.join(EN_WORDS)}|hundred|thousand)"
_EN_AMOUNT = re.compile(
    rf"\b((?:a )?{_EN_NUMBER}(?:(?:[ -]| and ){_EN_NUMBER})*)(?= (?:dollars?|bucks|yuan|euros?|pounds|percent)\b)",
    re.IGNORECASE,
)

# A number stands for what its unit says: 5月 bears out neither 5元 nor 5折.
_UNITS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (unit, re.compile(rf"\s?(?:{words})", re.IGNORECASE))
    for unit, words in (
        (
            "money",
            r"元|块(?![状头儿])|圆(?!形)|rmb\b|cny\b|usd\b|eur\b|gbp\b|€|£|yuan\b|dollars?\b|bucks\b|/\s?(?=[^\d\s])",
        ),
        ("share", r"%|折|成(?![为了品功])|percent\b"),
        (
            "duration",
            r"天(?!猫)|个?小时|个?钟头|分钟|个月|周(?!岁)|个?星期|个?工作日|days?\b|hours?\b|hrs?\b|min(?:ute)?s?\b|weeks?\b|months?\b",
        ),
        ("month", r"月(?!饼|球)"),
        ("day", r"日(?!元)|号(?!单)"),
        ("year", r"年"),
        ("clock", r"点(?!\d)|时(?!间)|[ap]\.?m\b"),
    )
)
_BEFORE_MONEY = re.compile(r"(?:[¥￥$€£]|\b(?:rmb|cny|usd|eur|gbp))\s?$", re.IGNORECASE)
_RANGE = re.compile(r"\s?(?:[-~–—～]|到|至|to)\s?[$¥€£]?(\d+(?:\.\d+)?)", re.IGNORECASE)
_CLOCK = re.compile(r"(?<![\d:])(\d{1,2}):(\d{2})(?![\d:])")
_TIMELY = frozenset({"month", "day", "year", "clock", "minute"})
_WEIGHTY = frozenset({"money", "share"})

_PROMISES: dict[str, re.Pattern[str]] = {
    "logged": re.compile(
        r"已(?:经)?(?:为您|帮您|给您)?(?:登记|下单|记下|更新|修改|取消)(?!的)"
        r"|\b(?:noted|logged|booked|updated|cancelled|canceled)\b(?! by)",
        re.IGNORECASE,
    ),
    "told_seller": re.compile(
        r"已(?:经)?(?:为您|帮您)?(?:转给|转达|通知|告诉|反馈)"
        r"|\bI(?:'ve| have)? (?:passed|told|asked|notified|forwarded)\b",
        re.IGNORECASE,
    ),
    "refunded": re.compile(
        r"已(?:经)?(?:为您|帮您|给您)?退款|\b(?:have been|has been|was|is|I've) refunded\b", re.IGNORECASE
    ),
    "paid": re.compile(
        r"已(?:经)?(?:确认)?收[款到](?:您的款|款)?了?$|\bpayment (?:is )?(?:confirmed|received)\b", re.IGNORECASE
    ),
}

_OFFERS: dict[str, re.Pattern[str]] = {
    "logged": re.compile(
        r"(?:帮|为|给|替)[您你](?:先)?(?:登记|下单|下个单|记下|改|取消|预留|留着|留一|订|安排|加上)"
        r"|\bI(?:'ll| will| can| have|'ve|'m going to)(?: \w+)? (?:place|log|book|reserve|cancel|change|add|hold|save|order)",
        re.IGNORECASE,
    ),
    "told_seller": re.compile(
        r"(?:帮|为|给|替)[您你](?:先)?(?:问|转告|转达|联系|通知|反馈|申请)|我(?:们)?(?:会|来|去|马上|这就)(?:问|转告|转达|联系|通知|反馈|告诉)"
        r"|\bI(?:'ll| will| can)(?: \w+)? (?:ask|tell|contact|notify|check with|pass|forward|let the)",
        re.IGNORECASE,
    ),
    "refunded": re.compile(
        r"(?:帮|为|给|替)[您你](?:办理?)?退[款钱]|退款(?:已|成功)|\b(?:I(?:'ll| will)|we(?:'ll| will)) (?:issue|process|refund)",
        re.IGNORECASE,
    ),
    "paid": re.compile(
        r"已(?:经)?收到(?:了)?[您你]?的?(?:货?款|付款|转账|钱)|付款成功|(?:订单|您|你)已付款"
        r"|\b(?:received your payment|payment (?:went through|successful)|(?:is|been|are) (?:now )?paid)\b",
        re.IGNORECASE,
    ),
    "favour": re.compile(
        r"(?:给|帮|为)[您你](?:再)?(?:优惠|便宜|打折|打个折|免|抹|减|送)|破例|特批"
        r"|\bI(?:'ll| will| can) (?:give|offer|knock|waive)|\bjust for you\b",
        re.IGNORECASE,
    ),
}
"""What only a draft that we did not put together ourselves might offer; nobody but the tools can do it."""

_PIECES = re.compile(r"[。！？!?；;\n]+")

_NEGATED = re.compile(r"\b(?:nothing|not|never|n't|no)\b[^.;!?\n]*", re.IGNORECASE)
"""What is said not to have happened promises nothing."""

_KEPT_BY: dict[str, tuple[type[Effect], ...]] = {
    "logged": (
        OrderPlaced,
        OrderChanged,
        OrderMoved,
        OrderReceived,
        FeedbackGiven,
        SourceNoted,
        TicketOpened,
        TicketJoined,
        ClaimFiled,
    ),
    "told_seller": (TicketOpened, TicketJoined, ClaimFiled, StrikeGiven),
    "refunded": (),
    "paid": (),
    "favour": (),
}


class Fact(NamedTuple):
    """A number with what it counts; ``unit`` is empty where that does not matter or is not said."""

    value: str
    unit: str


def facts_in(text: str) -> set[str]:
    """Return the checkable facts of a text: numbers (as plain decimals), SKU-like codes and links."""
    words, measures = _taken_apart(text)
    return words | {fact.value for fact in measures}


def ungrounded(draft: str, evidence: Iterable[str], *, strict: bool = False) -> set[str]:
    """Return the facts of a draft that no piece of the evidence holds; empty when it may leave.

    A number must stand for the same thing: money for money, a date for a date. A number that the evidence gives
    without a unit (a value of a record) bears out any; with ``strict``, for drafts that we did not put together
    ourselves, it bears out no money and no share.
    """
    words, measures = _taken_apart(draft)
    if not words and not measures:
        return set()
    known_words: set[str] = set()
    known: set[Fact] = set()
    for text in evidence:
        more, facts = _taken_apart(text)
        known_words |= more | {fact.value for fact in facts}
        known |= facts
        # Codes are also known without their case.
        known_words |= {token.upper() for token in text.split()}
    return (words - known_words) | {fact.value for fact in measures if not _borne_out(fact, known, strict=strict)}


def _borne_out(fact: Fact, known: set[Fact], *, strict: bool) -> bool:
    if fact in known:
        return True
    if fact.unit:
        return Fact(fact.value, "") in known and not (strict and fact.unit in _WEIGHTY)
    return any(other.value == fact.value and other.unit not in _TIMELY for other in known)


def _taken_apart(text: str) -> tuple[set[str], set[Fact]]:
    """Return a text's links and codes, and its numbers with their units."""
    plain = unicodedata.normalize("NFKC", text)
    links = {link.rstrip(".").lower() for link in _LINK.findall(plain)}
    rest = _LINK.sub(" ", plain)
    codes = {code.upper() for code in _CODE.findall(rest)}
    rest = _CODE.sub(" ", rest)
    facts = set(_spelled_out(rest))
    for hour, minute in _CLOCK.findall(rest):
        facts |= {Fact(_plain_number(hour), "clock"), Fact(_plain_number(minute), "minute")}
    rest = _CLOCK.sub(" ", rest)
    for match in _NUMBER.finditer(rest):
        facts.add(Fact(_plain_number(match[0]), _unit_at(rest, match)))
    return links | codes, facts


def _unit_at(text: str, number: re.Match[str]) -> str:
    if _BEFORE_MONEY.search(text[max(0, number.start() - 5) : number.start()]):
        return "money"
    end = number.end()
    # The first number of a range counts what the last one counts: 3-5天.
    while span := _RANGE.match(text, end):
        end = span.end()
    return next((unit for unit, pattern in _UNITS if pattern.match(text, end)), "")


def _spelled_out(text: str) -> Iterable[Fact]:
    for match in _ZH_AMOUNT.finditer(text):
        value = _zh_value(match[1])
        if value is not None:
            yield Fact(str(value), next((unit for unit, p in _UNITS if p.match(text, match.end())), ""))
    for match in _EN_AMOUNT.finditer(text):
        spoken = parse_number(match[1])
        if spoken is None:
            continue
        share = text[match.end() :].lstrip().lower().startswith("percent")
        yield Fact(_plain_number(str(spoken)), "share" if share else "money")


def broken_promises(
    draft: str, staged: Sequence[Effect], *, quoted: Iterable[str] = (), strict: bool = False
) -> set[str]:
    """Return the promises of action in a draft that no staged effect keeps.

    ``quoted`` are curated texts used verbatim: what the seller wrote there is the seller's own word. ``strict`` looks
    for offers, too, and takes single sentences as quoted; it is for drafts that we did not put together ourselves.
    """
    own = draft
    for text in quoted:
        for piece in _PIECES.split(text) if strict else (text,):
            own = own.replace(piece.strip(), " ") if piece.strip() else own
    own = _NEGATED.sub(" ", own)
    looked_for = [*_PROMISES.items(), *(_OFFERS.items() if strict else ())]
    return {
        name
        for name, pattern in looked_for
        if pattern.search(own) and not any(isinstance(effect, _KEPT_BY[name]) for effect in staged)
    }


def _plain_number(token: str) -> str:
    try:
        value = Decimal(token.replace(",", ""))
    except InvalidOperation:
        return token
    return f"{value.normalize():f}"


def _zh_value(token: str) -> int | None:
    """Return a Chinese numeral below 100 million as a number (十二, 三百五 as 350, 两千)."""
    total = section = number = 0
    unit = 1
    for char in token:
        if char in _ZH_DIGITS:
            number = _ZH_DIGITS[char]
            # 三百五 is 350, but 三百零五 is 305.
            unit = unit if number else 1
        elif char in "十百千":
            unit = {"十": 10, "百": 100, "千": 1000}[char]
            section += (number or 1) * unit
            number = 0
        elif char == "万":
            total += (section + number) * 10_000
            section = number = 0
            unit = 10_000
        else:
            return None
    tail = number * (unit // 10) if unit > 10 and number else number
    return total + section + tail
