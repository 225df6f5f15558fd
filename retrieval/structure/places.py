"""Where in a hierarchy a walk stands, known from the names in the source alone."""

from typing import NamedTuple, Protocol

from hdlsmith.retrieval.nodes import Edge
from hdlsmith.retrieval.structure.netlist import Netlist

Place = tuple[int, ...]
"""Whatever tells instances of one module apart; what it holds is the business of the `Places`."""


class Door(NamedTuple):
    """A way through a port.

    Attributes:
        instance: the instance whose port it is.
        place: behind the door.
        module: that stands there; -1 where the index has no such module.
        levels: modules up (positive) or down, of a way that leads past several.
    """

    instance: int
    place: Place
    module: int = -1
    levels: int = 0


class Places(Protocol):
    """What a walk asks when it meets a port or a statement."""

    start: Place
    """The place of the value that a walk starts from."""

    def down(self, place: Place, instance: int) -> list[Door]:
        """Into an instance; none if elaboration left it out."""

    def up(self, place: Place, module: int) -> list[Door]:
        """Out of a module, to the instances of it."""

    def buses(self, place: Place, port: str) -> list[Door]:
        """Into the interface instances that a port stands for; none where names alone tell."""

    def users(self, place: Place) -> list[tuple[Door, str]]:
        """Out of an interface instance to all that have a port which stands for it, with the
        port's name; none where names alone tell."""

    def alive(self, place: Place, edge: Edge) -> bool:
        """Whether the statement of an edge is part of the design."""

    def elaborated(self, place: Place, node: int) -> bool:
        """Whether elaboration says that a node is there, not names alone."""

    def value(self, place: Place, name: str) -> str:
        """Of a parameter of the module there; empty if it is not known."""

    def path(self, place: Place) -> str:
        """Names of the instances on the way to a place, with dots between."""


class NamedPlaces:
    """Places as names tell them: the instances entered on the way and not left again. From the
    first module ports lead up to every instance of it.

    Args:
        start: the instances that a walk starts in, outermost first.
    """

    def __init__(self, netlist: Netlist, start: Place = ()) -> None:
        self._netlist = netlist
        self.start = start

    def down(self, place: Place, instance: int) -> list[Door]:
        return [Door(instance, (*place, instance), self._netlist.definition(instance))]

    def up(self, place: Place, module: int) -> list[Door]:
        if place:
            return [Door(place[-1], place[:-1])]
        return [Door(instance, ()) for instance in self._netlist.instances(module)]

    def buses(self, place: Place, port: str) -> list[Door]:  # noqa: ARG002
        return []

    def users(self, place: Place) -> list[tuple[Door, str]]:  # noqa: ARG002
        return []

    def alive(self, place: Place, edge: Edge) -> bool:  # noqa: ARG002
        return True

    def elaborated(self, place: Place, node: int) -> bool:  # noqa: ARG002
        return False

    def value(self, place: Place, name: str) -> str:  # noqa: ARG002
        return ""

    def path(self, place: Place) -> str:
        return ".".join(self._netlist.node(instance).name for instance in place)
