"""SystemVerilog interfaces: which of an interface's nets a statement means, and where they lead.

An edge of the index leads to the port or instance that `bus` of `bus.valid` names; the net behind
the dot is read off the statement's text here, when a walk comes by. Where a macro hides it, the
statement may mean any.
"""

import re
from functools import cache
from typing import NamedTuple

from hdlsmith.design import Direction
from hdlsmith.languages import VERILOG_FAMILY
from hdlsmith.retrieval.frontends.sv_names import flat, names_in
from hdlsmith.retrieval.nodes import Edge, Kind
from hdlsmith.retrieval.store.index import StoredNode
from hdlsmith.retrieval.structure.netlist import Netlist

Nets = frozenset[str] | None
"""Names of nets of an interface; None where the text does not tell."""

_ASSIGNS = r"(?:[-+*/%&|^]|<<<?|>>>?|<)?=(?!=)"
_ASSIGNED = re.compile(rf"(?<![=!<>]){_ASSIGNS}")
_BRACKETS = re.compile(r"\([^()]*\)")
_TYPE = re.compile(r"(?:(?:input|output|inout|ref)\s+)?(\w+)(?:\s*\.\s*(\w+))?(?!\s*::)")
_PORTS = re.compile(r"\b(input|output|inout|ref)\b|\([^()]*\)|(\w+)")
_DIRECTIONS = {"input": Direction.INPUT, "output": Direction.OUTPUT}
_MOST_LINES = 50


class Bundle(NamedTuple):
    """The type of a port.

    Attributes:
        module: the interface; -1 of a generic one, `interface.slave`, or a missing one.
        modport: empty if it has none.
    """

    module: int
    modport: str


