"""Chisel: what a `val` declares: ports, registers, wires, memories, instances, constants."""

import re
from typing import TYPE_CHECKING, NamedTuple

from hdlsmith.retrieval.frontends.chisel_names import (
    INSTANCES,
    MEMORIES,
    REGISTERS,
    WIRES,
    Names,
    Register,
    arguments_of,
    calls_in,
    constructor,
    path_of,
)
from hdlsmith.retrieval.frontends.trees import UNKNOWN, Draft, Scene, Scope, first, parts
from hdlsmith.retrieval.nodes import Edge, EdgeKind, Kind

if TYPE_CHECKING:
    from tree_sitter import Node as Syntax

Fields = list[tuple[str, str, "Syntax"]]
"""A bundle's fields: name, type as written, and where."""

_WAY = re.compile(r"(Input|Output)\(")
_WAYS = re.compile(r"\b(Input|Output|Flipped)\(")


class Here(NamedTuple):
    """Where a statement of a class stands.

    Attributes:
        block: the node it belongs to; UNKNOWN at the top of the class, where it is its own.
        clock, reset: of the registers made here.
        reset_edge: `posedge` of an asynchronous reset, else empty.
    """

    scope: Scope
    scene: Scene = Scene()
    block: int = UNKNOWN
    clock: int = UNKNOWN
    reset: int = UNKNOWN
    reset_edge: str = ""


def fields_of(draft: Draft, body: "Syntax | None") -> Fields:
    """The fields that a bundle's body declares."""
    found: Fields = []
    for declared in parts(body) if body is not None else ():
        value = declared.child_by_field_name("value")
        if declared.type == "val_definition" and value is not None:
            written = draft.line(value)
            found += [(name, written, declared) for name in pattern_names(draft, declared)]
    return found


def pattern_names(draft: Draft, syntax: "Syntax") -> list[str]:
    """The names that a definition, parameter list or `case` pattern binds."""
    pattern = syntax.child_by_field_name("pattern") or syntax
    names: list[str] = []
    stack = [pattern]
    while stack:
        inner = stack.pop()
        if inner.type == "identifier":
            names.append(draft.text(inner))
        elif (named := inner.child_by_field_name("name")) is not None:
            stack.append(named)
        elif not inner.type.endswith(("type", "type_identifier")):
            stack += inner.named_children[::-1]
    return [name for name in names if name not in ("Nil", "_")]


def _port(written: str, flips: bool) -> str:
    """`input Bool()` of `Input(Bool())`; a bundle with ways of its own is `inout`."""
    found = _WAY.match(written)
    way = found[1].lower() if found else ""
    if flips and way:
        way = "output" if way == "input" else "input"
    shown = written[found.end() : -1] if found and written.endswith(")") else written
    if not way:
        ways = {word.lower() for word in _WAYS.findall(written)}
        way = "inout" if flips or ways not in ({"input"}, {"output"}) else ways.pop()
    return f"{way} {shown}"


