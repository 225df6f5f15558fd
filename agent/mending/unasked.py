"""A clock or a reset that a design uses and nobody gives it: the module without it."""

import re
from collections.abc import Iterator
from typing import Any

from pyslang import syntax

from hdlsmith.agent.mending.names import assignments, edges, processes
from hdlsmith.agent.mending.source import Edit, Source, walk

_K = syntax.SyntaxKind
_ACTIVE_LOW = re.compile(
    r"\w+_n\w{0,1}|n_?(?:rst|reset|clr|clear)|\w*(?:rst|reset|clr|clear)n|\w+_[bl]", re.I
)


def without_clock(source: Source, module: Any, name: str) -> tuple[Edit, ...]:
    """Each process that this clock drives becomes combinational; none where it drives none.

    What has no clock can hold nothing, so that `always @(posedge clk) q <= d` can only mean
    `always @(*) q = d`.
    """
    edits: list[Edit] = []
    for process in processes(module):
        control = _control(process)
        if control is None or not any(_is(source, edge, name) for edge in edges(control)):
            continue
        edits.append(source.replace(control, "@(*)"))
        if process.keyword.rawText == "always_ff":
            edits.append(source.replace(process.keyword, "always"))
        edits += [
            source.replace(found.operatorToken, "=")
            for found in assignments(process)
            if found.kind == _K.NonblockingAssignmentExpression
        ]
    return tuple(edits)


def without_reset(source: Source, module: Any, name: str) -> tuple[Edit, ...]:
    """As if the reset were never active: without its edge, its branches, its other uses."""
    level = _active_level(source, module, name)
    edits: list[Edit] = []
    for process in processes(module):
        edits += _without_edge(source, process, name)
    taken: list[tuple[int, int]] = []
    for test in walk(module, syntax.ConditionalStatementSyntax):
        start, end = source.span(test)
        active = _truth(source.slice(test.predicate).strip(), name, level)
        if active is None or any(a <= start and end <= b for a, b in taken):
            continue
        taken.append((start, end))
        edits += _branch(source, test, keep_else=active)
    inside = [(e.start, e.end) for e in edits] + taken
    for use in source.uses(module, name):
        if not any(a <= use.start < b for a, b in inside):
            edits.append(Edit(use.start, use.end, "1'b0" if level else "1'b1"))
    return tuple(edits)


def is_edge(source: Source, module: Any, name: str) -> bool:
    return any(_is(source, edge, name) and edge.edge.rawText for edge in edges(module))


def is_tested(source: Source, module: Any, name: str) -> bool:
    """Some `if` asks for nothing but this name."""
    tests = walk(module, syntax.ConditionalStatementSyntax)
    return any(_truth(source.slice(t.predicate).strip(), name, True) is not None for t in tests)


def _control(process: Any) -> Any | None:
    statement = process.statement
    if not isinstance(statement, syntax.TimingControlStatementSyntax):
        return None
    return statement.timingControl


def _is(source: Source, edge: Any, name: str) -> bool:
    return source.slice(edge.expr).strip() == name


def _without_edge(source: Source, process: Any, name: str) -> Iterator[Edit]:
    control = _control(process)
    found = list(edges(control)) if control is not None else []
    left = [edge for edge in found if not _is(source, edge, name)]
    if control is None or len(left) == len(found):
        return
    said = " or ".join(source.slice(edge) for edge in left)
    yield source.replace(control, f"@({said})" if left else "@(*)")


def _active_level(source: Source, module: Any, name: str) -> bool:
    """The level at which it resets: as its edge says, or else its name."""
    for edge in edges(module):
        if _is(source, edge, name) and edge.edge.rawText:
            return bool(edge.edge.rawText == "posedge")
    return not _ACTIVE_LOW.fullmatch(name)


def _truth(predicate: str, name: str, level: bool) -> bool | None:
    """Whether the test holds while the reset is active; None where it asks for something else."""
    asked = re.fullmatch(
        rf"\(*\s*(?P<not>[!~]?)\s*\(?\s*{name}\s*\)?\s*(?:(?P<sign>[!=]==?)\s*(?:1'b|1'd)?(?P<bit>[01]))?\s*\)*",
        predicate,
    )
    if not asked:
        return None
    holds = True
    if asked["sign"]:
        holds = (asked["bit"] == "1") is (asked["sign"][0] == "=")
    if asked["not"]:
        holds = not holds
    return holds is level


def _branch(source: Source, test: Any, *, keep_else: bool) -> list[Edit]:
    start, end = source.span(test)
    other = test.elseClause
    if not keep_else:
        return [Edit(start, source.span(test.statement)[0], "")] + (
            [Edit(source.span(test.statement)[1], end, "")] if other is not None else []
        )
    if other is not None:
        return [Edit(start, source.span(other.clause)[0], "")]
    in_block = isinstance(test.parent, syntax.BlockStatementSyntax)
    return [source.delete(test) if in_block else Edit(start, end, ";")]
