"""Templates that change an expression: operators, constants, polarity, names, order."""

import re
from collections.abc import Iterator
from itertools import permutations
from typing import Any

from pyslang import syntax

from hdlsmith.agent.mending.source import walk
from hdlsmith.agent.templates.change import NAMES, Change, View

_SWAPS = {
    "&": ("|", "^"), "|": ("&", "^"), "^": ("&", "|", "~^"), "~^": ("^",), "^~": ("^",),
    "&&": ("||",), "||": ("&&",),
    "==": ("!=",), "!=": ("==",), "===": ("!==",), "!==": ("===",),
    "<": ("<=", ">", ">="), ">": (">=", "<", "<="), "<=": ("<", ">=", ">"), ">=": (">", "<=", "<"),
    "+": ("-",), "-": ("+",), "*": ("+",), "/": ("%",), "%": ("/",),
    "<<": (">>",), ">>": ("<<", ">>>"), ">>>": (">>",), "<<<": (">>>",),
}  # fmt: skip
_REDUCTIONS = ("&", "|", "^", "~&", "~|", "~^")
_BASED = re.compile(r"(\d+)\s*'\s*([sS]?)([bodhBODH])\s*([\da-fA-F_]+)")
_RADIX = {"b": 2, "o": 8, "d": 10, "h": 16}
_MOST_FLIPS = 8
_MOST_INDEX = 16
_ASSIGNS = (
    syntax.SyntaxKind.AssignmentExpression,
    syntax.SyntaxKind.NonblockingAssignmentExpression,
)


def operators(view: View) -> Iterator[Change]:
    """`a & b` -> `a | b`, `a < b` -> `a <= b`, `a << 1` -> `a >> 1`, `&a` -> `|a`."""
    for node in view.walk(syntax.BinaryExpressionSyntax):
        if node.kind in _ASSIGNS:
            continue
        for other in _SWAPS.get(node.operatorToken.rawText, ()):
            yield view.replaced("operator", node.operatorToken, other)
    for node in view.walk(syntax.PrefixUnaryExpressionSyntax):
        sign = node.operatorToken.rawText
        for other in _REDUCTIONS if sign in _REDUCTIONS else ():
            if other != sign:
                yield view.replaced("operator", node.operatorToken, other)


def literals(view: View) -> Iterator[Change]:
    """`4'd9` -> `4'd10`, `4'd8`; `2'b01` -> `2'b00`, `2'b11`; `[3:0]` -> `[4:0]`."""
    for node in view.walk(syntax.IntegerVectorExpressionSyntax):
        match = _BASED.fullmatch(view.slice(node))
        if match:
            for text in _near_literals(match):
                yield view.replaced("constant", node, text)
    for node in view.walk(syntax.LiteralExpressionSyntax):
        text = view.slice(node)
        if text.isdigit() and len(text) < 10:
            value = int(text)
            for near in (value + 1, value - 1) if value else (1,):
                yield view.replaced("constant", node, str(near))


def _near_literals(match: re.Match[str]) -> Iterator[str]:
    width, radix = int(match[1]), _RADIX[match[3].lower()]
    try:
        value = int(match[4], radix)
    except ValueError:
        return
    full = (1 << min(width, 512)) - 1
    near = [value + 1, value - 1]
    near += [value ^ 1 << bit for bit in range(width)] if width <= _MOST_FLIPS else []
    near += [0, full, value ^ full]
    for other in dict.fromkeys(near):
        if 0 <= other <= full and other != value:
            yield f"{width}'{match[2]}{match[3]}{_digits(other, width, radix)}"


def _digits(value: int, width: int, radix: int) -> str:
    if radix == 2:
        return f"{value:0{width}b}"
    return f"{value:x}" if radix == 16 else f"{value:o}" if radix == 8 else str(value)


def inversions(view: View) -> Iterator[Change]:
    """`a` -> `~a`, `!a` -> `a`, `if (rst)` -> `if (!rst)`."""
    for node in view.walk(syntax.PrefixUnaryExpressionSyntax):
        if node.operatorToken.rawText in ("~", "!"):
            yield view.replaced("inversion", node.operatorToken, "")
    for found in _values(view):
        name = view.slice(found)
        yield view.replaced("inversion", found, f"~{name}")
    for whole in (*_right_sides(view), *view.walk(syntax.ParenthesizedExpressionSyntax)):
        if not isinstance(whole, NAMES):
            yield view.replaced("inversion", whole, f"~({view.slice(whole)})")
    for predicate in view.walk(syntax.ConditionalPredicateSyntax):
        yield view.replaced("inversion", predicate, f"!({view.slice(predicate)})")


def names(view: View) -> Iterator[Change]:
    """A signal -> another one as wide; a state or parameter -> another one."""
    for found in _values(view):
        token = found.identifier
        for other in view.alike(token.valueText):
            if view.loops(found, other):
                continue
            yield view.replaced("name", token, other)


