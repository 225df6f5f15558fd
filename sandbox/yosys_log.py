"""Yosys' words -> data: complaints of front ends and passes, the longest path, source places."""

import re
from dataclasses import dataclass

from hdlsmith.design import Diagnostic, Severity, SourceSpan

_MESSAGE = re.compile(
    r"^(?:(?P<path>[^\s:][^:\n]*):(?P<line>\d+): )?(?P<kind>ERROR|Warning): ?(?P<message>.+?)"
    r"(?: \[-W(?P<code>[\w-]+)\])?$",
    re.MULTILINE,
)
_TOLD_ELSEWHERE = re.compile(
    # by `Netlist.latches`; and by `check`, which runs several times and is read once
    r"Warning: (?:Latch inferred for |multiple conflicting drivers for |Drivers conflicting with "
    r"|found logic loop in |logic loop in mux tree |Wire \S+( \[\d+\])? is used but has no driver"
    # by `ltp`, of a loop that `check` has found; a pass that had nothing to do
    r"|Detected loop at |Selection .* did not match any |Cell \S+ is a latch of )"
    # a last word after the findings themselves; a limit of ours
    r"|ERROR: (?:Design elaboration failed|Bad command|Exception: std::bad_alloc"
    r"|Found \d+ problems in 'check -assert')"
)
# `a.v:3.5-3.9|b.v:7.1`: what several sources gave rise to names them all, the innermost first.
_SRC = re.compile(r"(?P<path>[^|]+?):(?P<line>\d+)(?:\.(?P<column>\d+))?(?:-[\d.]+)?(?:\||$)")
_LONGEST = re.compile(r"^Longest topological path in .* \(length=(?P<length>\d+)\):$", re.MULTILINE)
_STEP = re.compile(r"^ +(?:\d+|ff): (?P<signal>\S+(?: \[\d+\])?)(?: \(via .*\))?$")


def parse_messages(log: str) -> tuple[Diagnostic, ...]:
    """What the front ends and passes complained about, each thing once."""
    found: dict[Diagnostic, None] = {}
    for match in _MESSAGE.finditer(log):
        if _TOLD_ELSEWHERE.match(f"{match['kind']}: {match['message']}"):
            continue
        path = match["path"]
        span = SourceSpan(path.removeprefix("./"), int(match["line"])) if path else None
        severity = Severity.ERROR if match["kind"] == "ERROR" else Severity.WARNING
        code = match["code"] or match["kind"].lower()
        found[Diagnostic(severity, code, match["message"], span, "yosys")] = None
    return tuple(found)


@dataclass(frozen=True)
class LogicPath:
    """The longest chain of logic between registers, memories and ports.

    Attributes:
        cells: gates on it; a count, no delay.
        start, end: the nets at its ends, by Yosys' names.
    """

    cells: int
    start: str
    end: str


def parse_longest_path(report: str) -> LogicPath | None:
    """What `ltp -noff` printed of the top; None where there is no logic."""
    head = _LONGEST.search(report)
    if not head or not int(head["length"]):
        return None
    steps = [match for line in report[head.end() :].splitlines() if (match := _STEP.match(line))]
    if not steps:
        return None
    ends = (step["signal"].removeprefix("\\") for step in (steps[0], steps[-1]))
    start, end = (signal.replace(" [", "[") for signal in ends)
    return LogicPath(int(head["length"]), start, end)


def parse_src(src: str) -> SourceSpan | None:
    """The first place in a `src` attribute; columns count from 1."""
    match = _SRC.match(src)
    if not match:
        return None
    path = match["path"].removeprefix("./")
    return SourceSpan(path, int(match["line"]), int(match["column"] or 0))
