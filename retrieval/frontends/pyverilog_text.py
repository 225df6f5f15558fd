"""Verilog as pyverilog's parser takes it: no directives, no comments, each token on its line.

pyverilog leaves includes and macros to Icarus Verilog, which would open any file that a text
names. Here they are resolved as for every other text (see `sv_includes`).
"""

from collections.abc import Iterator
from typing import Any

from pyslang import parsing, syntax

from hdlsmith.retrieval.frontends.sv_source import Opened

_NUMBER_BASE = parsing.TokenKind.IntegerBase
_TYPED_INTEGER = ("input", "output", "inout", "function", "automatic")
"""Behind them pyverilog takes a range, not the word `integer`."""

_PASSED_OVER = (syntax.AttributeInstanceSyntax, syntax.SpecifyBlockSyntax)
_ONCE = ("initial", "final")
_MAY_LACK_MEMBERS = (
    syntax.ModuleDeclarationSyntax,
    syntax.GenerateBlockSyntax,
    syntax.GenerateRegionSyntax,
)


def plain_text(opened: Opened) -> str:
    """The preprocessed text, with the line numbers of the original.

    What pyverilog's grammar stops at is left out: attributes, `initial` processes, `specify`
    blocks, blanks inside numbers, and tasks that assign nothing with their calls.
    """
    written: list[str] = []
    line = 1
    before = ""
    is_number = False
    for token in _tokens(opened):
        place = opened.manager.getFullyExpandedLoc(token.location)
        if place.buffer == opened.buffer:
            here = opened.line(place.offset)
            written.append("\n" * (here - line))
            line = max(here, line)
        glued = is_number or token.kind is _NUMBER_BASE
        text = token.rawText
        if text == "integer" and before in _TYPED_INTEGER:
            text = "[31:0]"
        written += (text,) if glued else (" ", text)
        before = text
        is_number = token.kind is _NUMBER_BASE
    return "".join(written) + "\n"


def _tokens(opened: Opened) -> Iterator[parsing.Token]:
    idle: set[str] = set()
    left: list[Any] = [opened.tree.root]
    while left:
        node = left.pop()
        kind = type(node)
        if kind is parsing.Token:
            if not node.isMissing and node.rawText:
                yield node
        elif kind is syntax.FunctionDeclarationSyntax and _is_idle_task(node):
            idle.add(node.prototype.name.getFirstToken().rawText)
        elif kind is syntax.ExpressionStatementSyntax and _callee(node) in idle:
            yield node.semi
        elif kind not in _PASSED_OVER and not _runs_once(node):
            left += reversed(list(node))


def _runs_once(node: Any) -> bool:
    """Whether it is a process that simulation runs once, and that can be spared where it stands."""
    is_process = type(node) is syntax.ProceduralBlockSyntax
    return is_process and node.keyword.rawText in _ONCE and type(node.parent) in _MAY_LACK_MEMBERS


def _is_idle_task(node: Any) -> bool:
    return node.prototype.keyword.rawText == "task" and "=" not in "".join(map(str, node.items))


def _callee(node: Any) -> str:
    """The task that a statement calls without arguments."""
    return str(node.expr).strip()
