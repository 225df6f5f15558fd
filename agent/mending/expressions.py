"""Numbers, selects, casts and operators that the tools refuse."""

import re
from typing import Any

from pyslang import syntax

from hdlsmith.agent.mending.names import declarations, declared
from hdlsmith.agent.mending.rule import Broken, answers
from hdlsmith.agent.mending.source import Edit, edited, walk
from hdlsmith.agent.mending.widths import difference, value_of

_NUMBER = re.compile(r"(?P<size>\d+)?\s*'\s*(?P<base>[bodhBODH]?)(?P<digits>[\da-fA-FxXzZ_?]+)")
_LEGAL = {
    "b": "01xXzZ_?",
    "o": "01234567xXzZ_?",
    "d": "0123456789_",
    "h": "0123456789abcdefABCDEFxXzZ_?",
}


@answers(
    r"slang:(?:BadBinaryDigit|BadOctalDigit|BadDecimalDigit|ExpectedVectorDigits|ExpectedToken)",
    r"slang:LiteralSizeIsZero",
)
def write_number_in_its_base(broken: Broken) -> str | None:
    """`4'b0012`, `8'd1F`, `4'3`: the base that the digits can have."""
    edits = []
    for found in _NUMBER.finditer(broken.text):
        base, digits = found["base"].lower(), found["digits"]
        if base and all(d in _LEGAL[base] for d in digits):
            continue
        if not base and (
            not found["size"] or (digits in ("x", "z", "0", "1") and not found["size"])
        ):
            continue
        fits = [b for b in ("d", "h") if all(d in _LEGAL[b] for d in digits)]
        if fits:
            edits.append(Edit(*found.span(), f"{found['size'] or ''}'{fits[0]}{digits}"))
    return edited(broken.text, *edits) if edits else None


@answers(r"slang:ConstEvalNonConstVariable", r"icarus:\w+ .*(?:constant|Part select)")
def select_with_width(broken: Broken) -> str | None:
    """`a[i+3:i]`, whose width is constant though its place is not: `a[i +: 4]`."""
    source, edits = broken.source, []
    for select in walk(broken.module, syntax.RangeSelectSyntax):
        if select.kind is not syntax.SyntaxKind.SimpleRangeSelect:
            continue
        high, low = source.slice(select.left).strip(), source.slice(select.right).strip()
        bits = difference(high, low)
        start, end = source.span(select)
        names = set(re.findall(r"(?<!')\b[A-Za-z_]\w*", f"{high} {low}"))
        moving = any(declared(broken.module, name) for name in names) or _loops(
            broken.module, names
        )
        if bits is None or not moving:
            continue
        base = low if bits >= 0 else high
        edits.append(Edit(start, end, f"{base} +: {abs(bits) + 1}"))
    return edited(source.text, *edits) if edits else None


@answers(r"icarus:\w+ part select .* is out of order")
def turn_select_round(broken: Broken) -> str | None:
    """`a[0:2]` of a vector that is declared `[3:0]`."""
    source = broken.source
    edits = []
    for select in walk(broken.module, syntax.IdentifierSelectNameSyntax):
        name = select.identifier.valueText
        last = list(select.selectors)[-1].selector
        if (
            not isinstance(last, syntax.RangeSelectSyntax)
            or last.kind is not syntax.SyntaxKind.SimpleRangeSelect
        ):
            continue
        way = difference(source.slice(last.left), source.slice(last.right))
        falls = _falls(broken, name)
        if way and falls is not None and (way > 0) is not falls:
            edits += [source.replace(last.left, source.slice(last.right)),
                      source.replace(last.right, source.slice(last.left))]  # fmt: skip
    return edited(source.text, *edits) if edits else None


@answers(r"icarus:\w+ .*can not select part of scalar: (?P<name>\w+)")
def read_scalar_whole(broken: Broken) -> str | None:
    """`a[0]` of one bit."""
    source = broken.source
    edits = [
        Edit(source.span(next(iter(select.selectors)))[0], source.span(select)[1], "")
        for select in walk(broken.module, syntax.IdentifierSelectNameSyntax)
        if select.identifier.valueText == broken.name
        and re.fullmatch(
            r"(?:\[\s*0\s*\])|(?:\[\s*0\s*:\s*0\s*\])",
            source.text[
                slice(source.span(next(iter(select.selectors)))[0], source.span(select)[1])
            ],
        )
    ]
    return edited(source.text, *edits) if edits else None