class Interfaces:
    """What a netlist's names tell of interfaces."""

    def __init__(self, netlist: Netlist) -> None:
        self._netlist = netlist
        self._called: dict[str, list[StoredNode]] = {}
        self._bundles: dict[int, Bundle | None] = {}
        self._modports: dict[Bundle, dict[str, Direction]] = {}
        self._lines: dict[int, list[str]] = {}

    def is_one(self, module: int) -> bool:
        """Whether a module is an interface."""
        return module != -1 and self._netlist.node(module).detail == "interface"

    def bundle(self, value: int) -> Bundle | None:
        """The interface that a port stands for, if it does."""
        if value not in self._bundles:
            self._bundles[value] = self._bundle(self._netlist.node(value))
        return self._bundles[value]

    def _bundle(self, node: StoredNode) -> Bundle | None:
        index = self._netlist.index
        found = _TYPE.match(node.detail)
        if node.kind is not Kind.PORT or not found:
            return None
        if index.languages[node.source] not in VERILOG_FAMILY:
            return None
        name, modport = found[1], found[2] or ""
        if name == "interface":
            return Bundle(-1, modport)
        if name not in self._called:
            modules = index.definitions(name)
            self._called[name] = [found for found in modules if found.detail == "interface"]
        if not self._called[name]:  # missing, but nothing else has a modport
            return Bundle(-1, modport) if modport else None
        module = self._netlist.nearest(self._called[name], index.paths(node.source)[0])
        return Bundle(module, modport)

    def has_nets(self, value: int) -> bool:
        """Whether `value.net` can mean something: a port of interface type, or an instance."""
        return self._netlist.node(value).kind is Kind.INSTANCE or self.bundle(value) is not None

    def net(self, module: int, name: str) -> int:
        """The port or signal of an interface called so; -1 for none."""
        inside = self._netlist.members(module, (Kind.PORT, Kind.SIGNAL)) if module != -1 else []
        return next((node.id for node in inside if node.name == name), -1)

    def may_have(self, bundle: Bundle, name: str) -> bool:
        """Whether `port.name` may mean something: a net, or what a modport calls so."""
        kinds = (Kind.PORT, Kind.SIGNAL, Kind.INSTANCE)
        known = self._netlist.members(bundle.module, kinds) if bundle.module != -1 else ()
        return not known or any(n.name == name for n in known) or name in self._modport(bundle)

    def direction(self, bundle: Bundle, net: str) -> Direction:
        """Which way a net leads through a port; both ways without a modport."""
        return self._modport(bundle).get(net, Direction.INOUT)

    def _modport(self, bundle: Bundle) -> dict[str, Direction]:
        if bundle not in self._modports:
            self._modports[bundle] = self._directions(bundle)
        return self._modports[bundle]

    def _directions(self, bundle: Bundle) -> dict[str, Direction]:
        if bundle.module == -1 or not bundle.modport:
            return {}
        types = self._netlist.members(bundle.module, [Kind.TYPE])
        modport = next((node for node in types if node.name == bundle.modport), None)
        if modport is None:
            return {}
        found: dict[str, Direction] = {}
        direction = Direction.INOUT
        text = flat(self._netlist.index.text(modport)).partition("(")[2]
        for word, net in _PORTS.findall(text):
            if word:
                direction = _DIRECTIONS.get(word, Direction.INOUT)
            elif net:
                found[net] = direction
        return found

    def assigned(self, drive: Edge) -> Nets:
        """Which nets of the target of a DRIVES edge its statement assigns."""
        name = self._netlist.node(drive.target).name
        assigned, read = _nets_in(self._statement(drive), name)
        return assigned or read or None

    def read(self, value: int, drive: Edge) -> Nets:
        """Which nets of a value the statement of a DRIVES edge, or its condition, reads."""
        name = self._netlist.node(value).name
        assigned, read = _nets_in(self._statement(drive), name)
        read = read.union(*_nets_in(drive.condition, name))
        if assigned or read:
            return read
        # Through a variable of the block, or a condition too long to be kept.
        block = self._netlist.node(drive.source)
        return _nets_in(flat(self._netlist.index.text(block)), name)[1] or None

    def connected(self, connection: Edge) -> Nets:
        """Which nets of its target a CONNECTS edge names; empty for the whole."""
        name = self._netlist.node(connection.target).name
        instance = self._netlist.node(connection.source)
        text = flat(self._netlist.index.text(instance))
        named = re.search(rf"\.\s*{re.escape(connection.name)}\s*\(", text)
        if named:
            text = _inside(text[named.end() :])
        return frozenset().union(*_nets_in(text, name))

    def clocking(self, edge: Edge) -> frozenset[str]:
        """Which nets of its target clock or reset the process of an edge."""
        process = self._netlist.node(edge.source)
        at_edge = process.detail if edge.clock_edge else self._netlist.index.text(process)
        return _nets_in(flat(at_edge), self._netlist.node(edge.target).name)[1]

    def names(self, drive: Edge, value: int) -> bool:
        """Whether the statement of a DRIVES edge, or its condition, names a value."""
        text = f"{self._statement(drive)} ; {drive.condition}"
        return self._netlist.node(value).name in names_in(text)

    def _statement(self, edge: Edge) -> str:
        """The lines of a statement up to its end; of an assignment, macros expanded."""
        block = self._netlist.node(edge.source)
        if block.kind is Kind.ASSIGN and not block.detail.endswith("…"):
            return block.detail
        if block.source not in self._lines:
            text = self._netlist.index.source_text(block.source)
            self._lines[block.source] = text.decode("utf-8", "replace").split("\n")
        taken = []
        for line in self._lines[block.source][edge.line - 1 : edge.line - 1 + _MOST_LINES]:
            taken.append(line)
            if ";" in line.split("//")[0]:
                break
        return flat("\n".join(taken))


def _inside(text: str) -> str:
    """What stands before the bracket that closes."""
    depth = 1
    for at, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if not depth:
            return text[:at]
    return text


@cache
def _mention(name: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\w.$]){re.escape(name)}\s*(?:\[[^\]]*\]\s*)*\.\s*(\w+)"
        rf"(?:\s*\[[^\]]*\]|\s*\.\s*\w+)*(\s*{_ASSIGNS})?"
    )


def _nets_in(text: str, name: str) -> tuple[frozenset[str], frozenset[str]]:
    """The nets behind a name that statements assign, and those that they read."""
    assigned: set[str] = set()
    read: set[str] = set()
    for statement in text.split(";") if name in text else ():
        for found in _mention(name).finditer(statement):
            is_target = found[2] and _begins(statement[: found.start()])
            (assigned if is_target else read).add(found[1])
    return frozenset(assigned), frozenset(read)


def _begins(before: str) -> bool:
    """Whether a statement's assignment may begin behind this text: `<=` compares, too."""
    while (shorter := _BRACKETS.sub("", before)) != before:
        before = shorter
    return "(" not in before and not _ASSIGNED.search(before)
