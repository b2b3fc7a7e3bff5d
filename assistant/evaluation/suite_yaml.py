"""Reads a suite's YAML so that every value arrives as it was written, and every slip has its line."""

from pathlib import Path
from typing import Any

import yaml

from assistant.errors import BadFile

_NULL = "tag:yaml.org,2002:null"
_MERGE = "tag:yaml.org,2002:merge"


class _Loader(yaml.SafeLoader):
    """Leaves numbers, times and yes/no as text: ``from: 007`` is a nickname, ``49.90`` an exact amount."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag in (_NULL, _MERGE)]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"'{key}' is written twice here", key_node.start_mark)
        seen.add(key)
    loader.flatten_mapping(node)
    return {
        loader.construct_object(key, deep=True): loader.construct_object(value, deep=True) for key, value in node.value
    }


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_yaml(path: Path) -> Any:
    """Return the file's content; scalars are text (or None where empty).

    Raises:
        BadFile: it is not there, is not UTF-8 or is not YAML; the problem names the line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise BadFile(f"no suite at {path}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(f"{path} cannot be read: {error}") from error
    try:
        return yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        problem = f"{path.name} line {line}: {error.problem or error.context}"
        raise BadFile(f"{path.name} is not valid YAML", [problem]) from error
    except yaml.YAMLError as error:
        raise BadFile(f"{path.name} is not valid YAML", [" ".join(str(error).split())]) from error
