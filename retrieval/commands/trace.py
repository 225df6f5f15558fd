"""`hdlsmith trace`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hdlsmith.display import counted, one_line
from hdlsmith.retrieval.commands.graphs import Dot, Graphml, write_graphs
from hdlsmith.retrieval.commands.options import InFile, Json, NearestIndex
from hdlsmith.retrieval.nodes import NAMED_VALUES

if TYPE_CHECKING:
    from collections.abc import Iterator

    import networkx

    from hdlsmith.retrieval.structure.netlist import Netlist
    from hdlsmith.retrieval.structure.trace import Row, Trace

_LIMIT = 2000


def trace(
    signal: Annotated[
        str,
        typer.Argument(
            metavar="SIGNAL",
            help="A port, signal or parameter; also with instances before it, u_core.u_alu.result.",
        ),
    ],
    module: Annotated[str, typer.Option("--module", help="The module that SIGNAL starts in.")] = "",
    fan_in: Annotated[
        bool, typer.Option("--fan-in/--fan-out", help="What drives it, or what it drives.")
    ] = True,
    depth: Annotated[
        int, typer.Option(min=0, help="How many assignments away; a port crossing is none.")
    ] = 3,
    top: Annotated[
        str, typer.Option(help="Elaborate from this module, not from the outermost above.")
    ] = "",
    clock_domain: Annotated[
        bool, typer.Option("--clock-domain", help="Instead: what the clock of SIGNAL clocks.")
    ] = False,
    path: InFile = "",
    index: NearestIndex = None,
    as_json: Json = False,
    dot: Dot = None,
    graphml: Graphml = None,
    html: Annotated[Path | None, typer.Option(help="Write a page that folds.")] = None,
) -> None:
    """Show the drivers of a signal, and their drivers, across module boundaries; or its loads.

    Parameters and generate blocks are resolved where the design elaborates; what is known by names
    alone is marked with ~.

    \b
    Example:   hdlsmith trace instr_req_o --module ibex_core --depth 2
               hdlsmith trace ibex_top.u_ibex_core.if_stage_i.instr_req_o --fan-out
    Exit code: 0 found, 1 nothing drives it (or is driven by it), 2 no such signal or no index,
               3 a package is missing
    """
    from hdlsmith.retrieval.store.index import Index, find_index
    from hdlsmith.retrieval.structure.cone import Walk
    from hdlsmith.retrieval.structure.names import find_value
    from hdlsmith.retrieval.structure.netlist import Netlist
    from hdlsmith.retrieval.structure.trace import trace as run_trace

    with Index(index or find_index(Path.cwd())) as opened:
        netlist = Netlist(opened)
        target = find_value(netlist, signal, module, path)
        if clock_domain:
            raise typer.Exit(_clock_domain(netlist, target.value, as_json))
        walk = Walk.FAN_IN if fan_in else Walk.FAN_OUT
        found = run_trace(netlist, target, walk, depth, _LIMIT, top)
    write_graphs(lambda: _graph(found), dot, graphml)
    if html:
        from hdlsmith.retrieval.structure.page import Item, write_html

        items = [Item(row.step.origin, row.text, _about(row)) for row in found.rows]
        write_html(f"{walk} of {signal}", items, html)
    if as_json:
        typer.echo(json.dumps(_record(found)))
    else:
        for line in rendered(found):
            typer.echo(line)
        values = sum(row.kind in NAMED_VALUES for row in found.rows) - 1
        typer.echo(f"{counted(values, 'signal')}, {one_line(found.note)}", err=True)
        if found.cone.truncated:
            only = f"only the nearest {_LIMIT:,} steps"
            typer.echo(f"truncated: {only}; try a smaller --depth", err=True)
    raise typer.Exit(0 if len(found.rows) > 1 else 1)


def _clock_domain(netlist: "Netlist", value: int, as_json: bool) -> int:
    """Print the values that share a value's clock, wherever they stand; returns the exit code."""
    from hdlsmith.retrieval.structure.neighbours import clock_domain

    domain = clock_domain(netlist, value)
    clocks, values = (
        [(netlist.node(n).name, str(netlist.index.places(netlist.node(n))[0])) for n in nodes]
        for nodes in (domain.clocks, domain.values)
    )
    if as_json:
        record = {"clocks": clocks, "values": values, "truncated": domain.truncated}
        typer.echo(json.dumps(record))
    else:
        for name, place in values:
            typer.echo(f"{one_line(name)}  {one_line(place)}")
        clock = f"on clock {clocks[0][0]}" if clocks else "no clock"
        typer.echo(f"{counted(len(values), 'value')}, {one_line(clock)}", err=True)
    return 0 if values else 1


def _graph(found: "Trace") -> "networkx.DiGraph[int]":
    from hdlsmith.retrieval.structure.graph import trace_graph

    return trace_graph(found)


def rendered(found: "Trace") -> "Iterator[str]":
    """The steps of a trace, each below the one that it was reached from."""
    children: dict[int, list[int]] = {}
    for position, row in enumerate(found.rows):
        children.setdefault(row.step.origin, []).append(position)
    left = [(0, position) for position in reversed(children[-1])]
    while left:
        depth, position = left.pop()
        row = found.rows[position]
        mark = "~ " if found.top and not row.step.elaborated else ""
        about = _about(row, with_path=row.step.path != _path_before(found, row))
        yield f"{'  ' * depth}{mark}{one_line(row.text)}  {one_line(about)}"
        left += [(depth + 1, below) for below in reversed(children.get(position, []))]


def _path_before(found: "Trace", row: "Row") -> str | None:
    """Where the value stands that a value was reached from."""
    if row.step.origin == -1:
        return None
    block = found.rows[row.step.origin].step
    return found.rows[block.origin].step.path


def _about(row: "Row", *, with_path: bool = True) -> str:
    """Where a step stands and when it holds."""
    step = row.step
    said = [row.place]
    if with_path and row.kind in NAMED_VALUES:
        said.append(f"in {step.path or row.module}")
    if step.clock_edge:
        said.append(f"at {step.clock_edge}")
    if step.condition:
        said.append(f"if {step.condition}")
    if step.again:
        said.append("(see above)")
    return "  ".join(said)


def _record(found: "Trace") -> dict[str, object]:
    return {
        "walk": found.cone.walk,
        "top": found.top,
        "note": found.note,
        "truncated": found.cone.truncated,
        "steps": [
            {
                "kind": row.kind,
                "name": row.name,
                "module": row.module,
                "place": row.place,
                "text": row.text,
                **row.step._asdict(),
            }
            for row in found.rows
        ],
    }
