"""`hdlsmith debug`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hdlsmith.sandbox.commands.options import CageChoice, Files, Json, refuse_outputs

if TYPE_CHECKING:
    from hdlsmith.agent.debugging.debug import Debugged
    from hdlsmith.sandbox.simulation.icarus import Icarus
    from hdlsmith.settings import Settings


def debug(
    files: Files,
    testbench: Annotated[
        list[Path] | None,
        typer.Option(help="Your testbench; repeat for more files. A model sees only its output."),
    ] = None,
    reference: Annotated[
        list[Path] | None,
        typer.Option(help="A design of the same ports that is right; repeat for more files."),
    ] = None,
    log: Annotated[
        Path | None, typer.Option(help="What a tool or a CI job printed, wherever it ran.")
    ] = None,
    issue: Annotated[str, typer.Option(help="What is wrong, in English.")] = "",
    locate_only: Annotated[
        bool, typer.Option("--locate-only", help="Say where it goes wrong, and change nothing.")
    ] = False,
    model: Annotated[
        str | None, typer.Option(help="A model id, `local`, or `replay:FILE`.")
    ] = None,
    attempts: Annotated[
        int | None, typer.Option(min=1, help="Edits that a model is asked for at most.")
    ] = None,
    budget_s: Annotated[
        float, typer.Option("--budget-s", min=1, help="CPU seconds for trying edits by rule.")
    ] = 20,
    patch_out: Annotated[
        Path | None, typer.Option(help="Write the patch to this file, for `patch -p1`.")
    ] = None,
    cage: CageChoice = None,
    as_json: Json = False,
) -> None:
    """Find out what is wrong with FILES, and try to repair them by small edits.

    Shows which output is wrong first and when, the values behind it, and the lines to suspect; of
    a log or an issue, the lines that it means. Then the cheapest repair comes first: slips that
    don't compile are mended by rule, small edits are tried (operators, constants, conditions,
    edges, and the like), and what is left is for a model, if one is configured: its edits are tried
    on copies, kept where they help and else rolled back.

    VERIFIED means that your testbench passes, or that the reference is equal. A log or an issue
    alone verifies nothing. A repair need not be the one you would make, so read the patch. Your
    files stay as they are.

    A testbench is a module in the --testbench files that nothing instantiates. Where it
    instantiates a second module with the ports of the design, that one is taken for a reference.

    \b
    Example:   hdlsmith debug fifo.sv --testbench fifo_tb.sv --patch-out fix.patch
    Exit code: 0 verified, or nothing is wrong, 1 not repaired (or, with --locate-only, wrong),
               2 unusable input, 3 something needed is missing, 4 unverified
    """
    from hdlsmith.agent.debugging.case import Case
    from hdlsmith.agent.debugging.conclusion import conclude
    from hdlsmith.agent.debugging.debug import debug as run_debug
    from hdlsmith.agent.debugging.report import debug_record, render_debugged
    from hdlsmith.agent.report import EXIT_CODES
    from hdlsmith.agent.templates.patch import diff
    from hdlsmith.design import Design, read_source, read_sources
    from hdlsmith.errors import HdlsmithError, ModelError, ModelMissingError
    from hdlsmith.sandbox.cage import make_cage
    from hdlsmith.sandbox.simulation.icarus import Icarus
    from hdlsmith.settings import load_settings

    refuse_outputs(patch_out)
    given = {"model": {"name": model}, "budget": {"attempts": attempts}}
    settings = load_settings({"sandbox": {"cage": cage}, **given})
    sources = read_sources([*files, *(testbench or [])])
    case = Case(
        Design(sources[: len(files)]),
        sources[len(files) :],
        Design(read_sources(reference)) if reference else None,
        read_source(log).text if log else "",
        issue,
    )
    may_ask = not locate_only and _model_is_set(settings)
    if not (may_ask or locate_only or case.is_judged or log):
        _refuse_issue_alone()
    icarus = Icarus.find(settings, make_cage(settings.sandbox))
    done = run_debug(case, icarus, budget_s, locate_only=locate_only)
    about: dict[str, str] = {}
    failed: HdlsmithError | None = None
    if may_ask:
        try:
            done, about = _ask_model(done, settings, icarus, budget_s)
        except (ModelError, ModelMissingError) as error:
            failed = error  # what was found without it is worth showing first
    said = conclude(done, icarus)
    patch = diff(case.design, done.design)
    if patch_out and patch:
        patch_out.write_text(patch, "utf-8")
    if as_json:
        about["simulator"] = icarus.version()
        typer.echo(json.dumps(debug_record(done, said, patch) | about))
    else:
        typer.echo(render_debugged(done, said, patch))
        if "transcript" in about:
            typer.echo(f"  transcript: {about['transcript']}")
    if failed:
        raise failed
    raise typer.Exit(EXIT_CODES[said.verdict])


def _model_is_set(settings: "Settings") -> bool:
    from hdlsmith.roles import Role

    model = settings.model
    return bool(model.name or model.base_url or model.tiers or Role.DEBUG in model.roles)


def _refuse_issue_alone() -> None:
    """
    Raises:
        ModelMissingError: always.
    """
    from hdlsmith.agent.choose_model import TWO_WAYS
    from hdlsmith.errors import ModelMissingError

    raise ModelMissingError(
        "an issue alone can be worked on by a language model only, and none is configured",
        remedy=f"{TWO_WAYS}; or see with --locate-only which lines are meant",
    )


def _ask_model(
    done: "Debugged", settings: "Settings", icarus: "Icarus", budget_s: float
) -> "tuple[Debugged, dict[str, str]]":
    """The debugger role where anything is left to ask; and which model, prompts and transcript."""
    from hdlsmith.agent.choose_model import choose_models
    from hdlsmith.agent.debugging.role import debug_by_model, leaves_questions
    from hdlsmith.agent.deps import make_deps
    from hdlsmith.agent.runs import open_run
    from hdlsmith.agent.state import Event
    from hdlsmith.agent.terminal import TerminalWatch
    from hdlsmith.prompts.templates import prompts_digest

    if not leaves_questions(done):
        return done, {}
    models = choose_models(settings)
    limits = settings.budget.model_dump_json()
    identity = (done.case.digest, *models.identity, limits, prompts_digest(), icarus.version())
    with open_run(settings.state_dir, *identity) as run, TerminalWatch(run) as watch:
        watch.event(Event("run", f"starting {run.name} with {models.name}"))
        done = debug_by_model(done, make_deps(settings, icarus, models, watch), budget_s)
        about = {
            "model": models.name,
            "prompts_sha256": prompts_digest(),
            "transcript": str(run.folder / "transcript.jsonl"),
        }
        run.finish({**about, "hypotheses": [str(made) for made in done.hypotheses]})
    return done, about
