"""Where everything in a timing diagram goes, in columns; terminal and SVG draw from it."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from hdlsmith.display import one_line
from hdlsmith.sandbox.waves.text import Radix, format_time, format_value, unit_for
from hdlsmith.sandbox.waves.timeline import Step, timeline
from hdlsmith.sandbox.waves.waveform import Wave, Waves

_MAX_STEPS = 2000  # far more than a page shows
_MIN_STEP = 2  # columns: an edge and a level
_MAX_STEP = 17  # a value of 16 digits and its edge; a longer value is cut
_MAX_CLOCK_STEP = 9
_FITTING = 0.9  # of the values, by which half a clock period gets its columns
_SHORT = 64  # columns; a diagram no longer than these has room for every value


@dataclass(frozen=True)
class Row:
    """What is drawn of a signal.

    Attributes:
        name: without the scopes that all rows share.
        is_bit: drawn as a level; else as text between edges.
        is_event: drawn as a mark at each of its times.
        times: when it changes, in femtoseconds; unless it is an event, the window's start is first.
        texts: its value from each of these times on.
    """

    name: str
    is_bit: bool
    is_event: bool
    times: list[int]
    texts: list[str]

    def at(self, time_fs: int) -> str:
        index = bisect_right(self.times, time_fs)
        return self.texts[index - 1] if index else ""


@dataclass(frozen=True)
class Segment:
    """A row from one change, gap or panel start to the next.

    Attributes:
        start: its first column.
        end: the column after its last.
        text: the value.
        before: the value before it; None where it does not begin with a change.
    """

    start: int
    end: int
    text: str
    before: str | None


@dataclass(frozen=True)
class Label:
    """A point in time that is named above the diagram."""

    column: int
    text: str


@dataclass(frozen=True)
class Panel:
    """A stretch of time as wide as the page.

    Attributes:
        start_fs: where it begins.
        end_fs: where the next one would.
        columns: how wide it is.
        gaps: columns at which idle cycles were left out, with the time after each.
        places: the column of every time at which something changes.
    """

    start_fs: int
    end_fs: int
    columns: int
    gaps: dict[int, int]
    places: dict[int, int]
    labels: tuple[Label, ...]

    def segments(self, row: Row) -> Iterator[Segment]:
        """The row's way through the panel, from left to right."""
        begins = {0: self.start_fs}
        begins |= {column + 1: time for column, time in self.gaps.items()}
        times = row.times if row.is_event else row.times[1:]  # the first is no change
        changes = {self.places[time]: time for time in times if time in self.places}
        begins |= changes
        for column, end in pairwise(sorted({*begins, *self.gaps, self.columns})):
            if (time := begins.get(column)) is not None:
                before = row.at(time - 1) if column in changes else None
                yield Segment(column, end, row.at(time), before)


@dataclass(frozen=True)
class Layout:
    """Everything that is to be drawn.

    Attributes:
        scope: the scopes that all signals share.
        clock: the signal whose half periods are the steps; None where there is none.
        unit: of the labels.
        widths: columns of each step.
        end_fs: how far it reaches: the window's end, unless that is too far.
    """

    rows: tuple[Row, ...]
    scope: str
    clock: Wave | None
    unit: str
    steps: tuple[Step, ...]
    widths: tuple[int, ...]
    end_fs: int

    def panels(self, columns: int) -> Iterator[Panel]:
        """The diagram, cut into pieces of at most so many columns."""
        first = 0
        while first < len(self.steps):
            last, left = first, columns
            while last < len(self.steps):
                left -= self.widths[last] + (self.steps[last].after_gap and last > first)
                if left < 0 and last > first:
                    break
                last += 1
            yield self._panel(first, last, columns)
            first = last

    def _panel(self, first: int, last: int, most_columns: int) -> Panel:
        places: dict[int, int] = {}
        gaps: dict[int, int] = {}
        labels: list[Label] = []
        column = free = 0
        for step, width in zip(self.steps[first:last], self.widths[first:last], strict=True):
            start_fs = step.times[0]
            if step.after_gap and column:
                gaps[column] = start_fs
                column += 1
            text = format_time(start_fs, self.unit)
            if self._is_named(start_fs, column) and free <= column < most_columns - len(text):
                labels.append(Label(column, text))
                free = column + len(text) + 2
            for time, offset in zip(step.times, _offsets(step, width), strict=True):
                places[time] = column + offset
            column += width
        end_fs = self.steps[last].times[0] if last < len(self.steps) else self.end_fs
        start_fs = self.steps[first].times[0]
        return Panel(start_fs, end_fs, min(column, most_columns), gaps, places, tuple(labels))

    def _is_named(self, time_fs: int, column: int) -> bool:
        return not column or self.clock is None or self.clock.at(time_fs) == "1"


