"""`hdlsmith bench ablation|throughput|equiv`: studies of our own parts on a suite's problems."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from hdlsmith.benchmarks.options import (
    Data,
    Json,
    Offset,
    Out,
    Problems,
    Stride,
    SuiteName,
    TaskName,
    Workers,
    load_problems,
    open_harness,
)


def ablation(
    suite_name: SuiteName,
    data: Data,
    task: TaskName = "spec-to-rtl",
    model: Annotated[
        str | None, typer.Option(help="A model id, `local`, or `replay:FILE`.")
    ] = None,
    problems: Problems = None,
    stride: Stride = 1,
    offset: Offset = 0,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Measure what each part of the agent adds: all parts, and each of them off in turn.

    One sample of each problem, under the strict profile, beside a single official shot. Give
    several candidates (HDLSMITH_BUDGET__CANDIDATES). What was stopped goes on as `bench run` does.

    \b
    Example:   hdlsmith bench ablation verilog-eval --data verilog-eval --model local --stride 4
    Exit code: 0 measured, 2 unusable input, 3 something needed is missing,
               4 some samples are unscored
    """
    from hdlsmith.agent.choose_model import choose_models
    from hdlsmith.agent.deps import Silent, make_deps
    from hdlsmith.benchmarks import manifest
    from hdlsmith.benchmarks.ablation import incomplete, measure, render
    from hdlsmith.settings import load_settings

    settings = load_settings({"model": {"name": model}})
    suite, chosen = load_problems(suite_name, data, task, problems, stride, offset)
    models = choose_models(settings)
    with open_harness(settings) as harness:
        deps = make_deps(settings, harness.icarus, models, Silent())
        about = manifest.describe(suite, chosen, harness.icarus, settings) | {
            **manifest.asked(models, settings.model),
            "style": "ablation",
            "budget": settings.budget.model_dump(exclude={"approve_usd"}),
        }
        result = measure(harness, suite, chosen, deps, about, out or manifest.default_folder(about))
    typer.echo(json.dumps(result) if as_json else render(result))
    raise typer.Exit(4 if incomplete(result["rows"]) else 0)


def throughput(
    suite_name: SuiteName,
    data: Data,
    answers: Annotated[
        Path, typer.Option(help="JSONL with problem, sample, design.", show_default=False)
    ],
    task: TaskName = "spec-to-rtl",
    rounds: Annotated[int, typer.Option(min=1, help="How often both sides run.")] = 3,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Time `bench replay` against a bare `xargs` loop of the same tools, and print the ratio.

    Both sides run in turn on the same answers; the golden self-check is done beforehand. Each
    round of ours grades everything anew, cage, guard and traces included.

    \b
    Example:   hdlsmith bench throughput verilog-eval --data verilog-eval --answers answers.jsonl
    Exit code: 0 measured, 2 unusable input, 3 something needed is missing
    """
    from hdlsmith.benchmarks.run import read_answers
    from hdlsmith.benchmarks.throughput import measure, render
    from hdlsmith.settings import load_settings

    _, chosen = load_problems(suite_name, data, task, None, 1, 0)
    designs = read_answers(answers, chosen, chosen)
    with open_harness(load_settings(), workers) as harness:
        result = measure(harness, chosen, designs, rounds)
    typer.echo(json.dumps(result) if as_json else render(result))


def equiv(
    suite_name: SuiteName,
    data: Data,
    task: TaskName = "spec-to-rtl",
    depth: Annotated[int, typer.Option(min=1, help="As of `hdlsmith equiv`.")] = 50,
    seed: Annotated[int, typer.Option(help="Chooses the mutants.")] = 0,
    problems: Problems = None,
    stride: Stride = 1,
    offset: Offset = 0,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Try `hdlsmith equiv` on a dataset's reference designs.

    Each is compared with its own netlist from Yosys, which must be proven, and with a mutant of
    itself that fails its testbench, which must be refuted.

    \b
    Example:   hdlsmith bench equiv verilog-eval --data verilog-eval --json
    Exit code: 0 all proven and refuted, 2 unusable input, 3 something needed is missing,
               4 some are not; each is listed
    """
    from hdlsmith.benchmarks.equivalence_run import measure, render
    from hdlsmith.settings import load_settings

    _, chosen = load_problems(suite_name, data, task, problems, stride, offset)
    with open_harness(load_settings(), workers) as harness:
        result = measure(harness, chosen, depth, seed)
    typer.echo(json.dumps(result) if as_json else render(result))
    raise typer.Exit(4 if result["shortfalls"] else 0)
