"""What may drive a signal, read off the text alone: a static slice over modules and instances.

Without a run nothing tells which of a signal's drivers were at work, so all of them count, less
the further they are away. Static slicing: Weiser, "Program slicing", ICSE 1981.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from pyslang import syntax

from hdlsmith.agent.localising.bench import module_names
from hdlsmith.agent.localising.recording import Module, modules_of
from hdlsmith.agent.localising.slices import Place, connected
from hdlsmith.agent.mending.source import Source, walk
from hdlsmith.design import Design
from hdlsmith.languages import VERILOG_FAMILY

_NEARER = 0.8
_DEPTH = 6
_Signal = tuple[int, str]
"""A module's number and a name in it."""


class Netlist:
    """The statements of a design's own files, and how its instances join its modules."""

    def __init__(self, design: Design) -> None:
        self.modules = modules_of(design)
        by_name = {module.name: module for module in self.modules}
        self._below: dict[tuple[int, str], Module] = {}
        self._above: dict[int, list[tuple[Module, str]]] = defaultdict(list)
        for parent, instance, kind in _instances(design):
            around, inner = by_name[parent], by_name.get(kind)
            if inner:
                self._below[around.number, instance] = inner
                self._above[inner.number].append((around, instance))

    @property
    def names(self) -> tuple[str, ...]:
        """Every signal that the design reads or drives, and every port, by the alphabet."""
        statements = (s for module in self.modules for s in module.statements)
        said = {name for s in statements for name in (*s.reads, *s.drives)}
        return tuple(sorted(said.union(*(module.ports for module in self.modules))))

    def behind(self, signals: Mapping[str, float]) -> dict[Place, tuple[float, str]]:
        """The statements that signals may come from.

        Args:
            signals: name, in whatever module, and how much it weighs.

        Returns:
            for each statement the highest weight that reaches it, and the signal it came from.
        """
        found: dict[Place, tuple[float, str]] = {}
        for name, weight in signals.items():
            starts = [(m.number, name) for m in self.modules if _has(m, name)]
            for place, distance in self._reached(starts).items():
                score = weight * _NEARER**distance
                if score > found.get(place, (0.0, ""))[0]:
                    found[place] = (score, name)
        return found

    def _reached(self, starts: Iterable[_Signal]) -> dict[Place, int]:
        """Each statement that is met on the way to the sources, and after how many steps."""
        found: dict[Place, int] = {}
        waiting = [(signal, 0) for signal in starts]
        seen = set()
        for signal, distance in waiting:
            if signal in seen or distance > _DEPTH:
                continue
            seen.add(signal)
            for place, sources in self._drivers(*signal):
                found.setdefault(place, distance)
                waiting += [(source, distance + 1) for source in sources]
        return found

    def _drivers(self, number: int, name: str) -> Iterator[tuple[Place, list[_Signal]]]:
        """Statements that give a signal its value, and the signals that they read for it."""
        module = self.modules[number]
        for position in module.drivers.get(name, ()):
            inside = (position, *module.statements[position].around)
            deciding = [module.statements[at] for at in inside]
            reads = [read for s in deciding if s.kind != "process" for read in s.reads]
            for at in inside:
                yield (number, at), [(number, read) for read in reads]
        for position, statement in enumerate(module.statements):
            instance, port = statement.instance
            if inner := self._below.get((number, instance)):
                for inside_name, outside in connected(inner, port, statement.reads):
                    if name in outside and inside_name not in inner.inputs:
                        yield (number, position), [(inner.number, inside_name)]
        if name in module.inputs:
            yield from self._outside(module, name)

    def _outside(self, module: Module, name: str) -> Iterator[tuple[Place, list[_Signal]]]:
        """What is connected to an input where its module is instantiated."""
        for around, instance in self._above[module.number]:
            for position, statement in enumerate(around.statements):
                own, port = statement.instance
                joined = connected(module, port, statement.reads) if own == instance else ()
                for inside_name, outside in joined:
                    if inside_name == name:
                        sources = [(around.number, each) for each in outside]
                        yield (around.number, position), sources


def outermost(design: Design) -> tuple[str, ...]:
    """The modules of a design that none of its own modules instantiates."""
    used = {kind for _, _, kind in _instances(design)}
    return tuple(sorted(module_names(design) - used))


def _has(module: Module, name: str) -> bool:
    return name in module.ports or any(name in s.drives for s in module.statements)


def _instances(design: Design) -> Iterator[tuple[str, str, str]]:
    """Module, name and kind of each instance in it."""
    for file in design.sources:
        if file.language not in VERILOG_FAMILY:
            continue
        for module in Source(file.text).modules:
            for node in walk(module, syntax.HierarchyInstantiationSyntax):
                for instance in walk(node, syntax.HierarchicalInstanceSyntax):
                    name = instance.decl.name.valueText if instance.decl is not None else ""
                    yield module.header.name.valueText, name, node.type.valueText
