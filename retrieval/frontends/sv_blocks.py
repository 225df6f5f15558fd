"""Blocks of Verilog that do something: assignments, processes, functions, instances."""

import re
from collections.abc import Iterator
from typing import Any

from pyslang import syntax

from hdlsmith.retrieval.frontends.sv_clock import timing_of
from hdlsmith.retrieval.frontends.sv_dataflow import PLAIN_ASSIGNMENT, Block
from hdlsmith.retrieval.frontends.sv_declarations import Initial
from hdlsmith.retrieval.frontends.sv_level import Level, Scope, Sources
from hdlsmith.retrieval.frontends.sv_names import left_names, names_in, one_line
from hdlsmith.retrieval.frontends.sv_source import Opened
from hdlsmith.retrieval.nodes import Edge, EdgeKind, Kind

_CONNECTS = EdgeKind.CONNECTS
_MOST_PARAMETERS = 120
_GAP = r"(?:\s++|//[^\n]*\n)*+"
_NAMED = re.compile(
    rf"""{_GAP} \.(\w+) {_GAP}
         (?: \( ( (?:[^()"`/]++ | \( (?:[^()"`/]++ | \([^()"`/]*+\))*+ \))*+ ) \) )?
         {_GAP} (?: , | (\)) )""",
    re.VERBOSE,
)
"""A named connection without comments, strings, macros or deep brackets, up to what ends it."""
_LAST_IS_INPUT = ("buf", "not")


def read_initial(level: Level, initial: Initial) -> None:
    """`wire x = a & b;` both declares and assigns."""
    declarator, span = initial
    name = declarator.name.valueText
    detail = one_line(f"{name} {level.opened.slice(declarator.initializer)}")
    node = level.add(Kind.ASSIGN, name, span, detail)
    line = level.nodes[node].start_line
    block = _block(level, node)
    sources = block.sources(level.opened.slice(declarator.initializer.expr))
    block.assign(line, name, sources, level.condition)
    level.edges += block.edges()


def read_assigns(level: Level, member: Any) -> None:
    """`assign a = b, c = d;` is two nodes."""
    opened = level.opened
    whole = opened.span(member)
    if whole is None:
        return
    assignments = member.assignments[::2]
    for assignment in assignments:
        if type(assignment) is not syntax.BinaryExpressionSyntax:
            continue
        span = whole if len(assignments) == 1 else opened.span(assignment) or whole
        text, line = opened.cut(assignment)
        simple = PLAIN_ASSIGNMENT.match(text)
        if simple:
            name = left = simple[1]
            right = text[simple.end() :]
        else:
            left = opened.slice(assignment.left)
            right = opened.slice(assignment.right)
            name = ", ".join(name for name, _ in left_names(left))
        block = _block(level, level.add(Kind.ASSIGN, name, span, one_line(f"assign {text}")))
        block.assign(line, left, block.sources(right), level.condition)
        level.edges += block.edges()


def read_process(level: Level, member: Any) -> None:
    """An `always`, `initial` or `final`, with its clock and reset."""
    span = level.opened.span(member)
    if span is None:
        return
    statement = member.statement
    timing = timing_of(level.opened, statement, level.is_signal)
    detail = f"{member.keyword.rawText} {timing.control}".rstrip()
    node = level.add(Kind.PROCESS, _label(statement), span, detail)
    line = level.nodes[node].start_line
    edge = timing.clocks[0].edge if timing.clocks else ""
    block = _block(level, node, edge)
    block.visit(statement, level.condition, {})
    level.edges += block.edges()
    for clock in timing.clocks:
        target = level.scope.get(clock.name)
        if isinstance(target, int):
            level.edges.append(
                Edge(EdgeKind.CLOCKED_BY, node, target, -1, clock.name, line, clock.edge)
            )
    for reset in timing.resets:
        target = level.scope.get(reset.name)
        if isinstance(target, int):
            level.edges.append(
                Edge(EdgeKind.RESET_BY, node, target, -1, reset.name, line, reset.edge, reset.level)
            )


