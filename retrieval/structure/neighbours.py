"""What shares its clock with a value, wherever in the hierarchy it stands."""

from dataclasses import dataclass

from hdlsmith.retrieval.nodes import NAMED_VALUES, EdgeKind
from hdlsmith.retrieval.structure.cone import Walk, cone
from hdlsmith.retrieval.structure.netlist import Netlist


@dataclass(frozen=True)
class ClockDomain:
    """Values that one clock net clocks.

    Attributes:
        clocks: the net under all its names, that in the value's module first.
        values: what processes on it assign, the value itself among them.
        truncated: there are more than the limit.
    """

    clocks: tuple[int, ...]
    values: tuple[int, ...]
    truncated: bool


def clock_domain(netlist: Netlist, value: int, limit: int = 200) -> ClockDomain:
    """The clock-domain neighbours of a value that a clocked process assigns; nothing for any other.

    A clock is followed through ports, not through gates or dividers: what comes out of these is
    another net.
    """
    processes = dict.fromkeys(edge.source for edge in netlist.drivers(value))
    own = dict.fromkeys(clock for process in processes for clock in netlist.clocks(process))
    clocks = dict(own)
    truncated = False
    for walk in (Walk.FAN_IN, Walk.FAN_OUT):  # up to where the net comes from, and down again
        for clock in tuple(clocks):
            found = cone(netlist, clock, walk, 0, limit)
            truncated |= found.truncated
            nodes = (step.node for step in found.steps)
            clocks.update(dict.fromkeys(n for n in nodes if netlist.node(n).kind in NAMED_VALUES))
    values: dict[int, None] = {}
    for clock in clocks:
        for edge in netlist.clocked(clock):
            if edge.kind is EdgeKind.CLOCKED_BY:
                values.update(dict.fromkeys(netlist.driven(edge.source)))
    truncated |= len(values) > limit
    return ClockDomain(tuple(clocks), tuple(values)[:limit], truncated)
