"""Measure words of chat orders and how units of weight and count convert into the unit goods are sold by."""

from decimal import Decimal

from assistant.text.naming import stem
from assistant.text.vocabulary import words

ZH_STRONG = words(
    "公斤 千克 市斤 斤 盒子 盒 箱 袋 包 罐 瓶 桶 听 份 套 条 件 只 支 枝 束 朵 盆 棵 株 颗 粒 枚 片 张 本 册 双 对 "
    "副 顶 把 台 "
    "部 辆 根 卷 捆 扎 提 打 篮 筐 杯 碗 盘 碟 板 串 饼 匹 米 尺 头 尾 间 户 组 排 屉 笼 壶 坛 缸 刀 管 幅 座 架 "
    "匣 兜 坨 挂 "
    "个 名额 课时 两 盅 坨 kg"
)
"""Classifiers that measure goods: a number with one of them is a quantity wherever it stands."""

ZH_WEAK = words("人 位 名 天 晚 次 小时 钟头 节 场 期 回 趟 块 克 毫升 层 张票 月 周 年 单 g ml")
"""Words that count goods in some trades only: next to a product, or when the catalogue sells by them."""

EN_STRONG = words(
    "box pack packet package bag bottle jar can tin case carton crate set pair piece pc dozen dz lb pound "
    "kg kilo bunch "
    "bouquet stem tray roll unit visit job session class lesson seat ticket spot slot order serving "
    "portion tub tube "
    "bar cup loaf slice sheet copy basket bucket tray punnet pint quart gallon"
)
EN_WEAK = words("hour hr day night week month person people guest room window g gram oz ounce mile")

_ALIASES = {
    "公斤": "公斤", "千克": "公斤", "kg": "公斤", "kilo": "公斤", "市斤": "斤", "盒子": "盒", "钟头": "小时", "hr": "hour",
    "克": "克", "g": "克", "gram": "克", "lb": "pound", "pc": "piece", "dz": "dozen", "packet": "pack", "个小时": "小时",
}  # fmt: skip
_GRAMS = {"公斤": 1000, "斤": 500, "两": 50, "克": 1}
_DOZEN = ("打", "dozen")


def canonical(unit: str) -> str:
    """One spelling for a unit: singular in English, 公斤 for kg and 千克."""
    word = stem(unit)
    return _ALIASES.get(word, word)


def convert(value: Decimal, unit: str | None, sold_by: str) -> tuple[Decimal, str | None]:
    """``value`` in the unit goods are sold by, where weights or dozens convert; else unchanged.

    500 g make a 斤, 50 g a 两; a dozen is twelve of anything not sold by the dozen.
    """
    if unit is None:
        return value, unit
    target = canonical(sold_by)
    if unit in _GRAMS and target in _GRAMS and unit != target:
        return value * _GRAMS[unit] / _GRAMS[target], target
    if unit in _DOZEN and target and target not in _DOZEN:
        return value * 12, target
    return value, unit
