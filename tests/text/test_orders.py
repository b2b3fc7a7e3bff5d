"""Order readings: scenario tables over many trades, and properties that hold for any message."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.text.orders import Act, Mood, Quantity, read_order
from tests.text import scenario
from tests.text.catalogues import CATALOGUES, COOKIES, HOME, TEA

TABLES = ("order_scenarios.txt", "adversarial_scenarios.txt", "fresh_scenarios.txt", "late_scenarios.txt")


@pytest.mark.parametrize(("catalogue", "message", "expected"), [row for name in TABLES for row in scenario.load(name)])
def test_scenario(catalogue: str, message: str, expected: str) -> None:
    assert scenario.read(catalogue, message) == expected


@pytest.mark.xfail(strict=True, reason="known gap")
@pytest.mark.parametrize(("catalogue", "message", "expected"), scenario.load("known_gaps.txt"))
def test_known_gap(catalogue: str, message: str, expected: str) -> None:
    assert scenario.read(catalogue, message) == expected


class TestMood:
    @pytest.mark.parametrize(
        ("message", "mood"),
        [
            ("三斤毛峰的话总共多少？先问问", Mood.HYPOTHETICAL),
            ("要是我买五斤毛峰，给配手提袋不", Mood.HYPOTHETICAL),
            ("去年我在老家买了三斤毛峰，喝到现在还没喝完", Mood.PAST),
            ("茉莉花茶我就不要了，家里还有好几袋", Mood.NEGATED),
            ("龙井我再考虑考虑吧，先不急", Mood.STATEMENT),
            ("碧螺春多少钱", Mood.QUESTION),
            ("毛峰来两斤", Mood.REQUEST),
        ],
    )
    def test_tells_wishes_from_talk(self, message: str, mood: Mood) -> None:
        assert read_order(message, TEA).mood is mood

    def test_request_in_the_form_of_a_question(self) -> None:
        reading = read_order("can i get 10 windows washed", HOME)
        assert (reading.mood, reading.lines[0].quantity) == (Mood.REQUEST, 10)

    def test_request_with_a_question_about_it(self) -> None:
        reading = read_order("K01一盒还赶得上吗", COOKIES)
        assert (reading.mood, reading.question) == (Mood.REQUEST, "还赶得上吗")


class TestQuestion:
    def test_is_kept_apart_from_the_order(self) -> None:
        assert read_order("A05来2斤，几号发货呀", TEA).question == "几号发货呀"

    def test_is_empty_for_a_plain_order(self) -> None:
        assert read_order("A05来2斤", TEA).question == ""


class TestOtherPerson:
    @pytest.mark.parametrize("message", ["小李那单帮他取消了", "把小李的订单取消"])
    def test_is_named(self, message: str) -> None:
        assert read_order(message, TEA, members=("小李",)).other_person == "小李"

    def test_possessive(self) -> None:
        assert read_order("cancel tom's order", HOME).other_person == "tom"

    @pytest.mark.parametrize("message", ["我那单撤了吧", "把我的订单取消掉", "刚付完的那单改一下", "毛峰一份"])
    def test_is_not_the_speaker(self, message: str) -> None:
        assert read_order(message, TEA).other_person is None


class TestFollowUp:
    @pytest.mark.parametrize("message", ["雨前的", "A02那个", "要A02", "雨前的吧", "就雨前那个"])
    def test_choice_of_a_product(self, message: str) -> None:
        reading = read_order(message, TEA)
        assert reading.only_products
        assert reading.lines[0].skus == ("A02",)

    def test_choice_in_english(self) -> None:
        assert read_order("just the standard one", HOME).only_products

    @pytest.mark.parametrize(("message", "value"), [("三盒", 3), ("那就三斤吧", 3), ("2", 2), ("两个", 2), ("要俩", 2)])
    def test_quantity_alone(self, message: str, value: int) -> None:
        reading = read_order(message, TEA)
        assert reading.only_quantity
        assert reading.bare is not None and reading.bare.value == value

    @pytest.mark.parametrize("message", ["茉莉花茶多少钱", "雨前不要了", "哈哈", "毛峰两斤", "三盒多少钱"])
    def test_anything_else_is_no_choice(self, message: str) -> None:
        reading = read_order(message, TEA)
        assert not reading.only_products and not reading.only_quantity


class TestStrength:
    def test_orders_a_code_above_a_name_above_a_mention(self) -> None:
        strengths = [read_order(text, TEA).strength for text in ("来A02两斤", "A02两斤", "要B01", "毛峰", "哈哈哈")]
        assert strengths == sorted(strengths, reverse=True)
        assert strengths[1] >= 0.7 and strengths[3] <= 0.3 and strengths[4] == 0

    @pytest.mark.parametrize("message", ["去年买了三斤毛峰", "要是买三斤毛峰呢", "毛峰三斤多少钱"])
    def test_is_low_when_nothing_is_asked_for(self, message: str) -> None:
        assert read_order(message, TEA).strength < 0.3


CHAT = [
    "今天这雨下得也太大了", "八十五不错啦，我家那个七十多", "城西哪里修手机靠谱", "明天8点开会", "我家猫3岁了",
    "5楼的邻居太吵",
    "转你200", "孩子数学才考八十五", "今天走了两万步", "我老公出差一周", "两点半接孩子", "这个月第三次堵车了",
    "一个人在家好无聊",
    "13800138000", "已转396", "尾号7702",
    "lol dont remind me", "anyone watch the game last night", "my kid turned 7",
    "see you at 5", "it took me 2 hours to get home", "need coffee", "i ran 10 miles",
    "two of my kids are sick",
    "1",
]  # fmt: skip


@pytest.mark.parametrize("catalogue", ["tea", "fruit", "home", "grocery"])
@pytest.mark.parametrize("message", CHAT)
def test_chat_with_numbers_places_nothing(catalogue: str, message: str) -> None:
    reading = read_order(message, CATALOGUES[catalogue])
    assert reading.lines == () and reading.unknown == () and reading.act is not Act.CANCEL


ORDER_WORDS = (
    *("毛峰", "两斤", "A02", "2", "x3", "不要", "改成", "换成", "各", "龙井", "，", "。", "吗", "再来"),
    *("一", "半", "个", "¥198", "5月20日", "\n", "the", "of", "dozen", "10", "windows", "swap", "for", "?"),
)


class TestProperties:
    @given(st.text(max_size=60), st.sampled_from(sorted(CATALOGUES)))
    @settings(max_examples=150, deadline=None)
    def test_any_text_is_read(self, text: str, catalogue: str) -> None:
        self._check(text, catalogue)

    @given(
        st.lists(
            st.sampled_from(ORDER_WORDS),
            max_size=12,
        ),
        st.sampled_from(sorted(CATALOGUES)),
    )
    @settings(max_examples=200, deadline=None)
    def test_any_mixture_of_order_words_is_read(self, words: list[str], catalogue: str) -> None:
        self._check("".join(words), catalogue)
        self._check(" ".join(words), catalogue)

    def _check(self, text: str, catalogue: str) -> None:
        names = CATALOGUES[catalogue]
        reading = read_order(text, names)
        assert 0 <= reading.strength <= 1
        for line in reading.lines:
            assert line.quantity is None or line.quantity > 0
            assert line.skus and list(line.skus) == sorted(line.skus, key=names.order.__getitem__)
        assert reading == read_order(text, names)


NUMBERS = {1: ("1", "一", "１"), 2: ("2", "两", "２"), 3: ("3", "三"), 5: ("5", "五"), 12: ("12", "十二")}


@st.composite
def written_orders(draw: st.DrawFn) -> tuple[str, list[tuple[str, int]]]:
    """An order of some of the tea group's products in any notation, and what it says."""
    products = draw(st.lists(st.sampled_from(TEA.products), min_size=1, max_size=4, unique_by=lambda p: p.sku))
    after = draw(st.booleans())
    lines, meaning = [], []
    for product in products:
        value = draw(st.sampled_from(sorted(NUMBERS)))
        number = draw(st.sampled_from(NUMBERS[value]))
        called = draw(st.sampled_from((product.sku, product.sku.lower(), product.aliases[0])))
        amount = number + product.unit
        if after:
            link = draw(st.sampled_from(("", " ", "来", "要", "*", "x", "×", ": ")))
            digits = number if number.isascii() else str(value)
            lines.append(called + link + (digits + product.unit if link in "*x×" and link else amount))
        else:
            lines.append(amount + draw(st.sampled_from(("", " ", "的"))) + called)
        meaning.append((product.sku, value))
    separator = draw(st.sampled_from(("，", "、", "\n", " ", "；", ",", " + ", "，再来")))
    return draw(st.sampled_from(("", "我要", "给我来"))) + separator.join(lines), meaning


@given(written_orders())
@settings(max_examples=300, deadline=None)
def test_a_written_order_is_read_back(order: tuple[str, list[tuple[str, int]]]) -> None:
    text, meaning = order
    reading = read_order(text, TEA)
    assert [(line.skus, line.quantity) for line in reading.lines] == [
        ((sku,), Decimal(value)) for sku, value in meaning
    ]
    assert reading.mood is Mood.REQUEST


def test_bare_quantity_keeps_its_unit() -> None:
    assert read_order("改成3斤吧", TEA).bare == Quantity(Decimal(3), "斤")
