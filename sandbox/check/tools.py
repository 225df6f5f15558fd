"""The tools that judge units of work, and what they say in one form."""

from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version

from hdlsmith.design import Diagnostic, Severity, SourceSpan, errors_in
from hdlsmith.display import counted
from hdlsmith.languages import Language
from hdlsmith.sandbox.cage import Cage
from hdlsmith.sandbox.check.plan import Kind, Unit
from hdlsmith.sandbox.check.report import Status
from hdlsmith.sandbox.cocotb.judge import TestCase
from hdlsmith.sandbox.cocotb.run import run_cocotb
from hdlsmith.sandbox.formal.assertions import AssertionChecker
from hdlsmith.sandbox.formal.proof import Proof, ProofResult, overall
from hdlsmith.sandbox.linters.lint import Linter, find_linters, lint
from hdlsmith.sandbox.linters.verible import Verible, find_verible
from hdlsmith.sandbox.linters.verilator import find_verilator
from hdlsmith.sandbox.results import Outcome, SimResult, Stopped
from hdlsmith.sandbox.simulation.simulators import find_simulator
from hdlsmith.sandbox.toolbox import find_tool, require_tool
from hdlsmith.settings import Settings

_ANSWERS = {
    Proof.PROVEN: Status.PASSED,
    Proof.REFUTED: Status.FAILED,
    Proof.UNKNOWN: Status.UNVERIFIED,
}
_WEIGHTS = {Proof.REFUTED: Severity.ERROR, Proof.UNKNOWN: Severity.WARNING}
_STATUSES = {Outcome.PASS: Status.PASSED, Outcome.NO_EVIDENCE: Status.UNVERIFIED}


@dataclass(frozen=True)
class Judgement:
    """What the tools say of one unit.

    Attributes:
        evidence: the line or fact that the status rests on.
        diagnostics: with paths as the tools see them.
        repeatable: the next run would say the same; not so where only the clock ended it.
    """

    status: Status
    evidence: str
    diagnostics: tuple[Diagnostic, ...]
    repeatable: bool = True


