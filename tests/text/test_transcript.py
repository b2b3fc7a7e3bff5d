"""Lines copied out of chat apps are read with who said them; nothing of a message is lost."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.text.moments import read_day, read_moment
from assistant.text.transcript import Spoken, read_transcript

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 27, 12, 0, tzinfo=ZONE)


def at(hour: int, minute: int, second: int = 0, *, day: int = 27) -> datetime:
    return datetime(2026, 11, day, hour, minute, second, tzinfo=ZONE)


def read(text: str, **more) -> list[tuple[str, str, datetime | None]]:
    return [(one.author, one.text, one.at) for one in read_transcript(text, now=NOW, **more)]


class TestFormats:
    @pytest.mark.parametrize(
        "text",
        [
            "小李: 龙井多少钱\n阿梅：A01两斤\n再来一盒B02",
            "小李:\n龙井多少钱\n\n阿梅:\nA01两斤\n再来一盒B02",
            "小李：龙井多少钱\r\n阿梅：A01两斤\r\n再来一盒B02\r\n",
        ],
    )
    def test_names_before_a_colon(self, text: str) -> None:
        assert read(text) == [("小李", "龙井多少钱", None), ("阿梅", "A01两斤\n再来一盒B02", None)]

    @pytest.mark.parametrize(
        "text",
        [
            "小李 10:23\n龙井多少钱\n阿梅 10:24\nA01两斤\n再来一盒B02",
            "小李  10:23\n\n龙井多少钱\n\n\n阿梅  10:24\n\nA01两斤\n再来一盒B02\n",
            "小李 2026-11-27 10:23\n龙井多少钱\n阿梅 2026/11/27 上午10:24\nA01两斤\n再来一盒B02",
            "2026-11-27 10:23:00 小李(10001)\n龙井多少钱\n\n2026-11-27 10:24:00 阿梅<mei@a.com>\nA01两斤\n再来一盒B02",
            "[27/11/2026, 10:23:00] 小李: 龙井多少钱\n[27/11/2026, 10:24:00] 阿梅: A01两斤\n再来一盒B02",
            "\u200e[2026/11/27 上午10:23:00] 小李: 龙井多少钱\n[2026/11/27 上午10:24:00] ~ 阿梅: A01两斤\n再来一盒B02",
            "27/11/2026, 10:23 - 小李: 龙井多少钱\n27/11/2026, 10:24 - 阿梅: A01两斤\n再来一盒B02",
            "11/27/26, 10:23 AM - 小李: 龙井多少钱\n11/27/26, 10:24\u202fAM - 阿梅: A01两斤\n再来一盒B02",
            "小李, [27.11.2026 10:23]\n龙井多少钱\n\n阿梅, [27.11.2026 10:24]\nA01两斤\n再来一盒B02",
            "小李, [27 Nov 2026 at 10:23:00]:\n龙井多少钱\n\n阿梅, [27 Nov 2026 at 10:24:00]:\nA01两斤\n再来一盒B02",
        ],
    )
    def test_names_with_times(self, text: str) -> None:
        assert read(text) == [("小李", "龙井多少钱", at(10, 23)), ("阿梅", "A01两斤\n再来一盒B02", at(10, 24))]

    def test_a_line_with_the_day_dates_what_follows(self) -> None:
        text = "—————  2026-11-25  —————\n\n小李  22:23\n\n在吗\n\n—————  2026-11-26  —————\n\n小李  9:00\n\n有人吗"
        assert read(text) == [("小李", "在吗", at(22, 23, day=25)), ("小李", "有人吗", at(9, 0, day=26))]

    def test_a_time_later_than_now_was_yesterday(self) -> None:
        assert read("小李 22:10\n在吗") == [("小李", "在吗", at(22, 10, day=26))]

    def test_what_the_app_itself_says_is_passed_over(self) -> None:
        text = (
            "昨天 10:23\n小李: 在吗\n“小李”撤回了一条消息\n阿梅: 在\n[27/11/2026 is no time]\n"
            "27/11/2026, 10:24 - Messages and calls are end-to-end encrypted."
        )
        assert read(text)[0] == ("小李", "在吗", None)
        stamped = "27/11/2026, 10:23 - Ann: hi\n27/11/2026, 10:24 - Bob added you\n27/11/2026, 10:25 - Ann: ok"
        assert [text for _, text, _ in read(stamped)] == ["hi", "ok"]

    def test_a_picture_is_known_as_one(self) -> None:
        found = read_transcript("小李: [图片]\n阿梅: <Media omitted>\n小王: [旺柴] 好的", now=NOW)
        assert [one.attachment for one in found] == [True, True, False]

    def test_what_is_quoted_is_not_what_is_said(self) -> None:
        text = "小李: 「老王茶铺：龙井198元/斤」\n- - - - - - - - - - - - - - -\n那来两斤"
        assert read_transcript(text, now=NOW) == (Spoken("小李", "那来两斤", quoted="老王茶铺：龙井198元/斤"),)


class TestWhatIsNoHead:
    def test_a_sign_up_list_stays_one_message(self) -> None:
        rows = "#接龙\n1. 小李: A01两斤\n2、阿梅：B02一盒\n3 小王: C01"
        assert read(f"阿梅: {rows}") == [("阿梅", rows, None)]

    def test_products_and_fields_before_a_colon_are_lines_of_an_order(self) -> None:
        text = "小李: 我要\n龙井：2斤\nB02: 一盒\n地址：人民路1号\n电话: 123"
        assert read(text, things=("龙井", "金骏眉"))[0][1] == text.removeprefix("小李: ")

    def test_a_known_name_is_a_name_whatever_it_looks_like(self) -> None:
        assert [author for author, _, _ in read("A01: 在吗\n数量: 在", names=("A01", "数量"))] == ["A01", "数量"]

    def test_a_time_in_a_message_is_none(self) -> None:
        assert read("小李 10:23\n能不能改到 10:30\n阿梅 10:24\n好") == [
            ("小李", "能不能改到 10:30", at(10, 23)),
            ("阿梅", "好", at(10, 24)),
        ]

    def test_a_link_is_no_name(self) -> None:
        assert read("小李: 看\nhttps://example.com/1: 这个") == [("小李", "看\nhttps://example.com/1: 这个", None)]

    def test_words_without_a_name_have_no_author(self) -> None:
        assert read("龙井多少钱\n有现货吗") == [("", "龙井多少钱\n有现货吗", None)]


NAMES = st.text("小李阿梅王陈芳Annbo ", min_size=1, max_size=8).map(str.strip).filter(bool)
WORDS = st.text("龙井多少钱两斤好的A01 ?!，。", min_size=1, max_size=20).map(str.strip).filter(bool)
TALK = st.lists(st.tuples(NAMES, st.lists(WORDS, min_size=1, max_size=3)), min_size=1, max_size=8)


def in_colons(name: str, lines: list[str], _: datetime) -> str:
    return f"{name}: " + "\n".join(lines)


def in_wechat(name: str, lines: list[str], moment: datetime) -> str:
    return f"{name} {moment:%H:%M}\n" + "\n".join(lines)


def in_whatsapp(name: str, lines: list[str], moment: datetime) -> str:
    return f"[{moment:%d/%m/%Y, %H:%M:%S}] {name}: " + "\n".join(lines)


def in_dashes(name: str, lines: list[str], moment: datetime) -> str:
    return f"{moment:%d/%m/%Y, %H:%M} - {name}: " + "\n".join(lines)


def in_telegram(name: str, lines: list[str], moment: datetime) -> str:
    return f"{name}, [{moment:%d.%m.%Y %H:%M}]\n" + "\n".join(lines) + "\n"


class TestProperties:
    @pytest.mark.parametrize("write", [in_colons, in_wechat, in_whatsapp, in_dashes, in_telegram])
    @settings(max_examples=40)
    @given(talk=TALK)
    def test_what_was_written_in_an_apps_way_is_read_back(self, write, talk) -> None:
        moment = at(9, 0)
        text = "\n".join(
            write(name, lines, moment + timedelta(minutes=number)) for number, (name, lines) in enumerate(talk)
        )
        found = read_transcript(text, now=NOW, names={name for name, _ in talk})
        assert [(one.author, one.text) for one in found] == [(name, "\n".join(lines)) for name, lines in talk]
        if write is not in_colons:
            assert [one.at for one in found] == [moment + timedelta(minutes=number) for number in range(len(talk))]

    @settings(max_examples=40)
    @given(text=st.text(st.sampled_from("小李A1 :：\n[]/,-0123456789上午.「」—\r\t、#")))
    def test_any_text_is_read_without_an_error_and_all_of_it_has_an_end(self, text: str) -> None:
        for one in read_transcript(text, now=NOW):
            assert one.text == one.text.strip() != ""
            assert one.at is None or one.at.tzinfo is not None

    @settings(max_examples=40)
    @given(lines=st.lists(WORDS, min_size=1, max_size=10))
    def test_no_line_of_a_message_is_lost(self, lines: list[str]) -> None:
        [one] = read_transcript("小李: " + "\n".join(lines), now=NOW)
        assert one.text.split("\n") == lines


class TestMoments:
    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("下午3:05", at(15, 5, day=26)),
            ("中午12:30", at(12, 30, day=26)),
            ("凌晨12:30", at(0, 30)),
            ("12:30 AM", at(0, 30)),
            ("昨天 10:23", at(10, 23, day=26)),
            ("星期三 10:23", at(10, 23, day=25)),
            ("11月20日 10:23", at(10, 23, day=20)),
            ("20/11/2026 10:23", at(10, 23, day=20)),
            ("2026年11月20日 10:23", at(10, 23, day=20)),
        ],
    )
    def test_times_as_apps_write_them(self, text: str, wanted: datetime) -> None:
        assert read_moment(text, day=None, now=NOW) == wanted

    @pytest.mark.parametrize("text", ["25:00", "10:75", "no time"])
    def test_what_is_no_time(self, text: str) -> None:
        assert read_moment(text, day=None, now=NOW) is None

    def test_a_day_that_does_not_exist_is_passed_over(self) -> None:
        assert read_moment("31/02/2026 10:23", day=None, now=NOW) == at(10, 23)

    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("2026-11-20", date(2026, 11, 20)),
            ("昨天 10:23", date(2026, 11, 26)),
            ("10:23", date(2026, 11, 27)),
            ("两斤", None),
            ("11月20日发货", None),
            ("", None),
        ],
    )
    def test_a_line_that_is_a_day(self, text: str, wanted: date | None) -> None:
        assert read_day(text, now=NOW) == wanted
