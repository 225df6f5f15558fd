"""The channel of names: what the identifiers spelled in a question lead to."""

import math
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from heapq import nlargest
from typing import NamedTuple

from hdlsmith.retrieval.nodes import BLOCKS, NAMED_VALUES, SCOPES, EdgeKind, Kind
from hdlsmith.retrieval.searching.channels import Asked
from hdlsmith.retrieval.searching.fusion import Found
from hdlsmith.retrieval.store.index import Index, StoredNode

_NODES = 100_000
"""Of a large index: a name that one node has says the logarithm of that."""

_MOST_FOUND = 1000
_MOST_USED = 30
"""Values of one name whose uses are looked up: a clock's name says nothing."""
_MOST_SCOPES = 30
_MOST_SPELLING = 300
_SPELLED = 0.6
"""What a block's use of a name counts beside being called so, or driving it: a question names what
it asks for more often than what that depends on."""

_USES = (EdgeKind.DRIVES, EdgeKind.READS, EdgeKind.CONNECTS)


class _Related(NamedTuple):
    how: str
    nodes: set[int]
    share: float = 1.0


def by_identifier(index: Index, asked: Asked) -> Found:
    """Nodes that a name spelled in the question leads to: those of that name, the blocks that drive
    or use them, the instances of a module of that name, and what stands inside it.

    Each name says of a node, in nats, how few nodes are as near to it; what several names say adds
    up: of all `clk_i` the one inside the module that is named, too.
    """
    scores: dict[int, float] = {}
    reasons: dict[int, list[str]] = {}
    named = {n: index.named(n) or index.named(n, any_case=True) for n in asked.terms.names}
    scopes = {name: _scopes_meant(index, nodes) for name, nodes in named.items()}
    meant = set[int]().union(*scopes.values())
    for name, nodes in named.items():
        told: set[int] = set()
        for related in _related(index, asked, name, nodes, scopes[name], meant):
            new = related.nodes - told
            told |= new
            for node in new & asked.allowed:
                says = related.share * math.log(1 + _NODES / len(told))
                scores[node] = scores.get(node, 0.0) + says
                reasons.setdefault(node, []).append(f"{related.how} {name}")
    best = nlargest(_MOST_FOUND, scores.items(), key=lambda pair: (pair[1], -pair[0]))
    return Found(dict(best), lambda node: ", ".join(reasons[node]))


def _related(
    index: Index,
    asked: Asked,
    name: str,
    nodes: Sequence[StoredNode],
    scopes: AbstractSet[int],
    meant: AbstractSet[int],
) -> Iterator[_Related]:
    """What a name leads to, the nearest first.

    Args:
        nodes: those of the name.
        scopes: modules that the name stands for.
        meant: modules that any name of the question stands for.
    """
    yield _Related("named", {node.id for node in nodes})
    if not set(BLOCKS).isdisjoint(asked.kinds):
        yield from _blocks_related(index, asked, name, nodes, meant)
    if len(scopes) <= _MOST_SCOPES:
        members = (index.members(scope, asked.kinds) for scope in scopes)
        yield _Related("inside", {node.id for some in members for node in some})


def _blocks_related(
    index: Index,
    asked: Asked,
    name: str,
    nodes: Sequence[StoredNode],
    meant: AbstractSet[int],
) -> Iterator[_Related]:
    inside = [node for node in nodes if node.module in meant] or nodes
    values = [node for node in inside if node.kind in NAMED_VALUES]
    if len(values) <= _MOST_USED:
        edges = [edge for value in values for edge in index.edges_to(value.id, _USES)]
        yield _Related("drives", {e.source for e in edges if e.kind is EdgeKind.DRIVES})
        yield _Related("uses", {edge.source for edge in edges}, _SPELLED)
    yield _Related("instance of", {edge.source for edge in index.instances_of(name)})
    if len(nodes) <= _MOST_USED:
        kinds = tuple(kind for kind in BLOCKS if kind in asked.kinds)
        spelling = index.spelling(name, kinds, _MOST_SPELLING + 1)
        if len(spelling) <= _MOST_SPELLING:
            yield _Related("spells", set(spelling), _SPELLED)


def _scopes_meant(index: Index, named: Iterable[StoredNode]) -> set[int]:
    """Of nodes of one name the modules, and those of the instances among them."""
    own = {node.id for node in named if node.kind in SCOPES}
    instantiated = {n.detail.split()[0] for n in named if n.kind is Kind.INSTANCE and n.detail}
    if len(instantiated) > _MOST_SCOPES:
        return own
    return own | {module.id for name in instantiated for module in index.definitions(name)}
