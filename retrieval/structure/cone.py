"""Fan-in and fan-out cones of a value over the index, across module boundaries."""

import heapq
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from hdlsmith.design import Direction
from hdlsmith.retrieval.nodes import Edge, EdgeKind, Kind
from hdlsmith.retrieval.structure.netlist import Netlist, direction_of
from hdlsmith.retrieval.structure.places import NamedPlaces, Place, Places


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
) -> Cone:
    """The fan-in or fan-out cone of a port, signal or parameter.

    Args:
        depth: how many assignments away values may be.
        limit: how many steps it may have.
        places: what is known of the hierarchy; by default, names alone.
    """
    return _Walker(netlist, walk, depth, limit, places or NamedPlaces(netlist)).walk_from(value)


class _Walker:
    def __init__(
        self, netlist: Netlist, walk: Walk, depth: int, limit: int, places: Places
    ) -> None:
        self._netlist = netlist
        self._walk = walk
        self._depth = depth
        self._limit = limit
        self._places = places
        self._steps: list[Step] = []
        self._left: list[tuple[int, int, Step, Place]] = []
        self._pushed = 0

    def walk_from(self, value: int) -> Cone:
        followed: set[tuple[int, Place]] = set()
        self._push(value, -1, 0, 0, self._places.start)
        while self._left and len(self._steps) < self._limit:
            _, _, step, place = heapq.heappop(self._left)
            again = (step.node, place) in followed
            followed.add((step.node, place))
            self._steps.append(step._replace(again=again))
            if not again:
                origin = len(self._steps) - 1
                if step.depth < self._depth:
                    self._through_statements(step, place, origin)
                self._into_instances(step, place, origin)
                self._out_of_module(step, place, origin)
        truncated = bool(self._left) or len(self._steps) > self._limit
        return Cone(self._walk, tuple(self._steps[: self._limit]), truncated)

    def _push(
        self, value: int, origin: int, depth: int, level: int, place: Place, port: str = ""
    ) -> None:
        node = self._netlist.node(value)
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

    def _through_statements(self, step: Step, place: Place, origin: int) -> None:
        fan_in = self._walk is Walk.FAN_IN
        edges = self._netlist.drivers(step.node) if fan_in else self._loads(step.node)
        statements: dict[tuple[int, int, str], list[Edge]] = {}
        for edge in edges:
            if self._places.alive(place, edge):
                statements.setdefault((edge.source, edge.line, edge.condition), []).append(edge)
        reads = self._netlist.reads(step.node) if fan_in else []
        for (source, line, _), same in statements.items():
            block = self._block(origin, same[0], step.depth, step.level, place)
            if fan_in:
                elsewhere = {at for block, at, _ in statements if block == source} - {line}
                mine = (r for r in reads if r.source == source and r.line not in elsewhere)
                following = [read.target for read in mine]
            else:
                following = [edge.driven for edge in same]
            for value in dict.fromkeys(following):
                if value != -1:
                    self._push(value, block, step.depth + 1, step.level, place)
        if not fan_in:
            for edge in self._netlist.clocked(step.node):
                if self._places.alive(place, edge):
                    self._block(origin, edge, step.depth, step.level, place)

    def _loads(self, value: int) -> list[Edge]:
        """What reads a value, with the conditions that the assignments stand under."""
        return [
            read._replace(condition=drive.condition) if drive else read
            for read in self._netlist.readers(value)
            for drive in (self._assignment(read),)
        ]

    def _assignment(self, read: Edge) -> Edge | None:
        if read.driven == -1:
            return None
        drives = self._netlist.drivers(read.driven)
        return next((d for d in drives if (d.source, d.line) == (read.source, read.line)), None)

    def _into_instances(self, step: Step, place: Place, origin: int) -> None:
        outputs = self._walk is Walk.FAN_IN
        for edge in self._netlist.connected(step.node):
            for door in self._places.down(place, edge.source):
                known = self._netlist.ports(door.module) if door.module != -1 else {}
                port = known.get(edge.name)
                if port is None:
                    self._block(origin, edge, step.depth, step.level, place)
                elif self._leads_out(port) if outputs else self._leads_in(port):
                    block = self._block(origin, edge, step.depth, step.level, place)
                    self._push(port, block, step.depth, step.level - 1, door.place, edge.name)

    def _out_of_module(self, step: Step, place: Place, origin: int) -> None:
        node = self._netlist.node(step.node)
        leads = self._leads_in if self._walk is Walk.FAN_IN else self._leads_out
        if node.kind is not Kind.PORT or not leads(node.id):
            return
        level = step.level + 1
        for door in self._places.up(place, node.module):
            edges = [e for e in self._netlist.connections(door.instance) if e.name == node.name]
            line = self._netlist.node(door.instance).start_line
            bare = Edge(EdgeKind.CONNECTS, door.instance, -1, name=node.name, line=line)
            block = self._block(origin, (edges or [bare])[0], step.depth, level, door.place)
            for edge in edges:
                if edge.target != -1:
                    self._push(edge.target, block, step.depth, level, door.place, node.name)

    def _leads_in(self, port: int) -> bool:
        return direction_of(self._netlist.node(port)) is not Direction.OUTPUT

    def _leads_out(self, port: int) -> bool:
        return direction_of(self._netlist.node(port)) is not Direction.INPUT
