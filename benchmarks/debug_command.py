"""`hdlsmith bench debug`."""

import json
from pathlib import Path
from typing import Annotated

import typer


def debug(
    data: Annotated[Path, typer.Option(help="Folder with simulate.jsonl.", show_default=False)],
    stride: Annotated[int, typer.Option(min=1, help="Take every N-th design.")] = 1,
    offset: Annotated[int, typer.Option(min=0, help="Skip the first N designs.")] = 0,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many designs.")] = None,
    budget_s: Annotated[
        float, typer.Option("--budget-s", min=1, help="CPU seconds of repair for each.")
    ] = 20,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of text.")
    ] = False,
) -> None:
    """Measure localising and template repair on broken designs that models wrote.

    Whether a line is to blame is read off a difference of syntax trees with the reference; a
    repair is plausible if the testbench passes, and correct if held-out stimuli tell it from the
    reference nowhere.

    \b
    Example:   hdlsmith bench debug --data repair --stride 7 --json
    Exit code: 0 measured, 2 unusable input, 3 something needed is missing
    """
    from hdlsmith.benchmarks.debug_run import measure, render
    from hdlsmith.benchmarks.repair_cases import read_cases
    from hdlsmith.benchmarks.run import Harness
    from hdlsmith.benchmarks.terminal import Bar
    from hdlsmith.errors import InputError
    from hdlsmith.sandbox.cage import make_cage
    from hdlsmith.sandbox.simulation.icarus import Icarus
    from hdlsmith.settings import load_settings

    cases = read_cases(data / "simulate.jsonl")[offset::stride][:limit]
    if not cases:
        raise InputError("no design is left after --offset, --stride and --limit")
    settings = load_settings()
    icarus = Icarus.find(settings, make_cage(settings.sandbox))
    with Bar() as bar:
        result = measure(Harness(icarus, settings.data_dir / "goldens", 1, bar), cases, budget_s)
    typer.echo(json.dumps(result) if as_json else render(result))
