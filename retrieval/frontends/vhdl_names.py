"""VHDL names: where they are declared, what an expression reads and what a target drives."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from hdlsmith.retrieval.frontends.trees import UNKNOWN, Draft, Scene, Scope, first, parts
from hdlsmith.retrieval.nodes import Kind

if TYPE_CHECKING:
    from tree_sitter import Node as Syntax

INTERFACES = (
    "interface_declaration",
    "interface_signal_declaration",
    "interface_constant_declaration",
    "interface_variable_declaration",
)
"""Syntax that declares ports, generics and parameters."""

_DYNAMIC_ATTRIBUTES = frozenset(
    ("event", "active", "stable", "quiet", "transaction", "delayed", "last_value")
)
"""Those that follow the value; all others ask for a range or a type."""

_SLICE = re.compile(r"\(\s*\d+\s*\)|\([^()]*\b(?:downto|to)\b", re.IGNORECASE)
_ASSOCIATIONS = ("association_element", "element_association")


def key(name: str) -> str:
    """What two spellings of one name have in common; `\\Extended\\` ones keep their case."""
    return name if name.startswith("\\") else name.lower()


class Here(NamedTuple):
    """Where a declaration or statement stands: inside which node, with which names in sight."""

    parent: int
    scope: Scope
    scene: Scene = Scene()

    def inside(self) -> "Here":
        """In a region with names of its own."""
        return self._replace(scope=Scope(self.scope))

    def under(self, condition: str, read: Iterable[int] = ()) -> "Here":
        """Under one more condition; one of a generate reads nothing."""
        return self._replace(scene=self.scene.under(condition, read))


def declare_values(draft: Draft, syntax: "Syntax", here: Here, kind: Kind) -> None:
    """Draw and declare each name of `signal a, b : some_type := value`."""
    names = first(syntax, "identifier_list")
    if names is None:
        return
    keyword = "" if kind is Kind.PORT else draft.between(syntax.start_byte, names.start_byte)
    rest = draft.between(names.end_byte, syntax.end_byte).strip(" :;")
    if kind is Kind.PORT and not rest.lower().startswith(("in ", "out ", "inout ", "buffer ")):
        rest = f"in {rest}"  # the mode that holds where none is written
    for named in parts(names):
        name = draft.text(named)
        position = draft.add(kind, name, here.parent, syntax, f"{keyword} {rest}".strip())
        here.scope.declare(key(name), position)


def label_of(draft: Draft, syntax: "Syntax") -> str:
    """`u1` of `u1: ...`, else empty."""
    declared = first(syntax, "label_declaration")
    label = first(declared, "label") if declared is not None else None
    return draft.text(label) if label is not None else ""


def loop_name(draft: Draft, loop: "Syntax") -> str:
    """`i` of a `for_loop` node `for i in ...`, as a key."""
    specification = first(loop, "parameter_specification")
    named = specification.named_child(0) if specification is not None else None
    return key(draft.text(named)) if named is not None else ""


def sides(assignment: "Syntax") -> "tuple[Syntax | None, list[Syntax]]":
    """Target and values (with their conditions) of any kind of assignment."""
    target, values = None, []
    for part in parts(assignment):
        if part.type == "select_target":
            target = part.named_child(0)
        elif target is None and part.type in ("name", "aggregate"):
            target = part
        elif part.type != "label_declaration":
            values.append(part)
    return target, values


def attribute_of(draft: Draft, name: "Syntax") -> str:
    """`event` of `clk'event`, else empty."""
    attribute = first(name, "attribute")
    named = attribute.child_by_field_name("attribute") if attribute is not None else None
    return draft.text(named).lower() if named is not None else ""


def base_of(draft: Draft, name: "Syntax") -> str:
    """`r` of `r.a(3 downto 0)`; of a formal with a conversion, `std_logic(c)`, the `c`."""
    inner = name.named_child(0)
    if inner is None:
        return draft.text(name)
    if inner.type == "library_type":
        converted = next(_names_in(name.named_children[1:]), None)
        if converted is not None:
            return draft.text(converted.named_children[0])
    return draft.text(inner)


def named_values(draft: Draft, expression: "Syntax", scope: Scope) -> list[int]:
    """Ports, signals, constants and variables that the expression reads."""
    found = []
    for name in _names_in([expression]):
        base = key(draft.text(name.named_children[0]))
        position = scope.find(base, is_value=_is_value(draft, name))
        if position != UNKNOWN and _reads_value(draft, name):
            found.append(position)
    return found


def targets(draft: Draft, target: "Syntax", scope: Scope) -> tuple[list[int], list[int]]:
    """What an assignment's left side drives, and what it reads to choose the place (indices)."""
    driven, read = [], []
    for name in [target] if target.type == "name" else _outer_names(target):
        position = scope.find(key(draft.text(name.named_children[0])))
        if position != UNKNOWN:
            driven.append(position)
        for inner in name.named_children[1:]:
            read += named_values(draft, inner, scope)
    return driven, read


def _is_value(draft: Draft, name: "Syntax") -> bool:
    """Whether a name that nothing here declares is surely no function's or type's."""
    rest = draft.between(name.named_children[0].end_byte, name.end_byte)
    return not rest.startswith("(") or bool(_SLICE.match(rest))


def _reads_value(draft: Draft, name: "Syntax") -> bool:
    attribute = attribute_of(draft, name) if name.named_child_count > 1 else ""
    return not attribute or attribute in _DYNAMIC_ATTRIBUTES


def _names_in(roots: "list[Syntax]") -> "Iterator[Syntax]":
    stack = roots[::-1]
    while stack:
        syntax = stack.pop()
        if syntax.type == "name" and syntax.named_child_count:
            yield syntax
            stack += syntax.named_children[:0:-1]
        elif syntax.type in _ASSOCIATIONS:
            stack += parts(syntax)[-1:]  # before the arrow stands a formal or a choice
        else:
            stack += syntax.named_children[::-1]


def _outer_names(aggregate: "Syntax") -> "Iterator[Syntax]":
    stack = [aggregate]
    while stack:
        syntax = stack.pop()
        if syntax.type == "name" and syntax.named_child_count:
            yield syntax
        elif syntax.type in _ASSOCIATIONS:
            stack += parts(syntax)[-1:]
        else:
            stack += syntax.named_children[::-1]
