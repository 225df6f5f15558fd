"""What the tree-sitter front ends share: a parsed text, scopes of names, and the graph drafted."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from hdlsmith.design import Diagnostic, Severity, SourceSpan
from hdlsmith.display import one_line
from hdlsmith.retrieval.nodes import Edge, EdgeKind, FileGraph, Kind, Node

if TYPE_CHECKING:
    from tree_sitter import Node as Syntax
    from tree_sitter import Parser, Tree

UNKNOWN = -1
"""Where a node's position is expected: the name stands for nothing that carries a value."""

_MAX_DETAIL_CHARACTERS = 400
_MAX_CONDITION_CHARACTERS = 200
_MAX_MESSAGE_CHARACTERS = 80
_MAX_DIAGNOSTICS = 50
_MAX_CONDITIONS = 100
"""More conditions around one statement than anybody writes; each costs an edge a name in it."""


class Scope:
    """Names and the positions of the nodes they stand for, as seen from one place.

    Args:
        draw: makes the node of a name that is declared in another file; inner scopes share it.
    """

    def __init__(
        self, outer: "Scope | None" = None, draw: Callable[[str], int] | None = None
    ) -> None:
        self.outer = outer
        self.draw: Callable[[str], int] | None = draw or (outer.draw if outer else None)
        self.names: dict[str, int] = {}

    def declare(self, name: str, position: int) -> None:
        """From here on the name means that node; UNKNOWN hides an outer one."""
        self.names[name] = position

    def find(self, name: str, *, is_value: bool = True) -> int:
        """The node of that name, or UNKNOWN.

        Args:
            is_value: False where it may as well be a function's: no node is made for it.
        """
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        return self.draw(name) if self.draw and is_value else UNKNOWN


class Scene(NamedTuple):
    """What holds where a statement stands.

    Attributes:
        conditions: that enclose it, outermost first, as written.
        read: named values in those conditions.
        clock_edge: of the clock it waits for; empty for combinational logic.
    """

    conditions: tuple[str, ...] = ()
    read: tuple[int, ...] = ()
    clock_edge: str = ""

    def under(self, condition: str, read: Iterable[int]) -> "Scene":
        """The scene inside one more condition."""
        if len(self.conditions) >= _MAX_CONDITIONS:
            return self
        known = set(self.read)
        new = tuple(position for position in dict.fromkeys(read) if position not in known)
        return self._replace(conditions=(*self.conditions, condition), read=self.read + new)


