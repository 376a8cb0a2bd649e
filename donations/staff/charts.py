"""Charts as figures to draw: a template makes SVG of them, a table beside it says the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from donations.staff.cells import Cell, Text

# The drawing: its size, and the frame in which columns stand.
WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 72, 616, 12, 208
GAP = 0.28
# Names under columns, in a row that is easily read.
MOST_NAMES = 8


@dataclass(frozen=True)
class Series:
    """Values of one kind, a value for each column; `tone` is its colour, 1 to 7."""

    label: Text
    tone: int
    values: Sequence[int]


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    tone: int
    title: str


@dataclass(frozen=True)
class Mark:
    """A line or a word beside the columns."""

    at: float
    text: str


@dataclass(frozen=True)
class Chart:
    """A titled drawing with its table: `rows` under `headings`, the first cell names the row."""

    title: Text
    note: Text
    headings: Sequence[Text]
    rows: Sequence[Sequence[Cell]]
    series: Sequence[Series] = ()
    bars: Sequence[Bar] = ()
    ticks: Sequence[Mark] = ()
    names: Sequence[Mark] = ()
    zero: float = BOTTOM
    # A chart of lines under each other is as high as it has lines.
    height: int = HEIGHT
    lying: bool = False
    # Its table has many columns and stands below, as wide as the page.
    wide: bool = False
    frame: dict[str, int] = field(default_factory=lambda: {"left": LEFT, "right": RIGHT})


def columns(
    title: Text,
    names: Sequence[str],
    series: Sequence[Series],
    *,
    table: tuple[Sequence[Text], Sequence[Sequence[Cell]]],
    words: Callable[[int], str],
    note: Text = "",
    beside: bool = False,
) -> Chart:
    """Standing columns: values above zero stacked upwards, those below downwards, or `beside`."""
    ups, downs = [0] * len(names), [0] * len(names)
    for one in series:
        for place, value in enumerate(one.values):
            if beside:
                ups[place] = max(ups[place], value)
            else:
                ups[place] += max(value, 0)
                downs[place] += min(value, 0)
    highest, lowest = max([*ups, 0]), min([*downs, 0])
    step = _step(highest - lowest)
    top, bottom = -(-highest // step) * step, lowest // step * step
    scale = (BOTTOM - TOP) / max(top - bottom, 1)
    zero = TOP + top * scale
    stride = (RIGHT - LEFT) / max(len(names), 1)
    wide = stride * (1 - GAP) / (len(series) if beside else 1)
    bars = []
    for place, name in enumerate(names):
        up = down = zero
        for nth, one in enumerate(series):
            value = one.values[place]
            height = abs(value) * scale
            x = LEFT + stride * (place + GAP / 2) + (wide * nth if beside else 0)
            if not value:
                continue
            if beside:
                y = zero - height
            elif value > 0:
                y = up = up - height
            else:
                y, down = down, down + height
            told = f"{name}, {one.label}: {words(value)}"
            bars.append(Bar(_r(x), _r(y), _r(wide), _r(height), one.tone, told))
    every = -(-len(names) // MOST_NAMES)
    shown = [
        Mark(_r(LEFT + stride * (place + 0.5)), name)
        for place, name in enumerate(names)
        if (len(names) - 1 - place) % every == 0
    ]
    ticks = [Mark(_r(zero - value * scale), words(value)) for value in range(bottom, top + 1, step)]
    headings, rows = table
    return Chart(title, note, headings, rows, series, bars, ticks, shown, _r(zero))


def lines(
    title: Text,
    names: Sequence[str],
    values: Sequence[int],
    *,
    table: tuple[Sequence[Text], Sequence[Sequence[Cell]]],
    words: Callable[[int], str] = str,
    note: Text = "",
    wide: bool = False,
) -> Chart:
    """Lying bars, one for each name, under its name; the value stands at its end."""
    high, left, right = 42, 4, 540
    most = max([*values, 1])
    bars, marks = [], []
    for place, (name, value) in enumerate(zip(names, values, strict=True)):
        width = max((right - left) * value / most, 2)
        y = high * place + 22
        bars.append(Bar(left, y, _r(width), 12, 1, words(value)))
        marks.append(Mark(y - 6, name))
    headings, rows = table
    return Chart(
        title, note, headings, rows, bars=bars, names=marks, lying=True,
        wide=wide, height=high * len(names) + 4,
    )  # fmt: skip


def _step(span: int) -> int:
    """A round step that makes about four of the span: 1, 2 or 5 and zeros."""
    least = max(span / 4, 1)
    size = 1
    while True:
        for factor in (1, 2, 5):
            if size * factor >= least:
                return size * factor
        size *= 10


def _r(value: float) -> float:
    return round(value, 1)
