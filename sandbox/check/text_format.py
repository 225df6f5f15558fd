"""A report for people: findings as compilers print them, then one line a unit that did not pass."""

from hdlsmith.display import counted, one_line
from hdlsmith.sandbox.check.report import Report, Status, UnitResult

_WORDS = {
    Status.PASSED: "pass",
    Status.FAILED: "FAIL",
    Status.UNVERIFIED: "????",
    Status.BROKEN: "BROKEN",
}


def as_text(report: Report) -> str:
    """`path:line:col: error: message [tool:code]` lines, units, and a summary as the last line."""
    lines = [safe(str(diagnostic)) for diagnostic in report.diagnostics]
    lines += [_unit(result) for result in report.results]
    if report.left_out:
        left_out = counted(len(report.left_out), "path")
        lines.append(f"{left_out} left out (--format json says which and why)")
    return "\n".join([*lines, f"{report.summary} (cage: {report.cage})"])


def _unit(result: UnitResult) -> str:
    cached = " (cached)" if result.cached else ""
    return safe(f"{_WORDS[result.status]} {result}{cached}: {result.evidence}")


def safe(text: str) -> str:
    """One line that no terminal and no CI runner takes for a command.

    GitHub's runner obeys lines of any output that begin with `::`, or hold `##[`.
    """
    line = one_line(text).replace("##[", "#\\x23[")
    return f"./{line}" if line.startswith(":") else line
