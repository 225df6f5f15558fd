"""What a testbench's own log says: how many checks ran, how many failed.

The VerilogEval line `Mismatches: M in N samples` is taken at its word, the worst of several; beside
it counts only a line that begins with FAIL or ERROR, as `$error` does. Otherwise each line is
judged by itself: `40 checks passed`, `PASS: 40/40`, `Passed: 39, Failed: 1`, or a bare word such
as PASS, FAIL, ERROR. One failing line outweighs any number of passing ones. `0 errors` says that
nothing failed, not that anything was checked. A log that tells of no check is no evidence,
however cleanly the simulation ended.
"""

import re
from dataclasses import dataclass

MISMATCHES = re.compile(r"^Mismatches: +(\d{1,18}) in +(\d{1,18}) samples\s*$", re.MULTILINE)

_LONGEST = 400
"""Characters of a line that are read: a verdict is short, and a flood costs no time."""

# A word ends where its letters end: `fail_count` holds "fail".
_START, _END = r"(?<![a-z])(?:", r")(?![a-z])"
_GOOD = rf"{_START}pass(?:ed|es)?|success(?:ful(?:ly)?)?|succeeded{_END}"
_BAD = (
    rf"{_START}fail(?:s|ed|ing|ures?)?|errors?|mismatch(?:es|ed)?|incorrect|wrong|fatal"
    rf"|unsuccessful(?:ly)?{_END}"
)
_PLURAL = rf"{_START}errors|failures|fails|failed|mismatches{_END}"
_CHECKS = rf"{_START}checks?|tests?|(?:test ?)?cases?|assertions?|vectors?|samples?{_END}"
_BAD_LABEL = (
    rf"{_START}errors|failures|fails?|failed|mismatches"
    rf"|(?:error|fail|failure|mismatch)[ _]?(?:count|cnt|total){_END}"
    r"(?: found| detected)? ?[:=(] ?"
)
# A number that tells which test or when is no count: "Test 0 failed", "at 0 errors".
_COUNT = (
    r"(?<!test )(?<!case )(?<!check )(?<!vector )(?<!time )(?<!time: )(?<!at )(?<!of )"
    r"(?<![\w#@=./])"
)
_ALONE = r"(?!\w|\.\d| ?[!=<>])"

