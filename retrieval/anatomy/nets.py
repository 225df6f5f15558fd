"""Clock and reset nets of a module: by its own code, by what these nets are made of, by the
modules below it, and by name.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from hdlsmith.languages import Language
from hdlsmith.retrieval.anatomy.anatomy import Basis, Clock, Reset, Style
from hdlsmith.retrieval.anatomy.clocking import Clocking
from hdlsmith.retrieval.anatomy.pins import connected, unit_output
from hdlsmith.retrieval.anatomy.signals import is_clock_name, is_reset_name, level_by_name
from hdlsmith.retrieval.anatomy.units import Unit, Units
from hdlsmith.retrieval.meaning.code import Condition, Expr, names_in
from hdlsmith.retrieval.meaning.truth import truth
from hdlsmith.retrieval.nodes import EdgeKind, Node

_FLIPPED = {"posedge": "negedge", "negedge": "posedge", "0": "1", "1": "0", "": ""}
_RANK = list(Basis)
_LEADS_OUT = re.compile(r"^o_|_o$|^[oqz]\d?$|out", re.IGNORECASE)
"""Ports that lead out, by their names."""
_MAX_DEPTH = 40
_WITH_OWN_RESETS = (Language.CHISEL,)
"""Languages in which a register's declaration says how it is reset."""


class Use(NamedTuple):
    """One way in which a net clocks or resets something.

    Attributes:
        way: of a clock the edge, empty for a latch's level; of a reset the level.
        style: of a reset.
    """

    is_clock: bool
    way: str
    style: Style = Style.UNKNOWN


@dataclass
class _Found:
    """A use of a net, with what speaks for it."""

    basis: Basis
    why: str
    registers: dict[str, None] = field(default_factory=dict)


_Uses = dict[tuple[str, Use], _Found]
"""By net and use."""


_WITH_INITIAL = ("RegInit", "RegNext", "RegEnable", "ShiftRegister")
"""How a declaration begins that may give a Chisel register its value in reset."""


