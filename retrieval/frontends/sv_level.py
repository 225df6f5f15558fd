"""One level of declarations in a Verilog text, and the graph that all levels fill."""

from bisect import bisect_left
from dataclasses import dataclass, field, replace

from hdlsmith.retrieval.frontends.sv_source import Opened
from hdlsmith.retrieval.nodes import Edge, Kind, Node

Sources = dict[int, None]
"""Positions of nodes, in the order of their reading."""

Scope = dict[str, int | Sources]
"""What a name means: the position of a node or, for a variable that is seen through, what it was
made of."""

Span = tuple[int, int]
"""First byte, and the byte behind the last."""


@dataclass
class Level:
    """A module, package or class, a generate block in it, or the file itself.

    Attributes:
        nodes, edges: of the whole file.
        parent: position of the module, package or class; -1 in the file itself.
        scope: the names that can be used here.
        tasks: of each task, the positions of the arguments it assigns.
        condition: of the generate blocks around.
    """

    opened: Opened
    nodes: list[Node]
    edges: list[Edge]
    parent: int = -1
    scope: Scope = field(default_factory=dict)
    tasks: dict[str, tuple[int, ...]] = field(default_factory=dict)
    condition: str = ""

    def inside(self, parent: int) -> "Level":
        """The level of a module, package or class in this one."""
        return replace(
            self, parent=parent, scope=dict(self.scope), tasks=dict(self.tasks), condition=""
        )

    def branch(self, condition: str) -> "Level":
        """The level of a generate block in this one."""
        return Level(
            self.opened,
            self.nodes,
            self.edges,
            self.parent,
            dict(self.scope),
            dict(self.tasks),
            condition,
        )

    def add(self, kind: Kind, name: str, span: Span, detail: str = "") -> int:
        """Append a node and return its position."""
        start, end = span
        ends = self.opened.line_ends
        first = last = bisect_left(ends, start)
        if first < len(ends) and ends[first] < end - 1:
            last = bisect_left(ends, end - 1, first)
        self.nodes.append(Node(kind, name, self.parent, first + 1, last + 1, start, end, detail))
        return len(self.nodes) - 1

    def declare(self, kind: Kind, name: str, span: Span, detail: str) -> None:
        """Append a named value, which can be used from here on."""
        if name:  # broken text may lack it
            self.scope[name] = self.add(kind, name, span, detail)

    def is_signal(self, name: str) -> bool:
        """Whether a name is a net, a variable or a port of this text."""
        position = self.scope.get(name)
        return isinstance(position, int) and self.nodes[position].kind != Kind.PARAMETER