class Values:
    """Declares the values of one class.

    Args:
        bundles: fields of the bundle classes of this file, by class name.
    """

    def __init__(self, names: Names, bundles: dict[str, Fields]) -> None:
        self.names = names
        self.draft = names.draft
        self.bundles = bundles
        self.linked: set[tuple[EdgeKind, int, int]] = set()

    def declare(self, syntax: "Syntax", here: Here) -> None:
        """Draw what a `val` or `var` declares."""
        value = syntax.child_by_field_name("value")
        bound = pattern_names(self.draft, syntax)
        if value is None or not bound:
            return
        made_by, call = constructor(self.draft, value)
        modules = [call] if made_by in INSTANCES else list(calls_in(self.draft, value, INSTANCES))
        if made_by == "IO":
            self._declare_ports(bound[0], call, syntax)
        elif modules:
            self._declare_instance(bound[0], modules[0], syntax, value, here)
        elif made_by == "Enum":
            for name in bound:
                self._add(Kind.PARAMETER, name, syntax, self.draft.line(value), here)
        elif made_by in REGISTERS or made_by in MEMORIES or made_by in WIRES:
            self._declare_storage(bound, made_by, call, syntax, here)
        else:
            self._declare_expression(bound, value, syntax, here)

    def _add(self, kind: Kind, name: str, syntax: "Syntax", detail: str, here: Here) -> int:
        position = self.draft.add(kind, name, self.names.owner, syntax, detail)
        here.scope.declare(name, position)
        return position

    def _declare_ports(self, name: str, call: "Syntax", syntax: "Syntax") -> None:
        draft, whole = self.draft, Here(self.names.scope)
        shape = next(iter(arguments_of(call)), None)
        if shape is None:
            return
        inner, flips = shape, False
        while constructor(draft, inner)[0] == "Flipped" and arguments_of(inner):
            inner, flips = arguments_of(inner)[-1], not flips
        body = first(inner, "template_body")
        made = first(inner, "type_identifier")
        fields = fields_of(draft, body)
        if made is not None and inner.type == "instance_expression":
            fields += self.bundles.get(draft.text(made), [])
        for field, written, declared in fields:
            at = declared if body is not None else syntax
            self._add(Kind.PORT, f"{name}.{field}", at, _port(written, flips), whole)
        if not fields:
            self._add(Kind.PORT, name, syntax, _port(draft.line(shape), False), whole)

    def _declare_instance(
        self, name: str, call: "Syntax", syntax: "Syntax", value: "Syntax", here: Here
    ) -> None:
        draft, made = self.draft, next(iter(arguments_of(call)), None)
        type_name = first(made, "type_identifier", "generic_type") if made is not None else None
        if type_name is None:
            return
        module = draft.text(type_name).partition("[")[0]
        position = draft.add(Kind.INSTANCE, name, self.names.owner, syntax, module)
        self.names.instances[name] = position
        line = syntax.start_point.row + 1
        draft.link(Edge(EdgeKind.INSTANTIATES, position, UNKNOWN, name=module, line=line))
        for implied, net in (("clock", here.clock), ("reset", here.reset)):
            if net != UNKNOWN:
                draft.link(Edge(EdgeKind.CONNECTS, position, net, name=implied, line=line))
        field = value.child_by_field_name("field")
        if value.type == "field_expression" and field is not None:
            self.names.aliases[name] = (name, draft.text(field))

    def _declare_storage(
        self, bound: list[str], made_by: str, call: "Syntax", syntax: "Syntax", here: Here
    ) -> None:
        draft, arguments = self.draft, arguments_of(call)
        resets = made_by == "RegInit" or len(arguments) > {"RegNext": 1, "RegEnable": 2}.get(
            made_by, 9
        )
        read = [] if made_by in ("Reg", "Wire", *MEMORIES) else self._read(arguments, here)
        reset = here.reset if resets else UNKNOWN
        positions = [self._add(Kind.SIGNAL, name, syntax, draft.line(call), here) for name in bound]
        if made_by not in WIRES:
            register = Register(here.clock, reset, here.reset_edge)
            self.names.registers.update(dict.fromkeys(positions, register))
        if any(map(self._is_hardware, read)):
            self.assign(positions, read, syntax, here)

    def _declare_expression(
        self, bound: list[str], value: "Syntax", syntax: "Syntax", here: Here
    ) -> None:
        draft = self.draft
        path, _ = path_of(draft, value)
        if path and self.names.see_through(bound[0], path):
            return
        read = self._read([value], here)
        hardware = any(map(self._is_hardware, read))
        kind = Kind.SIGNAL if hardware else Kind.PARAMETER
        positions = [self._add(kind, name, syntax, draft.line(value), here) for name in bound]
        if hardware:
            self.assign(positions, read, syntax, here)

    def opened(self, name: str, syntax: "Syntax") -> int:
        """Draw an ASSIGN of the class."""
        return self.draft.add(Kind.ASSIGN, name, self.names.owner, syntax, self.draft.line(syntax))

    def assign(self, driven: list[int], read: list[int], syntax: "Syntax", here: Here) -> None:
        """Draw that a statement drives those values out of these; at the top of the class it is
        a block of its own.
        """
        if not driven:
            return
        draft, names, block = self.draft, self.names, here.block
        if block == UNKNOWN:
            block = self.opened(draft.named(driven), syntax)
        line = syntax.start_point.row + 1
        delayed = next(calls_in(draft, syntax, REGISTERS), None) is not None
        for target in driven:
            register = names.registers.get(target)
            if register is None and delayed:
                register = Register(here.clock, UNKNOWN, "")
            scene = here.scene._replace(clock_edge="posedge" if register else "")
            draft.assign(block, [target], read, syntax, scene)
            if register is not None:
                self._link(EdgeKind.CLOCKED_BY, block, register.clock, line, "posedge")
                self._link(EdgeKind.RESET_BY, block, register.reset, line, register.reset_edge, "1")

    def _link(
        self, kind: EdgeKind, block: int, signal: int, line: int, edge: str, level: str = ""
    ) -> None:
        known = kind, block, signal
        if signal != UNKNOWN and known not in self.linked:
            self.linked.add(known)
            self.draft.link(Edge(kind, block, signal, line=line, clock_edge=edge, condition=level))

    def _read(self, expressions: "list[Syntax]", here: Here) -> list[int]:
        return [at for part in expressions for at in self.names.values(part, here.scope)]

    def _is_hardware(self, position: int) -> bool:
        return self.draft.nodes[position].kind is not Kind.PARAMETER
