"""A design's text under names of its own, so that several designs stand in one simulation.

What comes out is printed from the parser's tokens: macros expanded, comments and directives gone.
So the simulator reads what the tamper guard has read, and no `define`, `timescale` or
`default_nettype` of one design reaches the next; all delays count in the harness's nanoseconds.
"""

from collections.abc import Iterator

import pyslang
from pyslang import parsing, syntax

from hdlsmith.sandbox.slang import parse_tree

_NAMED = (
    syntax.ClassDeclarationSyntax,
    syntax.DeclaratorSyntax,
    syntax.TypedefDeclarationSyntax,
    syntax.UdpDeclarationSyntax,
)


def apart(text: str, suffix: str) -> str:
    """The text with a suffix behind each name that it declares at file level, wherever it stands.

    Args:
        text: Verilog or SystemVerilog that parses without an error.
    """
    manager = pyslang.SourceManager()
    root = parse_tree(manager.assignText("design.sv", text), manager).root
    names = set(_file_level_names(root))
    tokens: list[parsing.Token] = []
    root.visit(lambda node: tokens.append(node) if isinstance(node, parsing.Token) else None)
    return "".join(_printed(tokens, names, suffix))


def _printed(tokens: list[parsing.Token], names: set[str], suffix: str) -> Iterator[str]:
    end = None
    for token in tokens:
        if not token.rawText:
            continue
        if token.range.start != end:
            yield " "
        end = token.range.end
        yield token.rawText
        if token.kind is parsing.TokenKind.Identifier and token.valueText in names:
            yield suffix


def _file_level_names(root: syntax.SyntaxNode) -> Iterator[str]:
    """Modules, packages, types, functions, constants. Names inside the file level's functions are
    among them: to change too many does no harm, as each is changed everywhere."""
    for member in root.members:  # type: ignore[attr-defined]
        if isinstance(member, syntax.ModuleDeclarationSyntax):
            yield member.header.name.valueText
        else:
            found: list[str] = []
            member.visit(lambda node, found=found: found.extend(_declared(node)))
            yield from found


def _declared(node: object) -> Iterator[str]:
    if isinstance(node, _NAMED):
        yield node.name.valueText
    elif isinstance(node, syntax.FunctionPrototypeSyntax):
        yield node.name.getFirstToken().valueText
