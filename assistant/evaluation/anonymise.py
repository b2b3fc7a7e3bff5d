"""Takes personal data out of what members wrote, so that a talk can be kept as a case.

Nicknames become invented ones, the same everywhere in the case; phone numbers, addresses, mail addresses, chat ids,
long numbers and names that somebody gives as theirs become placeholders of the same kind. What the group's own files
say (the seller's address, a hotline) is no member's and stays.
"""

import re
from collections.abc import Iterable
from functools import partial

_NAMES = {
    "zh-CN": ("小林", "小周", "小何", "小沈", "小唐", "小许", "小邓", "小冯", "小曹", "小彭"),
    "en": ("Alex", "Robin", "Kim", "Terry", "Casey", "Jamie", "Lou", "Noel", "Remy", "Toni"),
}
_UNITS = r"(?:省|市|自治[州区县]|新区|区|县|镇|乡|街道)"
_STREETS = r"(?:路|街|巷|弄|大道|胡同|小区|花园|公寓|大厦|广场|新村)"
_HOUSE = r"[\dA-Za-z号栋幢楼层单元室座\-#]"
_SUFFIX = "Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Way|Place|Pl|Close|Crescent"

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), placeholder)
    for pattern, placeholder in (
        (r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", "member@example.com"),
        (r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)", "13712345678"),
        (r"(?<![\d-])0\d{2,3}[- ]\d{7,8}(?!\d)", "010-00000000"),
        (r"(?<![\w-])(?:\+\d{1,3}[ -]?)?\(?\d{3}\)?[ -]\d{3,4}[ -]\d{4}(?!\d)", "555-010-0000"),
        (r"(?<!\d)\d{17}[\dXx](?![\dXx])", "000000000000000000"),
        (r"wxid_\w+|(?i:(?<=微信)|(?<=微信号)|(?<=vx)|(?<=wx))[:： ]*[A-Za-z][\w-]{5,}", "wxid_000"),
        (
            rf"(?:[一-龥]{{2,6}}?{_UNITS}){{1,4}}[一-龥\dA-Za-z]{{0,12}}?{_STREETS}{_HOUSE}*\d{_HOUSE}*",
            "某市某路1号",
        ),
        (r"[一-龥]{1,5}(?:路|街|巷|弄|大道)\d+[\dA-Za-z号栋幢楼层单元室座弄\-#]*", "某路1号"),
        (r"\d+(?:栋|幢|号楼)(?:\d+单元)?\d*室?", "1栋1室"),
        (rf"\b\d{{1,5}} (?:[A-Z][\w']+ ){{1,3}}(?:{_SUFFIX})\b\.?(?:,? (?:Apt|Unit|Flat|#) ?\w+)?", "1 Example Street"),
        (r"(?<!\d)(?!13712345678)\d{9,}(?!\d)", "000000000"),
    )
)
_OWN_NAME = re.compile(
    r"((?:我叫|姓名|收件人|收货人|联系人|户名)(?:是|[:：])?\s*)[一-龥]{2,4}?(?=[\s,，。.;；、\d]|$)"
    r"|((?i:my name is|name:|recipient:)\s+)[A-Z][\w'-]+(?: [A-Z][\w'-]+)?"
)


class Anonymiser:
    """Replaces the members of one talk and what is personal in their lines."""

    def __init__(self, members: Iterable[str], *, language: str, seller: str, records: str) -> None:
        """``records`` is everything the group's own files say; ``seller`` the name its side writes under."""
        self._names = _NAMES[language]
        self._seller, self._records = seller, records
        self._language = language
        self._known: dict[str, str] = {}
        for member in members:
            self.member(member)

    def member(self, nickname: str) -> str:
        """Return the invented name that stands for a nickname."""
        if nickname == self._seller:
            return nickname
        if nickname not in self._known:
            number = len(self._known)
            again = number // len(self._names)
            self._known[nickname] = self._names[number % len(self._names)] + (
                "甲乙丙丁戊己庚辛"[again - 1] if again else ""
            )
        return self._known[nickname]

    def text(self, text: str) -> str:
        """Return the line without personal data."""
        for pattern, placeholder in _PATTERNS:
            text = pattern.sub(partial(self._unless_ours, placeholder), text)
        text = _OWN_NAME.sub(self._nobody, text)
        for nickname in sorted(self._known, key=len, reverse=True):
            # A nickname of one letter is a word of its own only where it is addressed.
            form = re.escape(nickname) if len(nickname) > 1 else rf"(?<=@){re.escape(nickname)}"
            bound = rf"(?<!\w){form}(?!\w)" if nickname.isascii() else form
            text = re.sub(bound, self._known[nickname], text)
        return text

    def _unless_ours(self, placeholder: str, found: re.Match[str]) -> str:
        return found[0] if found[0] in self._records else placeholder

    def _nobody(self, found: re.Match[str]) -> str:
        return f"{found[1]}某某" if found[1] else f"{found[2]}Alex Doe"
