"""`hdlsmith search`."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hdlsmith.display import one_line, printable
from hdlsmith.retrieval.commands.options import Json, NearestIndex

if TYPE_CHECKING:
    from hdlsmith.retrieval.knowledge.faults import Advice
    from hdlsmith.retrieval.nodes import Evidence

_RERANKED = 20
_LINES = 4
"""Of each result that are shown."""


def search(
    question: Annotated[
        str,
        typer.Argument(
            metavar="QUESTION", help="Plain words, names, or a dotted path such as u_fifo.wr_ptr."
        ),
    ],
    kind: Annotated[
        list[str] | None,
        typer.Option(
            help="Only these: module, port, signal, parameter, process, assign, instance, "
            "function, fsm, ..., or a family: block, net, scope. May be given several times.",
            show_default=False,
        ),
    ] = None,
    module: Annotated[str, typer.Option(help="Only in modules of this name.")] = "",
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="At most so many results.")] = 10,
    index: NearestIndex = None,
    rerank: Annotated[
        bool,
        typer.Option(
            "--rerank", help="Order the best by the full MiniLM (extra minilm; some 0.3 s more)."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Find modules, blocks and signals by what they do, what they are called, or how they are
    written.

    Each result says where it stands and why it is there. [stale] marks a file that has changed
    since it was indexed. A pasted message of Icarus, Verilator, GHDL or pyslang is answered first
    with what it means and what usually mends it.

    \b
    Example:   hdlsmith search "counts retries until a timeout" --kind block
               hdlsmith search wr_ptr_q --module fifo
    Exit code: 0 found, 1 nothing found, 2 no index or unusable input
    """
    from hdlsmith.retrieval.knowledge.faults import advise_on_text
    from hdlsmith.retrieval.searching.query import Query, parse_kinds
    from hdlsmith.retrieval.searching.searcher import Searcher
    from hdlsmith.retrieval.store.index import find_index

    query = Query(question, parse_kinds(kind or []), module, k=k)
    with Searcher(index or find_index(Path.cwd())) as searcher:
        found = searcher.search(replace(query, k=max(k, _RERANKED)) if rerank else query)
    if rerank:
        found = _reranked(question, found)[:k]
    advice = advise_on_text(question)
    if as_json:
        record = {"question": question, "advice": advice and advice.record()}
        typer.echo(json.dumps(record | {"results": [asdict(one) for one in found]}))
    else:
        if advice:
            _print_advice(advice)
        for evidence in found:
            _print(evidence)
    if searcher.note:
        typer.echo(f"note: {one_line(searcher.note)}", err=True)
    if not (found or advice):
        typer.echo("nothing found", err=True)
    raise typer.Exit(0 if found or advice else 1)


def _print_advice(advice: "Advice") -> None:
    typer.echo(f"tool message  {advice.fault.name}")
    typer.echo(f"    means: {one_line(advice.means)}")
    typer.echo(f"    usual causes: {'; '.join(advice.fault.causes)}")
    typer.echo(f"    mend: {one_line(advice.mend)}")
    for line in advice.fault.change():
        typer.echo(f"    {line}")
    typer.echo("")


def _reranked(question: str, found: "tuple[Evidence, ...]") -> "tuple[Evidence, ...]":
    from hdlsmith.retrieval.vectors.embedders import make_embedder
    from hdlsmith.retrieval.vectors.rerank import similarities
    from hdlsmith.settings import EmbedderSettings

    full = make_embedder(EmbedderSettings(name="minilm"))
    near = similarities(full, question, [f"{one.words}\n{one.text}" for one in found])
    order = sorted(range(len(found)), key=lambda at: -near[at])
    return tuple(found[at] for at in order)


def _print(evidence: "Evidence") -> None:
    first, *others = evidence.places
    inside = f"in {evidence.module}" if evidence.module else ""
    marks = ("[stale]" if first.stale else "", f"[{first.licence}]" if first.licence else "")
    title = (str(first), evidence.kind, evidence.name or evidence.detail, inside, *marks)
    typer.echo("  ".join(one_line(part) for part in title if part))
    for said in (evidence.words, evidence.reason):
        if said:
            typer.echo(f"    {one_line(said)[:160]}")
    if others:
        more = f" and {len(others) - 1} more" if len(others) > 1 else ""
        typer.echo(f"    also at {one_line(str(others[0]))}{more}")
    lines = printable(evidence.text).split("\n")[:_LINES]
    for number, line in enumerate(lines, first.start_line):
        typer.echo(f"  {number:>6} | {line[:120]}")
    typer.echo("")
