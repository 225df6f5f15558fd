"""pyslang's syntax tree, as JSON, -> `Expr`.

The tree is crossed as plain dicts because each step through pyslang's bindings costs many times a
dict's; `SyntaxNode.to_json` with `SimpleTokens` gives tokens as strings.
"""

from collections.abc import Callable
from typing import Any

from hdlsmith.retrieval.meaning.code import NOTHING, Expr

Tree = dict[str, Any]

_MAX_DEPTH = 60
"""Expressions and statements nested deeper are cut: hostile text must not exhaust the stack."""

_UNARY = {
    "UnaryBitwiseNotExpression": "~",
    "UnaryLogicalNotExpression": "!",
    "UnaryMinusExpression": "-",
    "UnaryBitwiseAndExpression": "&",
    "UnaryBitwiseOrExpression": "|",
    "UnaryBitwiseXorExpression": "^",
    "UnaryBitwiseNandExpression": "~&",
    "UnaryBitwiseNorExpression": "~|",
    "UnaryBitwiseXnorExpression": "~^",
}
_TRANSPARENT = {
    "ParenthesizedExpression": "expression",
    "SimplePropertyExpr": "expr",
    "SimpleSequenceExpr": "expr",
    "ParenthesizedPropertyExpr": "expr",
    "OrderedArgument": "expr",
    "NamedArgument": "expr",
    "ExpressionPattern": "expr",
    "ConditionalPattern": "expr",
    "UnaryPlusExpression": "operand",
    "SignedCastExpression": "inner",
    "ParenthesizedEventExpression": "expr",
    "AssignmentPatternExpression": "pattern",
    "StreamExpression": "expression",
    "BitSelect": "expr",
    "EqualsValueClause": "expr",
}


def expression(tree: Any, depth: int = 0) -> Expr:
    """The expression a syntax tree stands for; `NOTHING` where there is none."""
    if not isinstance(tree, dict) or depth > _MAX_DEPTH:
        return NOTHING
    kind: str = tree["kind"]
    below = depth + 1
    if kind == "IdentifierName":
        return Expr("name", (), tree.get("identifier", ""))
    if kind in ("IntegerLiteralExpression", "UnbasedUnsizedLiteralExpression"):
        return Expr("number", (), tree.get("literal", ""))
    if kind == "IntegerVectorExpression":
        return Expr("number", (), "".join(tree.get(k, "") for k in ("size", "base", "value")))
    if inner := _TRANSPARENT.get(kind):
        return expression(tree.get(inner), below)
    if kind == "IdentifierSelectName":
        base = Expr("name", (), tree.get("identifier", ""))
        for selector in dicts(tree.get("selectors")):
            base = _selected(base, selector.get("selector"), below)
        return base
    if "left" in tree and "right" in tree:
        return _of_two(kind, tree, below)
    if kind in _UNARY:
        return Expr(_UNARY[kind], (expression(tree.get("operand"), below),))
    if kind in ("PostincrementExpression", "PreincrementExpression"):
        return Expr("++", (expression(tree.get("operand"), below),))
    if kind in ("PostdecrementExpression", "PredecrementExpression"):
        return Expr("--", (expression(tree.get("operand"), below),))
    maker = _MAKERS.get(kind)
    return maker(tree, below) if maker else NOTHING


def _of_two(kind: str, tree: Tree, depth: int) -> Expr:
    if kind == "ScopedName":
        left, right = expression(tree["left"], depth), expression(tree["right"], depth)
        if tree.get("separator") == "::":
            return right
        return _dotted(left, right)
    left, right = expression(tree["left"], depth), expression(tree["right"], depth)
    if kind == "ConditionalExpression":
        return Expr("?:", (predicate(tree.get("predicate"), depth), left, right))
    if kind == "CastExpression":
        return Expr("cast", (right,), left.text)
    return Expr(tree.get("operatorToken") or tree.get("op") or "", (left, right))


def _dotted(left: Expr, right: Expr) -> Expr:
    """`a[i].b[j]`: the field's name is hung onto the innermost name of the left."""
    if right.op in ("[]", "[:]"):
        return right._replace(args=(_dotted(left, right.args[0]), *right.args[1:]))
    if left.op == "name":
        return Expr("name", (), f"{left.text}.{right.text}")
    if left.op in ("[]", "[:]"):
        return left._replace(args=(_dotted(left.args[0], right), *left.args[1:]))
    return right


def _selected(base: Expr, selector: Any, depth: int) -> Expr:
    if not isinstance(selector, dict):
        return base
    if selector["kind"] == "BitSelect":
        return Expr("[]", (base, expression(selector.get("expr"), depth)))
    first, second = (expression(selector.get(key), depth) for key in ("left", "right"))
    return Expr("[:]", (base, first, second), selector.get("range", ":"))


def predicate(tree: Any, depth: int = 0) -> Expr:
    """The condition of an `if` or of `?:`."""
    conditions = [expression(c, depth) for c in dicts(tree and tree.get("conditions"))]
    return conditions[0] if len(conditions) == 1 else Expr("&&", tuple(conditions))


def dicts(items: Any) -> list[Tree]:
    """The nodes among a list's nodes and tokens."""
    return [item for item in items or () if isinstance(item, dict)]


def _call(tree: Tree, depth: int) -> Expr:
    callee = expression(tree.get("left"), depth)
    arguments = (tree.get("arguments") or {}).get("parameters")
    return Expr("call", tuple(expression(a, depth) for a in dicts(arguments)), callee.text)


def _many(op: str, key: str) -> Callable[[Tree, int], Expr]:
    return lambda tree, depth: Expr(op, tuple(expression(e, depth) for e in dicts(tree.get(key))))


def _repeat(tree: Tree, depth: int) -> Expr:
    part = expression(tree.get("concatenation"), depth)
    return Expr("{n{}}", (expression(tree.get("expression"), depth), part))


def _inside(tree: Tree, depth: int) -> Expr:
    ranges = (tree.get("ranges") or {}).get("valueRanges")
    choices = tuple(expression(r, depth) for r in dicts(ranges))
    return Expr("inside", (expression(tree.get("expr"), depth), *choices))


def _pattern_items(tree: Tree, depth: int) -> Expr:
    values = [expression(item.get("expr"), depth) for item in dicts(tree.get("items"))]
    return Expr("'{}", tuple(values))


def _member(tree: Tree, depth: int) -> Expr:
    return _dotted(expression(tree.get("left"), depth), Expr("name", (), tree.get("name", "")))


_MAKERS: dict[str, Callable[[Tree, int], Expr]] = {
    "InvocationExpression": _call,
    "ConcatenationExpression": _many("{}", "expressions"),
    "StreamingConcatenationExpression": _many("<<{}", "expressions"),
    "MultipleConcatenationExpression": _repeat,
    "InsideExpression": _inside,
    "StructuredAssignmentPattern": _pattern_items,
    "SimpleAssignmentPattern": _many("'{}", "items"),
    "MemberAccessExpression": _member,
    "ElementSelectExpression": lambda tree, depth: _selected(
        expression(tree.get("left"), depth), (tree.get("select") or {}).get("selector"), depth
    ),
    "SystemName": lambda tree, _: Expr("name", (), tree.get("systemIdentifier", "")),
    "StringLiteralExpression": lambda tree, _: Expr("string", (), tree.get("literal", "")),
    "ValueRangeExpression": lambda tree, depth: Expr(
        "range", (expression(tree.get("left"), depth), expression(tree.get("right"), depth))
    ),
}
