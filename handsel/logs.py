"""Structured logs: one JSON object a line, ids and codes only. What looks like a secret or a card is masked even if a
careless line should carry it (RELIABILITY.md T28)."""

from __future__ import annotations

import logging
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from handsel.rules.sensitive import mask


def _masked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _masked(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_masked(item) for item in value]
    text = value if isinstance(value, str) else repr(value)
    masked = mask(text)
    return value if masked == text else masked


def mask_event(_: Any, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """The structlog processor that masks every value of a line; names with an underscore are structlog's own."""
    return {key: value if key.startswith("_") else _masked(value) for key, value in event.items()}


def without_request(_: Any, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Django hands its own loggers the whole request; its address may hold what somebody searched for."""
    return {key: value for key, value in event.items() if key != "request"}


def configure(options: Mapping[str, Any]) -> None:
    """Called by Django with settings.LOGGING; the standard library's loggers come out in the same shape."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask_event,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer() if options["json"] else structlog.dev.ConsoleRenderer(colors=False)
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared[:4], structlog.stdlib.ExtraAdder(), without_request, *shared[4:]],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(options["level"])
    for quiet in ("stripe", "httpx", "procrastinate", "django.request"):
        logging.getLogger(quiet).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
