"""The terms that every one-deal group has, and the words by which a text states them, in Chinese and English.

The vocabulary is that of the trade (closing, paying, refunding, delivery ...), not of any one group.
"""

import re
from dataclasses import dataclass

from assistant.checks.values import Kind


@dataclass(frozen=True)
class Topic:
    """One term of a deal: which values can state it, and by which words in the clause or in the question."""

    name: str
    kinds: tuple[Kind, ...]
    cue: re.Pattern[str]
    asked: re.Pattern[str]
    """Words of the question that give a clause without any cue its topic."""
    not_with: re.Pattern[str]


def _topic(name: str, kinds: tuple[Kind, ...], cue: str, *, asked: str = "", not_with: str = "") -> Topic:
    never = r"(?!)"
    return Topic(name, kinds, re.compile(cue), re.compile(asked or never), re.compile(not_with or never))


_OFFER = r"早鸟|特价|活动|优惠|折|秒杀|early.?bird|discount|offer|flash"
TOPICS = (
    _topic(
        "closing",
        ("date", "clock", "weekday"),
        r"截单|截止|截团|收单|结单|结团|封单|关单|停止(?:接单|下单|报名)|不再接单|最后(?:一天|期限)|最晚|最迟"
        r"|(?:book|order|sign|sale|registr|list|we)\w*(?:-| )?(?:up |ups )?.{0,14}\b(?:clos|end|stop|shut)\w*|deadline|cut-?off"
        r"|last (?:day|chance|orders?|call)|\b(?:order|book|sign up|register)\w* (?:by|before|until|no later)",
        asked=r"截单|截止|收单|截团|(?:几号|什么时候|啥时候|几点)(?:结束|停)|最晚|还能(?:买|订|报)"
        r"|(?:when|until|last|deadline).{0,30}(?:order|book|sign|buy|close|register)|deadline|cut-?off",
        not_with=_OFFER
        + r"|解散|退款|退货|付款|尾款|balance|refund|\b(?:group|chat|doors?|shop|store|studio)\b.{0,14}clos|clos\w*.{0,12}\b(?:group|chat|shop|store|studio)\b|deliver"
        r"|取消|cancel|reschedul|发货|自提|配送|pick.?up|改",
    ),
    _topic(
        "closing_count",
        ("count",),
        r"满.{0,4}[单人].{0,8}(?:截|收|停|关|不再)|[单人].{0,4}(?:截单|截团|收单|封单)"
        r"|(?:clos|stop|full|end)\w* (?:after|at|with|once)|(?:after|at) .{0,12}orders? .{0,12}(?:clos|stop)",
        not_with=_OFFER + r"|成团|起团|开团",
    ),
    _topic(
        "pay_window",
        ("duration",),
        r"付(?!费)|支付|转[账给到钱款]|打款|交定金|\bpa(?:y|ys|id|ying|yment)\b|unpaid|deposit",
        asked=r"(?:多久|多长时间|几个?小时|时间).{0,8}付|付款.{0,6}(?:时间|限制)|(?:how long|when|by when).{0,20}pay",
        not_with=r"退|尾款|余款|到账|发货|发票|refund|balance|remaining|rest of|account|insurance|invoice|deliver",
    ),
    _topic(
        "refund_arrival",
        ("duration",),
        r"到账|原路|退款.{0,6}(?:审核|处理|工作日)|(?:refund|money|it) .{0,12}(?:take|arriv|reach|back|process)\w*|back (?:on|in|to) your",
        asked=r"(?:退款|退的钱|钱).{0,6}(?:多久|几天|什么时候).{0,4}(?:到|收)|how (?:long|many days).{0,30}refund|when.{0,20}money back",
    ),
    _topic(
        "report_window",
        ("duration",),
        r"拍照|拍视频|联系|反馈|发群里|tell us|let us know|\breport|photo|picture",
        not_with=r"付|截图|screenshot|\bpay",
    ),
    _topic(
        "refund_window",
        ("duration",),
        r"退(?!回)|换货|可以换|无理由|\brefund|\breturn(?!s to)|money back|exchange",
        asked=r"^(?!.*(?:到账|多久|几天能)).*(?:退[货款换]|能退|可以退|换货|无理由)"
        r"|(?:can|how).{0,20}(?:return|refund|money back)|refund policy|return policy",
        not_with=r"到账|工作日|发货前|before|cancel|取消|破损|损坏|破了|坏了|漏发|arrived broken|damaged",
    ),
    _topic(
        "order_limit",
        ("money",),
        r"(?:单笔|一单|每单|整单|一笔|订单|一个订单).{0,10}(?:不超过|不能超|最[高多]|上限|封顶|至多|限额|以内)"
        r"|(?:不超过|最[高多]|上限|封顶|限额).{0,8}(?:一单|每单|单笔)|封顶"
        r"|(?:order|booking|basket).{0,30}(?:limit|maximum|max\b|at most|no more than|up to|exceed|cap)"
        r"|(?:limit|maximum|max\b|at most|no more than|up to|exceed|cap\w*).{0,24}\b(?:order|booking|basket)",
        asked=r"(?:订单|单笔|一单).{0,10}(?:最[高多]|上限|封顶)|(?:maximum|most|limit).{0,20}(?:order|spend|book)",
        not_with=r"包邮|运费|shipping|送[^货到]|free|满",
    ),
    _topic(
        "free_shipping",
        ("money",),
        r"包邮|免运费|免邮|免配送|免费(?:送货|配送|送到)|free (?:shipping|delivery|postage)|(?:shipping|delivery|postage) is free|ships? free",
        asked=r"包邮|free (?:shipping|delivery)",
        not_with=r"不满|不足|未满|偏远|新疆|西藏",
    ),
    _topic(
        "shipping_fee",
        ("money",),
        r"运费|邮费|快递费|配送费|送货费|跑腿费|(?:shipping|delivery|postage)(?! address)",
        asked=r"运费|邮费|快递费|配送费|送货.{0,4}钱|(?:shipping|delivery|postage).{0,12}(?:cost|fee|charge|much|price)|how much.{0,16}(?:shipping|delivery|postage)",
        not_with=r"加收|另加|再加|偏远|新疆|西藏|港澳台|extra|surcharge|remote|退|包邮(?!.*不)|free",
    ),
    _topic(
        "gift",
        ("money",),
        r"满.{0,10}(?:送|赠)|(?:over|above|spend|from|more than).{0,14}(?:get|gets|free|gift)|赠品",
        not_with=r"包邮|shipping|delivery|送货|送到|配送",
    ),
    _topic(
        "deposit",
        ("share",),
        r"定金|订金|预付|首付|deposit|up ?front|先付",
        asked=r"定金|订金|预付|deposit|up ?front",
        not_with=r"退|refund|折|off\b",
    ),
    _topic(
        "balance",
        ("share",),
        r"尾款|余款|剩下|剩余|balance|remaining|the rest",
        asked=r"尾款|余款|剩下|balance|remaining|the rest",
    ),
    _topic(
        "hours",
        ("hours",),
        r"客服|人工|回复|在线|值班|(?:staff|team|seller|somebody|someone|we|human).{0,24}(?:reply|replies|answer|online|available|reach|respond)"
        r"|office hours|working hours|opening hours",
        asked=r"客服|人工|老板.{0,8}(?:回复|在)|(?:office|working) hours|when.{0,16}(?:reply|answer|reach|available)",
        not_with=r"自提|取货|送货|配送|visit|pick.?up|deliver|collect",
    ),
    _topic(
        "member_limit",
        ("count",),
        r"群.{0,6}(?:上限|最多|满|限|只能)|(?:上限|最多|限).{0,4}人|(?:group|chat).{0,24}(?:limit|up to|at most|maximum|full|holds?)"
        r"|(?:limit|up to|at most|maximum).{0,16}(?:members|people).{0,16}(?:group|chat)?",
        not_with=r"单|成团|order|booking",
    ),
    _topic(
        "delivery_date",
        ("date", "weekday"),
        r"发货|寄出|发出|配送|送达|送货|送到|到货|出货|开始发|\bship|dispatch|deliver|sent out|go(?:es)? out|arriv",
        asked=r"发货|几号.{0,4}(?:发|到|送)|哪天.{0,4}(?:发|到|送|拿)|什么时候.{0,6}(?:发|到|送|拿)|when.{0,30}(?:ship|deliver|arriv|dispatch|come)|delivery date",
        not_with=r"截|退|付|before|自提|取货|pick.?up|collect|补|预订|预定|pre-?order|waitlist|后的",
    ),
    _topic(
        "dissolve",
        ("date",),
        r"解散|散群|关群|(?:group|chat).{0,20}(?:clos|delet|end|dissolv|stay)\w*",
        asked=r"解散|群.{0,8}(?:留|在|散|关)|(?:group|chat).{0,20}(?:clos|delet|end|open|stay)",
    ),
)
