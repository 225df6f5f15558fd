"""What clocks and what resets the registers of one module, out of its own code.

A process with edges in its sensitivity list is clocked by the one that no condition asks about;
the others, of which conditions do ask, reset asynchronously. A synchronous reset is a bit at one
level of which a register takes a constant whatever the rest: by an `if`, by `?:`, by a gate, or
in the logic of its next value. Many bits do that, so of these one is taken that is called a reset
or, in a module without, an input that does so to all registers of a process.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from hdlsmith.languages import VERILOG_FAMILY, Language
from hdlsmith.retrieval.anatomy.signals import is_clock_name, is_reset_name
from hdlsmith.retrieval.anatomy.units import Unit
from hdlsmith.retrieval.meaning.code import Assignment, Code, Expr, names_in
from hdlsmith.retrieval.meaning.phrases import value_of
from hdlsmith.retrieval.meaning.truth import Values, holds
from hdlsmith.retrieval.nodes import Kind

_MOST_CAUSES = 3
"""Of a net that is made of a reset: with more it is logic that a reset stops."""
_NO_HARDWARE = ("function", "task", "initial", "final")


class Edge(NamedTuple):
    """`posedge` or `negedge` of a net."""

    edge: str
    net: str


class Effect(NamedTuple):
    """A net that resets at a level, `0` or `1`."""

    net: str
    level: str
    is_asynchronous: bool


class Process(NamedTuple):
    """A clocked process.

    Attributes:
        position: of its node.
        resets: asynchronous ones.
        registers: name -> assignments in order.
    """

    position: int
    code: Code
    clocks: tuple[Edge, ...]
    resets: tuple[Effect, ...]
    registers: dict[str, list[Assignment]]


class Latch(NamedTuple):
    """A variable that keeps its value while its gate is shut.

    Attributes:
        gate: the condition under which it is open; its net, and the level that opens it, if
            that is one bit.
    """

    name: str
    position: int
    gate: Expr
    net: str
    level: str
    assignments: list[Assignment]


class Clocking:
    """Clocks and resets of a module by its own code."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    @cached_property
    def values(self) -> Values:
        """What variables are given while some bits are known."""
        return Values(self.drivers, self.is_variable)

    def is_variable(self, name: str) -> bool:
        return name.partition(".")[0] in self.unit.values

    @cached_property
    def processes(self) -> list[Process]:
        """The clocked ones."""
        found = []
        for position, code in self.unit.codes.items():
            events = tuple(dict.fromkeys(Edge(*event) for event in code.events if event[0]))
            if events and code.kind not in _NO_HARDWARE:
                registers = _by_name(code.assignments)
                asked = self._asked(events, code)  # what resets, or loads, asynchronously
                resets = tuple(self._asynchronous(asked, registers.values()))
                nets = {event.net for event in asked}
                clocks = tuple(event for event in events if event.net not in nets)
                found.append(Process(position, code, clocks or events[:1], resets, registers))
        return found

    def _asynchronous(
        self, asked: Sequence[Edge], registers: Collection[Sequence[Assignment]]
    ) -> Iterator[Effect]:
        at_rest = {event.net: event.edge == "negedge" for event in asked}
        for event in asked:
            known = at_rest | {event.net: event.edge == "posedge"}
            if any(self.values.is_given(assignments, known) for assignments in registers):
                level = "1" if event.edge == "posedge" else "0"
                yield Effect(event.net, level, is_asynchronous=True)

    def _asked(self, events: Sequence[Edge], code: Code) -> list[Edge]:
        """The events that the leading conditions ask about, but for a clock."""
        nets = {event.net for event in events}
        if len(nets) == 1:
            return []
        tests = (condition.test for a in code.assignments for condition in a.conditions)
        tested = list(dict.fromkeys(name for test in tests for name in names_in(test)))
        asked = [event for event in events if event.net in tested]
        if len({event.net for event in asked}) == len(nets):
            # What resets is asked first.
            last = max(asked, key=lambda event: (is_clock_name(event.net), tested.index(event.net)))
            asked = [event for event in asked if event.net != last.net]
        return asked

    @cached_property
    def registers(self) -> dict[str, list[Process]]:
        """Name -> the processes that keep it: more than one where generate blocks choose.

        Variables that a process gives anew in each turn before it reads them are none.
        """
        found: dict[str, list[Process]] = defaultdict(list)
        for process in self.processes:
            for name, assignments in process.registers.items():
                if not self._is_temporary(name, process, assignments):
                    found[name].append(process)
        return dict(found)

    def _is_temporary(self, name: str, process: Process, assignments: list[Assignment]) -> bool:
        if name.partition(".")[0] not in self.unit.values:
            return True
        given_first = _is_given_first(name, assignments[0], process.code.assignments)
        return given_first and self._is_local(name, process.position)

    def _is_local(self, name: str, position: int) -> bool:
        """Whether a variable is declared in a process."""
        base = name.partition(".")[0]
        return any(
            node.name == base and node.kind is Kind.SIGNAL and node.parent == position
            for node in self.unit.members.values()
        )

    def _is_given_anew(
        self, name: str, position: int, code: Code, assignments: list[Assignment]
    ) -> bool:
        """Whether a variable has a new value in each turn: its record is given as a whole first,
        or it is a variable of the process and given before it is read.
        """
        records = [name[:at] for at, letter in enumerate(name) if letter == "."]
        if any(a.name in records and not a.conditions for a in code.assignments):
            return True
        given_first = _is_given_first(name, assignments[0], code.assignments)
        return self._is_local(name, position) and given_first

    @cached_property
    def drivers(self) -> dict[str, list[Assignment]]:
        """Of each variable that no process with an edge gives, its assignments in order."""
        found: dict[str, list[Assignment]] = defaultdict(list)
        clocked: set[str] = set()
        for code in self.unit.codes.values():
            if any(edge for edge, _ in code.events):
                clocked.update(a.name for a in code.assignments)
            elif code.kind not in _NO_HARDWARE:
                for a in code.assignments:
                    found[a.name].append(a)
        return {name: given for name, given in found.items() if name not in clocked}

    @cached_property
    def latches(self) -> list[Latch]:
        """Variables all of whose assignments stand in the same branch of one `if`."""
        found: list[Latch] = []
        if self.unit.reading.source.language not in (*VERILOG_FAMILY, Language.VHDL):
            return found  # Chisel has none, and an HLS function's variables are none
        for position, code in self.unit.codes.items():
            if any(edge for edge, _ in code.events) or code.kind in (*_NO_HARDWARE, "assign"):
                continue
            for name, assignments in _by_name(code.assignments).items():
                first = assignments[0].conditions[:1]
                if not first or any(a.conditions[:1] != first for a in assignments):
                    continue
                if self._is_given_anew(name, position, code, assignments):
                    continue
                if not first[0].holds or code.kind == "always_comb" or is_case(first[0].test):
                    continue
                nets = list(dict.fromkeys(filter(self.is_variable, names_in(first[0].test))))
                net = nets[0] if len(nets) == 1 else ""
                level = "0" if net and holds(first[0], {net: False}) else "1"
                found.append(Latch(name, position, first[0].test, net, level, assignments))
        return found

    @cached_property
    def resets(self) -> dict[str, tuple[Effect, ...]]:
        """Register -> what resets it."""
        named = self._named_like_resets()
        found: dict[str, dict[Effect, None]] = {name: {} for name in self.registers}
        for name, processes in self.registers.items():
            for process in processes:
                found[name].update(dict.fromkeys(self._asynchronous_of(name, process)))
                found[name].update(dict.fromkeys(self._synchronous_of(name, process, named)))
        if not any(found.values()):
            for process in self.processes:
                for effect in self._unnamed(process):
                    for name in process.registers.keys() & found.keys():
                        found[name][effect] = None
        return {name: tuple(effects) for name, effects in found.items()}

    def reset_values(self, name: str) -> Iterator[Expr]:
        """What a register is set to by its resets."""
        for process in self.registers.get(name, ()):
            for effect in self.resets.get(name, ()):
                known = _known(effect, process)
                if self.values.is_given(process.registers[name], known):
                    yield from self.values.given(process.registers[name], known)

    def _asynchronous_of(self, name: str, process: Process) -> Iterator[Effect]:
        for effect in process.resets:
            known = _known(effect, process)
            if self.values.is_given(process.registers[name], known):
                yield effect

    def _named_like_resets(self) -> list[str]:
        names = (
            name
            for code in self.unit.codes.values()
            if code.kind not in _NO_HARDWARE
            for a in code.assignments
            for name in _read(a)
        )
        return [n for n in dict.fromkeys(names) if self.is_variable(n) and self._is_like_a_reset(n)]

    def _is_like_a_reset(self, name: str) -> bool:
        """By its own name, or by that of what it is made of."""
        made = {read for a in self.drivers.get(name, ()) for read in names_in(a.value)}
        return is_reset_name(name) or (len(made) <= _MOST_CAUSES and any(map(is_reset_name, made)))

    def _synchronous_of(
        self, name: str, process: Process, candidates: Iterable[str]
    ) -> Iterator[Effect]:
        taken = {reset.net for reset in process.resets} | {clock.net for clock in process.clocks}
        for net in candidates:
            if net not in taken and net != name:
                yield from self._at_one_level(process.registers[name], net)

    def _at_one_level(self, assignments: Sequence[Assignment], net: str) -> Iterator[Effect]:
        """A reset is what fixes the value at one level, and not at the other."""
        low, high = (self.values.is_given(assignments, {net: level}) for level in (False, True))
        if low != high:
            yield Effect(net, "1" if high else "0", is_asynchronous=False)

    def _unnamed(self, process: Process) -> Iterator[Effect]:
        """An input that is asked about first of all and clears every register of a process: they
        take zero, or a constant that has a name.
        """
        tests = (a.conditions[0].test for a in process.code.assignments if a.conditions)
        alone = {
            names[0] for test in tests if not is_case(test) and len(names := names_in(test)) == 1
        }
        for net in sorted(alone & self.unit.ports.keys()):
            effects = [set(self._at_one_level(a, net)) for a in process.registers.values()]
            common = set.intersection(*effects) if effects else set()
            for effect in common:
                held = {effect.net: effect.level == "1"}
                cleared = [
                    a.value
                    for a in process.code.assignments
                    if a.conditions and holds(a.conditions[0], held)
                ]
                if all(value_of(value) == 0 or value.op == "name" for value in cleared):
                    yield effect


def _known(effect: Effect, process: Process) -> dict[str, bool]:
    """A reset that resets, while the other asynchronous ones of its process don't."""
    at_rest = {reset.net: reset.level == "0" for reset in process.resets}
    return at_rest | {effect.net: effect.level == "1"}


def _is_given_first(name: str, first: Assignment, whole: Iterable[Assignment]) -> bool:
    """Whether a variable is read only where its first assignment has run."""
    if not first.conditions:
        return True
    around, is_given = len(first.conditions), False
    for a in whole:
        reads = name in (*_read(a), *names_in(a.target))
        if reads and a.conditions[:around] != first.conditions:
            return False
        if a is first:
            is_given = a.target.op == "name"
        elif reads and not is_given:
            return False
    return is_given


def is_case(test: Expr) -> bool:
    """Whether a condition is a branch of a case."""
    return test.op in ("case", "default")


def _by_name(assignments: Iterable[Assignment]) -> dict[str, list[Assignment]]:
    found: dict[str, list[Assignment]] = {}
    for a in assignments:
        found.setdefault(a.name, []).append(a)
    return found


def _read(a: Assignment) -> Iterator[str]:
    yield from names_in(a.value)
    for condition in a.conditions:
        yield from names_in(condition.test)
