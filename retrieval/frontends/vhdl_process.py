"""VHDL processes: what their statements drive and read, their clock and their reset.

Variables are named values of their process, so dataflow passes through them. A statement inside
an edge test, or in another branch of the same `if` (an asynchronous reset), has that clock's edge.
"""

from typing import TYPE_CHECKING

from hdlsmith.retrieval.frontends.trees import UNKNOWN, Draft, Scene, Scope, first, outermost, parts
from hdlsmith.retrieval.frontends.vhdl_clock import Clock, bit_tests, edge_test, reset_tests
from hdlsmith.retrieval.frontends.vhdl_names import (
    INTERFACES,
    Here,
    declare_values,
    key,
    label_of,
    loop_name,
    named_values,
    sides,
    targets,
)
from hdlsmith.retrieval.nodes import Edge, EdgeKind, Kind

if TYPE_CHECKING:
    from tree_sitter import Node as Syntax

Branches = list[tuple["Syntax | None", "Syntax"]]
"""Of an `if`: condition (None of `else`) and body."""

Modes = list[tuple[str, str]]
"""A procedure's parameters in order: name as a key, and `in`, `out` or `inout`."""

_ASSIGNMENTS = frozenset(
    [
        "conditional_signal_assignment",
        "selected_force_assignment",
        "selected_variable_assignment",
        "selected_waveform_assignment",
        "simple_force_assignment",
        "simple_variable_assignment",
        "simple_waveform_assignment",
    ]
)

_TRANSPARENT = frozenset(
    ["ERROR", "case_body", "if_statement_body", "loop_body", "sequential_block"]
)


def draw_process(draft: Draft, syntax: "Syntax", here: Here, procedures: dict[str, Modes]) -> None:
    """Draw a process with its variables and all that its statements drive and read."""
    sensitivity = first(syntax, "sensitivity_specification")
    waits_for = draft.line(sensitivity).strip("( )") if sensitivity is not None else ""
    detail = f"process ({waits_for})" if waits_for else "process"
    position = draft.add(Kind.PROCESS, label_of(draft, syntax), here.parent, syntax, detail)
    inner = here.inside()._replace(parent=position)
    head = first(syntax, "process_head")
    for declared in parts(head) if head is not None else ():
        if declared.type in ("variable_declaration", "constant_declaration"):
            declare_values(draft, declared, inner, Kind.SIGNAL)
    _Statements(draft, position, procedures).draw(syntax, inner)


def draw_call(draft: Draft, syntax: "Syntax", here: Here, procedures: dict[str, Modes]) -> None:
    """Draw a concurrent procedure call: a process of one statement."""
    name = label_of(draft, syntax)
    position = draft.add(Kind.PROCESS, name, here.parent, syntax, "concurrent procedure call")
    _Statements(draft, position, procedures).call(syntax, here.scope, here.scene)


def modes_of(draft: Draft, header: "Syntax") -> Modes:
    """The parameters of a `procedure_specification`."""
    modes: Modes = []
    for declared in outermost(header, INTERFACES):
        names = first(declared, "identifier_list")
        indication = first(declared, "simple_mode_indication")
        mode = first(indication, "mode") if indication is not None else None
        text = draft.text(mode).lower() if mode is not None else "in"
        modes += [(key(draft.text(name)), text) for name in (parts(names) if names else ())]
    return modes


