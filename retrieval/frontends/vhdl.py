"""VHDL: entities with their architectures, packages, declarations and concurrent statements.

An entity and its architectures in the same file are one MODULE node, which spans from the entity
to the end of its last architecture; a package and its body are one PACKAGE node likewise. An
architecture without its entity in the file is a MODULE named like the entity, and names in it that
nothing in the file declares are its PORTs: which of them the entity declares is seen when the index
is walked. Names are resolved without case and keep the spelling of their declaration.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from hdlsmith.retrieval.frontends.table import Surroundings
from hdlsmith.retrieval.frontends.trees import (
    UNKNOWN,
    Draft,
    Scope,
    first,
    outermost,
    parts,
)
from hdlsmith.retrieval.frontends.vhdl_names import (
    INTERFACES,
    Here,
    base_of,
    declare_values,
    key,
    label_of,
    loop_name,
    named_values,
    sides,
    targets,
)
from hdlsmith.retrieval.frontends.vhdl_process import Modes, draw_call, draw_process, modes_of
from hdlsmith.retrieval.nodes import ELSEWHERE, Edge, EdgeKind, FileGraph, Kind

if TYPE_CHECKING:
    from tree_sitter import Node as Syntax

_NAME = re.compile(r"[A-Za-z]\w*")
_PREDEFINED = frozenset(("true", "false", "null", "others", "open", "work", "ieee", "std", "now"))

_UNITS = (
    "entity_declaration",
    "architecture_definition",
    "package_declaration",
    "package_definition",
)

_TRANSPARENT = frozenset(
    [
        "ERROR",
        "architecture_head",
        "block_head",
        "concurrent_block",
        "entity_body",
        "entity_head",
        "case_generate_body",
        "generate_block",
        "generate_body",
        "generate_head",
        "package_declaration_body",
        "package_definition_body",
        "package_header",
    ]
)
"""Syntax that only groups what it holds."""

_NO_CONDITION = ("case_generate_block", "end_generate", "generate_body", "label_declaration")

_ASSIGNMENTS = (
    "concurrent_simple_signal_assignment",
    "concurrent_conditional_signal_assignment",
    "concurrent_selected_signal_assignment",
)

_CLAUSES = {"generic_clause": Kind.PARAMETER, "port_clause": Kind.PORT}

_VALUES = {
    "constant_declaration": Kind.PARAMETER,
    "signal_declaration": Kind.SIGNAL,
    "variable_declaration": Kind.SIGNAL,
}


def read(path: str, text: bytes, around: Surroundings) -> FileGraph:
    """The graph of one VHDL file; it depends on nothing around it."""
    del around
    draft = Draft(path, text, "tree_sitter_vhdl", "and")
    units = _Units(draft)
    for syntax in outermost(draft.tree.root_node, _UNITS):
        units.draw(syntax)
    return draft.finished()


class _Units:
    """Draws the design units of one file."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.file = Scope()
        self.found: dict[tuple[Kind, str], tuple[int, Scope]] = {}
        self.procedures: dict[str, Modes] = {}
        self.subprograms: dict[tuple[int, str], int] = {}

    def draw(self, syntax: "Syntax") -> None:
        draft = self.draft
        role = syntax.type.partition("_")[0]
        named = syntax.child_by_field_name("entity" if role == "architecture" else role)
        if named is None:
            return
        kind = Kind.PACKAGE if role == "package" else Kind.MODULE
        name = draft.text(named)
        known = self.found.get((kind, key(name)))
        if known and syntax.type in ("architecture_definition", "package_definition"):
            position, scope = known
            draft.stretch(position, syntax)
        else:
            position = draft.add(kind, name, UNKNOWN, syntax, self._detail(syntax, role, name))
            draw = self._drawing(position, named) if role == "architecture" else None
            scope = Scope(self.file, draw)
            self.found[kind, key(name)] = position, scope
        self._draw_contents(syntax, Here(position, scope))
        if kind is Kind.PACKAGE:
            for declared, value in scope.names.items():
                self.file.declare(declared, value)

    def _drawing(self, module: int, entity: "Syntax") -> Callable[[str], int]:
        draft = self.draft  # not ourselves, who know the scope: workers collect no cycles
        drawn: dict[str, int] = {}

        def draw(name: str) -> int:
            if not _NAME.fullmatch(name) or name in _PREDEFINED:
                return UNKNOWN
            if name not in drawn:
                drawn[name] = draft.add(Kind.PORT, name, module, entity, ELSEWHERE)
            return drawn[name]

        return draw

    def _detail(self, syntax: "Syntax", role: str, name: str) -> str:
        if role != "architecture":
            return "package body" if syntax.type == "package_definition" else role
        architecture = syntax.child_by_field_name("architecture")
        return f"architecture {self.draft.text(architecture) if architecture else ''} of {name}"

    def _draw_contents(self, unit: "Syntax", here: Here) -> None:
        work = [(child, here) for child in reversed(unit.named_children)]
        while work:
            syntax, here = work.pop()
            what = syntax.type
            if what in _TRANSPARENT:
                work += [(child, here) for child in reversed(syntax.named_children)]
            elif what in ("block_statement", "for_generate_statement"):
                inner = here.inside()
                if (loop := first(syntax, "for_loop")) is not None:
                    inner.scope.declare(loop_name(self.draft, loop), UNKNOWN)
                work += [(child, inner) for child in reversed(syntax.named_children)]
            elif what == "if_generate_statement":
                work += _generated_if(self.draft, syntax, here)[::-1]
            elif what == "case_generate_statement":
                work += _generated_case(self.draft, syntax, here)[::-1]
            else:
                self._draw_one(syntax, here)

    def _draw_one(self, syntax: "Syntax", here: Here) -> None:
        what, draft = syntax.type, self.draft
        if what in _ASSIGNMENTS:
            _draw_assignment(draft, syntax, here)
        elif what == "process_statement":
            draw_process(draft, syntax, here, self.procedures)
        elif what == "concurrent_procedure_call_statement":
            draw_call(draft, syntax, here, self.procedures)
        elif what == "component_instantiation_statement":
            _draw_instance(draft, syntax, here)
        elif what in _VALUES:
            declare_values(draft, syntax, here, _VALUES[what])
        elif what in _CLAUSES:
            for declaration in outermost(syntax, INTERFACES):
                declare_values(draft, declaration, here, _CLAUSES[what])
        elif what == "alias_declaration":
            _declare_alias(draft, syntax, here.scope)
        elif what in ("type_declaration", "subtype_declaration"):
            _draw_type(draft, syntax, here)
        elif what in ("subprogram_definition", "subprogram_declaration"):
            self._draw_subprogram(syntax, here.parent)

    def _draw_subprogram(self, syntax: "Syntax", parent: int) -> None:
        """A declaration and its body in the same unit are one node, which spans the body."""
        draft = self.draft
        header = first(syntax, "function_specification", "procedure_specification")
        named = header.child_by_field_name(header.type.partition("_")[0]) if header else None
        if header is None or named is None:
            return
        name, detail = draft.text(named), draft.line(header)
        if header.type == "procedure_specification":
            self.procedures[key(name)] = modes_of(draft, header)
        declared = self.subprograms.get((parent, detail.lower()))
        if declared is not None:
            draft.move(declared, syntax)
        else:
            position = draft.add(Kind.FUNCTION, name, parent, syntax, detail)
            self.subprograms[parent, detail.lower()] = position


