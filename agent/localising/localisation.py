"""What localising finds."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from hdlsmith.display import one_line
from hdlsmith.sandbox.results import SimResult
from hdlsmith.sandbox.waves.text import format_value

_MOST_BITS = 8
_FS = ((10**15, "s"), (10**12, "ms"), (10**9, "us"), (10**6, "ns"), (10**3, "ps"), (1, "fs"))


@dataclass(frozen=True)
class Suspect:
    """A line that may be wrong.

    Attributes:
        score: 0 to 1, comparable within one localisation only.
        why: the observation behind the score.
        text: the line.
    """

    path: str
    line: int
    score: float
    why: str
    text: str


@dataclass(frozen=True)
class Value:
    """A signal of the cone, or an input, around the first wrong time.

    Attributes:
        before, at: settled values in the time step before, and in the one that is wrong; binary
            digits, most significant first.
        expected: what the reference has there; empty where nothing tells.
    """

    signal: str
    before: str
    at: str
    expected: str = ""


@dataclass(frozen=True)
class Localisation:
    """Where a failing design goes wrong first, and which lines may be the reason.

    Attributes:
        result: of the simulation that was looked at.
        signal: the first wrong output; empty where nothing tells which.
        time_fs: when it is wrong first; None where nothing tells.
        wrong, right: time steps with a wrong output, and without.
        known_by: what tells right from wrong.
        suspects: most suspicious first, each line once.
        wrong_outputs: every wrong output, with the time when it is wrong first.
        end_fs: when the simulation ended.
    """

    result: SimResult
    signal: str = ""
    time_fs: int | None = None
    wrong: int = 0
    right: int = 0
    known_by: str = ""
    values: tuple[Value, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    wrong_outputs: tuple[tuple[str, int], ...] = ()
    end_fs: int = 0


def time_text(time_fs: int) -> str:
    """A time in the largest unit that shows it whole: `35 ns`."""
    size, unit = next((s, u) for s, u in _FS if time_fs % s == 0) if time_fs else (1, "fs")
    return f"{time_fs // size} {unit}" if time_fs else "0 s"


def render(found: Localisation, most: int = 10) -> str:
    """The table: first wrong signal, values on its cone, suspicious lines."""
    lines = [_headline(found)]
    if found.values:
        width = max(len(value.signal) for value in found.values)
        expected = " (expected)" if any(value.expected for value in found.values) else ""
        lines.append(f"  {'signal':<{width}}  before -> then{expected}")
    for value in found.values:
        right = f" ({_shown(value.expected)})" if value.expected else ""
        change = f"{_shown(value.before)} -> {_shown(value.at)}{right}"
        lines.append(f"  {value.signal:<{width}}  {change}")
    return "\n".join([*lines, *suspect_lines(found.suspects[:most])])


def suspect_lines(suspects: Iterable[Suspect]) -> Iterator[str]:
    """Each as a row of the table: score, place, code, and why."""
    for s in suspects:
        yield f"  {s.score:.2f}  {s.path}:{s.line}: {one_line(s.text)}  [{s.why}]"


def _shown(value: str) -> str:
    """Bits one by one while an eye can count them, else in hexadecimal."""
    wide = len(value) > _MOST_BITS
    return f"'h{format_value(value, len(value), '')}" if wide else value


def _headline(found: Localisation) -> str:
    if found.time_fs is None:
        return f"no output is known to be wrong at a known time: {found.known_by}"
    name = found.signal or "the testbench's check"
    return (
        f"{name} is wrong first at {time_text(found.time_fs)};"
        f" {found.wrong} of {found.wrong + found.right} time steps are wrong, by {found.known_by}"
    )


def localisation_record(found: Localisation) -> dict[str, Any]:
    """As JSON data."""
    return {
        "signal": found.signal or None,
        "time_fs": found.time_fs,
        "wrong": found.wrong,
        "right": found.right,
        "known_by": found.known_by,
        "wrong_outputs": dict(found.wrong_outputs),
        "values": [vars(value) for value in found.values],
        "suspects": [vars(suspect) for suspect in found.suspects],
    }