@answers(r"slang:Expected\w+", r"icarus:\w+ Syntax error between internal")
def brace_replication(broken: Broken) -> str | None:
    """`{4{a}, b}`, which must be `{{4{a}}, b}`."""
    pattern = re.compile(r"([{,]\s*)(\w+\s*\{[^{}]*\})(?=\s*[,}])")
    edits = []
    for found in pattern.finditer(broken.text):
        lone = found[1][0] == "{" and broken.text[found.end() :].lstrip()[:1] == "}"
        if not lone:
            edits.append(Edit(*found.span(2), f"{{{found[2]}}}"))
    return edited(broken.text, *edits) if edits else None


@answers(r"icarus:\w+ Concatenation operand .* has indefinite width", r"slang:UnsizedInConcat")
def size_number_in_concatenation(broken: Broken) -> str | None:
    """`{0, a}`: a bare 0 or 1 is one bit there, any other number is 32."""
    source, edits = broken.source, []
    for node in walk(broken.module, syntax.ConcatenationExpressionSyntax):
        for part in node.expressions:
            if (
                isinstance(part, syntax.LiteralExpressionSyntax)
                and source.slice(part).strip().isdigit()
            ):
                number = source.slice(part).strip()
                edits.append(
                    source.replace(part, f"1'b{number}" if number in "01" else f"32'd{number}")
                )
    return edited(source.text, *edits) if edits else None


@answers(
    r"slang:(?:NoImplicitConversion|BadConversion)",
    r"icarus:explicit-cast",
    r"icarus:unsupported This cast",
)
def hold_enum_in_bits(broken: Broken) -> str | None:
    """Variables of an enum type that take other values become plain bits; its names stay."""
    source, module = broken.source, broken.module
    if module is None:
        return None
    bits = {}
    for typedef in walk(source.root, syntax.TypedefDeclarationSyntax):
        if isinstance(typedef.type, syntax.EnumTypeSyntax):
            bits[typedef.name.valueText] = _enum_type(source, typedef.type)
    edits = []
    for found in {id(d.node): d for d in declarations(module)}.values():
        if isinstance(found.type, syntax.NamedTypeSyntax):
            name = source.slice(found.type).strip()
            if name in bits:
                edits.append(source.replace(found.type, bits[name]))
        elif isinstance(found.type, syntax.EnumTypeSyntax):
            start, end = source.span(found.type)
            plain = f"{source.indent(start)}{_enum_type(source, found.type)}"
            edits.append(Edit(start, start, "typedef "))
            edits.append(Edit(end, end, f" {found.name}_names;\n{plain}"))
    for cast in walk(module, syntax.CastExpressionSyntax):
        if source.slice(cast.left).strip() in bits:
            edits.append(Edit(source.span(cast)[0], source.span(cast.right)[0], ""))
    return edited(source.text, *edits) if edits else None


def _enum_type(source: Any, node: Any) -> str:
    if node.baseType is not None and source.slice(node.baseType).strip():
        return str(source.slice(node.baseType).strip())
    return "integer"


@answers(r'icarus:unsupported "inside"', r"icarus:syntax ")
def write_inside_out(broken: Broken) -> str | None:
    """`x inside {1, [4:7]}`, which Icarus lacks, as comparisons."""
    source, edits = broken.source, []
    for node in walk(broken.module, syntax.InsideExpressionSyntax):
        left = source.slice(node.expr).strip()
        tests = []
        for part in node.ranges.valueRanges:
            if isinstance(part, syntax.ValueRangeExpressionSyntax):
                low, high = (source.slice(side).strip() for side in (part.left, part.right))
                tests.append(f"({left} >= {low} && {left} <= {high})")
            elif isinstance(part, syntax.SyntaxNode):
                tests.append(f"{left} == {source.slice(part).strip()}")
        edits.append(source.replace(node, f"({' || '.join(tests)})"))
    return edited(source.text, *edits) if edits else None


@answers(r"icarus:syntax ", r"icarus:unsupported This cast")
def write_cast_as_call(broken: Broken) -> str | None:
    """`signed'(x)` and `int'(x)`, which Icarus lacks: `$signed(x)`, and `x` by itself."""
    source, edits = broken.source, []
    for node in walk(broken.module, syntax.SignedCastExpressionSyntax, syntax.CastExpressionSyntax):
        if isinstance(node, syntax.SignedCastExpressionSyntax):
            edits.append(
                source.replace(
                    node, f"${source.slice(node.signing).strip()}{source.slice(node.inner)}"
                )
            )
        elif source.slice(node.left).strip() in ("int", "integer", "logic", "bit"):
            edits.append(Edit(source.span(node)[0], source.span(node.right)[0], ""))
    return edited(source.text, *edits) if edits else None


