"""The seller's console: NiceGUI pages inside the same server, all under ``/console``.

How a page is built
-------------------

One module (or package) in ``pages/``, found by itself; its words in ``words/<page>.zh-CN.toml`` and
``words/<page>.en.toml`` (``title`` is a must; a test compares keys and variables); what it shows prepared by pure
functions in ``views/<page>.py``::

    from nicegui import ui

    from assistant.accounts.permissions import Deed
    from assistant.web.console.shell import page
    from assistant.web.console.visit import Visit

    @page("/orders", words="orders", icon="receipt_long", deed=Deed.MEMBERS, order=30, nav="main")
    async def orders(visit: Visit) -> None:
        w, group = visit.w, visit.group
        rows = order_rows(await visit.server.orders.list(group.id), w)
        ...
        async def ship() -> None:
            await visit.server.orders.move(group.id, 1, "shipped", actor=visit.person.actor)
            visit.server.announce(group.id)
            visit.note(w("shipped", number=1))

        ui.button(w("ship"), on_click=visit.deed(Deed.ORDERS, ship))

``page()`` has checked before your function runs: somebody is signed in, their role allows ``deed``, the group in
``?group=`` is their seller's (``group=False`` for pages that need none). It has drawn the frame and the heading; what
you make lands below. ``visit`` has ``server``, ``person``, ``group`` (a ``GroupRow``), ``settings`` and ``zone`` of the
group, ``groups``, ``w`` (words), ``may(deed)``, ``note(text)``, ``fail(text)``, ``link(path)`` (an address that keeps
the chosen group) and ``deed(...)``.

Every handler that does or shows something goes through ``visit.deed(deed, handler)``: it asks again who is signed in
and what they may do, whether the group is still theirs, and tells a ``YidanError`` in plain words instead of raising
it (Chinese ones stand in ``words/errors.toml``: add those that your page can meet). A stale page of somebody who was
demoted does nothing. ``nav="main"`` puts a page into the bar at the bottom of a phone (today, inbox, knowledge,
orders); the others are behind "more". Only pages that exist are linked.

Live pages: ``visit.on_news(refresh)`` calls ``refresh`` in the page at once and then whenever something happened in one
of the seller's groups.

Texts of members and entries are shown by ``ui.label`` or ``parts.Text`` (as text), never by ``ui.html``. ``parts`` has
links, empty states, dialogs (``sheet``) and round buttons, all with names for those who cannot see them. There is no
Tailwind: use the classes of ``files/console.css`` (``y-card``, ``y-row``, ``y-stack``, ``y-grid``, ``y-tiles``,
``y-quiet``, ``y-big``, ``y-chip``, ``y-table``, ``y-filters``; ``y-desk`` and ``y-phone`` for what only one of them
shows) and Quasar's own. Nothing is kept in ``app.storage``; what a page remembers lives in its function's variables.

In the browser it is tried with ``tests/e2e/console_kit.py``; ``tests/e2e/test_console_core.py`` is the example.
"""
