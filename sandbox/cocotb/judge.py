"""What a cocotb run comes to: the verdict, drawn from what was reported and what was asked."""

import json
import math
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from typing import Any

from hdlsmith.display import counted
from hdlsmith.sandbox.cocotb.build import Build
from hdlsmith.sandbox.cocotb.coverage import NO_COVERAGE, Coverage
from hdlsmith.sandbox.cocotb.session import Told
from hdlsmith.sandbox.cocotb.testbench import Testbench
from hdlsmith.sandbox.results import Outcome, SimResult, Stopped, ToolRun


class CaseStatus(StrEnum):
    """How one test ended; `xfailed` is one that failed as it was said it would."""

    PASSED = "passed"
    XFAILED = "xfailed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"

    @property
    def bad(self) -> bool:
        return self in (CaseStatus.FAILED, CaseStatus.ERROR)


@dataclass(frozen=True)
class TestCase:
    """One cocotb test that was reported.

    Attributes:
        name: as cocotb gives it (`adds`, `adds/width=8`).
        message: the failure's exception, or "".
        path: the file it is in, as the testbench names its files.
        sim_time_ns: how much simulated time it let pass.
    """

    __test__ = False  # for pytest: no test of ours

    name: str
    module: str
    status: CaseStatus
    message: str
    path: str
    line: int
    wall_s: float
    sim_time_ns: float

    @property
    def counts(self) -> bool:
        """Whether it speaks for the design: one that let no time pass has not looked at it."""
        return self.status is CaseStatus.PASSED and self.sim_time_ns > 0


@dataclass(frozen=True)
class CocotbResult:
    """A judged cocotb run.

    Attributes:
        result: its `checks` are the tests that ran, its `failures` those that failed.
        tests: those reported, in the order they ran.
        coverage: code coverage only where it was asked for.
        simulator: name and version, and cocotb's; "" where nothing was run.
    """

    result: SimResult
    tests: tuple[TestCase, ...] = ()
    coverage: Coverage = NO_COVERAGE
    simulator: str = ""


@dataclass(frozen=True)
class Report:
    """What a job told when its tests had run.

    Attributes:
        error: why the tests could not be loaded, or "".
        changed: functions and classes of cocotb that are no longer what they were.
    """

    tests: tuple[TestCase, ...] = ()
    error: str = ""
    changed: tuple[str, ...] = ()


def read_report(text: str) -> Report | None:
    """A report as it came, or None where it is none, or not whole, or more than one."""
    try:
        told = json.loads(text)
        tests = tuple(_test_case(test) for test in told.get("tests", ()))
        return Report(tests, str(told.get("error", "")), tuple(map(str, told.get("changed", ()))))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
        return None


def _test_case(told: dict[str, Any]) -> TestCase:
    return TestCase(
        name=str(told["name"]),
        module=str(told["module"]),
        status=CaseStatus(told["status"]),
        message=str(told["message"]),
        path=str(told["path"]),
        line=int(told["line"] or 0),
        wall_s=_finite(told["wall_s"]),
        sim_time_ns=_finite(told["sim_time_ns"]),
    )


def _finite(told: Any) -> float:
    if not math.isfinite(number := float(told)):
        raise ValueError(f"{told} is no time")
    return number


def judge(build: Build, told: Told, testbench: Testbench) -> CocotbResult:
    """The verdict on one simulation that was built."""
    report = read_report(told.report)
    tests = report.tests if report else ()
    outcome, failures, because = _verdict(told.run, report, testbench)
    checks = sum(test.counts for test in tests) + failures
    runs = (build.run, told.run)
    result = SimResult(outcome, checks, failures, because, runs, build.diagnostics)
    simulator = f"{build.simulator}, cocotb {version('cocotb')}"
    return CocotbResult(result, tests, told.coverage, simulator)


def _verdict(ran: ToolRun, report: Report | None, testbench: Testbench) -> tuple[Outcome, int, str]:
    tests = report.tests if report else ()
    failed = [test for test in tests if test.status.bad]
    if ran.stopped_by in (Stopped.CPU, Stopped.WALL):
        because = f"the simulation used up its {_limit(ran)} time ({ran.wall_s:.1f} s elapsed)"
        return Outcome.TIMEOUT, len(failed), because
    if ran.stopped_by:
        return Outcome.CRASH, 0, f"the simulation exceeded its {_limit(ran)} limit"
    if ran.signal:
        return Outcome.CRASH, len(failed), f"{ran.tool} was ended by signal {ran.signal}"
    if report is None:
        because = f"the simulation ended (exit code {ran.exit_code}) before its tests had"
        return Outcome.NO_EVIDENCE, 0, because
    if report.error:
        return Outcome.NO_EVIDENCE, 0, f"the tests could not be loaded: {report.error}"
    if report.changed:
        return Outcome.TAMPERED, 0, f"the testbench changed {', '.join(report.changed[:3])}"
    names = [f"{test.module}.{test.name}" for test in tests]
    if made_up := testbench.made_up(names):
        because = f"test {made_up[0]} was reported, and the testbench has none left of that name"
        return Outcome.TAMPERED, 0, because
    if failed:
        first = failed[0]
        message = next(iter(first.message.splitlines()), "")
        return Outcome.MISMATCH, len(failed), f"{first.name} {first.status}: {message}"
    if missing := testbench.missing(names):
        return Outcome.NO_EVIDENCE, 0, f"test {missing[0]} was not run"
    if ran.exit_code:
        because = f"the simulation ended itself with exit code {ran.exit_code}"
        return Outcome.MISMATCH, 1, because
    passed = sum(test.counts for test in tests)
    if not passed:
        return Outcome.NO_EVIDENCE, 0, _nothing(tests)
    return Outcome.PASS, 0, f"{passed} of {counted(len(tests), 'cocotb test')} passed"


def _nothing(tests: tuple[TestCase, ...]) -> str:
    if not tests:
        return "the testbench registers no test"
    if any(test.status is CaseStatus.PASSED for test in tests):
        return "no test let simulated time pass; await a trigger, such as Timer(1, 'ns')"
    return "no test passed: all were skipped, or failed as they were expected to"


def _limit(run: ToolRun) -> str:
    return str(run.stopped_by).replace("_", " ")