class Tools:
    """Linters and simulators, found when they are first asked for.

    Args:
        cage: for linting; tests run in one with their own limits.
    """

    def __init__(self, settings: Settings, cage: Cage) -> None:
        self._settings = settings
        self._cage = cage

    def cage_for(self, unit: Unit) -> Cage:
        """The cage with this unit's own limit on CPU time, where it is below that of all tools."""
        if unit.timeout_s is None or unit.timeout_s >= self._cage.limits.cpu_s:
            return self._cage
        factor = self._settings.sandbox.wall_factor
        limits = replace(self._cage.limits, cpu_s=unit.timeout_s, wall_s=unit.timeout_s * factor)
        return replace(self._cage, limits=limits)

    def taking_part(self, unit: Unit) -> tuple[str, ...]:
        """Names and versions of the tools that will judge a unit; a linter's is its own digest.

        Raises:
            MissingToolError: one is not there that can't be done without.
        """
        if unit.kind is Kind.PROOF:
            return (AssertionChecker.find(self._cage).yosys.version(),)
        if unit.kind is Kind.TEST:
            simulator = find_simulator(unit.simulator, self._settings, self.cage_for(unit))
            return simulator.version(), *((f"cocotb {version('cocotb')}",) if unit.cocotb else ())
        if any(file.language is Language.VHDL for file in unit.design.sources):
            require_tool("ghdl", self._settings)
        return self._linter_versions

    @cached_property
    def _linters(self) -> tuple[Linter, ...]:
        return find_linters(self._settings, self._cage)

    @cached_property
    def _linter_versions(self) -> tuple[str, ...]:
        tools = self._settings.tools
        verilator = find_verilator(tools)
        found = {
            "verilator": verilator[0] if verilator else None,
            "verible": find_verible(tools),
            "ghdl": find_tool("ghdl", tools),
        }
        digests = {n: sha256(p.read_bytes()).hexdigest()[:16] for n, p in found.items() if p}
        return f"pyslang {version('pyslang')}", *(f"{n} {d}" for n, d in digests.items())

    def rules(self, unit: Unit) -> str:
        """What tools are told beside the files: the rules of the linters, and waivers."""
        if unit.kind is not Kind.LINT:
            return ""
        own = [linter.config for linter in self._linters if isinstance(linter, Verible)]
        return repr((self._settings.lint, own))

    def judge(self, unit: Unit) -> Judgement:
        """Run a unit.

        Raises:
            InputError: its files can't be used.
            MissingToolError: a tool is not there.
            SandboxError: the sandbox failed, not the design.
        """
        judges = {Kind.LINT: self._lint, Kind.TEST: self._test, Kind.PROOF: self._prove}
        return judges[unit.kind](unit)

    def _lint(self, unit: Unit) -> Judgement:
        report = lint(unit.design, self._linters, self._settings.lint)
        # Whether a waiver of the settings is of use is not for one file to say.
        unused = (waiver.as_unused() for waiver in report.unused if waiver.span)
        everything = (*report.diagnostics, *unused)
        # A warning about a file that is compiled too is for that file's own unit to tell.
        others = {file.path for file in unit.design.sources} - {unit.path}
        own = [d for d in everything if not d.span or d.span.path not in others]
        errors = errors_in(everything)
        found = tuple(dict.fromkeys((*errors, *own)))
        others_found = counted(len(found) - len(errors), "other finding")
        told = f"{counted(len(errors), 'error')}, {others_found}"
        status = Status.FAILED if errors else Status.PASSED
        who = " + ".join(report.tools)
        if report.missing:
            who += f"; not installed: {', '.join(report.missing)}"
        return Judgement(status, f"{told} ({who})", found)

    def _test(self, unit: Unit) -> Judgement:
        cage = self.cage_for(unit)
        if unit.cocotb:
            ran = run_cocotb(unit.design, unit.cocotb, unit.simulator, self._settings, cage)
            failing = (_failed(test) for test in ran.tests if test.status.bad)
            return _judged(ran.result, tuple(failing))
        simulator = find_simulator(unit.simulator, self._settings, cage)
        return _judged(simulator.simulate(unit.design))

    def _prove(self, unit: Unit) -> Judgement:
        checker = AssertionChecker.find(self.cage_for(unit))
        results = checker.prove(unit.design, unit.depth)
        answer = overall(results)
        found = tuple(_unproven(result) for result in results if result.proof in _WEIGHTS)
        told = f"{answer.upper()}: {counted(len(results), 'assertion')}"
        return Judgement(_ANSWERS[answer], told, found, repeatable=answer is not Proof.UNKNOWN)


def _unproven(result: ProofResult) -> Diagnostic:
    named = f"{result.subject}: " if result.subject else ""
    message = f"{named}{result.evidence}"
    code = f"assertion-{result.proof}"
    return Diagnostic(_WEIGHTS[result.proof], code, message, result.span, "check")


def _failed(test: TestCase) -> Diagnostic:
    span = SourceSpan(f"{test.module.replace('.', '/')}.py", max(1, test.line))
    message = f"{test.name}: {test.message or test.status}"
    return Diagnostic(Severity.ERROR, "test-failed", message, span, "cocotb")


def _judged(result: SimResult, failing: tuple[Diagnostic, ...] = ()) -> Judgement:
    """A simulation's outcome; one that no diagnostic explains becomes a diagnostic itself."""
    status = _STATUSES.get(result.outcome, Status.FAILED)
    found = errors_in(result.diagnostics) if status is Status.FAILED else ()
    found += failing
    if status is not Status.PASSED and not (
        failing or (result.outcome is Outcome.COMPILE_ERROR and found)
    ):
        severity = Severity.ERROR if status is Status.FAILED else Severity.WARNING
        code = result.outcome.replace("_", "-")
        found += (Diagnostic(severity, code, result.evidence, None, "check"),)
    repeatable = not any(run.stopped_by is Stopped.WALL for run in result.runs)
    return Judgement(status, str(result), found, repeatable)
