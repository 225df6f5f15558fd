"""`hdlsmith solve` and `hdlsmith model`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from hdlsmith.agent import (
    ask_cli,
    chat_cli,
    debug_cli,
    describe_cli,
    enrich_cli,
    explain_cli,
    model_cli,
)
from hdlsmith.retrieval.commands import index as index_commands


def mount(app: typer.Typer) -> None:
    """Add this layer's commands to the root command, and `enrich` to those of the index."""
    app.command("solve")(solve)
    app.command("ask")(ask_cli.ask)
    app.command("chat")(chat_cli.chat)
    app.command("debug")(debug_cli.debug)
    app.command("explain")(explain_cli.explain)
    app.command("describe")(describe_cli.describe)
    app.add_typer(model_cli.app, name="model")
    index_commands.app.command("enrich")(enrich_cli.enrich)


def solve(
    request: Annotated[str, typer.Argument(help="What the hardware must do, in English.")],
    language: Annotated[
        str | None,
        typer.Option(help="verilog or systemverilog; left out, the one that REQUEST names."),
    ] = None,
    top: Annotated[str | None, typer.Option(help="Name of the module.")] = None,
    testbench: Annotated[
        list[Path] | None,
        typer.Option(help="Your testbench; repeat for more files. A model sees only its output."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the design into this folder.")] = None,
    model: Annotated[
        str | None, typer.Option(help="A model id, `local`, or `replay:FILE`.")
    ] = None,
    attempts: Annotated[int | None, typer.Option(min=1, help="Designs written at most.")] = None,
    candidates: Annotated[
        int | None,
        typer.Option(min=1, max=16, help="Write so many, and take what most of them agree on."),
    ] = None,
    tests: Annotated[
        int | None,
        typer.Option(
            min=0, max=8, help="Have so many models of REQUEST written in Python, to test against."
        ),
    ] = None,
    index: Annotated[
        bool,
        typer.Option(help="Use the index of the repository around the current folder, if any."),
    ] = True,
    approve: Annotated[
        bool,
        typer.Option(
            "--approve", help="Ask before files change, and before more than a limit is spent."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Write a module for REQUEST, check it with the tools, repair it, and say what is proved.

    VERIFIED means that your --testbench passed. Without one the best verdict is UNVERIFIED: the
    design compiles, and nothing more is known. A solve that was killed goes on when the same
    command is given again. In an indexed repository (hdlsmith index build) what the request leaves
    open follows your conventions, and the model is shown the code around names in the request.
    With models from cheap to strong in the settings ([[model.tiers]]) the next one is asked where
    one has failed. --approve waits for a yes before it changes a file, and before it spends more
    than budget.approve_usd; where nobody answers it stops, and the same command goes on from there.

    \b
    Example:   hdlsmith solve "a 4-bit up counter with clk, rst, en and q" --top counter
    Exit code: 0 verified, 1 refuted, 2 unusable input, 3 a tool, key or endpoint is missing,
               4 unverified, or a yes is needed
    """
    from dataclasses import replace

    from hdlsmith.agent.choose_model import choose_models
    from hdlsmith.agent.deps import make_deps
    from hdlsmith.agent.report import EXIT_CODES, answer_record, render_answer
    from hdlsmith.agent.repository import find_repository
    from hdlsmith.agent.routing import route
    from hdlsmith.agent.runs import open_run
    from hdlsmith.agent.solve import check_task
    from hdlsmith.agent.solve import solve as run_solve
    from hdlsmith.agent.state import Event, Task
    from hdlsmith.agent.terminal import TerminalWatch
    from hdlsmith.design import make_folder, read_sources
    from hdlsmith.languages import Language, parse_language
    from hdlsmith.prompts.templates import prompts_digest
    from hdlsmith.sandbox.cage import make_cage
    from hdlsmith.sandbox.simulation.icarus import Icarus
    from hdlsmith.settings import load_settings

    budget = {"attempts": attempts, "candidates": candidates, "tests": tests}
    settings = load_settings({"model": {"name": model}, "budget": budget})
    if out:
        make_folder(out)
    wanted = parse_language(language) if language else route(request).language
    task = Task(request, wanted or Language.SYSTEMVERILOG, top, read_sources(testbench or []))
    check_task(task)
    icarus = Icarus.find(settings, make_cage(settings.sandbox))
    cage = icarus.cage.kind
    models = choose_models(settings, may_be_absent=True)
    repository = find_repository(Path.cwd()) if index else None
    where = (repository.name,) if repository else ()
    limits = settings.budget.model_dump_json(exclude={"approve_usd"})
    asked = (*models.identity, prompts_digest(), limits)
    identity = (task.digest, *asked, icarus.version(), *where)
    with open_run(settings.state_dir, *identity) as run, TerminalWatch(run) as watch:
        verb = "going on with" if run.resumed else "starting"
        watch.event(Event("run", f"{verb} {run.name} with {models.name}, cage: {cage}"))
        deps = replace(
            make_deps(settings, icarus, models, watch, repository),
            out=out,
            approve=watch.approve if approve else None,
        )
        answer = run_solve(task, deps, run.checkpointer, run.name)
        record = answer_record(answer) | {
            "run": run.name,
            "transcript": str(run.folder / "transcript.jsonl"),
            "model": models.name,
            "simulator": icarus.version(),
            "cage": cage,
        }
        run.finish(record)
    typer.echo(json.dumps(record) if as_json else render_answer(answer))
    if not as_json:
        typer.echo(f"  transcript: {record['transcript']}")
    raise typer.Exit(EXIT_CODES[answer.verdict])
