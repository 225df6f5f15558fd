"""`hdlsmith equiv`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from hdlsmith.sandbox.commands.options import CageChoice, Depth, Json, ProofWaves

_Also = typer.Option(help="A further file of that design; may be repeated.")


def equiv(
    a: Annotated[Path, typer.Argument(metavar="A", show_default=False)],
    b: Annotated[Path, typer.Argument(metavar="B", show_default=False)],
    top: Annotated[str, typer.Option(help="The module of both to compare.", show_default=False)],
    also_a: Annotated[list[Path] | None, _Also] = None,
    also_b: Annotated[list[Path] | None, _Also] = None,
    depth: Depth = 50,
    waves: ProofWaves = None,
    cage: CageChoice = None,
    as_json: Json = False,
) -> None:
    """Prove or refute that the design B does what A does.

    PROVEN: whatever the inputs do, for ever, each output bit of B is A's wherever A's is known.
    Registers of A without an initial value start unknown, those of B with any value. REFUTED:
    input values that end in a difference, seen in a simulation by Icarus Verilog too. UNKNOWN:
    a limit was reached, or there was nothing to compare.

    \b
    Example:   hdlsmith equiv alu.sv alu_netlist.v --top alu --waves why.vcd
    Exit code: 0 proven, 1 refuted, 2 unusable input or different ports,
               3 something needed is missing, 4 unknown
    """
    from hdlsmith.design import Design, read_sources
    from hdlsmith.display import printable
    from hdlsmith.sandbox.cage import make_cage
    from hdlsmith.sandbox.formal.equivalence import EquivalenceChecker
    from hdlsmith.sandbox.formal.proof import EXIT_CODES
    from hdlsmith.sandbox.formal.proof_report import proof_record, render_proof
    from hdlsmith.sandbox.simulation.icarus import Icarus
    from hdlsmith.settings import load_settings

    settings = load_settings({"sandbox": {"cage": cage}})
    design_a = Design(read_sources([a, *(also_a or [])]), top)
    design_b = Design(read_sources([b, *(also_b or [])]), top)
    checker = EquivalenceChecker.find(Icarus.find(settings, make_cage(settings.sandbox)))
    result = checker.compare(design_a, design_b, depth, waves)
    if as_json:
        typer.echo(json.dumps(proof_record(result) | {"tool": checker.yosys.version()}))
    else:
        typer.echo(printable(render_proof(result)))
        if waves and waves.is_file():
            typer.echo(f"waves: {waves}")
    raise typer.Exit(EXIT_CODES[result.proof])