# Whole lines of the simulator's own, which nothing printed before them on the same line can borrow.
_SIMULATOR = re.compile(
    r"^(?:VCD|FST) (?:info: dumpfile \S+ opened for output\.|warning: .*)$"
    r"|^\S+:\d+: \$(?:finish|stop) called at \d+(?: \(\w+\))?$"
)
_NOTHING_FAILED = re.compile(
    rf"(?:\b(?:no|without|zero)(?: any)?|\b(?:with|found|has|had) 0+) {_BAD}"
    rf"|\b(?:no|without|zero) (?:[a-z]+ ){{1,2}}?{_PLURAL}"
    rf"|{_COUNT}0+ (?:/ ?\d+ )?(?:[a-z]+ )?{_PLURAL}(?! ?:)"
    rf"|(?!fail\b){_BAD_LABEL}0+{_ALONE}"
    rf"|{_START}error|fail|failure|mismatch{_END} ?[:=] ?0+(?=$|[,;]? ?{_GOOD})",
    re.IGNORECASE,
)
_NOT_PASSED = re.compile(
    rf"\b(?:not|never|no|didn't|fail(?:s|ed)? to) (?:all )?(?:[a-z]+ )?{_GOOD}", re.IGNORECASE
)
_FAILING = re.compile(
    rf"{_BAD}(?! (?:injection|handling|detection|correction|recovery)\b)", re.IGNORECASE
)
_PASSING = re.compile(_GOOD, re.IGNORECASE)
# Where a line holds both words, the verdict stands at its start, or else at its end.
_FAIL_IS_THE_VERDICT = re.compile(rf"^\W*(?:test )?{_BAD} ?(?:[^\w ]|$)", re.IGNORECASE)
_PASS_IS_THE_VERDICT = re.compile(rf"^\W*{_GOOD}|(?<!expected ){_GOOD}\W*$", re.IGNORECASE)
_SHARE = re.compile(
    rf"{_COUNT}(?P<part>\d+) ?(?:/|of|out of) ?(?P<total>\d+) (?:{_CHECKS} )?"
    rf"(?:have |were )?(?:(?P<good>{_GOOD})|{_BAD})"
    rf"|(?:(?P<good2>{_GOOD})|{_BAD}) ?\W? ?(?P<part2>\d+) ?(?:/|of|out of) ?(?P<total2>\d+)(?!\S)",
    re.IGNORECASE,
)
_GOOD_COUNT = re.compile(
    rf"(\d+) {_CHECKS}|{_COUNT}(\d+) passed"
    rf"|{_GOOD}(?:[ _]count)? ?[:=(]? ?(\d+)(?= ?(?:$|[,;|)]|{_CHECKS}|{_BAD}))",
    re.IGNORECASE,
)
_BAD_COUNT = re.compile(
    rf"{_COUNT}(\d+) (?:{_CHECKS} )?{_PLURAL}|{_BAD_LABEL}(\d+){_ALONE}", re.IGNORECASE
)
_CHECKS_RUN = re.compile(rf"(\d+) {_CHECKS}|{_CHECKS}(?: run)? ?[:=] ?(\d+){_ALONE}", re.IGNORECASE)


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
    lines = [line.strip()[:_LONGEST] for line in text.splitlines() if not _SIMULATOR.search(line)]
    if official := list(MISMATCHES.finditer(text)):
        worst_told = max(reversed(official), key=lambda told: int(told[1]))
        checks, failures, line = int(worst_told[2]), int(worst_told[1]), worst_told[0].strip()
        labelled = (_judge(line) for line in lines if _FAIL_IS_THE_VERDICT.search(line))
        failing = [verdict for verdict in labelled if verdict and verdict.failures]
        if failures or not failing:
            return LogVerdict(checks, failures, line)
        return LogVerdict(max(checks, len(failing)), len(failing), failing[0].line)
    said = [verdict for line in lines if (verdict := _judge(line)) and verdict.checks]
    if not said:
        return LogVerdict(0, 0, "")
    failing = [verdict for verdict in said if verdict.failures]
    # A summary counts what single lines told before it; without one, the lines are the count.
    checks = max(len(said), *(verdict.checks for verdict in said))
    if not failing:
        return LogVerdict(checks, 0, said[-1].line)
    worst = max(failing, key=lambda verdict: verdict.failures)
    failures = worst.failures if worst.failures > 1 else len(failing)
    return LogVerdict(max(checks, failures), failures, worst.line)


def _judge(line: str) -> LogVerdict | None:
    words = " ".join(line.split())
    if share := _SHARE.search(words):
        part, total = (int(share[k] or share[f"{k}2"]) for k in ("part", "total"))
        failed = total - part if share["good"] or share["good2"] else part
        return LogVerdict(total, max(0, min(failed, total)), line)
    rest = _NOTHING_FAILED.sub("", words)
    passing, failing = _PASSING.search(rest), _FAILING.search(rest)
    failures = _number(_BAD_COUNT, rest, 0)
    if passing and failing and not failures and not _FAIL_IS_THE_VERDICT.search(rest):
        failing = None if _PASS_IS_THE_VERDICT.search(rest) else failing
    if failing or _NOT_PASSED.search(rest):
        passed = _number(_GOOD_COUNT, rest, 0) if passing and failures else 0
        failures = max(1, failures)
        return LogVerdict(failures + passed, failures, line)
    if passing:
        return LogVerdict(_number(_GOOD_COUNT, rest, 1), 0, line)
    if rest != words:  # "40 checks, 0 errors"
        return LogVerdict(_number(_CHECKS_RUN, rest, 0), 0, line)
    return None


def _number(pattern: re.Pattern[str], words: str, default: int) -> int:
    match = pattern.search(words)
    return int(next(group for group in match.groups() if group)) if match else default