class Nets:
    """Clock and reset nets of the modules of a library."""

    def __init__(self, units: Units) -> None:
        self.units = units
        self._clockings: dict[tuple[str, int], Clocking] = {}
        self._uses: dict[tuple[str, int], _Uses] = {}

    def clocking(self, unit: Unit) -> Clocking:
        """See `Clocking`; worked out once."""
        return self._clockings.setdefault(_key(unit), Clocking(unit))

    def clocks(self, unit: Unit) -> tuple[Clock, ...]:
        """Every net of a module that is a clock."""
        found: dict[str, Clock] = {}
        for (net, use), told in self._all(unit).items():
            if not use.is_clock:
                continue
            edges = (use.way,) if use.way else ()
            new = Clock(
                net,
                edges,
                tuple(told.registers),
                net in unit.ports,
                self._sources(unit, net),
                told.basis,
                told.why,
                unit.declared(net),
            )
            old = found.get(net)
            found[net] = _merged(old, new) if old else new
        return tuple(found.values())

    def resets(self, unit: Unit) -> tuple[Reset, ...]:
        """Every net of a module that is a reset, once for each style and level."""
        return tuple(
            Reset(
                net,
                use.way,
                use.style,
                tuple(told.registers),
                net in unit.ports,
                self._sources(unit, net),
                told.basis,
                told.why,
                unit.declared(net),
            )
            for (net, use), told in self._all(unit).items()
            if not use.is_clock
        )

    def _all(self, unit: Unit) -> _Uses:
        uses = dict(self.uses(unit))
        for name, port in unit.ports.items():
            if not _is_bit_input(port):
                continue
            if is_clock_name(name) and not any(net == name for net, _ in uses):
                uses[name, Use(True, "")] = _Found(Basis.NAME, "called like a clock")
            elif is_reset_name(name) and not any(net == name for net, _ in uses):
                use = Use(False, level_by_name(name))
                uses[name, use] = _Found(Basis.NAME, "called like a reset")
        return uses

    def uses(self, unit: Unit) -> _Uses:
        """How the nets of a module clock and reset what is in it and below it."""
        key = _key(unit)
        if key not in self._uses:
            self._uses[key] = {}  # a module that holds itself ends here
            uses = self._by_code(unit)
            for use in self._below(unit):
                _add(uses, *use)
            self._trace_back(unit, uses)
            self._uses[key] = uses
        return self._uses[key]

    def _by_code(self, unit: Unit) -> _Uses:
        uses: _Uses = {}
        clocking = self.clocking(unit)
        nodes = unit.reading.graph.nodes
        keeping = [process for process in clocking.processes if process.registers]
        for process in keeping or clocking.processes:
            line = nodes[process.position].start_line
            for clock in process.clocks:
                why = f"{clock.edge} in the process at line {line}"
                kept = process.registers.keys() & clocking.registers.keys()
                kept_here = [name for name in process.registers if name in kept]
                _add(uses, clock.net, Use(True, clock.edge), Basis.CODE, why, kept_here)
        for name, effects in clocking.resets.items():
            line = nodes[clocking.registers[name][0].position].start_line
            for net, level, is_asynchronous in effects:
                style = Style.ASYNCHRONOUS if is_asynchronous else Style.SYNCHRONOUS
                why = f"resets {name} in the process at line {line}"
                _add(uses, net, Use(False, level, style), Basis.CODE, why, [name])
        if unit.reading.source.language in _WITH_OWN_RESETS:
            self._by_language(unit, uses)
        for latch in clocking.latches:
            if latch.net and (
                is_clock_name(latch.net) or (latch.net, Use(True, "posedge")) in uses
            ):
                when = "high" if latch.level == "1" else "low"
                why = f"opens the latch {latch.name} while it is {when}"
                _add(uses, latch.net, Use(True, ""), Basis.CODE, why, [latch.name])
        return uses

    def _by_language(self, unit: Unit, uses: _Uses) -> None:
        """Resets that a declaration asks for, as `RegInit` does."""
        graph = unit.reading.graph
        for edge in graph.edges:
            if edge.kind is EdgeKind.RESET_BY and edge.source in unit.members and edge.target >= 0:
                style = Style.ASYNCHRONOUS if edge.clock_edge else Style.SYNCHRONOUS
                driven = [
                    graph.nodes[e.target].name
                    for e in graph.edges
                    if e.source == edge.source and e.kind is EdgeKind.DRIVES
                    if graph.nodes[e.target].detail.startswith(_WITH_INITIAL)
                ]
                why = f"resets {', '.join(dict.fromkeys(driven))}, by declaration"
                use = Use(False, edge.condition or "1", style)
                _add(uses, graph.nodes[edge.target].name, use, Basis.CODE, why, driven)

    def _below(self, unit: Unit) -> "Iterator[tuple[str, Use, Basis, str]]":
        nodes = unit.reading.graph.nodes
        for position, (module, _) in unit.instances.items():
            below = self.units.find(module, unit.reading.source.path)
            if below is None or len(self._uses) > _MAX_DEPTH * 10:
                continue
            uses = self.uses(below)
            for port, net, is_inverted in connected(unit, position, below):
                for (name, use), _ in uses.items():
                    if name == port:
                        way = _FLIPPED[use.way] if is_inverted else use.way
                        kind = "clocks" if use.is_clock else "resets"
                        why = f"{kind} {nodes[position].name} ({below.name}) as {port}"
                        yield net, use._replace(way=way), Basis.BELOW, why

    def _trace_back(self, unit: Unit, uses: _Uses) -> None:
        """Add the nets that those found are made of."""
        left = list(uses)
        seen = set(left)
        while left:
            net, use = left.pop(0)
            for source, is_inverted in self._made_of(unit, net, use):
                made = use._replace(way=_FLIPPED[use.way] if is_inverted else use.way)
                _add(uses, source, made, Basis.DERIVED, f"{net} is made of it")
                if (source, made) not in seen:
                    seen.add((source, made))
                    left.append((source, made))

    def _sources(self, unit: Unit, net: str) -> tuple[str, ...]:
        uses = [use for name, use in self.uses(unit) if name == net]
        made = (source for use in uses[:1] for source, _ in self._made_of(unit, net, use))
        return tuple(dict.fromkeys(made))

    def _made_of(self, unit: Unit, net: str, use: Use) -> Iterator[tuple[str, bool]]:
        """The clocks, or resets, that a net is made of in this module; and whether inverted."""
        clocking = self.clocking(unit)
        is_one = is_clock_name if use.is_clock else is_reset_name
        if use.is_clock and net in clocking.registers:
            for process in clocking.registers[net]:
                yield from ((clock.net, False) for clock in process.clocks if clock.net != net)
        for a in clocking.drivers.get(net, ()):
            names = list(dict.fromkeys((*names_in(a.value), *_tested(a.conditions))))
            names = [n for n in names if clocking.is_variable(n) and n != net]
            for name in _chosen(names, is_one):
                is_inverted = _inverts(a.value, name)
                if use.is_clock or is_inverted is not None:
                    yield name, bool(is_inverted)
        strangers = []
        for position, (module, _) in unit.instances.items():
            below = self.units.find(module, unit.reading.source.path)
            if below is None:
                strangers.append(position)
                continue
            pins = list(connected(unit, position, below))
            for port in [port for port, wire, _ in pins if wire == net]:
                if unit_output(below, port):
                    yield from self._through(below, port, use, pins)
        yield from _across(unit, clocking, strangers, net, is_one)

    def _through(
        self,
        below: Unit,
        port: str,
        use: Use,
        pins: list[tuple[str, str, bool]],
    ) -> Iterator[tuple[str, bool]]:
        """Nets around an instance that its output is made of."""
        left, seen = [(port, False)], {port}
        while left:
            net, flipped = left.pop()
            for source, is_inverted in self._made_of(below, net, use):
                if source in seen or len(seen) > _MAX_DEPTH:
                    continue
                seen.add(source)
                for name, wire, turned in pins:
                    if name == source and not unit_output(below, name):
                        yield wire, flipped ^ is_inverted ^ turned
                left.append((source, flipped ^ is_inverted))


