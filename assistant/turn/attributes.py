"""Whether a product's card tells what a question asks: the measure it asks for, or the very word it asks about."""

import re

from assistant.knowledge.records import ProductRecord
from assistant.text.cues import FILLER
from assistant.text.fold import fold
from assistant.text.naming import stem

_NUMBER = r"[\d一二三四五六七八九十两半]+(?:\.\d+)?"
_COUNTED = re.compile(r"(?:几|多少)\s*([个只颗粒枚片块张条根支朵包袋泡节叶克斤两升寸岁天])")
_FAMILIES = tuple(
    (re.compile(asked), re.compile(rf"{_NUMBER}\s*-?(?:{units})"))
    for asked, units in (
        (r"多[高长宽厚]|多大(?!的?(?:孩子|娃|人))|尺寸|\bhow (?:big|large|tall|high|thick|wide|deep)\b|\bwhat size\b",
         r"厘米|公分|毫米|米|寸|升|cm|mm|m\b|inch(?:es)?|ft\b|feet|lit(?:er|re)s?"),
        (r"多[重沉]|分量|\bhow heavy\b|\bweighs?\b|\bhow many (?:grams|pounds|ounces)\b",
         r"公斤|千克|[克斤两]|kg|g\b|grams?|oz|ounces?|lbs?|pounds?"),
        (r"多久|多长时间|几个?(?:小时|钟头|分钟)|\bhow long\b|\bduration\b|\brunning time\b",
         r"分钟|个?小时|天|个?月|年|min(?:ute)?s?|hours?|days?|weeks?|months?"),
        (r"几岁|多大的?(?:孩子|娃)|\d+岁|\b(?:age|ages|old|young|yo)\b|\btoo (?:small|little|young|big)\b",
         r"(?:到\d+)?(?:岁|周岁)|to \d+"),
    )
)  # fmt: skip
_COMMON = frozenset(
    [
        "可以",
        "一个",
        "一盒",
        "一份",
        "一袋",
        "什么",
        "多少",
        "怎么",
        "有没",
        "没有",
        "大概",
        "里面",
        "这个",
        "那个",
        "还有",
        "一斤",
        "一箱",
        "能不",
        "不能",
        "是不",
        "怎样",
        "一下",
        "一共",
        "有吗",
        "适合",
        "好吃",
    ]
) | frozenset(
    [
        "what",
        "when",
        "where",
        "which",
        "that",
        "this",
        "with",
        "have",
        "from",
        "much",
        "many",
        "does",
        "will",
        "they",
        "there",
        "your",
        "about",
        "come",
        "open",
        "kids",
        "class",
        "would",
        "could",
        "should",
        "than",
        "then",
        "some",
        "left",
        "still",
    ]
)


def card_tells(question: str, product: ProductRecord, spans: tuple[tuple[int, int], ...]) -> bool:
    """Return whether the product's description answers the folded question, as far as words and measures show.

    Args:
        question: the question, folded.
        product: the product it is about.
        spans: where the question names products; these words prove nothing.
    """
    card = fold(product.description)
    counted = _COUNTED.search(question)
    if counted and re.search(rf"{_NUMBER}(?:到{_NUMBER}|-\d+)?\s*{counted[1]}", card):
        return True
    if any(asked.search(question) and told.search(card) for asked, told in _FAMILIES):
        return True
    chars = list(question)
    for start, end in spans:
        chars[start:end] = " " * (end - start)
    rest = FILLER.sub(" ", "".join(chars))
    names = fold(" ".join((product.name, *product.aliases)))
    pairs = {rest[i : i + 2] for i in range(len(rest) - 1) if re.fullmatch("[\u3400-\u9fff]{2}", rest[i : i + 2])}
    told = {stem(word) for word in re.findall("[a-z]{4,}", card)}
    words = {stem(word) for word in re.findall("[a-z]{4,}", rest)} - {stem(word) for word in _COMMON}
    return any(pair in card and pair not in names for pair in pairs - _COMMON) or bool(words & told)
