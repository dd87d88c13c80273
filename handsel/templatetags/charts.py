"""Bar and line charts as plain numbers: where each mark stands, for a template to write as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from handsel.templatetags.handsel_format import money_text, number

WIDTH, HEIGHT = 640, 220
LEFT, RIGHT, TOP, BOTTOM = 72, 8, 12, 26
_PLOT_HEIGHT = HEIGHT - TOP - BOTTOM
_PLOT_WIDTH = WIDTH - LEFT - RIGHT
_STEPS = 4


@dataclass(frozen=True)
class Mark:
    """One bar segment or one point of a line, in the units of the drawing."""

    x: float
    y: float
    width: float
    height: float
    tone: str
    title: str


@dataclass(frozen=True)
class Line:
    """One line: its points as SVG wants them, the area below it, and a mark for every value."""

    tone: str
    points: str
    area: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Text:
    """A label in the drawing."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Chart:
    """Everything a chart's template draws, and the table that says the same."""

    width: int
    height: int
    left: int
    right: int
    grid: tuple[Text, ...]
    ticks: tuple[Text, ...]
    marks: tuple[Mark, ...]
    lines: tuple[Line, ...]
    legend: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def bars(labels: Sequence[str], series: Sequence[dict[str, Any]], currency: str = "") -> Chart:
    """Stacked bars: one per label, a segment per series ``{"name", "tone", "values"}``.

    Values are integers, minor units where a currency is given. Negative values are drawn as nothing
    and stand in the table as they are.
    """
    top = _ceiling(max((sum(max(0, one["values"][i]) for one in series) for i in range(len(labels))), default=0))
    slot = _PLOT_WIDTH / max(1, len(labels))
    width = min(44.0, slot * 0.6)
    marks = []
    for i, label in enumerate(labels):
        level = float(TOP + _PLOT_HEIGHT)
        for one in series:
            height = max(0, one["values"][i]) / top * _PLOT_HEIGHT
            level -= height
            if height:
                title = f"{label}, {one['name']}: {_text(one['values'][i], currency)}"
                x = LEFT + slot * i + (slot - width) / 2
                marks.append(Mark(round(x, 1), round(level, 1), round(width, 1), round(height, 1), one["tone"], title))
    return _chart(labels, series, currency, top, tuple(marks), ())


def lines(labels: Sequence[str], series: Sequence[dict[str, Any]], currency: str = "") -> Chart:
    """One line per series ``{"name", "tone", "values"}``, from zero upwards."""
    top = _ceiling(max((value for one in series for value in one["values"]), default=0))
    slot = _PLOT_WIDTH / max(1, len(labels))
    drawn = []
    for one in series:
        marks = []
        for i, label in enumerate(labels):
            value = one["values"][i]
            y = TOP + _PLOT_HEIGHT * (1 - max(0, value) / top)
            title = f"{label}, {one['name']}: {_text(value, currency)}"
            marks.append(Mark(round(LEFT + slot * (i + 0.5), 1), round(y, 1), 0, 0, one["tone"], title))
        points = " ".join(f"{mark.x},{mark.y}" for mark in marks)
        base = TOP + _PLOT_HEIGHT
        area = f"{marks[0].x},{base} {points} {marks[-1].x},{base}" if marks else ""
        drawn.append(Line(one["tone"], points, area, tuple(marks)))
    return _chart(labels, series, currency, top, (), tuple(drawn))


def _chart(
    labels: Sequence[str],
    series: Sequence[dict[str, Any]],
    currency: str,
    top: int,
    marks: tuple[Mark, ...],
    drawn: tuple[Line, ...],
) -> Chart:
    slot = _PLOT_WIDTH / max(1, len(labels))
    every = max(1, -(-len(labels) // 12))
    steps = [(TOP + _PLOT_HEIGHT * (1 - step / _STEPS), top * step // _STEPS) for step in range(_STEPS + 1)]
    return Chart(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=WIDTH - RIGHT,
        grid=tuple(Text(LEFT - 8, round(y, 1), _short(value, currency)) for y, value in steps),
        ticks=tuple(
            Text(round(LEFT + slot * (i + 0.5), 1), HEIGHT - 8, label)
            for i, label in enumerate(labels)
            if i % every == 0
        ),
        marks=marks,
        lines=drawn,
        legend=tuple((one["name"], one["tone"]) for one in series),
        rows=tuple(
            (label, tuple(_text(one["values"][i], currency) for one in series)) for i, label in enumerate(labels)
        ),
    )


def _ceiling(highest: int) -> int:
    """A round number at or above the highest value, so that the grid lines fall on round numbers too."""
    scale = 1
    while scale * 40 < highest:
        scale *= 10
    for step in (4, 8, 12, 16, 20, 24, 32, 40):
        if step * scale >= highest:
            return step * scale
    return 40 * scale


def _text(value: int, currency: str) -> str:
    return money_text(value, currency) if currency else number(value)


def _short(value: int, currency: str) -> str:
    """A grid line's value without needless decimals."""
    text = _text(value, currency)
    return text.removesuffix(".00") if currency else text
