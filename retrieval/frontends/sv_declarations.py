"""What Verilog declarations name: ports, parameters, signals and types."""

from collections.abc import Callable, Iterator
from typing import Any

from pyslang import parsing, syntax

from hdlsmith.retrieval.frontends.sv_level import Level, Span
from hdlsmith.retrieval.frontends.sv_names import flat, one_line
from hdlsmith.retrieval.nodes import Kind

_DIRECTIONS = ("input", "output", "inout", "ref")
Initial = tuple[Any, Span]
"""A declarator with a value, and where it stands."""


def declare_header(level: Level, header: Any) -> None:
    """The parameters and ports that a module's header names."""
    if header.parameters is not None:
        for declaration in header.parameters.declarations[::2]:
            declare_parameters(level, declaration)
    if type(header.ports) is syntax.AnsiPortListSyntax:
        _declare_ansi_ports(level, header.ports)


def declare_parameters(level: Level, declaration: Any) -> None:
    """`parameter int Width = 8`, `localparam type T = logic`."""
    for declarator, span, head in _declarators(level, declaration):
        name = declarator.name
        detail = one_line(head + _tail(level, declarator, name, None))
        level.declare(Kind.PARAMETER, name.valueText, span, detail)


def declare_parameter_statement(level: Level, statement: Any) -> None:
    """A parameter among a module's members."""
    declare_parameters(level, statement.parameter)


def declare_signals(level: Level, declaration: Any) -> list[Initial]:
    """Nets and variables; returns those that are declared with a value."""
    initials = []
    for declarator, span, head in _declarators(level, declaration):
        token = declarator.name
        value = declarator.initializer
        name = token.valueText
        detail = one_line(head + _tail(level, declarator, token, value))
        known = level.scope.get(name)
        if type(known) is int and _is_port(level, known):
            port = level.nodes[known]
            level.nodes[known] = port._replace(detail=_joined(port.detail, detail))
        else:
            level.declare(Kind.SIGNAL, name, span, detail)
        if value is not None:
            initials.append((declarator, span))
    return initials


def declare_ports(level: Level, declaration: Any) -> None:
    """`output reg [3:0] q;` below a header that lists bare names."""
    for declarator, span, head in _declarators(level, declaration):
        name = declarator.name
        detail = one_line(head + _tail(level, declarator, name, declarator.initializer))
        level.declare(Kind.PORT, name.valueText, span, detail)


def declare_type(level: Level, declaration: Any) -> None:
    """`typedef enum logic [1:0] {IDLE, RUN} state_e;`"""
    span = level.opened.span(declaration)
    if span is not None:
        detail = one_line(level.opened.slice(declaration.type))
        level.add(Kind.TYPE, declaration.name.valueText, span, detail)


def declare_modports(level: Level, declaration: Any) -> None:
    """`modport slave (input req, output ack);`"""
    for item in declaration.items[::2]:
        span = level.opened.span(item)
        if span is not None:
            detail = "modport " + one_line(level.opened.slice(item.ports))
            level.add(Kind.TYPE, item.name.valueText, span, detail)


DECLARATIONS: dict[type, Callable[[Level, Any], list[Initial] | None]] = {
    syntax.ParameterDeclarationStatementSyntax: declare_parameter_statement,
    syntax.DataDeclarationSyntax: declare_signals,
    syntax.NetDeclarationSyntax: declare_signals,
    syntax.UserDefinedNetDeclarationSyntax: declare_signals,
    syntax.PortDeclarationSyntax: declare_ports,
    syntax.TypedefDeclarationSyntax: declare_type,
    syntax.ModportDeclarationSyntax: declare_modports,
}
"""By type of member, what takes in its names."""


def _declare_ansi_ports(level: Level, ports: Any) -> None:
    opened = level.opened
    header = "inout"
    for port in ports.ports[::2]:
        span = opened.span(port)
        if span is None:
            continue
        if type(port) is syntax.ImplicitAnsiPortSyntax:
            declarator = port.declarator
            name = declarator.name
            written = flat(_head(level, port, declarator))
            if written:
                header = _directed(written, type(port.header), header)
            tail = _tail(level, declarator, name, declarator.initializer)
            level.declare(Kind.PORT, name.valueText, span, one_line(f"{header} {tail}"))
        elif type(port) is syntax.ExplicitAnsiPortSyntax:
            header = port.direction.rawText or header.split()[0]
            level.declare(Kind.PORT, port.name.valueText, span, header)


def _directed(written: str, kind: type, before: str) -> str:
    """A port's header with the direction that it inherits from the port before it."""
    if written.startswith(_DIRECTIONS) or kind is syntax.InterfacePortHeaderSyntax:
        return written
    first = before.split(maxsplit=1)[0]
    return f"{first} {written}" if first in _DIRECTIONS else written


def _declarators(level: Level, declaration: Any) -> Iterator[tuple[Any, Span, str]]:
    """Each declarator, its span (of one that stands alone, the declaration's), and what the
    declaration says before the first name."""
    span = level.opened.span(declaration)
    declarators = declaration.declarators[::2]
    if span is None or not declarators:
        return
    head = _head(level, declaration, declarators[0])
    if len(declarators) == 1:
        yield declarators[0], span, head
        return
    for declarator in declarators:
        yield declarator, level.opened.span(declarator) or span, head


def _head(level: Level, declaration: Any, declarator: Any) -> str:
    """What a declaration says before its first name."""
    opened = level.opened
    first, name = declaration.sourceRange.start, declarator.name.location
    if first.buffer == opened.buffer and name.buffer == opened.buffer:
        text = opened.text[first.offset : name.offset]
        if "`" not in text:
            return text
    return str(declaration).partition(str(declarator) or ";")[0]


def _tail(level: Level, declarator: Any, name: parsing.Token, value: Any) -> str:
    """What a declarator says behind its name, up to its value."""
    opened = level.opened
    first = name.location
    end = declarator.sourceRange.end if value is None else value.sourceRange.start
    if first.buffer == opened.buffer and end.buffer == opened.buffer:
        text = opened.text[first.offset + len(name.rawText) : end.offset]
        if "`" not in text:
            return text
    text = str(declarator).partition(name.rawText or " ")[2]
    return text if value is None else text.removesuffix(str(value))


def _is_port(level: Level, position: int) -> bool:
    node = level.nodes[position]
    return node.kind is Kind.PORT and node.parent == level.parent


def _joined(port: str, variable: str) -> str:
    """`output [3:0]` and, further down, `reg [3:0]` are `output reg [3:0]`."""
    direction, _, rest = port.partition(" ")
    return f"{direction} {variable}" if rest in variable else port
