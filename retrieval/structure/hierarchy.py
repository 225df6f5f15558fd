"""An elaborated design: its instances, and what elaboration left out of each."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from hdlsmith.retrieval.nodes import Edge
from hdlsmith.retrieval.structure.netlist import Netlist
from hdlsmith.retrieval.structure.places import Door, Place


class Facts(NamedTuple):
    """What elaboration says of a module with these parameters.

    Attributes:
        parameters: name, value, and whether it is a `localparam`.
        dead: byte ranges of the generate blocks that are left out.
        unsure: those of the blocks of which it can't tell, because something is missing.
        dead_lines: first and last line of the branches of statements that are left out.
    """

    parameters: tuple[tuple[str, str, bool], ...] = ()
    dead: tuple[tuple[int, int], ...] = ()
    unsure: tuple[tuple[int, int], ...] = ()
    dead_lines: tuple[tuple[int, int], ...] = ()


class Instance(NamedTuple):
    """One instance of the elaborated design.

    Attributes:
        path: from the top, with dots between, generate blocks among them.
        parent: position in `Hierarchy.instances`; -1 for the top.
        node: id of the instance in the index; -1 for the top, or where the index shows none.
        module_name: as the instance says it.
        module: id in the index; -1 where it has none.
        facts: None for a module that elaboration did not see: it is missing, or in another
            language.
    """

    path: str
    parent: int
    node: int
    module_name: str
    module: int
    facts: Facts | None


@dataclass(frozen=True)
class Hierarchy:
    """An elaborated design.

    Attributes:
        instances: parents before children; the first is the top.
        buses: position of an instance and its port of interface type -> positions of the interface
            instances that the port stands for.
        errors: what elaboration complained about, the first few of `error_count`; what does not
            depend on them stands all the same.
        truncated: there are more instances than fit.
    """

    instances: tuple[Instance, ...]
    buses: Mapping[tuple[int, str], tuple[int, ...]] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    error_count: int = 0
    truncated: bool = False

    @cached_property
    def children(self) -> dict[int, list[int]]:
        """Position of an instance -> those of the instances in it."""
        found: dict[int, list[int]] = defaultdict(list)
        for position, instance in enumerate(self.instances):
            found[instance.parent].append(position)
        return found

    @cached_property
    def depths(self) -> list[int]:
        """Modules around each instance."""
        found: list[int] = []
        for instance in self.instances:
            found.append(found[instance.parent] + 1 if instance.parent != -1 else 0)
        return found

    @cached_property
    def meant(self) -> defaultdict[int, tuple[tuple[int, ...], ...]]:
        """Position of an instance -> the interface instances that its ports stand for."""
        found: defaultdict[int, tuple[tuple[int, ...], ...]] = defaultdict(tuple)
        for (position, _), interfaces in self.buses.items():
            found[position] += (interfaces,)
        return found

    @cached_property
    def users(self) -> dict[int, list[tuple[int, str]]]:
        """Position of an interface instance -> instances and their ports that stand for it."""
        found: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for user, interfaces in self.buses.items():
            for position in interfaces:
                found[position].append(user)
        return found

    def of_module(self, module: int) -> list[int]:
        """Positions of the instances of a module, those nearest to the top first."""
        found = [at for at, instance in enumerate(self.instances) if instance.module == module]
        return sorted(found, key=lambda at: self.instances[at].path.count("."))


class ElaboratedPlaces:
    """Places in an elaborated design: the position of an instance; below one that elaboration did
    not see, also the instances entered since, by their names.

    Args:
        start: position of the instance that a walk starts in.
    """

    def __init__(self, netlist: Netlist, hierarchy: Hierarchy, start: int) -> None:
        self._netlist = netlist
        self._hierarchy = hierarchy
        self.start: Place = (start,)

    def down(self, place: Place, instance: int) -> list[Door]:
        at, *below = place
        by_name = Door(instance, (at, *below, instance), self._netlist.definition(instance))
        if below or self._hierarchy.instances[at].facts is None:
            return [by_name]
        doors: dict[tuple[object, ...], Door] = {}
        for child in self._hierarchy.children[at]:
            found = self._hierarchy.instances[child]
            if found.node == instance:
                # Equal copies, of a generate loop or an array, say the same: one stands for all.
                same = found.module, found.facts, self._hierarchy.meant[child]
                doors.setdefault(same, Door(instance, (child,), found.module))
        if not doors and self._hierarchy.truncated:
            return [by_name]
        return list(doors.values())

    def up(self, place: Place, module: int) -> list[Door]:  # noqa: ARG002
        at, *below = place
        if below:
            return [Door(below[-1], (at, *below[:-1]))]
        instance = self._hierarchy.instances[at]
        return [Door(instance.node, (instance.parent,))] if instance.node != -1 else []

    def buses(self, place: Place, port: str) -> list[Door]:
        at, *below = place
        meant = () if below else self._hierarchy.buses.get((at, port), ())
        return [self._past(at, position) for position in meant]

    def users(self, place: Place) -> list[tuple[Door, str]]:
        at, *below = place
        users = () if below else self._hierarchy.users.get(at, ())
        return [(self._past(at, position), port) for position, port in users]

    def _past(self, at: int, position: int) -> Door:
        found = self._hierarchy.instances[position]
        levels = self._hierarchy.depths[at] - self._hierarchy.depths[position]
        return Door(found.node, (position,), found.module, levels)

    def alive(self, place: Place, edge: Edge) -> bool:
        at, *below = place
        facts = self._hierarchy.instances[at].facts
        if below or facts is None:
            return True
        return not self._lies_in(edge.source, facts.dead) and not any(
            first <= edge.line <= last for first, last in facts.dead_lines
        )

    def elaborated(self, place: Place, node: int) -> bool:
        at, *below = place
        facts = self._hierarchy.instances[at].facts
        return not below and facts is not None and not self._lies_in(node, facts.unsure)

    def value(self, place: Place, name: str) -> str:
        at, *below = place
        facts = self._hierarchy.instances[at].facts
        known = facts.parameters if facts and not below else ()
        return next((value for parameter, value, _ in known if parameter == name), "")

    def _lies_in(self, node: int, spans: tuple[tuple[int, int], ...]) -> bool:
        if not spans:
            return False
        found = self._netlist.node(node)
        return any(start <= found.start_byte and found.end_byte <= end for start, end in spans)

    def path(self, place: Place) -> str:
        at, *below = place
        names = (self._netlist.node(instance).name for instance in below)
        return ".".join((self._hierarchy.instances[at].path, *names))
