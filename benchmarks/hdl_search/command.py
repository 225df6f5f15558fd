"""`hdlsmith bench run hdl-search`."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperGroup


class SuiteCommands(TyperGroup):
    """Takes `run hdl-search` for one command: `run` asks a model, and this suite asks none."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        two_words = " ".join(args[:2])
        if two_words in self.commands:
            args = [two_words, *args[2:]]
        return super().resolve_command(ctx, args)


def hdl_search(
    cores: Annotated[
        Path | None,
        typer.Option(
            help="Folder with the repositories (pip install --target); else the installed ones.",
            show_default=False,
        ),
    ] = None,
    split: Annotated[
        Literal["dev", "seen", "read", "test"],
        typer.Option(help="dev, seen and read are for tuning; test is looked at last."),
    ] = "dev",
    system: Annotated[
        list[str] | None,
        typer.Option(help="Only these; may be given several times.", show_default=False),
    ] = None,
    queries: Annotated[
        Path | None, typer.Option(help="Your own questions as JSONL; needs --tree.")
    ] = None,
    tree: Annotated[Path | None, typer.Option(help="The code that they are about.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write every question with its ranks here, as JSONL.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of text.")
    ] = False,
) -> None:
    """Search HDL code by what its authors wrote about it, with the comments taken away.

    Questions are comments of real repositories, as they are and with the answer's identifiers
    masked. Compared are BM25, dense vectors, their fusion, parts of our index, and our search.

    \b
    Example:   hdlsmith bench run hdl-search --cores cores --split dev
               hdlsmith bench run hdl-search --queries mine.jsonl --tree rtl --system ours --json
    Exit code: 0 measured, 2 unusable input, 3 something needed is missing
    """
    from importlib.util import find_spec

    from hdlsmith.errors import InputError, MissingToolError

    if not find_spec("numpy"):
        raise MissingToolError("numpy is not installed", remedy="pip install 'hdlsmith[index]'")

    from hdlsmith.benchmarks.hdl_search.corpus import load_split
    from hdlsmith.benchmarks.hdl_search.report import measure, render, write_ranks
    from hdlsmith.benchmarks.hdl_search.systems import SYSTEMS
    from hdlsmith.benchmarks.hdl_search.your_queries import load_queries
    from hdlsmith.settings import load_settings

    names = tuple(dict.fromkeys(system or SYSTEMS))
    if unknown := [name for name in names if name not in SYSTEMS]:
        raise InputError(f"no system called {unknown[0]!r}", remedy=f"one of: {', '.join(SYSTEMS)}")
    if (queries is None) != (tree is None):
        raise InputError("--queries and --tree go together")
    corpus = load_queries(queries, tree) if queries and tree else load_split(split, cores)
    result, ranks = measure(corpus, names, load_settings())
    if out:
        write_ranks(out, corpus, ranks)
    typer.echo(json.dumps(result) if as_json else render(result))
