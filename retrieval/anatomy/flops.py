"""Registers in instances: modules below that are nothing but a flip-flop."""

import re
from collections import defaultdict
from collections.abc import Iterator

from hdlsmith.retrieval.anatomy.nets import Nets
from hdlsmith.retrieval.anatomy.pins import connected, unit_output
from hdlsmith.retrieval.anatomy.units import Unit
from hdlsmith.retrieval.meaning.code import Expr
from hdlsmith.retrieval.meaning.fsm import reached, takes_of
from hdlsmith.retrieval.nodes import Kind

_RESET_VALUE = re.compile(
    r"\.\s*(\w*(?:reset|rst|init)\w*)\s*\(\s*(?:\w+'\s*\(\s*)?(\w+(?:'\w+)?)\s*\)*", re.IGNORECASE
)
_SIZED = re.compile(r"\d*'[bodhBODH][\da-fA-F_]+|\d+")
_INPUT = re.compile(r"d|d_i|data_i|din|state_i|d\w*_i", re.IGNORECASE)
_OUTPUT = re.compile(r"q|q_o|data_o|dout|state_o|q\w*_o", re.IGNORECASE)


class Flops:
    """What instances of flip-flops do to the nets of a module.

    Attributes:
        takes: net -> nets that it takes, a clock later or more.
        takes_at_once: of these what a single register, and nothing else, stands between.
    """

    def __init__(self, unit: Unit, nets: Nets) -> None:
        self._unit = unit
        self.takes: dict[str, set[str]] = defaultdict(set)
        self.takes_at_once: dict[str, set[str]] = defaultdict(set)
        self._instances: dict[str, list[tuple[int, Unit | None, str]]] = defaultdict(list)
        self._nets = nets
        for position, (module, edges) in unit.instances.items():
            below = nets.units.find(module, unit.reading.source.path)
            pins = list(connected(unit, position, below)) if below else []
            if below is None:
                nodes = unit.reading.graph.nodes
                pins = [(e.name, nodes[e.target].name, False) for e in edges if e.target >= 0]
            for out, net, source in self._pairs(below, pins):
                self.takes[net].add(source)
                if below is not None and self._is_one_register(below, out):
                    self.takes_at_once[net].add(source)
                self._instances[net].append((position, below, out))

    def _pairs(
        self, below: Unit | None, pins: list[tuple[str, str, bool]]
    ) -> Iterator[tuple[str, str, str]]:
        """Output port, its net, and the net of the input, of a flip-flop."""
        if below is None:
            outs = [(p, n) for p, n, _ in pins if _OUTPUT.fullmatch(p)]
            ins = [n for p, n, _ in pins if _INPUT.fullmatch(p)]
        else:
            clocking = self._nets.clocking(below)
            if not clocking.processes:
                return
            takes = takes_of(below.codes.values())
            leads = {p for p, _, _ in pins if unit_output(below, p)}
            outs = [(p, n) for p, n, _ in pins if p in leads and reached(p, takes) - {p}]
            taken = {name for p, _ in outs for name in reached(p, takes)}
            if not taken & clocking.registers.keys():
                return
            ins = [n for p, n, _ in pins if p not in leads and p in taken]
        for out, net in outs:
            for source in ins:
                yield out, net, source

    def _is_one_register(self, below: Unit, out: str) -> bool:
        """Whether a module gives out nothing but its only register."""
        registers = self._nets.clocking(below).registers.keys()
        takes = takes_of(below.codes.values())
        beside = {name: sources for name, sources in takes.items() if name not in registers}
        is_alone = len(registers) == 1 and not below.instances
        return is_alone and not reached(out, beside) - {out, *registers}

    def reset_values(self, net: str) -> Iterator[Expr]:
        """What an instance resets a net to."""
        nodes = self._unit.reading.graph.nodes
        for position, below, out in self._instances.get(net, ()):
            text = self._unit.reading.text(nodes[position])
            for _, value in _RESET_VALUE.findall(text.partition(nodes[position].name)[0]):
                yield _constant(value)
            if below is None:
                continue
            clocking = self._nets.clocking(below)
            parameters = {n.name: n for n in below.of_kind(Kind.PARAMETER).values()}
            for name in reached(out, takes_of(below.codes.values())):
                for value in clocking.reset_values(name):
                    node = parameters.get(value.text) if value.op == "name" else None
                    default = below.reading.text(node).rpartition("=")[2] if node else ""
                    yield _constant(default.strip()) if default else value


def _constant(text: str) -> Expr:
    return Expr("number" if _SIZED.fullmatch(text) or text == "'0" else "name", (), text)