def lay_out(waves: Waves, radix: Radix = Radix.HEX, *, bricks: bool = False) -> Layout:
    """Give each change of the waves a column of its own.

    Args:
        bricks: all steps are alike, with one column a change; else as wide as the values need.
    """
    time = timeline(waves)
    steps = time.steps[:_MAX_STEPS]
    end_fs = waves.end_fs if len(steps) == len(time.steps) else steps[-1].end_fs
    scope = _common_scope(waves.signals)
    rows = tuple(_row(wave, scope, waves.start_fs, end_fs, radix) for wave in waves.signals)
    if bricks:
        widths = [max(len(step.times) for step in steps)] * len(steps)
    else:
        widths = _needs(steps, rows)
        if time.clock:
            fitting = 1.0 if max(widths) * len(steps) <= _SHORT else _FITTING
            usual = min(sorted(widths)[int(fitting * (len(widths) - 1))], _MAX_CLOCK_STEP)
            widths = [usual] * (len(steps) - 1) + [max(usual, widths[-1])]  # the last has room
    usual_fs = sorted(step.end_fs - step.times[0] for step in steps)[len(steps) // 2]
    widths = [max(width, len(step.times)) for width, step in zip(widths, steps, strict=True)]
    return Layout(
        rows, scope, time.clock, unit_for(usual_fs or end_fs), steps, tuple(widths), end_fs
    )


def _needs(steps: Sequence[Step], rows: Iterable[Row]) -> list[int]:
    """Columns of each step, so that values fit."""
    starts = [step.times[0] for step in steps]
    needs = [_MIN_STEP] * len(steps)
    for row in rows:
        if row.is_bit or row.is_event:
            continue
        places = [bisect_right(starts, time) - 1 for time in row.times]
        for text, place, end in zip(row.texts, places, [*places[1:], len(steps)], strict=True):
            held = max(1, end - place)
            share = -(-(len(text) + 1) // held)
            if share > _MIN_STEP:
                for step in range(place, place + held):
                    needs[step] = max(needs[step], min(share, _MAX_STEP))
    return needs


def _offsets(step: Step, width: int) -> list[int]:
    """The columns of a step's changes: in proportion, but never two in one."""
    start, length = step.times[0], max(1, step.end_fs - step.times[0])
    offsets: list[int] = []
    for place, time in enumerate(step.times):
        latest = width - (len(step.times) - place)
        wanted = min((time - start) * width // length, latest)
        offsets.append(max(wanted, offsets[-1] + 1 if offsets else 0))
    return offsets


def _row(wave: Wave, scope: str, start_fs: int, end_fs: int, radix: Radix) -> Row:
    is_event = wave.kind == "event"
    changes = [(t, v) for t, v in wave.changes if start_fs < t <= end_fs]
    if not is_event or (wave.changes and wave.changes[0][0] == start_fs):
        changes.insert(0, (start_fs, wave.at(start_fs)))
    texts = [one_line(format_value(v, wave.width_bits, wave.kind, radix)) for _, v in changes]
    name = one_line(wave.name.removeprefix(scope))
    return Row(name, wave.width_bits == 1, is_event, [t for t, _ in changes], texts)


def _common_scope(signals: Sequence[Wave]) -> str:
    """The scopes that all share, with their dots."""
    shared = []
    for level in zip(*(wave.name.split(".")[:-1] for wave in signals), strict=False):
        if len(set(level)) > 1:
            break
        shared.append(level[0])
    return "".join(f"{scope}." for scope in shared)
