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
    model: Annotated[
        str | None,
        typer.Option(help="Asked about what is left: a model id, `local`, or `replay:FILE`."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of text.")
    ] = False,
) -> None:
    """Measure repair of broken designs that models wrote: without a model, and with one on top.

    Each design is mended for the ports of its reference, and graded before and after. With --model
    the debugger role is asked about what still does not compile, one design after another; it sees
    the design's description and what the tools say, and nothing of the testbench.

    \b
    Example:   hdlsmith bench repair --data repair --json
    Exit code: 0 measured, 2 unusable input, 3 something needed is missing
    """
    from hdlsmith.agent.choose_model import choose_models
    from hdlsmith.agent.deps import Silent, make_deps
    from hdlsmith.benchmarks.repair_cases import read_cases
    from hdlsmith.benchmarks.repair_run import measure, render
    from hdlsmith.benchmarks.run import Harness
    from hdlsmith.benchmarks.terminal import Bar
    from hdlsmith.sandbox.cage import make_cage
    from hdlsmith.sandbox.simulation.icarus import Icarus
    from hdlsmith.settings import load_settings

    cases = read_cases(data / "syntax.jsonl")
    settings = load_settings({"model": {"name": model}})
    icarus = Icarus.find(settings, make_cage(settings.sandbox))
    deps = make_deps(settings, icarus, choose_models(settings), Silent()) if model else None
    with Bar() as bar:
        cache = settings.data_dir / "goldens"
        result = measure(Harness(icarus, cache, workers or os.cpu_count() or 1, bar), cases, deps)
    typer.echo(json.dumps(result) if as_json else render(result))
