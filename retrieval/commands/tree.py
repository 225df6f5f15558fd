"""`hdlsmith tree`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hdlsmith.display import counted, one_line
from hdlsmith.retrieval.commands.graphs import Dot, Graphml, write_graphs
from hdlsmith.retrieval.commands.options import InFile, Json, NearestIndex

if TYPE_CHECKING:
    import networkx

    from hdlsmith.retrieval.structure.tree import Branch


def tree(
    top: Annotated[str, typer.Argument(metavar="TOP", help="The module to start from.")],
    depth: Annotated[
        int | None, typer.Option(min=0, help="Levels below TOP; all by default.")
    ] = None,
    path: InFile = "",
    index: NearestIndex = None,
    as_json: Json = False,
    dot: Dot = None,
    graphml: Graphml = None,
) -> None:
    """Show the module hierarchy below a top, with parameters where it elaborates.

    \b
    Example:   hdlsmith tree ibex_top --depth 2
    Exit code: 0 found, 2 no such module or no index, 3 a package is missing
    """
    from hdlsmith.retrieval.store.index import Index, find_index
    from hdlsmith.retrieval.structure.names import find_module
    from hdlsmith.retrieval.structure.netlist import Netlist
    from hdlsmith.retrieval.structure.tree import down_to
    from hdlsmith.retrieval.structure.tree import tree as run_tree

    with Index(index or find_index(Path.cwd())) as opened:
        found = run_tree(Netlist(opened), find_module(opened, top, path).id)
    branches = found.branches if depth is None else down_to(found.branches, depth)
    write_graphs(lambda: _graph(branches), dot, graphml)
    counts = {
        "instances": len(found.branches) - 1,
        "modules": len({branch.module for branch in found.branches}),
        "missing": len({branch.module for branch in found.branches if not branch.place}),
    }
    if as_json:
        record = {"note": found.note, "truncated": found.truncated, "counts": counts}
        typer.echo(json.dumps(record | {"branches": [b._asdict() for b in branches]}))
    else:
        for branch in branches:
            said = [branch.module] if branch.parent != -1 else []
            if branch.parameters:
                said.append(f"#({', '.join(f'{n}={v}' for n, v in branch.parameters)})")
            said.append(branch.place or "not in the index")
            typer.echo(f"{'  ' * branch.depth}{one_line(' '.join((branch.name, *said)))}")
        typer.echo(
            f"{counted(counts['instances'], 'instance')} of "
            f"{counted(counts['modules'], 'module')}, {one_line(found.note)}",
            err=True,
        )
        if found.truncated:
            typer.echo("truncated: there are more instances than fit", err=True)


def _graph(branches: "tuple[Branch, ...]") -> "networkx.DiGraph[int]":
    from hdlsmith.retrieval.structure.graph import tree_graph

    return tree_graph(branches)
