"""Chisel: module classes, bundles and objects of a Scala file.

A class that extends a module class, or that makes its own `IO`, is a MODULE; a bundle is a TYPE, an
object a PACKAGE, any other class or trait a CLASS. Each field of a module's `io` bundle is a PORT
named as it is used, `io.en`. A whole `when` or `switch` at the top of a class is one PROCESS,
another connection an ASSIGN.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hdlsmith.retrieval.frontends.chisel_names import Names, constructor
from hdlsmith.retrieval.frontends.chisel_statements import Statements
from hdlsmith.retrieval.frontends.chisel_values import Fields, Here, Values, fields_of
from hdlsmith.retrieval.frontends.hardware import is_chisel
from hdlsmith.retrieval.frontends.table import Surroundings
from hdlsmith.retrieval.frontends.trees import UNKNOWN, Draft, Scope, outermost, parts
from hdlsmith.retrieval.nodes import FileGraph, Kind

if TYPE_CHECKING:
    from tree_sitter import Node as Syntax


_CLASSES = ("class_definition", "object_definition", "trait_definition")

_CLOCKED = frozenset(("Module", "MultiIOModule", "LazyModuleImp"))
"""Bases that bring an implicit `clock` and `reset`."""

_UNCLOCKED = frozenset(("RawModule", "BlackBox", "ExtModule", "LazyModule", "LazyRawModuleImp"))

_BUNDLES = frozenset(("Bundle", "Record"))


def read(path: str, text: bytes, around: Surroundings) -> FileGraph:
    """The graph of one Chisel file, empty of other Scala; it depends on nothing around it."""
    del around
    if not is_chisel(text):
        return FileGraph([], [])
    draft = Draft(path, text, "tree_sitter_scala", "&&")
    _Classes(draft).draw()
    return draft.finished()


class _Classes:
    """Draws the classes of one file."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.clocked, self.unclocked = set(_CLOCKED), set(_UNCLOCKED)
        self.bundles: dict[str, Fields] = {name: [] for name in _BUNDLES}
        self.scopes: dict[str, Scope] = {}

    def draw(self) -> None:
        root = self.draft.tree.root_node
        classes = list(_classes_in(root))
        for _ in range(2):  # a base may stand after its heirs
            for syntax in classes:
                self._learn(syntax)
        work = [(syntax, UNKNOWN) for syntax in outermost(root, _CLASSES)][::-1]
        while work:
            syntax, parent = work.pop()
            position, inner = self._draw_class(syntax, parent)
            work += [(part, position) for part in reversed(inner)]

    def _learn(self, syntax: "Syntax") -> None:
        name, body = _name(self.draft, syntax), syntax.child_by_field_name("body")
        bases = _bases(self.draft, syntax)
        if not self.bundles.keys().isdisjoint(bases):
            self.bundles[name] = fields_of(self.draft, body)
        elif not self.unclocked.isdisjoint(bases):
            self.unclocked.add(name)
        elif not self.clocked.isdisjoint(bases):
            self.clocked.add(name)

    def _draw_class(self, syntax: "Syntax", parent: int) -> "tuple[int, list[Syntax]]":
        draft, name = self.draft, _name(self.draft, syntax)
        body, bases = syntax.child_by_field_name("body"), _bases(self.draft, syntax)
        detail = draft.between(syntax.start_byte, body.start_byte if body else syntax.end_byte)
        if syntax.type == "object_definition":
            if "ChiselEnum" in bases or "Enumeration" in bases:
                values = draft.line(body).strip("{} ") if body is not None else ""
                return draft.add(Kind.TYPE, name, parent, syntax, values), []
            kind = Kind.PACKAGE
        elif name in self.bundles:
            fields = ", ".join(f"{field}: {written}" for field, written, _ in self.bundles[name])
            return draft.add(Kind.TYPE, name, parent, syntax, fields), []
        elif name in self.clocked or name in self.unclocked or _has_ports(draft, body):
            kind = Kind.MODULE
        else:
            kind = Kind.CLASS
        position = draft.add(kind, name, parent, syntax, detail)
        inherited = next((self.scopes[base] for base in bases if base in self.scopes), None)
        names = Names(draft, position, inherited)
        if kind is Kind.MODULE:
            self.scopes[name] = names.scope
        here = self._opened(syntax, names, kind is Kind.MODULE and name in self.clocked)
        statements = Statements(names, Values(names, self.bundles))
        if body is not None:
            statements.draw(body, here)
        return position, statements.inner

    def _opened(self, syntax: "Syntax", names: Names, clocked: bool) -> Here:
        draft, scope, here = self.draft, names.scope, Here(names.scope)
        for lists in syntax.children_by_field_name("class_parameters"):
            for parameter in parts(lists):
                named = parameter.child_by_field_name("name")
                if named is not None:
                    detail = draft.between(named.end_byte, parameter.end_byte).lstrip(": ")
                    self._declare(names, Kind.PARAMETER, draft.text(named), parameter, detail)
        named = syntax.child_by_field_name("name")
        if not clocked or named is None:
            return here
        for implied, detail in (("clock", "input Clock()"), ("reset", "input Reset()")):
            if scope.find(implied) == UNKNOWN:
                self._declare(names, Kind.PORT, implied, named, f"{detail}, implicit")
        return here._replace(clock=scope.find("clock"), reset=scope.find("reset"))

    def _declare(self, names: Names, kind: Kind, name: str, syntax: "Syntax", detail: str) -> None:
        names.scope.declare(name, self.draft.add(kind, name, names.owner, syntax, detail))


def _name(draft: Draft, syntax: "Syntax") -> str:
    named = syntax.child_by_field_name("name")
    return draft.text(named) if named is not None else ""


def _bases(draft: Draft, syntax: "Syntax") -> list[str]:
    extended = syntax.child_by_field_name("extend")
    types = extended.children_by_field_name("type") if extended is not None else []
    names = (draft.text(base) for base in types if base.is_named)
    return [name.partition("[")[0].rpartition(".")[2].strip() for name in names]


def _has_ports(draft: Draft, body: "Syntax | None") -> bool:
    values = (part.child_by_field_name("value") for part in (parts(body) if body else ()))
    return any(value is not None and constructor(draft, value)[0] == "IO" for value in values)


def _classes_in(root: "Syntax") -> "Iterator[Syntax]":
    stack = [root]
    while stack:
        syntax = stack.pop()
        if syntax.type in _CLASSES:
            yield syntax
        stack += syntax.named_children[::-1]
