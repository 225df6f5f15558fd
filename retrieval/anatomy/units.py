"""Modules of a library, read when they are first asked for."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import cast

from hdlsmith.design import SourceSpan
from hdlsmith.languages import VERILOG_FAMILY, Language
from hdlsmith.registry import resolve
from hdlsmith.retrieval.anatomy.library import Library, Source
from hdlsmith.retrieval.frontends.table import FrontEnd, Surroundings, front_end_of
from hdlsmith.retrieval.meaning.code import Code
from hdlsmith.retrieval.meaning.edges import codes_by_edges
from hdlsmith.retrieval.meaning.relations import Relations
from hdlsmith.retrieval.nodes import Edge, EdgeKind, FileGraph, Kind, Node
from hdlsmith.retrieval.paths import distance

_LITERAL = r'"[^"]*"|\d+'
_LOCAL = re.compile(rf"localparam\b[^=]*=\s*({_LITERAL})")
_DECIDED = re.compile(rf"(!)?\(?(\w+) (==|!=) ({_LITERAL})\)?")
_DECLARES = re.compile(rb"\btypedef\b|\btype\b", re.IGNORECASE)
MAX_MODULES = 400
"""Modules that are read for one question."""


class Reading:
    """One source text, read."""

    def __init__(self, source: Source, around: Surroundings) -> None:
        self.source = source
        self._around = around
        name = front_end_of(source.language, around)
        front_end = cast(FrontEnd, resolve(name, {}, "front end"))
        self.graph: FileGraph = front_end(source.path, source.text, around)
        self.relations = Relations(self.graph)

    @cached_property
    def codes(self) -> Mapping[int, Code]:
        """Position -> code, of every assign, process and function."""
        source = self.source
        if source.language in VERILOG_FAMILY:
            from hdlsmith.retrieval.meaning.systemverilog import codes

            return codes(source.path, source.text, self._around, self.graph, in_full=True)
        if source.language is Language.VHDL:
            from hdlsmith.retrieval.meaning import vhdl

            return vhdl.codes(source.path, source.text, self.graph)
        return codes_by_edges(source.language, source.text, self.graph, self.relations)

    @cached_property
    def lines(self) -> list[str]:
        return self.source.text.decode("utf-8", "replace").split("\n")

    def text(self, node: Node) -> str:
        """A node's own text."""
        return self.source.text[node.start_byte : node.end_byte].decode("utf-8", "replace")


class Unit:
    """A module, read.

    Attributes:
        reading: of its file.
        position: of its node there.
    """

    def __init__(self, reading: Reading, position: int) -> None:
        self.reading = reading
        self.position = position

    @property
    def name(self) -> str:
        return self.node.name

    @property
    def node(self) -> Node:
        return self.reading.graph.nodes[self.position]

    @cached_property
    def members(self) -> Mapping[int, Node]:
        """Position -> node, of all that is in the module, however deep."""
        scope = self.reading.relations.scope
        nodes = enumerate(self.reading.graph.nodes)
        return {at: node for at, node in nodes if scope(at) == self.position}

    def of_kind(self, *kinds: Kind) -> dict[int, Node]:
        return {at: node for at, node in self.members.items() if node.kind in kinds}

    @cached_property
    def ports(self) -> dict[str, Node]:
        return {node.name: node for node in self.of_kind(Kind.PORT).values()}

    @cached_property
    def values(self) -> dict[str, Node]:
        """Ports and signals by name, the first of each."""
        found = self.of_kind(Kind.PORT, Kind.SIGNAL).values()
        return {node.name: node for node in reversed(found)}

    @cached_property
    def codes(self) -> dict[int, Code]:
        """Position -> code, of the module's own blocks; without those in a generate block that a
        `localparam` leaves out.
        """
        conditions: dict[int, str] = {}
        for edge in self.reading.graph.edges:
            if edge.kind is EdgeKind.DRIVES:
                conditions.setdefault(edge.source, edge.condition)
        constants = dict(self._constants())
        return {
            at: code
            for at, code in self.reading.codes.items()
            if at in self.members and not _is_left_out(conditions.get(at, ""), constants)
        }

    def _constants(self) -> Iterator[tuple[str, str]]:
        for node in self.of_kind(Kind.PARAMETER).values():
            if match := _LOCAL.fullmatch(node.detail):
                yield node.name, match[1]

    @cached_property
    def conditions(self) -> dict[int, str]:
        """Position of an instance -> what the generate blocks around it ask."""
        edges = self.reading.graph.edges
        return {e.source: e.condition for e in edges if e.kind is EdgeKind.INSTANTIATES}

    @cached_property
    def instances(self) -> dict[int, tuple[str, list[Edge]]]:
        """Position -> module asked for, and the connections."""
        found: dict[int, tuple[str, list[Edge]]] = {}
        for edge in self.reading.graph.edges:
            if edge.kind is EdgeKind.INSTANTIATES and edge.source in self.members:
                found[edge.source] = edge.name, []
        for edge in self.reading.graph.edges:
            if edge.kind is EdgeKind.CONNECTS and edge.source in found:
                found[edge.source][1].append(edge)
        return found

    def span(self, line: int) -> SourceSpan:
        return SourceSpan(self.reading.source.shown, line)

    def declared(self, name: str) -> SourceSpan:
        """Where a value is declared; the module's own place if it is not seen."""
        node = self.values.get(name.partition(".")[0], self.node)
        return self.span(node.start_line)


