"""How two texts are compared: what they are about, what they allow, what they deny, under which conditions."""

import re
import unicodedata

from assistant.text.naming import stem

SENTENCES = re.compile(r"[。！？!?；;\n]+|(?<=[a-z)])\.\s+|(?<=[a-z)])\.$")
CLAUSES = re.compile(r"[。！？!?；;，,\n]+|(?<=[a-z)])\.\s+")

HAN = re.compile("[\u3400-\u9fff]")
_WORD = re.compile(r"[a-z]{3,}")
_EMPTY_ZH = frozenset("的了是在有和与也都就还这那您你我们请可以吗呢吧啊哦把被给对从到为以及或如果但而则所以因为")
_EMPTY_EN = frozenset(
    # One word list reads better than a hundred lines.
    re.findall(
        "[a-z]+",
        "the and you your for are can will with that this have has not but from our its they them their would which"
        " also than more most only there here what when then just each per please yes both one two was were been any"
        " all may get how",
    )
)
_MAY_ZH = re.compile(
    "(暂?不可以?|不能|不会|不支持|不接受|不提供|不承担|不包|不用|不需要?|不得|无法|无需|暂不|没有?|可以?|能够?|会|支持|接受|提供|承担|包(?=[邮退换运赔修送安])|需要?)"
    "(?:再|还|先|直接|申请|办理|全额|继续|随时|您|个)?([\u3400-\u9fff])"
)
_MAY_EN = re.compile(
    r"\b(?:can|may|could|will|would|is|are|do|does|be)(n't| ?not)? (?:also |be |still |always |get |have |it |you |we )*([a-z]{3,})"
)
_DENIED_ZH = re.compile(
    "(?<![要是能好])(?:不(?:用|要|能|会|可以?|是|支持|接受|提供|需要?)?|没有?|无(?:法|需)?|未|别)(?:再|还|其他)?([\u3400-\u9fff])"
)
_DENIED_EN = re.compile(
    r"\b(?:not|never|no|without|cannot|can't|don't|doesn't|isn't|aren't|won't|didn't)\s+(?:be |been |yet |any )?([a-z]{3,})"
)
_CONDITION = re.compile(
    r"满|超过|低于|高于|未(?!来)|以[内外上下]|之?[前后](?!面)|如果|若|的话|[仅只限]"
    r"|\b(?:only|if|unless|over|under|above|below|within|before|after|unopened|minimum|at least|once|until)\b"
)


def folded(text: str) -> str:
    """Return a text in the width and case that all comparisons are made in."""
    return unicodedata.normalize("NFKC", text).lower()


def words(text: str) -> set[str]:
    """Return what a text is about: pairs of Chinese characters and stems of words, without the little ones."""
    plain = folded(text)
    runs = re.findall("[\u3400-\u9fff]+", plain)
    pairs = {run[at : at + 2] for run in runs for at in range(len(run) - 1)}
    content = {pair for pair in pairs if not (pair[0] in _EMPTY_ZH or pair[1] in _EMPTY_ZH)}
    return content | {stem(word) for word in _WORD.findall(plain) if word not in _EMPTY_EN}


def bare(text: str) -> set[str]:
    """Return a text's single characters and words, without what it allows or denies: what tells its conditions."""
    rest = _MAY_EN.sub(" ", _MAY_ZH.sub(" ", folded(text)))
    return set(HAN.findall(rest)) - _EMPTY_ZH | {stem(word) for word in _WORD.findall(rest) if word not in _EMPTY_EN}


def letters(text: str) -> set[str]:
    """Return a text's single characters and words, without the little ones."""
    plain = folded(text)
    return set(HAN.findall(plain)) - _EMPTY_ZH | {stem(word) for word in _WORD.findall(plain) if word not in _EMPTY_EN}


def share(some: set[str], known: set[str]) -> float:
    """Return how much of ``some`` is in ``known``; 1.0 for nothing."""
    return len(some & known) / len(some) if some else 1.0


def nearness(one: set[str], other: set[str]) -> float:
    """Return the share that two sets have in common; 1.0 for two empty ones."""
    return len(one & other) / len(one | other) if one | other else 1.0


def verdicts(clause: str) -> list[tuple[str, bool]]:
    """Return what a clause says may be done or not, by the deed's first character or its word's stem."""
    plain = folded(clause)
    found = [(deed, not word.startswith(("不", "无", "暂", "没"))) for word, deed in _MAY_ZH.findall(plain)]
    return found + [(stem(deed), not no) for no, deed in _MAY_EN.findall(plain)]


def denied(text: str) -> set[str]:
    """Return what a text says is not so, by its first character or its word's stem."""
    plain = folded(text)
    return set(_DENIED_ZH.findall(plain)) | {stem(word) for word in _DENIED_EN.findall(plain)}


def without_denials(text: str) -> str:
    """Return the folded text without what it says is not so: 不免费 claims nothing."""
    return _DENIED_EN.sub(" ", _DENIED_ZH.sub(" ", folded(text)))


def conditions(text: str) -> list[str]:
    """Return the words of a text that make what it says hold only sometimes."""
    return _CONDITION.findall(folded(text))


def sentences(text: str) -> list[str]:
    """Return a text's sentences without their marks."""
    return [part.strip() for part in SENTENCES.split(text) if part and part.strip()]


def clauses(text: str) -> list[str]:
    """Return a text's clauses without their marks."""
    return [part.strip() for part in CLAUSES.split(text) if part and part.strip()]
