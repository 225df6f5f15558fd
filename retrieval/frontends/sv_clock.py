"""Which edge of which signal clocks a Verilog process, and what resets it."""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from pyslang import syntax

from hdlsmith.retrieval.abbreviations import RESET_NAME
from hdlsmith.retrieval.frontends.sv_names import flat, names_in, one_line
from hdlsmith.retrieval.frontends.sv_source import Opened

_ACTIVE_LOW = re.compile(r"(rst|reset|_)n(_?[io])?$|_b$|^n_?re?s", re.IGNORECASE)
_ASSIGNED = re.compile(r"<?=([^;=]*);")
_EDGES = ("posedge", "negedge")


class Event(NamedTuple):
    """An edge of a signal."""

    edge: str
    name: str


class Reset(NamedTuple):
    """A signal that resets.

    Attributes:
        edge: empty for a synchronous reset.
        level: that resets: `0` or `1`.
    """

    edge: str
    name: str
    level: str


class Timing(NamedTuple):
    """What makes a process run.

    Attributes:
        control: as written: `@(posedge clk or negedge rst_n)`.
    """

    control: str = ""
    clocks: tuple[Event, ...] = ()
    resets: tuple[Reset, ...] = ()


def timing_of(opened: Opened, statement: Any, is_signal: Callable[[str], bool]) -> Timing:
    """The timing of a process with this statement.

    The clock is the edge that no leading `if` asks about; the others reset. A synchronous reset is
    an outermost condition whose name says so and whose branch assigns constants.
    """
    if type(statement) is not syntax.TimingControlStatementSyntax:
        return Timing()
    control = one_line(opened.slice(statement.timingControl))
    if not any(edge in control for edge in _EDGES):
        return Timing(control)
    events = tuple(_events(opened, statement.timingControl))
    if not events:
        return Timing(control)
    asynchronous: list[Reset] = []
    for test in _leading_tests(opened, statement.statement):
        found = [event for event in events if event.name in names_in(test)]
        if not found or len(asynchronous) + 1 == len(events):
            break
        asynchronous.append(
            Reset(found[0].edge, found[0].name, _level(test, found[0].name, found[0].edge))
        )
    resetting = {reset.name for reset in asynchronous}
    clocks = tuple(event for event in events if event.name not in resetting)
    if not asynchronous and len(events) == 1:
        for test, branch in _outer_tests(opened, statement.statement):
            for name in filter(is_signal, filter(RESET_NAME.search, names_in(test))):
                level = _level(test, name, "")
                is_upside_down = level == "1" and _ACTIVE_LOW.search(name)
                if not is_upside_down and _assigns_constants(opened, branch, is_signal):
                    return Timing(control, clocks, (Reset("", name, level),))
    return Timing(control, clocks, tuple(asynchronous))


def _events(opened: Opened, node: Any) -> Iterator[Event]:
    kind = type(node)
    if kind is syntax.BinaryEventExpressionSyntax:
        yield from _events(opened, node.left)
        yield from _events(opened, node.right)
    elif kind is syntax.SignalEventExpressionSyntax:
        edge = node.edge.rawText
        names = names_in(opened.slice(node.expr))
        if edge in _EDGES and names:
            yield Event(edge, names[0])
    elif kind in (
        syntax.EventControlWithExpressionSyntax,
        syntax.ParenthesizedEventExpressionSyntax,
    ):
        yield from _events(opened, node.expr)


def _leading_tests(opened: Opened, statement: Any) -> Iterator[str]:
    """Conditions of the if-else chain that a process starts with."""
    statement = next(_outer_statements(statement), None)
    while type(statement) is syntax.ConditionalStatementSyntax:
        yield flat(opened.slice(statement.predicate))
        statement = statement.elseClause and statement.elseClause.clause


def _outer_tests(opened: Opened, statement: Any) -> Iterator[tuple[str, Any]]:
    """Condition and branch of each `if` that no other statement encloses."""
    for outer in _outer_statements(statement):
        if type(outer) is syntax.ConditionalStatementSyntax:
            yield flat(opened.slice(outer.predicate)), outer.statement


def _outer_statements(statement: Any) -> Iterator[Any]:
    if type(statement) is syntax.BlockStatementSyntax:
        for item in statement.items:
            yield from _outer_statements(item)
    elif isinstance(statement, syntax.StatementSyntax):
        yield statement


def _level(test: str, name: str, edge: str) -> str:
    """The value of `name` that makes `test` true."""
    name = re.escape(name)
    if re.search(rf"[!~]\s*\(?\s*{name}\b|\b{name}\s*={{2,3}}\s*(1'b0|'?0)\b", test):
        return "0"
    if edge == "negedge" and re.search(rf"\b{name}\s*!=", test):
        return "0"
    return "1"


def _assigns_constants(opened: Opened, branch: Any, is_signal: Callable[[str], bool]) -> bool:
    values = _ASSIGNED.findall(opened.slice(branch))
    return bool(values) and not any(is_signal(name) for text in values for name in names_in(text))
