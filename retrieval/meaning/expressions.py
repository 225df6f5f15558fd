"""Expressions of VHDL, Chisel and C++ -> `Expr`: one small operator-precedence parser for all.

Source of the method: Pratt, Top down operator precedence (POPL 1973). What is not understood ends
the expression; nothing is an error.
"""

import re
from collections.abc import Set

from hdlsmith.retrieval.meaning.code import NOTHING, Expr

_MAX_CHARS = 2000
_MAX_DEPTH = 40
_MAX_CHAIN = 100
"""Operators in one expression: each may hang the rest one deeper, and hostile text must not
exhaust the stack of whoever walks it."""
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>(?:\d+\#[\da-fA-F_]+\#|0[xX][\da-fA-F]+|\d[\d_]*)(?:\.[USB](?:\([^()]*\))?)?
                 |'[01A-Za-z-]'|[xX]?"[\da-fA-F_]*"(?:\.[USB](?:\([^()]*\))?)?)
    | (?P<name>[A-Za-z_]\w*(?:(?:\.|->|::)[A-Za-z_]\w*)*)
    | (?P<op>=>|=/=|===|==|!=|/=|<=|>=|&&|\|\||<<|>>|\*\*|\#\#|\+%|-%|[-+*/%&|^~!<>=?:()\[\]{},\#'])
    )""",
    re.VERBOSE,
)
_BINARY = {
    "or": ("||", 1), "||": ("||", 1), "xor": ("^", 1), "nor": ("||", 1),
    "and": ("&&", 2), "&&": ("&&", 2), "nand": ("&&", 2), "xnor": ("~^", 1),
    "|": ("|", 3), "^": ("^", 3),
    "=": ("==", 4), "==": ("==", 4), "===": ("==", 4), "/=": ("!=", 4), "!=": ("!=", 4),
    "=/=": ("!=", 4), "<": ("<", 5), "<=": ("<=", 5), ">": (">", 5), ">=": (">=", 5),
    "<<": ("<<", 6), ">>": (">>", 6), "sll": ("<<", 6), "srl": (">>", 6), "##": ("{}", 7),
    "&": ("&", 7), "+": ("+", 7), "-": ("-", 7), "+%": ("+", 7), "-%": ("-", 7),
    "*": ("*", 8), "/": ("/", 8), "%": ("%", 8), "mod": ("%", 8), "rem": ("%", 8),
    "**": ("**", 9),
}  # fmt: skip
_UNARY = {"not": "!", "!": "!", "~": "~", "-": "-"}
_CONVERSION = re.compile(r"\.(?:U|S|asUInt|asSInt|asBool)$")
_SILENT = frozenset(
    """unsigned signed std_logic_vector std_ulogic_vector to_integer resize to_unsigned asUInt
    asSInt""".split()  # noqa: SIM905
)
"""Conversions that change the type and not the value."""


def expression_of(text: str, values: Set[str], *, vhdl: bool) -> Expr:
    """The expression a piece of code stands for; `NOTHING` where there is none.

    Args:
        values: names of what can be indexed; `name(...)` of any other is a call.
    """
    return _Parser(text[:_MAX_CHARS], values, vhdl).expression(0, 0)


class _Parser:
    def __init__(self, text: str, values: Set[str], vhdl: bool) -> None:
        self._tokens: list[tuple[str, str]] = []
        position = 0
        while match := _TOKEN.match(text, position):
            self._tokens.append((match.lastgroup or "", match[match.lastgroup or 0]))
            position = match.end()
        self._at = 0
        self._chained = 0
        self._values = values
        self._vhdl = vhdl

    def _peek(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _take(self, wanted: str) -> bool:
        found = self._peek() == wanted
        self._at += found
        return found

    def _chain(self) -> bool:
        """Whether one more operator may be hung on."""
        self._chained += 1
        return self._chained <= _MAX_CHAIN

    def expression(self, least: int, depth: int) -> Expr:
        left = self._operand(depth) if depth < _MAX_DEPTH else NOTHING
        while left is not NOTHING and (rule := _BINARY.get(self._peek().lower())):
            op, binding = rule
            if binding <= least or not self._chain():
                break
            joined = self._vhdl and self._peek() == "&"
            self._at += 1
            right = self.expression(binding, depth + 1)
            left = Expr("{}" if joined else op, (left, right))
        if least == 0 and self._take("when"):
            test = self.expression(0, depth + 1)
            self._take("else")
            return Expr("?:", (test, left, self.expression(0, depth + 1)))
        if least == 0 and self._take("?"):
            yes = self.expression(0, depth + 1)
            self._take(":")
            return Expr("?:", (left, yes, self.expression(0, depth + 1)))
        return left

    def _operand(self, depth: int) -> Expr:
        if self._at >= len(self._tokens):
            return NOTHING
        kind, spelt = self._tokens[self._at]
        self._at += 1
        if kind == "number":
            return Expr("number", (), _digits(spelt))
        if spelt.lower() in _UNARY:
            return Expr(_UNARY[spelt.lower()], (self.expression(8, depth + 1),))
        if kind == "name":
            return self._name(spelt, depth)
        if spelt == "(":
            inner = self._arguments(")", depth)
            return inner[0] if len(inner) == 1 else Expr("{}", tuple(inner))
        return NOTHING

    def _name(self, name: str, depth: int) -> Expr:
        name = name.replace("->", ".").replace("::", ".")
        if name.lower() == "others" and self._take("=>"):
            return self.expression(0, depth + 1)
        if name in ("true.B", "false.B"):
            return Expr("number", (), "1" if name[0] == "t" else "0")
        base = Expr("name", (), _CONVERSION.sub("", name))
        while self._peek() in ("(", "[") and self._chain():
            base = self._applied(base, depth)
        return base

    def _applied(self, base: Expr, depth: int) -> Expr:
        close = ")" if self._peek() == "(" else "]"
        self._at += 1
        inner = self._arguments(close, depth)
        first = base.text.partition(".")[0]
        if base.op == "name" and base.text in _SILENT and inner:
            return inner[0]
        if base.text == "Mux" and len(inner) == 3:
            return Expr("?:", tuple(inner))
        if base.text == "Cat":
            return Expr("{}", tuple(inner))
        indexed = close == "]" or base.op != "name" or base.text in self._values
        if inner and (indexed or first in self._values):
            return Expr("[:]" if len(inner) > 1 else "[]", (base, *inner))
        return Expr("call", tuple(inner), base.text)

    def _arguments(self, close: str, depth: int) -> list[Expr]:
        found: list[Expr] = []
        while self._at < len(self._tokens) and not self._take(close):
            before = self._at
            item = self.expression(0, depth + 1)
            if item is not NOTHING:
                found.append(item)
            if self._peek().lower() in (",", "downto", "to") or self._at == before:
                self._at += 1
        return found


def _digits(token: str) -> str:
    """A literal as SystemVerilog spells it."""
    token = token.partition(".")[0]
    if token[:1] in "xX" and '"' in token:
        return f"'h{token[2:-1]}"
    if token[:1] in "'\"":
        return f"'b{token[1:-1]}"
    if token[:2].lower() == "0x":
        return f"'h{token[2:]}"
    base, marker, digits = token.partition("#")
    return f"'{'h' if base == '16' else 'b'}{digits.rstrip('#')}" if marker else token
