"""A few words that turn a rule: assent, payment, a price, the cheapest. Patterns are for folded text, zh and en."""

import re

from assistant.retrieval.cues import is_question

_ASSENT = re.compile(
    r"^(好的?呀?|好啊|好吧|行吧?|行的|可以的?|要的?|嗯+|对的?|是的?|没问题|成吧?|那行|那好|就这样|就这么多|ok(ay)?|yes|yeah|yep|sure|fine|please do|"
    r"go ahead|sounds good|that works|deal)([,，。.!！~～ 吧呀啊哈了]*(谢谢|thanks|please|吧)?)*$"
)
_PAYMENT = re.compile(
    r"付|转(?:账|好|了|过|完|你|给)|打款|打过去|汇|定金|订金|尾款|收款|到账|截图|凭证|红包|钱|"
    r"\b(?:paid|pay|payment|sent|transferr?ed|venmo'?d?|zelled?|deposit|receipt|screenshot|proof|money)\b"
)
_PRICE = re.compile(
    r"(?:咋|怎)(?:么|个|么个)?卖|卖法|几个?钱|什么价|几多钱|\bwhat'?s the damage\b|\bset me back\b|\bhow much (?:r|are) we talking\b|"
    r"多少(?:钱|米|元|一|$|[呀啊呢?？])|几(?:块|元|个米|多钱)|什么价|啥价|多钱|咋卖|怎么卖|价格|价钱|单价|报价|贵不贵|什么价位|分别多少|各多少|"
    r"\bhow much\b|\bprices?\b|\bcosts?\b|\bpricing\b|\bwhat'?s it (?:run|cost)|\brun me\b|\brates?\b|\bcharge\b|\bfee\b"
)
_TOTAL = re.compile(
    r"一共|总共|合计|加起来|总价|算下来|多少钱|多少|\btotal\b|\bhow much\b|\baltogether\b|\bin all\b|\bcost\b|\bcome to\b"
)
_CHEAPEST = re.compile(
    r"最便宜|最低价的|最实惠|最划算|价格最低|\bcheapest\b|\blowest price|\bleast expensive\b|\bmost affordable\b"
)
_DEAREST = re.compile(r"最贵|价格最高|最高档|\bmost expensive\b|\bpriciest\b|\bdearest\b")
_STOCK = re.compile(
    r"还有(?:货|没|木有|吗|么|得|不|多少)|还(?:能|可以|可)(?:拍|买|订|下单|抢|要)(?:吗|么|不|没|嘛|得到)|(?:还|有)(?:得卖|的卖)|有货|现货|没货|卖完|卖光|售完|售罄|缺货|库存|剩(?:多少|几|下|余)|还剩|有没有货|补货|"
    r"\b(?:in stock|left|available|sold out|any more|still have|fully booked|slots?|spots?)\b"
)
_LIMIT = re.compile(
    r"限购|限[几多]|最多(?:能|可以|给|买|让|许|拿|订|抱|要|来|拍|几|多少)|一人(?:能|给|可以|限|几)|每人(?:能|限|几|最多)|上限|"
    r"\b(?:limit|max(?:imum)?|at most|(?:is there|any|there'?s) a? ?cap|per (?:person|member|household|customer))\b|\bhow many .{0,40}\b(?:allowed|each)\b"
)

_HOLDS = re.compile(
    r"我(?:们|家)?(?:那|的|这|订的|定的|报的|拍的|要的|买的)[^,，。!?？]{0,14}(?:还|有没有|没)[^,，。!?？]{0,3}(?:在|留|有|算|作数|保留|给我)|"
    r"(?:还|有没有)(?:给|帮)我留|"
    r"\b(?:do|have|did) (?:i|we) (?:still )?(?:have|got|get|keep) (?:my|our|a|the)\b|\b(?:is|are) (?:my|our) .{0,30}\bstill\b|"
    r"\bstill (?:have|got|holding|keeping|saving) (?:my|our|me|us)\b|\b(?:am|are) (?:i|we) still (?:in|on|down|booked)\b"
)
"""Asks whether what was ordered is still kept."""

_MINE = re.compile(r"我|俺|咱|\b(?:i|my|mine|me|we|our|i've|ive)\b")

_ENDING = re.compile(
    r"取消|撤|退|不要|不想要|不买|不订|作废|算了|别给我|删|\b(?:cancel|drop|remove|scrap|scratch|forget|never ?mind|nvm|off the list|out)\b|"
    r"\b(?:don'?t|dont|no longer) (?:want|need)\b"
)


_HEARSAY = re.compile(
    r"听说|有人说|网上(?:说|传)|群里(?:说|传)|传言|谣言|据说|真的假的|真假|是真的吗|是不是真|属实|"
    r"\b(?:i (?:heard|read|saw)|(?:people|someone|somebody|they) (?:say|said|claims?)|rumou?rs?|is it true|for real|really true)\b"
)
_STATEMENT = re.compile(r"\s*(?:【官方声明】|\[official statement\])", re.IGNORECASE)
"""How announcements label a statement (``announce.label_statement``); a curated answer may begin with it too."""


def asks_about_hearsay(folded: str) -> bool:
    """Return whether the message passes on what others say, or asks whether it is true."""
    return bool(_HEARSAY.search(folded))


