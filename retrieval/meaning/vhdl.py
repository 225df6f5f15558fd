"""The code in a VHDL text, by tree-sitter's syntax tree.

What a clocked `if` asks about the clock is no condition of its statements: the clock is among the
events, as in Verilog, and so is an asynchronous reset, by the edge at which it begins.
"""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from hdlsmith.retrieval.frontends.trees import Draft, first, outermost, parts
from hdlsmith.retrieval.frontends.vhdl_names import sides
from hdlsmith.retrieval.meaning.code import NOTHING, Assignment, Code, Condition, Expr
from hdlsmith.retrieval.meaning.expressions import expression_of
from hdlsmith.retrieval.meaning.statements import base_name
from hdlsmith.retrieval.nodes import NAMED_VALUES, EdgeKind, FileGraph, Kind

if TYPE_CHECKING:
    from tree_sitter import Node as Syntax

_CONCURRENT = frozenset(
    [
        "concurrent_conditional_signal_assignment",
        "concurrent_selected_signal_assignment",
        "concurrent_simple_signal_assignment",
    ]
)
_ASSIGNMENTS = frozenset(
    [
        *_CONCURRENT,
        "conditional_signal_assignment",
        "selected_variable_assignment",
        "selected_waveform_assignment",
        "simple_variable_assignment",
        "simple_waveform_assignment",
    ]
)
_TRANSPARENT = frozenset(
    ["ERROR", "case_body", "if_statement_body", "loop_body", "loop_statement", "sequential_block"]
)
_COMMENT = re.compile("--[^\n]*")
_EVENT = re.compile(r"(\w+)'event", re.IGNORECASE)
_EDGES = frozenset(["rising_edge", "falling_edge", "changes"])
_WORD = re.compile(r"[A-Za-z_]\w*")

_Conditions = tuple[Condition, ...]


def codes(path: str, text: bytes, graph: FileGraph) -> dict[int, Code]:
    """Position -> code, of the graph's assigns and processes; each assignment tells its line."""
    draft = Draft(path, text, "tree_sitter_vhdl", "and")
    reader = _Reader(draft, graph)
    waiting = {
        (node.start_byte, node.end_byte): position
        for position, node in enumerate(graph.nodes)
        if node.kind in (Kind.ASSIGN, Kind.PROCESS)
    }
    found = {}
    for syntax in outermost(draft.tree.root_node, {"process_statement", *_CONCURRENT}):
        position = waiting.get((syntax.start_byte, syntax.end_byte))
        if position is not None:
            found[position] = reader.code(syntax, position)
    return found


