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
    model: Annotated[
        str | None,
        typer.Option(help="Asked about what is left: a model id, `local`, or `replay:FILE`."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of text.")
    ] = False,
) -> None:
    """Measure localising and repair on broken designs that models wrote.

    Whether a line is to blame is read off a difference of syntax trees with the reference; a
    repair is plausible if the testbench passes, and correct if held-out stimuli tell it from the
    reference nowhere. With --model the debugger role is asked about the designs that repair by rule
    leaves, told the design's description and what its testbench says, and counted apart.

    \b
    Example:   hdlsmith bench debug --data repair --stride 7 --json
    Exit code: 0 measured, 2 unusable input, 3 something needed is missing
    """
    from hdlsmith.agent.choose_model import choose_models
    from hdlsmith.agent.deps import Silent, make_deps
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
    settings = load_settings({"model": {"name": model}})
    icarus = Icarus.find(settings, make_cage(settings.sandbox))
    deps = make_deps(settings, icarus, choose_models(settings), Silent()) if model else None
    with Bar() as bar:
        harness = Harness(icarus, settings.data_dir / "goldens", 1, bar)
        result = measure(harness, cases, budget_s, deps)
    typer.echo(json.dumps(result) if as_json else render(result))
