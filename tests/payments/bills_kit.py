"""Bill files as the two apps write them, with invented lines."""

import io
from collections.abc import Sequence

from openpyxl import Workbook

WECHAT_HEADER = "交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注"
ALIPAY_HEADER = (
    "交易时间,交易分类,交易对方,对方账号,商品说明,收/支,金额,收/付款方式,交易状态,交易订单号,商家订单号,备注,"
)
WECHAT_PREAMBLE = (
    "微信支付账单明细,,,,,,,,",
    "微信昵称：[老王茶铺],,,,,,,,",
    "起始时间：[2026-05-01 00:00:00] 终止时间：[2026-05-31 23:59:59],,,,,,,,",
    "导出类型：[全部],,,,,,,,",
    "导出时间：[2026-06-01 08:00:00],,,,,,,,",
    ",,,,,,,,",
    "共6笔记录,,,,,,,,",
    "收入：4笔 1000.00元,,,,,,,,",
    "支出：2笔 50.00元,,,,,,,,",
    "注：,,,,,,,,",
    "1. 充值/提现/理财通购买/零钱通存取/信用卡还款等交易，将计入中性交易,,,,,,,,",
    "----------------------微信支付账单明细列表--------------------,,,,,,,,",
)
ALIPAY_PREAMBLE = (
    "------------------------------------------------------------------------------------",
    "导出信息：",
    "姓名：王建国",
    "支付宝账户：wang@example.com",
    "起始时间：[2026-05-01 00:00:00]    终止时间：[2026-05-31 23:59:59]",
    "导出交易类型：[全部]",
    "导出时间：[2026-06-01 08:00:00]",
    "共3笔记录",
    "收入：2笔 700.00元",
    "",
    "特别提示：",
    "1.本回单内容可表明支付宝受理了相应支付交易申请",
    "------------------------支付宝（中国）网络技术有限公司  电子客户回单------------------------",
)


def wechat_line(
    reference: str,
    amount: str,
    *,
    at: str = "2026-05-20 10:09:12",
    direction: str = "收入",
    state: str = "已存入零钱",
    who: str = "阿梅",
    kind: str = "转账",
    note: str = "/",
) -> str:
    """A line of WeChat's CSV; numbers end in a tab, as the app writes them."""
    return f'{at},{kind},{who},"{note}",{direction},¥{amount},/,{state},{reference}\t,10000{reference[-9:]}\t,"/"'


def alipay_line(
    reference: str,
    amount: str,
    *,
    at: str = "2026-05-20 10:09:12",
    direction: str = "收入",
    state: str = "交易成功",
    who: str = "阿梅",
    note: str = "转账",
) -> str:
    """A line of Alipay's CSV."""
    return f"{at},转账红包,{who},138******12,{note},{direction},{amount},,{state},{reference}\t,\t,,"


def wechat_csv(lines: Sequence[str]) -> bytes:
    """A WeChat bill: UTF-8 with a BOM."""
    return "\r\n".join([*WECHAT_PREAMBLE, WECHAT_HEADER, *lines, ""]).encode("utf-8-sig")


def alipay_csv(lines: Sequence[str]) -> bytes:
    """An Alipay bill: GB18030."""
    return "\r\n".join([*ALIPAY_PREAMBLE, ALIPAY_HEADER, *lines, ""]).encode("gb18030")


def wechat_xlsx(lines: Sequence[str]) -> bytes:
    """A WeChat bill as the app sends it nowadays."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [*WECHAT_PREAMBLE, WECHAT_HEADER, *lines]:
        sheet.append([cell.strip('"') for cell in row.split(",")])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
