"""The index as a netlist to walk: who drives, reads and connects what, one source at a time."""

import re
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TypeVar

from hdlsmith.design import Direction
from hdlsmith.languages import Language
from hdlsmith.retrieval.nodes import ELSEWHERE, Edge, EdgeKind, Kind
from hdlsmith.retrieval.paths import distance
from hdlsmith.retrieval.store.index import Index, StoredNode
from hdlsmith.retrieval.store.schema import POSITION_BITS

_T = TypeVar("_T")

WILDCARD = ".*"
"""`Edge.name` of the CONNECTS edge that `.*` makes; ordered ports are called `#0`, `#1`, ..."""

_NAMED_PORT = re.compile(r"\.\s*(\w+)\s*[(,)]")

_TEST_FOLDERS = frozenset(("dv", "tb", "sim", "test", "tests", "bench", "verif", "testbench"))

_DIRECTIONS = {
    "input": Direction.INPUT,
    "in": Direction.INPUT,
    "output": Direction.OUTPUT,
    "out": Direction.OUTPUT,
    "buffer": Direction.OUTPUT,
}


class _Source:
    """Nodes and edges of one source text, by what they are looked up with.

    Args:
        stand_ins: nodes for values that another source declares.
    """

    def __init__(
        self, nodes: list[StoredNode], edges: Iterable[Edge], stand_ins: Container[int] = ()
    ) -> None:
        self.nodes = {node.id: node for node in nodes}
        self._stand_ins = stand_ins
        self._by_kind: dict[EdgeKind, list[Edge]] = defaultdict(list)
        for edge in edges:
            self._by_kind[edge.kind].append(edge)

    @cached_property
    def members(self) -> dict[int, list[StoredNode]]:
        own = (node for node in self.nodes.values() if node.id not in self._stand_ins)
        return _grouped((node.module, node) for node in own)

    @cached_property
    def drivers(self) -> dict[int, list[Edge]]:
        return _grouped((edge.target, edge) for edge in self._by_kind[EdgeKind.DRIVES])

    @cached_property
    def reads(self) -> dict[int, list[Edge]]:
        return _grouped((edge.driven, edge) for edge in self._by_kind[EdgeKind.READS])

    @cached_property
    def readers(self) -> dict[int, list[Edge]]:
        return _grouped((edge.target, edge) for edge in self._by_kind[EdgeKind.READS])

    @cached_property
    def driven(self) -> dict[int, list[Edge]]:
        return _grouped((edge.source, edge) for edge in self._by_kind[EdgeKind.DRIVES])

    @cached_property
    def clocks(self) -> dict[int, list[Edge]]:
        return _grouped((edge.source, edge) for edge in self._by_kind[EdgeKind.CLOCKED_BY])

    @cached_property
    def clocked(self) -> dict[int, list[Edge]]:
        edges = (*self._by_kind[EdgeKind.CLOCKED_BY], *self._by_kind[EdgeKind.RESET_BY])
        return _grouped((edge.target, edge) for edge in edges)

    @cached_property
    def connections(self) -> dict[int, list[Edge]]:
        return _grouped((edge.source, edge) for edge in self._by_kind[EdgeKind.CONNECTS])

    @cached_property
    def modules_of_instances(self) -> dict[int, str]:
        return {edge.source: edge.name for edge in self._by_kind[EdgeKind.INSTANTIATES]}


