"""Tools that judge designs, in the cage: lint and simulate."""

from typing import TYPE_CHECKING, ClassVar

from hdlsmith.agent.chat.calls import Finding, ToolCall
from hdlsmith.agent.chat.doubt import doubt_about
from hdlsmith.agent.chat.state import Change, Standing
from hdlsmith.display import counted
from hdlsmith.errors import InputError

if TYPE_CHECKING:
    from hdlsmith.agent.chat.workbench import Workbench
    from hdlsmith.design import Design
    from hdlsmith.sandbox.results import SimResult, ToolRun

_FINDINGS = 30
_LOG_LINES = 40
_COMPILERS = ("iverilog", "verilator", "ghdl")


class Lint(ToolCall):
    """Lint files or folders; top names the top module, or is empty."""

    name: ClassVar[str] = "lint"

    paths: list[str]
    top: str

    def run(self, bench: "Workbench", changes: tuple[Change, ...]) -> Finding:  # noqa: ARG002
        from hdlsmith.design import Severity
        from hdlsmith.sandbox.elaboration import check_named_top, elaborate
        from hdlsmith.sandbox.linters.lint import find_linters, lint

        design = bench.design(self.paths, self.top)
        if self.top:
            check_named_top(design, elaborate(design))
        linters = find_linters(bench.settings, bench.cage)
        report = lint(design, linters, bench.settings.lint)
        counts = {s: sum(d.severity is s for d in report.diagnostics) for s in Severity}
        totals = ", ".join(counted(number, severity) for severity, number in counts.items())
        summary = f"{totals} in {counted(len(design.sources), 'file')} ({'+'.join(report.tools)})"
        found = [str(diagnostic) for diagnostic in report.diagnostics[:_FINDINGS]]
        clean = not counts[Severity.ERROR]
        evidence = f"lint {counted(counts[Severity.ERROR], 'error')}"
        standing = Standing.NOTHING if clean else Standing.REFUTED
        return Finding(summary, "\n".join(found), evidence, standing)


class Simulate(ToolCall):
    """Compile files or folders and run the testbench module top; its verdict is evidence."""

    name: ClassVar[str] = "simulate"

    paths: list[str]
    top: str

    def run(self, bench: "Workbench", changes: tuple[Change, ...]) -> Finding:
        from hdlsmith.agent.state import Event
        from hdlsmith.sandbox.commands.simulate import check_top
        from hdlsmith.sandbox.results import Outcome
        from hdlsmith.sandbox.simulation.simulators import default_simulator, find_simulator

        if not self.top:
            raise InputError("which module is the testbench?", remedy="name it as top")
        design = bench.design(self.paths, self.top)
        check_top(design)
        simulator = find_simulator(default_simulator(design), bench.settings, bench.cage)
        result = simulator.simulate(design)
        log = [line for run in result.runs if run.tool not in _COMPILERS for line in _tail(run)]
        bench.watch.event(Event("simulate", f"{simulator.version()}, cage: {bench.cage.kind}"))
        evidence, standing = f"simulate {self.top}: {_verdict(result)}", Standing.REFUTED
        if result.outcome is Outcome.NO_EVIDENCE:
            standing = Standing.NOTHING
        elif result.outcome is Outcome.PASS:
            doubt = _doubt(design, changes)
            standing = Standing.NOTHING if doubt else Standing.SHOWN
            evidence += f"; not counted: {doubt}" if doubt else ""
        text = [*(str(d) for d in result.diagnostics[:_FINDINGS]), *log, evidence]
        return Finding(str(result), "\n".join(text), evidence, standing)


def _verdict(result: "SimResult") -> str:
    """Without what the simulation printed, which may say anything."""
    checks = f", {counted(result.checks, 'check')}" if result.checks else ""
    return f"{result.outcome.upper()}{checks}"


def _tail(run: "ToolRun") -> list[str]:
    return run.output.rstrip().split("\n")[-_LOG_LINES:]


def _doubt(design: "Design", changes: tuple[Change, ...]) -> str:
    from hdlsmith.sandbox.elaboration import elaborate
    from hdlsmith.sandbox.scan import scan

    if elaborate(design).modules == (design.top,):
        return f"{design.top} tests no design"
    top = (design.top or "").lower()  # VHDL's names are scanned in small letters
    own = (file for file in design.files if top in map(str.lower, scan(file).defines))
    testbench = tuple(own) or design.files  # which of them it is can't be told: any could be
    tested = tuple(file for file in design.files if file not in testbench)
    return doubt_about(tested, testbench, changes)
