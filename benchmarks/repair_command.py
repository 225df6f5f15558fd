"""`hdlsmith bench repair`."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer


def repair(
    data: Annotated[Path, typer.Option(help="Folder with syntax.jsonl.", show_default=False)],
    workers: Annotated[
        int | None, typer.Option(min=1, help="Designs at once; all cores by default.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of text.")
    ] = False,
) -> None:
    """Measure repair without a model on broken designs that models wrote.

    Each design is mended for the ports of its reference, and graded before and after.

    \b
    Example:   hdlsmith bench repair --data repair --json
    Exit code: 0 measured, 2 unusable input, 3 something needed is missing
    """
    from hdlsmith.benchmarks.repair_cases import read_cases
    from hdlsmith.benchmarks.repair_run import measure, render
    from hdlsmith.benchmarks.run import Harness
    from hdlsmith.benchmarks.terminal import Bar
    from hdlsmith.sandbox.cage import make_cage
    from hdlsmith.sandbox.simulation.icarus import Icarus
    from hdlsmith.settings import load_settings

    cases = read_cases(data / "syntax.jsonl")
    settings = load_settings()
    icarus = Icarus.find(settings, make_cage(settings.sandbox))
    with Bar() as bar:
        cache = settings.data_dir / "goldens"
        result = measure(Harness(icarus, cache, workers or os.cpu_count() or 1, bar), cases)
    typer.echo(json.dumps(result) if as_json else render(result))
