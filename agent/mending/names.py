"""What a module declares, and what it does with a name."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyslang import parsing, syntax

from hdlsmith.agent.mending.source import Source, walk

_ASSIGNMENTS = (
    syntax.SyntaxKind.AssignmentExpression,
    syntax.SyntaxKind.NonblockingAssignmentExpression,
)


@dataclass(frozen=True)
class Declared:
    """One name in a declaration.

    Attributes:
        header: node that holds direction, kind and range; of a port without its own it is that of
            the port before.
        node: the whole declaration, or the port.
        direction: of a port, else empty.
        ansi: it stands in the port list, with its direction.
    """

    name: str
    declarator: Any
    header: Any
    node: Any
    direction: str = ""
    ansi: bool = False

    @property
    def type(self) -> Any:
        header = self.header
        return header.type if hasattr(header, "type") else getattr(header, "dataType", None)

    @property
    def is_net(self) -> bool:
        """It can't be assigned in a process: `wire q`, `output q`."""
        if isinstance(self.header, syntax.NetPortHeaderSyntax | syntax.NetDeclarationSyntax):
            return True
        return bool(self.direction) and isinstance(self.type, syntax.ImplicitTypeSyntax)


def declarations(module: Any) -> Iterator[Declared]:
    """Ports, nets and variables of a module, those of its blocks included."""
    header: Any = None
    for node in walk(
        module,
        syntax.ImplicitAnsiPortSyntax,
        syntax.PortDeclarationSyntax,
        syntax.DataDeclarationSyntax,
        syntax.NetDeclarationSyntax,
    ):
        if isinstance(node, syntax.ImplicitAnsiPortSyntax):
            own = node.header
            if header is None or len(list(_tokens(own))):
                header = own
            yield Declared(
                node.declarator.name.valueText, node.declarator, header, node, _way(header), True
            )
        else:
            inside = node.header if isinstance(node, syntax.PortDeclarationSyntax) else node
            for declarator in walk(list(node.declarators), syntax.DeclaratorSyntax):
                name = declarator.name.valueText
                yield Declared(name, declarator, inside, node, _way(inside))


def declared(module: Any, name: str) -> tuple[Declared, ...]:
    return tuple(found for found in declarations(module) if found.name == name)


def constants(module: Any) -> Iterator[Any]:
    """Declarators of parameters and localparams."""
    for node in walk(module, syntax.ParameterDeclarationSyntax):
        yield from walk(list(node.declarators), syntax.DeclaratorSyntax)


def enum_names(module: Any) -> Iterator[str]:
    for node in walk(module, syntax.EnumTypeSyntax):
        for member in walk(list(node.members), syntax.DeclaratorSyntax):
            yield member.name.valueText


def known_names(module: Any) -> set[str]:
    """Every name that a module declares as a value."""
    genvars = walk(module, syntax.GenvarDeclarationSyntax)
    return (
        {found.name for found in declarations(module)}
        | {declarator.name.valueText for declarator in constants(module)}
        | {
            name.identifier.valueText
            for g in genvars
            for name in walk(g, syntax.IdentifierNameSyntax)
        }
        | set(enum_names(module))
    )


def assignments(node: Any) -> Iterator[Any]:
    """`a = b` and `a <= b` as expressions, in processes and `assign`."""
    for found in walk(node, syntax.BinaryExpressionSyntax):
        if found.kind in _ASSIGNMENTS:
            yield found


def processes(module: Any) -> Iterator[Any]:
    yield from walk(module, syntax.ProceduralBlockSyntax)


def targets(source: Source, node: Any) -> set[str]:
    """Base names that assignments below a node drive."""
    return {name for found in assignments(node) for name in base_names(source, found.left)}


def base_names(source: Source, left: Any) -> Iterator[str]:
    """What the left side of an assignment drives; of `{a, b[i]}` it is `a` and `b`."""
    if isinstance(left, syntax.ConcatenationExpressionSyntax):
        for part in left.expressions:
            if isinstance(part, syntax.SyntaxNode):
                yield from base_names(source, part)
    else:
        first = left.getFirstToken()
        if first.kind is parsing.TokenKind.Identifier:
            yield first.valueText


def edges(node: Any) -> Iterator[Any]:
    """The `posedge x` and `x` of event controls below a node."""
    yield from walk(node, syntax.SignalEventExpressionSyntax)


def _tokens(node: Any) -> Iterator[Any]:
    for child in node:
        if isinstance(child, syntax.SyntaxNode):
            yield from _tokens(child)
        elif child.rawText:
            yield child


def _way(header: Any) -> str:
    direction = getattr(header, "direction", None)
    return str(direction.valueText) if direction is not None else ""
