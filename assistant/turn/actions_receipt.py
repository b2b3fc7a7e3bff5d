"""Actions once an order is with its member: noting that, asking for the balance and for a word about it."""

from assistant.agent import tools
from assistant.turn import decision as d
from assistant.turn.carry import carry_out
from assistant.turn.compose import Composer
from assistant.turn.draft import Draft
from assistant.turn.memory import OpenQuestion


@carry_out.register
def _receipt(decision: d.ConfirmReceipt, c: Composer) -> Draft:
    lines: list[str] = []
    methods = c.replies.join(c.context.group.settings.payment.methods)
    c.evidence.add(methods)
    for order in decision.orders:
        c.evidence.add(order.number, order.owing)
        if tools.confirm_receipt(c.context, order):
            lines.append(c.say("receipt.completed", number=order.number))
        else:
            lines.append(c.say("receipt.balance", number=order.number, owing=order.owing, methods=methods))
    lines.append(c.say("receipt.feedback"))
    open_question = OpenQuestion("feedback")
    return Draft("order", "\n".join(lines), reason="received", private=True, open=open_question)


@carry_out.register
def _feedback(decision: d.TakeFeedback, c: Composer) -> Draft:
    tools.give_feedback(c.context, decision.order)
    return Draft("chat", c.say("receipt.thanks"), reason="feedback kept", private=True)
