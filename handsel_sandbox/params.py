"""Form-encoded requests with nested brackets, read strictly: unknown and ill-typed parameters are refused."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from handsel_sandbox.errors import invalid

_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_MAX_DEPTH = 6


def parse_form(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """`a[b][c]=1&expand[]=x&expand[]=y` → `{"a": {"b": {"c": "1"}}, "expand": ["x", "y"]}`."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        head, _, _ = name.partition("[")
        path = [head, *_BRACKETS.findall(name[len(head) :])]
        if len(path) > _MAX_DEPTH:
            raise invalid("Invalid hash: nested too deeply", param=head)
        _put(tree, path, value)
    return {key: _lists(value) for key, value in tree.items()}


def _put(tree: dict[str, Any], path: list[str], value: str) -> None:
    for position, step in enumerate(path):
        key = step if step or position == 0 else str(len(tree))
        if position == len(path) - 1:
            tree[key] = value
            return
        below = tree.setdefault(key, {})
        if not isinstance(below, dict):
            raise invalid("Invalid hash", param=path[0])
        tree = below


def _lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    children = {key: _lists(value) for key, value in node.items()}
    if children and all(key.isdigit() for key in children):
        return [children[key] for key in sorted(children, key=int)]
    return children


class Params:
    """Typed access to one request's parameters; what nobody asked for is an unknown parameter."""

    def __init__(self, values: dict[str, Any], prefix: str = "") -> None:
        self._values = values
        self._prefix = prefix
        self._asked: set[str] = set()

    def _named(self, name: str) -> str:
        return f"{self._prefix}[{name}]" if self._prefix else name

    def has(self, name: str) -> bool:
        self._asked.add(name)
        return name in self._values

    def is_text(self, name: str) -> bool:
        """For the parameters that may be one value or a hash."""
        return isinstance(self._values.get(name), str)

    def put(self, name: str, value: str) -> None:
        """A parameter that the path has given."""
        self._values[name] = value

    def text(self, name: str, *, limit: int = 5000) -> str | None:
        """None when absent; an empty string means "unset" at Stripe and is given as it came."""
        self._asked.add(name)
        value = self._values.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise invalid("Invalid string", param=self._named(name))
        if len(value) > limit:
            raise invalid(f"Invalid string: must be at most {limit} characters", param=self._named(name))
        return value

    def required(self, name: str) -> str:
        value = self.text(name)
        if value is None:
            named = self._named(name)
            raise invalid(f"Missing required param: {named}.", code="parameter_missing", param=named)
        if value == "":
            named = self._named(name)
            raise invalid(f"You passed an empty string for '{named}'.", code="parameter_invalid_empty", param=named)
        return value

    def integer(self, name: str) -> int | None:
        value = self.text(name)
        if value is None:
            return None
        if not re.fullmatch(r"-?\d{1,18}", value):
            named = self._named(name)
            raise invalid(f"Invalid integer: {value[:40]}", code="parameter_invalid_integer", param=named)
        return int(value)

    def flag(self, name: str) -> bool | None:
        value = self.text(name)
        if value is None:
            return None
        if value not in ("true", "false"):
            raise invalid(f"Invalid boolean: {value[:40]}", param=self._named(name))
        return value == "true"

    def choice(self, name: str, allowed: tuple[str, ...]) -> str | None:
        value = self.text(name)
        if value in (None, ""):
            return None
        if value not in allowed:
            raise invalid(f"Invalid {name}: must be one of {', '.join(allowed)}", param=self._named(name))
        return value

    def mapping(self, name: str) -> dict[str, Any] | None:
        self._asked.add(name)
        value = self._values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, dict):
            raise invalid("Invalid hash", param=self._named(name))
        return value

    def nested(self, name: str) -> Params | None:
        value = self.mapping(name)
        return None if value is None else Params(value, self._named(name))

    def texts(self, name: str) -> list[str]:
        self._asked.add(name)
        value = self._values.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise invalid("Invalid array", param=self._named(name))
        return value

    def metadata(self) -> dict[str, str] | None:
        """Stripe's limits: 50 keys of 40 characters, values of 500."""
        value = self.mapping("metadata")
        if value is None:
            return None
        if len(value) > 50:
            raise invalid("Metadata can have at most 50 keys", param="metadata")
        for key, item in value.items():
            if not isinstance(item, str) or len(item) > 500 or len(key) > 40:
                raise invalid("Invalid metadata: keys up to 40, values up to 500 characters", param="metadata")
        return value

    def finish(self, *ignored: str) -> None:
        """Refuse what is left; `ignored` are parameters of Stripe's that change nothing here."""
        unknown = sorted(set(self._values) - self._asked - set(ignored))
        if unknown:
            named = self._named(unknown[0])
            raise invalid(f"Received unknown parameter: {named}", code="parameter_unknown", param=named)
