"""Grading one design against the hidden testbench, under two rules from one run.

`compat` is the official code, weak spots included, for comparison with published figures.
`strict` is the truth: a PASS needs a design that the tamper guard lets through, a verdict line
that carries this run's nonce, as many samples as the golden run compared, and stimuli and
reference outputs identical to the golden run's; and it must stand a second look. Time is limited
in CPU seconds, so a busy machine changes nothing.
"""

import re
import secrets
from collections.abc import Set
from dataclasses import dataclass

from hdlsmith.benchmarks.problems import Problem
from hdlsmith.benchmarks.suites.verilog_eval_codes import official_code
from hdlsmith.benchmarks.trace import trace_digest
from hdlsmith.design import SourceFile
from hdlsmith.errors import InputError
from hdlsmith.languages import Language
from hdlsmith.sandbox.guard import reasons, violations
from hdlsmith.sandbox.results import Outcome, ToolRun
from hdlsmith.sandbox.second_look import renamed, second_look
from hdlsmith.sandbox.simulation.icarus import Icarus

GRADER_VERSION = 3
"""Part of every cache key and report; raised whenever a verdict could change."""

_TOP = "tb"
_VERDICT = "Mismatches: "
_DESIGN = "dut.sv"
_BINARY = "sim.vvp"
_TRACE = "wave.vcd"
_MAX_REASON_CHARS = 400


@dataclass(frozen=True)
class Golden:
    """What the reference does under its own testbench: the ceiling of a problem.

    Attributes:
        code: its official code; anything but `.` and no design can pass.
        samples: comparisons made.
        trace: digest of the stimuli and the reference's outputs.
    """

    problem: str
    code: str
    samples: int
    trace: str

    @property
    def passes(self) -> bool:
        return self.code == "." and self.samples > 0


@dataclass(frozen=True)
class Grade:
    """Both verdicts on one design.

    Attributes:
        code: the official code (`compat`).
        outcome: the strict verdict.
        because: what the strict verdict rests on.
        mismatches, samples: from the testbench's verdict line; None where it printed none.
        wall_s: seconds of compilation and simulation.
    """

    code: str
    outcome: Outcome
    because: str
    mismatches: int | None
    samples: int | None
    wall_s: float


@dataclass(frozen=True)
class _Run:
    runs: tuple[ToolRun, ...]
    log: str  # as the official harness would have seen it
    verdicts: tuple[tuple[int, int], ...]  # nonce-tagged (mismatches, samples)
    trace: str

    @property
    def wall_s(self) -> float:
        return sum(run.wall_s for run in self.runs)


def check_golden(icarus: Icarus, problem: Problem) -> Golden:
    """Run the reference against its own testbench."""
    run = _simulate(icarus, problem, problem.golden)
    code = official_code(run.log, problem.golden)
    samples = run.verdicts[0][1] if len(run.verdicts) == 1 else 0
    return Golden(problem.id, code, samples, run.trace)


def grade(icarus: Icarus, problem: Problem, design: str, golden: Golden) -> Grade:
    """Both verdicts on a design.

    Raises:
        SandboxError: the sandbox failed; the design is neither right nor wrong.
    """
    run = _simulate(icarus, problem, design)
    outcome, because = _strict(run, golden)
    found = violations(design, problem.top, problem.surroundings)
    if found:
        outcome, because = Outcome.TAMPERED, reasons(found)
    elif outcome is Outcome.PASS:

        def again(text: str, rename: frozenset[str]) -> tuple[Outcome, str]:
            return _strict(_simulate(icarus, problem, text, rename), golden)

        ports = {port.name for port in problem.interface}
        doubt = second_look(icarus, design, problem.top, problem.surroundings, ports, again)
        if doubt:
            outcome, because = Outcome.TAMPERED, doubt
    mismatches, samples = run.verdicts[0] if run.verdicts else (None, None)
    return Grade(
        code=official_code(run.log, design),
        outcome=outcome,
        because=because[:_MAX_REASON_CHARS],
        mismatches=mismatches,
        samples=samples,
        wall_s=round(run.wall_s, 4),
    )


def _strict(run: _Run, golden: Golden) -> tuple[Outcome, str]:
    last = run.runs[-1]
    if last.stopped_by:
        return Outcome.TIMEOUT, f"{last.tool} exceeded its {last.stopped_by} limit"
    if len(run.runs) == 1:
        return Outcome.COMPILE_ERROR, _first_line(last.output, "error")
    if last.exit_code:
        return Outcome.CRASH, f"the simulation ended with exit code {last.exit_code}"
    if not golden.passes:
        return Outcome.NO_EVIDENCE, f"the golden design itself gets {golden.code!r} here"
    if len(run.verdicts) != 1:
        return Outcome.NO_EVIDENCE, f"the testbench gave {len(run.verdicts)} verdicts"
    mismatches, samples = run.verdicts[0]
    if mismatches:
        return Outcome.MISMATCH, f"{mismatches} of {samples} samples differ"
    if "TIMEOUT" in last.output:
        return Outcome.TIMEOUT, "the testbench ran into its own time limit"
    if samples != golden.samples:
        return (
            Outcome.NO_EVIDENCE,
            f"{samples} samples were compared; the golden run compared {golden.samples}",
        )
    if run.trace != golden.trace:
        return Outcome.TAMPERED, "stimuli or reference outputs differ from the golden run's"
    return Outcome.PASS, f"{samples} samples equal, stimuli as in the golden run"


def _simulate(
    icarus: Icarus, problem: Problem, design: str, rename: Set[str] = frozenset()
) -> _Run:
    """One run beside the testbench, with the names in `rename` changed to unguessable ones."""
    nonce = secrets.token_hex(8)
    tagged = problem.testbench.text.replace(f'"{_VERDICT}', f'"{nonce} {_VERDICT}')
    if tagged == problem.testbench.text:
        raise InputError(f"{problem.testbench.path} prints no verdict line; is it VerilogEval v2?")

    sources = tuple(
        SourceFile(path, text, Language.SYSTEMVERILOG)
        for path, text in (
            (problem.testbench.path, renamed(tagged, rename, nonce)),
            (_DESIGN, design),
            (problem.reference.path, renamed(problem.reference.text, rename, nonce)),
        )
    )
    with icarus.workspace() as workspace:
        workspace.write(sources)
        argv = _compile_argv(sources, renamed(_TOP, rename, nonce))
        compiled, ran = icarus.compile_and_simulate(workspace, argv, _BINARY)
        if ran is None:
            return _Run((compiled,), compiled.output, (), "")
        pattern = re.compile(rf"^{nonce} {_VERDICT} *(\d+) in +(\d+) samples$", re.MULTILINE)
        verdicts = tuple((int(m[1]), int(m[2])) for m in pattern.finditer(ran.output))
        clean = ran.ok and len(verdicts) == 1 and verdicts[0][0] == 0
        trace = trace_digest(workspace.path / _TRACE) if clean else ""
    log = compiled.output + ran.output.replace(f"{nonce} ", "")
    if ran.stopped_by:
        log += "\nTIMEOUT\n"  # as the official Makefile writes when its time limit strikes
    return _Run((compiled, ran), log, verdicts, trace)


def _compile_argv(sources: tuple[SourceFile, ...], top: str) -> list[str]:
    """The official command line."""
    flags = ["-Wall", "-Winfloop", "-Wno-timescale", "-g2012", "-s", top, "-o", _BINARY]
    return [*flags, *(source.path for source in sources)]


def _first_line(log: str, word: str) -> str:
    lines = log.strip().splitlines()
    return next((line for line in lines if word in line), lines[0] if lines else "no output")
