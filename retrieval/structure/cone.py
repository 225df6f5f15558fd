"""Fan-in and fan-out cones of a value over the index, across module boundaries."""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import NamedTuple

from hdlsmith.design import Direction
from hdlsmith.retrieval.nodes import Edge, EdgeKind, Kind
from hdlsmith.retrieval.structure.interfaces import Interfaces
from hdlsmith.retrieval.structure.netlist import Netlist, direction_of
from hdlsmith.retrieval.structure.places import Door, NamedPlaces, Place, Places
from hdlsmith.retrieval.structure.statements import Statements


class Walk(StrEnum):
    """Which way a cone is walked."""

    FAN_IN = "fan-in"
    FAN_OUT = "fan-out"


class Step(NamedTuple):
    """One node of a cone. Values and the blocks between them take turns: below a value stand the
    blocks that drive it (fan-in) or read it (fan-out), below a block the values it leads to.

    Attributes:
        node: its id: a port, signal or parameter, or the assignment, process or instance that
            leads to the next.
        origin: position in `Cone.steps` of the step it was reached from; -1 for the start.
        depth: assignments between it and the start; another name of the same wire, on the other
            side of a port, is no deeper.
        level: modules above (positive) or below the start's module.
        path: the instances around it, with dots between: those entered on the way and not left
            again, or all from the top where the start's were known.
        port: the name of the port it was reached through; else empty.
        line, condition, clock_edge: of the statement, as in `Edge`.
        again: it stands in the cone already and is not followed from here.
        value: of a parameter, what elaboration makes of it; else empty.
        elaborated: elaboration says that it is part of the design, not names alone.
        net: of a port of interface type, the interface's net that is meant; empty for all.
    """

    node: int
    origin: int
    depth: int
    level: int
    path: str
    port: str = ""
    line: int = 0
    condition: str = ""
    clock_edge: str = ""
    again: bool = False
    value: str = ""
    elaborated: bool = False
    net: str = ""


class _Name(NamedTuple):
    """A name of a value: its own or, of a net of an interface, `bus.net` in the module around it.

    Attributes:
        value: the port, signal or parameter; the instance of the interface.
        net: behind the dot; else empty.
        is_one: not of an array, of whose elements a statement may mean any.
    """

    value: int
    net: str
    place: Place
    level: int
    is_one: bool = True


@dataclass(frozen=True)
class Cone:
    """What a value depends on, or what depends on it.

    Attributes:
        steps: nearest first; the first is the value itself; an origin stands before what was
            reached from it.
        truncated: there was more than the limit.
    """

    walk: Walk
    steps: tuple[Step, ...]
    truncated: bool


def cone(
    netlist: Netlist,
    value: int,
    walk: Walk,
    depth: int = 3,
    limit: int = 1000,
    places: Places | None = None,
    net: str = "",
) -> Cone:
    """The fan-in or fan-out cone of a port, signal or parameter.

    Args:
        net: of a port of interface type, the net that is asked about.
        depth: how many assignments away values may be.
        limit: how many steps it may have.
        places: what is known of the hierarchy; by default, names alone.
    """
    walker = _Walker(netlist, walk, depth, limit, places or NamedPlaces(netlist))
    return walker.walk_from(value, net)


