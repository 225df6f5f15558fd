"""Names that nobody declared, or that are declared elsewhere than they are used."""

import re
from collections.abc import Iterator
from typing import Any

from pyslang import syntax

from hdlsmith.agent.mending.names import (
    assignments,
    declared,
    edges,
    known_names,
    processes,
    targets,
)
from hdlsmith.agent.mending.rule import Broken, answers
from hdlsmith.agent.mending.source import Edit, Source, edited, walk
from hdlsmith.agent.mending.widths import (
    constant_values,
    declared_width,
    inferred_range,
    range_of_bits,
)

_UNDECLARED = (
    r"slang:(?:Undeclared|Typo)Identifier use of undeclared identifier '(?P<name>\w+)'",
    r"icarus:undeclared .*[`'](?P<name>\w+)'",
    r"icarus:\w+ register ``(?P<name>\w+)'' unknown",
)


@answers(*_UNDECLARED)
def spell_as_declared(broken: Broken) -> str | None:
    """A name that is declared, or asked for, in other letters: `Clk` for `clk`."""
    module = broken.module
    if module is None:
        return None
    known = known_names(module) - {broken.name}
    same = [k for k in known if _letters(k) == _letters(broken.name)]
    if len(same) != 1:
        return None
    return edited(
        broken.text,
        *(Edit(t.start, t.end, same[0]) for t in broken.source.uses(module, broken.name)),
    )


@answers(r"slang:TypoIdentifier use of undeclared identifier '(?P<name>\w+)'; did you mean '\w+'")
def spell_as_suggested(broken: Broken) -> str | None:
    """A name that nothing drives and that is nearly a declared one."""
    module, source = broken.module, broken.source
    meant = broken.error.message.split("'")[-2]
    if module is None or len(meant) < 3 or broken.name in targets(source, module):
        return None
    return edited(
        source.text, *(Edit(t.start, t.end, meant) for t in source.uses(module, broken.name))
    )


@answers(*_UNDECLARED, r"slang:UsedBeforeDeclared identifier '(?P<name>\w+)' used before")
def declare_before_use(broken: Broken) -> str | None:
    """A declaration behind the first use, or in another block than the use, moves up."""
    module, source, name = broken.module, broken.source, broken.name
    if module is None or broken.offset >= source.span(module)[1]:
        return None
    first = source.uses(module, name)
    if not first:
        return None
    for node in walk(
        module,
        syntax.DataDeclarationSyntax,
        syntax.NetDeclarationSyntax,
        syntax.ParameterDeclarationStatementSyntax,
    ):
        if not any(d.name.valueText == name for d in walk(node, syntax.DeclaratorSyntax)):
            continue
        if isinstance(node.parent, syntax.ModuleDeclarationSyntax):
            line = source.slice(node).strip()
            return edited(
                source.text,
                source.delete(node),
                source.insert_before_member(module, first[0].start, line),
            )
        return _move_out(source, module, source.span(node)[0], source.span(node)[1])
    return None


@answers(*_UNDECLARED, r"icarus:\w+ genvar is missing .*'(?P<name>\w+)'")
def declare_loop_index(broken: Broken) -> str | None:
    """`for (i = 0; …)` without a declaration: `integer i`, or `genvar i` in a generate loop."""
    module, source, name = broken.module, broken.source, broken.name
    if module is None:
        return None
    for loop in walk(module, syntax.LoopGenerateSyntax):
        if loop.identifier.valueText == name and not source.slice(loop.genvar).strip():
            start = source.span(loop.identifier)[0]
            return edited(source.text, Edit(start, start, "genvar "))
    for loop in walk(module, syntax.ForLoopStatementSyntax):
        if any(name == source.slice(a.left).strip() for a in assignments(list(loop.initializers))):
            line = source.insert_before_member(module, source.span(loop)[0], f"integer {name};")
            return edited(source.text, line)
    return None


@answers(*_UNDECLARED)
def number_states(broken: Broken) -> str | None:
    """Names of states that nobody declared become localparams, numbered as they come."""
    module, source = broken.module, broken.source
    if module is None:
        return None
    compared, variables = _states(source, module)
    driven = targets(source, module) | {source.slice(edge.expr).strip() for edge in edges(module)}
    wanted = {name for name in _undeclared(broken) & compared - driven if not broken.port(name)}
    if broken.name not in wanted:
        return None
    uses = [t for t in source.tokens if t.text in wanted]
    order = list(dict.fromkeys(t.text for t in uses))
    if len({_stem(name) for name in order}) == 1:  # A, B, C and S0, S1 say their order themselves
        order.sort(key=lambda name: (len(name), name))
    used = {v for n, v in constant_values(source, module).items() if n in compared}
    first = max(used, default=-1) + 1
    widths = [declared_width(source, module, v) for v in variables]
    bits = max([(first + len(order) - 1).bit_length(), *(w for w in widths if isinstance(w, int))])
    said = ", ".join(f"{name} = {bits}'d{first + i}" for i, name in enumerate(order))
    line = f"localparam {range_of_bits(bits)}{said};"
    return edited(
        source.text,
        source.insert_before_member(module, uses[0].start, line),
        *_widened(source, module, variables, bits),
    )


def _undeclared(broken: Broken) -> set[str]:
    """Every name that the tools miss."""
    codes = ("UndeclaredIdentifier", "TypoIdentifier")
    return {e.message.split("'")[1] for e in broken.errors if e.code in codes}


