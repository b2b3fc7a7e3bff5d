"""Messages that lean on what was said before are completed; those that stand alone are left alone."""

import pytest

from assistant.knowledge.catalogue import Catalogue
from assistant.knowledge.records import ProductRecord
from assistant.turn.followup import complete, leans, points

TEA = Catalogue(
    [
        ProductRecord("A02", "雨前西湖龙井", ("龙井",), unit="斤"),
        ProductRecord("A03", "洞庭碧螺春", ("碧螺春",), unit="斤"),
    ]
)
CLEANING = Catalogue(
    [ProductRecord("H1", "Oven cleaning", ("oven",)), ProductRecord("H2", "Carpet care", ("carpets",))]
)


class TestLeaning:
    @pytest.mark.parametrize(
        "text", ["那碧螺春呢", "它多少钱", "还有呢？", "and carpets?", "what about the oven", "这款"]
    )
    def test_a_lead_a_tail_or_a_pronoun_points_back(self, text: str) -> None:
        assert points(text)
        assert leans(text)

    @pytest.mark.parametrize("text", ["多久到", "how long?"])
    def test_mere_shortness_leans_but_does_not_point(self, text: str) -> None:
        assert leans(text)
        assert not points(text)

    @pytest.mark.parametrize(
        "text", ["请问你们的茶叶发货一般走哪一家快递公司", "Could you tell me when the whole order will be delivered"]
    )
    def test_a_whole_question_stands_alone(self, text: str) -> None:
        assert not leans(text)


class TestCompleting:
    def test_the_other_product_takes_the_place_of_the_first(self) -> None:
        done = complete("那碧螺春呢", question="龙井多少钱一斤", products=("A02",), catalogue=TEA)
        assert done is not None
        assert (done.text, done.products) == ("碧螺春多少钱一斤", ())

    def test_in_english_too(self) -> None:
        done = complete("and carpets?", question="how long does the oven take", products=("H1",), catalogue=CLEANING)
        assert done is not None
        assert "carpets" in done.text and "how long" in done.text and "oven" not in done.text

    def test_a_pronoun_takes_the_product_over(self) -> None:
        done = complete("它耐泡吗", question="龙井多少钱一斤", products=("A02",), catalogue=TEA)
        assert done is not None
        assert (done.text, done.products) == ("雨前西湖龙井 它耐泡吗", ("A02",))

    def test_without_a_product_the_question_goes_before(self) -> None:
        done = complete("那新疆呢", question="发货后几天能到", products=(), catalogue=TEA)
        assert done is not None
        assert done.text == "发货后几天能到 新疆"

    def test_a_whole_question_is_left_alone(self) -> None:
        text = "请问你们的茶叶发货一般走哪一家快递公司"
        assert complete(text, question="龙井多少钱", products=("A02",), catalogue=TEA) is None

    def test_with_nothing_before_there_is_nothing_to_lean_on(self) -> None:
        assert complete("那碧螺春呢", question="", products=(), catalogue=TEA) is None

    def test_a_product_with_a_question_of_its_own_is_left_alone(self) -> None:
        text = "那碧螺春可以放冰箱里面保存多长时间"
        assert complete(text, question="龙井多少钱一斤", products=("A02",), catalogue=TEA) is None