@answers(r"slang:Expected\w+", r"slang:InvalidNGateCount")
def write_words_as_operators(broken: Broken) -> str | None:
    """`a and b`, `not a` of VHDL, between operands."""
    edits = []
    tokens = broken.source.tokens
    signs = {"and": "&", "or": "|", "xor": "^", "mod": "%"}
    for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        operand = re.fullmatch(r"[\w')\]]+", before.text) and before.text not in _BEFORE_GATE
        if (
            token.text in signs
            and operand
            and re.match(r"[\w(~!]", after.text)
            and not _in_event(broken.text, token.start)
        ):
            edits.append(Edit(token.start, token.end, signs[token.text]))
        elif token.text == "not" and before.text in (
            "=",
            "(",
            "and",
            "or",
            "&",
            "|",
            "<=",
            "?",
            ":",
        ):
            end = token.end if after.text == "(" else after.start
            edits.append(Edit(token.start, end, "~"))
    return edited(broken.text, *edits) if edits else None


_BEFORE_GATE = {
    "begin",
    "end",
    "else",
    "endgenerate",
    "generate",
    "endfunction",
    "endcase",
    "endtask",
}


def _in_event(text: str, offset: int) -> bool:
    """Between the brackets of `@(…)`."""
    at = text.rfind("@", 0, offset)
    return at >= 0 and ")" not in text[at:offset] and ";" not in text[at:offset]


def _falls(broken: Broken, name: str) -> bool | None:
    for found in declared(broken.module, name):
        bounds = [
            re.fullmatch(r"\[(.*):(.*)\]", broken.source.slice(d), re.DOTALL)
            for d in getattr(found.type, "dimensions", ())
        ]
        if bounds and bounds[0]:
            way = difference(bounds[0][1], bounds[0][2])
            return way is None or way >= 0
    return None


def _loops(module: Any, names: set[str]) -> bool:
    """Some name is the index of a loop in a process, whose bounds are no constants there."""
    return any(
        declarator.name.valueText in names
        for loop in walk(module, syntax.ForLoopStatementSyntax)
        for declarator in walk(list(loop.initializers), syntax.DeclaratorSyntax)
    )


@answers(r"slang:BadAssignment", r"icarus:\w+ Cannot assign to array", r"icarus:syntax ")
def clear_array_in_a_loop(broken: Broken) -> str | None:
    """A memory assigned as a whole, `m <= 0` or `m <= '{default: 0}`, word by word."""
    source, module = broken.source, broken.module
    for node in walk(module, syntax.ExpressionStatementSyntax):
        expr = node.expr
        if not isinstance(expr, syntax.BinaryExpressionSyntax):
            continue
        name, value = source.slice(expr.left).strip(), source.slice(expr.right).strip()
        default = re.fullmatch(r"'\{\s*default\s*:\s*(.+?)\s*\}", value, re.DOTALL)
        if default or re.fullmatch(r"\d+|\d*'\w+", value):
            words = _words(broken, name)
            if words is None:
                continue
            first, end = words
            start = source.span(node)[0]
            assign = (
                f"{name}[word] {expr.operatorToken.rawText} {default[1] if default else value};"
            )
            loop = f"for (word = {first}; word < {end}; word = word + 1) {assign}"
            line = source.insert_before_member(module, start, "integer word;")
            return edited(source.text, line, source.replace(node, loop))
    return None


def _words(broken: Broken, name: str) -> tuple[int, str] | None:
    """First index of a memory and the end of its indices, where bounds are plain; else None."""
    for found in declared(broken.module, name):
        for dimension in list(found.declarator.dimensions)[:1]:
            inside = broken.source.slice(dimension).strip()[1:-1]
            bounds = [value_of(bound) for bound in inside.split(":")]
            if bounds == [None] or len(bounds) == 1:
                return 0, inside
            numbers = [bound for bound in bounds if bound is not None]
            if len(numbers) == 2:
                return min(numbers), str(max(numbers) + 1)
    return None


RULES = (
    write_number_in_its_base,
    select_with_width,
    turn_select_round,
    read_scalar_whole,
    brace_replication,
    size_number_in_concatenation,
    hold_enum_in_bits,
    write_inside_out,
    write_cast_as_call,
    clear_array_in_a_loop,
    write_words_as_operators,
)