class _Reader:
    def __init__(self, draft: Draft, graph: FileGraph) -> None:
        self._draft = draft
        self._graph = graph
        # VHDL is read without case: each name is spelt as it is declared.
        self._spelled = {node.name.lower(): node.name for node in graph.nodes}
        for node in graph.nodes:
            if node.kind is Kind.TYPE and node.detail.startswith("("):
                self._spelled.update((word.lower(), word) for word in _WORD.findall(node.detail))
        self._values = {node.name for node in graph.nodes if node.kind in NAMED_VALUES}

    def code(self, syntax: "Syntax", position: int) -> Code:
        """What a process or a concurrent assignment says."""
        is_process = syntax.type == "process_statement"
        assignments = list(self._assignments(syntax))
        label = self._graph.nodes[position].name if is_process else ""
        kind = "always" if is_process else "assign"
        return Code(kind, self._events(position), assignments, [], [], [], [], label)

    def _events(self, position: int) -> list[tuple[str, str]]:
        nodes = self._graph.nodes
        kinds = (EdgeKind.CLOCKED_BY, EdgeKind.RESET_BY)
        events = (
            (edge.clock_edge, nodes[edge.target].name)
            for edge in self._graph.edges
            if edge.source == position and edge.kind in kinds and edge.clock_edge
        )
        return list(dict.fromkeys(events))

    def _assignments(self, process: "Syntax") -> Iterator[Assignment]:
        outer = [process]
        if process.type == "process_statement":
            block = first(process, "sequential_block")
            outer = [block] if block is not None else []
        stack: list[tuple[Syntax, _Conditions, int]] = [(syntax, (), 0) for syntax in outer]
        while stack:
            syntax, held, loops = stack.pop()
            what = syntax.type
            if what in _TRANSPARENT:
                loops += what == "loop_statement"
                stack += [(child, held, loops) for child in reversed(syntax.named_children)]
            elif what in _ASSIGNMENTS:
                yield from self._assigned(syntax, held, loops)
            elif what == "if_statement_block":
                stack += [(body, now, loops) for body, now in self._branches(syntax, held)][::-1]
            elif what == "case_statement":
                stack += [(part, now, loops) for part, now in self._choices(syntax, held)][::-1]

    def _branches(
        self, syntax: "Syntax", held: _Conditions
    ) -> "Iterator[tuple[Syntax, _Conditions]]":
        for branch in parts(syntax):
            body = first(branch, "if_statement_body")
            if body is None:
                continue
            condition = parts(branch)[0]
            test = NOTHING if condition == body else self._expression(condition)
            asked = tuple(Condition(term) for term in _terms(test) if not _asks_edge(term))
            yield body, (*held, *asked)
            if not any(map(_asks_edge, _terms(test))):
                held = (*held, Condition(test, holds=False))

    def _choices(
        self, syntax: "Syntax", held: _Conditions
    ) -> "Iterator[tuple[Syntax, _Conditions]]":
        selector, body = first(syntax, "case_expression"), first(syntax, "case_body")
        if selector is None or body is None or not parts(selector):
            return
        subject = self._expression(parts(selector)[0])
        for alternative in parts(body):
            when = first(alternative, "when_element")
            if when is not None:
                now = (*held, Condition(self._choice(subject, when)))
                yield from ((part, now) for part in parts(alternative)[1:])

    def _choice(self, subject: Expr, when: "Syntax") -> Expr:
        choices = parts(first(when, "choices") or when)
        labels = tuple(self._expression(each) for each in choices if each.type != "OTHERS")
        return Expr("case" if labels else "default", (subject, *labels), "case")

    def _assigned(self, syntax: "Syntax", held: _Conditions, loops: int) -> Iterator[Assignment]:
        target, values = sides(syntax)
        if target is None:
            return
        left = self._expression(target)
        line = syntax.start_point.row + 1
        chosen = _COMMENT.sub("", self._draft.text(syntax)).lstrip().lower().startswith("with")
        if chosen and values and parts(values[0]):
            subject = self._expression(parts(values[0])[0])
            waveforms = parts(values[-1])
            cases = [
                (value, (*held, Condition(self._choice(subject, when))))
                for value, when in zip(waveforms[::2], waveforms[1::2], strict=False)
            ]
        else:
            cases = [(value, held) for value in values[-1:]]
        for value, now in cases:
            made = self._expression(value)
            for part in left.args if left.op == "{}" else (left,):
                if name := base_name(part):
                    yield Assignment(name, part, made, now, loops, line)

    def _expression(self, syntax: "Syntax") -> Expr:
        text = _EVENT.sub(r"changes(\1)", _COMMENT.sub("", self._draft.text(syntax)))
        return _respelled(expression_of(text, self._values, vhdl=True), self._spelled)


def _respelled(expr: Expr, spelled: Mapping[str, str]) -> Expr:
    if expr.op == "name" or expr.op == "call":
        head, dot, rest = expr.text.partition(".")
        text = f"{spelled.get(head.lower(), head)}{dot}{rest}"
        expr = expr._replace(text=text)
    return expr._replace(args=tuple(_respelled(arg, spelled) for arg in expr.args))


def _terms(test: Expr) -> Iterator[Expr]:
    """The terms that `and` holds together."""
    if test.op == "&&":
        for part in test.args:
            yield from _terms(part)
    elif test is not NOTHING:
        yield test


def _asks_edge(term: Expr) -> bool:
    return term.op == "call" and term.text.lower() in _EDGES