class Netlist:
    """Reads sources out of an index when a walk comes to them, and keeps them."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._sources: dict[int, _Source] = {}
        self._definitions: dict[int, int] = {}
        self._ports: dict[int, dict[str, int]] = {}
        self._connected: dict[int, dict[int, list[Edge]]] = {}
        self._bodies: dict[int, list[int]] = {}

    def _source(self, node: int) -> _Source:
        number = node >> POSITION_BITS
        if number not in self._sources:
            nodes, edges = self.index.of_source(number), self.index.edges_of(number)
            meant = self._meant_elsewhere(nodes)
            self._sources[number] = _Source(nodes, _moved(edges, meant) if meant else edges, meant)
        return self._sources[number]

    def _meant_elsewhere(self, nodes: list[StoredNode]) -> dict[int, int]:
        """Of VHDL architectures whose entity another file has: stand-in of a name -> the port or
        generic that the entity declares; -1 if it declares none.
        """
        found: dict[int, int] = {}
        for body in (node for node in nodes if node.is_architecture):
            entity = self._entity(body)
            if entity != body.id:
                declared = self.index.members(entity, (Kind.PORT, Kind.PARAMETER))
                ids = {value.name.lower(): value.id for value in declared}
                inside = (n for n in nodes if n.module == body.id and n.detail == ELSEWHERE)
                found.update((node.id, ids.get(node.name.lower(), -1)) for node in inside)
        return found

    def _entity(self, body: StoredNode) -> int:
        choices = self.index.definitions(body.name)
        return self.nearest(choices, self.index.paths(body.source)[0])

    def bodies(self, module: int) -> list[int]:
        """The architectures of a VHDL entity that stand in other files."""
        if module == -1 or self._source(module).nodes[module].detail != "entity":
            return []
        if module not in self._bodies:
            named = self.index.named(self.node(module).name, [Kind.MODULE])
            bodies = [node for node in named if node.is_architecture]
            self._bodies[module] = [b.id for b in bodies if self._entity(b) == module]
        return self._bodies[module]

    def _edges(self, value: int, table: Callable[[_Source], dict[int, list[Edge]]]) -> list[Edge]:
        """The edges of a value in a table of its source, and of those that share it."""
        own = self._source(value)
        found = table(own).get(value, [])
        for body in self.bodies(own.nodes[value].module):
            found = [*found, *table(self._source(body)).get(value, ())]
        return found

    def node(self, node: int) -> StoredNode:
        """The node of an id."""
        return self._source(node).nodes[node]

    def members(self, module: int, kinds: Sequence[Kind]) -> list[StoredNode]:
        """What a module holds of these kinds, however deep in generate blocks."""
        parts = (module, *self.bodies(module))
        inside = (node for part in parts for node in self._source(part).members.get(part, ()))
        return [node for node in inside if node.kind in kinds]

    def drivers(self, value: int) -> list[Edge]:
        """Statements that assign a value."""
        return self._edges(value, lambda source: source.drivers)

    def reads(self, driven: int) -> list[Edge]:
        """What the assignments of a value depend on."""
        return self._edges(driven, lambda source: source.reads)

    def readers(self, value: int) -> list[Edge]:
        """Statements whose assignments depend on a value."""
        return self._edges(value, lambda source: source.readers)

    def clocked(self, value: int) -> list[Edge]:
        """Processes that a value clocks or resets: CLOCKED_BY and RESET_BY edges."""
        return self._edges(value, lambda source: source.clocked)

    def clocks(self, process: int) -> list[int]:
        """The values that clock a process."""
        return [edge.target for edge in self._source(process).clocks.get(process, ())]

    def driven(self, block: int) -> list[int]:
        """The values that a block assigns."""
        return [edge.target for edge in self._source(block).driven.get(block, ())]

    def ports(self, module: int) -> dict[str, int]:
        """Port name -> id, in order of declaration."""
        if module not in self._ports:
            self._ports[module] = {p.name: p.id for p in self.members(module, [Kind.PORT])}
        return self._ports[module]

    def port(self, connection: Edge) -> int:
        """The port that a connection leads to, -1 where the index has none."""
        module = self.definition(connection.source)
        return self.ports(module).get(connection.name, -1) if module != -1 else -1

    def module_name(self, instance: int) -> str:
        """The module an instance asks for."""
        return self._source(instance).modules_of_instances.get(instance, "")

    def definition(self, instance: int) -> int:
        """The module an instance means, -1 where the index has none; see `nearest`."""
        if instance not in self._definitions:
            name = self.module_name(instance)
            asker = self.index.paths(instance >> POSITION_BITS)[0]
            self._definitions[instance] = self.nearest(self.index.definitions(name), asker)
        return self._definitions[instance]

    def nearest(self, choices: Iterable[StoredNode], asker: str) -> int:
        """Of several nodes the one with the fewest folders between its file and the asking one;
        of equals one that lies in no folder for tests, then the first by path; -1 of none.
        """
        ranked = [
            (distance(path, asker)[0], is_for_tests(path), path, node.id)
            for node in choices
            for path in self.index.paths(node.source)
        ]
        return min(ranked)[-1] if ranked else -1

    def instances(self, module: int) -> list[int]:
        """The instances that mean this module."""
        asking = self.index.instances_of(self.node(module).name)
        return [edge.source for edge in asking if self.definition(edge.source) == module]

    def connections(self, instance: int) -> list[Edge]:
        """What the ports of an instance are connected to: `.*`, ordered ports and VHDL's in any
        case under the ports' own names.
        """
        edges = self._source(instance).connections.get(instance, [])
        as_written = self.index.languages[instance >> POSITION_BITS] is not Language.VHDL
        if as_written and all(edge.name[:1] not in ".#" for edge in edges):
            return edges
        module = self.definition(instance)
        ports = list(self.ports(module)) if module != -1 else []
        spelled = {port if as_written else port.lower(): port for port in ports}
        found: list[Edge] = []
        for edge in edges:
            name = edge.name if as_written else edge.name.lower()
            if name == WILDCARD:
                found += self._wildcard(edge, ports)
            elif name[:1] == "#" and int(name[1:]) < len(ports):
                found.append(edge._replace(name=ports[int(name[1:])]))
            else:
                found.append(edge._replace(name=spelled.get(name, name)))
        return found

    def _wildcard(self, edge: Edge, ports: Sequence[str]) -> Iterator[Edge]:
        # A port may be named beside `.*` and yet have no edge: it is open, or a constant.
        given = set(_NAMED_PORT.findall(self.index.text(self.node(edge.source))))
        around = self.members(self.node(edge.source).module, (Kind.PORT, Kind.SIGNAL))
        values = {value.name: value.id for value in reversed(around)}
        for port in ports:
            if port in values and port not in given:
                yield edge._replace(target=values[port], name=port)

    def connected(self, value: int) -> list[Edge]:
        """The connections of a net to ports of instances in its module."""
        module = self.node(value).module
        if module not in self._connected:
            self._connected[module] = _grouped(
                (edge.target, edge)
                for instance in self.members(module, [Kind.INSTANCE])
                for edge in self.connections(instance.id)
            )
        return self._connected[module].get(value, [])


def _moved(edges: Iterable[Edge], meant: Mapping[int, int]) -> Iterator[Edge]:
    """Edges with what is meant in place of its stand-ins; without those that mean nothing."""
    for edge in edges:
        target, driven = meant.get(edge.target, edge.target), meant.get(edge.driven, edge.driven)
        if (target, driven) == (edge.target, edge.driven):
            yield edge
        elif target != -1 and (driven != -1 or edge.driven == -1):
            yield edge._replace(target=target, driven=driven)


def is_for_tests(path: str) -> bool:
    """Whether a path lies in a folder that repositories keep testbenches in."""
    return not _TEST_FOLDERS.isdisjoint(path.lower().split("/")[:-1])


def direction_of(port: StoredNode) -> Direction:
    """Which way a port leads, by its declaration; what is neither in nor out (an interface, a
    linkage, a bundle) leads both ways.
    """
    word = re.match(r"\w*", port.detail.lower())
    return _DIRECTIONS.get(word[0] if word else "", Direction.INOUT)


def _grouped(pairs: Iterable[tuple[int, _T]]) -> dict[int, list[_T]]:
    found: dict[int, list[_T]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found
