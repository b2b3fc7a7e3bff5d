"""What the pages say, by language."""

import re
from typing import Any

_ZH: dict[str, Any] = {
    "title": "助手测评报告",
    "comparison": "改动前后对比",
    "assistant": "助手",
    "passed_of": "通过 %s 例，共 %s 例",
    "failed_count": "有 %s 例没有达到要求，见下文",
    "interval": "换一批同样的问题，通过率多半在 %s 到 %s 之间（95%% 置信区间）",
    "suite": "评测集",
    "passed": "通过",
    "rate": "通过率",
    "every_time": "连测 %s 次每次都过",
    "half": "一半回复快于",
    "nearly_all": "95% 的回复快于",
    "model_calls": "调用大模型次数",
    "by_tag": "按标签",
    "tag": "标签",
    "by_action": "该做什么，做了什么",
    "matrix_help": "每行是应该做的，每列是实际做的；对角线上是做对的。",
    "should": "应该",
    "did": "实际",
    "failed_cases": "没通过的对话",
    "passed_cases": "通过的对话",
    "all_passed": "全部通过。",
    "why": "问题：",
    "expected": "应该：",
    "found": "找到的知识（把握多大）：",
    "thought": "助手的理解：",
    "in_the_end": "结束时的账目：",
    "said_nothing": "（助手没有说话）",
    "error": "（出错，没有结果）",
    "picture": "［图片］",
    "roles": {"seller": "商家", "helper": "帮手"},
    "footer": "由易单生成。文件自带全部内容，可直接转发，用浏览器打开即可。",
    "from_to": "通过 %s → %s 例（共同的 %s 例）",
    "fixed_broken": "修好 %s 例，改坏 %s 例",
    "sure": "这个差别不像碰巧（McNemar 精确检验 p = %s）。",
    "unsure": "变化的例子太少，也可能是碰巧（McNemar 精确检验 p = %s）。",
    "added": "只在改动后有：",
    "removed": "只在改动前有：",
    "broken": "改坏的",
    "fixed": "修好的",
    "before": "改动前",
    "after": "改动后",
    "or": "或",
    "uses": "依据 %s",
    "says_all": "说到 %s",
    "says_any": "说到其中之一 %s",
    "says_none": "不说 %s",
    "within": "不超过 %s",
    "turn": "第 %s 句：",
    "wrong_action": "做了“%s”，应该“%s”",
    "wrong_source": "用的知识是 %s，应该用 %s",
    "no_source": "没有用到知识，应该用 %s",
    "lacks": "没有说到 %s",
    "lacks_any": "这些都没有说到 %s",
    "must_not": "不该说 %s",
    "other": {
        "grounding": "说了账上没有的金额",
        "privacy": "露出了别人的信息",
        "latency": "回复太慢",
        "tokens": "用的大模型太多",
        "error": "出错",
    },
    "books": (
        ("orders are", "订单是"),
        ("tickets are", "工单是"),
        ("strikes are", "警告是"),
        (", expected ", "，应该是 "),
        (" wanted ", " 想要 "),
        (", and got ", "，得到的是 "),
    ),
    "states": {
        "none": "无",
        "nothing": "什么都没有",
        "pending_payment": "待付款",
        "payment_claimed": "待核对",
        "paid": "已付款",
        "shipped": "已发货",
        "completed": "已完成",
        "expired": "已过期",
        "cancelled": "已取消",
        "refund_requested": "申请退款",
        "refunded": "已退款",
        "preorder": "预订排队",
        "complaint": "投诉",
    },
    "reasons": (
        (r"the reply states (.+), which is in no record", r"\1"),
        (r"a private reply to (.+) names (.+)", r"给\1的私信里提到了\2"),
        (r"an order of (.+) was shown to (.+)", r"\1的订单给\2看到了"),
        (r"the reply repeats the phone number (.+)", r"回复里有电话号码 \1"),
        (r"took longer than (\d+) ms", r"超过 \1 毫秒"),
        (r"used (\d+) tokens, (\d+) at most", r"用了 \1 token，最多 \2"),
    ),
    "actions": {
        "answer": "回答",
        "order": "下单",
        "order_status": "查单",
        "payment": "付款",
        "refund": "退款",
        "clarify": "追问",
        "custom_request": "定制",
        "handoff": "转人工",
        "moderate": "管理",
        "chat": "寒暄",
        "silent": "不说话",
    },
}
_EN: dict[str, Any] = {
    "title": "How the assistant did",
    "comparison": "Before and after the change",
    "assistant": "Assistant",
    "passed_of": "%s of %s conversations passed",
    "failed_count": "%s did not, see below",
    "interval": "With other questions of the same kind, expect between %s and %s (95%% interval)",
    "suite": "suite",
    "passed": "passed",
    "rate": "pass rate",
    "every_time": "passed each of %s times",
    "half": "half of the replies within",
    "nearly_all": "95% of the replies within",
    "model_calls": "language model calls",
    "by_tag": "By tag",
    "tag": "tag",
    "by_action": "What it should do, what it did",
    "matrix_help": "A row for what was right, a column for what was done; the diagonal is right.",
    "should": "should",
    "did": "did",
    "failed_cases": "Conversations that failed",
    "passed_cases": "Conversations that passed",
    "all_passed": "Everything passed.",
    "why": "Problem:",
    "expected": "Expected:",
    "found": "Knowledge that was found, and how sure:",
    "thought": "How it was understood:",
    "in_the_end": "In the books at the end:",
    "said_nothing": "(the assistant said nothing)",
    "error": "(an error, no result)",
    "picture": "[picture]",
    "roles": {"seller": "seller", "helper": "helper"},
    "footer": "Made by Yidan. Everything is in this file: send it on, any browser opens it.",
    "from_to": "%s → %s of the %s common cases pass",
    "fixed_broken": "%s fixed, %s broken",
    "sure": "That is hardly chance (McNemar's exact test, p = %s).",
    "unsure": "Too few cases changed to tell it from chance (McNemar's exact test, p = %s).",
    "added": "Only after:",
    "removed": "Only before:",
    "broken": "Broken",
    "fixed": "Fixed",
    "before": "Before",
    "after": "After",
    "or": "or",
    "uses": "from %s",
    "says_all": "says %s",
    "says_any": "says one of %s",
    "says_none": "does not say %s",
    "within": "within %s",
    "turn": "line %s: ",
    "wrong_action": "did “%s”, should “%s”",
    "wrong_source": "answered from %s, should from %s",
    "no_source": "answered from nothing, should from %s",
    "lacks": "does not say %s",
    "lacks_any": "says none of %s",
    "must_not": "must not say %s",
    "other": {
        "grounding": "states an amount that is in no record",
        "privacy": "shows what is another's",
        "latency": "too slow",
        "tokens": "too much of the language model",
        "error": "error",
    },
    "books": (),
    "states": {},
    "reasons": ((r"the reply states (.+), which is in no record", r"\1"),),
    "actions": {
        "answer": "answer",
        "order": "order",
        "order_status": "order status",
        "payment": "payment",
        "refund": "refund",
        "clarify": "ask back",
        "custom_request": "custom wish",
        "handoff": "hand-off",
        "moderate": "moderate",
        "chat": "courtesy",
        "silent": "silent",
    },
}

