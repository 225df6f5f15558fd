"""cocotb testbenches in the cage: builds the designs, runs the tests, has the reports judged.

Whose word counts. A record is believed only where `child.serve` signed it, which runs no
foreign code and whose key no job knows; a design can neither write a record nor reach the socket
that its testbench reports through, and one that brings machine code along (`native_code`) is not
run. What a testbench reports, however, its own Python decides: it
shares a process with cocotb and can do to it whatever it likes. Its report is held against its
source, and cocotb against what it was before. That catches a testbench that bends cocotb, not one
that was written to deceive from within, which could as well check nothing. So where the author of
a testbench is not trusted (a model), `generated=True` refuses by its source whatever reaches
beyond cocotb and pure computation, before it is run.
"""

from contextlib import ExitStack
from pathlib import Path

from hdlsmith.design import Design, SourceFile
from hdlsmith.errors import InputError
from hdlsmith.sandbox.cage import Cage
from hdlsmith.sandbox.cocotb.build import BUILDERS, Request
from hdlsmith.sandbox.cocotb.judge import CocotbResult, judge
from hdlsmith.sandbox.cocotb.native_code import native_code
from hdlsmith.sandbox.cocotb.session import Session
from hdlsmith.sandbox.cocotb.testbench import read_testbench
from hdlsmith.sandbox.cocotb.testbench_guard import refusals
from hdlsmith.sandbox.results import Outcome, SimResult
from hdlsmith.sandbox.simulation.judge import not_compiled
from hdlsmith.sandbox.simulation.simulators import waves_suffix
from hdlsmith.sandbox.workspace import Workspace
from hdlsmith.settings import Settings


def run_cocotb(
    design: Design,
    tests: tuple[SourceFile, ...],
    simulator: str,
    settings: Settings,
    cage: Cage,
    *,
    waves: Path | None = None,
    coverage: bool = False,
    generated: bool = False,
) -> CocotbResult:
    """Run a cocotb testbench against one design.

    Args:
        design: its top is what the tests get as `dut`.
        tests: Python files; the first holds tests, the others are modules that it imports, or
            hold more tests.
        simulator: `icarus`, `verilator` or `ghdl`.
        waves: where the waveform is to be put, as VCD or FST by its suffix.
        coverage: count lines, branches and toggles, which Verilator alone can.
        generated: nobody vouches for the testbench: refuse it, as TAMPERED, if its source
            reaches beyond cocotb.

    Raises:
        InputError: no test file, no top, or what this simulator can't do.
        MissingToolError: the simulator, cocotb or libpython isn't there.
        SandboxError: the sandbox failed, not the design.
    """
    return _run((design,), tests, simulator, settings, cage, waves, coverage, generated)[0]


def run_cocotb_many(
    designs: tuple[Design, ...],
    tests: tuple[SourceFile, ...],
    simulator: str,
    settings: Settings,
    cage: Cage,
    *,
    generated: bool = False,
) -> list[CocotbResult]:
    """Run one testbench against many designs, each as if it were alone; results in their order.

    Icarus Verilog serves them all from one process, which has Python and cocotb loaded; the
    other simulators are started once for each.

    Raises:
        InputError, MissingToolError, SandboxError: as `run_cocotb`.
    """
    return _run(designs, tests, simulator, settings, cage, None, False, generated)


def _run(
    designs: tuple[Design, ...],
    tests: tuple[SourceFile, ...],
    simulator: str,
    settings: Settings,
    cage: Cage,
    waves: Path | None,
    coverage: bool,
    generated: bool,
) -> list[CocotbResult]:
    _check(designs, tests, simulator, coverage)
    suffix = waves_suffix(waves)
    if generated and (refused := refusals(tests)):
        result = SimResult(Outcome.TAMPERED, 0, 0, f"the testbench is refused: {refused[0]}")
        return [CocotbResult(result)] * len(designs)
    testbench = read_testbench(tests)
    foreign = {n: said for n, d in enumerate(designs) if (said := native_code(d, simulator))}
    plain = [number for number in range(len(designs)) if number not in foreign]
    results = {n: CocotbResult(SimResult(Outcome.TAMPERED, 0, 0, foreign[n])) for n in foreign}
    with ExitStack() as folders:

        def workspace() -> Workspace:
            return folders.enter_context(Workspace(cage.uid))

        taken = tuple(designs[number] for number in plain)
        request = Request(taken, workspace, settings, cage, suffix, coverage)
        builds = dict(zip(plain, BUILDERS[simulator](request), strict=True))
        session = Session(cage, workspace(), tests, testbench.modules)
        ready = {number: build for number, build in builds.items() if build.run.ok}
        told = session.simulate(ready, [str(design.top) for design in designs], waves)
    for number, build in builds.items():
        if number in ready:
            results[number] = judge(build, told[number], testbench)
        else:
            failed = not_compiled(build.run, build.diagnostics)
            results[number] = CocotbResult(failed, simulator=build.simulator)
    return [results[number] for number in range(len(designs))]


def _check(
    designs: tuple[Design, ...], tests: tuple[SourceFile, ...], simulator: str, coverage: bool
) -> None:
    if simulator not in BUILDERS:
        choices = ", ".join(BUILDERS)
        raise InputError(f"cocotb does not run on {simulator!r}", remedy=f"one of: {choices}")
    if not tests:
        raise InputError("no testbench is named", remedy="name a Python file that holds tests")
    if strange := [file.path for file in tests if not file.path.endswith(".py")]:
        raise InputError(f"{strange[0]} is no Python file", remedy="cocotb tests end in .py")
    if not designs or not all(design.top for design in designs):
        raise InputError("cocotb needs a top", remedy="name the module under test with --top")
    if coverage and simulator != "verilator":
        raise InputError(f"{simulator} counts no coverage", remedy="add --simulator verilator")
