"""Which values of a module depend on which, and over how many registers: latencies, and
registers that are read on another clock than their own.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from hdlsmith.design import Direction
from hdlsmith.retrieval.anatomy.anatomy import CdcSuspect, Clock, Latency, PortItem, Role
from hdlsmith.retrieval.anatomy.clocking import Clocking, Process
from hdlsmith.retrieval.anatomy.flops import Flops
from hdlsmith.retrieval.anatomy.units import Unit
from hdlsmith.retrieval.meaning.code import Assignment, names_in

_MOST_LATENCIES = 200
_MOST_PATHS = 400
"""Pairs of an input and an output that are looked at."""
_MOST_NODES = 400
"""Values between an input and an output, beyond which the longest path is not counted."""


class Paths:
    """The dataflow of a module, by names.

    A value depends on what it is computed from; conditions decide when, and are left out of
    latencies.
    """

    def __init__(self, unit: Unit, clocking: Clocking, flops: Flops) -> None:
        self._unit = unit
        self._clocking = clocking
        self._flops = flops

    @cached_property
    def _edges(self) -> dict[str, dict[str, int]]:
        """Value -> values computed from it, each with the registers between: 0 or 1."""
        found: dict[str, dict[str, int]] = defaultdict(dict)
        registers = {_base(name) for name in self._clocking.registers}
        for code in self._unit.codes.values():
            if code.kind in ("function", "task", "initial", "final"):
                continue
            is_clocked = any(edge for edge, _ in code.events)
            for a in code.assignments:
                target = _base(a.name)
                for read in self._read(a):
                    weight = int(is_clocked and target in registers)
                    found[read][target] = min(weight, found[read].get(target, 1))
        for taker, sources in self._flops.takes_at_once.items():
            for source in sources:
                found[source].setdefault(taker, 1)
        return dict(found)

    def _read(self, a: Assignment) -> Iterator[str]:
        names = [*names_in(a.value)]
        if a.target.op in ("[]", "[:]"):
            names += [name for part in a.target.args[1:] for name in names_in(part)]
        for name in dict.fromkeys(map(_base, names)):
            if name in self._unit.values:
                yield name

    def latencies(self, ports: Sequence[PortItem]) -> tuple[tuple[Latency, ...], bool]:
        """From each input to each output that is computed from it; and whether there are more."""
        timing = (Role.CLOCK, Role.RESET)
        inputs = [p for p in ports if p.direction is not Direction.OUTPUT and p.role not in timing]
        outputs = {p.name: p for p in ports if p.direction is not Direction.INPUT}
        found: list[Latency] = []
        pairs = 0
        for port in inputs:
            steps = self._nearest(port.name)
            for name in outputs.keys() & steps.keys() - {port.name}:
                pairs += 1
                if pairs > _MOST_PATHS:
                    break
                path = _back(steps, name)
                through = tuple(v for v, w in path if w)
                most = self._longest(port.name, name)
                found.append(
                    Latency(port.name, name, len(through), most, through, outputs[name].span)
                )
        order = {port.name: at for at, port in enumerate(ports)}
        found.sort(key=lambda item: (order[item.target], order[item.source]))
        return tuple(found[:_MOST_LATENCIES]), len(found) > _MOST_LATENCIES or pairs > _MOST_PATHS

    def _nearest(self, source: str) -> dict[str, tuple[int, str, int]]:
        """Value -> registers on the shortest path, the value before it, and its own weight."""
        found: dict[str, tuple[int, str, int]] = {source: (0, "", 0)}
        left = deque([source])
        while left:
            value = left.popleft()
            for target, weight in self._edges.get(value, {}).items():
                distance = found[value][0] + weight
                if target not in found or distance < found[target][0]:
                    found[target] = distance, value, weight
                    (left.append if weight else left.appendleft)(target)
        return found

    def _longest(self, source: str, target: str) -> int | None:
        """Registers on the longest path; None if there is a loop on the way."""
        ahead = _reach(source, self._edges)
        between = (
            {v for v in ahead if target in _reach(v, self._edges)}
            if (len(ahead) <= _MOST_NODES)
            else set()
        )
        if not between:
            return None
        depth: dict[str, int] = {}
        state: dict[str, bool] = {}
        stack = [(source, iter(self._edges.get(source, {}).items()))]
        state[source] = True
        while stack:
            value, following = stack[-1]
            for step, _ in following:
                if step not in between:
                    continue
                if state.get(step):
                    return None
                if step not in depth:
                    state[step] = True
                    stack.append((step, iter(self._edges.get(step, {}).items())))
                    break
            else:
                stack.pop()
                state[value] = False
                below = [
                    depth[step] + weight
                    for step, weight in self._edges.get(value, {}).items()
                    if step in between
                ]
                depth[value] = max(below, default=0)
        return depth[source]

    def suspects(self, clocks: Sequence[Clock]) -> tuple[CdcSuspect, ...]:
        """Registers that are read on another clock, without a synchroniser of two flip-flops."""
        domains = _Domains(clocks)
        clocking = self._clocking
        found: dict[tuple[str, str], CdcSuspect] = {}
        for reader, processes in clocking.registers.items():
            for process in processes:
                own = domains.of(process)
                for a in process.registers[reader]:
                    for register in self._registers_in(a):
                        if register == reader or (register, reader) in found:
                            continue
                        other = clocking.registers[register]
                        if any(domains.of(p) & own for p in other):
                            continue
                        if self._synchronises(reader, register, own, domains):
                            continue
                        found[register, reader] = CdcSuspect(
                            register,
                            other[0].clocks[0].net,
                            reader,
                            process.clocks[0].net,
                            f"{reader} depends on it with no second flip-flop behind",
                            self._unit.span(a.line),
                        )
        return tuple(found.values())

    def _registers_in(self, a: Assignment) -> Iterator[str]:
        """The registers that an assignment depends on through logic, as data or condition."""
        left = [*names_in(a.value), *(n for c in a.conditions for n in names_in(c.test))]
        seen: set[str] = set()
        while left:
            name = left.pop()
            if name in seen or not self._clocking.is_variable(name):
                continue
            seen.add(name)
            if name in self._clocking.registers:
                yield name
            for driver in self._clocking.drivers.get(name, ()):
                left += names_in(driver.value)
                left += [n for c in driver.conditions for n in names_in(c.test)]

    def _synchronises(
        self, reader: str, register: str, own: frozenset[str], domains: "_Domains"
    ) -> bool:
        """Whether the reader only samples the register, and one other flip-flop samples it."""
        clocking = self._clocking
        given = [a for p in clocking.registers[reader] for a in p.registers[reader]]
        resets = {effect.net for effect in clocking.resets.get(reader, ())}
        for a in given:
            held = {n for c in a.conditions for n in names_in(c.test)} - resets
            names = set(names_in(a.value)) - {reader}
            if held or (names and names != {register} and not self._is_copy(names, register)):
                return False
        if any(a.value.op == "{}" and reader in names_in(a.value) for a in given):
            return True  # a shift register of its own
        takers = [
            name
            for name, processes in clocking.registers.items()
            for p in processes
            for a in p.registers[name]
            if reader in names_in(a.value) and name != reader
        ]
        return bool(takers) and all(self._samples(taker, reader, own, domains) for taker in takers)

    def _is_copy(self, names: set[str], register: str) -> bool:
        """Whether a wire stands for the register."""
        drivers = [a.value.text for name in names for a in self._clocking.drivers.get(name, ())]
        return drivers == [register]

    def _samples(self, taker: str, reader: str, own: frozenset[str], domains: "_Domains") -> bool:
        processes = self._clocking.registers[taker]
        values = [a.value for p in processes for a in p.registers[taker]]
        plain = all(v.text == reader for v in values if reader in names_in(v))
        return plain and all(domains.of(p) & own for p in processes)


class _Domains:
    """Clocks that come from the same net are one domain."""

    def __init__(self, clocks: Iterable[Clock]) -> None:
        self._sources: Mapping[str, tuple[str, ...]] = {c.name: c.derived_from for c in clocks}

    def of(self, process: Process) -> frozenset[str]:
        found: set[str] = set()
        left = [clock.net for clock in process.clocks]
        seen: set[str] = set()
        while left:
            net = left.pop()
            if net in seen:
                continue
            seen.add(net)
            sources = self._sources.get(net, ())
            left += sources
            if not sources:
                found.add(net)
        return frozenset(found)


def _base(name: str) -> str:
    return name.partition(".")[0]


def _back(steps: Mapping[str, tuple[int, str, int]], target: str) -> list[tuple[str, int]]:
    path = []
    value = target
    while value:
        _, before, weight = steps[value]
        path.append((value, weight))
        value = before
    return path[::-1]


def _reach(source: str, edges: Mapping[str, Mapping[str, int]]) -> set[str]:
    found, left = {source}, [source]
    while left:
        for step in edges.get(left.pop(), {}):
            if step not in found:
                found.add(step)
                left.append(step)
    return found
