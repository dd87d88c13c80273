"""Checks what the sandbox answers against the type annotations of the pinned Stripe library."""

from __future__ import annotations

import importlib
import inspect
import types
import typing
from typing import Any

import stripe
from stripe._expandable_field import ExpandableField
from stripe._list_object import ListObject
from stripe._stripe_object import StripeObject

_NAMES: dict[str, Any] = {**vars(stripe), "ExpandableField": ExpandableField, "ListObject": ListObject}
_RENAMED = {"CardResource": "Card"}


def departures(obj: StripeObject, path: str = "") -> list[str]:
    """Every field that is missing though its annotation is not optional, or whose value is of another type."""
    found: list[str] = []
    kind = type(obj)
    where = path or kind.__name__
    hints = _hints(kind)
    for name, hint in hints.items():
        if name not in obj:
            if not _optional(hint):
                found.append(f"{where}.{name} is missing")
            continue
        found += _mismatches(obj[name], hint, f"{where}.{name}")
    return found


def _hints(kind: type) -> dict[str, Any]:
    hints: dict[str, Any] = {}
    for base in reversed(kind.__mro__):
        if base.__module__.startswith("stripe.") and base not in (StripeObject, dict):
            module = vars(importlib.import_module(base.__module__))
            local = {name: item for name, item in vars(base).items() if isinstance(item, type)}
            outer = _enclosing(base)
            for name, text in inspect.get_annotations(base).items():
                hint = _resolve(text, module | outer | local)
                if typing.get_origin(hint) is not typing.ClassVar and not name.startswith("_"):
                    hints[name] = hint
    return hints


def _enclosing(kind: type) -> dict[str, Any]:
    module = vars(importlib.import_module(kind.__module__))
    names: dict[str, Any] = {}
    holder: Any = None
    for step in kind.__qualname__.split("."):
        holder = module[step] if holder is None else getattr(holder, step)
        names |= {name: item for name, item in vars(holder).items() if isinstance(item, type)}
    return names


def _resolve(hint: Any, names: dict[str, Any]) -> Any:
    if isinstance(hint, typing.ForwardRef):
        hint = hint.__forward_arg__
    if isinstance(hint, str):
        known = names | _NAMES
        try:
            hint = eval(hint, known)  # noqa: S307 (annotations of the pinned library)
        except NameError:
            return Any
    arguments = typing.get_args(hint)
    if not arguments or typing.get_origin(hint) is typing.Literal:
        return hint
    resolved = tuple(_resolve(argument, names) for argument in arguments)
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return typing.Union[resolved]  # noqa: UP007 (a tuple of types)
    try:
        return origin[resolved]
    except TypeError:
        return hint


def _optional(hint: Any) -> bool:
    return hint is Any or type(None) in typing.get_args(hint)


def _mismatches(value: Any, hint: Any, path: str) -> list[str]:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any or isinstance(hint, typing.TypeVar | typing.ForwardRef | str):
        return []
    if origin in (typing.Union, types.UnionType):
        tried = [_mismatches(value, option, path) for option in arguments]
        return [] if [] in tried else max(tried, key=len) if _is_object(value) else [f"{path}: {value!r:.60}"]
    if origin is typing.Literal:
        return [] if value in arguments else [f"{path}: {value!r:.60} is not one of {arguments[:6]}"]
    if origin is list:
        if not isinstance(value, list):
            return [f"{path}: {value!r:.60} is not a list"]
        return [fault for item in value for fault in _mismatches(item, arguments[0], f"{path}[]")]
    expected = origin or hint
    if expected is type(None):
        return [] if value is None else [f"{path}: {value!r:.60} is not null"]
    if not isinstance(expected, type) or expected.__name__ == "UntypedStripeObject":
        return []
    if issubclass(expected, StripeObject):
        return departures(value, path) if _is_object(value) else [f"{path}: {value!r:.60} is not {expected.__name__}"]
    holds = isinstance(value, expected) and not (expected is int and isinstance(value, bool))
    return [] if holds else [f"{path}: {value!r:.60} is not {expected.__name__}"]


def _is_object(value: Any) -> bool:
    return isinstance(value, StripeObject)
