"""`hdlsmith index export`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hdlsmith.errors import InputError
from hdlsmith.retrieval.commands.graphs import Dot, Graphml, write_graphs
from hdlsmith.retrieval.commands.options import NearestIndex

if TYPE_CHECKING:
    import networkx

    from hdlsmith.retrieval.structure.netlist import Netlist


def export(
    module: Annotated[str, typer.Option(help="Only what stands in the module of this name.")] = "",
    index: NearestIndex = None,
    dot: Dot = None,
    graphml: Graphml = None,
) -> None:
    """Write the graph of the index for other programs: all of it, or one module.

    Nodes carry kind, name, detail and place; edges carry kind, line, clock edge and condition.

    \b
    Example:   hdlsmith index export --graphml soc.graphml
               hdlsmith index export --module fifo --dot fifo.dot
    Exit code: 0 written, 2 no index, no such module, or no file named, 3 a package is missing or
               the disk is full
    """
    from hdlsmith.retrieval.store.index import Index, find_index
    from hdlsmith.retrieval.structure.names import find_module
    from hdlsmith.retrieval.structure.netlist import Netlist

    if not (dot or graphml):
        raise InputError("no file is named", remedy="--graphml FILE or --dot FILE")
    with Index(index or find_index(Path.cwd())) as opened:
        chosen = find_module(opened, module).id if module else None
        netlist = Netlist(opened)
        write_graphs(lambda: _graph(netlist, chosen), dot, graphml)


def _graph(netlist: "Netlist", module: int | None) -> "networkx.MultiDiGraph[int]":
    from hdlsmith.retrieval.structure.graph import module_graph, source_graph

    if module is None:
        return source_graph(netlist, (source for source, _, _ in netlist.index.sources()))
    return module_graph(netlist, module)
