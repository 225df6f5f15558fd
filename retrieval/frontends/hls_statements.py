"""HLS C++: what the statements of one function drive and read, its loops and its calls.

An outermost loop, `if` or `switch` is one PROCESS, a loop inside it another one; an assignment
outside them is an ASSIGN. A call is an INSTANCE whose arguments are connected by position.
"""

from typing import TYPE_CHECKING, NamedTuple

from hdlsmith.retrieval.frontends.hls_names import (
    RETURN,
    declared_by,
    last_name,
    named_values,
    pragma_of,
    target_of,
)
from hdlsmith.retrieval.frontends.trees import UNKNOWN, Draft, Scene, Scope, parts
from hdlsmith.retrieval.nodes import Edge, EdgeKind, Kind

if TYPE_CHECKING:
    from tree_sitter import Node as Syntax

_LOOPS = {
    "for_statement": "for loop",
    "for_range_loop": "for loop",
    "while_statement": "while loop",
    "do_statement": "do loop",
}

_TRANSPARENT = frozenset(
    ("ERROR", "else_clause", "preproc_elif", "preproc_else", "preproc_if", "preproc_ifdef")
)

_READERS = frozenset(("read", "read_nb"))
_WRITERS = frozenset(("write", "write_nb"))
_COPIES = frozenset(("memcpy", "memset"))
_LIBRARY = frozenset(
    [
        "abs",
        "assert",
        "ceil",
        "cos",
        "exp",
        "fabs",
        "floor",
        "free",
        "log",
        "malloc",
        "max",
        "min",
        "pow",
        "printf",
        "round",
        "sin",
        "sqrt",
    ]
)
"""Functions of the C library: not modules of the repository."""


class Here(NamedTuple):
    """Where a statement stands; `block` is UNKNOWN outside loops and choices."""

    scope: Scope
    scene: Scene = Scene()
    block: int = UNKNOWN


Work = list[tuple["Syntax", Here]]


