"""How wide an undeclared name must be, read off what it is assigned and compared with."""

import random
import re
from collections.abc import Iterator
from typing import Any

from pyslang import syntax

from hdlsmith.agent.mending.names import assignments, base_names, constants, declared
from hdlsmith.agent.mending.source import Source, walk

_SAFE = re.compile(r"[\d\s+\-*/%()]+")
_NAME = re.compile(r"(?<![\w'$])[A-Za-z_]\w*")
_BASED = re.compile(r"(\d+)\s*'")
_K = syntax.SyntaxKind
_COMPARES = {
    _K.EqualityExpression, _K.InequalityExpression, _K.CaseEqualityExpression,
    _K.CaseInequalityExpression, _K.LessThanExpression, _K.LessThanEqualExpression,
    _K.GreaterThanExpression, _K.GreaterThanEqualExpression,
}  # fmt: skip
_ONE_BIT = _COMPARES | {_K.LogicalAndExpression, _K.LogicalOrExpression}
_REDUCES = {
    _K.UnaryBitwiseAndExpression, _K.UnaryBitwiseOrExpression, _K.UnaryBitwiseXorExpression,
    _K.UnaryBitwiseNandExpression, _K.UnaryBitwiseNorExpression, _K.UnaryBitwiseXnorExpression,
    _K.UnaryLogicalNotExpression,
}  # fmt: skip
_SHIFTS = {
    _K.LogicalShiftLeftExpression, _K.LogicalShiftRightExpression,
    _K.ArithmeticShiftLeftExpression, _K.ArithmeticShiftRightExpression,
}  # fmt: skip


def value_of(text: str) -> int | None:
    """The value of an expression of plain numbers."""
    if not _SAFE.fullmatch(text) or "**" in text or len(text) > 200:
        return None
    try:
        value = eval(text.replace("/", "//"), {"__builtins__": {}})  # noqa: S307 - digits and signs
    except (SyntaxError, ArithmeticError, TypeError, ValueError):
        return None
    return value if isinstance(value, int) else None


def difference(high: str, low: str) -> int | None:
    """`high - low`, where that is the same number whatever the names in them are worth."""
    rng = random.Random(0)  # noqa: S311
    seen = set()
    for _ in range(4):
        values: dict[str, str] = {}

        def worth(match: re.Match[str], values: dict[str, str] = values) -> str:
            return values.setdefault(match[0], str(rng.randrange(1, 1000)))

        seen.add(value_of(f"({_NAME.sub(worth, high)})-({_NAME.sub(worth, low)})"))
    return seen.pop() if len(seen) == 1 else None


def range_of_bits(bits: int) -> str:
    return f"[{bits - 1}:0] " if bits > 1 else ""


def inferred_range(source: Source, module: Any, name: str) -> str:
    """A range such as `[3:0] `, or nothing for one bit."""
    found = [r for r in _clues(source, module, name) if r is not None]
    numbers = [r for r in found if isinstance(r, int)]
    texts = [r for r in found if isinstance(r, str)]
    if numbers and (not texts or max(numbers) > 1):
        return range_of_bits(max(numbers))
    return texts[0] if texts else ""


def width_of(source: Source, module: Any, node: Any) -> int | str | None:
    """Bits of an expression, or the range of a name whose bounds are parameters."""
    kind = node.kind
    if kind in _ONE_BIT or kind in _REDUCES:
        return 1
    if isinstance(node, syntax.ParenthesizedExpressionSyntax):
        return width_of(source, module, node.expression)
    if isinstance(node, syntax.IntegerVectorExpressionSyntax):
        size = _BASED.match(source.slice(node))
        return int(size[1]) if size else None
    if isinstance(node, syntax.IdentifierNameSyntax):
        name = node.identifier.valueText
        value = constant_values(source, module).get(name)
        return declared_width(source, module, name) if value is None else value.bit_length()
    if isinstance(node, syntax.LiteralExpressionSyntax):
        value = literal_value(source.slice(node))
        return None if value is None else value.bit_length()
    if isinstance(node, syntax.IdentifierSelectNameSyntax):
        return _selected(source, module, node)
    if isinstance(node, syntax.ConcatenationExpressionSyntax):
        parts = [p for p in node.expressions if isinstance(p, syntax.SyntaxNode)]
        widths = [width_of(source, module, part) for part in parts]
        known = [w for w in widths if isinstance(w, int)]
        return sum(known) if len(known) == len(widths) else None
    if isinstance(node, syntax.ConditionalExpressionSyntax):
        return _wider(source, module, node.left, node.right)
    if isinstance(node, syntax.BinaryExpressionSyntax):
        right = node.left if kind in _SHIFTS else node.right
        return _wider(source, module, node.left, right)
    if isinstance(node, syntax.PrefixUnaryExpressionSyntax):
        return width_of(source, module, node.operand)
    return None


