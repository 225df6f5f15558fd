"""`hdlsmith bench`: pass rates that survive a hostile reader."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hdlsmith.benchmarks.consensus_cost import consensus
from hdlsmith.benchmarks.cost_commands import cage, cocotb, index
from hdlsmith.benchmarks.dataflow.command import dataflow
from hdlsmith.benchmarks.debug_command import debug
from hdlsmith.benchmarks.hdl_search.command import SuiteCommands, hdl_search
from hdlsmith.benchmarks.repair_command import repair

if TYPE_CHECKING:
    from hdlsmith.benchmarks.problems import Problem, Suite
    from hdlsmith.benchmarks.run import Harness
    from hdlsmith.settings import Settings

SUITES = {"verilog-eval": "hdlsmith.benchmarks.suites.verilog_eval:VerilogEval"}

app = typer.Typer(
    help="Measure a model or stored answers on a benchmark, blind and under guard.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

SuiteName = Annotated[str, typer.Argument(metavar="SUITE", help="verilog-eval")]
Data = Annotated[Path, typer.Option(help="Your checkout of the dataset.", show_default=False)]
TaskName = Annotated[str, typer.Option(help="spec-to-rtl or code-complete-iccad2023.")]
Profile = Annotated[
    str, typer.Option(help="Whose pass rate leads: strict (the truth) or compat (official).")
]
Problems = Annotated[
    str | None, typer.Option(help="Only these, separated by commas (Prob001 will do).")
]
Stride = Annotated[int, typer.Option(min=1, help="Take every N-th problem.")]
Offset = Annotated[int, typer.Option(min=0, help="Skip the first N problems.")]
Workers = Annotated[
    int | None, typer.Option(min=1, help="Designs graded at once; all cores by default.")
]
Out = Annotated[
    Path | None, typer.Option(help="Folder of the run; by default made from what is measured.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]


def mount(root: typer.Typer) -> None:
    """Add this layer's commands to the root command."""
    app.command("run hdl-search")(hdl_search)
    for command in (cage, cocotb, index):
        app.command()(command)
    app.command()(dataflow)
    app.command()(consensus)
    app.command()(repair)
    app.command()(debug)
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
    from hdlsmith.agent.choose_model import choose_model
    from hdlsmith.agent.deps import Silent, make_deps
    from hdlsmith.agent.models import Sampling
    from hdlsmith.benchmarks import answerers, manifest
    from hdlsmith.benchmarks.run import ask_and_grade
    from hdlsmith.benchmarks.store import RunStore
    from hdlsmith.settings import load_settings

    settings = load_settings({"model": {"name": model, "temperature": temperature}})
    _one_of("--style", style, answerers.STYLES)
    _check_profile(profile)
    suite, chosen = _load(suite_name, data, task, problems, stride, offset)
    chat = choose_model(settings)
    sampling = Sampling(settings.model.temperature, settings.model.max_tokens, seed)
    with _harness(settings) as harness:
        deps = make_deps(settings, harness.icarus, chat, sampling, Silent())
        answerer = answerers.make(style, suite, deps, shots)
        about = manifest.describe(suite, chosen, harness.icarus, settings) | {
            "style": style,
            "model": chat.name,
            "endpoint": manifest.endpoint(settings.model),
            "sampling": f"T={sampling.temperature}, max_tokens={sampling.max_tokens}",
            "shots": shots,
            "seed": seed,
            "samples": samples,
            "planned": samples * len(chosen),
            "budget": settings.budget.model_dump() if style == "agent" else None,
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
    suite, chosen = _load(suite_name, data, task, problems, stride, offset)
    designs = read_answers(answers, suite.problems(), chosen)
    parts = [part for (p, s), design in designs.items() for part in (p, str(s), design)]
    with _harness(settings, workers) as harness:
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


@app.command()
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

    _, chosen = _load(suite_name, data, task, None, 1, 0)
    designs = read_answers(answers, chosen, chosen)
    with _harness(load_settings(), workers) as harness:
        result = measure(harness, chosen, designs, rounds)
    typer.echo(json.dumps(result) if as_json else render(result))


@app.command()
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

    _, chosen = _load(suite_name, data, task, problems, stride, offset)
    with _harness(load_settings(), workers) as harness:
        result = measure(harness, chosen, depth, seed)
    typer.echo(json.dumps(result) if as_json else render(result))
    raise typer.Exit(4 if result["shortfalls"] else 0)


def _load(
    name: str, data: Path, task: str, only: str | None, stride: int, offset: int
) -> tuple[Suite, tuple[Problem, ...]]:
    from hdlsmith.benchmarks.problems import make_suite, select
    from hdlsmith.errors import InputError
    from hdlsmith.registry import resolve

    suite = make_suite(resolve(name, SUITES, "benchmark"), data, task)
    names = tuple(part.strip() for part in (only or "").split(",") if part.strip())
    if only is not None and not names:
        raise InputError(f"--problems {only!r} names no problem")
    chosen = select(suite.problems(), names, stride, offset)
    if not chosen:
        raise InputError("no problem is left after --problems, --stride and --offset")
    return suite, chosen


@contextlib.contextmanager
def _harness(settings: Settings, workers: int | None = None) -> Iterator[Harness]:
    from hdlsmith.benchmarks.run import Harness
    from hdlsmith.benchmarks.terminal import Bar
    from hdlsmith.sandbox.cage import make_cage
    from hdlsmith.sandbox.simulation.icarus import Icarus

    icarus = Icarus.find(settings, make_cage(settings.sandbox))
    with Bar() as bar:
        cache = settings.data_dir / "goldens"
        yield Harness(icarus, cache, workers or os.cpu_count() or 1, bar)


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
