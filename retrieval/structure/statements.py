"""Statements between values: what one reads for what it assigns, net by net of an interface."""

from collections.abc import Collection, Iterator

from hdlsmith.retrieval.nodes import Edge, EdgeKind
from hdlsmith.retrieval.structure.interfaces import Interfaces, Nets
from hdlsmith.retrieval.structure.netlist import Netlist


class Statements:
    """The statements of a netlist. A value stands with its net: empty unless it is an interface."""

    def __init__(self, netlist: Netlist, interfaces: Interfaces) -> None:
        self._netlist = netlist
        self._interfaces = interfaces

    def loads(self, value: int) -> list[Edge]:
        """What reads a value, with the conditions that the assignments stand under."""
        return [
            read._replace(condition=drive.condition) if drive else read
            for read in self._netlist.readers(value)
            for drive in (next((d for d in self._assignments(read) if d.line == read.line), None),)
        ]

    def concerns(self, edge: Edge, net: str) -> bool:
        """Whether a statement assigns (fan-in) or reads (fan-out) this net of its target."""
        if edge.kind is EdgeKind.DRIVES:
            nets = self._interfaces.assigned(edge)
            return nets is None or net in nets
        read = (self._interfaces.read(edge.target, drive) for drive in self._assignments(edge))
        return edge.driven == -1 or any(nets is None or net in nets for nets in read)

    def read_by(
        self, drive: Edge, net: str, elsewhere: Collection[int]
    ) -> Iterator[tuple[int, str]]:
        """What a statement reads; `elsewhere` are the lines of the block's other statements."""
        for read in self._netlist.reads(drive.target):
            if read.source != drive.source:
                continue
            # Of what many nets of an interface read, the index tells the first statement only.
            named = net and self._interfaces.names(drive, read.target)
            if named or (read.line == drive.line if net else read.line not in elsewhere):
                has_nets = self._interfaces.has_nets(read.target)
                nets = self._interfaces.read(read.target, drive) if has_nets else None
                yield from ((read.target, each) for each in _sorted(nets))

    def driven_by(self, read: Edge) -> Iterator[tuple[int, str]]:
        """What the assignments assign that a value is read for."""
        if read.driven == -1:
            return
        if not self._interfaces.has_nets(read.driven):
            yield read.driven, ""
            return
        for drive in self._assignments(read):
            if drive.line == read.line or self._interfaces.names(drive, read.target):
                nets = self._interfaces.assigned(drive)
                yield from ((read.driven, each) for each in _sorted(nets))

    def _assignments(self, read: Edge) -> list[Edge]:
        """The statements of its block that assign what a value is read for."""
        drives = self._netlist.drivers(read.driven) if read.driven != -1 else []
        return [drive for drive in drives if drive.source == read.source]


def _sorted(nets: Nets) -> list[str]:
    """Nets in order; one without a name for a whole that has none, or none that is known."""
    return [""] if nets is None else sorted(nets)
