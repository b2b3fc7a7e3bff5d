"""Rules for members who come back: the usual, and whether they want to be remembered."""

import re

from assistant.turn.cues import assents
from assistant.turn.decision import Decision, LogOrder, OfferUsual, Remember
from assistant.turn.signals import Signals

_USUAL = re.compile(
    r"^(?:还是|就|来|给我|我要|要|照|麻烦|帮我|下单|订|按)*(?:老样子|老规矩|照旧|照老样子|跟上次一样|和上次一样|同上次|上次(?:那些|那样|一样)(?:的)?(?:再来一[份单]|来一[份单])?)(?:吧|来一[份单]|下单|就行|就好|哈|啊|呀|谢谢)*$"
    r"|^(?:i'?ll (?:have|take)|i(?:'d| would) like|can i (?:have|get)|give me|just|please|order)?\s*(?:the|my) usual(?: order)?(?:,? please| again)?$"
    r"|^(?:the )?same (?:as|like) (?:last time|always|usual|before)(?:,? please)?$",
    re.IGNORECASE,
)
_FORGET = re.compile(
    r"(?:别|不要|不想|请勿|停止)(?:让你们?)?(?:再)?记(?:住|录|着)?(?:我|我的(?:喜好|偏好|习惯|口味|购买记录|历史))|(?:删除|删掉|清除|忘掉|忘了)(?:掉)?我的(?:喜好|偏好|习惯|购买记录|历史|资料|个人信息|记录)"
    r"|\b(?:don'?t|do not|stop) (?:remember|track|profil)\w* (?:me|my)\b|\bforget (?:me|my (?:history|preferences|data|orders))\b|\b(?:delete|erase) my (?:history|preferences|data|profile)\b",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"(?:可以|请|帮我)(?:再)?记(?:住|着)我(?:的(?:喜好|偏好|习惯|口味))?|\b(?:you (?:can|may)|please) remember (?:me|my (?:preferences|usual))\b",
    re.IGNORECASE,
)


def usual(s: Signals) -> Decision | None:
    """ "The usual" is offered with its lines, and ordered when they say yes to it."""
    asked = s.memory.open if s.memory else None
    if asked is not None and asked.kind == "usual" and assents(s.folded) and not s.reading.lines:
        return LogOrder({line.skus[0]: line.quantity or 0 for line in asked.lines})
    if s.addressed == "other" or s.image is not None:
        return None
    return OfferUsual() if _USUAL.match(s.folded.strip(" .!。！~～")) else None


def remembering(s: Signals) -> Decision | None:
    """A member decides whether the seller remembers them."""
    if s.addressed == "other":
        return None
    if _FORGET.search(s.folded):
        return Remember(again=False)
    return Remember(again=True) if _AGAIN.search(s.folded) else None
