"""Words about a parcel that has come, and which orders are meant."""

import re
from collections.abc import Sequence
from typing import Literal

from assistant.orders.ledger import OrderView
from assistant.text.fold import skeleton

_GOODS = r"(?:快递|包裹|货物?|东西|宝贝|商品)"
_RECEIVED = re.compile(
    rf"(?:{_GOODS}|我的?)?(?:已经?|都|刚刚?|今天|昨天)*(?:收到|签收|拿到手?|取到|收货)(?:了|啦|咯|喽|{_GOODS}了?|完成)"
    rf"|{_GOODS}(?:已经?|都|刚刚?|今天|昨天)*(?:收到|签收|拿到|取到|到(?:了|啦|货了|家了))"
    r"|确认收货|^(?:都|全|全部)到(?:了|啦|货了|齐了)"
    r"|\b(?:it|they|everything|(?:the|my|our) (?:\w+ )?(?:parcel|package|order|box|delivery|stuff|goods))"
    r"(?:'s|'ve|s| has| have|'re| are| is)?(?: just| all| now)? (?:arrived|here|come|came)\b"
    r"|\b(?:received|got|have) (?:it|them|everything|(?:the|my|our) (?:\w+ )?(?:parcel|package|order|box|delivery|stuff|goods))\b"
    r"|\ball (?:arrived|received|here)\b|^arrived\b"
)
_ACKNOWLEDGED = re.compile(
    r"^(?:ok(?:ay)?|好的?|嗯+)?[,，\s]*(?:收到|got it|received)[\s,，!！.。~～]*(?:谢谢|感谢|多谢|thanks?|thank you)?[\s!！.。~～]*$"
)
_NOT = re.compile(
    r"没有?(?:人|能)?(?:收|签|拿|到|取)|还没|未(?:收|到)|收到(?:了)?(?:吗|没|么|不|嘛)|[吗么嘛没]\s*[?？]?$|[?？]"
    r"|什么时候|几号|哪天|多久|怎么|如果|要是|等我?.{0,4}(?:收到|到了)|(?:收到|到)(?:货|了)?(?:后|之后|以后|再|的话|就)"
    r"|\b(?:not|n't|never|haven|hasn|when|once|if|until|did|has it|have you|still waiting)\b|少了|缺|漏|[只才](?:收到|有|到)|\b(?:only|missing|short)\b|截图|付款|转账|钱|消息|通知|红包"
    r"|screenshot|payment|message|money"
)
_THANKS = re.compile(
    r"谢谢|感谢|多谢|辛苦|哈+|啊|呀|哦|了|老板|亲|很快|真快|\b(?:thanks?|thank you|cheers|great|all good|so fast|today|ok)\b"
)
_ALL = re.compile(r"全部?|都|所有|统统|一起|两[个单笔]|\b(?:all|everything|both|every)\b")
_NUMBER = re.compile(
    r"(\d{1,6})\s*号?\s*单|(?:订单|单号|单)\s*(?:号)?\s*[#:：]?\s*(\d{1,6})|\border\s*(?:no\.?|number|#)?\s*(\d{1,6})\b|#(\d{1,6})\b"
)


def says_received(folded: str) -> Literal["", "acknowledges", "plainly", "along"]:
    """Return whether the message says that something arrived: as no more than an acknowledgement, plainly, or along
    with something else."""
    if _ACKNOWLEDGED.match(folded.strip()):
        return "acknowledges"
    found = _RECEIVED.search(folded)
    if found is None or _NOT.search(folded):
        return ""
    rest = _NUMBER.sub("", _ALL.sub("", _THANKS.sub("", folded[: found.start()] + folded[found.end() :])))
    return "plainly" if len(skeleton(rest)) <= 2 else "along"


def means_all(folded: str) -> bool:
    """Return whether the message speaks of all of them (全部, 都, everything)."""
    return bool(_ALL.search(folded))


def named_orders(folded: str, orders: Sequence[OrderView]) -> list[OrderView]:
    """Return those of the member's orders that the message names by number."""
    numbers = {int(next(filter(None, groups))) for groups in _NUMBER.findall(folded)}
    return [order for order in orders if order.number in numbers]
