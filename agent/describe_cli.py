"""`hdlsmith describe`."""

import json
from pathlib import Path
from typing import Annotated

import typer


def describe(
    path: Annotated[Path, typer.Argument(help="A repository, a folder or a source file.")],
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE.jsonl", help="Append what this file lacks.")
    ],
    model: Annotated[
        str | None, typer.Option(help="A model id, `local`, or `replay:FILE`; else rules describe.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Write descriptions of all modules below PATH: as a whole, block by block and line by line.

    Each record has the code, what it does, who says so (a rule, or a model for modules and blocks),
    path and lines, the licence that the repository states, and whether the module compiles as the
    tools see it. A run that was stopped goes on where it was; a record is never written twice.

    \b
    Example:   hdlsmith describe rtl --out descriptions.jsonl
    Exit code: 0 done, 1 there is no module, 2 unusable input, 3 a tool, key or endpoint is missing
    """
    from hdlsmith.agent.deps import ModelDeps, Silent
    from hdlsmith.agent.describing import describe as ask_for
    from hdlsmith.agent.explaining.compiling import Compilers
    from hdlsmith.agent.explaining.opening import index_of
    from hdlsmith.agent.explaining.pairs import Author, write_pairs
    from hdlsmith.display import counted, one_line
    from hdlsmith.retrieval.building.progress import Told
    from hdlsmith.retrieval.structure.netlist import Netlist
    from hdlsmith.roles import Role
    from hdlsmith.settings import load_settings

    settings = load_settings({"model": {"name": model}})
    author = Author()
    if model:
        from hdlsmith.agent.choose_model import choose_models

        models = choose_models(settings)
        deps = ModelDeps(models=models, watch=Silent())
        name = models.seat(Role.DESCRIBE).model.name
        author = Author(name, lambda code, language: ask_for(code, deps, language))
    with Told() as told, index_of(path, told) as (index, below):
        compilers = Compilers(settings, Netlist(index))
        done = write_pairs(index, below, out, author, compilers, told)
    for reason in done.skipped:
        typer.echo(f"passed over: {one_line(reason)}", err=True)
    if as_json:
        typer.echo(json.dumps(done._asdict() | {"out": str(out), "model": author.name}))
    else:
        typer.echo(
            f"{counted(done.written, 'record')} of {counted(done.modules, 'module')} written to"
            f" {out}; {done.kept:,} were there"
        )
    raise typer.Exit(0 if done.modules else 1)
