"""Geometry of server-rendered SVG line charts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 820, 250
LEFT, RIGHT, TOP, BOTTOM = 42, 12, 12, 24
LINES = 4
TICKS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A label of an axis."""

    x: float
    y: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartSeries:
    """One line, in several pieces where steps are missing: the points of an SVG polyline, and those of the area below
    it. `dots` are isolated points and the last one."""

    key: str
    pieces: list[tuple[str, str]]
    dots: list[tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChart:
    """A chart with its axes and lines, in SVG units."""

    label: str
    width: int
    height: int
    left: int
    right: int
    rows: list[Tick]
    ticks: list[Tick]
    series: list[ChartSeries]


def line_chart(
    label: str, names: Sequence[str], series: Sequence[tuple[str, Sequence[float | None]]], *, unit: str = "%"
) -> LineChart:
    """A chart of lines over the same steps, labelled by `names`; None leaves a step out."""
    most = max((value for _, values in series for value in values if value is not None), default=0.0)
    top = _round_up(most)
    inner_width, inner_height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(index: int) -> float:
        return round(LEFT + inner_width * (index / (len(names) - 1) if len(names) > 1 else 0.5), 1)

    def y(value: float) -> float:
        return round(TOP + inner_height * (1 - value / top), 1)

    rows = [
        Tick(x=LEFT - 6, y=y(top * step / LINES), text=_scale(top * step / LINES, unit), anchor="end")
        for step in range(LINES + 1)
    ]
    return LineChart(
        label=label,
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=WIDTH - RIGHT,
        rows=rows,
        ticks=_ticks(names, x),
        series=[line for key, values in series if (line := _line(key, values, x, y))],
    )


def _line(
    key: str, values: Sequence[float | None], x: Callable[[int], float], y: Callable[[float], float]
) -> ChartSeries | None:
    pieces: list[list[tuple[float, float]]] = [[]]
    for index, value in enumerate(values):
        if value is not None:
            pieces[-1].append((x(index), y(value)))
        elif pieces[-1]:
            pieces.append([])
    drawn = [piece for piece in pieces if piece]
    if not drawn:
        return None
    dots = {piece[0] for piece in drawn if len(piece) == 1} | {drawn[-1][-1]}
    return ChartSeries(key=key, pieces=[_segment(piece, y(0)) for piece in drawn if len(piece) > 1], dots=sorted(dots))


def _scale(value: float, unit: str) -> str:
    text = f"{value:,.0f}" if value >= 100 else f"{value:g}"
    return f"{text}{unit}" if unit in {"", "%"} else f"{text} {unit}"


def _segment(places: Sequence[tuple[float, float]], base: float) -> tuple[str, str]:
    points = " ".join(f"{px},{py}" for px, py in places)
    return points, f"{places[0][0]},{base} {points} {places[-1][0]},{base}"


def _ticks(names: Sequence[str], x: Callable[[int], float]) -> list[Tick]:
    last = len(names) - 1
    step = max(1, round(last / (TICKS - 1)))
    shown = [index for index in range(0, len(names), step) if index == last or last - index >= step]
    if last not in shown and last >= 0:
        shown.append(last)
    return [
        Tick(
            x=x(index),
            y=HEIGHT - 6,
            text=names[index],
            anchor="middle" if last == 0 else "start" if index == 0 else "end" if index == last else "middle",
        )
        for index in shown
    ]


def _round_up(value: float) -> float:
    """The next round number for a scale with LINES lines."""
    magnitude = 1.0
    while value > 100 * magnitude:
        magnitude *= 10
    return next(top * magnitude for top in (4, 8, 12, 20, 40, 60, 80, 100) if value <= top * magnitude)