def _is_left_out(condition: str, constants: Mapping[str, str]) -> bool:
    """Whether local constants decide that what stands under a condition is no part of a module."""
    for term in condition.split(" && "):
        match = _DECIDED.fullmatch(term)
        value = constants.get(match[2]) if match else None
        if match is None or value is None:
            return False
        holds = (value == match[4]) == (match[3] == "==")
        if holds == bool(match[1]):
            return True
    return False


class Units:
    """All modules of a library."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._readings: dict[str, Reading] = {}
        self._found: dict[tuple[str, str], Unit | None] = {}
        self._types: dict[tuple[str, bool], list[tuple[Reading, Node]]] = {}

    def reading(self, source: Source) -> Reading:
        if source.path not in self._readings:
            self._readings[source.path] = Reading(source, self._library.around)
        return self._readings[source.path]

    def named(self) -> Iterator[Unit]:
        """The modules of the named files."""
        for source in self._library.sources:
            if source.is_named:
                yield from self._in(self.reading(source))

    def _in(self, reading: Reading) -> Iterator[Unit]:
        for position, node in enumerate(reading.graph.nodes):
            if node.kind is Kind.MODULE:
                yield Unit(reading, position)

    def find(self, name: str, asker: str) -> Unit | None:
        """The module of that name: of several the one nearest to the asking file."""
        if (name, asker) not in self._found:
            word = re.compile(rb"\b%b\b" % re.escape(name.encode()), re.IGNORECASE)
            wanted = name.lower()
            found = [
                unit
                for source in self._library.sources
                if len(self._readings) < MAX_MODULES and word.search(source.text)
                for unit in self._in(self.reading(source))
                if unit.name == name
                or (source.language is Language.VHDL and unit.name.lower() == wanted)
            ]
            self._found[name, asker] = min(
                found, key=lambda u: distance(u.reading.source.path, asker), default=None
            )
        return self._found[name, asker]

    def texts(self) -> Iterator[str]:
        """The texts of the library."""
        for source in self._library.sources:
            yield source.text.decode("latin-1")

    def types(self, name: str, language: Language) -> list[tuple[Reading, Node]]:
        """Type declarations of that name, in the whole library."""
        vhdl = language is Language.VHDL
        key = name.lower() if vhdl else name, vhdl
        if key not in self._types:
            self._types[key] = list(self._declared(name, vhdl))
        return self._types[key]

    def _declared(self, name: str, vhdl: bool) -> Iterator[tuple[Reading, Node]]:
        flags = re.IGNORECASE if vhdl else 0
        declares = re.compile(rb"\b(?:sub)?type\b[^;]*?\b%b\b" % re.escape(name.encode()), flags)
        word = re.compile(rb"\b%b\b" % re.escape(name.encode()), flags)
        wanted = name.lower() if vhdl else name
        for source in self._library.sources:
            if (source.language is Language.VHDL) is not vhdl or not word.search(source.text):
                continue
            if vhdl and not declares.search(source.text):
                continue
            if source.path not in self._readings and not _DECLARES.search(source.text):
                continue
            reading = self.reading(source)
            for node in reading.graph.nodes:
                same = (node.name.lower() if vhdl else node.name) == wanted
                if node.kind is Kind.TYPE and same:
                    yield reading, node
