"""To whom a message speaks: the assistant, the shop, the seller in person, another member, or nobody."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

Addressed = Literal["assistant", "shop", "seller", "other", "nobody"]

_MENTION = re.compile(r"@([^\s@,，:：。!！?？、]{1,30})")
_SHOP = re.compile(
    r"^(?:请问)?(?:老板娘?|掌柜|店家|店主|卖家|商家|客服|群主|团长|小二|管家|助手|机器人|亲|hey (?:shop|team|guys)|(?:hi|hey|hello),? (?:there|team|seller|shop)|dear seller)"
)
_KIN = re.compile(r"^([\u4e00-\u9fff]{1,3})(?:姐|哥|妈|爸|叔|姨|婶|嫂|爷|奶|总|妹|弟)[,，:：~～ ]")
_TO_OTHERS = re.compile(
    r"有人(?:知道|认识|推荐|去过|用过)|有没有人|谁(?:知道|认识|有|家|去|会|要|能|一起)|\b(?:anyone|anybody|does any(?:one|body)|who else|any of you)\b",
    re.I,
)
_ALL = frozenset({"所有人", "all", "everyone", "全体成员"})


@dataclass(frozen=True, slots=True)
class Addressing:
    """To whom the message speaks, and its text without the assistant's name."""

    to: Addressed
    text: str
    name: str = ""


def addressing_of(text: str, *, assistant: str, seller: str, members: Collection[str], mentioned: bool) -> Addressing:
    """Return to whom ``text`` speaks.

    Args:
        text: the message as written.
        assistant: the assistant's name in the group.
        seller: the seller's name.
        members: nicknames known in the group.
        mentioned: the channel said that the assistant was mentioned.
    """
    names = _MENTION.findall(text)
    own = [name for name in names if assistant and name.startswith(assistant)]
    if assistant and (own or f"@{assistant}" in text):
        return Addressing("assistant", text.replace(f"@{assistant}", " ").strip(" ,，:："))
    if mentioned:
        return Addressing("assistant", text)
    for name in names:
        if name.casefold() in _ALL:
            continue
        return Addressing("seller" if _is_seller(name, seller) else "other", text, name)
    return _by_vocative(text, assistant=assistant, seller=seller, members=members)


def asks_the_members(text: str) -> bool:
    """Return whether a message asks the other members (有人知道..., "anyone ...")."""
    return bool(_TO_OTHERS.search(text))


def _by_vocative(text: str, *, assistant: str, seller: str, members: Collection[str]) -> Addressing:
    start = text.lstrip()
    if assistant and start.lower().startswith(assistant.lower()):
        return Addressing("assistant", start[len(assistant) :].lstrip(" ,，:：~～"))
    if _SHOP.search(start.lower()):
        return Addressing("shop", text)
    lowered = start.lower()
    called = [name for name in members if len(name) >= 2 and lowered.startswith(name.lower())]
    for name in sorted(called, key=len, reverse=True):
        rest = start[len(name) :]
        if rest[:1] in ",，:：~～ " and not rest[:1].isalnum() and rest.strip():
            return Addressing("other", text, name)
    kin = _KIN.match(start)
    if kin and not _is_seller(kin.group(0).rstrip(",，:：~～ "), seller):
        return Addressing("other", text, kin.group(0).rstrip(",，:：~～ "))
    if seller and len(seller) >= 2 and start.startswith(seller[:2]) and start[2:3] in ",，:： ":
        return Addressing("shop", text)
    return Addressing("nobody", text)


def _is_seller(name: str, seller: str) -> bool:
    return bool(seller) and (
        name == seller or (len(name) >= 2 and (seller.startswith(name) or name.startswith(seller)))
    )
