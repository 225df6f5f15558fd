"""Several tools' findings as one list: equal ones merged, all weighed on one scale."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import replace

from hdlsmith.design import Diagnostic, Severity, SourceSpan
from hdlsmith.sandbox.linters.meanings import SYNTAX, Meaning, meaning_of

_NEAR_COLUMNS = 20
"""Tools point at an operator or at either side of it: one finding, some columns apart."""

_MOST_AT_A_SPOT = 50
"""A line with more was made by a machine; the rest of its findings are not compared."""

_NAME = re.compile(r"'(?:\w+\.)*([A-Za-z_]\w*)")
"""The first name in quotes, without the instances that it lies in."""


def merge(found: Iterable[Iterable[Diagnostic]], texts: Mapping[str, str]) -> list[Diagnostic]:
    """One list, by place, out of one list a tool; what several tools say alike stands once.

    The words of the first tool stay, and `also` names the others. Only findings of one meaning
    are merged, and never two of one tool. Where one tool could not parse a file, what others
    could not parse in it is the same finding, wherever they noticed; and nothing else is told of
    that file but what may be the cause.

    Args:
        texts: path to text of the design's files.
    """
    ends = {path: _module_ends(text) for path, text in texts.items()}
    merged: list[Diagnostic] = []
    spots: dict[tuple[str, ...], list[int]] = {}
    for findings in found:
        from_others = len(merged)
        taken: set[int] = set()
        for diagnostic in dict.fromkeys(findings):
            meaning, here = meaning_of(diagnostic), diagnostic.span
            if _is_epilogue(diagnostic):
                continue
            if not meaning or not here:
                merged.append(_weighed(diagnostic, meaning))
                continue
            spot = spots.setdefault(_spot(diagnostic, meaning, here), [])
            near = {
                at: distance
                for at in spot[:_MOST_AT_A_SPOT]
                if at < from_others
                and at not in taken
                and (distance := _distance(here, merged[at].span, ends, meaning)) is not None
            }
            if near:
                at = min(near, key=lambda at: near[at])
                merged[at] = _joined(merged[at], diagnostic)
                if meaning is not SYNTAX:
                    taken.add(at)
            else:
                spot.append(len(merged))
                merged.append(_weighed(diagnostic, meaning))
    return sorted(_without_followers(merged), key=_place)


def _without_followers(merged: list[Diagnostic]) -> list[Diagnostic]:
    """Without what follows from text that pyslang could not read.

    In a file that it can't parse, that is all else but a missing macro or `include`; in a file
    where such a thing is missing, that another tool can't parse it.
    """
    stopped: dict[str, set[Meaning]] = {}
    for diagnostic in merged:
        meaning, span = meaning_of(diagnostic), diagnostic.span
        if diagnostic.tool == "slang" and span and meaning and meaning.stops_parsing:
            stopped.setdefault(span.path, set()).add(meaning)

    def follows(diagnostic: Diagnostic) -> bool:
        causes = stopped.get(diagnostic.span.path if diagnostic.span else "", set())
        meaning = meaning_of(diagnostic)
        if meaning is SYNTAX:
            return bool(causes) and diagnostic.tool != "slang"
        return SYNTAX in causes and not (meaning and meaning.stops_parsing)

    return [diagnostic for diagnostic in merged if not follows(diagnostic)]


def _is_epilogue(diagnostic: Diagnostic) -> bool:
    """Verilator's last words after other errors."""
    return not diagnostic.span and diagnostic.message == "Cannot continue"


def _spot(diagnostic: Diagnostic, meaning: Meaning, span: SourceSpan) -> tuple[str, ...]:
    """What two findings must share to be one: the signal, else the line; the file for syntax."""
    name = _NAME.search(diagnostic.message) if meaning.names_signal else None
    where = "" if meaning is SYNTAX else name[1] if name else str(span.line)
    return span.path, meaning.name, where


def _distance(
    one: SourceSpan, other: SourceSpan | None, ends: Mapping[str, list[int]], meaning: Meaning
) -> tuple[int, int] | None:
    """In lines and columns; None if they are too far from each other to be one place."""
    assert other is not None
    lines = abs(one.line - other.line)
    columns = abs(one.column - other.column) if one.column and other.column else 0
    if meaning is not SYNTAX:
        known = ends.get(one.path, [])
        if bisect_left(known, one.line) != bisect_left(known, other.line):
            return None  # in two modules
        if not lines and columns > _NEAR_COLUMNS and not meaning.names_signal:
            return None
    return lines, columns


def _module_ends(text: str) -> list[int]:
    return [number for number, line in enumerate(text.split("\n"), 1) if "endmodule" in line]


def _weighed(diagnostic: Diagnostic, meaning: Meaning | None) -> Diagnostic:
    if diagnostic.tool == "verible" and (not meaning or meaning is SYNTAX):
        note = replace(diagnostic, severity=Severity.NOTE)
        # It does not see what macros stand for: that it alone can't parse a file says little.
        return replace(note, code="unreadable") if meaning else note
    return replace(diagnostic, severity=meaning.severity) if meaning else diagnostic


def _joined(first: Diagnostic, other: Diagnostic) -> Diagnostic:
    told = dict.fromkeys((*first.sources, *other.sources))
    return replace(first, also=tuple(told)[1:])


def _place(diagnostic: Diagnostic) -> tuple[str, int, int, int]:
    span = diagnostic.span
    rank = diagnostic.severity.rank
    return (span.path, span.line, span.column, rank) if span else ("", 0, 0, rank)
