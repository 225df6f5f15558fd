"""Processes that wait for nothing, or in a way that the tools refuse."""

import re
from typing import Any

from pyslang import syntax

from hdlsmith.agent.mending.names import assignments, processes
from hdlsmith.agent.mending.rule import Broken, answers
from hdlsmith.agent.mending.source import Edit, Source, edited, walk

_WAITS = re.compile(
    r"\balways(?:_ff|_comb|_latch)?\s*(?P<at>@?)\s*"
    r"(?P<list>\(\s*(?:\*|(?:pos|neg)edge\b[^)]*)\)|(?:pos|neg)edge\s+\w+[ \t]*\)?)"
)
_CONSTANT = re.compile(r"\s*(?:\d+|\d*\s*'\w+)\s*")


@answers(r"slang:AlwaysWithoutTimingControl", r"icarus:\w+ always process does not have any delay")
def wait_for_all_inputs(broken: Broken) -> str | None:
    """`always begin … end` without a sensitivity list: `always @(*)`."""
    edits = []
    for process in processes(broken.module):
        if process.keyword.rawText == "always" and not _waits(process):
            end = broken.source.span(process.keyword)[1]
            edits.append(Edit(end, end, " @(*)"))
    return edited(broken.text, *edits) if edits else None


@answers(r"slang:Expected\w+")
def write_event_control(broken: Broken) -> str | None:
    """`always (posedge clk)`, `always @ posedge clk`: `always @(posedge clk)`."""
    edits = []
    for found in _WAITS.finditer(broken.text):
        listed = found["list"]
        if not found["at"] or not listed.startswith("("):
            inside = listed if listed.startswith("(") else f"({listed.rstrip(') ')})"
            start = found.start("at") if found["at"] else found.start("list")
            edits.append(Edit(start, found.end("list"), f"@{inside}"))
    for found in re.finditer(r"(?:pos|neg)edge\s+\w+(?=\s+(?:pos|neg)edge\b)", broken.text):
        edits.append(Edit(found.end(), found.end(), " or"))
    return edited(broken.text, *edits) if edits else None


@answers(
    r"slang:TimingInFuncNotAllowed",
    r"icarus:\w+ .*event control is not allowed",
    r"icarus:\w+ .*no event controls",
)
def wait_plainly(broken: Broken) -> str | None:
    """`always_comb @(*)`: `always_comb` needs no list."""
    source = broken.source
    for process in processes(broken.module):
        statement = process.statement
        if process.keyword.rawText == "always_comb" and isinstance(
            statement, syntax.TimingControlStatementSyntax
        ):
            if "edge" in source.slice(statement.timingControl):
                return edited(source.text, source.replace(process.keyword, "always"))
            start = source.span(statement.timingControl)[0]
            return edited(source.text, Edit(start, source.span(statement.statement)[0], ""))
    return None


@answers(r"icarus:no-sensitivity ")
def assign_constant_once(broken: Broken) -> str | None:
    """A process that reads nothing never runs: it is `initial`."""
    source = broken.source
    line = broken.error.span.line if broken.error.span else 0
    for process in processes(broken.module):
        start = source.span(process)[0]
        if source.text.count("\n", 0, start) + 1 != line:
            continue
        end = source.span(process.keyword)[1]
        statement = process.statement
        if isinstance(statement, syntax.TimingControlStatementSyntax):
            end = source.span(statement.timingControl)[1]
        return edited(source.text, Edit(start, end, "initial"))
    return None


@answers(r"slang:MultipleDefaultCases")
def keep_last_default(broken: Broken) -> str | None:
    """Of two `default` items the later one goes."""
    source = broken.source
    for case in walk(broken.module, syntax.CaseStatementSyntax):
        defaults = [i for i in case.items if isinstance(i, syntax.DefaultCaseItemSyntax)]
        if len(defaults) > 1:
            return edited(source.text, *(source.delete(item) for item in defaults[1:]))
    return None