def _widened(source: Source, module: Any, variables: set[str], bits: int) -> Iterator[Edit]:
    """One-bit variables that hold no more than two states, where there are more."""
    narrow = [d for v in variables for d in declared(module, v) if not d.direction]
    for one in {id(d.node): d for d in narrow}.values():
        names = [d.name.valueText for d in walk(one.node, syntax.DeclaratorSyntax)]
        if set(names) <= variables and declared_width(source, module, names[0]) == 1 < bits:
            start = source.span(next(iter(one.node.declarators)))[0]
            yield Edit(start, start, range_of_bits(bits))


def _stem(name: str) -> str:
    return "" if len(name) == 1 else re.sub(r"\d+$", "", name)


def _states(source: Source, module: Any) -> tuple[set[str], set[str]]:
    """Names that stand where a state's name stands, and the variables that hold a state.

    A state's name is a label of a `case`, or else is written with a capital: what is compared
    with, assigned to, or is an index of, a state (one-hot `state[A]`).
    """
    labels: set[str] = set()
    others: set[str] = set()
    holders: set[str] = set()
    for case in walk(module, syntax.CaseStatementSyntax):
        holders.add(source.slice(case.expr).strip())
        for item in walk(list(case.items), syntax.StandardCaseItemSyntax):
            labels |= {source.slice(e).strip() for e in walk(item, syntax.IdentifierNameSyntax)
                       if e.parent is item}  # fmt: skip
    for found in walk(module, syntax.BinaryExpressionSyntax):
        if found.kind in _EQUALITIES:
            holders.add(source.slice(found.left).strip())
            others.add(source.slice(found.right).strip())
    others |= {source.slice(select.expr).strip() for select in walk(module, syntax.BitSelectSyntax)}
    moves = [
        (source.slice(found.left).strip(), {source.slice(n).strip() for n in _leaves(found.right)})
        for found in assignments(module)
    ]
    known = -1
    while known != len(holders) + len(others):  # next_state takes what state takes
        known = len(holders) + len(others)
        for left, right in moves:
            if left in holders or not right.isdisjoint(labels) or not right.isdisjoint(others):
                holders.add(left)
                others |= right
    names = labels | {name for name in others if name[:1].isupper()}
    return {n for n in names if n.isidentifier()}, {h for h in holders if h.isidentifier()}


_EQUALITIES = (syntax.SyntaxKind.EqualityExpression, syntax.SyntaxKind.InequalityExpression)


def _leaves(node: Any) -> list[Any]:
    if isinstance(node, syntax.ConditionalExpressionSyntax):
        return [*_leaves(node.left), *_leaves(node.right)]
    if isinstance(node, syntax.ParenthesizedExpressionSyntax):
        return _leaves(node.expression)
    return [node]


@answers(*_UNDECLARED)
def declare_name(broken: Broken) -> str | None:
    """A name that the module drives but does not declare, as wide as what it meets."""
    module, source, name = broken.module, broken.source, broken.name
    if module is None or name in known_names(module) or broken.port(name):
        return None
    in_process = any(name in targets(source, process) for process in processes(module))
    if (
        not in_process
        and name not in targets(source, module)
        and not _connected(source, module, name)
    ):
        return None
    uses = source.uses(module, name)
    if not uses:
        return None
    kind = "reg" if in_process else "wire"
    if in_process and re.search(r"\blogic\b", broken.text):
        kind = "logic"
    first = uses[0].start
    line = f"{kind} {inferred_range(source, module, name)}{name};"
    return edited(source.text, source.insert_before_member(module, first, line))


def _connected(source: Source, module: Any, name: str) -> bool:
    """Whether an instance's port is connected to it, which may drive it."""
    connections = walk(module, syntax.NamedPortConnectionSyntax, syntax.OrderedPortConnectionSyntax)
    return any(re.search(rf"\b{name}\b", source.slice(found)) for found in connections)


@answers(
    r"slang:DeclarationsAtStart", r"icarus:\w+ .*malformed statement", r"slang:ExpectedStatement"
)
def move_declaration_out(broken: Broken) -> str | None:
    """A declaration between statements, or a net in a process, moves in front of the process."""
    module, source = broken.module, broken.source
    if module is None:
        return None
    for process in processes(module):
        start, end = source.span(process)
        if not start <= broken.offset <= end:
            continue
        return _move_out(source, module, max(start, source.line_start(broken.offset)), end)
    return None


_LOCAL = re.compile(
    r"(?<![\w.])(?P<kind>reg|wire|logic|integer|int|bit)\b(?P<range>\s*(?:signed\s*)?(?:\[[^;\]]*\]\s*)?)"
    r"(?P<names>\w+(?:\s*,\s*\w+)*)(?P<value>\s*=[^;]*)?;"
)


def _move_out(source: Source, module: Any, start: int, end: int) -> str | None:
    """The first declaration in this stretch of a process, put in front of the process."""
    found = _LOCAL.search(source.text, start, end + 1)
    if not found or ("," in found["names"] and found["value"]):
        return None
    kind = "reg" if found["kind"] == "wire" else found["kind"]
    line = " ".join(f"{kind} {found['range']} {found['names']};".split())
    stays = f"{found['names']}{found['value']};" if found["value"] else ""
    return edited(
        source.text,
        source.insert_before_member(module, found.start(), line),
        Edit(found.start(), found.end(), stays),
    )


def _letters(name: str) -> str:
    return name.replace("_", "").lower()


RULES = (
    move_declaration_out,
    declare_before_use,
    spell_as_declared,
    spell_as_suggested,
    declare_loop_index,
    number_states,
    declare_name,
)
