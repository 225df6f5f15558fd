"""The code in a Verilog or SystemVerilog text, by pyslang's syntax tree."""

from collections.abc import Iterator
from typing import Any

import orjson
from pyslang import syntax

from hdlsmith.retrieval.frontends.sv_source import Opened, opened
from hdlsmith.retrieval.frontends.table import Surroundings
from hdlsmith.retrieval.meaning.code import Code
from hdlsmith.retrieval.meaning.statements import LINE, code_of
from hdlsmith.retrieval.meaning.syntax import Tree
from hdlsmith.retrieval.nodes import FileGraph, Kind

_CODE = (Kind.ASSIGN, Kind.PROCESS, Kind.FUNCTION)
_JSON = syntax.CSTJsonMode.SimpleTokens
_ALL = 20_000
"""Assignments of one block: more than anybody writes."""
_ASSIGNING = ("AssignmentExpression", "crementExpression", "Declarator", "ReturnStatement")
"""How the kinds of syntax that give a value end."""


def codes(
    path: str, text: bytes, around: Surroundings, graph: FileGraph, *, in_full: bool = False
) -> dict[int, Code]:
    """Position -> code, of the graph's assigns, processes and functions.

    Args:
        in_full: of long blocks too every assignment is read, and each tells where it stands; what
            a function returns is assigned to its name.
    """
    waiting: dict[tuple[int, int], list[int]] = {}
    for position, node in enumerate(graph.nodes):
        if node.kind in _CODE:
            waiting.setdefault((node.start_byte, node.end_byte), []).append(position)
    source = opened(path, text, around)
    found = {}
    for piece in (piece for member in source.members() for piece in _pieces(member)):
        span = source.span(piece)
        positions = waiting.get(span) if span else None
        if positions:
            code = _read(piece, source if in_full else None)
            if code is not None:
                found[positions.pop(0)] = code
    return found


def _read(piece: syntax.SyntaxNode, source: Opened | None) -> Code | None:
    try:
        tree = orjson.loads(piece.to_json(_JSON))
    except orjson.JSONDecodeError:  # nested deeper than any code that people read
        return None
    if source is None:
        return code_of(tree)
    _note_lines(tree, piece, source)
    return code_of(tree, _ALL)


def _note_lines(tree: Tree, piece: syntax.SyntaxNode, source: Opened) -> None:
    """Write into each tree that assigns where it begins: JSON has no places."""
    lines: list[int] = []

    def note(node: object) -> None:
        if isinstance(node, syntax.SyntaxNode) and node.kind.name.endswith(_ASSIGNING):
            lines.append(source.line(source.place(node.sourceRange.start)))

    piece.visit(note)
    left: list[Any] = [tree]
    places = iter(lines)  # both walks come to the same nodes in the same order
    while left:
        item = left.pop()
        if isinstance(item, list):
            left += reversed(item)
        elif isinstance(item, dict):
            if item["kind"].endswith(_ASSIGNING):
                item[LINE] = next(places, 0)
            left += reversed(list(item.values()))


def _pieces(node: Any) -> Iterator[Any]:
    """What may be a node of its own: members, and the parts of those that assign several things."""
    kind = type(node)
    for key in _INSIDE.get(kind, ()):
        below = getattr(node, key)
        for member in (below,) if isinstance(below, syntax.SyntaxNode) else below or ():
            yield from _pieces(member)
    if kind is syntax.ContinuousAssignSyntax and len(node.assignments) > 1:
        yield from node.assignments[::2]
    elif kind in _DECLARATIONS:
        declarators = [d for d in node.declarators[::2] if d.initializer is not None]
        yield from [node] if len(node.declarators) == 1 and declarators else declarators
    elif kind in _WITH_CODE:
        yield node


_WITH_CODE = (
    syntax.ContinuousAssignSyntax,
    syntax.ProceduralBlockSyntax,
    syntax.FunctionDeclarationSyntax,
    syntax.ClassMethodDeclarationSyntax,
)
_DECLARATIONS = (syntax.DataDeclarationSyntax, syntax.NetDeclarationSyntax)
_INSIDE: dict[type, tuple[str, ...]] = {
    syntax.ModuleDeclarationSyntax: ("members",),
    syntax.ClassDeclarationSyntax: ("items",),
    syntax.GenerateRegionSyntax: ("members",),
    syntax.GenerateBlockSyntax: ("members",),
    syntax.LoopGenerateSyntax: ("block",),
    syntax.IfGenerateSyntax: ("block", "elseClause"),
    syntax.ElseClauseSyntax: ("clause",),
    syntax.CaseGenerateSyntax: ("items",),
    syntax.StandardCaseItemSyntax: ("clause",),
    syntax.DefaultCaseItemSyntax: ("clause",),
}
