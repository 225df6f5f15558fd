"""What the tests of the tree-sitter front ends share: a graph as text, and what holds of any."""

from pathlib import Path

from hdlsmith.retrieval.frontends.table import FrontEnd, Surroundings
from hdlsmith.retrieval.nodes import EdgeKind, FileGraph, Kind

HERE = Surroundings(Path("/"))


def read(front_end: FrontEnd, text: str | bytes) -> FileGraph:
    """The graph of a text, after a look that each span lies in it where its lines say."""
    data = text.encode() if isinstance(text, str) else text
    graph = front_end("file", data, HERE)
    for number, node in enumerate(graph.nodes):
        assert -1 <= node.parent < number
        assert 0 <= node.start_byte <= node.end_byte <= len(data)
        assert data[: node.start_byte].count(b"\n") + 1 == node.start_line <= node.end_line
        assert "\n" not in node.detail
    for edge in graph.edges:
        assert 0 <= edge.source < len(graph.nodes)
        assert -1 <= edge.target < len(graph.nodes)
        assert edge.line >= 1
    return graph


def named(graph: FileGraph, kind: Kind) -> dict[str, str]:
    """Name -> detail of the nodes of one kind."""
    return {node.name: node.detail for node in graph.nodes if node.kind is kind}


def pairs(graph: FileGraph) -> set[tuple[str, str]]:
    """(driven, read) names of all READS edges."""
    nodes = graph.nodes
    return {
        (nodes[e.driven].name, nodes[e.target].name)
        for e in graph.edges
        if e.kind is EdgeKind.READS
    }


def edges(graph: FileGraph, kind: EdgeKind) -> set[tuple[str, str, str, str]]:
    """(source, target or name, clock edge, condition or port) of the edges of one kind."""
    nodes = graph.nodes
    return {
        (
            nodes[e.source].name,
            nodes[e.target].name if e.target >= 0 else e.name,
            e.clock_edge,
            e.condition or (e.name if e.target >= 0 else ""),
        )
        for e in graph.edges
        if e.kind is kind
    }
