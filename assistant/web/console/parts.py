"""Small pieces that pages are made of. All of them show text as text."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement
from nicegui.events import UploadEventArguments

Handler = Callable[..., Awaitable[None] | None]
FileHandler = Callable[[str, bytes], Awaitable[None]]


class Text(TextElement):
    """An element of a tag of one's own choice (``h2``, ``p``, ``span`` ...) with text in it."""

    def __init__(self, tag: str, text: str = "") -> None:
        super().__init__(tag=tag, text=text)


def attributes(element: Element, **values: Any) -> None:
    """Set attributes of an element, whatever characters their values have; ``aria_label`` is ``aria-label``."""
    for name, value in values.items():
        element.props[name.replace("_", "-")] = value


def link(text: str, href: str, *, icon: str = "") -> Element:
    """Return a link with an icon before its text."""
    anchor = Element("a").classes("y-link")
    attributes(anchor, href=href)
    with anchor:
        if icon:
            ui.icon(icon)
        Text("span", text)
    return anchor


def region(tag: str = "section", label: str = "") -> Element:
    """Return an element to put others into; ``label`` names it for those who cannot see it."""
    made = Element(tag)
    if label:
        attributes(made, aria_label=label)
    return made


def empty(icon: str, title: str, text: str) -> Element:
    """Return what stands where there is nothing yet: says why, and what to do. Put the way on into it."""
    with region("div").classes("y-empty") as made:
        ui.icon(icon)
        Text("h2", title)
        Text("p", text)
    return made


@contextmanager
def sheet(title: str) -> Iterator[ui.dialog]:
    """Fill in a dialog with a title: it comes up from the bottom on a phone. ``open()`` what it yields."""
    with ui.dialog().props("position=bottom") as dialog, region("div").classes("y-sheet"):
        attributes(dialog, aria_label=title)
        Text("h2", title)
        yield dialog


def way_out(dialog: ui.dialog, label: str) -> Element:
    """Return the row of buttons that ends a sheet, with the one that leaves it; put the one that decides into it."""
    with region("div").classes("y-row y-sheet-buttons") as row:
        ui.button(label, on_click=dialog.close).props("flat")
    return row


def icon_button(icon: str, label: str, **more: Any) -> ui.button:
    """Return a round button that shows an icon; ``label`` is what it does, in words."""
    button = ui.button(icon=icon, **more).props("flat round dense").classes("y-icon")
    attributes(button, aria_label=label, title=label)
    return button


_COPY = """async (event) => {
  const button = event.currentTarget, field = document.getElementById(button.dataset.field);
  const box = field && (field.matches("textarea") ? field : field.querySelector("textarea"));
  emit(await yidan.copy(box ? box.value : button.dataset.text));
}"""


def copy_button(label: str, text: str, *, then: Handler | None = None) -> ui.button:
    """Return a button that copies a text; ``then``, if given, is told in ``event.args`` whether that went well.

    It copies within the tap: after a way to the server and back a phone's browser refuses it.
    """
    button = ui.button(label, icon="content_copy").on("click", then, js_handler=_COPY)
    button.props["data-text"] = text
    return button


def copies_from(button: ui.button, box: ui.textarea) -> None:
    """Let a button copy what stands in a field in the browser: it need not have reached the server yet."""
    button.props["data-field"] = f"c{box.id}"


def file_button(label: str, on_file: FileHandler, *, accept: str, megabytes: int, refused: Handler) -> ui.button:
    """Return a button that lets one choose a file; ``on_file`` gets its name and content.

    ``refused`` is called for a file of another kind or above the size.
    """

    async def came(event: UploadEventArguments) -> None:
        await on_file(event.file.name, await event.file.read())
        upload.reset()

    upload = ui.upload(on_upload=came, on_rejected=refused, max_file_size=megabytes * 2**20, auto_upload=True)
    return pick_button(label, upload.props(f'accept="{accept}"'))


def pick_button(label: str, upload: ui.upload) -> ui.button:
    """Return a button that opens an upload's file chooser; Quasar's own has no name for those who cannot see it."""
    upload.classes("y-none")
    button = ui.button(label, icon="upload_file").props("outline")
    # In the browser itself: a phone opens its files only right at the tap.
    return button.on("click", js_handler=f"() => getElement({upload.id}).pickFiles()")
