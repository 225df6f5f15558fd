"""What a testbench's own log says: how many checks ran, how many failed.

A testbench speaks in one of three ways, tried in this order:

1. `Mismatches: M in N samples`, the VerilogEval line;
2. a count: `40 checks passed`, `PASS: 40/40`, `3 of 40 tests failed`;
3. a bare word on a line: PASS, PASSED, "all tests passed"; or FAIL, ERROR, an `$error`.

A log that says none of this is no evidence, however cleanly the simulation ended.
"""

import re
from dataclasses import dataclass

MISMATCHES = re.compile(r"^Mismatches: +(\d+) in +(\d+) samples\s*$", re.MULTILINE)
_COUNTED = re.compile(
    r"\b(?:(?P<part>\d+)\s*(?:/|of|out of)\s*)?(?P<total>\d+)\s+"
    r"(?:checks?|tests?|test ?cases?|assertions?|vectors?)\s+(?P<verb>pass(?:ed)?|fail(?:ed)?)\b",
    re.IGNORECASE,
)
_RATIO = re.compile(r"\b(?P<verb>pass(?:ed)?|fail(?:ed)?)\b\W{1,3}(?P<part>\d+)\s*/\s*(?P<total>\d+)\b", re.I)
_FAIL = re.compile(
    r"(?<!no )(?<!0 )(?<!without )\b(?:fail(?:ed|ure|ures)?|errors?|mismatch(?:es)?|FATAL)\b(?!\s*[:=]?\s*0\b)",
    re.IGNORECASE,
)
_PASS = re.compile(r"\b(?:pass|passed|success|successful(?:ly)?)\b", re.IGNORECASE)


@dataclass(frozen=True)
class LogVerdict:
    """Checks and failures that a log tells of, and the line that tells it."""

    checks: int
    failures: int
    line: str


def read_log(text: str) -> LogVerdict:
    """Judge the log of a finished simulation by the testbench's own words.

    Returns:
        checks 0 and an empty line where the log says nothing about checks.
    """
    if official := list(MISMATCHES.finditer(text)):
        last = official[-1]
        return LogVerdict(int(last[2]), int(last[1]), last[0].strip())
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    counted = [verdict for line in lines if (verdict := _counted(line))]
    failing = [line for line in lines if _FAIL.search(line) and not _counted(line)]
    if counted:
        checks = max(verdict.checks for verdict in counted)
        failures = max(*(verdict.failures for verdict in counted), len(failing[:1]))
        line = next((v.line for v in counted if v.failures), failing[0] if failing else "")
        return LogVerdict(checks, failures, line or counted[-1].line)
    if failing:
        return LogVerdict(len(failing), len(failing), failing[0])
    if passing := [line for line in lines if _PASS.search(line)]:
        return LogVerdict(len(passing), 0, passing[-1])
    return LogVerdict(0, 0, "")


def _counted(line: str) -> LogVerdict | None:
    match = _RATIO.search(line) or _COUNTED.search(line)
    if not match:
        return None
    total = int(match["total"])
    part = int(match["part"]) if match["part"] else total
    failed = part if match["verb"].lower().startswith("fail") else total - part
    return LogVerdict(total, min(failed, total), line)
