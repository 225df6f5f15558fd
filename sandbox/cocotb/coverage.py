"""What a run exercised: lines, branches and toggles of the design, and functional points.

Code coverage is Verilator's; the format is told in its guide under `verilator_coverage`.
Functional coverage is what cover statements count (`cover property`, Verilator alone), and what
the testbench leaves in `functional_coverage.json`: point -> bin -> hits, on any simulator. A
testbench can claim there what it likes; it is its own account, and no verdict rests on it.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

FUNCTIONAL = "functional_coverage.json"
"""The file a testbench leaves in its working folder."""

_POINT = re.compile(r"^C '(.*)' (\d+)$", re.MULTILINE)
_CODE = ("line", "branch")
_MOST_BINS = 10_000
_SHOWN = 8


@dataclass(frozen=True)
class Share:
    """So many of so many were hit."""

    hit: int
    total: int

    @property
    def percent(self) -> float | None:
        """None where there was nothing to hit."""
        return 100 * self.hit / self.total if self.total else None

    def __str__(self) -> str:
        return f"{self.percent:.0f}% ({self.hit}/{self.total})" if self.total else "-"


@dataclass(frozen=True)
class FileCoverage:
    """One source file.

    Attributes:
        lines: a line counts as hit if anything on it ran.
        branches: each arm of an `if` or `case`.
        toggles: each bit of each signal, in either direction.
        uncovered_lines: numbers of lines that never ran, rising.
        untoggled: `counter.q[7]:0->1`: a direction that a bit never went.
    """

    path: str
    lines: Share
    branches: Share
    toggles: Share
    uncovered_lines: tuple[int, ...]
    untoggled: tuple[str, ...]


@dataclass(frozen=True)
class FunctionalPoint:
    """Something that was to happen, in each of its ways: bin -> how often it did."""

    name: str
    bins: tuple[tuple[str, int], ...]

    @property
    def share(self) -> Share:
        return Share(sum(hits > 0 for _, hits in self.bins), len(self.bins))


@dataclass(frozen=True)
class Coverage:
    """What one run exercised."""

    files: tuple[FileCoverage, ...] = ()
    functional: tuple[FunctionalPoint, ...] = ()


NO_COVERAGE = Coverage()


def read_coverage(verilator: str, functional: str) -> Coverage:
    """Coverage from the two files a run leaves; text that makes no sense counts for nothing.

    Args:
        verilator: a `coverage.dat`.
        functional: a `functional_coverage.json`.
    """
    points = list(_points(verilator))
    by_file = defaultdict(list)
    for point in points:
        if point.kind in (*_CODE, "toggle"):
            by_file[point.path].append(point)
    covers = (
        FunctionalPoint(f"{p.path}:{p.line} {p.name}".rstrip(), (("hit", p.hits),))
        for p in points
        if p.kind == "user"
    )
    files = (_file(path, by_file[path]) for path in sorted(by_file))
    return Coverage(tuple(files), (*covers, *_functional(functional)))


def summary(coverage: Coverage) -> str:
    """The coverage for a terminal, with what is missing."""
    rows = []
    for file in coverage.files:
        shares = f"lines {file.lines}, branches {file.branches}, toggles {file.toggles}"
        rows.append(f"{file.path}: {shares}")
        if file.uncovered_lines:
            rows.append(f"  never ran: lines {_ranges(file.uncovered_lines)}")
        if file.untoggled:
            more = len(file.untoggled) - _SHOWN
            shown = ", ".join(file.untoggled[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
            rows.append(f"  never toggled: {shown}")
    for point in coverage.functional:
        missed = ", ".join(name for name, hits in point.bins if not hits)
        rows.append(f"{point.name}: {point.share}" + (f"  missed: {missed}" if missed else ""))
    return "\n".join(rows)


def coverage_record(coverage: Coverage) -> dict[str, Any]:
    """The coverage as JSON data."""
    return {
        "files": [
            {
                "path": file.path,
                **{
                    kind: {"hit": share.hit, "total": share.total, "percent": share.percent}
                    for kind, share in (
                        ("lines", file.lines),
                        ("branches", file.branches),
                        ("toggles", file.toggles),
                    )
                },
                "uncovered_lines": list(file.uncovered_lines),
                "untoggled": list(file.untoggled),
            }
            for file in coverage.files
        ],
        "functional": [
            {"name": point.name, "bins": dict(point.bins)} for point in coverage.functional
        ],
    }


@dataclass(frozen=True)
class _Point:
    kind: str
    path: str
    line: int
    name: str
    scope: str
    lines: tuple[int, ...]
    hits: int


def _points(text: str) -> Iterator[_Point]:
    for match in _POINT.finditer(text):
        pairs = (part.partition("\x02") for part in match[1].split("\x01")[1:])
        keys = {key: value for key, _, value in pairs}
        line = int(keys.get("l", "")) if keys.get("l", "").isdecimal() else 0
        yield _Point(
            kind=keys.get("page", "").partition("/")[0].removeprefix("v_"),
            path=keys.get("f", "").removeprefix("./"),
            line=line,
            name=keys.get("o", ""),
            scope=keys.get("h", ""),
            lines=tuple(_lines(keys.get("S", ""))) or (line,),
            hits=int(match[2]),
        )


def _lines(ranges: str) -> Iterator[int]:
    for first, last in re.findall(r"(\d{1,7})(?:-(\d{1,7}))?", ranges):
        yield from range(int(first), int(last or first) + 1)


def _file(path: str, points: list[_Point]) -> FileCoverage:
    ran: dict[int, bool] = {}
    for point in points:
        if point.kind in _CODE:
            for line in point.lines:
                ran[line] = ran.get(line, False) or point.hits > 0
    toggles = [point for point in points if point.kind == "toggle"]
    return FileCoverage(
        path,
        Share(sum(ran.values()), len(ran)),
        _share(point for point in points if point.kind == "branch"),
        _share(toggles),
        tuple(sorted(line for line, hit in ran.items() if not hit)),
        tuple(f"{point.scope}.{point.name}" for point in toggles if not point.hits),
    )


def _share(points: Iterable[_Point]) -> Share:
    hits = [point.hits > 0 for point in points]
    return Share(sum(hits), len(hits))


def _functional(text: str) -> tuple[FunctionalPoint, ...]:
    try:
        told = json.loads(text)
        return tuple(
            FunctionalPoint(str(name), tuple((str(b), int(hits)) for b, hits in bins.items()))
            for name, bins in told.items()
        )[:_MOST_BINS]
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError):
        return ()


def _ranges(lines: tuple[int, ...]) -> str:
    """`3, 7-9` for 3, 7, 8, 9."""
    runs: list[list[int]] = []
    for line in lines:
        if runs and line == runs[-1][-1] + 1:
            runs[-1][1:] = [line]
        else:
            runs.append([line])
    return ", ".join("-".join(map(str, run)) for run in runs)
