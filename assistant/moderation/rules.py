"""What breaks a group's rules by its form: outside links and invitations to deal in private."""

import re
from typing import Literal

Breach = Literal["link", "private_deal"]

SAME_IN_A_MINUTE = 8
"""The same words so often within a minute are a flood; a question that is asked again in impatience is not."""

_INSULT = re.compile(
    # Words that are only ever thrown at somebody; anger about a parcel is a complaint and not this.
    r"[操草肏日干]\s*(?:你|尼|泥)\s*(?:妈|马|大爷|全家|娘)|(?:你|他|她)\s*(?:妈|马)\s*(?:死了|的逼)|傻\s*[逼屄bB比]\b|(?:大|你个|你这|你是|死)傻\s*[逼屄bB比]|煞笔|沙雕玩意"
    r"|(?:你|全家|赶紧|快)去死|死全家|滚(?:你妈|犊子|出去死)|狗娘养|王八蛋|婊子|贱\s*[货人逼]|脑残玩意|畜生(?:东西|不如)"
    r"|\bf+u+c+k+\s+(?:you|u|off)\b|\b(?:you|u)\s+(?:are\s+|r\s+)?(?:an?\s+|such an?\s+)?(?:fucking|asshole|bitch|moron|idiot|scum|piece of shit)\b|\bson of a bitch\b|\bgo (?:die|to hell)\b|\bkill yourself\b",
    re.IGNORECASE,
)

_LINK = re.compile(
    r"https?://\S|www\.\w|\b[\w-]+\.(?:com|cn|net|top|xyz|shop|vip|cc|ly|me|io)(?:/\S*)?\b", re.IGNORECASE
)
_CONTACT = re.compile(
    # 加V：abc, 加我微信 abc, 微信同号, 私聊我 ...: a handle, or an invitation out of the group
    r"加\s*(?:我|下|个)*\s*(?:的)?\s*(?:v信?|vx|wx|weixin|威信|薇信?|微信?|微信号|q|qq|扣扣?|企鹅)(?:[:：号]|\s*[a-z]\w{3,}|\s*\d{5,}|[私一]|$|[,，。!！])"
    r"|(?:加|＋|\+)\s*[a-z]{1,4}\d{3,}|微信?同号|v信同号|(?:微信|vx|wx|qq)\s*[:：]?\s*[a-z]\w{4,}"
    r"|扫码(?:进|加)|私下(?:拿货|交易|买|加)|(?:进|加)(?:我的?|这个)群"
    r"|\b(?:dm|pm|text|whatsapp|telegram|message|msg|inbox)\s+me\b.*(?:\b(?:cheap|deal|price|off|earn|job|work|sell)|\$|@\w|\btele|\bwhats)"
    r"|\bcomment\s+\w+\s+(?:or|and|to)\s+(?:dm|message|msg|inbox|get)"
    r"|\b(?:join|add)\s+(?:my|our|me on)\s+(?:group|channel|whatsapp|telegram|wechat)",
    re.IGNORECASE,
)
_OFFER = re.compile(
    r"兼职|日结|日赚|月入|招代理|代理|贷款|代还|提额|套现|刷单|高仿|复刻|代购|货源|一手|厂家直销|低至|包赚|博彩|彩票|开户|返利|佣金|加盟"
    r"|便宜一半|零门槛|免费领|\b(?:earn|make)\s+\$?\d+|\b(?:loan|casino|crypto|bitcoin|work from home|side hustle)\b",
    re.IGNORECASE,
)


def breach_of(text: str, *, allow_links: bool) -> Breach | None:
    """Return the rule that a member's message breaks by its form, or None."""
    if not allow_links and _LINK.search(text):
        return "link"
    if _CONTACT.search(text) and (
        _OFFER.search(text)
        or re.search(r"加|\b(?:dm|pm|join|add|message|msg|inbox|text|comment)\b", text, re.IGNORECASE)
    ):
        return "private_deal"
    return None


def insults(text: str) -> bool:
    """Return whether somebody is insulted in words that leave no doubt."""
    return bool(_INSULT.search(text))


def floods(recent: int, same: int, limit: int | None) -> bool:
    """Return whether a member floods the group.

    ``recent`` messages of theirs came within a minute, this one included, ``same`` of them with the same words;
    ``limit`` is the group's own bound on the former.
    """
    return same == SAME_IN_A_MINUTE or (limit is not None and recent == limit + 1)


def offers(text: str) -> bool:
    """Return whether the words are those of somebody else's offer (jobs, loans, agencies)."""
    return bool(_OFFER.search(text))