def is_statement(answer: str) -> bool:
    """Return whether a curated answer is the seller's official statement."""
    return bool(_STATEMENT.match(answer))


def speaks_of_ending(folded: str) -> bool:
    """Return whether the message has a word of taking something back."""
    return bool(_ENDING.search(folded))


def asks_if_kept(folded: str) -> bool:
    """Return whether the message asks whether the writer's own order still stands."""
    return bool(_HOLDS.search(folded))


def is_about_mine(folded: str) -> bool:
    """Return whether the message speaks of the writer's own."""
    return bool(_MINE.search(folded))


def assents(folded: str) -> bool:
    """Return whether the message only agrees (好的, 行, "sure")."""
    return bool(_ASSENT.match(folded.strip()))


def is_about_payment(folded: str) -> bool:
    """Return whether the message has a word of paying."""
    return bool(_PAYMENT.search(folded))


def asks_price(folded: str) -> bool:
    """Return whether the message asks for a price."""
    return bool(_PRICE.search(folded))


def asks_total(folded: str) -> bool:
    """Return whether the message asks for a sum."""
    return bool(_TOTAL.search(folded))


def asks_cheapest(folded: str) -> bool:
    """Return whether the message asks for the cheapest product."""
    return bool(_CHEAPEST.search(folded))


def asks_dearest(folded: str) -> bool:
    """Return whether the message asks for the most expensive product."""
    return bool(_DEAREST.search(folded))


def asks_stock(folded: str) -> bool:
    """Return whether the message asks whether something can still be had."""
    return bool(_STOCK.search(folded))


def asks_limit(folded: str) -> bool:
    """Return whether the message asks how many one may have."""
    return bool(_LIMIT.search(folded))


_TOPICS = tuple(
    re.compile(pattern)
    for pattern in (
        r"有机|organic",
        r"检测|检验|质检|化验|农残|农药|重金属|激素|抗生素|甲醛|荧光|\b(?:lab[- ]?test\w*|pesticides?|hormones?|antibiotics?|heavy metals?|formaldehyde)\b",
        r"认证|证书|资质|执照|批文|持证|有证|\b(?:certif\w*|licen[cs]e\w*|qualified|qualifications?|registered|accredited)\b",
        r"孕|怀着?宝宝|哺乳|喂奶|月子|\b(?:pregnan\w*|prenatal|breast ?feed\w*|expecting|trimester)\b",
        r"糖尿|血糖|高血压|痛风|术后|手术|吃药|化疗|\b(?:diabet\w*|blood pressure|surgery|medication|epilep\w*)\b",
        r"坚果|花生|\b(?:nuts?|peanuts?|almonds?)\b",
        r"麸质|\b(?:gluten|wheat|coeliac|celiac)\b|小麦",
        r"清真|\b(?:halal|kosher)\b",
        r"转基因|\b(?:gmo|genetically)\b",
        r"纯素|素食|\b(?:vegan|vegetarian)\b",
        r"保险|保价|理赔|\binsur\w*\b",
        r"\b(?:heated|heating|air ?con\w*)\b|暖气|空调",
    )
)
"""What must not be answered with something near: health, safety and papers. Each is one topic in several words."""


def missed_topics(question: str, answer: str) -> bool:
    """Return whether the question is about health, safety or papers and the answer does not speak of that at all."""
    return any(topic.search(question) and not topic.search(answer) for topic in _TOPICS)


_ASKS_TOO = re.compile(r"\bam i\b|\bany(?:where|thing|body|way|one)\b|\bok(?:ay)? (?:if|to)\b|\bgotta\b|吧[?？]$")


# 呢 also says that something goes on ("在上班呢") or stresses a remark ("还早着呢"): nothing is asked then.
_GOING_ON = re.compile(
    r"(?:^|[,，。我他她们都也])(?:正?在|正(?!常|品|宗|好|山)|还|才|可|忙|刚|就)[^,，。?？]*(?<!哪)(?<!吗)呢[!！~～。.…]*$|着呢[!！~～。.…]*$|"
    r"(?:以为|怪不得|难怪|感觉|觉得|说是?)[^,，。]*呢[!！~～。.…]*$"
)


def goes_on(folded: str) -> bool:
    """Return whether a 呢 at the end only tells of something that is going on, or stresses a remark."""
    return bool(_GOING_ON.search(folded.strip()))


def asks_something(folded: str) -> bool:
    """Return whether the message asks, also in the ways that have no question word."""
    return (is_question(folded) and not goes_on(folded)) or bool(_ASKS_TOO.search(folded))


def calls_for(folded: str, seller: str) -> bool:
    """Return whether the message calls for the seller in person, by a part of their name (喊老陈来)."""
    parts = "|".join({re.escape(seller[i : i + 2].lower()) for i in range(len(seller) - 1)} or {r"$^"})
    verbs = r"叫|喊|请|让|换|麻烦|\b(?:get|call|ask|fetch)\b"
    return bool(
        re.search(
            rf"(?:{verbs})[^,，。]{{0,4}}(?:{parts})[^,，。]{{0,4}}(?:来|出来|过来|回|说|讲|处理|接|\bhere\b|\bto\b)",
            folded,
        )
    )
