"""`hdlsmith synth`."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from hdlsmith.display import counted, one_line
from hdlsmith.sandbox.commands.options import CageChoice, Files, Json, refuse_outputs


def synth(
    files: Files,
    top: Annotated[
        str | None, typer.Option(help="Top module; guessed when left out.", show_default=False)
    ] = None,
    target: Annotated[
        Literal["ice40", "ecp5"] | None,
        typer.Option(help="Map to this FPGA family, place and route, and tell Fmax."),
    ] = None,
    freq: Annotated[
        float | None,
        typer.Option(min=0.1, max=2000, help="MHz that every clock must reach; needs --target."),
    ] = None,
    netlist: Annotated[
        Path | None, typer.Option(help="Write the netlist, as Verilog (.v) or Yosys' JSON (.json).")
    ] = None,
    schematic: Annotated[
        Path | None, typer.Option(help="Draw the top before mapping, as SVG (needs netlistsvg).")
    ] = None,
    cage: CageChoice = None,
    as_json: Json = False,
) -> None:
    """Synthesise Verilog and SystemVerilog with Yosys: cells, memories, latches, the longest path.

    FILES are files or folders. Errors are what does not synthesise, nets with several drivers and
    combinational loops; latches and undriven nets are warnings. Without --target the result is in
    generic gates, the longest path counts them, and a memory above 64 words stays one cell.

    \b
    Example:   hdlsmith synth rtl/fifo.sv --top fifo --target ice40 --freq 50
    Exit code: 0 clean (warnings allowed), 1 errors found, 2 unusable input,
               3 something needed is missing
    """
    from hdlsmith.design import Design, Severity, errors_in
    from hdlsmith.errors import InputError
    from hdlsmith.sandbox.cage import make_cage
    from hdlsmith.sandbox.source_tree import read_tree
    from hdlsmith.sandbox.synthesis.fpga import TARGETS
    from hdlsmith.sandbox.synthesis.place_route import compiled, place_and_route
    from hdlsmith.sandbox.synthesis.schematic import Netlistsvg
    from hdlsmith.sandbox.synthesis.synthesis import NETLIST_JSON, NETLIST_VERILOG, synthesise
    from hdlsmith.sandbox.synthesis.synthesis_report import record, text
    from hdlsmith.sandbox.toolbox import require_package
    from hdlsmith.sandbox.workspace import Workspace, copy_out
    from hdlsmith.sandbox.yosys import Yosys
    from hdlsmith.settings import load_settings

    kinds = {".v": NETLIST_VERILOG, ".json": NETLIST_JSON}
    if netlist and netlist.suffix not in kinds:
        raise InputError(f"--netlist {netlist} is of no known kind", remedy="name it .v or .json")
    if schematic and schematic.suffix != ".svg":
        raise InputError(f"--schematic {schematic} is of no known kind", remedy="name it .svg")
    refuse_outputs(netlist, schematic)
    if freq and not target:
        raise InputError("--freq needs a --target", remedy="--target ice40 or --target ecp5")
    settings = load_settings({"sandbox": {"cage": cage}})
    design = Design(read_tree(files, top), top)
    if not design.sources:
        raise InputError("nothing to synthesise", remedy="name Verilog or SystemVerilog files")
    made = make_cage(settings.sandbox)
    yosys = Yosys.find(made)
    fpga = TARGETS[target] if target else None
    if fpga:
        require_package(fpga.package)
    drawer = Netlistsvg.find(settings, made) if schematic else None
    placement = None
    with Workspace(made.uid) as workspace:
        result = synthesise(workspace, design, yosys, fpga, verilog=bool(netlist))
        if netlist and result.done:
            copy_out(workspace.path / kinds[netlist.suffix], netlist)
        if fpga and not result.errors:
            cache = compiled(fpga, made, settings.data_dir)
            placement = place_and_route(workspace, result, fpga, made, cache, freq)
    found = (*result.diagnostics, *(placement.diagnostics if placement else ()))
    errors = errors_in(found)
    if as_json:
        tools = {"tool": yosys.version(), "cage": made.kind}
        typer.echo(json.dumps(record(result, placement) | tools))
    else:
        for diagnostic in found:
            typer.echo(one_line(str(diagnostic)), err=True)
        for line in text(result, placement):
            typer.echo(line)
        warnings = sum(d.severity is Severity.WARNING for d in found)
        counts = f"{counted(len(errors), 'error')}, {counted(warnings, 'warning')}"
        typer.echo(
            f"{one_line(result.top or 'no top')}: {counts} ({yosys.version()}, cage: {made.kind})"
        )
    if drawer and schematic and result.done:
        drawer.draw(Design(design.files, result.top), yosys, schematic)
    raise typer.Exit(1 if errors else 0)
