"""What the labels of payment screens are called, zh and en, folded; and what their headlines say."""

import re
from typing import Literal

Field = Literal["time", "reference", "merchant_reference", "payee", "method", "status", "paid", "other_money", "other"]

_LABELS: dict[Field, str] = {
    "time": (
        r"(?:转账|支付|付款|交易|创建|收款|到账|完成|账单)(?:成功)?时间|日期时间|"
        r"(?:transfer|payment|transaction|received|receipt|creation|created|create|paid|completion|sent)(?: time| date| on| at)|"
        r"created|date(?: and |/| & )?time|date|time"
    ),
    "merchant_reference": r"商户单号|商家订单号|商户订单号|商家单号|merchant (?:order|reference)(?: ?(?:no|number|id))?\.?",
    "reference": (
        r"(?:转账|交易|付款|支付|账单)?(?:流水|订单|单)号|交易号|凭证号|流水号|交易订单号|"
        r"(?:transaction|transfer|order|payment|reference|confirmation|trade)(?: ?(?:id|number|no|code|#))\.?|reference|id"
    ),
    "payee": r"收款方(?:全称)?|收款人|收款账户|收款商户|对方账户|对方|商户全称|商户|payee(?: account| name)?|recipient|counterparty|merchant|paid to|to",
    "method": r"支付方式|付款方式|付款账户|支付渠道|payment method|paid with|pay with|method|from",
    "status": r"当前状态|交易状态|支付状态|订单状态|(?:current |payment |transaction )?status",
    "paid": (
        r"付款金额|支付金额|转账金额|交易金额|实付金额|实付款?|实际支付|(?:payment |transfer |transaction )?amount|"
        r"amount paid|you paid|total paid"
    ),
    "other_money": (
        r"(?:零钱|账户|可用|剩余|卡)?余额|订单金额|商品金额|原价|优惠(?:立减|券|金额)?|(?:支付宝|微信)?红包|立减|已?优惠|折扣|手续费|服务费|"
        r"应付(?:金额|款)?|待付(?:金额|款)?|待支付|积分|奖励|"
        r"balance(?: left)?|order amount|subtotal|discount|red packet|saved|coupon|fee|service fee|amount due|reward"
    ),
    "other": (
        r"商品(?:说明|名称)?|转账(?:说明|备注)|收款方备注|付款方备注|备注|收单机构|清算机构|账单(?:管理|分类|服务)|标签|"
        r"下单时间|订单编号|note|item|product|transfer note|remarks?|category|ordered|order|description"
    ),
}
# The first that fits wins, so the longer names come first.
_ORDER: tuple[Field, ...] = (
    "merchant_reference", "other_money", "other", "paid", "status", "time", "reference", "payee", "method",
)  # fmt: skip
# Words that are too common to be labels without a colon or a value of their own kind.
_BARE = frozenset(
    {"id", "to", "from", "date", "time", "order", "reference", "amount", "对方", "商户", "created", "merchant"}
)
_PATTERNS = tuple(
    (field, re.compile(rf"(?P<label>{_LABELS[field]})(?:\s*:\s*|\s+|$|(?=[\d¥$+-]))(?P<value>.*)")) for field in _ORDER
)

_DONE = re.compile(
    r"(?:支付|付款|转账|交易|收款)(?:已)?(?:成功|完成)|.{0,14}已(?:收款|收钱|被接收)|已(?:支付|付款|转账|存入零钱|到账|收钱)|"
    r"待.{0,14}(?:确认收款|收款)|付款成功通知|"
    r"(?:payment|transfer|transaction)?\s*(?:is |was )?(?:successful(?:ly)?|completed?|sent|received)(?: by .{1,30})?|paid|"
    r"(?:pending receipt by|to be (?:received|confirmed)(?: by)?) ?.{0,30}|to be received|credited to balance|success"
)
_FAILED = re.compile(
    r"(?:支付|付款|转账|交易)(?:失败|关闭|取消)|已(?:关闭|取消|撤销)|(?:payment|transfer|transaction)? ?(?:failed|declined|cancell?ed|closed)"
)
_RETURNED = re.compile(
    r".{0,10}(?:已退还|已退款|已全额退款|退款成功)(?:[((].*)?|(?:fully )?(?:refunded|returned)(?: by .*)?|refund successful"
)
_UNPAID = re.compile(
    r"待支付|待付款|等待(?:付款|支付)|(?:立即|确认|去)(?:支付|付款).*|确认订单|提交订单|"
    r"(?:pay now|place order|confirm (?:order|payment)|awaiting payment|checkout)\b.*"
)
_TITLES = re.compile(
    r"账单详情|账单|转账详情|交易详情|(?:转账|付款|支付|电子|微信支付)凭证.*|bill details?|(?:transaction|transfer|payment) (?:details?|receipt.*|notification)"
)
_INCOMING = re.compile(
    r"(?:转账|二维码收款|收款).{0,3}来自.+|你已收款.*|收款到账.*|已存入零钱|transfer ?-? ?from .+|credited to balance|you received.*"
)
_WECHAT = re.compile(
    r"微信|零钱|朋友已收|已收钱|对方已收款|待.{0,14}收款|转账详情|转账单号|商户单号|商户全称|wechat|weixin|mini fund|"
    r"transfer details|(?:pending receipt|received|to be confirmed) by|to be received"
)
_ALIPAY = re.compile(
    r"支付宝|余额宝|花呗|商家订单号|对方账户|创建时间|账单(?:管理|分类)|网商银行|alipay|yu'?e ?bao|huabei|bill management"
)

State = Literal["done", "failed", "returned", "unpaid"]


def label_of(folded: str) -> tuple[Field, str, str] | None:
    """Return (field, label, rest of the text) where a line begins with a label; None where it does not."""
    for field, pattern in _PATTERNS:
        match = pattern.fullmatch(folded)
        if match is None:
            continue
        label, value = match["label"], match["value"]
        told = ":" in folded[len(label) : len(label) + 3] or (field == "reference" and value[:8].isdigit())
        if label in _BARE and value and not told:
            continue
        if value and not told and not _begins_value(field, value):
            continue
        return field, label, value
    return None


def _begins_value(field: Field, value: str) -> bool:
    """Return whether text after a label, without a colon, can be its value: a number for what is a number."""
    if field in ("time", "reference", "merchant_reference", "paid", "other_money"):
        return bool(re.match(r"[\d¥$+-]|t\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec", value))
    return True


def state_of(folded: str) -> State | None:
    """Return what a headline or a status says about the payment."""
    if _UNPAID.fullmatch(folded):
        return "unpaid"
    if _RETURNED.fullmatch(folded):
        return "returned"
    if _FAILED.fullmatch(folded):
        return "failed"
    return "done" if _DONE.fullmatch(folded) else None


def is_title(folded: str) -> bool:
    """Return whether a line is the title of a payment's page."""
    return _TITLES.fullmatch(folded) is not None


def tells_incoming(folded: str) -> bool:
    """Return whether a line says that the money came to whom the phone belongs."""
    return _INCOMING.fullmatch(folded) is not None


def app_of(folded: str, reference: str | None) -> Literal["wechat", "alipay", ""]:
    """Return which app the words of a screen point to; the number's form decides a draw."""
    wechat, alipay = len(set(_WECHAT.findall(folded))), len(set(_ALIPAY.findall(folded)))
    if reference and len(reference) >= 28 and reference.isdigit():
        wechat += 2 * reference.startswith(("1000", "4200", "5000", "5300"))
        alipay += 2 * reference.startswith("20")
    if wechat == alipay:
        return ""
    return "wechat" if wechat > alipay else "alipay"
