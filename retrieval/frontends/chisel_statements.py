"""Chisel: what the statements of a class drive and read, under which `when` and which clock."""

from typing import TYPE_CHECKING

from hdlsmith.retrieval.frontends.chisel_names import (
    Names,
    arguments_of,
    base_of,
    function_of,
    path_of,
)
from hdlsmith.retrieval.frontends.chisel_values import Here, Values, pattern_names
from hdlsmith.retrieval.frontends.trees import UNKNOWN, Draft, Scope, first, parts
from hdlsmith.retrieval.nodes import Kind

if TYPE_CHECKING:
    from tree_sitter import Node as Syntax

Work = list[tuple["Syntax", Here]]
Branches = list[tuple["Syntax | None", "Syntax"]]
"""Of a `when`: condition (None of `otherwise`) and body."""

_RIGHTWARD = frozenset((":=", "<>", ":<=", ":<>=", ":#="))
"""Operators that drive their left side."""

_LEFTWARD = frozenset(("<>", ":>=", ":<>="))
"""Operators that drive their right side, too or only."""

_BLOCKS = frozenset(
    ("block", "case_block", "colon_argument", "indented_block", "lambda_expression")
)

_CLASSES = frozenset(("class_definition", "object_definition", "trait_definition"))


class Statements:
    """Draws the statements of one class; classes inside it are left in `inner`."""

    def __init__(self, names: Names, values: Values) -> None:
        self.names = names
        self.values = values
        self.draft = names.draft
        self.inner: list[Syntax] = []

    def draw(self, body: "Syntax", here: Here) -> None:
        """Draw all statements of a class body."""
        work: Work = [(body, here)]
        while work:
            syntax, here = work.pop()
            work += self._draw_one(syntax, here)[::-1]

    def _draw_one(self, syntax: "Syntax", here: Here) -> Work:
        what = syntax.type
        if what in ("val_definition", "var_definition"):
            self.values.declare(syntax, here)
            made = syntax.child_by_field_name("value")
            anonymous = made is not None and made.type == "instance_expression"
            body = first(made, "template_body") if made is not None and anonymous else None
            return [(body, here)] if body is not None else []
        if what in _CLASSES:
            self.inner.append(syntax)
            return []
        if what == "function_definition":
            return self._function(syntax, here)
        if what == "infix_expression":
            return self._infix(syntax, here)
        if what == "call_expression":
            return self._call(syntax, here)
        if what == "if_expression":
            return self._static_choice(syntax, here)
        if what in ("template_body", "ERROR", "enumerators", "parenthesized_expression"):
            return [(part, here) for part in parts(syntax)]
        if what in _BLOCKS or what in ("case_clause", "for_expression", "match_expression"):
            return self._block(syntax, here)
        return []

    def _block(self, syntax: "Syntax", here: Here) -> Work:
        scope = Scope(here.scope)
        bound = ("pattern", "parameters", "enumerators")
        for field in bound:
            for binding in syntax.children_by_field_name(field):
                for name in pattern_names(self.draft, binding):
                    scope.declare(name, UNKNOWN)
        here = here._replace(scope=scope)
        hidden = {binding.id for field in bound for binding in syntax.children_by_field_name(field)}
        return [(part, here) for part in parts(syntax) if part.id not in hidden]

    def _function(self, syntax: "Syntax", here: Here) -> Work:
        draft = self.draft
        named, body = syntax.child_by_field_name("name"), syntax.child_by_field_name("body")
        if named is None:
            return []
        end = body.start_byte if body is not None else syntax.end_byte
        detail = draft.between(syntax.start_byte, end).rstrip("={ ")
        block = draft.add(Kind.FUNCTION, draft.text(named), self.names.owner, syntax, detail)
        scope = Scope(here.scope)
        for parameters in syntax.children_by_field_name("parameters"):
            for name in pattern_names(draft, parameters):
                scope.declare(name, UNKNOWN)
        return [(body, here._replace(scope=scope, block=block))] if body is not None else []

    def _infix(self, syntax: "Syntax", here: Here) -> Work:
        operator = syntax.child_by_field_name("operator")
        left, right = syntax.child_by_field_name("left"), syntax.child_by_field_name("right")
        if operator is None or left is None or right is None:
            return []
        sign = self.draft.text(operator)
        if sign in ("elsewhen", "otherwise"):
            return self._whens(_chain(self.draft, syntax), syntax, here)
        if sign in _RIGHTWARD and sign in _LEFTWARD and here.block == UNKNOWN:
            here = here._replace(block=self.values.opened(self.draft.line(left), syntax))
        if sign in _RIGHTWARD:
            self._connect(left, right, syntax, here)
        if sign in _LEFTWARD:
            self._connect(right, left, syntax, here)
        return [(right, here)] if right.type in _BLOCKS else []

    def _connect(self, left: "Syntax", right: "Syntax", syntax: "Syntax", here: Here) -> None:
        path, indices = base_of(self.draft, left)
        if not path or self.draft.text(right) == "DontCare":
            return
        path = self.names.viewed(path)
        driven = [
            at
            for at in self.names.resolve(path, left, here.scope)
            if self.draft.nodes[at].kind is not Kind.PARAMETER
        ]
        read = [at for part in (right, *indices) for at in self.names.values(part, here.scope)]
        self.values.assign(driven, read, syntax, here)

    def _call(self, syntax: "Syntax", here: Here) -> Work:
        called = function_of(self.draft, syntax)
        function, arguments = syntax.child_by_field_name("function"), arguments_of(syntax)
        if chain := _chain(self.draft, syntax):
            return self._whens(chain, syntax, here)
        if called == "switch":
            return self._switch(syntax, here)
        if called in ("withClock", "withReset", "withClockAndReset") and function is not None:
            here = self._clocked(called, arguments_of(function), here)
        elif function is not None and function.type == "field_expression":
            path, _ = path_of(self.draft, function)
            if path[1:] == ("write",):
                self._write(path, arguments, syntax, here)
        given = syntax.child_by_field_name("arguments")
        inside = [given] if given is not None and given.type in _BLOCKS else arguments
        return [(part, here) for part in inside if part.type in _BLOCKS]

    def _write(
        self, path: tuple[str, ...], arguments: "list[Syntax]", syntax: "Syntax", here: Here
    ) -> None:
        driven = self.names.resolve(path[:1], syntax, here.scope)
        read = [at for part in arguments for at in self.names.values(part, here.scope)]
        self.values.assign(driven, read, syntax, here)

    def _clocked(self, called: str, given: "list[Syntax]", here: Here) -> Here:
        sources = [next(iter(self.names.values(part, here.scope)), UNKNOWN) for part in given]
        if called != "withReset" and sources:
            here = here._replace(clock=sources[0])
        if called != "withClock" and sources:
            asynchronous = "asAsyncReset" in self.draft.text(given[-1])
            edge = "posedge" if asynchronous else ""
            here = here._replace(reset=sources[-1], reset_edge=edge)
        return here

    def _static_choice(self, syntax: "Syntax", here: Here) -> Work:
        """An `if` of Scala: it is decided when the hardware is made, so it reads nothing."""
        found: Work = []
        for field in ("consequence", "alternative"):
            branch = syntax.child_by_field_name(field)
            found += [(branch, here)] if branch is not None else []
        return found

    def _opened(self, syntax: "Syntax", detail: str, here: Here) -> Here:
        if here.block != UNKNOWN:
            return here
        return here._replace(
            block=self.draft.add(Kind.PROCESS, "", self.names.owner, syntax, detail)
        )

    def _whens(self, branches: Branches, syntax: "Syntax", here: Here) -> Work:
        if not branches:
            return []
        draft, scene = self.draft, here.scene
        condition = branches[0][0]
        here = self._opened(syntax, f"when ({draft.line(condition) if condition else ''})", here)
        work: Work = []
        for condition, block in branches:
            inner = scene
            if condition is not None:
                read, asked = self.names.values(condition, here.scope), draft.line(condition)
                inner = scene.under(asked, read)
                scene = scene.under(f"!({asked})", read)
            work.append((block, here._replace(scene=inner)))
        return work

    def _switch(self, syntax: "Syntax", here: Here) -> Work:
        draft = self.draft
        function = syntax.child_by_field_name("function")
        given = syntax.child_by_field_name("arguments")
        selector = next(iter(arguments_of(function)), None) if function is not None else None
        if selector is None or given is None:
            return []
        here = self._opened(syntax, f"switch ({draft.line(selector)})", here)
        read = self.names.values(selector, here.scope)
        work: Work = []
        for choice in parts(first(given, "indented_block") or given):
            inner = choice.child_by_field_name("function")
            block = choice.child_by_field_name("arguments")
            if (
                inner is None
                or block is None
                or function_of(draft, choice) not in ("is", "default")
            ):
                continue
            written = ", ".join(draft.line(value) for value in arguments_of(inner))
            condition = f"{draft.line(selector)} === {written or 'default'}"
            work.append((block, here._replace(scene=here.scene.under(condition, read))))
        return work


def _chain(draft: Draft, syntax: "Syntax") -> Branches:
    """The branches of a `when`, in order; none of anything else. The last stands outermost."""
    found: Branches = []
    here: Syntax | None = syntax
    while here is not None:
        condition: Syntax | None = None
        if here.type == "infix_expression":  # `} elsewhen (c) {` and `} otherwise {`
            block, before = here.child_by_field_name("right"), here.child_by_field_name("left")
            if block is not None and block.type == "call_expression":
                condition = block.child_by_field_name("function")
                block = block.child_by_field_name("arguments")
        else:
            block, before = here.child_by_field_name("arguments"), None
            function = here.child_by_field_name("function")
            if function is not None and function.type == "call_expression":
                condition = next(iter(arguments_of(function)), None)
                function = function.child_by_field_name("function")
            if function is None or block is None:
                return []
            if function.type == "field_expression":
                field, before = (function.child_by_field_name(n) for n in ("field", "value"))
            else:
                field = function
            if field is None or draft.text(field) not in ("when", "elsewhen", "otherwise"):
                return []
        if block is None:
            return []
        found.append((condition, block))
        here = before
    return found[::-1]
