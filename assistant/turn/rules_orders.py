"""Rules about what members order, change and cancel, read from the message itself."""

from collections.abc import Mapping

from assistant.orders.states import EDITABLE
from assistant.text.jielong import row_order, unread_quantity
from assistant.text.orders import Act, Line, Mood
from assistant.turn.choices import generic, nearest, whole
from assistant.turn.decision import CancelOrder, ChangeOrder, Clarify, Decision, HandOff, LogOrder, SignUp, Silent
from assistant.turn.memory import OpenLine, OpenQuestion
from assistant.turn.receiving import means_all, named_orders
from assistant.turn.rules_asked import completed
from assistant.turn.signals import Signals

SURE = 0.6
"""An order act at least this strong stands, unless the intent model takes it for talk."""

LIKELY = 0.45
"""A weaker one needs the intent model's word, or to say nothing else."""


def sign_up(s: Signals) -> Decision | None:
    """A sign-up list orders what each line says, as far as it names products of the catalogue."""
    if s.sign_up is None:
        return None
    rows: list[tuple[str, Mapping[str, int]]] = []
    unclear: list[str] = []
    for row in s.sign_up.rows:
        if unread_quantity(row, s.group.catalogue.names):
            unclear.append(row.name)
            continue
        wanted = _complete_lines(row_order(row, s.group.catalogue.names).lines)
        if wanted:
            rows.append((row.name, wanted))
    if rows or unclear:
        return SignUp(tuple(rows), s.sign_up.title, tuple(unclear))
    # A numbered order is no list of names; a list of something else is the members' own business.
    return None if s.reading.lines else Silent("a list about something else")


def _complete_lines(lines: tuple[Line, ...]) -> dict[str, int] | None:
    """Return quantities by SKU where every line is sure; a line without a quantity means one."""
    wanted: dict[str, int] = {}
    for line in lines:
        if len(line.skus) != 1:
            return None
        quantity = 1 if line.quantity is None else whole(line)
        if quantity is None:
            return None
        wanted[line.skus[0]] = wanted.get(line.skus[0], 0) + quantity
    return wanted


def someone_elses(s: Signals) -> bool:
    """Return whether the message is about another member's order."""
    return s.reading.other_person is not None


def order(s: Signals) -> Decision | None:
    """An order, a change of it, or its end, read from the message itself."""
    reading = s.reading
    if reading.act is Act.NONE or someone_elses(s):
        return None
    if reading.act is Act.CANCEL:
        return cancel(s) if reading.mood is not Mood.QUESTION or reading.strength >= SURE else None
    if reading.mood is Mood.NEGATED or reading.act is Act.REMOVE:
        return _removed(s)
    if reading.mood is not Mood.REQUEST:
        return None
    if reading.swap is not None:
        return _swapped(s)
    if reading.unknown and not reading.lines:
        return Clarify("unknown_code", codes=reading.unknown)
    if reading.lines:
        return _lines(s)
    if reading.bare is not None:
        return _bare_quantity(s)
    return None


def cancel(s: Signals) -> Decision:
    """The member takes an order back."""
    open_order = s.open_order()
    if open_order is not None:
        editable = [o for o in s.orders if o.status in EDITABLE]
        named = named_orders(s.folded, editable)
        chosen = named or (editable if means_all(s.folded) else [open_order])
        return CancelOrder(chosen[0], tuple(chosen[1:]))
    if s.settled_order() is not None:
        return HandOff("handoff", "policy_restriction", "paid_order")
    return Clarify("no_order")


def _current(s: Signals, skus: set[str]) -> dict[str, int]:
    """Return the open order's quantities, the unpaid one before the waiting one."""
    orders = [o for o in reversed(s.orders) if o.status in ("pending_payment", "preorder")]
    holding = [o for o in orders if any(o.quantity_of(sku) for sku in skus)]
    chosen = (holding or orders)[:1]
    return {item.sku: item.quantity for o in chosen for item in o.items}


def _removed(s: Signals) -> Decision | None:
    named = {sku for line in s.reading.lines for sku in line.skus}
    holder = next(
        (
            o
            for o in reversed(s.orders)
            if o.status in ("pending_payment", "preorder") and any(o.quantity_of(sku) for sku in named)
        ),
        None,
    )
    if holder is None:
        if s.reading.act is Act.REMOVE and named and s.open_order() is not None and s.reading.strength >= SURE:
            return Clarify("not_in_order", options=tuple(sorted(named))[:1])
        return None
    wanted = {item.sku: item.quantity for item in holder.items}
    for line in s.reading.lines:
        sku = next((sku for sku in line.skus if sku in wanted), None)
        if line.op == "remove" and sku is not None:
            left = wanted[sku] - int(line.quantity) if line.quantity is not None else 0
            wanted[sku] = max(0, left)
        elif len(line.skus) == 1 and line.quantity is not None and line.op != "remove":
            wanted[line.skus[0]] = (wanted.get(line.skus[0], 0) if line.op == "add" else 0) + (whole(line) or 0)
        elif sku is not None and s.reading.mood is Mood.NEGATED:
            wanted[sku] = 0
    return ChangeOrder(holder, {sku: quantity for sku, quantity in wanted.items() if quantity > 0})


