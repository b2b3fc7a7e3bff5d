"""Actions for members who come back: what they usually take, and whether they are remembered."""

from assistant.agent.effects import RememberingSet
from assistant.orders.ledger import OrderItem
from assistant.turn import decision as d
from assistant.turn.carry import carry_out
from assistant.turn.compose import Composer
from assistant.turn.draft import Draft
from assistant.turn.memory import OpenLine, OpenQuestion


@carry_out.register
def _offer(_: d.OfferUsual, c: Composer) -> Draft:
    if c.context.phase.state != "open":
        return Draft("answer", c.closed(), reason=f"group {c.context.phase.state}", private=True)
    catalogue = c.context.group.catalogue
    products = [(catalogue.get(sku), quantity) for sku, quantity in c.context.usual.items()]
    items = [OrderItem(p.sku, p.name, p.unit, p.price, quantity) for p, quantity in products if p is not None]
    if not items:
        first = next(iter(catalogue.products), None)
        text = c.say("regular.none", product=first) if first else c.say("clarify.which_product")
        if first:
            c.knows(first)
        return Draft("clarify", text, reason="no usual order is known", private=True)
    lines = [c.say("regular.offer"), *c.items(items), *c.sum_lines(items), c.say("regular.confirm")]
    asked = OpenQuestion("usual", tuple(OpenLine((item.sku,), item.quantity) for item in items))
    return Draft(
        "clarify",
        "\n".join(lines),
        reason="their usual order",
        private=True,
        products=tuple(item.sku for item in items),
        open=asked,
    )


@carry_out.register
def _remember(decision: d.Remember, c: Composer) -> Draft:
    c.context.stage(RememberingSet(decision.again))
    key = "regular.remembered" if decision.again else "regular.forgotten"
    return Draft("chat", c.say(key, seller=c.context.group.settings.seller), reason=key, private=True)
