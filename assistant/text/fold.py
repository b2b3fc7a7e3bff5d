"""Folding: one spelling for the many ways a phone keyboard writes the same thing."""

import re
import unicodedata
from functools import lru_cache
from typing import Literal

# Signs that NFKC leaves alone but that members use for arithmetic or numbering.
_SIGNS = str.maketrans(
    {
        "✖": "×",
        "✕": "×",
        "╳": "×",
        "➕": "+",
        "➖": "-",
        "−": "-",
        "🔟": "10",
        "“": '"',
        "”": '"',
        "‘": "'",
        "’": "'",
        "\u2044": "/",
    }
)
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\u20e3]")
_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\u3030\u303d\U000e0000-\U000e007f\ufff0-\uffff]+"
)
# WeChat's own picture codes: [微笑], [捂脸], [ThumbsUp]; longer brackets are members' text.
_CODE = re.compile(r"\[(?:[\u4e00-\u9fff]{1,3}|ok|smile|grin|laugh|thumbsup|facepalm|rose|heart|emm|doge|yeah!?)\]")
_REPEAT = re.compile(r"([^\d\s])\1{2,}")
_LINE = re.compile(r"\s*\n\s*")
_BLANK = re.compile(r"[^\S\n]+")
_NOT_WORD = re.compile(r"[\W_]+")
# Nothing in such a text is removed, so a second pass would change nothing.
_PLAIN = re.compile("[ -Z\\\\\\]-~\u4e00-\u9fff，。！？：；（）、]*")
_HAN = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile("[a-z]+")

_ZH_REACTIONS = (
    "哈哈|嘻嘻|嘿嘿|呵呵|嗯嗯|嗯|恩恩|恩|哦哦|哦|噢|喔|啊啊|啊|呀|哇|哎|唉|好的呢|好的|好滴|好哒|好嘞|好呀|好吧|好|"
    "收到|知道了|明白了|明白|了解|可以|行|对的|对|是的|是|没事|没问题|不客气|赞|棒|牛|强|厉害|笑死|笑哭|绝了|真的|"
    "谢谢|多谢|感谢|辛苦了|辛苦|老板|大家|群主|呢|啦|哈|嘛|吧|了|666|66|6|顶|晚安|早安|早"
)
_EN_REACTIONS = (
    "haha(?:ha)*h?|lol|lmao|rofl|omg|wow|ok(?:ay)?|kk|k|yes|yep|yeah|yup|sure|cool|nice|great|awesome|"
    "perfect|got it|"
    "thanks|thank you|thx|ty|np|no problem|noted|will do|sounds good|same|true|right|so|much|all|haa+|"
    "he+he+|nice one"
)
_REACTION = re.compile(rf"(?:(?:{_ZH_REACTIONS})|(?<![a-z])(?:{_EN_REACTIONS})(?![a-z])|[\W_])*")


@lru_cache(maxsize=8192)
def _simplified(char: str) -> str:
    """The simplified form of one character; the conversion table is loaded at the first traditional one."""
    try:
        # Every simplified character in daily use is in GB 2312, so most messages never need the table.
        char.encode("gb2312")
    except UnicodeEncodeError:
        from zhconv import convert

        return str(convert(char, "zh-cn"))
    return char


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """``text`` in one spelling: half width, simplified, lower case, no emoji, runs of a character at most two.

    Blanks are collapsed to one space and line breaks to one ``\\n`` (a line is a unit of meaning in orders
    and 接龙 lists). Digits are never squeezed. ``fold(fold(x)) == fold(x)``.
    """
    folded = _fold_once(text)
    if folded.isascii() or _PLAIN.fullmatch(text):
        return folded
    # Removing a character may bring two others together that compose or repeat.
    for _ in range(3):
        again = _fold_once(folded)
        if again == folded:
            break
        folded = again
    return folded


def _fold_once(text: str) -> str:
    if not text.isascii():
        text = _INVISIBLE.sub("", text).translate(_SIGNS)
        text = _EMOJI.sub(" ", text)
        text = unicodedata.normalize("NFKC", text).translate(_SIGNS)
        text = "".join(_simplified(char) if "\u3400" <= char <= "\u9fff" else char for char in text)
    text = text.lower().replace("\r", "\n")
    text = _CODE.sub(" ", text)
    text = _BLANK.sub(" ", text)
    text = _LINE.sub("\n", text)
    return _REPEAT.sub(r"\1\1", text).strip()


@lru_cache(maxsize=4096)
def skeleton(text: str) -> str:
    """``fold(text)`` without punctuation and blanks: equal for messages that say the same words."""
    return _NOT_WORD.sub("", fold(text))


def is_reaction(text: str) -> bool:
    """Whether the message only reacts (emoji, laughter, "收到", "ok") and asks or orders nothing."""
    folded = fold(text)
    if "+" in folded and any(char.isdigit() for char in folded):
        return False
    if "?" in folded:
        return False
    return _REACTION.fullmatch(folded) is not None


def language_of(text: str) -> Literal["zh", "en"]:
    """The language of a message: Chinese as soon as Chinese characters carry a fair part of it."""
    folded = fold(text)
    han = len(_HAN.findall(folded))
    if not han:
        return "en" if _LATIN.search(folded) else "zh"
    # A Chinese character carries about as much as a short English word.
    words = sum(1 for word in _LATIN.findall(folded) if len(word) > 1)
    return "zh" if han >= words else "en"
