"""How a flat design is clocked: what decides whether a proof may step from cycle to cycle."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

# Word-level cells of Yosys that hold state, by the ports that make them do something at once.
_ASYNCHRONOUS = ("ARST", "ALOAD", "SET", "CLR")
_LATCHES = ("$dlatch", "$adlatch", "$sr")
_CLOCKS = {"CLK": "CLK_POLARITY", "TRG": "TRG_POLARITY"}


@dataclass(frozen=True)
class Edge:
    """A clock input and the level it takes at its active edge."""

    clock: str
    level: str


@dataclass(frozen=True)
class Clocking:
    """The inputs that clock a design.

    Attributes:
        edges: each active edge; None among them is a clock that is no plain input.
        asynchronous: there are latches, asynchronous resets, or a clock that is also data.
        triggers: the inputs that clock something or open a latch, through logic too; a simulation
            must change them before the data, as a register takes what was there before the edge.
    """

    edges: frozenset[Edge | None]
    asynchronous: bool
    triggers: frozenset[str]

    def __or__(self, other: "Clocking") -> "Clocking":
        return Clocking(
            self.edges | other.edges,
            self.asynchronous or other.asynchronous,
            self.triggers | other.triggers,
        )

    @property
    def cycle(self) -> Edge | None:
        """The only edge at which anything changes but the inputs, so that a step of a proof can
        be a cycle of it; None where a step must be any change of any input."""
        if self.asynchronous or len(self.edges) != 1:
            return None
        return next(iter(self.edges))


def find_clocking(module: dict[str, Any]) -> Clocking:
    """The clocking of one flat module of Yosys' JSON, processes and memories already mapped."""
    ports = module["ports"].values()
    outputs = {bit for port in ports if port["direction"] != "input" for bit in port["bits"]}
    inputs = {
        bit: (name, len(port["bits"]))
        for name, port in module["ports"].items()
        if port["direction"] == "input"
        for bit in port["bits"]
    }
    edges: set[Edge | None] = set()
    asynchronous = False
    clocks: set[object] = set()
    enables: set[object] = set()
    data: set[object] = set()
    for cell in module["cells"].values():
        latch = cell["type"].startswith(_LATCHES)
        asynchronous |= latch or any(port in cell["connections"] for port in _ASYNCHRONOUS)
        for port, bits in cell["connections"].items():
            if port in _CLOCKS:
                clocks.update(bits)
                edges.update(_edges(cell, port, inputs))
                continue
            data.update(bits)
            if latch and port == "EN":
                enables.update(bits)
    reaching = _fan_in(module, clocks | enables)
    return Clocking(
        frozenset(edges),
        asynchronous or not clocks.isdisjoint(data | outputs),
        frozenset(inputs[bit][0] for bit in reaching if bit in inputs),
    )


def _fan_in(module: dict[str, Any], ends: set[object]) -> set[object]:
    """Every bit that reaches one of these through logic, themselves included."""
    feeding = {
        bit: cell
        for cell in module["cells"].values()
        if not cell["type"].startswith(_LATCHES) and not _CLOCKS.keys() & cell["connections"].keys()
        for port, bits in cell["connections"].items()
        if cell["port_directions"][port] == "output"
        for bit in bits
    }
    found: set[object] = set()
    ahead = list(ends)
    while ahead:
        bit = ahead.pop()
        if bit in found:
            continue
        found.add(bit)
        if cell := feeding.get(bit):
            ahead += [
                source
                for port, bits in cell["connections"].items()
                if cell["port_directions"][port] == "input"
                for source in bits
            ]
    return found


def _edges(
    cell: dict[str, Any], port: str, inputs: dict[object, tuple[str, int]]
) -> Iterator[Edge | None]:
    polarity = cell["parameters"].get(_CLOCKS[port], "1")
    for number, bit in enumerate(cell["connections"][port]):
        name, width = inputs.get(bit, ("", 0))
        level = polarity[-1 - number] if number < len(polarity) else polarity[-1]
        yield Edge(name, level) if width == 1 else None
