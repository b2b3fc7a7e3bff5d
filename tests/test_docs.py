"""The documentation says what the product does: commands, settings, links, examples, both languages."""

import importlib
import pkgutil
import re
import shlex
import typing
from pathlib import Path

import pytest
import typer

from assistant.cli import COMMANDS, app
from assistant.evaluation.suite import load_suite
from assistant.groups.folder import GroupFolder, read_folder
from assistant.settings import LanguageModelSettings, Settings
from assistant.turn.outcome import Action

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh-CN.md")
PAGES = sorted(
    path
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "evals").rglob("*.md")]
    if path.is_file()
)
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def read(path: Path) -> str:
    return path.read_text("utf-8")


def blocks(text: str, *languages: str) -> list[str]:
    """Return the fenced blocks in one of these languages."""
    return [body for language, body in FENCE.findall(text) if language in languages]


def commands(text: str) -> list[str]:
    """Return what a reader would type: the ``$`` lines of console blocks, the lines of shell blocks."""
    typed = []
    for body in blocks(text, "console"):
        joined = body.replace("\\\n", " ")
        typed += [line[2:] for line in joined.splitlines() if line.startswith("$ ")]
    for body in blocks(text, "sh", "bash", "shell"):
        typed += body.replace("\\\n", " ").splitlines()
    return typed


def words_of(line: str) -> list[list[str]]:
    """Return the simple commands of a shell line, without variables, comments and redirections."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    simple: list[list[str]] = [[]]
    skip = False
    for word in lexer:
        if set(word) <= set("|&;"):
            simple.append([])
        elif set(word) <= set("<>"):
            skip = True
        elif skip:
            skip = False
        elif simple[-1] or not re.match(r"[A-Z_]+=", word):
            simple[-1].append(word)
    return [words for words in simple if words]


def typed_commands(program: str) -> list[tuple[str, str]]:
    """Return (page, arguments) of every use of a program in the documentation."""
    found = set()
    for page in PAGES:
        for line in commands(read(page)):
            for words in words_of(line):
                if Path(words[0]).name == program:
                    found.add((str(page.relative_to(ROOT)), shlex.join(words[1:])))
    return sorted(found)


def settings_names() -> dict[str, typing.Any]:
    """The settings of one level; the model's have a page of their own."""
    return {f"YIDAN_{name.upper()}": field for name, field in Settings.model_fields.items() if name != "llm"}


def model_settings() -> set[str]:
    return {f"YIDAN_LLM__{name.upper()}" for name in LanguageModelSettings.model_fields}


class TestCommands:
    @pytest.mark.parametrize(("page", "arguments"), typed_commands("yidan"))
    def test_yidan_takes_what_the_page_shows(self, page: str, arguments: str) -> None:
        command, words = typer.main.get_command(app), shlex.split(arguments)
        context = command.make_context("yidan", [], resilient_parsing=True)
        while hasattr(command, "get_command") and words and not words[0].startswith("-"):
            name = words.pop(0)
            command = command.get_command(context, name)
            assert command is not None, f"{page}: there is no command '{name}'"
            context = command.make_context(name, [], parent=context, resilient_parsing=True)
        if {"--help"} & set(words):
            return
        _, left, _ = command.make_parser(context).parse_args(args=words)
        assert not left, f"{page}: too much: {left}"

    @pytest.mark.parametrize(("page", "arguments"), typed_commands("make"))
    def test_make_has_the_target(self, page: str, arguments: str) -> None:
        targets = set(re.findall(r"^([a-z-]+):", read(ROOT / "Makefile"), re.MULTILINE))
        assert {word for word in shlex.split(arguments) if "=" not in word} <= targets

    @pytest.mark.parametrize("page", READMES)
    def test_the_readme_names_every_command(self, page: str) -> None:
        assert not {name for name in COMMANDS if f"yidan {name}" not in read(ROOT / page)}


