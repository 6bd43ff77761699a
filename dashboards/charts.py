"""Geometry of charts that the server draws: numbers in attributes, colours in classes, a table beside each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 820, 250
LEFT, RIGHT, TOP, BOTTOM = 34, 12, 12, 24
LINES = 4
TICKS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    x: float
    y: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line: `points` as an SVG polyline wants them; `area` closes it to the ground."""

    key: str
    points: str
    area: str
    last_x: float
    last_y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChart:
    label: str
    width: int
    height: int
    left: int
    right: int
    rows: list[Tick]
    ticks: list[Tick]
    series: list[Series]


def line_chart(
    label: str, names: Sequence[str], series: Sequence[tuple[str, Sequence[float | None]]], *, unit: str = "%"
) -> LineChart:
    """Lines over the same steps, which are called `names`; None leaves a step out of its line."""
    most = max((value for _, values in series for value in values if value is not None), default=0.0)
    top = _round_up(most)
    inner_width, inner_height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(index: int) -> float:
        return round(LEFT + inner_width * (index / (len(names) - 1) if len(names) > 1 else 0.5), 1)

    def y(value: float) -> float:
        return round(TOP + inner_height * (1 - value / top), 1)

    rows = [
        Tick(x=LEFT - 6, y=y(top * step / LINES), text=f"{top * step / LINES:g}{unit}", anchor="end")
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
) -> Series | None:
    places = [(x(index), y(value)) for index, value in enumerate(values) if value is not None]
    if not places:
        return None
    points = " ".join(f"{px},{py}" for px, py in places)
    ground = y(0)
    return Series(
        key=key,
        points=points,
        area=f"{places[0][0]},{ground} {points} {places[-1][0]},{ground}",
        last_x=places[-1][0],
        last_y=places[-1][1],
    )


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
            anchor="start" if index == 0 else "end" if index == last else "middle",
        )
        for index in shown
    ]


def _round_up(value: float) -> float:
    """The next round number of a scale with four lines."""
    for top in (4, 8, 12, 20, 40, 60, 80, 100):
        if value <= top:
            return float(top)
    return float(-(-value // 100) * 100)
