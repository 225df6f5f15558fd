"""Statements of pyslang's syntax tree, as JSON, -> `Code`: each assignment with its conditions."""

from typing import Any

from hdlsmith.retrieval.meaning.code import NOTHING, Assignment, Code, Condition, Expr
from hdlsmith.retrieval.meaning.syntax import Tree, dicts, expression, predicate

MAX_ASSIGNMENTS = 400
"""A block with more is described by its first ones."""

LINE = "line"
"""Key of a tree that assigns: where it begins, if the caller has noted that."""

_MAX_DEPTH = 60
_ASSERTIONS = ("Assert", "Assume", "Cover", "Expect", "Restrict")
_STEPS = {"++": "+", "--": "-"}
_ONE = Expr("number", (), "1")

_Conditions = tuple[Condition, ...]


def code_of(member: Tree, most: int = MAX_ASSIGNMENTS) -> Code | None:
    """What a member, or one of several assignments in it, says; None if it holds no code.

    Args:
        most: assignments that are taken in.
    """
    kind = member["kind"]
    if kind == "ClassMethodDeclaration":
        return code_of(member["declaration"], most)
    if "declarators" in member or kind == "Declarator":
        code = _empty("assign")
        for declarator in dicts(member.get("declarators", [member])):
            _Reader(code, most).declared(declarator, (), 0)
        return code
    if kind == "AssignmentExpression":
        code = _empty("assign")
        _Reader(code, most).assign(member, (), 0)
        return code
    if kind == "ContinuousAssign":
        code = _empty("assign")
        for assignment in dicts(member.get("assignments")):
            _Reader(code, most).assign(assignment, (), 0)
        return code
    if kind in ("FunctionDeclaration", "TaskDeclaration"):
        code = _empty("task" if kind == "TaskDeclaration" else "function")
        reader = _Reader(code, most)
        if most > MAX_ASSIGNMENTS:
            reader.function = expression((member.get("prototype") or {}).get("name"))
        for item in dicts(member.get("items")):
            reader.statement(item, (), 0, 0)
        return code
    statement = member.get("statement")
    if not isinstance(statement, dict):
        return None
    code = _empty(member.get("keyword", ""))._replace(label=_label(statement))
    if statement["kind"] == "TimingControlStatement" and code.kind.startswith("always"):
        _events(statement.get("timingControl"), code.events)
        statement = statement.get("statement")
        code = code._replace(label=_label(statement))
    _Reader(code, most).statement(statement, (), 0, 0)
    return code


def _empty(kind: str) -> Code:
    return Code(kind, [], [], [], [], [], [])


def _label(statement: Any) -> str:
    name = statement.get("blockName") if isinstance(statement, dict) else None
    return name.get("name", "") if isinstance(name, dict) else ""


def _events(control: Any, found: list[tuple[str, str]]) -> None:
    if not isinstance(control, dict):
        return
    if control["kind"] == "SignalEventExpression":
        found.append((control.get("edge", ""), base_name(expression(control.get("expr")))))
    else:
        for key in ("expr", "eventName", "left", "right"):
            _events(control.get(key), found)