class _Statements:
    """Draws the dataflow of one process."""

    def __init__(self, draft: Draft, process: int, procedures: dict[str, Modes]) -> None:
        self.draft = draft
        self.process = process
        self.procedures = procedures

    def draw(self, process: "Syntax", here: Here) -> None:
        _, scope, scene = here
        block = first(process, "sequential_block")
        if block is None:
            return
        if clock := self._waited_for(block, scope):
            scene = scene._replace(clock_edge=clock.edge)
            self._draw_synchronous_reset(block, scope)
        stack = [(block, scope, scene)]
        while stack:
            syntax, scope, scene = stack.pop()
            what = syntax.type
            if what in _TRANSPARENT:
                stack += [(child, scope, scene) for child in reversed(syntax.named_children)]
            elif what in _ASSIGNMENTS:
                self._draw_assignment(syntax, scope, scene)
            elif what == "if_statement_block":
                stack += self._branches(syntax, scope, scene)[::-1]
            elif what == "case_statement":
                stack += self._alternatives(syntax, scope, scene)[::-1]
            elif what == "loop_statement":
                stack.append(self._loop(syntax, scope, scene))
            elif what == "procedure_call_statement":
                self.call(syntax, scope, scene)

    def call(self, syntax: "Syntax", scope: Scope, scene: Scene) -> None:
        """Draw a call of a procedure in this file: its outputs are driven from its inputs."""
        draft = self.draft
        called = first(syntax, "name")
        modes = self.procedures.get(key(draft.text(called.named_children[0]))) if called else None
        group = first(called, "parenthesis_group") if called else None
        if modes is None or group is None:
            return
        driven, read, by_name = [], [], dict(modes)
        for number, argument in enumerate(parts(group.named_children[0])):
            *formal, actual = parts(argument)
            if formal:
                mode = by_name.get(key(draft.text(formal[0])), "in")
            else:
                mode = modes[number][1] if number < len(modes) else "in"
            values = named_values(draft, actual, scope)
            driven += values[:1] if mode != "in" else []
            read += values if mode != "out" else values[1:]
        draft.assign(self.process, driven, read, syntax, scene)

    def _draw_assignment(self, syntax: "Syntax", scope: Scope, scene: Scene) -> None:
        target, values = sides(syntax)
        if target is not None:
            driven, read = targets(self.draft, target, scope)
            for value in values:
                read += named_values(self.draft, value, scope)
            self.draft.assign(self.process, driven, read, syntax, scene)

    def _branches(
        self, syntax: "Syntax", scope: Scope, scene: Scene
    ) -> "list[tuple[Syntax, Scope, Scene]]":
        draft = self.draft
        branches = [*_conditions_and_bodies(syntax)]
        clocks = [edge_test(draft, test, scope) if test else None for test, _ in branches]
        for number, clock in enumerate(clocks):
            if clock is not None:
                scene = scene._replace(clock_edge=clock.edge)
                self._link(EdgeKind.CLOCKED_BY, clock.signal, syntax, clock.edge)
                self._draw_synchronous_reset(branches[number][1], scope)
                self._draw_asynchronous_resets(branches[:number], scope)
        found = []
        for (condition, body), clock in zip(branches, clocks, strict=True):
            asked = clock.others if clock else [condition] if condition else []
            inner = scene
            for term in asked:
                inner = inner.under(draft.line(term), named_values(draft, term, scope))
            found.append((body, scope, inner))
            if condition is not None and clock is None:
                read = named_values(draft, condition, scope)
                scene = scene.under(f"not ({draft.line(condition)})", read)
        return found

    def _alternatives(
        self, syntax: "Syntax", scope: Scope, scene: Scene
    ) -> "list[tuple[Syntax, Scope, Scene]]":
        draft = self.draft
        selector, body = first(syntax, "case_expression"), first(syntax, "case_body")
        if selector is None or body is None:
            return []
        read = named_values(draft, selector, scope)
        found = []
        for alternative in parts(body):
            choice = first(alternative, "when_element")
            if choice is not None:
                written = draft.line(choice).removeprefix("when ").removesuffix("=>").strip()
                asked = draft.line(parts(selector)[0]) if parts(selector) else ""
                inner = scene.under(f"{asked} = {written}", read)
                found += [(part, scope, inner) for part in parts(alternative)[1:]]
        return found

    def _loop(self, syntax: "Syntax", scope: Scope, scene: Scene) -> "tuple[Syntax, Scope, Scene]":
        draft = self.draft
        loop = first(syntax, "for_loop", "while_loop")
        body = first(syntax, "loop_body") or syntax
        if loop is not None and loop.type == "for_loop":
            scope = Scope(scope)
            scope.declare(loop_name(draft, loop), UNKNOWN)
        elif loop is not None and (tests := parts(loop)):
            scene = scene.under(draft.line(tests[0]), named_values(draft, tests[0], scope))
        return body, scope, scene

    def _waited_for(self, block: "Syntax", scope: Scope) -> Clock | None:
        for wait in parts(block):
            clause = first(wait, "condition_clause") if wait.type == "wait_statement" else None
            clock = edge_test(self.draft, parts(clause)[0], scope) if clause else None
            if clock:
                self._link(EdgeKind.CLOCKED_BY, clock.signal, wait, clock.edge)
                return clock
        return None

    def _draw_synchronous_reset(self, block: "Syntax", scope: Scope) -> None:
        for statement in parts(block):
            if statement.type == "if_statement_block":
                for condition, _ in _conditions_and_bodies(statement)[:1]:
                    for test in reset_tests(self.draft, condition, scope) if condition else ():
                        self._link(EdgeKind.RESET_BY, test.signal, statement, "", test.level)

    def _draw_asynchronous_resets(self, branches: Branches, scope: Scope) -> None:
        for condition, body in branches:
            for test in bit_tests(self.draft, condition, scope) if condition else ():
                edge = "posedge" if test.level == "1" else "negedge"
                self._link(EdgeKind.RESET_BY, test.signal, body, edge, test.level)

    def _link(
        self, kind: EdgeKind, signal: int, syntax: "Syntax", edge: str, level: str = ""
    ) -> None:
        if signal != UNKNOWN:
            line = syntax.start_point.row + 1
            self.draft.link(
                Edge(kind, self.process, signal, line=line, clock_edge=edge, condition=level)
            )


def _conditions_and_bodies(if_statement: "Syntax") -> Branches:
    found: Branches = []
    for branch in parts(if_statement):
        body = first(branch, "if_statement_body")
        if body is not None:
            condition = parts(branch)[0]
            found.append((None if condition == body else condition, body))
    return found
