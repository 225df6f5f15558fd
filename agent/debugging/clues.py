"""What a log or a description says of a design, mapped onto its lines; nothing is run for it."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from hdlsmith.agent.debugging.cone import Netlist
from hdlsmith.agent.debugging.words import weigh_statements, weigh_words
from hdlsmith.agent.localising.localisation import Suspect, suspect_lines
from hdlsmith.agent.localising.localise import ranked_lines
from hdlsmith.agent.localising.verdicts import Told, failures_told
from hdlsmith.design import Design, Diagnostic, Severity, SourceSpan
from hdlsmith.sandbox.diagnostics import parse_ghdl, parse_icarus, parse_verible, parse_verilator
from hdlsmith.sandbox.records import diagnostic_record

_PLACE = re.compile(
    r"(?<![\w./\\+-])(?P<path>[\w./\\+-]*\w\.s?vh?)"
    r"(?:[:(]|\", line |:\s*line\s+)(?P<line>\d{1,7})\b"
)
_WARNING = re.compile(r"\bwarn", re.IGNORECASE)
_PARSERS: tuple[Callable[[str], tuple[Diagnostic, ...]], ...] = (
    parse_verilator,
    parse_verible,
    parse_icarus,
    parse_ghdl,
)
_MOST_LINES = 20_000
_LONGEST_LINE = 1000
_SHOWN = 8


@dataclass(frozen=True)
class Clues:
    """What is known of a fault that no run shows.

    Attributes:
        diagnostics: what tools said of lines of the design, errors first.
        told: lines of a log that tell of a failing check.
        signals: of the design, that the words name or mean, the surest first.
        suspects: most suspicious first, each line once.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    told: tuple[Told, ...] = ()
    signals: tuple[str, ...] = ()
    suspects: tuple[Suspect, ...] = ()


def find_clues(design: Design, log: str, issue: str, found: tuple[Diagnostic, ...] = ()) -> Clues:
    """Lay what is said beside the design.

    Args:
        log: what tools printed, wherever they ran.
        issue: what somebody says is wrong.
        found: what our own tools said of the design.
    """
    netlist = Netlist(design)
    said = diagnostics_in(log, design)
    lines = {diagnostic.message for diagnostic in said}
    told = tuple(t for t in failures_told(log, netlist.names) if not _is_known(t.line, lines))
    weights = weigh_words(issue, netlist.names)
    weights |= {name: 1.0 for failure in told[:1] for name in failure.names}
    scores = [
        (place, score, f"behind {name}") for place, (score, name) in netlist.behind(weights).items()
    ]
    scores += weigh_statements(issue, design, netlist.modules)
    ranked = ranked_lines(design, netlist.modules, scores)
    errors = tuple(sorted((*found, *said), key=lambda d: d.severity.rank))
    blamed = tuple(_blamed(design, errors))
    places = {(suspect.path, suspect.line) for suspect in blamed}
    rest = tuple(suspect for suspect in ranked if (suspect.path, suspect.line) not in places)
    signals = sorted(weights, key=lambda name: (-weights[name], name))
    return Clues(errors, told, tuple(signals), (*blamed, *rest))


def diagnostics_in(log: str, design: Design) -> tuple[Diagnostic, ...]:
    """What the tools of a log said of the design's own files, whose paths need not be the same."""
    lines = [line[:_LONGEST_LINE] for line in log.splitlines()[:_MOST_LINES]]
    text = "\n".join(lines)
    found: dict[tuple[str, int], Diagnostic] = {}
    parsed = (diagnostic for parse in _PARSERS for diagnostic in parse(text))
    for diagnostic in (*parsed, *_mentioned(lines)):
        span = diagnostic.span
        path = _own_path(span.path, design) if span else ""
        if span and path:
            placed = replace(diagnostic, span=replace(span, path=path))
            found.setdefault((path, span.line), placed)
    return tuple(found.values())


def render_clues(clues: Clues) -> str:
    """As a table: what was said, and the lines to suspect."""
    lines = [str(diagnostic) for diagnostic in clues.diagnostics[:_SHOWN]]
    lines += [told.line for told in clues.told[:_SHOWN]]
    if clues.signals:
        lines.append(f"signals meant: {', '.join(clues.signals[:_SHOWN])}")
    lines += suspect_lines(clues.suspects[:_SHOWN])
    return "\n".join(lines)


def clues_record(clues: Clues) -> dict[str, Any]:
    """As JSON data."""
    return {
        "diagnostics": [diagnostic_record(d) for d in clues.diagnostics],
        "told": [told.line for told in clues.told],
        "signals": list(clues.signals),
        "suspects": [vars(suspect) for suspect in clues.suspects],
    }


def _mentioned(lines: Iterable[str]) -> Iterator[Diagnostic]:
    """Lines of tools that we have no parser for, by the place that they name."""
    for line in lines:
        for match in _PLACE.finditer(line):
            severity = Severity.WARNING if _WARNING.search(line) else Severity.ERROR
            span = SourceSpan(match["path"].replace("\\", "/"), int(match["line"]))
            yield Diagnostic(severity, "said", line.strip(), span, "log")


def _own_path(path: str, design: Design) -> str:
    """The file of the design that a path elsewhere means: most parts equal from the end."""
    parts = PurePosixPath(path).parts[::-1]

    def shared(own: str) -> int:
        pairs = zip(parts, PurePosixPath(own).parts[::-1], strict=False)
        return next((n for n, (a, b) in enumerate(pairs) if a != b), len(parts))

    best = max((file.path for file in design.files), key=shared, default="")
    return best if best and shared(best) else ""


def _is_known(line: str, messages: Iterable[str]) -> bool:
    return any(message in line for message in messages)


def _blamed(design: Design, diagnostics: Iterable[Diagnostic]) -> Iterator[Suspect]:
    """The lines that tools complain of, each once."""
    lines = {file.path: file.text.split("\n") for file in design.files}
    seen = set()
    for diagnostic in diagnostics:
        span = diagnostic.span
        if span and (span.path, span.line) not in seen and span.path in lines:
            seen.add((span.path, span.line))
            text = lines[span.path][span.line - 1 : span.line]
            why = f"{diagnostic.tool}: {diagnostic.message}"
            score = 1.0 if diagnostic.severity is Severity.ERROR else 0.5
            yield Suspect(span.path, span.line, score, why, "".join(text).strip())
