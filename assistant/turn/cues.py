"""A few words that turn a rule: assent, payment, a price, the cheapest. Patterns are for folded text, zh and en."""

import re

_ASSENT = re.compile(
    r"^(好的?呀?|好啊|好吧|行吧?|行的|可以的?|要的?|嗯+|对的?|是的?|没问题|成吧?|那行|那好|就这样|就这么多|ok(ay)?|yes|yeah|yep|sure|fine|please do|"
    r"go ahead|sounds good|that works|deal)([,，。.!！~～ 吧呀啊哈了]*(谢谢|thanks|please|吧)?)*$"
)
_PAYMENT = re.compile(
    r"付|转(?:账|好|了|过|完|你|给)|打款|打过去|汇|定金|订金|尾款|收款|到账|截图|凭证|红包|钱|"
    r"\b(?:paid|pay|payment|sent|transferr?ed|venmo'?d?|zelled?|deposit|receipt|screenshot|proof|money)\b"
)
_PRICE = re.compile(
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
    r"还有(?:货|没|吗|么|得|不|多少)|有货|现货|没货|卖完|卖光|售完|售罄|缺货|库存|剩(?:多少|几|下|余)|还剩|有没有货|补货|"
    r"\b(?:in stock|left|available|sold out|any more|still have|fully booked|slots?|spots?)\b"
)
_LIMIT = re.compile(
    r"限购|最多(?:能|可以|给|买)|一人(?:能|给|可以|限)|每人|上限|\b(?:limit|max(?:imum)?|at most|per (?:person|member|household))\b"
)

_MINE = re.compile(r"我|俺|咱|\b(?:i|my|mine|me|we|our|i've|ive)\b")

_ENDING = re.compile(
    r"取消|撤|退|不要|不想要|不买|不订|作废|算了|别给我|删|\b(?:cancel|drop|remove|scrap|scratch|forget|never ?mind|nvm|off the list|out)\b|"
    r"\b(?:don'?t|dont|no longer) (?:want|need)\b"
)


def speaks_of_ending(folded: str) -> bool:
    """Return whether the message has a word of taking something back."""
    return bool(_ENDING.search(folded))


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
