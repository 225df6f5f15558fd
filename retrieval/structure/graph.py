"""networkx views of the index, of a cone and of a hierarchy, made when they are asked for."""

from collections.abc import Iterable

import networkx

from hdlsmith.retrieval.nodes import SCOPES, Edge, EdgeKind, Kind
from hdlsmith.retrieval.store.index import Index, StoredNode
from hdlsmith.retrieval.structure.cone import Walk
from hdlsmith.retrieval.structure.netlist import Netlist
from hdlsmith.retrieval.structure.trace import Trace
from hdlsmith.retrieval.structure.tree import Branch

_PROJECT = 1 << 62
"""Id of the node that stands for the repository; its files follow. Ids of the index are smaller."""

_DECLARED = (Kind.PORT, Kind.PARAMETER, Kind.SIGNAL, Kind.TYPE)


def source_graph(netlist: Netlist, sources: Iterable[int]) -> "networkx.MultiDiGraph[int]":
    """Everything known of these source texts.

    Returns:
        nodes are ids of the index with `kind`, `name`, `detail`, `place`, `text`; edges have `kind`
        and what else `Edge` tells. A node's parent `declares` a value or type and `contains` the
        rest; an instance `instantiates` the module it means, where that is among the sources. The
        project contains files, and a file what is outermost in its text: what stands in several
        files is one node.
    """
    index = netlist.index
    graph = networkx.MultiDiGraph()
    chosen = list(dict.fromkeys(sources))
    _add_files(graph, index, chosen)
    for node in (node for source in chosen for node in index.of_source(source)):
        _add(graph, index, node)
        if node.parent != -1:
            kind = "declares" if node.kind in _DECLARED else "contains"
            graph.add_edge(node.parent, node.id, kind=kind)
    for edge in (edge for source in chosen for edge in index.edges_of(source)):
        target = edge.target
        if edge.kind is EdgeKind.INSTANTIATES:
            target = netlist.definition(edge.source)
        if target in graph:
            graph.add_edge(edge.source, target, kind=str(edge.kind), **_said(edge))
    return graph


def module_graph(netlist: Netlist, module: int) -> "networkx.MultiDiGraph[int]":
    """As `source_graph`, of one module, package or class and what stands in it."""
    whole = source_graph(netlist, [netlist.node(module).source])
    inside = {node.id for node in netlist.members(module, tuple(set(Kind) - set(SCOPES)))}
    return whole.subgraph(inside | {module}).copy()


def _add_files(graph: "networkx.MultiDiGraph[int]", index: Index, sources: Iterable[int]) -> None:
    root = index.root
    graph.add_node(
        _PROJECT, kind=str(Kind.PROJECT), name=root.name, text=root.name, detail="", place=""
    )
    files = [(path, source) for source in sources for path in index.paths(source)]
    for number, (path, source) in enumerate(sorted(files), _PROJECT + 1):
        graph.add_node(number, kind=str(Kind.FILE), name=path, text=path, detail="", place=path)
        graph.add_edge(_PROJECT, number, kind="contains")
        for node in index.of_source(source):
            if node.parent == -1:
                graph.add_edge(number, node.id, kind="contains")


def _said(edge: Edge) -> dict[str, object]:
    said = edge._asdict().items()
    return {k: v for k, v in said if k not in ("kind", "source", "target") and v not in ("", -1)}


def _add(graph: "networkx.MultiDiGraph[int]", index: Index, node: StoredNode) -> None:
    place = str(index.places(node)[0])
    graph.add_node(
        node.id,
        kind=str(node.kind),
        name=node.name,
        text=f"{node.kind} {node.name}".strip(),
        detail=node.detail,
        place=place,
    )


def trace_graph(trace: Trace) -> "networkx.DiGraph[int]":
    """A cone, edges from driver to load: nodes are positions of its steps, with `kind`, `name`,
    `module`, `place`, `text`, `path`; a value met again is the node where it was first met.
    """
    graph = networkx.DiGraph()
    first: dict[tuple[int, str, str], int] = {}
    for position, row in enumerate(trace.rows):
        step = row.step
        place = step.node, step.net, step.path
        meant = first.get(place, position) if step.again else position
        first.setdefault(place, position)
        if meant == position:
            graph.add_node(
                position,
                kind=str(row.kind),
                name=row.name,
                module=row.module,
                place=row.place,
                text=row.text,
                path=step.path,
                elaborated=step.elaborated,
            )
        if step.origin != -1:
            ends = (meant, step.origin) if trace.cone.walk is Walk.FAN_IN else (step.origin, meant)
            graph.add_edge(*ends, condition=step.condition, clock_edge=step.clock_edge)
    return graph


def tree_graph(branches: tuple[Branch, ...]) -> "networkx.DiGraph[int]":
    """A hierarchy, edges from parent to child: nodes are positions of its branches, with `name`,
    `module`, `place`, `path`.
    """
    graph = networkx.DiGraph()
    for position, branch in enumerate(branches):
        graph.add_node(
            position,
            name=branch.name,
            module=branch.module,
            place=branch.place,
            text=f"{branch.name} {branch.module}",
            path=branch.path,
        )
        if branch.parent != -1:
            graph.add_edge(branch.parent, position)
    return graph
