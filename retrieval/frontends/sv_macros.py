"""Verilog macros: their definitions, what they use, and stand-ins for those that have none.

A macro that nobody defines is read as nothing where a statement could stand, and as its arguments
where a value must.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

_MOST_USES = 8
_MOST_ARGUMENTS = 8
_LOOK_BACK = 240
_LINE_COMMENT = re.compile(r"//[^\n]*")
_BRACKET = re.compile(r'"(?:\\.|[^"\\])*"|[(){}\[\],]')
_CLOSED = re.compile(r"\s*;")
DIRECTIVES = frozenset(
    """begin_keywords celldefine default_nettype define else elsif end_keywords endcelldefine endif
    ifdef ifndef include line nounconnected_drive pragma resetall timescale unconnected_drive undef
    undefineall __FILE__ __LINE__ default_decay_time default_trireg_strength delay_mode_distributed
    delay_mode_path delay_mode_unit delay_mode_zero protect endprotect protected endprotected
    suppress_faults nosuppress_faults enable_portfaults disable_portfaults uselib""".split()  # noqa: SIM905 - one a line would fill a screen
)
_USE = re.compile(r"`(?<!``)([A-Za-z_]\w*)\b(?!``)")
_CALL = re.compile(r"`(?<!``)(\w+)[ \t]*(\()?")
_DEFINED = re.compile(r"`define\s+(\w+)")
_DEFINITION = re.compile(
    r"`define[ \t]+(\w+)(\((?:\\\r?\n|[^()\n]|\([^()\n]*\))*+\))?((?:\\\r?\n|[^\n])*)"
)
_VALUE_BEFORE = re.compile(r"(?:[(\[{=,+\-*/<>&|?^~!%']|[?\[][^;\n]*:|'[sS]?[bodhBODH])[\s\\]*\Z")


class Macro(NamedTuple):
    """A definition.

    Attributes:
        directive: `define NAME(A, B) BODY`, with its back quote.
        uses: the macros in its body.
    """

    directive: str
    uses: frozenset[str]


def uses_in(text: str) -> set[str]:
    """The macros and directives that a text uses."""
    return set(_USE.findall(text))


def defined_in(text: str) -> set[str]:
    """The names that a text defines."""
    return set(_DEFINED.findall(text)) if "`define" in text else set()


def macros_in(text: str) -> dict[str, Macro]:
    """Every definition; of several under one name the last that is not empty."""
    macros: dict[str, Macro] = {}
    if "`define" in text:
        for name, parameters, body in _DEFINITION.findall(text):
            if body.strip() or name not in macros:
                directive = f"`define {name}{parameters} {body}"
                macros[name] = Macro(directive, frozenset(uses_in(parameters + body) - DIRECTIVES))
    return macros


def missing_from(uses: Iterable[str], known: Mapping[str, Macro]) -> set[str]:
    """The macros that are used, directly or by known macros, and not known."""
    reached = set(uses)
    new = list(reached)
    while new:
        macro = known.get(new.pop())
        if macro and not macro.uses <= reached:
            new += macro.uses - reached
            reached |= macro.uses
    return reached - known.keys()


Calls = dict[str, list[re.Match[str]]]


def calls_in(text: str) -> Calls:
    """Where each macro is used, matched up to its opening parenthesis if it has one."""
    calls: Calls = {}
    for found in _CALL.finditer(text):
        calls.setdefault(found[1], []).append(found)
    return calls


def calls_in_macros(name: str, macros: Iterable[Macro]) -> list[re.Match[str]]:
    """Where the first of these macros that uses one does so."""
    users = (macro.directive for macro in macros if name in macro.uses)
    return next((calls_in(directive)[name] for directive in users), [])


def stand_in(name: str, calls: list[re.Match[str]]) -> Macro:
    """A definition for a macro that has none, made to fit the places where it is used."""
    calls = calls[:_MOST_USES]
    is_value = any(map(_is_value, calls))
    if calls and not calls[0][2]:
        return Macro(f"`define {name} {'1' if is_value else ''}", frozenset())
    shapes = [_shape(call) for call in calls]
    count = max((count for count, _ in shapes), default=_MOST_ARGUMENTS)
    arguments = [f"a{position}" for position in range(count)]
    if is_value:
        body = "{" + ",".join(arguments) + "}"
    else:
        body = "" if all(is_closed for _, is_closed in shapes) else ";"
    return Macro(f"`define {name}({','.join(f'{a}=0' for a in arguments)}) {body}", frozenset())


def _is_value(call: re.Match[str]) -> bool:
    """Whether what stands before a macro calls for a value."""
    before = call.string[max(0, call.start() - _LOOK_BACK) : call.start()].partition("\n")
    return bool(_VALUE_BEFORE.search(_LINE_COMMENT.sub("", before[2] or before[0])))


def _shape(call: re.Match[str]) -> tuple[int, bool]:
    """How many arguments a call has, and whether a semicolon follows it."""
    if not call[2]:
        return 1, False
    depth = commas = 0
    for found in _BRACKET.finditer(call.string, call.end()):
        mark = found[0]
        if mark in "({[":
            depth += 1
        elif mark == ",":
            commas += not depth
        elif mark in ")}]":
            depth -= 1
            if depth < 0:
                return commas + 1, bool(_CLOSED.match(call.string, found.end()))
    return commas + 1, False


def given(define: str) -> tuple[str, str]:
    """A command line's `NAME=VALUE` as name and directive; without a value it means 1."""
    name, _, value = define.partition("=")
    return name.partition("(")[0], f"`define {name} {value or 1}"
