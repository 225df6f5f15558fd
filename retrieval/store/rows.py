"""From what a front end found in one source text to rows of the index."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from hdlsmith.retrieval.nodes import NAMED_VALUES, SCOPES, Edge, EdgeKind, FileGraph, Kind, Node
from hdlsmith.retrieval.store.schema import MOST_NODES, POSITION_BITS, RAW_KINDS
from hdlsmith.retrieval.store.words import split_texts

_GRAPH = frozenset(NAMED_VALUES)
"""Kinds that are found by what surrounds them in the graph."""

_VALUES = {kind: kind.value for kind in (*Kind, *EdgeKind)}
"""Plain text of each kind; `Enum.value` takes three times as long, a quarter of a million times."""

_MOST = 12
"""Statements, loads and neighbours that a graph text names: a clock's would fill a book."""

_LONGEST_LINE = 1000
"""What is behind on a line is no part of a graph text: thousands of values may be driven on one."""


class SourceRows(NamedTuple):
    """Rows of one source text, as the tables of the index take them.

    Those of `fts_raw` are no part of it: whoever has the text makes them with `raw_rows` in less
    time than it takes to send them.
    """

    nodes: list[tuple[object, ...]]
    edges: list[tuple[object, ...]]
    graph: list[tuple[int, str, str]]
    diagnostics: list[tuple[object, ...]]
    words: list[tuple[int, str, str, str, str, str]]


def rows_of(
    source: int,
    text: bytes,
    graph: FileGraph,
    words: Mapping[int, str],
    contexts: Mapping[int, tuple[str, str, str]],
) -> SourceRows:
    """Rows with the ids that a source text's nodes have in the index; made in the workers.

    Args:
        source: id of the source text.
        words: position of a node -> what it does in plain words.
        contexts: position of a node -> the names it is known by, the comments at it, and
            words around it.

    Raises:
        ValueError: more nodes or edges than ids count.
    """
    if max(len(graph.nodes), len(graph.edges)) > MOST_NODES:
        raise ValueError(f"more than {MOST_NODES:,} nodes or edges in one text")
    first = source << POSITION_BITS
    modules = _modules(graph.nodes)
    return SourceRows(
        nodes=[
            (
                first + at, _VALUES[kind], name, first + parent if parent >= 0 else -1,
                first + module if module >= 0 else -1, *span, detail,
            )
            for at, ((kind, name, parent, *span, detail), module) in enumerate(
                zip(graph.nodes, modules, strict=True)
            )
        ],
        edges=[
            (
                first + at, _VALUES[kind], first + begin, first + target if target >= 0 else -1,
                first + driven if driven >= 0 else -1, name, line, clock_edge, condition,
            )
            for at, (kind, begin, target, driven, name, line, clock_edge, condition) in enumerate(
                graph.edges
            )
        ],
        graph=_graph_texts(first, text, graph.nodes, graph.edges),
        diagnostics=[
            (source, d.span.line if d.span else 0, d.severity.value, d.code, d.message)
            for d in graph.diagnostics
        ],
        words=[
            (first + at, words.get(at, ""), *contexts.get(at, ("", "", "")), "rule")
            for at in sorted(words.keys() | contexts.keys())
        ],
    )  # fmt: skip


def _modules(nodes: list[Node]) -> list[int]:
    """Position of the module, package or class around each node, -1 for none."""
    around: list[int] = []
    for node in nodes:
        parent = node.parent
        inside = parent >= 0 and nodes[parent].kind not in SCOPES
        around.append(around[parent] if inside else parent)
    return [m if m >= 0 and nodes[m].kind in SCOPES else -1 for m in around]


def raw_rows(text: bytes, nodes: Iterable[tuple[Any, ...]]) -> Iterator[tuple[int, str, str]]:
    """Rows of `fts_raw`, made from a source text and the rows of its nodes."""
    found = [
        (node, name, text[start:end])
        for node, kind, name, _, _, _, _, start, end, _ in nodes
        if kind in RAW_KINDS
    ]
    return _searchable(found)


def _searchable(found: Sequence[tuple[int, str, bytes]]) -> Iterator[tuple[int, str, str]]:
    """Rows with node, name and text for search."""
    names = split_texts(name.encode("utf-8", "replace") for _, name, _ in found)
    texts = split_texts(text for _, _, text in found)
    return zip((node for node, _, _ in found), names, texts, strict=False)


def _graph_texts(
    first: int, text: bytes, nodes: list[Node], edges: list[Edge]
) -> list[tuple[int, str, str]]:
    """Declaration, driving statements, what it depends on and what depends on it, connections."""
    lines = text.split(b"\n")
    names = [node.name.encode("utf-8", "replace") for node in nodes]
    around: defaultdict[int, dict[bytes, None]] = defaultdict(dict)

    for kind, source, target, driven, name, line, _, _ in edges:
        told = around[target]
        if kind is EdgeKind.READS and driven >= 0:
            if len(told) < _MOST:
                told[names[driven]] = None
            if len(told := around[driven]) < _MOST:
                told[names[target]] = None
        elif len(told) >= _MOST:
            continue
        elif kind is EdgeKind.DRIVES and 0 < line <= len(lines):
            told[lines[line - 1][:_LONGEST_LINE].strip()] = None
        elif kind is EdgeKind.CONNECTS and target >= 0:
            instance = nodes[source]
            told[f"{name} {instance.name} {instance.detail}".encode("utf-8", "replace")] = None
    found = [
        (first + at, name, b"\n".join((text[start:end], *around.get(at, ()))))
        for at, (kind, name, _, _, _, start, end, _) in enumerate(nodes)
        if kind in _GRAPH
    ]
    return list(_searchable(found))
