"""`hdlsmith bench dataflow`."""

import json
from pathlib import Path
from typing import Annotated

import typer


def dataflow(
    places: Annotated[
        list[Path], typer.Argument(help="Verilog files, or folders of them.", show_default=False)
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of text.")
    ] = False,
) -> None:
    """Compare our dataflow of Verilog-2005 (what is driven, out of what) with pyverilog's.

    \b
    Example:   hdlsmith bench dataflow cores/pythondata_cpu_serv my/counter.v
    Exit code: 0 measured, 2 unusable input, 3 something needed is missing
    """
    from hdlsmith.benchmarks.dataflow.agreement import measure, render
    from hdlsmith.display import printable
    from hdlsmith.sandbox.cage import make_cage
    from hdlsmith.settings import load_settings

    result = measure(places, make_cage(load_settings().sandbox))
    typer.echo(json.dumps(result) if as_json else printable(render(result)))
