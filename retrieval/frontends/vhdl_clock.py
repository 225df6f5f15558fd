"""VHDL conditions that make a register: edge tests and reset tests."""

from typing import TYPE_CHECKING, NamedTuple

from hdlsmith.retrieval.abbreviations import RESET_NAME
from hdlsmith.retrieval.frontends.trees import UNKNOWN, Draft, Scope, first, parts
from hdlsmith.retrieval.frontends.vhdl_names import attribute_of, key, named_values

if TYPE_CHECKING:
    from tree_sitter import Node as Syntax

_EDGES = {"rising_edge": "posedge", "falling_edge": "negedge"}

_WRAPPERS = frozenset(
    [
        "conditional_expression",
        "element_association",
        "element_association_list",
        "parenthesis_expression",
        "simple_expression",
    ]
)


class Clock(NamedTuple):
    """An edge test: the signal's node, the edge, and what else the same condition asks."""

    signal: int
    edge: str
    others: "list[Syntax]"


class Test(NamedTuple):
    """A condition on one bit: the signal's node and name, and the level that fulfils it."""

    signal: int
    name: str
    level: str


def edge_test(draft: Draft, condition: "Syntax", scope: Scope) -> Clock | None:
    """What `rising_edge(clk) and en = '1'` or `clk'event and clk = '1'` says of a clock."""
    terms = _operands(draft, condition, "and")
    for term in terms:
        name = _unwrapped(term)
        if name.type != "name":
            continue
        base = name.named_children[0]
        others = [other for other in terms if other is not term]
        if edge := _EDGES.get(draft.text(base).lower()):
            clock = next(iter(named_values(draft, name, scope)), UNKNOWN)
            return Clock(clock, edge, others)
        if attribute_of(draft, name) == "event":
            clock = scope.find(key(draft.text(base)))
            levels = [(other, _bit_test(draft, other, scope)) for other in others]
            level = next((test.level for _, test in levels if test and test.signal == clock), "1")
            others = [other for other, test in levels if test is None or test.signal != clock]
            return Clock(clock, "posedge" if level == "1" else "negedge", others)
    return None


def _bit_test(draft: Draft, condition: "Syntax", scope: Scope) -> Test | None:
    """What `rst = '1'`, `(rst)`, `not rst` or `rst /= '0'` tests; None of anything else."""
    level = True
    syntax = _unwrapped(condition)
    while syntax.type == "simple_expression" and (operator := first(syntax, "unary_operator")):
        if draft.text(operator).lower() != "not":
            return None
        level = not level
        syntax = _unwrapped(parts(syntax)[-1])
    if syntax.type == "relational_expression":
        left, operator, right = parts(syntax)
        wanted = draft.text(right).strip("' \"()").lower()
        sign = draft.text(operator)
        if wanted not in ("0", "1", "true", "false") or sign not in ("=", "/=", "?=", "?/="):
            return None
        level = level == (wanted in ("1", "true")) == (sign in ("=", "?="))
        syntax = _unwrapped(left)
    if syntax.type != "name":
        return None
    signal = scope.find(key(draft.text(syntax.named_children[0])))
    return Test(signal, draft.text(syntax), "1" if level else "0") if signal != UNKNOWN else None


def bit_tests(draft: Draft, condition: "Syntax", scope: Scope) -> list[Test]:
    """The tests of single bits in `rst = '1' or flush = '1'`, any of which fulfils it."""
    tests = (_bit_test(draft, term, scope) for term in _operands(draft, condition, "or"))
    return [test for test in tests if test is not None]


def reset_tests(draft: Draft, condition: "Syntax", scope: Scope) -> list[Test]:
    """Those of `bit_tests` that are named like a reset."""
    return [t for t in bit_tests(draft, condition, scope) if RESET_NAME.search(t.name)]


def _operands(draft: Draft, condition: "Syntax", operator: str) -> "list[Syntax]":
    found, stack = [], [condition]
    while stack:
        syntax = _unwrapped(stack.pop())
        sign = first(syntax, "logical_operator") if syntax.type == "logical_expression" else None
        if sign is not None and draft.text(sign).lower().removesuffix(" then") == operator:
            left, *_, right = parts(syntax)
            stack += (right, left)
        else:
            found.append(syntax)
    return found


def _unwrapped(syntax: "Syntax") -> "Syntax":
    while syntax.type in _WRAPPERS and len(inner := parts(syntax)) == 1:
        syntax = inner[0]
    return syntax
