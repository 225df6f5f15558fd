"""Options of the commands that write a graph."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hdlsmith.errors import MissingToolError

if TYPE_CHECKING:
    import networkx

Dot = Annotated[Path | None, typer.Option(help="Write a Graphviz file.")]
Graphml = Annotated[Path | None, typer.Option(help="Write a GraphML file.")]


def write_graphs(
    made: "Callable[[], networkx.DiGraph[int]]", dot: Path | None, graphml: Path | None
) -> None:
    """Write the files that were asked for.

    Args:
        made: the graph; called only if a file is wanted.

    Raises:
        MissingToolError: networkx is not installed.
        OSError: a file can't be written.
    """
    if not (dot or graphml):
        return
    try:
        from hdlsmith.retrieval.structure.export import write_dot, write_graphml
    except ImportError as error:
        raise MissingToolError(
            "graph files need networkx", remedy="pip install 'hdlsmith[index]'"
        ) from error
    graph = made()
    if dot:
        write_dot(graph, dot)
    if graphml:
        write_graphml(graph, graphml)
