"""Screens in layouts that the reader was never developed on, and pictures treated worse than chat platforms do."""

import random
from decimal import Decimal

from PIL import Image, ImageFilter
from screens import METHODS, PAYEES, Drawer, Look, Page, Truth, amount_of, digits, moment_of, money, stamp

GREEN, BLUE = (7, 160, 90), (30, 110, 230)


def stacked(look: Look) -> Image.Image:
    """Everything at the left edge, each label above its value."""
    amount, payee, moment = amount_of(look), look.pick(*PAYEES), moment_of(look)
    page = Page(look)
    page.status_bar(moment)
    page.title(look.say(("转账凭证", "付款详情"), ("Transfer receipt", "Payment details")))
    page.circle(36, 124, 14, GREEN)
    page.text(look.say(("转账成功", "支付成功"), ("Payment successful",)), x=60, y=124, size=17)
    page.text(money(look, amount, symbol=True), x=20, y=176, size=36, bold=True)
    reference = "10000" + digits(look.rng, 23)
    page.y = 226
    when = stamp(look, moment)
    time = look.truth.time
    for label, value in (
        (look.say(("收款方",), ("Recipient",)), payee),
        (look.say(("支付时间", "转账时间"), ("Payment Time",)), when),
        (look.say(("支付方式",), ("Payment Method",)), look.pick(*METHODS["wechat", look.language])),
        (look.say(("交易单号",), ("Transaction ID",)), reference),
    ):
        page.text(label, x=20, size=12, colour=look.grey)
        page.y += 22
        page.text(value, x=20, size=15)
        page.y += 36
    look.truth = Truth("wechat", True, f"{amount}", time, reference, None, "out")
    return page.image


def banner(look: Look) -> Image.Image:
    """A coloured band with the sum in white, and a card of facts below."""
    amount, payee, moment = amount_of(look), look.pick(*PAYEES), moment_of(look)
    page = Page(look, ground=look.ground)
    page.box(0, 0, 375, 230, BLUE, 0)
    white = (255, 255, 255)
    page.text(look.say(("账单详情",), ("Bill Details",)), x=187.5, y=62, size=17, colour=white, anchor="mm")
    page.text(payee, x=187.5, y=112, size=15, colour=white, anchor="mm")
    page.text(
        money(look, amount, sign="-", symbol=False), x=187.5, y=158, size=38, colour=white, bold=True, anchor="mm"
    )
    page.text(look.say(("交易成功",), ("Successful",)), x=187.5, y=198, size=14, colour=white, anchor="mm")
    page.box(10, 246, 355, 300, look.paper, 12)
    page.y = 276
    reference = f"{moment:%Y%m%d}" + "2200" + digits(look.rng, 16)
    when = stamp(look, moment)
    time = look.truth.time
    spare = Decimal(look.rng.randint(100, 90000)) / 100
    pairs = [
        (look.say(("付款方式",), ("Payment Method",)), look.pick(*METHODS["alipay", look.language])),
        (look.say(("创建时间", "支付时间"), ("Creation Time", "Payment Time")), when),
        (look.say(("订单号",), ("Order No.",)), reference),
        (look.say(("积分",), ("Points",)), f"{spare:.0f}"),
    ]
    page.rows(pairs, style="edge", size=look.pick(13, 14))
    look.truth = Truth("alipay", True, f"{amount}", time, reference, None, "out")
    return page.image


def slip(look: Look) -> Image.Image:
    """A narrow slip with a colon between label and value, the sum among the other lines."""
    amount, payee, moment = amount_of(look), look.pick(*PAYEES), moment_of(look)
    page = Page(look)
    page.status_bar(moment)
    page.text(look.say(("支付宝电子回单",), ("Alipay e-receipt",)), x=24, y=92, size=18, bold=True)
    page.line(116)
    page.y = 140
    reference = f"{moment:%Y%m%d}" + "2200" + digits(look.rng, 16)
    when = stamp(look, moment)
    time = look.truth.time
    pairs = [
        (look.say(("收款方",), ("Payee",)), payee),
        (look.say(("付款金额", "转账金额"), ("Amount",)), money(look, amount, symbol=True)),
        (look.say(("付款时间", "支付时间"), ("Payment Time",)), when),
        (look.say(("交易状态",), ("Status",)), look.say(("交易成功",), ("Successful",))),
        (look.say(("交易号", "流水号"), ("Transaction No.",)), reference),
    ]
    page.rows(pairs, style="colon", size=15)
    look.truth = Truth("alipay", True, f"{amount}", time, reference, None, "out")
    return page.image


UNSEEN: tuple[Drawer, ...] = (stacked, banner, slip)


def mistreated(rng: random.Random, image: Image.Image, *, content: int) -> Image.Image:
    """Return the picture cropped, turned by a degree or two, scaled down and noisy, all at once."""
    bottom = min(image.height, max(content, int(image.height * rng.uniform(0.6, 0.9))))
    image = image.crop((0, int(image.height * rng.uniform(0.0, 0.02)), image.width, bottom))
    angle = rng.choice((-1, 1)) * rng.uniform(0.6, 2.0)
    image = image.rotate(angle, expand=True, fillcolor=(70, 70, 70), resample=Image.Resampling.BICUBIC)
    scale = max(600 / image.width, rng.uniform(0.55, 0.9))
    if scale < 1:
        image = image.resize((int(image.width * scale), int(image.height * scale)), Image.Resampling.LANCZOS)
    if rng.random() < 0.3:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 0.7)))
    noise = Image.effect_noise(image.size, rng.uniform(10, 24)).convert("RGB")
    return Image.blend(image, noise, rng.uniform(0.05, 0.11))
