"""Choosing what to run: suites, the draft or what is live, how often; and taking in a suite's file."""

import re
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from nicegui import ui

from assistant.accounts.permissions import Deed
from assistant.errors import UsageError
from assistant.publishing.suites import drop_suite, keep_suite
from assistant.web.console.parts import Text, icon_button, pick_button, region, sheet
from assistant.web.console.visit import Visit

MOST_BYTES = 2 * 2**20
EPOCHS = (1, 3, 5, 10)


async def start_card(visit: Visit, started: Callable[[], Awaitable[None]]) -> None:
    """Show the suites with a button that runs the chosen ones."""
    w, runs, group_id = visit.w, visit.server.runs, visit.group.id
    boxes: dict[str, ui.checkbox] = {}

    async def draw() -> None:
        boxes.clear()
        found = await runs.choices(group_id)
        suites.clear()
        with suites:
            for one in found:
                with region("div").classes("y-row"):
                    label = w("suite_line", name=w("smoke") if one.kind == "smoke" else one.name, cases=one.cases)
                    box = ui.checkbox(label, value=not one.problem and (one.kind != "smoke" or len(found) == 1))
                    box.set_enabled(not one.problem)
                    boxes[one.name] = box
                    if one.kind == "learnt":
                        Text("span", w("learnt")).classes("y-chip")
                    if one.kind == "own":
                        drop = visit.deed(Deed.EVALUATE, lambda name=one.name: dropped(name))
                        icon_button("delete", w("drop", name=one.name), on_click=drop)
                if one.problem:
                    Text("p", one.problem).classes("y-note y-bad")

    async def dropped(name: str) -> None:
        drop_suite(visit.server.yidan.settings.home, group_id, name)
        await draw()

    async def start() -> None:
        names = [name for name, box in boxes.items() if box.value and box.enabled]
        await runs.start(
            group_id, names, by=visit.person.actor, draft=what.value == "draft", epochs=int(epochs.value or 1)
        )
        visit.note(w("started"))
        await started()

    with region("section").classes("y-card y-stack"):
        Text("h2", w("run_title"))
        suites = region("div").classes("y-stack y-tight")
        what = ui.select({"live": w("on_live"), "draft": w("on_draft")}, value="live", label=w("on")).props(
            "outlined dense options-dense"
        )
        epochs = ui.select({n: w("times", count=n) for n in EPOCHS}, value=1, label=w("epochs")).props(
            "outlined dense options-dense"
        )
        with region("div").classes("y-row"):
            ui.button(w("start"), icon="play_arrow", on_click=visit.deed(Deed.EVALUATE, start))
            ui.button(w("add_suite"), icon="upload_file", on_click=lambda: _upload(visit, draw)).props("flat")
        Text("p", w("background")).classes("y-quiet")
    await draw()


def _upload(visit: Visit, taken: Callable[[], Awaitable[None]]) -> None:
    """Open the form for a suite's file."""
    w, yidan = visit.w, visit.server.yidan

    async def arrived(event: Any) -> None:
        data, name = await event.file.read(), _plain(event.file.name)
        upload.reset()
        group = await yidan.groups.folder(visit.group.id)
        with tempfile.TemporaryDirectory(prefix="yidan-suite-") as folder:
            path = Path(folder) / name
            path.write_bytes(data)
            suite = keep_suite(yidan.settings.home, group, path)
        dialog.close()
        visit.note(w("suite_kept", name=name, cases=len(suite.cases)))
        await taken()

    with sheet(w("add_suite")) as dialog:
        dialog.on_value_change(lambda event: None if event.value else dialog.delete())
        Text("p", w("add_suite_text")).classes("y-quiet")
        upload = ui.upload(
            auto_upload=True,
            max_file_size=MOST_BYTES,
            on_upload=visit.deed(Deed.EVALUATE, arrived),
            on_rejected=lambda: visit.fail(w("too_large")),
        ).props('accept=".yaml,.yml"')
        pick_button(w("choose_file"), upload)
        ui.button(w("close"), on_click=dialog.close).props("flat")
    dialog.open()


def _plain(name: str) -> str:
    """Return a file's name that leads nowhere else. Raises UsageError where it is no suite's."""
    plain = re.sub(r"[^\w.\-]", "_", Path(name.replace("\\", "/")).name)[-80:].lstrip(".")
    if not plain.endswith((".yaml", ".yml")):
        raise UsageError("a suite is a .yaml file")
    return plain
