"""HLS C++: declared names, pragmas, and which named values an expression reads."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from hdlsmith.retrieval.frontends.trees import UNKNOWN, Draft, Scope, parts

if TYPE_CHECKING:
    from tree_sitter import Node as Syntax

RETURN = "ap_return"
"""The port that a function's value leaves through, as HLS tools name it."""

_PRAGMA = re.compile(r"^hls\s+(\w+)", re.IGNORECASE)

_CONSTANT = re.compile(r"\bconst(expr)?\b")

_NAMES = ("identifier", "field_identifier")

_BY_REFERENCE = ("pointer_declarator", "reference_declarator", "array_declarator")

_NOT_READ = frozenset(("qualified_identifier", "template_argument_list", "lambda_expression"))

_INSIDE = {
    "field_expression": "argument",
    "subscript_expression": "argument",
    "pointer_expression": "argument",
    "call_expression": "function",
}
"""Where the assigned value stands in an assignment's left side."""


class Declared(NamedTuple):
    """One declared name.

    Attributes:
        type: as written, with array bounds and initial value.
        shared: passed by pointer, reference or array, so a callee could drive it.
        value: the initial value.
    """

    name: str
    type: str
    shared: bool
    value: "Syntax | None"


def declared_by(draft: Draft, syntax: "Syntax") -> Iterator[Declared]:
    """The names of a declaration or of one parameter; functions are none."""
    declarators = syntax.children_by_field_name("declarator")
    kind = syntax.child_by_field_name("type") if syntax.type == "for_range_loop" else syntax
    head = draft.between(kind.start_byte, declarators[0].start_byte) if kind and declarators else ""
    for declarator in declarators:
        value = declarator.child_by_field_name("value") or syntax.child_by_field_name("value")
        named: Syntax | None = declarator
        shared = False
        while named is not None and named.type not in _NAMES:
            shared = shared or named.type in _BY_REFERENCE
            if named.type == "function_declarator":
                return
            named = named.child_by_field_name("declarator") or next(iter(parts(named)), None)
        if named is not None:
            before = draft.between(declarator.start_byte, named.start_byte)
            after = draft.between(named.end_byte, declarator.end_byte)
            written = " ".join(part for part in (head, before, after) if part)
            yield Declared(draft.text(named), written, shared, value)


def is_constant(draft: Draft, declaration: "Syntax") -> bool:
    """Whether it is `const` or `constexpr`."""
    declarator = declaration.child_by_field_name("declarator")
    end = declarator.start_byte if declarator is not None else declaration.end_byte
    return _CONSTANT.search(draft.between(declaration.start_byte, end)) is not None


def pragma_of(draft: Draft, syntax: "Syntax") -> str:
    """`pipeline II=1` of `#pragma HLS PIPELINE II=1`; empty of anything else."""
    argument = syntax.child_by_field_name("argument") if syntax.type == "preproc_call" else None
    written = draft.line(argument) if argument is not None else ""
    found = _PRAGMA.match(written)
    return found[1].lower() + written[found.end() :] if found else ""


def named_values(
    draft: Draft, expression: "Syntax", scope: Scope, through_calls: bool = True
) -> list[int]:
    """Ports, variables and constants that the expression reads; what a called function is given
    counts where `through_calls`.
    """
    found, stack = [], [expression]
    while stack:
        syntax = stack.pop()
        if syntax.type == "identifier":
            position = scope.find(draft.text(syntax))
            if position != UNKNOWN:
                found.append(position)
        elif syntax.type == "assignment_expression":
            stack += syntax.named_children[:1]  # its own right side is drawn by itself
        elif syntax.type == "call_expression" and not through_calls:
            called = syntax.child_by_field_name("function")
            if called is not None and called.type != "identifier":  # `ap_uint<8>(x)`, `s.read()`
                stack += syntax.named_children[::-1]
        elif syntax.type not in _NOT_READ:
            stack += syntax.named_children[::-1]
    return found


def target_of(draft: Draft, target: "Syntax", scope: Scope) -> tuple[list[int], list[int]]:
    """What `a.b[i] = ...` drives, `a`, and what it reads to choose the place, `i`."""
    read: list[int] = []
    syntax: Syntax | None = target
    while syntax is not None and syntax.type != "identifier":
        inside = syntax.child_by_field_name(_INSIDE.get(syntax.type, ""))
        for part in parts(syntax):
            if inside is not None and part.id != inside.id:
                read += named_values(draft, part, scope)
        syntax = inside or next(iter(parts(syntax)), None)
    position = scope.find(draft.text(syntax)) if syntax is not None else UNKNOWN
    return [position] if position != UNKNOWN else [], read


def last_name(draft: Draft, named: "Syntax") -> str:
    """`run` of `Acc::run` and of `ns::run<3>`."""
    return draft.text(named).partition("<")[0].rpartition("::")[2].strip()