class _Walker:
    def __init__(
        self, netlist: Netlist, walk: Walk, depth: int, limit: int, places: Places
    ) -> None:
        self._netlist = netlist
        self._walk = walk
        self._depth = depth
        self._limit = limit
        self._places = places
        self._interfaces = Interfaces(netlist)
        self._statements = Statements(netlist, self._interfaces)
        self._steps: list[Step] = []
        self._left: list[tuple[int, int, Step, Place]] = []
        self._pushed = 0

    def walk_from(self, value: int, net: str) -> Cone:
        followed: set[tuple[int, str, Place]] = set()
        self._push(_Name(value, net, self._places.start, 0), -1, 0)
        while self._left and len(self._steps) < self._limit:
            _, _, step, place = heapq.heappop(self._left)
            again = (step.node, step.net, place) in followed
            followed.add((step.node, step.net, place))
            self._steps.append(step._replace(again=again))
            if not again:
                origin = len(self._steps) - 1
                told = self._into_users(step, place, origin)
                for name in self._names(step, place):
                    if step.depth < self._depth:
                        self._through_statements(name, step.depth, origin)
                    self._into_instances(name, step.depth, origin, told)
                self._out_of_module(step, place, origin)
        truncated = bool(self._left) or len(self._steps) > self._limit
        return Cone(self._walk, tuple(self._steps[: self._limit]), truncated)

    def _names(self, step: Step, place: Place) -> Iterator[_Name]:
        node = self._netlist.node(step.node)
        is_one = not step.net or len(self._places.buses(place, node.name)) < 2
        yield _Name(step.node, step.net, place, step.level, is_one)
        if self._interfaces.is_one(node.module):
            is_one = not step.path.endswith("]")
            for door in self._places.up(place, node.module):
                yield _Name(door.instance, node.name, door.place, step.level + 1, is_one)

    def _push(self, name: _Name, origin: int, depth: int, port: str = "") -> None:
        value, net, place, level, _ = name
        node = self._netlist.node(value)
        if node.kind is Kind.INSTANCE:  # the net itself lies in the interface
            for door in self._places.down(place, value):
                inner = self._interfaces.net(door.module, net)
                if inner != -1:
                    self._push(_Name(inner, "", door.place, level - 1), origin, depth, port)
            return
        step = Step(
            value,
            origin,
            depth,
            level,
            self._places.path(place),
            port,
            node.start_line,
            value=self._places.value(place, node.name) if node.kind is Kind.PARAMETER else "",
            elaborated=self._places.elaborated(place, value),
            net=net,
        )
        # The count keeps the order of discovery among values of one depth.
        heapq.heappush(self._left, (depth, self._pushed, step, place))
        self._pushed += 1

    def _block(self, origin: int, edge: Edge, depth: int, level: int, place: Place) -> int:
        """Append the block between two values; its position."""
        self._steps.append(
            Step(
                edge.source,
                origin,
                depth,
                level,
                self._places.path(place),
                edge.name,
                edge.line,
                edge.condition,
                edge.clock_edge,
                elaborated=self._places.elaborated(place, edge.source),
            )
        )
        return len(self._steps) - 1

    def _through_statements(self, name: _Name, depth: int, origin: int) -> None:
        value, net, place, level, is_one = name
        fan_in = self._walk is Walk.FAN_IN
        edges = self._netlist.drivers(value) if fan_in else self._statements.loads(value)
        statements: dict[tuple[int, int, str], list[Edge]] = {}
        for edge in edges:
            if self._places.alive(place, edge) and (
                not net or self._statements.concerns(edge, net)
            ):
                statements.setdefault((edge.source, edge.line, edge.condition), []).append(edge)
        for (source, line, _), same in statements.items():
            block = self._block(origin, same[0], depth, level, place)
            if not is_one:
                self._steps[block] = self._steps[block]._replace(elaborated=False)
            if fan_in:
                elsewhere = {at for other, at, _ in statements if other == source} - {line}
                following: Iterable[tuple[int, str]] = self._statements.read_by(
                    same[0], net, elsewhere
                )
            else:
                following = chain.from_iterable(map(self._statements.driven_by, same))
            for target, its_net in dict.fromkeys(following):
                self._push(_Name(target, its_net, place, level), block, depth + 1)
        if not fan_in:
            for edge in self._netlist.clocked(value):
                clocks = not net or net in self._interfaces.clocking(edge)
                if clocks and self._places.alive(place, edge):
                    self._block(origin, edge, depth, level, place)

    def _into_users(self, step: Step, place: Place, origin: int) -> bool:
        """From a net of an interface through all ports that stand for it, if elaboration tells.

        Returns: whether the walk knows them all, now or since it came through one of them.
        """
        name = self._netlist.node(step.node).name
        if step.net:
            return bool(step.port and self._places.buses(place, name))
        users = self._places.users(place)
        for door, port_name in users:
            port = self._netlist.ports(door.module).get(port_name) if door.module != -1 else None
            if port is None or not self._leads(port, name, upwards=False):
                continue
            if self._is_used(port):
                line = self._netlist.node(door.instance).start_line
                edge = Edge(EdgeKind.CONNECTS, door.instance, -1, name=port_name, line=line)
                level = step.level + door.levels
                above = self._places.up(door.place, door.module)[0].place
                block = self._block(origin, edge, step.depth, level + 1, above)
                self._push(_Name(port, name, door.place, level), block, step.depth, port_name)
        return bool(users)

    def _is_used(self, port: int) -> bool:
        """Whether a port of interface type is more than handed on to other instances."""
        of_statements = self._netlist.drivers(port) or self._netlist.readers(port)
        return bool(of_statements or self._netlist.clocked(port)) or any(
            self._interfaces.bundle(inner) is None
            for edge in self._netlist.connected(port)
            for inner in [self._netlist.port(edge)]
            if inner != -1
        )

    def _into_instances(self, name: _Name, depth: int, origin: int, told: bool) -> None:
        value, net, place, level, _ = name
        for edge in self._netlist.connected(value):
            nets = self._interfaces.connected(edge) if net else None
            for door in self._places.down(place, edge.source):
                known = self._netlist.ports(door.module) if door.module != -1 else {}
                port = known.get(edge.name)
                bundle = None if port is None else self._interfaces.bundle(port)
                if net and bundle is None and nets and net not in nets:
                    continue
                if net and bundle and (told or not self._meet(name, edge, door)):
                    continue
                if port is None:
                    self._block(origin, edge, depth, level, place)
                elif self._leads(port, net if bundle else "", upwards=False):
                    block = self._block(origin, edge, depth, level, place)
                    inner = _Name(port, net if bundle else "", door.place, level - 1)
                    self._push(inner, block, depth, edge.name)

    def _meet(self, name: _Name, connection: Edge, door: Door) -> bool:
        """Whether two ports of interface type may stand for the same instance, of an array."""
        here = self._places.buses(name.place, self._netlist.node(name.value).name)
        there = self._places.buses(door.place, connection.name)
        return (
            not here or not there or not {b.place for b in here}.isdisjoint(b.place for b in there)
        )

    def _out_of_module(self, step: Step, place: Place, origin: int) -> None:
        node = self._netlist.node(step.node)
        if node.kind is not Kind.PORT or not self._leads(node.id, step.net, upwards=True):
            return
        level = step.level + 1
        buses = self._places.buses(place, node.name) if step.net else []
        for door in self._places.up(place, node.module):
            edges = [e for e in self._netlist.connections(door.instance) if e.name == node.name]
            line = self._netlist.node(door.instance).start_line
            bare = Edge(EdgeKind.CONNECTS, door.instance, -1, name=node.name, line=line)
            block = self._block(origin, (edges or [bare])[0], step.depth, level, door.place)
            for bus in buses:
                inner = self._interfaces.net(bus.module, step.net)
                if inner != -1:
                    behind = _Name(inner, "", bus.place, step.level + bus.levels)
                    self._push(behind, block, step.depth, node.name)
            for edge in edges if not buses else ():
                if edge.target != -1:
                    for net in self._nets_outside(edge, step):
                        outer = _Name(edge.target, net, door.place, level)
                        self._push(outer, block, step.depth, node.name)

    def _nets_outside(self, connection: Edge, port: Step) -> Iterable[str]:
        """Which nets of what it is connected to a port is; an empty one where it has none."""
        if not self._interfaces.has_nets(connection.target):
            return [""]
        if self._interfaces.bundle(port.node):
            return [port.net]
        return sorted(self._interfaces.connected(connection) or [""])

    def _leads(self, port: int, net: str, *, upwards: bool) -> bool:
        """Whether this walk may go through a port: upwards out of its module, or into it."""
        bundle = self._interfaces.bundle(port)
        if bundle is None:
            direction = direction_of(self._netlist.node(port))
        else:
            direction = self._interfaces.direction(bundle, net)
        against_the_flow = self._walk is Walk.FAN_IN
        closed = Direction.OUTPUT if upwards is against_the_flow else Direction.INPUT
        return direction is not closed
