"""Words that tell what a member does: order, add, change, remove, cancel, ask, imagine, remember.

Every entry is general to any trade. Patterns are written for folded text, Chinese and English side by side.
"""

import re

from assistant.text.vocabulary import words


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


# --- asking for goods -------------------------------------------------------------------------------------------
REQUEST = _any(
    # 来, 要, 拿 ... but not 出来, 后来, 不要, 要是, 主要, 要不要, 需要多久
    r"(?<![出回起本后原从下过带进将近未醒再])来(?!着|了|过|的|自|不及|得及|回|往|看)",
    r"再来",
    r"(?<![不主重只需是快都还将没])要(?!是|么|不|多久|怎么|等|多长|求|交|付|另外|收|加钱)",
    r"还要(?!多久|等|交|付|加钱|收)|只要|都要|需要(?!多久|什么|怎么|交|付|等|多长)",
    r"给我|帮我|替我|麻烦|算我|记我|我也?拿|拿下|整(?=[一二三四五六七八九十两俩仨几\d点个\ue000])|搞(?=[一二两俩\d])",
    r"(?<!怎么)(?<!如何)(?:下单|预[订定]|订(?!单|的|了|过)|报名|预约|登记|"
    r"约(?=[一二三四五六七八九十两俩仨\d个下\ue000])|"
    r"拍(?=[一二三四五六七八九十两俩仨\d下\ue000])|"
    r"买(?=[一二三四五六七八九十两俩仨\d\ue000])|留(?=[一二三四五六七八九十两俩仨\d个\ue000])|"
    r"报(?=[一二三四五六七八九十两俩仨\d个\ue000]))",
    r"(?:想要|想订|想买|想拿|想报|囤|入手|安排|走起|冲一?|接龙|[\ue000]\s*\+\s*\d)",
    r"\b(?:i'?ll|we'?ll|i will|ill) (?:take|have|get|grab|go with|do|need|order|book)\b",
    r"\bi'?d (?:like|love|take)\b|\b(?:i|we) would like\b|\bwould like\b",
    r"\b(?:i|we) (?:want|need|wanna)\b|^(?:want|need|needs|get|gimme|order|book|reserve|grab|take|taking|"
    r"ordering)\b",
    r"\b(?:put|sign|mark|pencil|count|book|get|order|reserve|save|grab|hook) (?:me|us)\b|\bme (?:down|in|"
    r"up) for\b|\bi'?m in for\b",
    r"\bgive me\b|\bgimme\b|\blet me (?:get|have|grab)\b|\bplease (?:book|add|order|send|reserve|get)\b|"
    r"\bfor (?:me|us)\b|\bpls\b|\bplease\b",
    r"\b(?:can|could|may) (?:i|we|you|u) (?:please |pls |just |also |maybe )?(?:get|have|order|book|grab|"
    r"add|reserve|put|do (?:\d|one|two)|sign|save|hold|take)\b",
)
# A request put as a question: the member wants it done, not explained.
POLITE = _any(
    r"(?:能不能|可不可以|可以|能|方便)(?:先|再|也|帮|给|麻烦)*(?:给我|帮我|替我)",
    r"(?:能不能|可不可以|可以|能)(?:把|改[成为]|换成|再?加(?=[一二两俩三\d\ue000])|留(?=[一二两俩三\d\ue000])|"
    r"买到?(?=[一二两俩三\d]))",
    r"(?:能|可以)(?:再|先|也)?来(?=[一二三四五六七八九十两俩仨半\d个\ue000])",
    r"还?(?:赶得上|来得及|赶得及)|还能(?:下单|订|买|拍|报|加|要)",
    r"\b(?:can|could|may) (?:i|we|you|u) (?:please |pls |just |also |maybe |still )?(?:get|have|order|book|"
    r"grab|add|reserve|put|sign|save|hold|take|cancel|change|make|swap|remove|drop|switch|do (?:\d|one|"
    r"two))\b",
    r"\b(?:mind|possible to) (?:adding|putting|booking|get|add)\b|\btoo late (?:to|for)\b",
)
POLITE_TAG = re.compile(r"(?:行|可以|成|好)(?:吗|不|么|嘛)$")
"""A question tag that makes a request of a clause which says little else ("两箱橙子可以吗")."""
# --- what is done with an order that exists ------------------------------------------------------------------------
ADD = _any(
    r"再(?:给我|帮我|多|另外)?(?:加|来|要|添|整|拿|订|买|拍|报|追|补)|还要(?!多久|等|交|付)|多(?:加|要|来|拿|订|"
    r"买)(?=[一二三四五六七八九十两俩仨半\d个])",
    r"(?<![不要用参增附])加(?:多|上|个|一|两|俩|三|四|五|六|\d|份|\ue000|点)|追加|添(?:一|两|俩|三|\d|\ue000|个)|"
    r"另外(?:再|还)?(?:要|来|加)|"
    r"另加",
    r"\badd(?:ing)?\b|\banother\b|\b(?:one|two|three|\d+) more\b|\bplus\b|\bas well\b|\b(?:throw|chuck|pop|bung|toss) in\b|"
    r"\bon top\b|\btack on\b|\bextra\b",
)
CHANGE = _any(
    r"改[成为到一二三四五六七八九十两俩仨半\d]|改(?:下|一下)?数量|变成|调[成到为整]|(?:减|降|加|增)[到至成为]|换成",
    r"就(?:行|够|好|可以|成)了?|够了|只要|就要|只留|少要|少来|前面.*作废|之前.*作废",
    r"\bactually\b|\bmake (?:that|it|mine|this|the)\b|\bchange\b|\binstead\b|\bbump\b|\bupdate\b|\blower\b|"
    r"\breduce\b|\bonly\b(?=.*\bnot\b)|\bmeant\b|\bup it to\b|\bswitch\b",
)
REMOVE = _any(
    r"不(?:想|再|打算)?(?:要|买|订|定|拍|拿)了|不(?:想)?要(?=$|[,。.!~ 啦哈吧呀])|去掉|删(?:掉|了|除|一下)?|拿掉|"
    r"划掉|撤掉|减掉|(?:就|也)算了|移除|"
    r"扣掉|不用(?:了|给我|算)|"
    r"别(?:给我)?(?:要|留|记|算|加|上)了?|(?<!被)取消|(?<!被)撤(?:了|单|回|销)?|退掉",
    r"(?:减|少)(?:掉|去|要|来)?(?=[一二三四五六七八九十两俩仨\d个])(?![一二三四五六七八九十百两\d]+[元块毛])",
    r"\b(?:drop|remove|delete|scrap|ditch|bin|take off|take out|cut|lose|skip|scratch|without|minus|get rid of|leave out|"
    r"cancel)\b|\bno (?=\ue000)|\b(?:don'?t|dont|no longer|not) (?:want|need)\b|"
    r"\b(?:never ?mind|nvm|forget) (?:the|about)\b",
)
DECREASE = _any(
    r"(?:减|少)(?:掉|去|要|来)?(?=[一二三四五六七八九十两俩仨\d个])(?![一二三四五六七八九十百两\d]+[元块毛])|"
    r"\b(?:minus|less|fewer)\b|\btake off (?=\d|one|two)"
)
CANCEL = _any(
    r"(?<!被)取消|(?<!被)撤(?:了|单|回|销)|退了吧|退出|作废|不参加|不(?:报|约)了|名字(?:划|删)|(?:单|订单|那份|"
    r"这份|这单|我的)(?:关|删|撤|不要|退)|"
    r"全部不要|都不要了|算了(?:吧|不要)?$|"
    r"算了[,， ]*不(?:要|买|订)|别给我(?:记|留)|关了|误拍|拍错了.*(?:取消|不要)",
    r"\bcancel|\bnvm\b|\bnever ?mind\b|\b(?:take|count) me (?:off|out)\b|\b(?:remove|delete|scratch|scrap|ditch|axe|undo|drop|"
    r"void) (?:my|the|mine)?\s*(?:order|booking|mine|signup|spot)\b|\bback(?:ing)? out\b|\bi'?m out\b|"
    r"\bforget it\b",
)
WHOLE = _any(
    r"单(?!丛|枞|人|品|车)|订单|全部|全都|我的(?!\ue000)|我那份|这份|那份|\border\b|\bbooking\b|\bmine\b|"
    r"\beverything\b|\bit all\b|\bthe whole\b"
)
SWAP = _any(
    r"(?:换成|改成|换为|改为|换|改|替换成)",
    r"\b(?:with|for|to|into|instead of)\b",
)
SWAP_LEAD = _any(r"\b(?:swap|switch|sub|substitute|replace|exchange|trade|change|move|upgrade|downgrade|instead of)\b")
# A slip taken back inside the message.
CORRECTION = _any(
    r"不对|不是|哦不|啊不|噢不|呃不|写错|说错|打错|手滑|搞错|更正|改[成为到]?$|改[成为]|"
    r"还是(?=[一二三四五六七八九十两俩仨半\d\ue000来要])|算了",
    r"\bno wait\b|\bwait,? no\b|\bwait\b|\bi mean\b|\bi meant\b|\bmake that\b|\bactually\b|"
    r"\bscratch that\b|\bsorry,|\boops\b|\bcorrection\b|\bno,|\bnah\b|\brather\b",
)
# --- how it is meant -------------------------------------------------------------------------------------------------
HYPOTHETICAL = _any(
    r"要是|如果|假如|假设|万一|的话|先?问问|先问下|倘若|比如|打个比方",
    r"\bif (?:i|we|you|u|someone|my)\b|\bwhat if\b|\bsuppose\b|\bsay i\b|\bhypothetically\b|\bin case\b|"
    r"\bwould it\b|\bwere to\b|\bjust (?:asking|wondering|curious)\b",
)
PAST = _any(
    r"去年|前年|上次|上回|上个?月|上周|上个?(?:礼拜|星期)|昨[天晚]|前[天几]|前阵子|以前|之前|当年|那年|小时候|刚收到|收到的|买过|喝过|"
    r"吃过|用过|尝过|刚刚?(?:下单|订|拍|买|报|收|接龙)|"
    r"(?<!不)(?<!再)(?:买|喝|吃|用|送|收|囤|点|做|存|花|下单|订|拍|报|定|预约|收到)了(?!吧)|收到|喝完|吃完|用完|已经|"
    r"拿到|寄来|送来的|到货了",
    r"\bbought\b|\blast (?:week|month|year|time|night|summer|winter|spring|fall|monday|tuesday|wednesday|"
    r"thursday|friday|saturday|sunday)\b|\byesterday\b|\bused to\b|"
    r"\b(?:already|just) (?:have|had|got|booked|ordered|paid|signed|bought)\b|\bate\b|\b(?:got|had|ordered|"
    r"tried|did) .{0,40}\b(?:ago|before|last|yesterday|from)\b|\bshowed up\b|\barrived\b|\breceived\b|"
    r"\bgave\b|\btook\b|\bwent\b|\bwas\b|\bwere\b|\bago\b|\bfinished\b",
)
REFUND = _any(
    r"退(?:款|货|钱|换|一|两|\d|\ue000)|[能要想申]请?退(?!出)|换货",
    r"\brefund|\breturn(?:ing|ed)?\b|\bmoney back\b",
)
DAMAGE = _any(
    r"坏|烂|碎|漏了|破了|少发|发错|不新鲜|拉肚子|死了|瘪|假的|发霉",
    r"\bbroken?\b|\bdamaged\b|\bmissing\b|\brotten\b|\bstale\b|\bleak",
)
HABIT = _any(
    r"一天[一二三四五六七八九十两俩\d]|[爱喜][欢]?[喝吃用]|[一每]天.{0,2}[喝吃用]|每[天周月次年]|天天|平时|平常|"
    r"一直[在都]?[喝吃用买]|一(?:顿|口气|餐|次)[^,。]{0,3}[吃喝啃干用]|(?:能|可以|得)[吃喝啃](?:掉|完|下)?(?=[一二三四五六七八九十两俩半\d])",
    r"\b(?:i|he|she|we|they|kids?) (?:can|could) (?:easily )?(?:eat|drink|finish|demolish)\b",
    r"\b(?:every|each) (?:day|week|month|morning|year)\b|\busually\b|\balways\b|\ba (?:day|week)\b",
)
HESITANT = _any(
    r"考虑|再看看|看看再|先看看|再说|想想|犹豫|纠结|不急|商量|等等再|改天|下次|以后再|有空再|再定|观望|问问(?:他|"
    r"她|老公|老婆|家里|我妈)",
    r"\bmaybe\b|\bmight\b|\bnot sure\b|\bthink about\b|\bthinking (?:about|of)\b|\blater\b|"
    r"\bon the fence\b|\bconsidering\b|\bundecided\b|\bdecide\b|\blet me (?:think|check|ask)\b|\bperhaps\b",
)
NEGATED = _any(
    r"不(?:想|再|打算)?(?:要|买|订|定|拍|拿)了?(?![一二两\d])|不用了|先不|别给我|不需要|就不",
    r"\b(?:don'?t|dont|do not|no longer|not|won'?t|wont) (?:want|need|be needing|get|order|take)\b|"
    r"\bno need\b|\bi'?m good\b|\bnot interested\b|\bpass on\b|\bno thanks\b",
)
QUESTION = _any(
    r"\?|[吗么](?=$|[,。!~ ])|嘛$|[^\ue000要]不$|没有?$|多少|多(?:重|大|长|久|高|远|厚|宽|深|快|贵)|"
    r"(?<![好十])几(?=[个号天点斤盒袋位月时岁年片块克泡种款])|啥|什么|怎么|咋|哪|谁|为何|能不能|有没有|是不是|"
    r"可不可以|要不要|多久|多长|呢$|如何|[对是]吧$|没错吧",
    r"^(?:and |so |hey |hi |ok |also |but |um |btw )*(?:how|what|whats|what's|when|whens|where|wheres|"
    r"which|who|whos|why|do|does|did|is|are|can|could|will|would|should|any|has|have you|was)\b(?! like)|"
    r"\bhow (?:much|many|long|about)\b|\bdo (?:you|u|they)\b",
)
EXCEPT = re.compile(r"(?:除了?|除开|\bexcept(?: for)?|\bbesides|\bother than|\bapart from)\s*(?:the )?$")
# --- whose order -------------------------------------------------------------------------------------------------------
OTHER = re.compile(
    r"(?P<zh>[\u4e00-\u9fff]{1,4}?|[a-z]{2,12})(?:的那?|那个?|这)(?:单|订单|份|一单)"
    r"|(?:帮|替)(?P<pronoun>他|她|他们|她们)"
    r"|(?P<pronoun2>他|她|别人)(?:的)?(?:那)?(?:单|订单)"
    r"|\b(?P<en>[a-z]{2,14})'s (?:order|booking|box|line|stuff|one|spot)\b"
    r"|\b(?P<enp>his|her|their)\s+(?:order|booking)\b"
)
NOT_OTHER = frozenset(
    words(
        "我 咱 自己 我们 俺 刚才 刚刚 之前 上午 下午 昨天 今天 前面 刚 刚付 我刚 那 这 上面 "
        "本人 my mine what today let it that here there how where who"
    )
)
# --- words that carry nothing beside an order ----------------------------------------------------------------------------
FILLER = re.compile(
    r"给我来|给我|帮我|替我|麻烦|我们|我要|我来|我想|我也|我的|我那份|我家|那我|我|咱|俺|你|您|要|来|整|再|还|也|"
    r"就|都|先|订|定|买|拍|拿|下单|下|报名|报|约|预[订定约]|"
    r"登记|记一下|记|留|想|需要|加|多|点|上|"
    r"的|了|吧|哈|呀|啊|呢|嘛|哦|噢|喔|啦|呗|哟|嘞|么|吗|呃|额|嗯|诶|哎|欸|那个?|这个?|行|好的?|可以|谢谢|感谢|"
    r"辛苦|老板娘?|群主|团长|店家|亲|宝|姐|哥|请|一下|"
    r"数量|改[成为]?|换成?|成|算了|不对|不是|"
    r"只|够|吃|喝|用|一共|总共|合计|共|各自?|每样|每种|分别|和|跟|与|及|还有|以及|加上|另外|外加|或|份|其他|照旧|"
    r"不变|去掉|删掉?|不要|取消|撤|单|接龙|团购|现在|今天|对|"
    r"是|追|添|外|另|把|将|从|少|减掉?|安排|冲|款|种|"
    r"[一二三四五六七八九两]{2,3}[斤盒箱袋个只份瓶条件张]|\d+|(?:今|明|后|大后|当)[天晚早]|周[一二三四五六日天末]|"
    r"星期[一二三四五六日天]|上午|下午|晚上|中午|早上|点钟?|"
    r"月|号|日|栋|楼|单元|室|"
    r"\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|today|tomorrow|tonight|monday|tuesday|"
    r"wednesday|thursday|friday|saturday|sunday|mon|tue|tues|wed|thu|thurs|fri|sat|"
    r"morning|afternoon|evening|noon|am|pm|at|\d+(?:am|pm|st|nd|rd|th))\b|"
    r"\b(?:i'?d|i'?ll|i'?m|i|ill|we'?ll|we|me|us|my|mine|you|u|to|for|of|and|the|a|an|some|please|pls|plz|"
    r"plss|thanks?|thank|thx|ty|hi|hey|hello|oh|ok|okay|yes|yeah|yep|sure|so|well|um|just|only|also|too|"
    r"add|plus|"
    r"can|could|may|would|like|love|want|wanna|need|get|have|take|grab|book|order|reserve|put|sign|mark|"
    r"down|up|in|go|with|give|gimme|let|do|make|it|that|this|those|these|them|one|ones|each|actually|"
    r"instead|change|"
    r"more|another|then|now|guess|think|will|be|is|on|list|as|well|still|wait|no|sorry|mean|meant|rather|"
    r"should|fine|good|great|enough|order|booking|drop|remove|cancel|nvm|swap|pick|choose|number|qty|"
    r"quantity|both|all|same|extra|us|sign|switch|move)\b"
)