class _Reader:
    """Adds what statements say to a `Code`.

    Attributes:
        function: the name that a `return` gives its value to; `NOTHING` where it gives it to none.
    """

    def __init__(self, code: Code, most: int) -> None:
        self.code = code
        self.function = NOTHING
        self._most = most
        self._line = 0

    def statement(self, tree: Any, conditions: _Conditions, loops: int, depth: int) -> None:
        if not isinstance(tree, dict) or depth > _MAX_DEPTH:
            return
        kind: str = tree["kind"]
        depth += 1
        if kind == "ExpressionStatement":
            self.assign(tree.get("expr"), conditions, loops)
        elif kind == "ConditionalStatement":
            test = predicate(tree.get("predicate"))
            self.statement(tree.get("statement"), (*conditions, Condition(test)), loops, depth)
            otherwise = (tree.get("elseClause") or {}).get("clause")
            self.statement(otherwise, (*conditions, Condition(test, False)), loops, depth)
        elif kind == "CaseStatement":
            self._case(tree, conditions, loops, depth)
        elif kind in ("SequentialBlockStatement", "ParallelBlockStatement"):
            for item in dicts(tree.get("items")):
                self.statement(item, conditions, loops, depth)
        elif kind == "ReturnStatement":
            value = expression(tree.get("returnValue"))
            self.code.returns.append(value)
            if self.function is not NOTHING:
                self._line = tree.get(LINE, 0)
                self._add(self.function, value, conditions, loops)
        elif kind == "DataDeclaration":
            for declarator in dicts(tree.get("declarators")):
                self.declared(declarator, conditions, loops)
        elif kind.startswith("Immediate") or ("Property" in kind and kind.startswith(_ASSERTIONS)):
            self._check(tree)
        else:
            self._other(kind, tree, conditions, loops, depth)

    def _case(self, tree: Tree, conditions: _Conditions, loops: int, depth: int) -> None:
        subject = expression(tree.get("expr"))
        keyword = tree.get("caseKeyword", "case")
        for item in dicts(tree.get("items")):
            labels = [expression(e) for e in dicts(item.get("expressions"))]
            test = Expr("case" if labels else "default", (subject, *labels), keyword)
            self.statement(item.get("clause"), (*conditions, Condition(test)), loops, depth)

    def declared(self, declarator: Tree, conditions: _Conditions, loops: int) -> None:
        value = declarator.get("initializer")
        if isinstance(value, dict):
            self._line = declarator.get(LINE, 0)
            target = Expr("name", (), declarator.get("name", ""))
            self._add(target, expression(value), conditions, loops)

    def _check(self, tree: Tree) -> None:
        spec = tree.get("propertySpec")
        self.code.checks.append(expression(tree.get("expr") or (spec or {}).get("expr")))

    def _other(
        self, kind: str, tree: Tree, conditions: _Conditions, loops: int, depth: int
    ) -> None:
        if kind in ("ForLoopStatement", "ForeachLoopStatement", "LoopStatement"):
            loops += 1
        elif kind == "TimingControlStatement":
            control = tree.get("timingControl") or {}
            self.code.waits.append(Expr("wait", (), control.get("kind", "")))
        elif kind == "WaitStatement":
            self.code.waits.append(expression(tree.get("expr")))
        elif kind == "VoidCastedCallStatement":
            self.code.calls.append(expression(tree.get("expr")))
        for key in ("statement", "clause", "body"):
            self.statement(tree.get(key), conditions, loops, depth)

    def assign(self, tree: Any, conditions: _Conditions, loops: int) -> None:
        made = expression(tree)
        operator = made.op
        self._line = tree.get(LINE, 0) if isinstance(tree, dict) else 0
        if operator == "call":
            self.code.calls.append(made)
        elif operator == "name":
            self.code.calls.append(Expr("call", (), made.text))
        elif operator in _STEPS:
            target = made.args[0]
            self._add(target, Expr(_STEPS[operator], (target, _ONE)), conditions, loops)
        elif len(made.args) == 2 and operator in ("=", "<="):
            self._add(made.args[0], _timeless(tree, made.args[1]), conditions, loops)
        elif len(made.args) == 2 and operator.endswith("="):
            target = made.args[0]
            self._add(target, Expr(operator[:-1], (target, made.args[1])), conditions, loops)

    def _add(self, target: Expr, value: Expr, conditions: _Conditions, loops: int) -> None:
        if len(self.code.assignments) >= self._most:
            return
        if target.op == "{}":
            for part in target.args:
                self._add(part, value, conditions, loops)
        elif name := base_name(target):
            assignment = Assignment(name, target, value, conditions, loops, self._line)
            self.code.assignments.append(assignment)


def _timeless(tree: Tree, value: Expr) -> Expr:
    right = tree.get("right")
    if value is NOTHING and isinstance(right, dict) and right["kind"] == "TimingControlExpression":
        return expression(right.get("expr"))
    return value


def base_name(target: Expr) -> str:
    """The variable that an assignment's left side is a part of, with its fields."""
    while target.op in ("[]", "[:]"):
        target = target.args[0]
    return target.text if target.op == "name" else ""
