"""What a catalogue's products can be called: names, aliases and the parts of them that members use."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.text.fold import fold
from assistant.text.vocabulary import words

# Words that describe or package goods in any trade. A part made of them alone picks a product only as a
# qualifier ("无糖的", "standard one", "大号礼盒"), never by itself in running text.
_ZH_WEAK = frozenset(
    words(
        "礼盒 套装 礼包 大礼包 组合 装 盒装 袋装 罐装 散装 箱装 精装 简装 经典 原味 无糖 低糖 "
        "手工 新鲜 特级 一级 二级 三级 "
        "优质 精品 进口 国产 本地 大号 中号 小号 加大 大份 中份 小份 大果 中果 小果 大的 小的 标准 普通 基础 高级 豪华 "
        "升级 "
        "全套 单人 双人 家庭 成人 儿童 少儿 男款 女款 男士 女士 黑色 白色 红色 蓝色 绿色 灰色 粉色 黄色 米色 紫色 长袖 "
        "短袖 "
        "周一 周二 周三 周四 周五 周六 周日 上午 下午 晚上 早上 日场 夜场 上门 师傅 老师 教练 老板 服务 清洗 维修 更换 "
        "安装 保养 体验 体验课 课程 课 "
        "班 一次 单次 月卡 年卡 季卡 定制 代购 家用 商用 冷冻 冰鲜 即食 开袋 六一 五一 国庆 中秋 春节 端午 手机 电脑 "
        "家里 "
        "一对 一只 一盒 一箱 水果 海鲜 蔬菜 鲜花 衣服 裤子 饼干 零食 点心 茶叶 票 门票"
    )
)
_EN_WEAK = frozenset(
    words(
        "standard regular basic deep classic large small medium big mini extra new fresh hand "
        "made homemade "
        "premium deluxe "
        "full half single double red blue green black white grey gray pink yellow purple brown kids adult "
        "adults men mens "
        "women womens long short monday tuesday wednesday thursday friday saturday sunday morning afternoon "
        "evening "
        "weekend weekly beginner beginners advanced intermediate one-way round hot cold sweet dark milk plain "
        "original "
        "repair service swap replacement move tap wash washing home house hour visit job room box pack set bag "
        "class "
        "lesson course session ticket tickets kit unit private group mixed whole organic front back early late "
        "general "
        "express online light heavy soft hard air"
    )
)
_SIZES = {"small": "s", "medium": "m", "large": "l"}
# Words of a name that say nothing about the product.
_EN_EMPTY = frozenset(words("a an the of and or with for to in on at by per from end out up off your my de la"))
_BRACKETS = re.compile(r"[()\[\]【】《》<>{}\"']+")
_WORD = re.compile(r"[a-z0-9]+(?:\.[0-9]+)?|[\u3400-\u9fff]+")
_HAN = re.compile("[\u3400-\u9fff]")
_MIXED_RUN = re.compile(r"(?:[\u3400-\u9fff]|[a-z0-9.]+)+")
_MIXED_TOKEN = re.compile(r"[\u3400-\u9fff]|[a-z0-9.]+")
_UNIT_PART = re.compile(
    r"[一二三四五六七八九十两半\d]*(?:[斤盒箱袋包罐瓶份套条件个只支枝束块片张本节次间位台把]|"
    r"人|小时|公斤|克)装?"
)


def stem(word: str) -> str:
    """The shared form of an English word's singular, plural and -ing spellings; other text unchanged."""
    if word in _SIZES:
        return _SIZES[word]
    if not word.isascii() or len(word) < 4 or not word.isalpha():
        return word
    for ending, least in (("ings", 4), ("ing", 4), ("ies", 3)):
        if word.endswith(ending) and len(word) - len(ending) >= least:
            root = word[: -len(ending)]
            return root + "y" if ending == "ies" else root
    if word.endswith(("ches", "shes", "xes", "sses", "oes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    # "hoodies" went to "hoody" above, so "hoodie" goes there too.
    return word[:-2] + "y" if word.endswith("ie") and len(word) >= 5 else word


def words_of(text: str) -> tuple[str, ...]:
    """The stems of a phrase: English words one by one, Chinese runs whole."""
    return tuple(stem(word) for word in _WORD.findall(text))


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way to call products. ``weak`` phrases only qualify others; ``rank`` is 0 names, 1 aliases, 2 parts."""

    text: str
    skus: tuple[str, ...]
    rank: int
    weak: bool


def chinese_parts(phrase: str) -> set[str]:
    """Every stretch of at least two characters (a Latin word or number counts as one) that has a Chinese one."""
    parts: set[str] = set()
    for run in _MIXED_RUN.findall(phrase):
        tokens = _MIXED_TOKEN.findall(run)
        for start in range(len(tokens)):
            for end in range(start + 2, min(len(tokens), start + 10) + 1):
                part = "".join(tokens[start:end])
                if _HAN.search(part):
                    parts.add(part)
    return parts


def has_han(text: str) -> bool:
    """Whether the text has a Chinese character."""
    return _HAN.search(text) is not None


def english_parts(phrase: str) -> set[tuple[str, ...]]:
    """Every stretch of words of an English phrase that does not begin or end with an empty word."""
    stems = tuple(word for word in words_of(phrase) if not has_han(word))
    parts = set()
    for start in range(len(stems)):
        for end in range(start + 1, len(stems) + 1):
            part = stems[start:end]
            if part[0] not in _EN_EMPTY and part[-1] not in _EN_EMPTY:
                parts.add(part)
    return parts


def is_weak(part: str) -> bool:
    """Whether a Chinese part only packages, measures or qualifies."""
    if part in _ZH_WEAK or _UNIT_PART.fullmatch(part) or part.isdigit():
        return True
    return any(part == left + right for left in _ZH_WEAK if part.startswith(left) for right in (part[len(left) :],)
               if right in _ZH_WEAK)  # fmt: skip


def is_weak_words(part: tuple[str, ...]) -> bool:
    """Whether an English part is made of describing words only, or is a size or a number."""
    weak = _EN_WEAK | {stem(word) for word in _EN_WEAK}
    return all(word in weak or word in _EN_EMPTY or len(word) <= 2 or word[0].isdigit() for word in part)


def spellings(name: str, aliases: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Folded spellings of a name (with and without its brackets) and of its aliases."""
    folded = fold(name)
    bare = re.sub(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】", " ", folded)
    names = {_BRACKETS.sub(" ", folded).strip(), " ".join(bare.split()).strip()}
    names |= {name.replace("-", "") for name in names if "-" in name}
    known = {fold(alias) for alias in aliases}
    known |= {alias.replace("-", "") for alias in known if "-" in alias}
    return tuple(sorted(n for n in names if n)), tuple(sorted(a for a in known if a))


def gather(entries: Iterable[tuple[str, Iterable[str], Iterable[str]]]) -> dict[str, set[str]]:
    """The SKUs that each part belongs to; see :func:`owners` for how names and aliases weigh."""
    in_names: dict[str, set[str]] = defaultdict(set)
    in_aliases: dict[str, set[str]] = defaultdict(set)
    for sku, names, aliases in entries:
        for phrases, table in ((names, in_names), (aliases, in_aliases)):
            for phrase in phrases:
                for part in chinese_parts(phrase):
                    table[part].add(sku)
                for stems in english_parts(phrase):
                    table[" ".join(stems)].add(sku)
    return owners(in_names, in_aliases)


def owners(in_names: dict[str, set[str]], in_aliases: dict[str, set[str]]) -> dict[str, set[str]]:
    """Whom a part points to: the products that carry it in their names when these are several ("曲奇"),
    else everything that carries it anywhere, so that a part is never taken for one product too many or too few."""
    result: dict[str, set[str]] = {}
    for part in in_names.keys() | in_aliases.keys():
        names = in_names.get(part, set())
        result[part] = names if len(names) > 1 else names | in_aliases.get(part, set())
    return result