class Draft:
    """The graph of one text while it is being drawn.

    Args:
        path: the file's repository path, for diagnostics.
        text: its bytes.
        grammar: package of the tree-sitter grammar.
        conjunction: how the language writes "both conditions hold".
    """

    def __init__(self, path: str, text: bytes, grammar: str, conjunction: str) -> None:
        self.path = path
        self.source = text
        self.tree: Tree = _parser(grammar).parse(text)
        self.conjunction = conjunction
        self.nodes: list[Node] = []
        self._edges: dict[Edge, None] = {}

    def text(self, syntax: "Syntax") -> str:
        """What is written there, as it is written."""
        return self.source[syntax.start_byte : syntax.end_byte].decode("utf-8", "replace")

    def line(self, syntax: "Syntax") -> str:
        """What is written there, on one line and not too long."""
        return self.between(syntax.start_byte, syntax.end_byte)

    def between(self, start_byte: int, end_byte: int) -> str:
        """What is written between, on one line and not too long."""
        seen = self.source[start_byte : min(end_byte, start_byte + 4 * _MAX_DETAIL_CHARACTERS)]
        return _cut(one_line(seen.decode("utf-8", "replace")), _MAX_DETAIL_CHARACTERS)

    def add(self, kind: Kind, name: str, parent: int, syntax: "Syntax", detail: str = "") -> int:
        """Draw a node over the span of `syntax`.

        Returns: its position.
        """
        self.nodes.append(Node(kind, one_line(name), parent, *_span(syntax), detail))
        return len(self.nodes) - 1

    def named(self, positions: Iterable[int]) -> str:
        """The names of those nodes, each once: `a, b`."""
        return ", ".join(dict.fromkeys(self.nodes[position].name for position in positions))

    def describe(self, position: int, detail: str) -> None:
        """Give a node another detail."""
        self.nodes[position] = self.nodes[position]._replace(detail=detail)

    def move(self, position: int, syntax: "Syntax") -> None:
        """Let a node span `syntax` instead."""
        start, end, start_byte, end_byte = _span(syntax)
        self.nodes[position] = self.nodes[position]._replace(
            start_line=start, end_line=end, start_byte=start_byte, end_byte=end_byte
        )

    def stretch(self, position: int, syntax: "Syntax") -> None:
        """Let a node's span reach over `syntax` too, which stands after it."""
        _, end, _, end_byte = _span(syntax)
        self.nodes[position] = self.nodes[position]._replace(end_line=end, end_byte=end_byte)

    def assign(
        self,
        block: int,
        driven: Iterable[int],
        read: Iterable[int],
        syntax: "Syntax",
        scene: Scene,
    ) -> None:
        """Draw that a statement of `block` drives those values out of these, in that scene."""
        line = syntax.start_point.row + 1
        condition = _cut(f" {self.conjunction} ".join(scene.conditions), _MAX_CONDITION_CHARACTERS)
        needed = dict.fromkeys((*scene.read, *read))
        for target in dict.fromkeys(driven):
            self.link(
                Edge(EdgeKind.DRIVES, block, target, UNKNOWN, "", line, scene.clock_edge, condition)
            )
            for value in needed:
                edge_kind = EdgeKind.READS
                self.link(Edge(edge_kind, block, value, target, "", line, scene.clock_edge))

    def link(self, edge: Edge) -> None:
        """Draw an edge, once."""
        self._edges[edge] = None

    def finished(self) -> FileGraph:
        """The graph with what could not be parsed."""
        return FileGraph(self.nodes, list(self._edges), diagnostics=tuple(self._syntax_errors()))

    def _syntax_errors(self) -> Iterator[Diagnostic]:
        left = _MAX_DIAGNOSTICS
        stack = [self.tree.root_node]
        while stack and left:
            syntax = stack.pop()
            if syntax.is_missing:
                message = f"{syntax.type} is missing"
            elif syntax.is_error:
                message = (
                    f"this can't be parsed: {_cut(self.line(syntax), _MAX_MESSAGE_CHARACTERS)}"
                )
            else:
                stack += [child for child in reversed(syntax.children) if child.has_error]
                continue
            left -= 1
            row, column = syntax.start_point
            span = SourceSpan(self.path, row + 1, column + 1)
            yield Diagnostic(Severity.ERROR, "syntax", message, span, "tree-sitter")


def parts(syntax: "Syntax") -> "list[Syntax]":
    """The named children, comments left out."""
    return [child for child in syntax.named_children if not child.is_extra]


def first(syntax: "Syntax", *types: str) -> "Syntax | None":
    """The first child of one of those types."""
    return next((child for child in syntax.named_children if child.type in types), None)


def outermost(syntax: "Syntax", types: Iterable[str]) -> "Iterator[Syntax]":
    """Nodes of those types under `syntax`, in order; not those inside another such node."""
    wanted = frozenset(types)
    stack = syntax.named_children[::-1]
    while stack:
        inner = stack.pop()
        if inner.type in wanted:
            yield inner
        else:
            stack += inner.named_children[::-1]


def _span(syntax: "Syntax") -> tuple[int, int, int, int]:
    (start, _), (end, column) = syntax.start_point, syntax.end_point
    last = end + 1 if column else max(start + 1, end)  # at column 0 it ends behind a line's end
    return start + 1, last, syntax.start_byte, syntax.end_byte


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


@cache
def _parser(grammar: str) -> "Parser":
    from tree_sitter import Language, Parser

    return Parser(Language(import_module(grammar).language()))