class TestSettings:
    @pytest.mark.parametrize("page", [str(page.relative_to(ROOT)) for page in PAGES])
    def test_a_page_names_only_settings_that_exist(self, page: str) -> None:
        assert set(re.findall(r"YIDAN_[A-Z_]+[A-Z]", read(ROOT / page))) <= set(settings_names()) | model_settings() | {
            "YIDAN_MODEL_CACHE"
        }

    def test_the_models_page_names_every_setting_of_the_model(self) -> None:
        assert set(re.findall(r"YIDAN_LLM_[A-Z_]+[A-Z]", read(ROOT / "docs/models.md"))) == model_settings()

    @pytest.mark.parametrize("page", READMES)
    def test_the_table_has_every_setting_with_its_default(self, page: str) -> None:
        rows = dict(re.findall(r"^\| `(YIDAN_[A-Z_]+)` \| ([^|]*) \|", read(ROOT / page), re.MULTILINE))
        wanted = {
            name: f"`{field.default}`" if field.default not in ("", None) else ""
            for name, field in settings_names().items()
        }
        wanted["YIDAN_HOME"] = "`./data`"
        assert {name: default.strip() for name, default in rows.items()} == wanted


class TestPages:
    @pytest.mark.parametrize("page", [str(page.relative_to(ROOT)) for page in PAGES])
    def test_links_lead_somewhere(self, page: str) -> None:
        broken = []
        text = FENCE.sub("", read(ROOT / page))
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if "://" in target or target.startswith("mailto:"):
                continue
            name, _, anchor = target.partition("#")
            path = (ROOT / page).parent / name if name else ROOT / page
            if not path.exists() or (anchor and anchor not in anchors(path)):
                broken.append(target)
        assert not broken

    def test_every_page_is_linked_from_the_readme_or_the_docs(self) -> None:
        linked = set()
        for page in PAGES:
            for target in re.findall(r"\]\(([^)#\s]+)", read(page)):
                linked.add((page.parent / target).resolve())
        pages = {page.resolve() for page in PAGES if page.parent != ROOT}
        folders = {path for path in linked if path.is_dir()}
        assert not {page.name for page in pages - linked if page.parent not in folders}

    def test_both_readmes_have_the_same_shape(self) -> None:
        english, chinese = (read(ROOT / page) for page in READMES)
        assert shape(english) == shape(chinese)
        assert [line for line in commands(english)] == [line for line in commands(chinese)]


def anchors(path: Path) -> set[str]:
    """Return the anchors that a page's headings get on the usual hosts."""
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", read(path)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def shape(text: str) -> list[str]:
    """Return the levels of the headings and the kinds of blocks, in order."""
    return re.findall(r"^(#+|```\w+)", text, re.MULTILINE)


class TestExamples:
    @pytest.mark.parametrize("page", ["docs/sellers.md", "docs/sellers.zh-CN.md"])
    def test_the_sellers_example_loads_without_a_word_of_complaint(self, page: str, tmp_path: Path) -> None:
        folder = example_group(page, tmp_path)
        assert not folder.warnings
        assert len(folder.knowledge.entries) == 5
        assert len(folder.knowledge.products) == 4

    def test_the_evaluators_example_is_a_suite(self, tmp_path: Path) -> None:
        example_group("docs/sellers.md", tmp_path)
        suite, simulated = blocks(read(ROOT / "docs/evaluators.md"), "yaml")
        (tmp_path / "suite.yaml").write_text(suite + simulated, "utf-8")
        assert len(load_suite(tmp_path / "suite.yaml").cases) == 3

    def test_the_evaluators_page_names_every_action(self) -> None:
        rows = re.findall(r"^\| `([a-z_]+)` \|", read(ROOT / "docs/evaluators.md"), re.MULTILINE)
        assert rows == list(typing.get_args(Action))


def example_group(page: str, place: Path) -> GroupFolder:
    """Write the page's example into ``place`` as the folder it describes and read it."""
    folder = place / "orchard"
    folder.mkdir()
    text = read(ROOT / page)
    (settings,), (faq, catalogue) = blocks(text, "toml"), blocks(text, "csv")
    (folder / "group.toml").write_text(settings, "utf-8")
    (folder / "faq.csv").write_text(faq, "utf-8")
    (folder / "catalog.csv").write_text(catalogue, "utf-8")
    return read_folder(folder)


class TestApiPage:
    def test_every_address_on_the_page_is_a_route(self) -> None:
        from assistant.web import api
        from assistant.web.openai_api import routes as chat

        names = [found.name for found in pkgutil.iter_modules(api.__path__)]
        modules = [importlib.import_module(f"{api.__name__}.{name}") for name in names]
        routers = [module.router for module in (*modules, chat) if hasattr(module, "router")]
        routes = {getattr(route, "path", "") for router in routers for route in router.routes}
        text = read(ROOT / "docs/api.md")
        named = set(re.findall(r"`(?:GET|POST|PUT|DELETE|WS) (/[^`]+)`", text))
        assert named
        assert named <= routes
