"""Posters: what is on them, that their code can be read back, that no sign becomes a box."""

import io
import re

import pytest
from PIL import Image

from assistant.errors import UsageError
from assistant.invitations import fonts
from assistant.invitations.poster import HEIGHT, WIDTH, Poster, draw_html, draw_png, draw_svg

ADDRESS = "https://group.example/join/aB3_-xYz90Qw"
ENGLISH = Poster(
    title="June cleaning & repair",
    purpose="Neighbourhood booking, visits June 8 to 20",
    address=ADDRESS,
    steps=("Scan the QR code above", 'Choose a nickname and send "join"', "Answer one question: who told you?"),
    dates=("Issued June 1", "Valid until June 8 at 09:00"),
    watermark="Maple Home Services June 1",
    language="en",
)
CHINESE = Poster(
    title="5月20日春茶团购临时群，一个名字特别特别长的群也要放得下才行，不能写到纸外面去，再长就省略",
    purpose="当季春茶团购🍵，5月22日20:00截单",
    address=ADDRESS,
    steps=("扫一扫上面的二维码", "填一个昵称，发“报名”", "回答一个问题：您是通过哪个渠道了解到本群的？"),
    dates=("5月20日发出", "5月27日10:00前有效"),
    watermark="老王茶铺 5月20日发出",
    language="zh-CN",
)


def can_write(poster: Poster) -> bool:
    try:
        fonts.font_for(poster.texts(), 20)
    except UsageError:
        return False
    return True


def read_code(image: Image.Image) -> str:
    cv2 = pytest.importorskip("cv2")
    import numpy

    text, _, _ = cv2.QRCodeDetector().detectAndDecode(numpy.array(image.convert("RGB")))
    return text


@pytest.mark.parametrize("poster", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_the_picture_has_its_size_and_a_code_that_reads_back(poster: Poster) -> None:
    if not can_write(poster):
        pytest.skip("no font here can write it (Debian: fonts-noto-cjk)")
    image = Image.open(io.BytesIO(draw_png(poster)))
    assert (image.format, image.size) == ("PNG", (WIDTH, HEIGHT))
    assert read_code(image) == ADDRESS
    # Nothing is written past the lower edge or at the sides.
    for box in ((0, HEIGHT - 20, WIDTH, HEIGHT), (0, 400, 20, HEIGHT), (WIDTH - 20, 400, WIDTH, HEIGHT)):
        darkest = image.convert("L").crop(box).getextrema()[0]
        assert darkest > 200


def test_a_sign_without_a_glyph_is_left_out_or_refused_but_never_a_box(monkeypatch) -> None:
    if not can_write(ENGLISH):
        pytest.skip("no font here can write it (Debian: fonts-noto-cjk)")
    font = fonts.font_for(["tea"], 20)
    assert fonts.without_missing(font, "tea \U0001f375 time") == "tea time" or fonts.has_glyph(font, "\U0001f375")
    monkeypatch.setattr(fonts, "_files", lambda: ())
    with pytest.raises(UsageError, match=r"\.svg or \.html"):
        draw_png(CHINESE)


@pytest.mark.parametrize("poster", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_svg_and_html_need_no_font_of_ours(poster: Poster, monkeypatch) -> None:
    monkeypatch.setattr(fonts, "_files", lambda: ())
    svg, page = draw_svg(poster), draw_html(poster)
    for text in (poster.title, *poster.steps, *poster.dates, poster.watermark):
        assert text.replace("&", "&amp;").replace('"', "&quot;") in svg
    assert svg in page and f'lang="{poster.language}"' in page
    assert not re.search(r"https?://(?!www\.w3\.org)", page), "nothing is fetched from elsewhere"