class Statements:
    """Draws the body of one function."""

    def __init__(self, draft: Draft, module: int) -> None:
        self.draft = draft
        self.module = module
        self.driven: set[int] = set()
        self.read: set[int] = set()
        self.passed: set[int] = set()

    def direction(self, port: int) -> str:
        """What the body does with a port; `inout` too where a called function may do either."""
        driven, read = port in self.driven, port in self.read
        if port in self.passed or driven == read:
            return "inout"
        return "output" if driven else "input"

    def draw(self, body: "Syntax", scope: Scope) -> None:
        """Draw all statements."""
        work: Work = [(body, Here(scope))]
        while work:
            syntax, here = work.pop()
            work += self._draw_one(syntax, here)[::-1]

    def _draw_one(self, syntax: "Syntax", here: Here) -> Work:
        what = syntax.type
        if what == "declaration":
            self._declare(syntax, here)
        elif what in _LOOPS:
            return self._loop(syntax, here)
        elif what == "if_statement":
            return self._choice(syntax, here)
        elif what == "switch_statement":
            return self._switch(syntax, here)
        elif what == "compound_statement":
            inner = here._replace(scope=Scope(here.scope))
            return [(part, inner) for part in parts(syntax)]
        elif what in _TRANSPARENT:
            return [(part, here) for part in parts(syntax)]
        elif what == "labeled_statement":
            return self._labelled(syntax, here)
        elif what == "return_statement":
            self._return(syntax, here)
        else:
            self._express(syntax, here)
            if what == "expression_statement" and (alone := parts(syntax)):
                self._stream(alone[0], here)
        return []

    def _declare(self, syntax: "Syntax", here: Here) -> None:
        parent = self.module if here.block == UNKNOWN else here.block
        for declared in declared_by(self.draft, syntax):
            name, value = declared.name, declared.value
            position = self.draft.add(Kind.SIGNAL, name, parent, syntax, declared.type)
            here.scope.declare(name, position)
            if value is not None:
                read = self._express(value, here)
                if read:
                    self._assign([position], read, syntax, here)

    def _return(self, syntax: "Syntax", here: Here) -> None:
        port = here.scope.find(RETURN)
        for value in parts(syntax):
            read = self._express(value, here)
            if port != UNKNOWN:
                self._assign([port], read, syntax, here)

    def _opened(self, syntax: "Syntax", label: str, detail: str, here: Here) -> Here:
        parent = self.module if here.block == UNKNOWN else here.block
        return here._replace(block=self.draft.add(Kind.PROCESS, label, parent, syntax, detail))

    def _labelled(self, syntax: "Syntax", here: Here) -> Work:
        label, statement = syntax.child_by_field_name("label"), parts(syntax)[-1]
        if statement.type not in _LOOPS or label is None:
            return [(statement, here)]
        return self._loop(statement, here, self.draft.text(label))

    def _loop(self, syntax: "Syntax", here: Here, label: str = "") -> Work:
        draft, body = self.draft, syntax.child_by_field_name("body")
        inside = parts(body) if body is not None else []
        pragmas = filter(None, (pragma_of(draft, part) for part in inside))
        detail = ", ".join((_LOOPS[syntax.type], *pragmas))
        here = self._opened(syntax, label, detail, here)._replace(scope=Scope(here.scope))
        start, condition = (syntax.child_by_field_name(f) for f in ("initializer", "condition"))
        if start is not None and start.type == "declaration":
            self._declare(start, here)
        elif start is not None:
            self._express(start, here)
        for name, kind, _, _ in declared_by(draft, syntax):  # `for (auto e : buffer)`
            element = draft.add(Kind.SIGNAL, name, here.block, syntax, kind)
            here.scope.declare(name, element)
            source = syntax.child_by_field_name("right")
            read = self._express(source, here) if source is not None else []
            self._assign([element], read, syntax, here)
        if condition is not None:
            here = here._replace(
                scene=here.scene.under(_asked(draft, condition), self._express(condition, here))
            )
        update = syntax.child_by_field_name("update")
        return [(part, here) for part in (body, update) if part is not None]

    def _choice(self, syntax: "Syntax", here: Here) -> Work:
        condition = syntax.child_by_field_name("condition")
        if condition is None:
            return []
        text = _asked(self.draft, condition)
        read = self._express(condition, here)
        if here.block == UNKNOWN:
            here = self._opened(syntax, "", f"if ({text})", here)
        work: Work = []
        for field, asked in (("consequence", text), ("alternative", f"!({text})")):
            branch = syntax.child_by_field_name(field)
            if branch is not None:
                work.append((branch, here._replace(scene=here.scene.under(asked, read))))
        return work

    def _switch(self, syntax: "Syntax", here: Here) -> Work:
        draft = self.draft
        condition, body = (syntax.child_by_field_name(f) for f in ("condition", "body"))
        if condition is None or body is None:
            return []
        text = _asked(draft, condition)
        read = self._express(condition, here)
        if here.block == UNKNOWN:
            here = self._opened(syntax, "", f"switch ({text})", here)
        work: Work = []
        for case in parts(body):
            value = case.child_by_field_name("value")
            chosen = draft.line(value) if value is not None else "default"
            inner = here._replace(scene=here.scene.under(f"{text} == {chosen}", read))
            work += [(part, inner) for part in parts(case) if part != value]
        return work

    def _stream(self, syntax: "Syntax", here: Here) -> None:
        """`s >> x;` and `s << x;`: as a statement of its own no shift makes sense."""
        left, right = (syntax.child_by_field_name(f) for f in ("left", "right"))
        if left is not None and right is not None and _operator(syntax) == "<<":
            self._drive(left, [right], syntax, here)
        elif left is not None and right is not None and _operator(syntax) == ">>":
            self._drive(right, [left], syntax, here)

    def _express(self, expression: "Syntax", here: Here) -> list[int]:
        """Draw the assignments and calls in an expression.

        Returns: what its value is made of.
        """
        stack = [expression]
        while stack:
            syntax = stack.pop()
            left, right = (syntax.child_by_field_name(f) for f in ("left", "right"))
            if syntax.type == "assignment_expression" and left and right:
                self._drive(left, [right], syntax, here, keeps=_operator(syntax) != "=")
            elif syntax.type == "update_expression":
                self._drive(parts(syntax)[0], [], syntax, here, keeps=True)
            elif syntax.type == "call_expression":
                self._call(syntax, here)
            stack += parts(syntax)[::-1]
        return named_values(self.draft, expression, here.scope)

    def _drive(
        self,
        target: "Syntax",
        values: "list[Syntax]",
        syntax: "Syntax",
        here: Here,
        keeps: bool = False,
    ) -> None:
        """Draw an assignment; one that `keeps` reads the old value too, as `+=` does."""
        driven, read = target_of(self.draft, target, here.scope)
        for value in values:
            read += named_values(self.draft, value, here.scope)
        read += driven if keeps else []
        self._assign(driven, read, syntax, here)

    def _assign(self, driven: list[int], read: list[int], syntax: "Syntax", here: Here) -> None:
        draft, block = self.draft, here.block
        if block == UNKNOWN and driven:
            name, detail = draft.named(driven), draft.line(syntax)
            block = draft.add(Kind.ASSIGN, name, self.module, syntax, detail)
        draft.assign(block, driven, read, syntax, here.scene)
        self.driven.update(driven)
        self.read.update(read, here.scene.read)

    def _call(self, syntax: "Syntax", here: Here) -> None:
        draft, called = self.draft, syntax.child_by_field_name("function")
        given = syntax.child_by_field_name("arguments")
        arguments = parts(given) if given is not None else []
        if called is None:
            return
        if called.type == "field_expression":
            self._method(called, arguments, syntax, here)
            return
        name, path = last_name(draft, called), draft.text(called)
        if name in _COPIES and arguments:
            self._drive(arguments[0], arguments[1:], syntax, here)
        elif not (
            name in _LIBRARY
            or path.startswith(("std::", "hls::"))
            or name.startswith(("ap_", "ac_"))
            or name.endswith(("_t", "_cast"))  # a conversion
            or here.scope.find(name) != UNKNOWN
        ):
            self._draw_instance(name, arguments, syntax, here)

    def _method(
        self, called: "Syntax", arguments: "list[Syntax]", syntax: "Syntax", here: Here
    ) -> None:
        """`s.read(x)` and `s.write(x)` of a stream."""
        stream, field = (called.child_by_field_name(f) for f in ("argument", "field"))
        method = self.draft.text(field) if field is not None else ""
        if stream is None:
            return
        if method in _WRITERS:
            self._drive(stream, arguments, syntax, here)
        elif method in _READERS and arguments:
            self._drive(arguments[0], [stream], syntax, here)
        elif method in _READERS:
            self.read.update(named_values(self.draft, stream, here.scope))

    def _draw_instance(
        self, name: str, arguments: "list[Syntax]", syntax: "Syntax", here: Here
    ) -> None:
        draft, line = self.draft, syntax.start_point.row + 1
        position = draft.add(Kind.INSTANCE, name, self.module, syntax, name)
        draft.link(Edge(EdgeKind.INSTANTIATES, position, UNKNOWN, name=name, line=line))
        for number, argument in enumerate(arguments):
            for value in named_values(draft, argument, here.scope, through_calls=False):
                self.passed.add(value)
                draft.link(Edge(EdgeKind.CONNECTS, position, value, name=f"#{number}", line=line))


def _asked(draft: Draft, condition: "Syntax") -> str:
    return draft.line(condition).removeprefix("(").removesuffix(")").strip()


def _operator(syntax: "Syntax") -> str:
    operator = syntax.child_by_field_name("operator")
    return operator.type if operator is not None else ""
