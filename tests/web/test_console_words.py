"""The console's words: the same keys and variables in both languages, all errors known, all pages complete."""

import re
from importlib.resources import files

import pytest

from assistant.errors import BadFile, Conflict, NotFound, UsageError
from assistant.web.console.told import told
from assistant.web.console.views.evaluation import named
from assistant.web.console.words import LANGUAGES, MissingWord, Words, catalogue, variables

FILES = [file.name for file in files("assistant.web.console.words").iterdir() if file.name.count(".") == 2]
PAGES = sorted({name.split(".")[0] for name in FILES})


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_the_same_words_in_both_languages(page):
    chinese, english = (catalogue(page, language) for language in LANGUAGES)
    assert set(chinese) == set(english)
    for key in chinese:
        assert variables(chinese[key]) == variables(english[key]), key


@pytest.mark.parametrize("page", [page for page in PAGES if page != "shell"])
def test_a_page_has_a_title(page):
    assert all(catalogue(page, language)["title"] for language in LANGUAGES)


@pytest.mark.parametrize("page", PAGES)
def test_chinese_pages_speak_chinese(page):
    words = {key: re.sub(r"\{\w+\}", "", text) for key, text in catalogue(page, "zh-CN").items()}
    foreign = [key for key, text in words.items() if re.search("[A-Za-z]{4}", text) and not re.search("[一-龥]", text)]
    assert [key for key in foreign if key != "other_language"] == []


def test_a_missing_word_or_variable_is_an_error():
    w = Words("audit", "en")
    with pytest.raises(MissingWord):
        w("no.such.key")
    with pytest.raises(MissingWord):
        Words("shell", "en")("waiting")
    assert Words("shell", "en")("waiting", count=3) == "3 waiting"


class TestErrors:
    def test_in_english_they_are_told_as_they_are(self):
        assert told(Conflict("there is already a group 'tea'"), "en") == "there is already a group 'tea'"

    def test_in_chinese_they_are_looked_up_with_their_values(self):
        assert told(Conflict("there is already a group 'tea'"), "zh-CN") == "已经有群“tea”了，请换个名字。"

    @pytest.mark.parametrize("error", [NotFound("no such thing"), UsageError("odd"), Conflict("not now")])
    def test_one_that_nobody_knows_is_told_in_general(self, error):
        assert re.fullmatch(r"[^A-Za-z]+", told(error, "zh-CN"))

    def test_a_files_problems_stand_on_their_own_lines(self):
        error = BadFile("list.csv is empty", ["line 3: odd", "name is empty"])
        assert told(error, "zh-CN").split("\n") == ["“list.csv”是空的。", "line 3: odd", "请填商品名称。"]


def test_a_generated_suite_is_called_by_what_it_is() -> None:
    assert named(("prices", "smoke"), Words("evaluation", "zh-CN")) == "prices、按问答和商品自动出题"
    assert named(("prices", "smoke"), Words("evaluation", "en")) == "prices, Made from answers and products"
