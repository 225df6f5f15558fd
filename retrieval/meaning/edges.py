"""The code of VHDL, Chisel and C++, put together again from the graph's edges.

DRIVES edges say what is assigned where, under which condition; the value stands in the source.
"""

import re
from collections.abc import Iterator, Set

from hdlsmith.languages import Language
from hdlsmith.retrieval.meaning.code import NOTHING, Assignment, Code, Condition, Expr
from hdlsmith.retrieval.meaning.expressions import expression_of
from hdlsmith.retrieval.meaning.relations import Relations
from hdlsmith.retrieval.nodes import NAMED_VALUES, FileGraph, Kind

_MOST_LINES = 6
_MOST_CHARACTERS = 1000
"""Of a statement: what is behind takes time, and says little."""
_MOST_ASSIGNMENTS = 400
_COMMENT = {True: re.compile("--[^\n]*"), False: re.compile("//[^\n]*")}
"""By: is it VHDL?"""
_INDEX = r"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|\[[^\[\]]*\]"
_VALUE = rf"((?:\.\w+)*)\s*({_INDEX}|)(?:\.\w+)*\s*(<=|:=|[-+*|&^]?=(?!=))\s*([^;}}]*)"
"""What stands behind an assigned name: fields, index, operator, value."""
_ELSE = re.compile(r"\bnot \(+(\w+)\)", re.IGNORECASE)
_SELECTED = re.compile(r"(?:\w+ ?: ?)?with (.+?) select\b", re.IGNORECASE)
_CHOICE = re.compile(r"([^,]+?) when ([^,]+)", re.IGNORECASE)
_UNKNOWN = Expr("name", (), "value")


def codes_by_edges(
    language: Language, text: bytes, graph: FileGraph, relations: Relations
) -> dict[int, Code]:
    """Position -> code, of the graph's assigns and processes."""
    vhdl = language is Language.VHDL
    values = {node.name for node in graph.nodes if node.kind in NAMED_VALUES}
    reader = _Reader(_COMMENT[vhdl].sub("", text.decode("utf-8", "replace")), values, vhdl)
    found = {}
    for position, node in enumerate(graph.nodes):
        if node.kind in (Kind.ASSIGN, Kind.PROCESS):
            process = node.kind is Kind.PROCESS
            assignments = [
                assignment
                for (target, line), conditions in _by_line(relations.drives[position]).items()
                for assignment in reader.assignments(graph.nodes[target].name, conditions, line)
            ]
            found[position] = Code(
                "always" if process else "assign",
                _events(position, graph, relations),
                assignments,
                [], [], [], [],
                node.name if process else "",
            )  # fmt: skip
    return found


def _by_line(drives: list[tuple[int, str, int]]) -> dict[tuple[int, int], list[str]]:
    """Value and line -> the conditions of the statements there that assign it, in order."""
    found: dict[tuple[int, int], list[str]] = {}
    for target, condition, line in drives[:_MOST_ASSIGNMENTS]:
        found.setdefault((target, line), []).append(condition)
    return found


def _events(position: int, graph: FileGraph, relations: Relations) -> list[tuple[str, str]]:
    edges = (relations.clocked_by.get(position), relations.reset_by.get(position))
    return [
        (edge.clock_edge, graph.nodes[edge.target].name)
        for edge in edges
        if edge and edge.clock_edge and edge.target >= 0
    ]


class _Reader:
    def __init__(self, text: str, values: Set[str], vhdl: bool) -> None:
        self._lines = text.split("\n")
        self._values = values
        self._vhdl = vhdl

    def assignments(self, name: str, conditions: list[str], line: int) -> Iterator[Assignment]:
        """What the statements at a line give to a value, one under each condition."""
        lines = self._lines[max(0, line - 1) : line - 1 + _MOST_LINES]
        statements = " ".join(" ".join(line[:_MOST_CHARACTERS] for line in lines).split())
        statements = statements[:_MOST_CHARACTERS]
        pattern = rf"(?<![\w.]){re.escape(name)}{_VALUE}"
        matches = re.findall(pattern, statements, re.IGNORECASE if self._vhdl else 0)
        target = Expr("name", (), name)
        selected = _SELECTED.match(statements) if self._vhdl else None
        for at, condition in enumerate(conditions):
            untrue = {name.lower() for name in _ELSE.findall(condition)}
            held = tuple(_each(self._expression(condition), untrue))
            if at >= len(matches):
                yield Assignment(name, target, _UNKNOWN, held)
            elif selected:
                yield from self._choices(name, target, selected[1], matches[at][3])
            else:
                yield self._assignment(name, *matches[at])._replace(conditions=held)

    def _assignment(self, name: str, fields: str, index: str, op: str, text: str) -> Assignment:
        name += fields
        target = Expr("name", (), name)
        if index:
            target = Expr("[]", (target, self._expression(index[1:-1])))
        value = self._expression(text)
        if value is NOTHING:
            value = _UNKNOWN
        elif op[0] not in "<:=":
            value = Expr(op[0], (target, value))
        return Assignment(name, target, value)

    def _choices(self, name: str, target: Expr, subject: str, text: str) -> Iterator[Assignment]:
        """`with subject select target <= value when label, ...`."""
        asked = self._expression(subject)
        for value, label in _CHOICE.findall(text):
            other = label.strip().lower() == "others"
            labels = () if other else (self._expression(label),)
            test = Expr("default" if other else "case", (asked, *labels), "case")
            yield Assignment(name, target, self._expression(value), (Condition(test),))

    def _expression(self, text: str) -> Expr:
        return expression_of(text, self._values, vhdl=self._vhdl)


def _each(test: Expr, untrue: Set[str]) -> Iterator[Condition]:
    """The conditions that `and` holds together, from the outside in.

    Args:
        untrue: names whose `if` it is the other branch of: `not (rst)` is no reset, `not rst` is.
    """
    if test.op == "&&":
        for part in test.args:
            yield from _each(part, untrue)
    elif test.op == "!" and (test.args[0].op != "name" or test.args[0].text.lower() in untrue):
        yield Condition(test.args[0], holds=False)
    elif test is not NOTHING:
        yield Condition(test)
