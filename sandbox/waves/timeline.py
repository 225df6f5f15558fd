"""How waveforms are laid out in time: the steps that a diagram gives room to.

With a clock, a step is half a clock period, so that cycles look alike; without one, it is the
time between two changes, so that idle time takes no room. Stretches of cycles in which nothing
but the clock changes are left out.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from hdlsmith.sandbox.waves.waveform import Wave, Waves

_MIN_EDGES = 4
_REGULAR = 0.8  # of its pulses keep the clock's rhythm; it may stop now and then
_MOST_OFF_EDGE = 4  # changes in one half period that share its columns
_KEPT_IDLE_STEPS = 4  # two cycles, at either side of what is left out
_MIN_LEFT_OUT = 8


@dataclass(frozen=True)
class Step:
    """A stretch of time that a diagram draws as one.

    Attributes:
        times: when something changes in it, in femtoseconds, in order; the first is its start.
        end_fs: where the next one begins.
        after_gap: idle cycles were left out just before it.
    """

    times: tuple[int, ...]
    end_fs: int
    after_gap: bool = False


@dataclass(frozen=True)
class Timeline:
    """The steps of a diagram, in order.

    Attributes:
        clock: the signal whose edges the steps follow; None where there is none.
    """

    steps: tuple[Step, ...]
    clock: Wave | None


def timeline(waves: Waves) -> Timeline:
    """Lay out the window of the waves."""
    clock = find_clock(waves.signals)
    times = _change_times(waves, waves.signals)
    if clock is None:
        return Timeline(tuple(_split(times, waves.end_fs)), None)
    edges = _change_times(waves, [clock])
    cuts = [*(bisect_left(times, edge) for edge in edges), len(times)]
    ends = [*edges[1:], max(waves.end_fs, times[-1])]
    steps: list[Step] = []
    for first, last, end_fs in zip(cuts, cuts[1:], ends, strict=False):
        inside = times[first:last]
        rests = len(inside) > _MOST_OFF_EDGE  # the clock does, while others go on
        steps += _split(inside, end_fs) if rests else [Step(tuple(inside), end_fs)]
    others = [wave for wave in waves.signals if wave.changes != clock.changes]
    if others:
        steps = _without_idle(steps, _change_times(waves, others))
    return Timeline(tuple(steps), clock)


def _split(times: Sequence[int], end_fs: int) -> list[Step]:
    return [Step((t,), end) for t, end in zip(times, [*times[1:], end_fs], strict=True)]


def find_clock(signals: Sequence[Wave]) -> Wave | None:
    """The regular one-bit signal with the most edges, or None."""
    regular = [wave for wave in signals if wave.width_bits == 1 and _is_regular(wave)]
    return max(regular, key=lambda wave: len(wave.changes), default=None)


def _is_regular(wave: Wave) -> bool:
    if len(wave.changes) < _MIN_EDGES:
        return False
    for level in "01":  # high and low may differ in length
        lengths = Counter(
            after - time for (time, value), (after, _) in pairwise(wave.changes) if value == level
        )
        if not lengths or max(lengths.values()) < _REGULAR * lengths.total():
            return False
    return True


def _change_times(waves: Waves, signals: Sequence[Wave]) -> list[int]:
    """When any of them changes in the window; its start comes first."""
    start, end = waves.start_fs, waves.end_fs
    found = {time for wave in signals for time, _ in wave.changes if start < time <= end}
    return [start, *sorted(found)]


def _without_idle(steps: list[Step], busy: list[int]) -> list[Step]:
    kept: list[Step] = []
    idle: list[Step] = []
    for step in steps:
        if bisect_left(busy, step.times[0]) == bisect_right(busy, step.times[-1]):
            idle.append(step)
            continue
        kept += _shortened(idle) if kept else idle
        kept.append(step)
        idle = []
    return kept + _shortened(idle)


def _shortened(idle: list[Step]) -> list[Step]:
    if len(idle) < 2 * _KEPT_IDLE_STEPS + _MIN_LEFT_OUT:
        return idle
    after = idle[-_KEPT_IDLE_STEPS:]
    return [*idle[:_KEPT_IDLE_STEPS], replace(after[0], after_gap=True), *after[1:]]
