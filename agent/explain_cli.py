"""`hdlsmith explain`."""

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from hdlsmith.agent.explaining.grain import Grain

if TYPE_CHECKING:
    from hdlsmith.agent.explaining.explain import Explanation
    from hdlsmith.settings import Settings

_NOTHING_STOOD = 4


class Format(StrEnum):
    MD = "md"
    JSON = "json"
    HTML = "html"


def explain(
    target: Annotated[
        str, typer.Argument(help="MODULE, MODULE.BLOCK, FILE, FILE:MODULE or FILE:LINE.")
    ],
    grain: Annotated[
        Grain | None, typer.Option(help="How closely to look; by default as TARGET says.")
    ] = None,
    page_format: Annotated[
        Format, typer.Option("--format", help="Of the page; an HTML page needs no other file.")
    ] = Format.MD,
    model: Annotated[
        str | None, typer.Option(help="A model id, `local`, or `replay:FILE`.")
    ] = None,
    judge: Annotated[
        bool, typer.Option("--judge", help="Let the model of the role `judge` score the page.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
) -> None:
    """Explain a module, a block of it, or lines, with the place of every fact.

    The page is computed from the source: ports with their roles, parameters, hierarchy, clocks,
    resets, state machines, latencies, memories, clock crossings, and what each block does. A model,
    where one is configured, adds sentences. Each is checked against the source: what is wrong is
    left out, what no rule can check is marked. Names are looked up in the index around the working
    folder; a FILE needs none.

    \b
    Example:   hdlsmith explain ibex_controller
               hdlsmith explain rtl/fifo.sv:57
    Exit code: 0 explained, 2 no such target or unusable input, 3 a key or endpoint is missing,
               4 explained, but no sentence of the model stood
    """
    from hdlsmith.agent.explaining.explain import explain as run_explain
    from hdlsmith.agent.explaining.target import open_target
    from hdlsmith.settings import load_settings

    settings = load_settings({"model": {"name": model}})
    shape = Format.JSON if as_json else page_format
    command = f"hdlsmith explain {target}{f' --grain {grain}' if grain else ''}"
    with open_target(target) as found:
        explained = run_explain(found, grain or found.grain, command)
        if judge or settings.model.name or settings.model.base_url or settings.model.tiers:
            _explain_with_model(explained, settings, shape, judge)
        else:
            _print(explained, {}, shape)


def _explain_with_model(
    explained: "Explanation", settings: "Settings", shape: Format, judge: bool
) -> None:
    from hdlsmith.agent.choose_model import choose_models
    from hdlsmith.agent.deps import ModelDeps
    from hdlsmith.agent.explaining.explain import with_prose
    from hdlsmith.agent.explaining.judge import judge as run_judge
    from hdlsmith.agent.explaining.record import explanation_record
    from hdlsmith.agent.runs import open_run
    from hdlsmith.agent.terminal import TerminalWatch
    from hdlsmith.errors import ModelError
    from hdlsmith.prompts.templates import prompts_digest

    models = choose_models(settings)
    anatomy = explained.target.anatomy
    what = (explained.target.name, explained.grain, anatomy.text, str(judge))
    identity = ("explain", *what, *models.identity, prompts_digest())
    with open_run(settings.state_dir, *identity) as run, TerminalWatch(run) as watch:
        deps = ModelDeps(models=models, watch=watch)
        explained = with_prose(explained, deps, settings.budget)
        failure = explained.failure
        try:
            explained = run_judge(explained, deps) if judge and not failure else explained
        except ModelError as error:  # the page is there all the same
            failure = error
        about = {"model": models.name, "transcript": str(run.folder / "transcript.jsonl")}
        run.finish(explanation_record(explained) | about)
    _print(explained, about, shape)
    typer.echo(f"transcript: {about['transcript']}", err=True)
    if failure:
        raise failure
    raise typer.Exit(0 if any(s.claims for s in explained.page.sections) else _NOTHING_STOOD)


def _print(explained: "Explanation", about: dict[str, str], shape: Format) -> None:
    from hdlsmith.agent.explaining.markdown import render_markdown
    from hdlsmith.agent.explaining.page_html import render_html
    from hdlsmith.agent.explaining.record import explanation_record

    if shape is Format.JSON:
        typer.echo(json.dumps(explanation_record(explained) | about))
    else:
        render = render_html if shape is Format.HTML else render_markdown
        typer.echo(render(explained.page), nl=False)