def indices(view: View) -> Iterator[Change]:
    """`a[2]` -> any other bit of `a`, and all of it."""
    for found in _values(view):
        if isinstance(found, syntax.IdentifierNameSyntax):
            continue
        width = view.widths.get(found.identifier.valueText)
        selects = list(found.selectors)
        if len(selects) != 1 or not isinstance(width, int):
            continue
        if isinstance(selects[0].selector, syntax.BitSelectSyntax) and width <= _MOST_INDEX:
            now = view.slice(selects[0].selector)
            for index in range(width + 1):
                if str(index) != now:
                    yield view.replaced("index", selects[0].selector, str(index))
        yield view.replaced("index", selects[0], "")
    for found in _values(view):
        width = view.widths.get(found.identifier.valueText)
        whole = isinstance(found, syntax.IdentifierNameSyntax)
        if whole and isinstance(width, int) and 1 < width <= _MOST_INDEX:
            for index in range(width):
                yield view.replaced("index", found, f"{view.slice(found)}[{index}]")


def operands(view: View) -> Iterator[Change]:
    """`a & b` -> `a`, `b`; `a - b` -> `b - a`; `c ? a : b` -> `c ? b : a`, `a`, `b`."""
    for node in view.walk(syntax.BinaryExpressionSyntax):
        if node.kind in _ASSIGNS:
            continue
        left, right = view.slice(node.left), view.slice(node.right)
        sign = node.operatorToken.rawText
        yield view.replaced("operand", node, left)
        yield view.replaced("operand", node, right)
        if sign in ("-", "/", "%", "<<", ">>", ">>>"):
            yield view.replaced("order", node, f"({right}) {sign} ({left})")
        if sign in ("<", ">", "<=", ">=", ">>>"):
            yield view.replaced("signed", node, f"$signed({left}) {sign} $signed({right})")
    for node in view.walk(syntax.ConditionalExpressionSyntax):
        left, right = view.slice(node.left), view.slice(node.right)
        yield view.change(
            "order", view.source.replace(node.left, right), view.source.replace(node.right, left)
        )
        yield view.replaced("operand", node, left)
        yield view.replaced("operand", node, right)


def added_operands(view: View) -> Iterator[Change]:
    """`if (a)` -> `if (a && b)`, `if (a || !b)`; `y = a` -> `y = a & b`, `a ^ b`."""
    wholes = [(p, "&&", "||", "!") for p in view.walk(syntax.ConditionalPredicateSyntax)]
    wholes += [(r, "&", "|", "~") for r in _right_sides(view, wide=False)]
    for whole, both, either, inverted in wholes:
        text = f"({view.slice(whole)})"
        for flag in view.flags:
            if text == f"({flag})" or view.loops(whole, flag):
                continue
            for sign in (both, either):
                yield view.replaced("added operand", whole, f"{text} {sign} {flag}")
                yield view.replaced("added operand", whole, f"{text} {sign} {inverted}{flag}")
            if both == "&":
                yield view.replaced("added operand", whole, f"{text} ^ {flag}")


def concatenations(view: View) -> Iterator[Change]:
    """`{a, b}` -> `{b, a}`; of few parts, every order."""
    for node in view.walk(syntax.ConcatenationExpressionSyntax):
        parts = [p for p in node.expressions if isinstance(p, syntax.SyntaxNode)]
        texts = [view.slice(part) for part in parts]
        orders = {tuple(reversed(texts)), (*texts[1:], texts[0]), (texts[-1], *texts[:-1])}
        if len(texts) <= 3:
            orders |= set(permutations(texts))
        for order in sorted(orders - {tuple(texts)}):
            yield view.replaced("order", node, f"{{{', '.join(order)}}}")


def shifts(view: View) -> Iterator[Change]:
    """A concatenation of pieces of one register -> shifts and rotations of it, both ways."""
    for node in view.walk(syntax.ConcatenationExpressionSyntax):
        pieces = [n for n in walk(node, *NAMES) if view.widths.get(n.identifier.valueText, 1) != 1]
        names = {piece.identifier.valueText for piece in pieces}
        for name in names if len(names) == 1 else ():
            width = view.widths[name]
            if isinstance(width, int) and width > 2:
                last = width - 1
                yield view.replaced("shift", node, f"({name} >> 1)")
                yield view.replaced("shift", node, f"({name} << 1)")
                yield view.replaced("shift", node, f"{{{name}[0], {name}[{last}:1]}}")
                yield view.replaced("shift", node, f"{{{name}[{last - 1}:0], {name}[{last}]}}")
                yield view.replaced("shift", node, f"{{{name}[{last}], {name}[{last}:1]}}")


def _values(view: View) -> Iterator[Any]:
    """Names that are read, with their selects."""
    for found in view.walk(*NAMES):
        if view.source.span(found) not in view.assigned and found.identifier.rawText:
            yield found


def _right_sides(view: View, *, wide: bool = True) -> Iterator[Any]:
    for node in view.walk(syntax.BinaryExpressionSyntax):
        if node.kind in _ASSIGNS:
            name = view.slice(node.left).strip()
            if wide or view.widths.get(name.partition("[")[0]) == 1 or name.endswith("]"):
                yield node.right


EXPRESSIONS = {
    operators: 1.0,
    literals: 0.9,
    inversions: 0.9,
    operands: 0.7,
    names: 0.7,
    indices: 0.5,
    concatenations: 0.8,
    shifts: 0.6,
    added_operands: 0.3,
}
"""Template -> how likely it is to be the slip, beside the others."""
