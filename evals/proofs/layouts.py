"""The screens: what a member may send as proof of payment, and what is none."""

from datetime import timedelta
from decimal import Decimal

from PIL import Image
from screens import METHODS, PAYEES, Drawer, Look, Page, Truth, amount_of, digits, moment_of, money, sides, stamp

GREEN, BLUE, ORANGE = (7, 193, 96), (22, 119, 255), (250, 157, 59)


def wechat_success(look: Look) -> Image.Image:
    """Right after paying: a big amount, no number, no date."""
    amount, payee = amount_of(look), look.pick(*PAYEES)
    page = Page(look)
    page.status_bar(moment_of(look))
    page.circle(187, 120, 26, GREEN)
    page.text(look.say(("支付成功", "转账成功"), ("Payment successful", "Transfer successful")), x=187.5, y=170,
              size=17, colour=GREEN, anchor="mm")  # fmt: skip
    wait = look.say((f"待{payee}确认收款", payee, f"转账给{payee}"), (f"To be confirmed by {payee}", payee))
    page.text(wait, x=187.5, y=205, size=16, anchor="mm")
    page.text(money(look, amount, symbol=True), x=187.5, y=258, size=look.pick(36, 42), bold=True, anchor="mm")
    if look.rng.random() < 0.4:
        before = amount + Decimal(look.rng.randint(1, 20))
        page.text(money(look, before, symbol=True), x=187.5, y=298, size=13, colour=look.grey, anchor="mm")
        saved = money(look, before - amount, symbol=True)
        page.text(
            look.say((f"已优惠 {saved}",), (f"Saved {saved}",)), x=187.5, y=320, size=13, colour=ORANGE, anchor="mm"
        )
    page.box(117, 560, 140, 42, (60, 60, 60) if look.dark else (240, 240, 240), 6)
    page.text(look.say(("完成",), ("Done",)), x=187.5, y=581, size=16, colour=GREEN, anchor="mm")
    look.truth = Truth("wechat", True, f"{amount}", None, None, payee, "out")
    return page.image


def wechat_detail(look: Look) -> Image.Image:
    """What a tap on the transfer in a chat shows."""
    amount, payee, moment = amount_of(look), look.pick(*PAYEES), moment_of(look)
    page = Page(look)
    page.status_bar(moment + timedelta(minutes=look.rng.randint(0, 90)))
    page.title(look.pick("", look.say(("转账详情",), ("Transfer Details",))))
    page.circle(187, 150, 28, GREEN)
    taken = look.rng.random() < 0.7
    headline = (
        look.say((f"{payee}已收款", f"{payee}已收钱", "对方已收款"), (f"Received by {payee}", "Received"))
        if taken
        else look.say((f"待{payee}收款", "待对方确认收款"), (f"Pending receipt by {payee}", "To be received"))
    )
    page.text(headline, x=187.5, y=205, size=17, anchor="mm")
    page.text(money(look, amount, symbol=True), x=187.5, y=256, size=look.pick(38, 44), bold=True, anchor="mm")
    page.y = 330
    page.line(312)
    pairs = [(look.say(("转账时间",), ("Transfer Time",)), stamp(look, moment))]
    time = look.truth.time
    if taken:
        pairs.append(
            (look.say(("收款时间",), ("Received Time", "Receipt Time")), stamp(look, moment + timedelta(minutes=3)))
        )
    if look.rng.random() < 0.3:
        pairs.insert(
            0, (look.say(("转账说明",), ("Note",)), look.say(("茶叶两斤", "A01 2份", "定金"), ("2 boxes", "Deposit")))
        )
    page.rows(pairs, style=look.pick("edge", "column"))
    look.truth = Truth("wechat", True, f"{amount}", time, None, None, "out")
    return page.image


