"""Reading lines that somebody copied out of a chat app: who said what, and when where it stands there.

Taken are the ways in which WeChat, WhatsApp, Telegram, QQ and DingTalk write what is copied, forwarded or exported::

    小李: 龙井多少钱                  阿梅 10:23                      [27/11/2026, 10:23:45] Ann: two boxes
                                    A01两斤                         27/11/2026, 10:23 - Ann: two boxes
    小李：                           ————— 2026-11-27 —————          Ann, [27.11.2026 10:23]
    龙井多少钱                       2026-11-27 10:23:45 小李(1234)   two boxes

What cannot be read as somebody's head line belongs to the message above it, so no line of a message is lost.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from assistant.text.moments import read_day, read_moment

LONGEST_NAME = 40

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200e\u200f\u202a\u202b\u202c\u2060\ufeff"), None)
_SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2005\u3000"), " ")

_NAME = rf"(?P<name>[^\n]{{1,{LONGEST_NAME}}}?)"
_BRACKETED = re.compile(rf"^\[(?P<when>[^\]]{{4,40}})\]\s*(?:{_NAME}:\s?(?P<text>.*)$)?")
_DASHED = re.compile(rf"^(?P<when>\d[\d./年月-]{{3,12}}[,，]?\s.{{3,20}}?)\s[-–]\s(?:{_NAME}:\s?(?P<text>.*))?")
_TELEGRAM = re.compile(rf"^{_NAME},\s\[(?P<when>[^\]]{{8,40}})\]:?\s*(?P<text>)$")
_BEFORE = re.compile(
    r"^(?P<when>\d{4}[-/年.].{6,24}?\d{1,2}:\d{2}(?::\d{2})?)\s+"
    rf"{_NAME}(?:\([\w.@-]+\)|<[^>]+>)?:?(?P<text>)$"
)
_CLOCK = r"(?:上午|下午|晚上|凌晨|中午|早上)?\s?\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AaPp]\.?[Mm]\.?)?"
_BEHIND = re.compile(
    rf"^{_NAME}[\s,，]+(?P<when>(?:(?:\d{{2,4}}[-/.年])?\d{{1,2}}[-/.月]\d{{1,4}}日?|昨天|今天|前天|yesterday|today|"
    rf"(?:星期|周)[一二三四五六日天])?[\s,]*{_CLOCK})(?P<text>)$",
    re.IGNORECASE,
)
_INLINE = re.compile(rf"^{_NAME}\s?[:：](?!//)\s?(?P<text>.*)$")

_STAMPED = (_BRACKETED, _DASHED, _TELEGRAM, _BEFORE, _BEHIND)

_NOT_A_NAME = re.compile(
    r"[，。！？；,!?;|「」【】\[\]{}<>=]|https?|^\W*\d{1,3}(?:\s*[.、)）]|\s)|^[\d\s:./-]+$|^[A-Za-z]{1,3}\d{1,4}$|^[-—_*#>•·=\s]+$"
)
_FIELD = re.compile(
    r"^(?:收?件?人?(?:姓名|名字|地址|电话|手机号?|联系方式)|收件人|收货人|收货地址|规格|数量|备注|价格|单价|时间|日期|地点"
    r"|合计|总计|共计|付款|运费|快递|单号|订单号?|品名|商品|口味|颜色|尺码|例|示例|格式|注意?|提示|ps|p\.s|name|address"
    r"|phone|tel|mobile|qty|quantity|item|total|sum|note|notes|price|size|colou?r|date|time|order|example|e\.g)$",
    re.IGNORECASE,
)
_DAYS = re.compile(r"^(?:今天|明天|后天|昨天|前天|今晚|明晚|明早|today|tomorrow|yesterday)$", re.IGNORECASE)
_SYSTEM = re.compile(
    r"^.{0,60}(?:撤回了一条消息|(?:加入|退出|移出)了?群聊|修改群名为.*|拍了拍.*|以[上下]是新消息|领取了.{0,20}红包)$"
)
_SYSTEM_EN = re.compile(
    r"(?:^| )(?:joined using|left$|was added|added you|changed the (?:subject|group)|created (?:this )?group"
    r"|deleted this message|end-to-end encrypted|pinned a message)",
    re.IGNORECASE,
)
_RULE = re.compile(r"^[\s—–\-_=*~·.]{3,}$")
_QUOTE = re.compile(r"^「(?P<quoted>[^」]*)」\s*\n[-—\s]{5,}\n(?P<text>.*)$", re.DOTALL)
_ATTACHMENT = re.compile(
    r"^(?:\[(?:图片|照片|视频|语音|文件|表情|动画表情|位置|链接|红包|转账|小程序|聊天记录)[^\]]*\]"
    r"|\[(?:photo|image|video|voice|sticker|file|location)[^\]]*\]"
    r"|<(?:media|image|video|audio|sticker|document) omitted>|(?:image|video|audio|sticker|document|GIF) omitted)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """One message of a chat. ``author`` is empty where the excerpt does not say who wrote it."""

    author: str
    text: str
    at: datetime | None = None
    quoted: str = ""
    """What it answers, where the app wrote that in front of it."""

    @property
    def attachment(self) -> bool:
        """Whether it stands for a picture, a voice message or the like, which a text cannot carry."""
        return bool(_ATTACHMENT.match(self.text))


@dataclass(frozen=True, slots=True)
class _Head:
    """A line that begins a message; ``name`` is empty for what the app itself says, which is passed over."""

    name: str
    when: str
    text: str


def read_transcript(
    text: str, *, now: datetime, names: Collection[str] = (), things: Collection[str] = ()
) -> tuple[Spoken, ...]:
    """Return the messages of an excerpt in their order.

    Args:
        text: what was pasted.
        now: the time in the group's zone; times without a day are of the last 24 hours.
        names: who is known to write in the group; these are names wherever they stand before a colon.
        things: what the group sells; such a word before a colon begins an order's line, not a message.
    """
    plain = text.translate(_INVISIBLE).translate(_SPACES).replace("\r\n", "\n").replace("\r", "\n")
    lines = [line.strip() for line in plain.split("\n")]
    day: date | None = None
    messages: list[Spoken] = []
    open_to_more = False
    for line, head in zip(
        lines, _heads(lines, now, frozenset(names), frozenset(map(str.casefold, things))), strict=True
    ):
        if head is not None:
            at = read_moment(head.when, day=day, now=now) if head.when else None
            open_to_more = bool(head.name)
            if open_to_more:
                messages.append(Spoken(head.name, head.text, at))
        elif (found := _day_line(line, now)) is not None:
            day, open_to_more = found, False
        elif _SYSTEM.match(line) or (not open_to_more and _SYSTEM_EN.search(line)):
            continue
        elif messages and open_to_more:
            messages[-1] = replace(messages[-1], text=f"{messages[-1].text}\n{line}")
        elif line and not _RULE.match(line):
            messages.append(Spoken("", line))
            open_to_more = True
    return tuple(_tidy(message) for message in messages if message.text.strip())


def _heads(lines: Sequence[str], now: datetime, names: frozenset[str], things: frozenset[str]) -> list[_Head | None]:
    """Return what each line is the head of. Where lines carry times, a colon alone makes no head."""
    stamped = [_stamped(line, names) for line in lines]
    for number in range(len(stamped) - 1, -1, -1):
        head = stamped[number]
        # "see you at 10:30" in the middle of a message is told from a head by nothing following it.
        if head is not None and head.name and not head.text and not _followed(lines, stamped, number):
            stamped[number] = None
    if any(head is not None and head.name for head in stamped):
        return stamped
    return [None if _day_line(line, now) else _inline(line, names, things) for line in lines]


def _followed(lines: Sequence[str], heads: Sequence[_Head | None], number: int) -> bool:
    behind = (at for at in range(number + 1, len(lines)) if lines[at])
    following = next(behind, None)
    return following is not None and heads[following] is None


def _stamped(line: str, names: frozenset[str]) -> _Head | None:
    for pattern in _STAMPED:
        found = pattern.match(line)
        if found is None or not _is_moment(found["when"]):
            continue
        name = (found["name"] or "").strip().lstrip("~").strip()
        if not name:
            return _Head("", found["when"], "")
        if name in names or not (_DAYS.match(name) or _RULE.match(name) or "," in name or "，" in name or "。" in name):
            return _Head(name, found["when"], found["text"] or "")
    return None


def _inline(line: str, names: frozenset[str], things: frozenset[str]) -> _Head | None:
    found = _INLINE.match(line)
    if found is None:
        return None
    name = found["name"].strip().lstrip("~").strip()
    if name in names:
        return _Head(name, "", found["text"])
    if not name or _NOT_A_NAME.search(name) or _FIELD.match(name) or _DAYS.match(name) or name.casefold() in things:
        return None
    return _Head(name, "", found["text"])


def _is_moment(text: str) -> bool:
    return re.search(r"\d{1,2}:\d{2}", text) is not None


def _day_line(line: str, now: datetime) -> date | None:
    """Return the day that a line between messages names, None for any other line."""
    bare = line.strip("—–-_=*~ ")
    return read_day(bare, now=now) if bare and len(bare) <= 40 else None


def _tidy(message: Spoken) -> Spoken:
    text = message.text.strip()
    quote = _QUOTE.match(text)
    if quote is not None and quote["text"].strip():
        return replace(message, text=quote["text"].strip(), quoted=quote["quoted"].strip())
    return replace(message, text=text)
