"""Signs in a text that a reader sees before they understand it: links, contacts, prices, question marks.

They are patterns of the language, not of any one shop; each is a number for the intent model and the gate.
"""

import re

from assistant.text.fold import fold, skeleton

_PATTERNS: dict[str, re.Pattern[str]] = {
    "question_mark": re.compile(r"[?？]"),
    "question_word": re.compile(
        r"吗|嘛[?？]?$|呢[?？]?$|么[?？]?$|不[?？]?$|没[?？]?$|伐|多少|几[个天点号时斤盒件成块位泡年月岁种次]|哪|啥|什么|怎么|怎样|咋|谁|为何|为什么|何时|能不能|可不可以|"
        r"是不是|有没有|有木有|行不行|要不要|会不会|好不好|多久|多大|多重|多长|"
        r"\b(?:what|when|where|which|who|why|how|can|could|do|does|is|are|will|would|should|any)\b"
    ),
    "english": re.compile(r"^[^一-鿿]*[a-z]{2}[^一-鿿]*$"),
    "link": re.compile(r"https?://|www\.|\b[\w-]+\.(?:com|cn|net|top|xyz|shop|io|me)\b|\burl\b"),
    "contact": re.compile(
        r"加(?:我|个)?(?:v|vx|微|薇|q|扣)|v信|薇信|微信同号|私聊|私我|滴滴我|dm me|whatsapp|telegram|text me|message me|扫码|cellphone"
    ),
    "phone": re.compile(r"(?<!\d)1[3-9x]\d[\dx]{8}(?!\d)|(?<!\d)1\d{2}x+\d*|\bcellphone\b"),
    "money": re.compile(r"[¥￥$€]\s*\d|\d+(?:\.\d+)?\s*(?:元|块|rmb|刀|dollars?|bucks?)|多少钱|价"),
    "digit": re.compile(r"\d"),
    "list_number": re.compile(r"(?m)^\s*\d{1,3}\s*[.、)]\s*\S"),
    "mention": re.compile(r"@\S"),
    "we": re.compile(r"我们|咱|俺们|\b(?:we|us|our)\b"),
    "i": re.compile(r"我|俺|\b(?:i|me|my|mine|im|ill|ive)\b"),
    "you": re.compile(r"你|您|\b(?:you|your|u|ur|ya)\b"),
    "shop": re.compile(
        r"老板|店|掌柜|客服|群主|团长|商家|卖家|你们|师傅|老师|\byou guys\b|\bseller\b|\bshop\b|\bstore\b"
    ),
    "kin": re.compile(
        r"孩子|娃|老公|老婆|婆婆|丈母娘|我妈|我爸|闺女|儿子|女儿|宝宝|奶奶|爷爷|闺蜜|"
        r"\b(?:kids?|husband|wife|son|daughter|mom|dad|baby)\b"
    ),
    "title": re.compile(r"^@?[一-鿿]{1,3}(?:姐|哥|姨|叔|妈|嫂|婶)[,，:： ]|^(?:姐妹|各位|大家|邻居)"),
    "past": re.compile(
        r"上次|上回|去年|昨天|以前|之前|前几天|那会儿|\b(?:yesterday|last (?:week|year|time|night)|ago)\b"
    ),
    "laugh": re.compile(r"哈{2,}|嘻嘻|笑死|233|666|\blol\b|\bhaha|\blmao\b"),
    "exclaim": re.compile(r"[!！]"),
    "want": re.compile(
        r"我要|来[一二两三四五六七八九十\d]|给我|帮我|登记|报名|\+\s*\d|\b(?:i want|i'll take|ill take|put me|book|sign me up|order)\b"
    ),
    "please": re.compile(r"麻烦|请问|请|帮忙|\b(?:please|pls|plz)\b"),
    "bot": re.compile(
        r"机器人|指令|提示词|系统|管理员|模式|规则|设定|扮演|prompt|instructions?|system|ignore|forget|pretend|developer|admin"
    ),
    "offer": re.compile(
        r"兼职|代理|贷款|代开|代购|刷单|日结|日赚|月入|高仿|复刻|首付|办理|优惠活动|咨询|热线|招聘|免费领|退订|抵押|credit check|earn \$|\bloan"
    ),
    "abuse": re.compile(
        r"傻[逼b叉]|[操草艹日]你|他妈|tmd|nmd|滚[蛋开]?|垃圾|废物|贱|去死|sb\b|脑残|智障|狗东西|\bfuck|\bshit|\bidiot|\bstupid"
    ),
    "members": re.compile(
        r"有(?:没有)?(?:人|谁)|谁(?:知道|有|推荐|家|要|去|能)|大家(?:都|觉得)|你们(?:家|小区|单位|公司|班|那)|"
        r"你家(?:孩子|娃|老|猫|狗|闺女|儿子|装修|那)|[姐哥姨叔嫂]你|"
        r"\b(?:any(?:one|body)|who'?s|who (?:has|is|wants|knows|won)|y'?all|you all)\b"
    ),
    "deal": re.compile(
        r"下单|发货|到货|退[款货换]?|付款?|定金|尾款|包邮|运费|邮费|自提|上门|发票|优惠|限购|截[单止团]|接龙|报名|"
        r"预[约订售]|现货|库存|补货|"
        r"\b(?:order|ship|shipping|deliver\w*|refund|return|deposit|pay|pickup|pick up|book\w*|deadline|discount|"
        r"stock|cancel|sign up)\b"
    ),
}

NAMES = (*_PATTERNS, "length", "short", "long")


def cues(text: str) -> list[float]:
    """The values of ``NAMES`` for a text, each between 0 and 1."""
    folded = fold(text)
    length = len(skeleton(text))
    found = [float(bool(pattern.search(folded))) for pattern in _PATTERNS.values()]
    return [*found, min(length / 60, 1.0), float(length <= 4), float(length >= 40)]


def has_cue(text: str, name: str) -> bool:
    """Whether the text shows the sign ``name``."""
    return bool(_PATTERNS[name].search(fold(text)))


def is_question(text: str) -> bool:
    """Whether the text asks something, by its mark or its words."""
    return has_cue(text, "question_mark") or has_cue(text, "question_word")
