"""Mounts the commands of the index."""

import typer

from hdlsmith.retrieval.commands import index
from hdlsmith.retrieval.commands.export import export
from hdlsmith.retrieval.commands.search import search
from hdlsmith.retrieval.commands.trace import trace
from hdlsmith.retrieval.commands.tree import tree


def mount(app: typer.Typer) -> None:
    """Add `index`, `search`, `trace` and `tree`."""
    index.app.command("export")(export)
    app.add_typer(index.app, name="index")
    app.command("search")(search)
    app.command("trace")(trace)
    app.command("tree")(tree)
