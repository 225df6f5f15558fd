"""`hdlsmith lint` and `hdlsmith simulate`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hdlsmith.display import one_line, printable

if TYPE_CHECKING:
    from hdlsmith.design import Diagnostic
    from hdlsmith.sandbox.results import SimResult

Files = Annotated[list[Path], typer.Argument(metavar="FILES...", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]


def mount(app: typer.Typer) -> None:
    """Add this layer's commands to the root command."""
    app.command("lint")(lint)
    app.command("simulate")(simulate)


def lint(
    files: Files,
    top: Annotated[str | None, typer.Option(help="Top module; guessed when left out.")] = None,
    as_json: Json = False,
) -> None:
    """Lint Verilog and SystemVerilog with pyslang and Verilator.

    Headers (.vh, .svh) and data files are named along with the sources that use them.

    \b
    Example:   hdlsmith lint rtl/fifo.sv rtl/defs.svh --top fifo
    Exit code: 0 no error found (warnings allowed), 1 errors found, 2 unusable input,
               3 something needed is missing
    """
    from hdlsmith.design import Design, Severity, read_sources
    from hdlsmith.sandbox.cage import make_cage
    from hdlsmith.sandbox.lint import lint as run_lint
    from hdlsmith.sandbox.toolbox import missing_tool
    from hdlsmith.sandbox.verilator import Verilator
    from hdlsmith.settings import load_settings

    settings = load_settings()
    design = Design(read_sources(files), top)
    cage = make_cage(settings.sandbox)
    verilator = Verilator.find(settings, cage)
    report = run_lint(design, verilator)
    found, tools = report.diagnostics, report.tools
    counts = {str(s): sum(d.severity is s for d in found) for s in Severity}
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "files": [file.path for file in design.files],
                    "tools": tools,
                    "cage": cage.kind,
                    "counts": counts,
                    "diagnostics": [diagnostic_record(d) for d in found],
                }
            )
        )
    else:
        for diagnostic in found:
            typer.echo(one_line(str(diagnostic)))
        total = ", ".join(f"{n} {name}{'' if n == 1 else 's'}" for name, n in counts.items())
        typer.echo(f"{total} ({' + '.join(tools)})", err=bool(found))
    if not verilator:
        missing = missing_tool("verilator", settings.tools)
        typer.echo(f"note: {missing.message}; linted by pyslang alone", err=True)
        typer.echo(f"  try: {missing.remedy}", err=True)
    raise typer.Exit(1 if counts[Severity.ERROR] else 0)


def simulate(
    files: Files,
    top: Annotated[str, typer.Option(help="The testbench module.", show_default=False)],
    as_json: Json = False,
) -> None:
    """Compile FILES with Icarus Verilog, run the testbench TOP, and judge what it printed.

    A PASS needs evidence: a line such as `Mismatches: 0 in 200 samples`, `40 checks passed`
    or `PASS`. A simulation that ends in silence is NO_EVIDENCE.

    \b
    Example:   hdlsmith simulate counter.sv counter_tb.sv --top counter_tb
    Exit code: 0 pass, 1 mismatch, compile error, timeout or crash, 2 unusable input,
               3 something needed is missing, 4 no evidence
    """
    from hdlsmith.design import Design, read_sources
    from hdlsmith.errors import InputError
    from hdlsmith.sandbox.cage import make_cage
    from hdlsmith.sandbox.elaboration import elaborate
    from hdlsmith.sandbox.icarus import Icarus
    from hdlsmith.sandbox.icarus import simulate as run_simulation
    from hdlsmith.sandbox.results import Outcome
    from hdlsmith.settings import load_settings

    settings = load_settings()
    design = Design(read_sources(files), top)
    if not design.sources:
        raise InputError("nothing to simulate", remedy="name Verilog or SystemVerilog files")
    modules = elaborate(design).modules
    if modules and top not in modules:
        raise InputError(
            f"no module {top!r} in these files", remedy=f"one of: {', '.join(modules)}"
        )
    icarus = Icarus.find(settings, make_cage(settings.sandbox))
    result = run_simulation(icarus, design)
    if as_json:
        record = simulation_record(result) | {"simulator": icarus.version()}
        typer.echo(json.dumps(record))
    else:
        for diagnostic in result.diagnostics:
            typer.echo(one_line(str(diagnostic)), err=True)
        for run in result.runs[1:]:
            typer.echo(printable(run.output.rstrip()))
        cage = result.runs[-1].cage
        typer.echo(f"{one_line(str(result))} ({icarus.version()}, cage: {cage})")
    codes = {Outcome.PASS: 0, Outcome.NO_EVIDENCE: 4}
    raise typer.Exit(codes.get(result.outcome, 1))


def diagnostic_record(diagnostic: Diagnostic) -> dict[str, Any]:
    """A diagnostic as JSON data; `path`, `line` and `column` are null where no place is known."""
    span = diagnostic.span
    return {
        "severity": diagnostic.severity,
        "code": diagnostic.code,
        "message": diagnostic.message,
        "tool": diagnostic.tool,
        "path": span.path if span else None,
        "line": span.line if span else None,
        "column": (span.column or None) if span else None,
    }


def simulation_record(result: SimResult) -> dict[str, Any]:
    """A simulation result as JSON data, with every process that led to it."""
    return {
        "outcome": result.outcome,
        "checks": result.checks,
        "failures": result.failures,
        "evidence": result.evidence,
        "diagnostics": [diagnostic_record(d) for d in result.diagnostics],
        "runs": [
            {
                "tool": run.tool,
                "argv": list(run.argv),
                "exit_code": run.exit_code,
                "stopped_by": run.stopped_by,
                "wall_s": round(run.wall_s, 3),
                "cage": run.cage,
                "output": run.output,
            }
            for run in result.runs
        ],
    }
