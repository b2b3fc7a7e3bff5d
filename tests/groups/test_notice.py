"""The draft of the opening notice."""

from datetime import UTC, datetime

from assistant.groups.notice import notice_draft
from assistant.groups.toml import parse_settings

NOW = datetime(2026, 5, 20, 2, 0, tzinfo=UTC)
FULL = """
id = "tea"
name = "春茶团购"
seller = "老王茶铺"
purpose = "当季春茶"
rules = ["一", "二", "三", "四"]
opens_at = 2026-05-21T09:00:00+08:00
closes_at = 2026-05-22T20:00:00+08:00
close_after_orders = 20
assistant_name = "茶小二"
[payment]
methods = ["微信转账", "支付宝"]
[refund]
window_days = 7
condition = "未拆封"
"""


def test_it_says_what_the_settings_say_and_three_rules_at_most() -> None:
    assert notice_draft(parse_settings(FULL, "group.toml"), NOW).splitlines() == [
        "【群公告】5月21日春茶团购",
        "当季春茶",
        "5月21日09:00开始接单。",
        "5月22日20:00截单。",
        "满20单截单。",
        "下单：发“编号+数量”，看价格发“价格”，有问题直接问或@茶小二。",
        "付款：微信转账、支付宝，付好把截图发到群里，核对后确认。",
        "退款条件：7天内，未拆封。",
        "群规：",
        "1. 一",
        "2. 二",
        "3. 三",
    ]


def test_a_name_with_a_date_stays_and_what_is_not_set_is_left_out() -> None:
    least = 'id = "tea"\nname = "5月20日春茶"\nseller = "老王"\n'
    assert notice_draft(parse_settings(least, "group.toml"), NOW).splitlines() == [
        "【群公告】5月20日春茶",
        "下单：发“编号+数量”，看价格发“价格”。",
    ]
    english = 'id = "tea"\nname = "Tea"\nseller = "Wang"\nlanguage = "en"\n'
    assert notice_draft(parse_settings(english, "group.toml"), NOW).splitlines()[0] == "[Notice] May 20: Tea"
