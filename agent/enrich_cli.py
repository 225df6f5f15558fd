"""`hdlsmith index enrich`: words that a model finds for the code in an index."""

import json
from pathlib import Path
from typing import Annotated

import typer


def enrich(
    path: Annotated[
        Path, typer.Argument(metavar="[PATH]", help="The repository, or inside it.")
    ] = Path(),
    index: Annotated[
        Path | None, typer.Option("--index", metavar="DIR", help="The index folder.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="A model id, `local`, or `replay:FILE`.")
    ] = None,
    most: Annotated[
        int | None, typer.Option(min=1, help="Ask about at most so many pieces of code.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Let a model describe modules, processes and functions, so that search finds them by meaning.

    What it says is kept by content beside the index: a run that was stopped goes on, and nothing
    is asked twice. Descriptions are data for search; they are shown as a model's words.

    \b
    Example:   hdlsmith index enrich --most 50 --model local
    Exit code: 0 done, 2 no index or unusable input, 3 a key, endpoint or package is missing
    """
    from hdlsmith.agent.choose_model import choose_models
    from hdlsmith.agent.deps import ModelDeps, Silent
    from hdlsmith.agent.describing import describe
    from hdlsmith.display import counted
    from hdlsmith.retrieval.building.progress import Told
    from hdlsmith.retrieval.meaning.enrich import enrich as enrich_index
    from hdlsmith.retrieval.store.index import find_index
    from hdlsmith.retrieval.vectors.sync import sync
    from hdlsmith.roles import Role
    from hdlsmith.settings import load_settings

    settings = load_settings({"model": {"name": model}})
    folder = index or find_index(path)
    models = choose_models(settings)
    author = models.seat(Role.DESCRIBE).model.name
    deps = ModelDeps(models=models, watch=Silent())
    with Told() as told:
        done = enrich_index(
            folder, lambda code: describe(code, deps), author, most=most, progress=told
        )
        vectors = sync(folder, settings, told)
    if as_json:
        record = {"asked": done.asked, "nodes": done.nodes, "vectors": vectors.added}
        typer.echo(json.dumps(record | {"model": author}))
    else:
        typer.echo(
            f"{author} was asked about {counted(done.asked, 'piece')} of code;"
            f" {counted(done.nodes, 'node')} got its words"
        )