WORDS: dict[str, dict[str, Any]] = {"zh-CN": _ZH, "en": _EN}


def in_words(expected: dict[str, Any], words: dict[str, Any]) -> str:
    """Return what a turn was expected to come to as a phrase of the page's language."""
    parts = []
    if actions := expected.get("action"):
        parts.append(f" {words['or']} ".join(words["actions"].get(action, action) for action in actions))
    for key, form in (
        ("sources_any", "uses"),
        ("contains_all", "says_all"),
        ("contains_any", "says_any"),
        ("contains_none", "says_none"),
    ):
        if texts := expected.get(key):
            parts.append(words[form] % ", ".join(f"“{text}”" for text in texts))
    for key, unit in (("max_latency_ms", "ms"), ("max_tokens", "tokens")):
        if expected.get(key) is not None:
            parts.append(words["within"] % f"{expected[key]} {unit}")
    return "; ".join(parts)


def problems(turn: dict[str, Any], words: dict[str, Any]) -> list[str]:
    """Return what was wrong with a turn of the report's JSON, in the page's language."""
    expected, reply, found = turn["expected"], turn["reply"], []
    for failed in turn["failed"]:
        if failed["scorer"] == "action":
            wanted = f" {words['or']} ".join(words["actions"].get(one, one) for one in expected["action"])
            found.append(words["wrong_action"] % (words["actions"].get(turn["action"], turn["action"]), wanted))
        elif failed["scorer"] == "sources":
            used, wanted = ", ".join(source["id"] for source in turn["sources"]), ", ".join(expected["sources_any"])
            found.append(words["wrong_source"] % (used, wanted) if used else words["no_source"] % wanted)
        elif failed["scorer"] == "text":
            found += _wrong_text(expected, reply, words)
        else:
            what = words["other"].get(failed["scorer"], failed["scorer"])
            found.append(f"{what}: {_reason(failed['why'], words)}")
    return found


def _reason(why: str, words: dict[str, Any]) -> str:
    """Return a scorer's reasons in the page's language; one that it has no words for stays as it is."""
    told = []
    for part in why.split("; "):
        pattern, form = next((one for one in words["reasons"] if re.fullmatch(one[0], part)), ("", ""))
        told.append(re.sub(pattern, form, part) if pattern else part)
    return "; ".join(told)


def _wrong_text(expected: dict[str, Any], reply: str, words: dict[str, Any]) -> list[str]:
    missing = [text for text in expected.get("contains_all", ()) if text not in reply]
    any_of = list(expected.get("contains_any", ()))
    forbidden = [text for text in expected.get("contains_none", ()) if text in reply]
    return [
        words[form] % _quoted(texts)
        for form, texts in (
            ("lacks", missing),
            ("lacks_any", any_of if not any(text in reply for text in any_of) else []),
            ("must_not", forbidden),
        )
        if texts
    ]


def _quoted(texts: list[str]) -> str:
    return ", ".join(f"“{text}”" for text in texts)


def books(why: str, words: dict[str, Any]) -> str:
    """Return what was wrong in the end, in the page's language."""
    for english, other in words["books"]:
        why = why.replace(english, other)
    states = words["actions"] | words["states"] if words["states"] else {}
    # Whole words alone: a product's number or a name may hold one.
    return re.sub(r"[A-Za-z0-9_-]+", lambda word: states.get(word[0], word[0]), why)


def summary(case: dict[str, Any], words: dict[str, Any]) -> str:
    """Return why a case failed, on one line."""
    lines = [
        words["turn"] % number + "; ".join(problems(turn, words))
        for number, turn in enumerate(case["turns"], start=1)
        if not turn["passed"]
    ]
    return "; ".join([*lines, *([books(case["final_why"], words)] if case["final_why"] else [])])
