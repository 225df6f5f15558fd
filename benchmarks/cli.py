"""`hdlsmith bench`: pass rates that survive a hostile reader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from hdlsmith.benchmarks.consensus_cost import consensus
from hdlsmith.benchmarks.cost_commands import cage, cocotb, index
from hdlsmith.benchmarks.dataflow.command import dataflow
from hdlsmith.benchmarks.debug_command import debug
from hdlsmith.benchmarks.hdl_search.command import SuiteCommands, hdl_search
from hdlsmith.benchmarks.options import (
    Data,
    Json,
    Offset,
    Out,
    Problems,
    Profile,
    Stride,
    SuiteName,
    TaskName,
    Workers,
    load_problems,
    open_harness,
)
from hdlsmith.benchmarks.repair_command import repair
from hdlsmith.benchmarks.study_commands import ablation, equiv, throughput

app = typer.Typer(
    help="Measure a model or stored answers on a benchmark, blind and under guard.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def mount(root: typer.Typer) -> None:
    """Add this layer's commands to the root command."""
    app.command("run hdl-search")(hdl_search)
    for command in (
        ablation,
        throughput,
        equiv,
        cage,
        cocotb,
        index,
        dataflow,
        consensus,
        repair,
        debug,
    ):
        app.command()(command)
    root.add_typer(app, name="bench", cls=SuiteCommands)


@app.command()
def run(
    suite_name: SuiteName,
    data: Data,
    task: TaskName = "spec-to-rtl",
    style: Annotated[
        str, typer.Option(help="agent: our loop; official: the dataset's own prompt, one call.")
    ] = "agent",
    model: Annotated[
        str | None, typer.Option(help="A model id, `local`, or `replay:FILE`.")
    ] = None,
    samples: Annotated[int, typer.Option(min=1, help="Samples of each problem.")] = 1,
    temperature: Annotated[float | None, typer.Option(min=0, max=2)] = None,
    shots: Annotated[int, typer.Option(min=0, max=4, help="Examples in the official prompt.")] = 0,
    seed: Annotated[int | None, typer.Option(help="Sent to the model, if it takes one.")] = None,
    problems: Problems = None,
    stride: Stride = 1,
    offset: Offset = 0,
    requests: Annotated[
        int, typer.Option(min=1, help="Model calls at once; the local model takes one.")
    ] = 1,
    profile: Profile = "strict",
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Ask a model for every problem, grade its answers, and report pass@k.

    The model never sees the grading testbench. A run that was killed, or whose endpoint died,
    goes on when the same command is given again; finished samples are not asked for twice.

    \b
    Example:   hdlsmith bench run verilog-eval --data verilog-eval --model local --stride 4
    Exit code: 0 every sample is scored, 2 unusable input, 3 something needed is missing,
               4 some samples are unscored
    """
    from hdlsmith.agent.choose_model import choose_models
    from hdlsmith.agent.deps import Silent, make_deps
    from hdlsmith.benchmarks import answerers, manifest
    from hdlsmith.benchmarks.run import ask_and_grade
    from hdlsmith.benchmarks.store import RunStore
    from hdlsmith.settings import load_settings

    settings = load_settings({"model": {"name": model, "temperature": temperature}})
    _one_of("--style", style, answerers.STYLES)
    _check_profile(profile)
    suite, chosen = load_problems(suite_name, data, task, problems, stride, offset)
    models = choose_models(settings, seed)
    with open_harness(settings) as harness:
        deps = make_deps(settings, harness.icarus, models, Silent())
        answerer = answerers.make(style, suite, deps, shots)
        budget = settings.budget.model_dump(exclude={"approve_usd"})
        about = manifest.describe(suite, chosen, harness.icarus, settings) | {
            "style": style,
            **manifest.asked(models, settings.model),
            "shots": shots,
            "seed": seed,
            "samples": samples,
            "planned": samples * len(chosen),
            "budget": budget if style == "agent" else None,
            "prompts": answerers.prompt_hashes(style, suite, chosen[0], shots),
        }
        folder = out or manifest.default_folder(about)
        with RunStore(folder, about) as store:
            ask_and_grade(harness, chosen, samples, answerer, requests, store)
    _report(folder, profile, as_json)


@app.command()
def replay(
    suite_name: SuiteName,
    data: Data,
    answers: Annotated[
        Path, typer.Option(help="JSONL with problem, sample, design.", show_default=False)
    ],
    task: TaskName = "spec-to-rtl",
    problems: Problems = None,
    stride: Stride = 1,
    offset: Offset = 0,
    profile: Profile = "strict",
    workers: Workers = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Grade stored answers; needs no model. Problems without an answer are left out.

    A replay that was killed goes on when the same command is given again.

    \b
    Example:   hdlsmith bench replay verilog-eval --data verilog-eval --answers answers.jsonl
    Exit code: 0 every answer is graded, 2 unusable input, 3 something needed is missing
    """
    from hdlsmith.benchmarks import manifest
    from hdlsmith.benchmarks.run import grade_stored, read_answers
    from hdlsmith.benchmarks.store import RunStore
    from hdlsmith.design import digest_of
    from hdlsmith.settings import load_settings

    _check_profile(profile)
    settings = load_settings()
    suite, chosen = load_problems(suite_name, data, task, problems, stride, offset)
    designs = read_answers(answers, suite.problems(), chosen)
    parts = [part for (p, s), design in designs.items() for part in (p, str(s), design)]
    with open_harness(settings, workers) as harness:
        about = manifest.describe(suite, chosen, harness.icarus, settings) | {
            "style": "replay",
            "model": f"stored answers {answers.name}",
            "sampling": "as stored",
            "seed": None,
            "planned": len(designs),
            "answers_sha256": digest_of(*parts),
        }
        folder = out or manifest.default_folder(about)
        with RunStore(folder, about) as store:
            grade_stored(harness, chosen, designs, store)
    _report(folder, profile, as_json)


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A run's folder.")],
    profile: Profile = "strict",
    as_json: Json = False,
) -> None:
    """Print the figures of a run, finished or not.

    \b
    Example:   hdlsmith bench report runs/verilog-eval-spec-to-rtl-agent-1a2b3c4d --json
    Exit code: 0 every sample is scored, 2 no run there, 4 some samples are unscored
    """
    _check_profile(profile)
    _report(folder, profile, as_json)


def _report(folder: Path, profile: str, as_json: bool) -> None:
    from hdlsmith.benchmarks.report import render, summarise

    summary = summarise(folder, profile) | {"folder": str(folder)}
    typer.echo(json.dumps(summary) if as_json else render(summary))
    if not as_json:
        typer.echo(f"  run: {folder}")
    raise typer.Exit(4 if summary["n"] < summary["planned"] else 0)


def _check_profile(profile: str) -> None:
    from hdlsmith.benchmarks.report import PROFILES

    _one_of("--profile", profile, PROFILES)


def _one_of(flag: str, value: str, choices: tuple[str, ...]) -> None:
    from hdlsmith.errors import InputError

    if value not in choices:
        raise InputError(f"{flag} {value}: no such choice", remedy=f"one of: {', '.join(choices)}")
