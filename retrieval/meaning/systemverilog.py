"""The code in a Verilog or SystemVerilog text, by pyslang's syntax tree."""

from collections.abc import Iterator
from typing import Any

import orjson
from pyslang import syntax

from hdlsmith.retrieval.frontends.sv_source import opened
from hdlsmith.retrieval.frontends.table import Surroundings
from hdlsmith.retrieval.meaning.code import Code
from hdlsmith.retrieval.meaning.statements import code_of
from hdlsmith.retrieval.nodes import FileGraph, Kind

_CODE = (Kind.ASSIGN, Kind.PROCESS, Kind.FUNCTION)
_JSON = syntax.CSTJsonMode.SimpleTokens


def codes(path: str, text: bytes, around: Surroundings, graph: FileGraph) -> dict[int, Code]:
    """Position -> code, of the graph's assigns, processes and functions."""
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
            code = _read(piece)
            if code is not None:
                found[positions.pop(0)] = code
    return found


def _read(piece: syntax.SyntaxNode) -> Code | None:
    try:
        return code_of(orjson.loads(piece.to_json(_JSON)))
    except orjson.JSONDecodeError:  # nested deeper than any code that people read
        return None


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