def wechat_bill(look: Look) -> Image.Image:
    """The bill of one payment, with its numbers."""
    amount, payee, moment = amount_of(look), look.pick(*PAYEES), moment_of(look)
    sign, direction = sides(look)
    cards = look.extra or look.rng.random() < 0.4
    page = Page(look, ground=look.ground if cards else None)
    page.status_bar(moment + timedelta(minutes=look.rng.randint(0, 600)))
    page.title(look.say(("账单详情", "账单", ""), ("Bill Details", "Transaction Details", "")))
    if cards:
        page.box(10, 100, 355, 500, look.paper, 10)
    page.circle(187, 135, 24, look.pick(GREEN, ORANGE, BLUE))
    scan = look.rng.random() < 0.5
    other = look.pick(*PAYEES) if direction == "in" else payee
    if direction == "in":
        head = look.say((f"转账-来自{other}", f"二维码收款-来自{other}"), (f"Transfer - from {other}",))
    else:
        head = look.say(
            (f"扫二维码付款-给{payee}" if scan else f"转账-转给{payee}", payee), (f"Transfer to {payee}", payee)
        )
    page.text(head, x=187.5, y=180, size=16, anchor="mm")
    page.text(money(look, amount, sign=sign, symbol=look.pick(False, False, True)), x=187.5, y=224, size=look.pick(32, 38),
              bold=True, anchor="mm")  # fmt: skip
    page.y = 285
    state = (
        look.say(("已存入零钱", "已收钱"), ("Received", "Credited to Balance"))
        if direction == "in"
        else look.say(
            ("支付成功", "对方已收钱", "朋友已收钱", "转账成功"), ("Payment successful", "Received by recipient")
        )
    )
    reference = "10000" + digits(look.rng, look.pick(23, 27))
    when = look.say(("支付时间", "转账时间"), ("Payment Time", "Transfer Time"))
    if direction == "in":
        when = look.say(("收款时间", "转账时间"), ("Received Time", "Transfer Time"))
    pairs = [(look.say(("当前状态",), ("Current Status", "Status")), state)]
    if look.rng.random() < 0.35:
        pairs.append(
            (look.say(("商品",), ("Product", "Item")), look.say(("收款方备注:二维码收款", "春茶团购"), ("QR payment",)))
        )
    if look.rng.random() < 0.3:
        pairs.append((look.say(("商户全称", "收款方备注"), ("Merchant",)), payee))
    pairs.append((when, stamp(look, moment)))
    time = look.truth.time
    pairs.append(
        (look.say(("支付方式", "付款方式"), ("Payment Method",)), look.pick(*METHODS["wechat", look.language]))
    )
    if look.rng.random() < 0.25:
        spare = Decimal(look.rng.randint(1, 900000)) / 100
        pairs.append((look.say(("零钱余额",), ("Balance left",)), f"¥{spare:.2f}"))
    number = look.say(("转账单号", "交易单号"), ("Transaction ID", "Transfer ID", "Transfer No."))
    if look.extra:
        number = look.say(("交易单号", "转账单号"), ("Transaction No.", "Transfer ID"))
    pairs.append((number, reference))
    if look.rng.random() < 0.5:
        pairs.append(
            (look.say(("商户单号",), ("Merchant Order No.", "Merchant Order ID")), "10001" + digits(look.rng, 24))
        )
    page.rows(pairs, style=look.pick("edge", "column", "column"), size=look.pick(13, 14, 15))
    page.line(page.y + 6)
    page.y += 26
    for words in (("联系收款方", "对订单有疑惑", "查看往来转账"), ("Contact recipient", "Report a problem"))[
        look.language == "en"
    ]:
        page.text(words, x=20, size=15)
        page.y += 36
    look.truth = Truth("wechat", True, f"{amount}", time, reference, None, direction)
    return page.image


