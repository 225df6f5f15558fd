"""`hdlsmith bench cage|cocotb|index`: what things cost, beside the same without them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]


def cage(
    rounds: Annotated[int, typer.Option(min=1, help="How often both sides run.")] = 50,
    as_json: Json = False,
) -> None:
    """Time a process in the cage against the same process bare, and print what the cage adds.

    \b
    Example:   hdlsmith bench cage --json
    Exit code: 0 measured, 3 something needed is missing
    """
    from hdlsmith.benchmarks.cage_cost import measure, render
    from hdlsmith.sandbox.cage import make_cage
    from hdlsmith.sandbox.simulation.icarus import Icarus
    from hdlsmith.settings import load_settings

    settings = load_settings()
    result = measure(Icarus.find(settings, make_cage(settings.sandbox)), rounds)
    typer.echo(json.dumps(result) if as_json else render(result))


def cocotb(
    designs: Annotated[int, typer.Option(min=1, help="Designs under one testbench.")] = 8,
    rounds: Annotated[int, typer.Option(min=1, help="How often all sides run.")] = 10,
    as_json: Json = False,
) -> None:
    """Time a cocotb run against the bare simulator, and many designs together against apart.

    \b
    Example:   hdlsmith bench cocotb --designs 16
    Exit code: 0 measured, 3 something needed is missing
    """
    from hdlsmith.benchmarks.cocotb_cost import measure, render
    from hdlsmith.sandbox.cage import make_cage
    from hdlsmith.sandbox.simulation.icarus import Icarus
    from hdlsmith.settings import load_settings

    settings = load_settings()
    icarus = Icarus.find(settings, make_cage(settings.sandbox))
    result = measure(icarus, settings, designs, rounds)
    typer.echo(json.dumps(result) if as_json else render(result))


def index(
    tree: Annotated[Path, typer.Option(help="A folder of HDL files; it is not written to.")],
    kgraph: Annotated[
        Path | None, typer.Option(help="The program hdl-kgraph, to be measured beside it.")
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="How often all sides build.")] = 3,
    as_json: Json = False,
) -> None:
    """Time the index: builds beside bare pyslang parsing, updates, searches, peak memory.

    \b
    Example:   hdlsmith bench index --tree ~/cores --kgraph ~/venv/bin/hdl-kgraph
    Exit code: 0 measured, 2 unusable input, 3 something needed is missing
    """
    from hdlsmith.benchmarks.index_cost import measure, render

    result = measure(tree, rounds, kgraph)
    typer.echo(json.dumps(result) if as_json else render(result))