def _swapped(s: Signals) -> Decision | None:
    assert s.reading.swap is not None
    before, after = s.reading.swap
    open_order = s.open_order()
    if open_order is None:
        settled = s.settled_order()
        return HandOff("handoff", "policy_restriction", "paid_order") if settled else Clarify("no_open_order")
    wanted = {item.sku: item.quantity for item in open_order.items}
    out = [sku for sku in (before or tuple(wanted)) if sku in wanted]
    if not out:
        return Clarify("not_in_order", options=before[:1])
    if not before and len(wanted) > 1:
        return Clarify("which_order")
    after = nearest(after, out[0], s.group.catalogue)
    if len(after) != 1:
        line = OpenLine(after, wanted[out[0]])
        return Clarify("which_of", options=after, open=OpenQuestion("which_product", (line,)))
    named = next((ln for ln in s.reading.lines if ln.skus == after and ln.quantity is not None), None)
    quantity = (whole(named) or 0) if named else wanted[out[0]]
    swapped = {(after[0] if sku == out[0] else sku): n for sku, n in wanted.items()}
    swapped[after[0]] = quantity
    for other in s.reading.lines:
        if len(other.skus) == 1 and other.skus != after and other.quantity is not None:
            swapped[other.skus[0]] = whole(other) or 0
    return ChangeOrder(open_order, swapped)


def _lines(s: Signals) -> Decision | None:
    reading = s.reading
    if reading.act is Act.CHANGE and s.open_order() is None and s.settled_order() is not None:
        return HandOff("handoff", "policy_restriction", "paid_order")
    if not _sure_enough(s):
        return None
    lines = tuple(
        OpenLine(generic(line, s.group.catalogue) or _narrowed(s, line), whole(line)) for line in reading.lines
    )
    if reading.unknown:
        return Clarify("unknown_code", codes=reading.unknown)
    if any(len(line.skus) != 1 for line in lines):
        return completed(lines)
    current = _current(s, {sku for line in lines for sku in line.skus})
    wanted: dict[str, int] = {}
    for line, read in zip(lines, reading.lines, strict=True):
        sku = line.skus[0]
        if line.quantity is None and read.op == "set" and reading.act is not Act.CHANGE:
            return completed(lines)
        base = wanted.get(sku, current.get(sku, 0) if read.op == "add" else 0)
        if read.op == "remove":
            wanted[sku] = max(0, current.get(sku, 0) - (line.quantity or current.get(sku, 0)))
        else:
            wanted[sku] = base + (1 if line.quantity is None else line.quantity)
    if 0 in wanted.values() and any(ln.op == "remove" for ln in reading.lines):
        holder = s.open_order()
        if holder is not None:
            merged = {item.sku: item.quantity for item in holder.items} | wanted
            return ChangeOrder(holder, {sku: n for sku, n in merged.items() if n > 0})
    return LogOrder(wanted)


def _narrowed(s: Signals, line: Line) -> tuple[str, ...]:
    """Return the line's products; words that fit several mean the one on the member's order when they change it."""
    if len(line.skus) < 2:
        return line.skus
    if s.reading.act in (Act.CHANGE, Act.ADD) or line.op != "set":
        ordered = tuple(sku for sku in line.skus if any(o.quantity_of(sku) for o in s.orders))
        if len(ordered) == 1:
            return ordered
    if s.last is not None:
        talked = tuple(sku for sku in line.skus if sku in s.last.products)
        if len(talked) == 1:
            return talked
    return line.skus


def _sure_enough(s: Signals) -> bool:
    """Return whether the message means to order: by its own form, or because the intent model says so, too."""
    if s.reading.plain and s.reading.strength >= LIKELY:
        return True
    if s.understanding is None:
        return False
    intents = s.understanding.intents.probabilities
    ordering = sum(intents.get(name, 0) for name in ("place_order", "change_order", "cancel_order"))
    talking = intents.get("chitchat", 0) + intents.get("complaint", 0)
    if s.to_us and s.reading.strength >= LIKELY:
        return True
    if s.reading.strength >= SURE:
        return s.reading.strength >= 0.7 or ordering >= 0.15 or talking < 0.7
    return s.reading.strength >= 0.25 and ordering >= LIKELY


def _bare_quantity(s: Signals) -> Decision | None:
    """A quantity without a product: for the order that is open, or for what was just talked about."""
    assert s.reading.bare is not None
    value = s.reading.bare.value
    quantity = int(value) if value == value.to_integral_value() else 0
    open_order = s.open_order()
    changes = s.reading.act in (Act.CHANGE, Act.ADD)
    if changes and open_order is not None:
        fitting = [i for i in open_order.items if s.reading.bare.unit in (None, i.unit)] or list(open_order.items)
        if len(fitting) > 1:
            lines = (OpenLine(tuple(i.sku for i in fitting), quantity),)
            return Clarify("which_of", options=lines[0].skus, open=OpenQuestion("which_product", lines))
        item = fitting[0]
        return LogOrder({item.sku: quantity + (item.quantity if s.reading.act is Act.ADD else 0)})
    products = s.last.products if s.last else ()
    if len(products) == 1:
        return LogOrder({products[0]: quantity}) if _meant(s) else None
    if changes and s.settled_order() is not None:
        return HandOff("handoff", "policy_restriction", "paid_order")
    if not _meant(s):
        return None
    line = OpenLine(products, quantity)
    if products:
        return Clarify("which_of", options=products, open=OpenQuestion("which_product", (line,)))
    return Clarify("which_product", open=OpenQuestion("which_product", (line,)))


def _meant(s: Signals) -> bool:
    """Return whether a quantity without a product is meant as an order."""
    if s.to_us or (s.reading.act in (Act.PLACE, Act.ADD, Act.CHANGE) and s.reading.strength >= 0.3):
        return True
    return s.reading.only_quantity and s.memory is not None
