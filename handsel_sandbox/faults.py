"""Misbehaviour on request: what the next requests will suffer, drawn from one seeded source of chance."""

from __future__ import annotations

import random
from dataclasses import dataclass, fields
from typing import Any

from handsel_sandbox.errors import Json, invalid

# One request suffers at most one of these; where several are set, the first drawn in this order.
_RATES = (
    "drop_request_rate",
    "rate_limit_rate",
    "key_in_use_rate",
    "error_before_rate",
    "error_rate",
    "error_after_rate",
    "drop_response_rate",
    "bad_json_rate",
    "cut_body_rate",
    "reset_rate",
)


@dataclass(frozen=True, slots=True)
class FaultSettings:
    """What `POST /_test/faults` takes. Rates are 0 to 1; 0 or absence is good behaviour.

    `error_rate`: 500, before or after the effect as chance has it. `late_request_ms`: the connection is cut at once,
    the request performed that much later. `stall_s`: performed, then silence for so long. `latency_ms`: half of it
    before the effect, half after. `paths` (prefixes) and `methods` narrow what is hit; `times` ends all of it after so
    many requests hit.
    """

    latency_ms: float = 0
    stall_s: float = 0
    late_request_ms: float = 0
    drop_request_rate: float = 0
    drop_response_rate: float = 0
    error_rate: float = 0
    error_before_rate: float = 0
    error_after_rate: float = 0
    rate_limit_rate: float = 0
    key_in_use_rate: float = 0
    bad_json_rate: float = 0
    cut_body_rate: float = 0
    reset_rate: float = 0
    wrong_amount_rate: float = 0
    duplicate_events_rate: float = 0
    reorder_events: bool = False
    hold_events_s: float = 0
    seed: int | None = None
    paths: tuple[str, ...] = ("/v1/",)
    methods: tuple[str, ...] = ("GET", "POST", "DELETE")
    times: int | None = None

    @classmethod
    def read(cls, body: Any) -> FaultSettings:
        """From the posted JSON; a single path may be a string."""
        if not isinstance(body, dict):
            raise invalid("A JSON object is expected.")
        known = {item.name: item for item in fields(cls)}
        read: dict[str, Any] = {}
        for name, value in body.items():
            if name not in known:
                raise invalid(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)
            if name in ("paths", "methods"):
                read[name] = (value,) if isinstance(value, str) else tuple(map(str, value))
            elif name in ("seed", "times"):
                read[name] = None if value is None else int(value)
            else:
                read[name] = bool(value) if name == "reorder_events" else _number(name, value)
        return cls(**read)


def _number(name: str, value: Any) -> float:
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise invalid("A number is expected.", param=name)
    if not 0 <= value <= (1 if name.endswith("_rate") else 86_400_000):
        raise invalid("The number is out of range.", param=name)
    return value


@dataclass(frozen=True, slots=True)
class Draw:
    """What one request suffers: `fault` is the name of a rate without `_rate`, or empty."""

    fault: str = ""
    latency_seconds: float = 0
    stall_seconds: float = 0
    late_seconds: float = 0
    wrong: str = ""


class Faults:
    def __init__(self) -> None:
        self.settings = FaultSettings()
        self._chance = random.Random()  # noqa: S311 (chance that a seed repeats)
        self._left: int | None = None

    def set(self, settings: FaultSettings) -> None:
        self.settings = settings
        self._chance = random.Random(settings.seed)  # noqa: S311
        self._left = settings.times

    def draw(self, method: str, path: str) -> Draw:
        settings = self.settings
        if self._left == 0 or method not in settings.methods or not path.startswith(settings.paths):
            return Draw()
        drawn = Draw(
            fault=self._fault(),
            latency_seconds=settings.latency_ms / 1000,
            stall_seconds=settings.stall_s,
            late_seconds=settings.late_request_ms / 1000,
            wrong=self._wrong(),
        )
        if self._left is not None and drawn != Draw():
            self._left -= 1
        return drawn

    def _fault(self) -> str:
        for name in _RATES:
            rate = getattr(self.settings, name)
            if not rate or self._chance.random() >= rate:
                continue
            if name == "error_rate":
                return self._chance.choice(("error_before", "error_after"))
            return name.removesuffix("_rate")
        return ""

    def _wrong(self) -> str:
        rate = self.settings.wrong_amount_rate
        return self._chance.choice(("amount", "currency")) if rate and self._chance.random() < rate else ""

    def duplicates_event(self) -> bool:
        rate = self.settings.duplicate_events_rate
        return bool(rate) and self._chance.random() < rate

    def shuffle(self, items: list[Any]) -> None:
        if self.settings.reorder_events:
            self._chance.shuffle(items)

    def shown(self) -> Json:
        return {item.name: getattr(self.settings, item.name) for item in fields(self.settings)}
