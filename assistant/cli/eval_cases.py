"""``yidan eval generate`` and ``yidan eval capture``: suites and cases that nobody has to write."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from assistant.evaluation.smoke import Neighbour
    from assistant.groups.folder import GroupFolder


def generate(
    group: Annotated[str, typer.Argument(help="A group's folder, or the id of a loaded group.", metavar="G")],
    out: Annotated[Path | None, typer.Option(help="The suite's file; G-smoke.yaml if not given.")] = None,
) -> None:
    """Make a smoke suite from a group's own entries and catalogue, ready for eval run."""
    from assistant.evaluation.smoke import smoke_suite
    from assistant.evaluation.suite_writer import write_suite

    folder, path = _group(group, out)
    target = out or Path(f"{folder.settings.id}-smoke.yaml")
    suite = smoke_suite(folder, path=target, others=_others(folder))
    write_suite(suite, path)
    typer.echo(f"{target}: {len(suite.cases)} cases. Run them: yidan eval run {target}")


def _group(name: str, out: Path | None) -> "tuple[GroupFolder, Path]":
    """Return the group and the folder that a suite can name; a loaded group is written out beside the suite."""
    from assistant.groups.folder import read_folder

    if (Path(name) / "group.toml").is_file():
        return read_folder(Path(name)), Path(name)
    return asyncio.run(_exported(name, (out.parent if out else Path()) / f"{name}-group"))


async def _exported(group_id: str, path: Path) -> "tuple[GroupFolder, Path]":
    from assistant.delivery.bootstrap import Yidan
    from assistant.settings import load_settings

    async with await Yidan.open(load_settings()) as yidan:
        return await yidan.groups.export(group_id, path), path


def _others(folder: "GroupFolder") -> "list[Neighbour]":
    """Return the sample groups that are not the group itself."""
    from assistant.evaluation.smoke import Neighbour
    from assistant.groups.folder import read_folder
    from assistant.knowledge.samples import sample_folders

    samples = [Neighbour(path, read_folder(path)) for path in sample_folders()]
    return [sample for sample in samples if sample.folder.settings.id != folder.settings.id]