def declared_width(source: Source, module: Any, name: str) -> int | str | None:
    """Bits of a declared name; its range as text where that depends on parameters."""
    for found in declared(module, name):
        dimensions = list(getattr(found.type, "dimensions", ()))
        if not dimensions:
            if source.slice(found.type).strip() in ("integer", "int"):
                return 32
            continue
        text = source.slice(dimensions[0])
        bounds = re.fullmatch(r"\[(.*):(.*)\]", text, re.DOTALL)
        if not bounds or len(dimensions) > 1:
            return None
        bits = difference(bounds[1], bounds[2])
        return abs(bits) + 1 if bits is not None else f"{text} "
    return 1 if declared(module, name) else None


def _selected(source: Source, module: Any, node: Any) -> int | None:
    selects = list(node.selectors)
    if any(list(d.declarator.dimensions) for d in declared(module, node.identifier.valueText)):
        if len(selects) == 1:
            width = declared_width(source, module, node.identifier.valueText)
            return width if isinstance(width, int) else None
        selects = selects[1:]
    inside = selects[-1].selector
    if not isinstance(inside, syntax.RangeSelectSyntax):
        return 1
    if inside.kind == _K.SimpleRangeSelect:
        bits = difference(source.slice(inside.left), source.slice(inside.right))
        return None if bits is None else abs(bits) + 1
    return value_of(source.slice(inside.right))


def _wider(source: Source, module: Any, *nodes: Any) -> int | str | None:
    found = [width_of(source, module, node) for node in nodes]
    numbers = [w for w in found if isinstance(w, int)]
    texts = [w for w in found if isinstance(w, str)]
    return texts[0] if texts else max(numbers, default=None)


def _clues(source: Source, module: Any, name: str) -> Iterator[int | str | None]:
    """Widths that uses of a name tell of."""
    for select in walk(module, syntax.IdentifierSelectNameSyntax):
        if select.identifier.valueText == name:
            inside = next(iter(select.selectors)).selector
            if isinstance(inside, syntax.BitSelectSyntax):
                index = value_of(source.slice(inside.expr))
                yield None if index is None else index + 1
            elif isinstance(inside, syntax.RangeSelectSyntax):
                index = value_of(source.slice(inside.left))
                yield None if index is None else index + 1
    for found in assignments(module):
        if source.slice(found.left).strip() == name:
            yield width_of(source, module, found.right)
        elif source.slice(found.right).strip() == name:
            yield width_of(source, module, found.left)
        elif name in base_names(source, found.left):
            pass
    for found in walk(module, syntax.BinaryExpressionSyntax):
        if found.kind in _COMPARES:
            sides = {source.slice(side).strip(): side for side in (found.left, found.right)}
            if name in sides and len(sides) == 2:
                yield next(width_of(source, module, s) for t, s in sides.items() if t != name)


def constant_values(source: Source, module: Any) -> dict[str, int]:
    """Parameters and localparams whose values are plain numbers."""
    values = {}
    for declarator in constants(module):
        if declarator.initializer is not None:
            value = literal_value(source.slice(declarator.initializer.expr))
            if value is not None:
                values[declarator.name.valueText] = value
    return values


def literal_value(text: str) -> int | None:
    """`4'b0101`, `'h3`, `12`."""
    match = re.fullmatch(r"\s*(?:\d*\s*'[sS]?([bodhBODH])\s*)?([\da-fA-F_]+)\s*", text)
    if not match:
        return None
    base = {"b": 2, "o": 8, "d": 10, "h": 16}[(match[1] or "d").lower()]
    try:
        return int(match[2], base)
    except ValueError:
        return None
