"""`hdlsmith simulate`."""

import json
from typing import Annotated

import typer

from hdlsmith.display import one_line, printable
from hdlsmith.sandbox.commands.options import Files, Json


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
    from hdlsmith.sandbox.records import simulation_record
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
