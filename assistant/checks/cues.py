"""The words by which the rules know what a text says; one pattern a line reads better than a wrapped one."""

import re

from assistant.text.numerals import EN_WORDS, ZH_NUMERAL

OTHER_BEFORE = re.compile(
    r"(?:原价|市场价|门市价|零售价|网店|官网|专柜|平时|别家|外面|淘宝|京东|超市|省|减|优惠|便宜|返|差价|贵|涨|补|加收|另加|再加|加|押金|定金|订金|"
    r"尾款|运费|邮费|配送费|手续费|送货|赔|价值|退|不超过|最[高多]|上限|封顶|限额|"
    r"\b(?:was|usually|normally|regular(?:ly)?|retail|rrp|elsewhere|shops?|save|saves|off|discount|extra|plus|another|additional|tip|fee|deposit|"
    r"balance|refund|shipping|delivery|postage|worth|up to|at most|no more than|limit|maximum))[^\d,，]{0,8}$"
)

PER_HEAD = re.compile(
    r"(?:每|一)(?:个?人|位|户|家|个?账号|id)|限购|人均|per (?:person|member|household|family|customer|buyer|head)|each (?:person|member|household|customer)|\beach\b|limited? to"
)

NUMBER = re.compile(
    rf"(?<![\d.a-z])(?P<n>\d{{1,4}}|[{ZH_NUMERAL}]+|{'|'.join(EN_WORDS)})(?![\d.:%]|月|[日号](?!码)|点|元|块|分)\s*(?P<unit>[a-z]+|[\u3400-\u9fff])?"
)

SOLD_OUT = re.compile(
    r"售完|售罄|卖完|卖光|抢光|没货|没有货|缺货|断货|无货|订完|约满|满员|sold out|out of stock|fully booked|none left|all gone|\(full\)|no more (?:slots|places|dates)"
)

KINDS = (
    ("id_number", re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dxX](?!\d)")),
    ("bank_card", re.compile(r"(?<!\d)[3-6]\d{3}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?!\d)")),
    (
        "phone",
        re.compile(
            r"(?<![\d-])(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)"
            r"|(?<!\d)0\d{2,3}[ -]\d{7,8}(?!\d)"
            r"|(?<![\d-])(?:\+?1[ .-]?)?(?:\(\d{3}\)\s?|\d{3}[ .-])\d{3}[ .-]\d{4}(?!\d)"
            r"|(?<!\d)0[127]\d{2,4}[ ]?\d{3}[ ]?\d{3,4}(?!\d)|\+\d{1,3}(?:[ -]?\d){8,12}(?!\d)"
        ),
    ),
    (
        "address",
        re.compile(r"[\w.+-]+@(?:gmail|googlemail|qq|163|126|sina|outlook|hotmail|live|yahoo|icloud|me|foxmail)\.[a-z.]{2,}", re.I),
    ),
    (
        "account",
        re.compile(r"(?:微信号?|(?<![a-z])(?:vx|wx|wechat|whatsapp|telegram|qq))\s*(?:id)?\s*[::是]\s*@?[a-z0-9][\w-]{4,}", re.I),
    ),
)  # fmt: skip

PLACEHOLDER = re.compile(
    r"\b(?:todo|tbd|tba|tbc|fixme|lorem ipsum|insert \w+ here|coming soon)\b|(?<![a-z])x{2,}(?![a-z])|[×＊*●○□]{2,}\s*(?:元|天|日|号|月|点|%|小时)"
    r"|_{3,}|\?{3,}|\.{6,}|待定|待补充?|待填|待更新|请填写|请补充|此处填|占位|暂无内容|稍后补|补充中|(?:价格|日期|时间|地址)(?:另填|空着)"
    r"|[\[(<{【](?:price|name|date|time|link|amount|address|number|insert[^\])>}]*|your [^\])>}]*|填[^\])>}】]*|日期|价格|地址|金额|时间)[\])>}】]"
    r"|\{\{?[^{}]*\}?\}|#(?:ref|value|name|n/a|div/0)[!?]?"
)

BROKEN = re.compile(
    r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>|</|<(?:br|p|a|b|div|span|img)\b|&(?:nbsp|amp|lt|gt|quot|#\d+);|!?\[[^\]\n]*\]\(\s*\)"
    r"|\[[^\]\n]+\]\([^)\n]*$|\\[nt](?![a-z])|�|锟斤拷|烫烫|â€|Ã[\x80-¿]|ï¼"
)

GOOD_LINK = re.compile(
    r"(?:https?://|(?=www\.))(?!localhost|127\.|0\.0|192\.168\.|10\.|(?:www\.)?example\.)(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#]\S*)?"
)

LIMITED_BEFORE = re.compile(
    r"[^\w,]*(?:每|一)?(?:个?人|位|户|家|单)?[^\w,]*(?:限购?|最多|只能|可|能|买|购|各)*\s*|[^,，\d]{0,8}(?:limited? to|max(?:imum)?|up to|at most)[^,\d]{0,4}"
)
NO_DEPOSIT = re.compile(
    r"(?:不用|无需|不需要?|不收|没有|免)[付交]?[定订]金|no deposit|deposit is not (?:needed|required)|without (?:a )?deposit"
)