def wechat_voucher(look: Look) -> Image.Image:
    """The card of the payment service in its chat."""
    amount, payee, moment = amount_of(look), look.pick(*PAYEES), moment_of(look)
    page = Page(look, ground=look.ground)
    page.status_bar(moment + timedelta(minutes=2))
    page.title(look.say(("微信支付",), ("WeChat Pay",)))
    page.text(f"{moment:%H:%M}", x=187.5, y=112, size=12, colour=look.grey, anchor="mm")
    page.box(14, 130, 347, 330, look.paper, 8)
    page.text(
        look.say(("付款成功通知", "微信支付凭证"), ("Payment Notification", "Payment Receipt")), x=30, y=155, size=15
    )
    page.text(
        look.say(("付款金额",), ("Payment Amount", "Amount")), x=187.5, y=190, size=13, colour=look.grey, anchor="mm"
    )
    page.text(money(look, amount, symbol=True), x=187.5, y=226, size=32, bold=True, anchor="mm")
    page.y = 276
    pairs = [
        (look.say(("收款方",), ("Payee", "Recipient")), payee),
        (look.say(("支付方式",), ("Payment Method",)), look.pick(*METHODS["wechat", look.language])),
    ]
    if look.rng.random() < 0.5:
        pairs.append((look.say(("支付时间", "交易时间"), ("Payment Time", "Time")), stamp(look, moment)))
    time = look.truth.time
    reference = None
    if look.rng.random() < 0.5:
        reference = "10000" + digits(look.rng, 23)
        pairs.append((look.say(("交易单号",), ("Transaction ID",)), reference))
    pairs.append((look.say(("当前状态", "交易状态"), ("Status",)), look.say(("支付成功",), ("Payment successful",))))
    page.rows(pairs, style="column", size=13)
    look.truth = Truth("wechat", True, f"{amount}", time, reference, payee, "out")
    return page.image


def alipay_success(look: Look) -> Image.Image:
    """Right after paying."""
    amount, payee, moment = amount_of(look), look.pick(*PAYEES), moment_of(look)
    page = Page(look)
    page.status_bar(moment)
    page.text(look.say(("完成",), ("Done",)), x=-18, y=62, size=16, colour=BLUE, anchor="rm")
    page.circle(150, 110, 12, BLUE)
    page.text(look.say(("转账成功", "付款成功", "支付成功"), ("Payment Successful", "Transfer Successful", "Paid")), x=170, y=110,
              size=18, colour=BLUE)  # fmt: skip
    page.text(money(look, amount, symbol=True), x=187.5, y=165, size=40, bold=True, anchor="mm")
    page.y = 240
    pairs = [(look.say(("收款方", "对方账户"), ("Payee", "To")), payee)]
    if look.rng.random() < 0.5:
        pairs.append((look.say(("订单金额",), ("Order Amount",)), money(look, amount + 5, symbol=True)))
        pairs.append(
            (look.say(("红包", "优惠立减"), ("Discount", "Red Packet")), money(look, Decimal(5), sign="-", symbol=True))
        )
    pairs.append(
        (look.say(("付款方式",), ("Payment Method", "Paid with")), look.pick(*METHODS["alipay", look.language]))
    )
    time = None
    if look.rng.random() < 0.3:
        pairs.append((look.say(("付款时间", "转账时间"), ("Time", "Payment Time")), stamp(look, moment)))
        time = look.truth.time
    page.rows(pairs, style="edge")
    look.truth = Truth("alipay", True, f"{amount}", time, None, payee, "out")
    return page.image