def _across(
    unit: Unit, clocking: Clocking, strangers: list[int], net: str, is_one: Callable[[str], bool]
) -> Iterator[tuple[str, bool]]:
    """The clocks or resets on the other side of an instance whose module is not given. What comes
    out of it shows in the port's name, or in that nothing else drives the net.

    Args:
        strangers: the positions of such instances.
    """
    nodes = unit.reading.graph.nodes
    pins = {
        at: [(e.name, nodes[e.target].name) for e in unit.instances[at][1] if e.target >= 0]
        for at in strangers
    }
    outs = {at: {w for port, w in pins[at] if _LEADS_OUT.search(port)} for at in strangers}
    port = unit.ports.get(net)
    is_input = port is not None and not unit_output(unit, net)
    if is_input or net in clocking.drivers or net in clocking.registers:
        return
    sources = [at for at in strangers if net in outs[at]]
    sources = sources or [at for at in strangers if any(wire == net for _, wire in pins[at])]
    for at in sources[:1]:
        for _, wire in pins[at]:
            if wire != net and wire not in outs[at] and is_one(wire):
                yield wire, False


def _chosen(names: list[str], is_one: Callable[[str], bool]) -> list[str]:
    """Of the names that a clock or reset is made of, those that are one themselves."""
    named = [name for name in names if is_one(name)]
    return named or (names if len(names) == 1 else [])


def _inverts(value: Expr, name: str) -> bool | None:
    """Whether a value is the opposite of a bit in it; None if it is not decided by that bit."""
    if value.op in ("name", "[]"):
        return False
    low, high = truth(value, {name: False}), truth(value, {name: True})
    if low is not None:
        return low
    return None if high is None else not high


def _tested(conditions: Iterable[Condition]) -> list[str]:
    return [name for condition in conditions for name in names_in(condition.test)]


def _is_bit_input(port: Node) -> bool:
    return port.detail.lower().startswith("in") and not re.search(r"\[|vector|array", port.detail)


def _add(
    uses: _Uses, net: str, use: Use, basis: Basis, why: str, registers: Iterable[str] = ()
) -> None:
    found = uses.setdefault((net, use), _Found(basis, why))
    if _RANK.index(basis) < _RANK.index(found.basis):
        found.basis, found.why = basis, why
    found.registers.update(dict.fromkeys(registers))


def _merged(one: Clock, other: Clock) -> Clock:
    strong, weak = sorted((one, other), key=lambda clock: _RANK.index(clock.basis))
    return replace(
        strong,
        edges=tuple(dict.fromkeys((*strong.edges, *weak.edges))),
        registers=tuple(dict.fromkeys((*strong.registers, *weak.registers))),
    )


def _key(unit: Unit) -> tuple[str, int]:
    return unit.reading.source.path, unit.position
