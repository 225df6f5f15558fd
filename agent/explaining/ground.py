"""What a module's source says, laid out for checking what somebody else says of it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from hdlsmith.design import Direction
from hdlsmith.languages import Language
from hdlsmith.retrieval.anatomy.anatomy import Anatomy
from hdlsmith.retrieval.anatomy.ports import type_of
from hdlsmith.retrieval.nodes import NAMED_VALUES, Edge, EdgeKind, Kind
from hdlsmith.retrieval.store.index import Index, StoredNode
from hdlsmith.retrieval.structure.netlist import Netlist, direction_of

_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_LITERAL = re.compile(r"\b\d*'s?[bodhBODH][\w?]+|\b\d[\w.]*|[xXbBoO]?\"[^\"]*\"|'[01xXzZ-]'")
_COMMENTS = {
    True: re.compile(r'--[^\n]*|"[^"\n]*"'),
    False: re.compile(r'//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"', re.DOTALL),
}
"""By: is it VHDL? With the strings, whose words are no names either."""

_DECLARED = (*NAMED_VALUES, Kind.TYPE)
_Item = TypeVar("_Item")


@dataclass(frozen=True)
class Link:
    """A name on the other side of an assignment or a port, and the line where that is said."""

    name: str
    line: int


class Ground:
    """
    Attributes:
        path: of the module's file.
        first_line, last_line: of the module.
        names: every identifier of its code, folded.
    """

    def __init__(self, anatomy: Anatomy, index: Index, source: int) -> None:
        """
        Args:
            source: id of the text in the index that the module stands in.
        """
        self.anatomy = anatomy
        self.path = anatomy.span.path
        self.first_line, self.last_line = anatomy.span.line, anatomy.last_line
        self._nodes = {node.id: node for node in index.of_source(source)}
        self._source_edges = index.edges_of(source)
        self._netlist = Netlist(index)
        self._vhdl = anatomy.language is Language.VHDL
        self._lines = anatomy.text.replace("\r\n", "\n").split("\n")
        own = "\n".join(self._lines[self.first_line - 1 : self.last_line])
        bare = _COMMENTS[self._vhdl].sub(" ", own)
        below = (name for child in anatomy.children for name in (child.name, child.module))
        names = (*_WORD.findall(_LITERAL.sub(" ", bare)), *below)
        self.names = frozenset(map(self.fold, names))

    def fold(self, name: str) -> str:
        """A name as it is compared: VHDL's in lower case; of `r.state` and `q[3]` what stands
        first."""
        words = _WORD.findall(name)
        bare = words[0] if words else name
        return bare.lower() if self._vhdl else bare

    def has_names(self, code: str) -> bool:
        """Whether there is more than literals in a piece of code."""
        return bool(_WORD.search(_LITERAL.sub(" ", code)))

    def unknown_in(self, code: str) -> list[str]:
        """The identifiers of a piece of code that the module does not have."""
        words = _WORD.findall(_LITERAL.sub(" ", code))
        return [word for word in words if self.fold(word) not in self.names]

    def line(self, number: int) -> str | None:
        """A line of the module; None outside of it."""
        if not self.first_line <= number <= self.last_line:
            return None
        return self._lines[number - 1]

    def holds(self, number: int, name: str) -> bool:
        """Whether a line of the module has a name in it."""
        words = _WORD.findall(self.line(number) or "")
        return self.fold(name) in map(self.fold, words)

    def place(self, line: int) -> str:
        """`path:line` in the module's file."""
        return f"{self.path}:{line}"

    def drivers(self, net: str) -> list[Link]:
        """What a net is assigned from, and the instances and processes that drive it."""
        return self._drivers.get(self.fold(net), [])

    def readers(self, net: str) -> list[Link]:
        """What is assigned from a net, and the instances and processes that read it."""
        return self._readers.get(self.fold(net), [])

    def name(self, node: int) -> str:
        """The name of a node of the module's file; empty of none."""
        return self._nodes[node].name if node in self._nodes else ""

    @cached_property
    def bare_state(self) -> re.Pattern[str]:
        """A state in a text, without backticks around it."""
        states = {state.name for fsm in self.anatomy.fsms for state in fsm.states}
        named = sorted(filter(str.isidentifier, states), key=len, reverse=True)
        told = "|".join(name for name in named if not name.islower() or "_" in name)
        return re.compile(rf"(?<![\w.`])({told or '(?!)'})(?![\w`])")

    def declaration(self, name: str) -> str:
        """The type of a port or signal as declared; empty if there is none."""
        wanted = self.fold(name)
        for node in self._nodes.values():
            is_value = node.kind in (Kind.PORT, Kind.SIGNAL)
            if is_value and self.fold(node.name) == wanted and self.line(node.start_line):
                return type_of(node.detail)
        return ""

    @cached_property
    def declared_at(self) -> dict[int, list[StoredNode]]:
        """Line -> the ports, parameters, signals and types that are declared there."""
        return _by_line((n.start_line, n) for n in self._nodes.values() if n.kind in _DECLARED)

    @cached_property
    def edges_at(self) -> dict[int, list[Edge]]:
        """Line -> what its statements assign, read and connect."""
        return _by_line((edge.line, edge) for edge in self._source_edges)

    @cached_property
    def driven_at(self) -> dict[str, list[int]]:
        """Net -> the lines that assign it."""
        found: dict[str, list[int]] = defaultdict(list)
        for edge in self._edges(EdgeKind.DRIVES):
            found[self._name(edge.target)].append(edge.line)
        return found

    @cached_property
    def _drivers(self) -> dict[str, list[Link]]:
        found: dict[str, list[Link]] = defaultdict(list)
        for edge in self._edges(EdgeKind.READS):
            if edge.driven >= 0:
                link = Link(self._name(edge.target), edge.line)
                found[self._name(edge.driven)].append(link)
        for block, net, line in self._blocks(drives=True):
            found[net].append(Link(block, line))
        return found

    @cached_property
    def _readers(self) -> dict[str, list[Link]]:
        found: dict[str, list[Link]] = defaultdict(list)
        for edge in self._edges(EdgeKind.READS):
            if edge.driven >= 0:
                link = Link(self._name(edge.driven), edge.line)
                found[self._name(edge.target)].append(link)
        for block, net, line in self._blocks(drives=False):
            found[net].append(Link(block, line))
        return found

    def _blocks(self, *, drives: bool) -> Iterator[tuple[str, str, int]]:
        """Named processes and instances, with the nets they drive or read."""
        for block in self.anatomy.blocks:
            for net in block.drives if drives else block.reads:
                if block.name and block.kind != Kind.INSTANCE:
                    yield self.fold(block.name), self.fold(net), block.span.line
        wanted = (Direction.OUTPUT if drives else Direction.INPUT, Direction.INOUT)
        for instance, edge, direction in self._wires:
            if direction in wanted:
                yield instance, self._name(edge.target), edge.line

    @cached_property
    def _wires(self) -> list[tuple[str, Edge, Direction]]:
        """Instances with their connections; ports of a module that is not there lead both ways."""
        found = []
        for node in self._nodes.values():
            if node.kind is Kind.INSTANCE and self.line(node.start_line) is not None:
                module = self._netlist.definition(node.id)
                ports = self._netlist.ports(module) if module != -1 else {}
                for edge in self._netlist.connections(node.id):
                    port = ports.get(edge.name)
                    way = direction_of(self._netlist.node(port)) if port else Direction.INOUT
                    found.append((self.fold(node.name), edge, way))
        return found

    def _edges(self, kind: EdgeKind) -> Iterator[Edge]:
        for edge in self._source_edges:
            if edge.kind is kind and self.line(edge.line) is not None:
                yield edge

    def _name(self, node: int) -> str:
        return self.fold(self.name(node))


def _by_line(pairs: Iterable[tuple[int, _Item]]) -> dict[int, list[_Item]]:
    found: dict[int, list[_Item]] = defaultdict(list)
    for line, item in pairs:
        found[line].append(item)
    return found
