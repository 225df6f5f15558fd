"""Expressions and conditions as their language writes them."""

from collections.abc import Container, Iterable

from hdlsmith.languages import Language
from hdlsmith.retrieval.meaning.code import Condition, Expr

_VHDL = {
    "&&": "and", "||": "or", "!": "not ", "~": "not ", "==": "=", "===": "=", "!=": "/=",
    "!==": "/=", "^": "xor", "~^": "xnor", "%": "mod", "<<": "sll", ">>": "srl",
}  # fmt: skip
_ASSOCIATIVE = ("&&", "||", "&", "|", "^", "+", "*")
_CLOSED = ("[]", "[:]", "{}", "'{}", "call", "cast", "{n{}}", "<<{}")
_COMPARES = ("==", "!=", "===", "!==")
_OPPOSITE = {"==": "!=", "!=": "==", "===": "!==", "!==": "==="}
_MAX_DEPTH = 40


def written(expr: Expr, language: Language, depth: int = 0) -> str:
    """The text of an expression; `…` for what was not understood."""
    op, args = expr.op, expr.args
    if op == "name" or op == "string":
        return expr.text
    if op == "number":
        return _number(expr.text, language)
    if depth > _MAX_DEPTH:
        return "…"
    parts = [written(arg, language, depth + 1) for arg in args]
    if op == "case":
        return _choice(args, parts, language)
    if op == "default":
        return f"{parts[0]} is any other"
    if op in ("[]", "[:]"):
        return _selected(op, expr.text, parts, language)
    if op == "call":
        return f"{expr.text}({', '.join(parts)})"
    if op == "cast":
        return f"{expr.text}'({parts[0]})"
    if op == "{n{}}":
        return f"{{{parts[0]}{{{parts[1]}}}}}"
    if op in ("{}", "'{}", "<<{}"):
        joined = " & " if language is Language.VHDL and op == "{}" else ", "
        return joined.join(parts) if joined == " & " else f"{op[:-1]}{', '.join(parts)}}}"
    if op == "inside":
        return f"{parts[0]} inside {{{', '.join(parts[1:])}}}"
    if op == "?:" and len(parts) == 3:
        return f"({parts[0]} ? {parts[1]} : {parts[2]})"
    sign = _VHDL.get(op, op) if language is Language.VHDL else op
    if len(parts) == 1 and sign:
        return f"{sign}{_grouped(args[0], parts[0], but=())}"
    grouped = [
        part if arg.op == op and op in _ASSOCIATIVE else _grouped(arg, part)
        for arg, part in zip(args, parts, strict=True)
    ]
    return f" {sign} ".join(grouped) if sign and parts else "…"


def all_of(conditions: Iterable[Condition], language: Language) -> str:
    """The text of conditions that must hold together; empty if there are none."""
    terms = []
    for condition in dict.fromkeys(conditions):
        test = condition.test if condition.holds else _denied(condition.test)
        terms += [test] if test.op != "&&" else list(test.args)
    whole = terms[0] if len(terms) == 1 else Expr("&&", tuple(terms))
    return written(whole, language) if terms else ""


def _denied(test: Expr) -> Expr:
    if test.op in _OPPOSITE:
        return test._replace(op=_OPPOSITE[test.op])
    if test.op == "!" or (test.op == "~" and len(test.args) == 1):
        return test.args[0]
    return Expr("!", (test,))


def _grouped(expr: Expr, text: str, but: Container[str] = _COMPARES) -> str:
    """In brackets, if it is an operation on two or more values and none of those in `but`."""
    needs_none = expr.op in _CLOSED or expr.op in but or len(expr.args) < 2
    return text if needs_none or expr.op == "?:" else f"({text})"


def _choice(args: tuple[Expr, ...], parts: list[str], language: Language) -> str:
    if args[0].op == "number":  # case (1'b1) asks its labels themselves
        labels = zip(args[1:], parts[1:], strict=True)
        return " || ".join(_grouped(label, part) for label, part in labels)
    equal = " = " if language is Language.VHDL else " == "
    either = " or " if language is Language.VHDL else " || "
    return either.join(f"{parts[0]}{equal}{label}" for label in parts[1:])


def _selected(op: str, sign: str, parts: list[str], language: Language) -> str:
    base, *indices = parts
    if language is Language.VHDL:
        return f"{base}({' downto '.join(indices)})"
    return f"{base}[{(sign or ':').join(indices) if op == '[:]' else ', '.join(indices)}]"


def _number(text: str, language: Language) -> str:
    if language is not Language.VHDL or not text.startswith(("'b", "'h")):
        return text
    digits = text[2:]
    if text[1] == "h":
        return f'x"{digits}"'
    return f"'{digits}'" if len(digits) == 1 else f'"{digits}"'
