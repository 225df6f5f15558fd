"""Waveforms: what a VCD, FST or GHW file holds, read by pywellen in a caged child.

Times are femtoseconds, whatever the file's own unit. A signal has one value a time step: the
settled one, after every change of that step.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

from hdlsmith.sandbox.cage import Cage
from hdlsmith.sandbox.waves.names import find_signal, select
from hdlsmith.sandbox.waves.reader import MAX_CHANGES, ask, unreadable

_FOREVER_FS = 1 << 128
_UNKNOWN = "xzuwlh-"  # what is neither 0 nor 1 in Verilog or std_logic
_ONES = str.maketrans(_UNKNOWN, "0" * len(_UNKNOWN))
_KNOWN = str.maketrans("01" + _UNKNOWN, "11" + "0" * len(_UNKNOWN))

Change = tuple[int, str]
"""A time in femtoseconds, and the value from then on."""


@dataclass(frozen=True)
class Signal:
    """A signal that a waveform file declares.

    Attributes:
        name: scopes and name, joined by dots: `tb.dut.count`.
        width_bits: 0 where values are text: a real, a string, a VHDL enumeration.
        kind: the file's own word, in lower case: `wire`, `reg`, `integer`, `real`, `event`.
        index: its place in the file.
    """

    name: str
    width_bits: int
    kind: str
    index: int


@dataclass(frozen=True)
class Contents:
    """What a waveform file declares.

    Attributes:
        file_format: `VCD`, `FST` or `GHW`.
        tick_fs: the file's own unit of time.
        end_fs: the last time step; None where the file does not tell.
    """

    signals: tuple[Signal, ...]
    file_format: str
    tick_fs: int
    end_fs: int | None


@dataclass(frozen=True)
class Wave:
    """One signal over time.

    Attributes:
        changes: in order of time, one a time step. The first is the value in force at the start
            of what was read, and may lie before it. A value is a string of `width_bits` digits
            (0, 1, x, z; VHDL's u, w, l, h, - too), or text where `width_bits` is 0.
    """

    name: str
    width_bits: int
    changes: tuple[Change, ...]
    kind: str = "wire"

    def at(self, time_fs: int) -> str:
        """The settled value; all `x` (text: empty) before the first known one."""
        index = bisect_right(self.changes, time_fs, key=itemgetter(0))
        return self.changes[index - 1][1] if index else "x" * self.width_bits


@dataclass(frozen=True)
class Waves:
    """Signals of one file over one window of time.

    Attributes:
        tick_fs: the file's own unit of time.
        start_fs: where the window begins.
        end_fs: where it ends: as asked for, or the file's last time step, if that is earlier.
    """

    signals: tuple[Wave, ...]
    tick_fs: int
    start_fs: int
    end_fs: int

    def wave(self, name: str) -> Wave:
        """The signal of that full name, or with that unique ending (`dut.count`).

        Raises:
            InputError: no such signal (with the nearest names), or several.
        """
        return find_signal(self.signals, name)

    def at(self, name: str, time_fs: int) -> str:
        """The settled value of a signal at a time.

        Raises:
            InputError: as `wave`.
        """
        return self.wave(name).at(time_fs)


@dataclass(frozen=True)
class Difference:
    """Where two waveforms first part.

    Attributes:
        signal: as it was named.
        time_fs: the time step after which they differ.
        left: the settled value in the first waveform.
        right: and in the second.
    """

    signal: str
    time_fs: int
    left: str
    right: str


def read_contents(path: Path, cage: Cage) -> Contents:
    """The signals a file declares, without their values.

    Raises:
        InputError: no waveform, broken, or too large.
        MissingToolError: pywellen isn't installed.
        SandboxError: the sandbox failed, not the file.
    """
    head, *lines = ask(path, cage, {"indices": None})
    try:
        signals = [Signal(str(n), int(w), str(k), i) for i, (n, w, k) in enumerate(lines)]
        tick, end = max(1, int(head["tick_fs"])), head["end"]
        end_fs = None if end is None else int(end) * tick
        return Contents(tuple(signals), str(head["format"]), tick, end_fs)
    except (TypeError, ValueError, LookupError) as error:
        raise unreadable(path) from error


def read_waves(
    path: Path,
    cage: Cage,
    signals: Sequence[str] = (),
    start_fs: int = 0,
    end_fs: int | None = None,
) -> Waves:
    """Read signals of a VCD, FST or GHW file.

    Args:
        signals: full names, unique endings or globs (`tb.dut.*`); none means all.
        start_fs: the values in force then are read, and the changes after it.
        end_fs: the last time read; None for the end of the file.

    Raises:
        InputError: no waveform, broken or too large; a signal that isn't there, or a name that
            fits several; more than `MAX_CHANGES` changes.
        MissingToolError: pywellen isn't installed.
        SandboxError: the sandbox failed, not the file.
    """
    contents = read_contents(path, cage)
    wanted = select(contents.signals, signals) if signals else contents.signals
    return read_changes(path, cage, contents, wanted, start_fs, end_fs)


def read_changes(
    path: Path,
    cage: Cage,
    contents: Contents,
    wanted: Sequence[Signal],
    start_fs: int = 0,
    end_fs: int | None = None,
    most_each: int = MAX_CHANGES + 1,
) -> Waves:
    """As `read_waves`, for signals that were chosen from the file's contents.

    Args:
        most_each: stop where one signal has had that many changes; `end_fs` of the result says
            where that was.
    """
    tick = contents.tick_fs
    request = {
        "indices": [signal.index for signal in wanted],
        "start": start_fs // tick,
        "end": (_FOREVER_FS if end_fs is None else end_fs) // tick,
        "most_each": most_each,
    }
    changes: dict[int, tuple[Change, ...]] = {}
    cut_fs: list[int] = []
    try:
        for indices, times, values, cut in ask(path, cage, request)[1:]:
            shared = tuple((int(t) * tick, str(v)) for t, v in zip(times, values, strict=True))
            changes |= dict.fromkeys(indices, shared)
            if cut:
                cut_fs.append(shared[-1][0])
        waves = tuple(Wave(s.name, s.width_bits, changes[s.index], s.kind) for s in wanted)
    except (TypeError, ValueError, LookupError) as error:
        raise unreadable(path) from error
    last_fs = max((wave.changes[-1][0] for wave in waves if wave.changes), default=0)
    asked_fs = [] if end_fs is None else [end_fs]
    reached_fs = min(max(contents.end_fs or 0, last_fs), *cut_fs, *asked_fs, _FOREVER_FS)
    return Waves(waves, tick, start_fs, max(start_fs, reached_fs))


def first_difference(
    left: Waves, right: Waves, names: Sequence[str] = (), *, skip_unknown: bool = False
) -> Difference | None:
    """The earliest time at which the settled values differ; the first in `names` at a tie.

    Both are compared over the time that both cover.

    Args:
        names: full names or unique endings, found in both; none means every signal of `left`
            that `right` has under its full name.
        skip_unknown: a bit that is neither 0 nor 1 on one side claims nothing, so that a
            four-state simulator may be held against a two-state one.

    Raises:
        InputError: a name that isn't in both, or fits several signals.
    """
    if names:
        pairs = [(name, left.wave(name), right.wave(name)) for name in names]
    else:
        there = {wave.name: wave for wave in right.signals}
        pairs = [(w.name, w, there[w.name]) for w in left.signals if w.name in there]
    start_fs, end_fs = max(left.start_fs, right.start_fs), min(left.end_fs, right.end_fs)
    found: Difference | None = None
    for name, one, other in pairs:
        bits = bool(one.width_bits and other.width_bits)
        for time_fs, a, b in _in_step(one, other, start_fs):
            if time_fs > end_fs or (found and time_fs >= found.time_fs):
                break
            if a != b and (not skip_unknown or _clash(a, b, bits=bits)):
                found = Difference(name, time_fs, a, b)
                break
    return found


def _in_step(left: Wave, right: Wave, start_fs: int) -> Iterator[tuple[int, str, str]]:
    """Both values at the start, and after every time step in which one of the two changes."""
    values = ["x" * left.width_bits, "x" * right.width_bits]
    events = [(max(t, start_fs), 0, v) for t, v in left.changes]
    events += [(max(t, start_fs), 1, v) for t, v in right.changes]
    events.sort(key=itemgetter(0))  # two sorted runs: linear
    for position, (time_fs, side, value) in enumerate(events, 1):
        values[side] = value
        if position == len(events) or events[position][0] != time_fs:
            yield time_fs, values[0], values[1]


def _clash(a: str, b: str, *, bits: bool) -> bool:
    """Whether a bit that both sides know differs; a text is known as a whole, or is empty."""
    if not bits:
        return bool(a and b)
    known = int(a.translate(_KNOWN), 2) & int(b.translate(_KNOWN), 2)
    return bool(known & (int(a.translate(_ONES), 2) ^ int(b.translate(_ONES), 2)))
