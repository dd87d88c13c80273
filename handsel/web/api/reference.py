"""The OpenAPI document as people read it: operations by chapter, with their fields in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_METHODS = ("get", "post", "patch", "put", "delete")


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field or parameter: what it is called, what it holds, whether it must be there."""

    name: str
    kind: str
    needed: bool
    about: str = ""


@dataclass(frozen=True, slots=True)
class OperationText:
    anchor: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[FieldLine, ...]
    body: tuple[FieldLine, ...]
    answers: tuple[tuple[str, tuple[FieldLine, ...]], ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    name: str
    operations: tuple[OperationText, ...]


def chapters(document: dict[str, Any]) -> list[Chapter]:
    """The operations by tag, in the order in which they stand in the document."""
    found: dict[str, list[OperationText]] = {}
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if method in methods:
                operation = methods[method]
                found.setdefault(operation["tags"][0], []).append(_operation(document, path, method, operation))
    return [Chapter(name, tuple(operations)) for name, operations in found.items()]


def _operation(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> OperationText:
    body: tuple[FieldLine, ...] = ()
    for content in operation.get("requestBody", {}).get("content", {}).values():
        body = _fields(document, content["schema"])
    answers = tuple(
        (str(status), _fields(document, content["schema"]))
        for status, response in operation["responses"].items()
        if int(status) < 300
        for content in response.get("content", {}).values()
    )
    return OperationText(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description=operation.get("description", ""),
        parameters=tuple(_parameter(document, each) for each in operation["parameters"]),
        body=body,
        answers=answers,
    )


def _parameter(document: dict[str, Any], parameter: dict[str, Any]) -> FieldLine:
    kind = f"{_kind(document, parameter['schema'])}, {parameter['in']}"
    return FieldLine(parameter["name"], kind, parameter["required"], parameter.get("description", ""))


def _fields(document: dict[str, Any], schema: dict[str, Any]) -> tuple[FieldLine, ...]:
    schema = _resolved(document, schema)
    if schema.get("type") == "array":
        return _fields(document, schema["items"])
    needed = set(schema.get("required", ()))
    return tuple(
        FieldLine(name, _kind(document, each), name in needed, each.get("description", ""))
        for name, each in schema.get("properties", {}).items()
    )


def _kind(document: dict[str, Any], schema: dict[str, Any]) -> str:
    """A type in words: “integer or null”, “list of LineAsked {id, product, …}”, “one of draft, due”."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        target = _resolved(document, schema)
        if "enum" in target:
            return f"one of {', '.join(map(str, target['enum']))}"
        return f"{{{', '.join(target['properties'])}}}" if target.get("properties") else name
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " or ".join(_kind(document, each) for each in schema[several])
    if "enum" in schema:
        return f"one of {', '.join(map(str, schema['enum']))}"
    if schema.get("type") == "array":
        return f"list of {_kind(document, schema['items'])}"
    return str(schema.get("format") or schema.get("type") or "anything")


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    target: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return target