def alipay_bill(look: Look) -> Image.Image:
    """The bill of one payment, with its numbers and decoys."""
    amount, payee, moment = amount_of(look), look.pick(*PAYEES), moment_of(look)
    sign, direction = sides(look)
    page = Page(look, ground=look.ground)
    page.status_bar(moment + timedelta(minutes=look.rng.randint(0, 900)))
    page.title(look.say(("账单详情",), ("Bill Details", "Transaction Details")))
    page.box(10, 96, 355, 470, look.paper, 10)
    page.circle(187, 128, 20, look.pick(BLUE, ORANGE))
    page.text(payee, x=187.5, y=166, size=15, anchor="mm")
    page.text(
        money(look, amount, sign=sign, symbol=False), x=187.5, y=208, size=look.pick(30, 36), bold=True, anchor="mm"
    )
    page.text(look.say(("交易成功",), ("Successful", "Transaction successful")), x=187.5, y=244, size=13, colour=look.grey,
              anchor="mm")  # fmt: skip
    page.y = 286
    pairs = []
    if look.rng.random() < 0.35 and direction == "out":
        off = Decimal(look.rng.randint(100, 900)) / 100
        pairs.append((look.say(("订单金额",), ("Order Amount",)), f"{amount + off:.2f}"))
        pairs.append((look.say(("优惠", "支付宝红包"), ("Discount", "Red Packet")), f"-{off:.2f}"))
    if direction == "out":
        pairs.append((look.say(("付款方式",), ("Payment Method",)), look.pick(*METHODS["alipay", look.language])))
    if look.rng.random() < 0.5:
        pairs.append(
            (
                look.say(("转账备注", "商品说明"), ("Transfer Note", "Product")),
                look.say(("转账", "春茶"), ("Transfer",)),
            )
        )
    account = f"{payee} 138******{digits(look.rng, 2)}"
    pairs.append((look.say(("对方账户",), ("Counterparty", "Payee Account")), account))
    pairs.append(
        (
            look.say(("创建时间", "支付时间", "交易时间"), ("Created", "Creation Time", "Payment Time")),
            stamp(look, moment),
        )
    )
    time = look.truth.time
    reference = f"{moment:%Y%m%d}" + digits(look.rng, look.pick(20, 24))
    number = look.say(("订单号", "转账单号", "交易号"), ("Order No.", "Transaction ID", "Order Number"))
    pairs.append((number, reference))
    if look.rng.random() < 0.5:
        pairs.append((look.say(("商家订单号",), ("Merchant Order No.",)), look.pick("T", "") + digits(look.rng, 20)))
    page.rows(pairs, style=look.pick("edge", "column"), size=look.pick(13, 14))
    page.y += 14
    for words in (("账单管理", "账单分类", "标签"), ("Bill management", "Category"))[look.language == "en"]:
        page.text(words, x=20, size=14)
        page.y += 34
    shown_payee = payee if direction == "out" else None
    look.truth = Truth("alipay", True, f"{amount}", time, reference, shown_payee, direction)
    return page.image


def receipt(look: Look) -> Image.Image:
    """A plain receipt, all in the middle, as other wallets show it."""
    amount, payee, moment = amount_of(look), look.pick(*PAYEES), moment_of(look)
    page = Page(look)
    unit = look.unit
    page.draw.rectangle([0, 0, look.width, 62 * unit], fill=look.pick(GREEN, BLUE))
    page.text(
        look.say(("转账凭证", "付款凭证"), ("Payment receipt",)),
        x=187.5,
        y=36,
        size=20,
        colour=(255, 255, 255),
        anchor="mm",
    )
    page.text(look.say(("转账成功",), ("Sent", "Payment sent")), x=187.5, y=84, size=22, colour=GREEN, anchor="mm")
    page.text(money(look, amount, symbol=True), x=187.5, y=146, size=46, bold=True, anchor="mm")
    reference = digits(look.rng, look.pick(13, 22, 28))
    time_text = stamp(look, moment)
    time = look.truth.time
    lines = (
        [f"收款方：{payee}", "支付方式：零钱", f"转账时间：{time_text}", f"单号：{reference}"]
        if look.language == "zh"
        else [f"To: {payee}", "From: Jen", time_text, f"ID {reference}"]
    )
    for number, words in enumerate(lines):
        page.text(words, x=187.5, y=220 + number * 42, size=16, colour=look.grey, anchor="mm")
    look.truth = Truth("other", True, f"{amount}", time, reference, payee, "out")
    return page.image