def _generated_if(draft: Draft, syntax: "Syntax", here: Here) -> "list[tuple[Syntax, Here]]":
    found = []
    for branch in parts(syntax):
        body = first(branch, "generate_body")
        if body is None:
            continue
        condition = next((part for part in parts(branch) if part.type not in _NO_CONDITION), None)
        inner = here.inside()
        if condition is not None:
            asked = draft.line(condition)
            inner = inner.under(asked)
            here = here.under(f"not ({asked})")
        found.append((body, inner))
    return found


def _generated_case(draft: Draft, syntax: "Syntax", here: Here) -> "list[tuple[Syntax, Here]]":
    found = []
    choices = first(syntax, "case_generate_block")
    selector = next((part for part in parts(syntax) if part.type not in _NO_CONDITION), None)
    for alternative in parts(choices) if choices is not None else ():
        body = first(alternative, "case_generate_body")
        if body is not None and selector is not None:
            chosen = draft.between(alternative.start_byte, body.start_byte)
            chosen = chosen.removeprefix("when ").removesuffix("=>").strip()
            found.append((body, here.inside().under(f"{draft.line(selector)} = {chosen}")))
    return found


def _draw_assignment(draft: Draft, syntax: "Syntax", here: Here) -> None:
    target, values = sides(syntax)
    if target is None:
        return
    driven, read = targets(draft, target, here.scope)
    name = draft.named(driven) or draft.line(target)
    position = draft.add(Kind.ASSIGN, name, here.parent, syntax, draft.line(syntax).rstrip("; "))
    for value in values:
        read += named_values(draft, value, here.scope)
    draft.assign(position, driven, read, syntax, here.scene)


def _draw_instance(draft: Draft, syntax: "Syntax", here: Here) -> None:
    unit = first(syntax, "instantiated_unit", "name")
    if unit is not None and unit.type != "name":
        unit = first(unit, "name")
    if unit is None:
        return
    entity = draft.line(unit).rpartition(".")[2].strip()
    position = draft.add(Kind.INSTANCE, label_of(draft, syntax), here.parent, syntax, entity)
    line = syntax.start_point.row + 1
    draft.link(Edge(EdgeKind.INSTANTIATES, position, UNKNOWN, name=entity, line=line))
    for number, pair in enumerate(_associations(syntax)):
        *formal, actual = parts(pair)
        port = base_of(draft, formal[0]) if formal else f"#{number}"
        line = pair.start_point.row + 1
        for net in named_values(draft, actual, here.scope):
            draft.link(Edge(EdgeKind.CONNECTS, position, net, name=port, line=line))


def _associations(instance: "Syntax") -> "list[Syntax]":
    ports = first(instance, "port_map_aspect")
    pairs = first(ports, "association_list") if ports is not None else None
    return parts(pairs) if pairs is not None else []


def _declare_alias(draft: Draft, syntax: "Syntax", scope: Scope) -> None:
    named, *_, meant = parts(syntax)
    scope.declare(key(draft.text(named)), scope.find(key(base_of(draft, meant))))


def _draw_type(draft: Draft, syntax: "Syntax", here: Here) -> None:
    named = syntax.child_by_field_name("type")
    if named is not None:
        rest = draft.between(named.end_byte, syntax.end_byte)
        detail = rest.removeprefix("is ").rstrip("; ")
        draft.add(Kind.TYPE, draft.text(named), here.parent, syntax, detail)
        for literal in outermost(syntax, ("enumeration_literal",)):
            here.scope.declare(key(draft.text(literal)), UNKNOWN)
