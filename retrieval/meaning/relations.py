"""Who drives and reads what in one source's graph, turned around for looking up."""

from collections import defaultdict
from collections.abc import Sequence

from hdlsmith.retrieval.nodes import SCOPES, Edge, EdgeKind, FileGraph, Node


class Relations:
    """Edges of a `FileGraph` by their ends.

    Attributes:
        drivers: named value -> (block, condition) that assign it.
        drives: block -> (named value, condition, line) it assigns.
        feeds: named value -> named values whose assignment reads it.
        wired: named value -> (instance, port) it is connected to.
        wires: instance -> (port, named value).
        clocked_by, reset_by: process -> the edge of its first clock, and reset.
        clocks, resets: named values used as such.
        children: node -> nodes right inside.
    """

    def __init__(self, graph: FileGraph) -> None:
        self.drivers: dict[int, list[tuple[int, str]]] = defaultdict(list)
        self.drives: dict[int, list[tuple[int, str, int]]] = defaultdict(list)
        self.feeds: dict[int, dict[int, None]] = defaultdict(dict)
        self.wired: dict[int, list[tuple[int, str]]] = defaultdict(list)
        self.wires: dict[int, list[tuple[str, int]]] = defaultdict(list)
        self.clocked_by: dict[int, Edge] = {}
        self.reset_by: dict[int, Edge] = {}
        self.children: dict[int, list[int]] = defaultdict(list)
        self._nodes = graph.nodes
        for position, node in enumerate(graph.nodes):
            self.children[node.parent].append(position)
        for edge in graph.edges:
            kind = edge.kind
            if kind is EdgeKind.READS:
                if edge.driven >= 0:
                    self.feeds[edge.target][edge.driven] = None
            elif kind is EdgeKind.DRIVES:
                self.drivers[edge.target].append((edge.source, edge.condition))
                self.drives[edge.source].append((edge.target, edge.condition, edge.line))
            elif kind is EdgeKind.CONNECTS:
                self.wired[edge.target].append((edge.source, edge.name))
                self.wires[edge.source].append((edge.name, edge.target))
            elif kind is EdgeKind.CLOCKED_BY:
                self.clocked_by.setdefault(edge.source, edge)
            elif kind is EdgeKind.RESET_BY:
                self.reset_by.setdefault(edge.source, edge)
        self.clocks = {edge.target for edge in self.clocked_by.values()}
        self.resets = {edge.target for edge in self.reset_by.values()}

    def scope(self, position: int) -> int:
        """The module, package or class around a node; -1 for an outermost one."""
        return scope_around(position, self._nodes)


def scope_around(position: int, nodes: Sequence[Node]) -> int:
    """See `Relations.scope`."""
    position = nodes[position].parent
    while position >= 0 and nodes[position].kind not in SCOPES:
        position = nodes[position].parent
    return position
