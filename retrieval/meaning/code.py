"""What a block of code says, without its spelling: expressions, assignments, their conditions."""

from typing import NamedTuple


class Expr(NamedTuple):
    """An expression.

    Attributes:
        op: `name` and `number` (both with `text`); an operator as SystemVerilog spells it, unary
            or binary by the number of `args`; `?:`; `[]` base, index; `[:]` base, high, low;
            `{}` parts; `{n{}}` count, part; `call` (function's name in `text`); `cast` (type in
            `text`); `'{}` parts; `inside` value, choices; `default` case subject; `event`
            (edge in `text`); `` for what is none of these.
        text: a name with its fields dotted, a number as written.
    """

    op: str
    args: tuple["Expr", ...] = ()
    text: str = ""


NOTHING = Expr("")


class Condition(NamedTuple):
    """One thing that must hold for a statement to run.

    Attributes:
        test: an expression; of a case branch `case` with subject and labels, or `default` with
            the subject.
        holds: False in an else branch.
    """

    test: Expr
    holds: bool = True


class Assignment(NamedTuple):
    """A value given to a target.

    Attributes:
        name: the variable assigned, without index and fields.
        conditions: from the outside in.
        depth: of loops around it.
        line: where it begins; 0 where that was not asked for.
    """

    name: str
    target: Expr
    value: Expr
    conditions: tuple[Condition, ...] = ()
    depth: int = 0
    line: int = 0


class Code(NamedTuple):
    """What stands in a process, function or assign.

    Attributes:
        kind: `always_ff`, `always_comb`, `always_latch`, `always`, `initial`, `final`, `assign`,
            `function`, `task`.
        events: of the sensitivity list: edge (may be empty) and name; () for `@*`.
        calls: functions and tasks called as statements.
        returns: what a function returns.
        checks: expressions of assertions, assumptions and covers.
        waits: delays and event controls inside.
        label: the block's own name.
    """

    kind: str
    events: list[tuple[str, str]]
    assignments: list[Assignment]
    calls: list[Expr]
    returns: list[Expr]
    checks: list[Expr]
    waits: list[Expr]
    label: str = ""


def names_in(expr: Expr) -> list[str]:
    """Names read in an expression, in order, with repetition."""
    if expr.op == "name":
        return [expr.text]
    return [name for arg in expr.args for name in names_in(arg)]
