"""Structured logs: one JSON object a line, ids and codes only. What looks like a secret or a card is masked even if a
careless line should carry it (RELIABILITY.md T28)."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

_CARD = re.compile(r"(?<!\d)(?:\d[ -]?){12,18}\d(?!\d)")
_SECRET = re.compile(r"\b(?:sk|rk|whsec|hk|lk|pi_[A-Za-z0-9]+_secret|seti_[A-Za-z0-9]+_secret)_[A-Za-z0-9_-]{8,}")
_MASK = "[masked]"


def mask(text: str) -> str:
    """`text` without runs of digits that pass for a card number, and without our and the gateway's secrets."""
    return _CARD.sub(_mask_card, _SECRET.sub(_MASK, text))


def _mask_card(found: re.Match[str]) -> str:
    digits = [int(letter) for letter in found.group() if letter.isdigit()]
    doubled = [value if place % 2 == 0 else sum(divmod(value * 2, 10)) for place, value in enumerate(reversed(digits))]
    return _MASK if sum(doubled) % 10 == 0 else found.group()


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {key: _masked(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_masked(item) for item in value]
    return value


def mask_event(_: Any, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """The structlog processor that masks every value of a line."""
    return {key: _masked(value) for key, value in event.items()}


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
            foreign_pre_chain=[*shared[:4], structlog.stdlib.ExtraAdder(), *shared[4:]],
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
