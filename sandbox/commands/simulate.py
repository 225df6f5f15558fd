"""`hdlsmith simulate`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hdlsmith.sandbox.commands.options import CageChoice, Files, Json

if TYPE_CHECKING:
    from hdlsmith.design import Design
    from hdlsmith.sandbox.results import SimResult

_COMPILERS = ("iverilog", "verilator", "ghdl")  # their words are the diagnostics


def simulate(
    files: Files,
    top: Annotated[str, typer.Option(help="The testbench module or entity.", show_default=False)],
    simulator: Annotated[
        str | None,
        typer.Option(help="icarus, verilator, ghdl, or both (Icarus and Verilator, compared)."),
    ] = None,
    waves: Annotated[
        Path | None, typer.Option(help="Write every signal to this .vcd or .fst file.")
    ] = None,
    cocotb: Annotated[
        list[Path] | None,
        typer.Option(help="A file of cocotb tests for the module TOP; again for its helpers."),
    ] = None,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Of lines, branches and toggles; with --cocotb.")
    ] = False,
    cage: CageChoice = None,
    as_json: Json = False,
) -> None:
    """Compile FILES, run the testbench TOP, and judge what it printed.

    Verilog and SystemVerilog run on Icarus Verilog, VHDL on GHDL, unless told otherwise. A PASS
    needs evidence: a line such as `Mismatches: 0 in 200 samples`, `40 checks passed` or `PASS`. A
    simulation that ends in silence is NO_EVIDENCE. With `--simulator both` two simulators must
    say the same and show the same signals, or the outcome is DISAGREEMENT.

    With `--cocotb` TOP is the design itself and Python tests it; a PASS needs every test of the
    file to be reported, and one at least to have let simulated time pass. `--coverage` runs on
    Verilator.

    \b
    Example:   hdlsmith simulate counter.sv counter_tb.sv --top counter_tb --waves out.vcd
    Exit code: 0 pass, 1 mismatch, disagreement, compile error, timeout or crash,
               2 unusable input, 3 something needed is missing, 4 no evidence
    """
    from hdlsmith.design import Design, read_sources
    from hdlsmith.errors import InputError
    from hdlsmith.sandbox.cage import make_cage
    from hdlsmith.sandbox.commands.cocotb import simulate_with_cocotb
    from hdlsmith.sandbox.results import Outcome
    from hdlsmith.sandbox.simulation.simulators import default_simulator, find_simulator
    from hdlsmith.settings import load_settings

    codes = {Outcome.PASS: 0, Outcome.NO_EVIDENCE: 4}
    settings = load_settings({"sandbox": {"cage": cage}})
    design = Design(read_sources(files), top)
    check_top(design)
    chosen = simulator or ("verilator" if coverage else default_simulator(design))
    caged = make_cage(settings.sandbox)
    if cocotb:
        result = simulate_with_cocotb(
            design, cocotb, chosen, settings, caged, waves, coverage, as_json
        )
        raise typer.Exit(codes.get(result.outcome, 1))
    if coverage:
        raise InputError("coverage is counted under --cocotb alone", remedy="name a --cocotb file")
    found = find_simulator(chosen, settings, caged)
    result = found.simulate(design, waves)
    if as_json:
        from hdlsmith.sandbox.records import simulation_record

        typer.echo(json.dumps(simulation_record(result) | {"simulator": found.version()}))
    else:
        print_result(result, found.version(), waves)
    raise typer.Exit(codes.get(result.outcome, 1))


def check_top(design: "Design") -> None:
    """
    Raises:
        InputError: no sources, or none that defines the top.
    """
    from hdlsmith.errors import InputError
    from hdlsmith.sandbox.elaboration import check_named_top, elaborate

    if not design.sources:
        raise InputError("nothing to simulate", remedy="name Verilog, SystemVerilog or VHDL files")
    check_named_top(design, elaborate(design))


def print_result(result: "SimResult", tool: str, waves: Path | None) -> None:
    """Diagnostics to stderr, then what the simulations printed, then the verdict."""
    from hdlsmith.display import one_line, printable

    for diagnostic in result.diagnostics:
        typer.echo(one_line(str(diagnostic)), err=True)
    for run in result.runs:
        if run.tool not in _COMPILERS and run.output.strip():
            typer.echo(printable(run.output.rstrip()))
    if waves and waves.is_file():
        typer.echo(f"waves: {waves}")
    typer.echo(f"{one_line(str(result))} ({tool}, cage: {result.runs[-1].cage})")