def chat(look: Look) -> Image.Image:
    """A chat in which money is talked about: no proof of anything."""
    moment = moment_of(look)
    page = Page(look, ground=look.ground)
    page.status_bar(moment)
    page.title(look.say(("春茶团购群(86)", "阿珍"), ("Cookie group (24)",)))
    page.y = 110
    amount = money(look, amount_of(look), symbol=True)
    talk = (
        [
            f"我转了{amount}，付款成功了哦",
            "好的收到",
            "多少钱一斤呀",
            f"{amount}一盒",
            f"{moment:%H:%M}",
            "单号是多少？",
            "明天发货",
        ]
        if look.language == "zh"
        else [
            f"I paid {amount} yesterday",
            "Great, thank you!",
            f"It is {amount} a box",
            "When do you ship?",
            "Done :)",
        ]
    )
    for number, words in enumerate(talk):
        mine = look.rng.random() < 0.5
        width = page.width_of(words, 15) + 24
        left = 375 - 16 - width if mine else 60
        page.box(left, page.y, width, 38, (149, 236, 105) if mine else look.paper, 6)
        page.text(words, x=left + 12, y=page.y + 19, size=15, colour=(20, 20, 20) if mine else look.ink)
        page.y += 62 + number
    look.truth = Truth()
    return page.image


def price_list(look: Look) -> Image.Image:
    """A price list with many amounts."""
    page = Page(look)
    page.title(look.say(("春茶价目表", "今日菜单"), ("Price list", "Menu")), arrow=False)
    names = (
        ("西湖龙井", "碧螺春", "安吉白茶", "桂花乌龙", "礼盒装"),
        ("Honeycrisp", "Gala", "Cider", "Apple pie", "Gift box"),
    )
    for number, name in enumerate(names[look.language == "en"]):
        page.y = 120 + number * 56
        page.text(f"A0{number + 1} {name}", x=24, size=17)
        page.text(money(look, amount_of(look), symbol=True), x=-24, size=17, colour=(220, 60, 40), anchor="rm")
    look.truth = Truth()
    return page.image


def photo(look: Look) -> Image.Image:
    """A picture of goods with a price tag."""
    page = Page(look, ground=tuple(look.rng.randint(90, 220) for _ in range(3)))
    for _ in range(60):
        colour = tuple(look.rng.randint(20, 240) for _ in range(3))
        page.circle(look.rng.randint(0, 375), look.rng.randint(0, 800), look.rng.randint(6, 60), colour)
    if look.rng.random() < 0.7:
        page.box(110, 300, 160, 70, (255, 240, 120), 8)
        page.text(
            money(look, amount_of(look), symbol=True),
            x=190,
            y=335,
            size=28,
            bold=True,
            colour=(200, 30, 30),
            anchor="mm",
        )
    look.truth = Truth()
    return page.image


def checkout(look: Look) -> Image.Image:
    """An order that waits to be paid: money to pay, none paid."""
    moment = moment_of(look)
    page = Page(look, ground=look.ground)
    page.status_bar(moment)
    page.title(look.say(("确认订单", "待付款"), ("Checkout", "Confirm order")))
    amount = money(look, amount_of(look), symbol=True)
    page.y = 130
    pairs = [
        (look.say(("商品",), ("Item",)), look.say(("西湖龙井 2斤",), ("Apples, 2 boxes",))),
        (look.say(("下单时间",), ("Ordered",)), stamp(look, moment)),
        (look.say(("订单编号",), ("Order",)), digits(look.rng, 18)),
        (look.say(("应付金额",), ("Amount due",)), amount),
    ]
    page.rows(pairs, style="edge")
    page.box(24, 600, 327, 46, ORANGE, 23)
    page.text(
        look.say((f"立即支付 {amount}",), (f"Pay now {amount}",)),
        x=187.5,
        y=623,
        size=17,
        colour=(255, 255, 255),
        anchor="mm",
    )
    look.truth = Truth()
    return page.image


PAYMENTS: tuple[tuple[Drawer, int], ...] = (
    (wechat_success, 2),
    (wechat_detail, 3),
    (wechat_bill, 6),
    (wechat_voucher, 2),
    (alipay_success, 2),
    (alipay_bill, 6),
    (receipt, 1),
)
"""Screens of payments with how often each is drawn."""

OTHERS: tuple[Drawer, ...] = (chat, price_list, photo, checkout)
