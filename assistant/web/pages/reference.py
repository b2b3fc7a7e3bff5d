"""The OpenAPI description turned into what the reference page shows."""

import json
from typing import Any


def operations(description: dict[str, Any], base: str) -> dict[str, list[dict[str, Any]]]:
    """Return the operations by tag, each with its parameters, examples and a curl line."""
    schemas = description.get("components", {}).get("schemas", {})
    sections: dict[str, list[dict[str, Any]]] = {}
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            tag = operation.get("tags", ["other"])[0]
            sections.setdefault(tag, []).append(_operation(path, method, operation, schemas, base))
    return sections


def _operation(path: str, method: str, operation: dict[str, Any], schemas: dict[str, Any], base: str) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    body = _example(content.get("schema", {}), schemas) if content else None
    success = next((code for code in operation["responses"] if code.startswith("2")), "200")
    answer = operation["responses"].get(success, {}).get("content", {}).get("application/json", {})
    return {
        "path": path,
        "method": method.upper(),
        "anchor": operation["operationId"],
        "description": operation.get("description", ""),
        "parameters": [
            {
                "name": parameter["name"],
                "place": parameter["in"],
                "required": parameter.get("required", False),
                "description": parameter.get("description", ""),
            }
            for parameter in operation.get("parameters", [])
        ],
        "body": _text(body),
        "status": success,
        "answer": _text(_example(answer.get("schema", {}), schemas)),
        "curl": _curl(base + path.replace("{group_id}", "tea"), method, body),
    }


def _example(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """Return the schema's own example, or one put together from its parts; None where it says nothing."""
    if "$ref" in schema:
        return _example(schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas)
    if schema.get("examples"):
        return schema["examples"][0]
    if schema.get("type") == "array":
        inner = _example(schema.get("items", {}), schemas)
        return [] if inner is None else [inner]
    if "properties" in schema:
        return {name: _example(part, schemas) for name, part in schema["properties"].items()}
    if "anyOf" in schema:
        return _example(schema["anyOf"][0], schemas)
    return schema.get("default", {"string": "...", "integer": 1, "boolean": True}.get(schema.get("type", "")))


def _text(example: Any) -> str:
    return "" if example is None else json.dumps(example, ensure_ascii=False, indent=2)


def _curl(url: str, method: str, body: Any) -> str:
    parts = [f"curl -X {method.upper()} {url} -H 'Authorization: Bearer yd_...'"]
    if body is not None:
        parts.append(f"-H 'Content-Type: application/json' -d '{json.dumps(body, ensure_ascii=False)}'")
    return " ".join(parts)
