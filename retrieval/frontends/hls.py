"""HLS C++: each function is a MODULE, its parameters and its return value are PORTs.

A parameter's direction comes from its type, and where that leaves it open from what the body does
with it. Global and `#define`d constants are PARAMETERs outside any module.
"""

import re
from typing import TYPE_CHECKING

from hdlsmith.retrieval.frontends.hardware import is_hls
from hdlsmith.retrieval.frontends.hls_names import (
    RETURN,
    declared_by,
    is_constant,
    last_name,
    pragma_of,
)
from hdlsmith.retrieval.frontends.hls_statements import Statements
from hdlsmith.retrieval.frontends.table import Surroundings
from hdlsmith.retrieval.frontends.trees import UNKNOWN, Draft, Scope, first, parts
from hdlsmith.retrieval.nodes import FileGraph, Kind

if TYPE_CHECKING:
    from tree_sitter import Node as Syntax

_ABOUT = re.compile(r"\b(?:port|variable)\s*=\s*(\w+)", re.IGNORECASE)
"""Which named value a pragma is about."""

_TRANSPARENT = frozenset(
    (
        "ERROR",
        "declaration_list",
        "field_declaration_list",
        "linkage_specification",
        "namespace_definition",
        "preproc_elif",
        "preproc_else",
        "preproc_if",
        "preproc_ifdef",
        "translation_unit",
    )
)

_RECORDS = ("struct_specifier", "class_specifier", "union_specifier")


def read(path: str, text: bytes, around: Surroundings) -> FileGraph:
    """The graph of one HLS file, empty of other C++; macros and includes are not expanded."""
    del around
    if not is_hls(text):
        return FileGraph([], [])
    draft = Draft(path, text, "tree_sitter_cpp", "&&")
    _File(draft).draw()
    return draft.finished()


class _File:
    """Draws what one file declares."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.scope = Scope()
        self.classes: dict[str, tuple[int, Scope]] = {}

    def draw(self) -> None:
        work: list[tuple[Syntax, int, Scope, Syntax | None]]
        work = [(self.draft.tree.root_node, UNKNOWN, self.scope, None)]
        while work:
            syntax, parent, scope, template = work.pop()
            what, inner = syntax.type, syntax
            if what == "template_declaration":
                template = first(syntax, "template_parameter_list")
                work += [(part, parent, scope, template) for part in reversed(parts(syntax)[1:])]
            elif what in _TRANSPARENT:
                work += [(part, parent, scope, None) for part in reversed(parts(syntax))]
            elif what in _RECORDS:
                body = syntax.child_by_field_name("body")
                if body is not None:
                    position, members = self._draw_record(syntax, body, parent, scope)
                    work += [(body, position, members, None)] if members is not scope else []
            elif what == "function_definition":
                self._draw_function(inner, parent, scope, template)
            else:
                self._draw_declaration(inner, parent, scope)

    def _draw_record(
        self, syntax: "Syntax", body: "Syntax", parent: int, scope: Scope
    ) -> tuple[int, Scope]:
        """A record with functions is a CLASS with a scope of its own, any other a TYPE."""
        draft, named = self.draft, syntax.child_by_field_name("name")
        name = draft.text(named) if named is not None else ""
        has_code = any(_declares_function(member) for member in parts(body))
        if not has_code:
            return draft.add(Kind.TYPE, name, parent, syntax, draft.line(body)), scope
        end = body.start_byte
        header = draft.between(syntax.start_byte, end)
        self.classes[name] = draft.add(Kind.CLASS, name, parent, syntax, header), Scope(scope)
        return self.classes[name]

    def _draw_declaration(self, syntax: "Syntax", parent: int, scope: Scope) -> None:
        draft, what = self.draft, syntax.type
        named = syntax.child_by_field_name("name")
        if what == "preproc_def":
            value = syntax.child_by_field_name("value")
            if named is not None and value is not None:
                name = draft.text(named)
                position = draft.add(Kind.PARAMETER, name, parent, syntax, draft.line(value))
                scope.declare(name, position)
        elif what == "enum_specifier" or what == "alias_declaration":
            shape = syntax.child_by_field_name("body") or syntax.child_by_field_name("type")
            if named is not None and shape is not None:
                draft.add(Kind.TYPE, draft.text(named), parent, syntax, draft.line(shape))
        elif what == "type_definition":
            shape = syntax.child_by_field_name("type")
            for named in syntax.children_by_field_name("declarator"):
                if shape is not None:
                    draft.add(Kind.TYPE, draft.text(named), parent, syntax, draft.line(shape))
        elif what in ("declaration", "field_declaration") and not _declares_function(syntax):
            kind = Kind.PARAMETER if is_constant(draft, syntax) else Kind.SIGNAL
            for declared in declared_by(draft, syntax):
                position = draft.add(kind, declared.name, parent, syntax, declared.type)
                scope.declare(declared.name, position)

    def _draw_function(
        self, syntax: "Syntax", parent: int, scope: Scope, template: "Syntax | None"
    ) -> None:
        draft, declarator = self.draft, _function_declarator(syntax)
        body = syntax.child_by_field_name("body")
        named = declarator.child_by_field_name("declarator") if declarator is not None else None
        if declarator is None or named is None or body is None or draft.text(named) == "main":
            return
        owner = draft.text(named).rpartition("::")[0].rpartition("::")[2]
        parent, scope = self.classes.get(owner, (parent, scope))
        pragmas = [text for part in parts(body) if (text := pragma_of(draft, part))]
        own = [text for text in pragmas if not _ABOUT.search(text)]
        detail = ", ".join(("hls function", *own))
        module = draft.add(Kind.MODULE, last_name(draft, named), parent, syntax, detail)
        inner = Scope(scope)
        self._declare_parameters(template, module, inner, Kind.PARAMETER)
        ports = self._declare_parameters(
            declarator.child_by_field_name("parameters"), module, inner, Kind.PORT
        )
        returned = syntax.child_by_field_name("type")
        if returned is not None and draft.text(returned) != "void":
            position = draft.add(Kind.PORT, RETURN, module, returned, draft.line(returned))
            inner.declare(RETURN, position)
            ports[position] = "output"
        statements = Statements(draft, module)
        statements.draw(body, inner)
        for position, direction in ports.items():
            way = direction or statements.direction(position)
            draft.describe(position, f"{way} {draft.nodes[position].detail}")
        for text in pragmas:
            for name in _ABOUT.findall(text):
                position = inner.find(name)
                if position != UNKNOWN:
                    draft.describe(position, f"{draft.nodes[position].detail}, {text}")

    def _declare_parameters(
        self, listed: "Syntax | None", module: int, scope: Scope, kind: Kind
    ) -> dict[int, str]:
        """Draw parameters; of each its direction, empty where its type leaves it open."""
        draft, found = self.draft, {}
        for declared in parts(listed) if listed is not None else ():
            for name, written, shared, _ in declared_by(draft, declared):
                position = draft.add(kind, name, module, declared, written)
                scope.declare(name, position)
                found[position] = "" if shared and not is_constant(draft, declared) else "input"
        return found


def _declares_function(syntax: "Syntax") -> bool:
    return syntax.type == "function_definition" or _function_declarator(syntax) is not None


def _function_declarator(syntax: "Syntax") -> "Syntax | None":
    inner = syntax.child_by_field_name("declarator")
    while inner is not None and inner.type != "function_declarator":
        inner = inner.child_by_field_name("declarator") or first(inner, "function_declarator")
    return inner