def read_function(level: Level, member: Any) -> None:
    """A function or task; calling it reads what of the module around it reads."""
    span = level.opened.span(member)
    if span is None:
        return
    prototype = member.prototype
    name = level.opened.slice(prototype.name).strip()
    node = level.add(Kind.FUNCTION, name, span, one_line(level.opened.slice(prototype)))
    scope: Scope = {**level.scope, name: {}}
    assigned = []
    ports = prototype.portList.ports[::2] if prototype.portList is not None else ()
    direction = "input"
    for position, port in enumerate(ports):
        direction = port.direction.rawText or direction
        scope[port.declarator.name.valueText] = {}
        if direction != "input":
            assigned.append(position)
    position = len(ports)
    for item in member.items:
        if type(item) is syntax.PortDeclarationSyntax:
            direction = level.opened.slice(item.header).partition(" ")[0]
            for declarator in item.declarators[::2]:
                scope[declarator.name.valueText] = {}
                if direction != "input":
                    assigned.append(position)
                position += 1
    everything: Sources = {}
    block = Block(level, node, scope, everything=everything)
    block.visit_items(member.items, level.condition, {})
    level.edges += block.edges()
    line = level.nodes[node].start_line
    level.edges += [Edge(EdgeKind.READS, node, read, line=line) for read in everything]
    level.scope[name] = everything
    level.tasks[name] = tuple(assigned)


def read_instances(level: Level, member: Any) -> None:
    """Instances of a module, or of a gate."""
    opened = level.opened
    whole = opened.span(member)
    if whole is None:
        return
    is_gate = type(member) is syntax.PrimitiveInstantiationSyntax
    module = member.type.valueText
    detail = module
    if not is_gate and member.parameters is not None:
        parameters = one_line(opened.slice(member.parameters))
        if len(parameters) <= _MOST_PARAMETERS:
            detail = f"{module} {parameters}"
    instances = member.instances[::2]
    for instance in instances:
        span = whole if len(instances) == 1 else opened.span(instance) or whole
        name = instance.decl.name.valueText if instance.decl is not None else ""
        node = level.add(Kind.INSTANCE, name, span, detail)
        if is_gate:
            _read_gate(level, node, module, instance)
        else:
            line = level.nodes[node].start_line
            around = level.condition
            level.edges.append(Edge(EdgeKind.INSTANTIATES, node, -1, -1, module, line, "", around))
            level.scope[name] = node  # what `bus.valid` means where it instantiates an interface
        _read_connections(level, node, instance)


def _read_connections(level: Level, node: int, instance: Any) -> None:
    opened, get = level.opened, level.scope.get
    found = _plain_connections(opened, instance) or _connections(opened, instance)
    for port, text, offset in found:
        line = opened.line(offset)
        if port == ".*":
            level.edges.append(Edge(_CONNECTS, node, -1, -1, port, line))
        for name in names_in(text):
            target = get(name)
            if type(target) is int:
                level.edges.append(Edge(_CONNECTS, node, target, -1, port, line))


_Connection = tuple[str, str, int]
"""Port, expression, and a byte of it."""


def _plain_connections(opened: Opened, instance: Any) -> list[_Connection]:
    """As `_connections`, four times as fast; empty if it takes a parser to read them."""
    place = instance.sourceRange
    start, end = place.start, place.end
    if start.buffer != opened.buffer or end.buffer != opened.buffer:
        return []
    first = start.offset
    text = opened.text[first : end.offset]
    found = []
    match = _NAMED.match(text, text.find("(") + 1)
    while match:
        port, expression, is_last = match.groups()
        found.append((port, port if expression is None else expression, first + match.start(1)))
        if is_last:
            return found
        match = _NAMED.match(text, match.end())
    return []


def _connections(opened: Opened, instance: Any) -> Iterator[_Connection]:
    for position, connection in enumerate(instance.connections[::2]):
        kind = type(connection)
        offset = opened.place(connection.sourceRange.start)
        if kind is syntax.NamedPortConnectionSyntax:
            port = connection.name.valueText
            if connection.expr is not None:
                yield port, opened.slice(connection.expr), offset
            elif not connection.openParen.rawText:
                yield port, port, offset
        elif kind is syntax.OrderedPortConnectionSyntax:
            yield f"#{position}", opened.slice(connection.expr), offset
        elif kind is syntax.WildcardPortConnectionSyntax:
            yield ".*", "", offset


def _read_gate(level: Level, node: int, gate: str, instance: Any) -> None:
    texts = [level.opened.slice(connection) for connection in instance.connections[::2]]
    outputs = len(texts) - 1 if gate in _LAST_IS_INPUT else 1
    line = level.nodes[node].start_line
    block = _block(level, node)
    sources = block.sources(" ".join(texts[outputs:]))
    for text in texts[:outputs]:
        block.assign(line, text, sources, level.condition)
    level.edges += block.edges()


def _block(level: Level, node: int, clock_edge: str = "") -> Block:
    return Block(level, node, level.scope, clock_edge)


def _label(statement: Any) -> str:
    """The name of the process's outermost `begin`."""
    if type(statement) is syntax.TimingControlStatementSyntax:
        statement = statement.statement
    if type(statement) is syntax.BlockStatementSyntax and statement.blockName is not None:
        return str(statement.blockName.name.valueText)
    return ""