@answers(r"icarus:unsupported break", r"icarus:syntax ")
def leave_loop_by_flag(broken: Broken) -> str | None:
    """`break`, which Icarus lacks: a flag in the loop's condition; only as the last thing done."""
    source, module = broken.source, broken.module
    if module is None:
        return None
    for loop in walk(module, syntax.ForLoopStatementSyntax):
        jumps = [
            j
            for j in walk(loop.statement, syntax.JumpStatementSyntax)
            if source.slice(j).startswith("break")
        ]
        if not jumps or any(not _is_last(source, loop.statement, j) for j in jumps):
            continue
        start, stop = source.span(loop)[0], "leave_loop"
        alone = not isinstance(loop.parent, syntax.BlockStatementSyntax)
        edits = [source.insert_before_member(module, start, f"reg {stop};")]
        edits += [source.replace(jump, f"{stop} = 1'b1;") for jump in jumps]
        edits.append(source.replace(loop.stopExpr, f"{source.slice(loop.stopExpr)} && !{stop}"))
        edits.append(Edit(start, start, f"{'begin ' if alone else ''}{stop} = 1'b0; "))
        if alone:
            end = source.span(loop)[1]
            edits.append(Edit(end, end, " end"))
        return edited(source.text, *edits)
    return None


@answers(r"icarus:syntax ")
def drop_case_quality(broken: Broken) -> str | None:
    """`unique if` and `priority if`, which Icarus lacks, and `case … inside` without ranges."""
    source, edits = broken.source, []
    for node in walk(broken.module, syntax.ConditionalStatementSyntax):
        if node.uniqueOrPriority.rawText:
            edits.append(
                Edit(source.span(node.uniqueOrPriority)[0], source.span(node.ifKeyword)[0], "")
            )
    for node in walk(broken.module, syntax.CaseStatementSyntax):
        word = node.matchesOrInside
        ranges = any(
            True for item in node.items for _ in walk(item, syntax.ValueRangeExpressionSyntax)
        )
        if word.rawText == "inside" and not ranges:
            edits += [source.replace(word, ""), source.replace(node.caseKeyword, "casez")]
    return edited(source.text, *edits) if edits else None


@answers(r"icarus:\w+ (?P<name>\w+) Unable to assign to unresolved wires", r"slang:MixedVarAssigns")
def start_from_assigned_constant(broken: Broken) -> str | None:
    """`assign count = 0;` of what a process counts was meant as its first value."""
    source, edits = broken.source, []
    for assign in walk(broken.module, syntax.ContinuousAssignSyntax):
        found = list(assignments(assign))
        if len(found) == 1 and source.slice(found[0].left).strip() == broken.name:
            if not _CONSTANT.fullmatch(source.slice(found[0].right)):
                return None
            edits.append(source.replace(assign.assign, "initial"))
    return edited(source.text, *edits) if edits else None


@answers(r"icarus:unsupported continue", r"icarus:syntax ")
def go_on_under_condition(broken: Broken) -> str | None:
    """`if (c) continue; …`, which Icarus lacks: `if (!(c)) begin … end`."""
    source = broken.source
    for jump in walk(broken.module, syntax.JumpStatementSyntax):
        test = jump.parent
        if isinstance(test, syntax.BlockStatementSyntax) and len(list(test.items)) == 1:
            test = test.parent
        if not isinstance(test, syntax.ConditionalStatementSyntax) or test.elseClause is not None:
            continue
        body = test.parent
        in_loop = isinstance(body, syntax.BlockStatementSyntax) and isinstance(
            body.parent, syntax.ForLoopStatementSyntax
        )
        if source.slice(jump).startswith("continue") and in_loop:
            end = source.span(body.end)[0]
            return edited(
                source.text,
                source.replace(test, f"if (!({source.slice(test.predicate).strip()})) begin"),
                Edit(end, end, "end "),
            )
    return None


def _waits(process: Any) -> bool:
    kinds = (syntax.TimingControlStatementSyntax, syntax.WaitStatementSyntax)
    return next(walk(process, *kinds), None) is not None


def _is_last(source: Source, body: Any, jump: Any) -> bool:
    """Nothing of the loop's body stands behind the `break` but `end` and other branches."""
    rest = source.text[source.span(jump)[1] : source.span(body)[1]]
    return re.fullmatch(r"(?:\s|end|;)*", rest) is not None


RULES = (
    wait_for_all_inputs,
    write_event_control,
    wait_plainly,
    assign_constant_once,
    keep_last_default,
    leave_loop_by_flag,
    go_on_under_condition,
    drop_case_quality,
    start_from_assigned_constant,
)
