"""Nothing leaves that the records do not say: the last check of every reply, whoever wrote it.

Every amount, quantity, percentage, date, time, phone number, link and SKU in a draft must be found in the evidence of
its turn, and every promise of action needs the staged effect that keeps it.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation

from assistant.agent.effects import (
    ClaimFiled,
    Effect,
    OrderChanged,
    OrderMoved,
    OrderPlaced,
    SourceNoted,
    StrikeGiven,
    TicketJoined,
    TicketOpened,
)

_LINK = re.compile(r"(?:https?://|www\.)[^\s，。、；）)】\"']+", re.IGNORECASE)
_CODE = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z]{1,6}-?\d{1,6}(?![A-Za-z0-9])")
_NUMBER = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_ZH_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "俩": 2, "〇": 0}
_ZH_AMOUNT = re.compile(r"([零〇一二两俩三四五六七八九十百千万]+)(?=元|块钱|折|%|天|小时|分钟|斤|盒|箱|件|份|套|袋)")

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

_NEGATED = re.compile(r"\b(?:nothing|not|never|n't|no)\b[^.;!?\n]*", re.IGNORECASE)
"""What is said not to have happened promises nothing."""

_KEPT_BY: dict[str, tuple[type[Effect], ...]] = {
    "logged": (OrderPlaced, OrderChanged, OrderMoved, SourceNoted, TicketOpened, TicketJoined, ClaimFiled),
    "told_seller": (TicketOpened, TicketJoined, ClaimFiled, StrikeGiven),
    "refunded": (),
    "paid": (),
}


def facts_in(text: str) -> set[str]:
    """Return the checkable facts of a text: numbers (as plain decimals), SKU-like codes and links."""
    plain = unicodedata.normalize("NFKC", text)
    links = {link.rstrip(".").lower() for link in _LINK.findall(plain)}
    rest = _LINK.sub(" ", plain)
    codes = {code.upper() for code in _CODE.findall(rest)}
    rest = _CODE.sub(" ", rest)
    numbers = {_plain_number(token) for token in _NUMBER.findall(rest)}
    spoken = {str(value) for value in map(_zh_value, _ZH_AMOUNT.findall(rest)) if value is not None}
    return links | codes | numbers | spoken


def ungrounded(draft: str, evidence: Iterable[str]) -> set[str]:
    """Return the facts of a draft that no piece of the evidence holds; empty when it may leave."""
    facts = facts_in(draft)
    if not facts:
        return set()
    known: set[str] = set()
    for text in evidence:
        known |= facts_in(text)
        # "2.50" in a record is "2.5" in a reply, and codes are also known without their case.
        known |= {token.upper() for token in text.split()}
    return facts - known


def broken_promises(draft: str, staged: Sequence[Effect], *, quoted: Iterable[str] = ()) -> set[str]:
    """Return the promises of action in a draft that no staged effect keeps.

    ``quoted`` are curated texts used verbatim: what the seller wrote there is the seller's own word.
    """
    own = draft
    for text in quoted:
        own = own.replace(text.strip(), " ") if text.strip() else own
    own = _NEGATED.sub(" ", own)
    return {
        name
        for name, pattern in _PROMISES.items()
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
