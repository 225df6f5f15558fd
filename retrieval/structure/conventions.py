"""How a repository's designers name and style things: counted in the index, not guessed."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from hdlsmith.design import Direction
from hdlsmith.retrieval.nodes import EdgeKind, Kind
from hdlsmith.retrieval.store.index import Index, StoredNode
from hdlsmith.retrieval.structure.netlist import direction_of

_SUFFIX = re.compile(r"(?<=[a-z0-9])(_[a-z]{1,3})$")
_MOST = 0.6
"""A habit is a convention of the house when it holds for this share of the cases."""


@dataclass(frozen=True)
class Conventions:
    """What most modules of a repository do alike; a field is empty where they don't.

    Attributes:
        clock, reset: the usual port names.
        reset_style: `asynchronous` or `synchronous`.
        reset_level: the level that resets, `0` or `1`.
        input_suffix, output_suffix: as `_i`, `_o`.
        process: the keyword of clocked processes, `always_ff` or `always`.
        seen: the counts behind it, one line each: `clock clk_i: 120 of 124 clocked modules`.
    """

    clock: str = ""
    reset: str = ""
    reset_style: str = ""
    reset_level: str = ""
    input_suffix: str = ""
    output_suffix: str = ""
    process: str = ""
    seen: tuple[str, ...] = ()


def conventions_of(index: Index) -> Conventions:
    """The conventions of an indexed repository, from its clocked processes and its ports."""
    nodes = {n.id: n for n in index.of_kind(Kind.PORT, Kind.PROCESS)}
    clocks: Counter[str] = Counter()
    resets: Counter[str] = Counter()
    styles: Counter[str] = Counter()
    levels: Counter[str] = Counter()
    told = set()
    for edge in index.edges_of_kind(EdgeKind.CLOCKED_BY, EdgeKind.RESET_BY):
        port = nodes.get(edge.target)
        if port is None or port.kind is not Kind.PORT or (edge.kind, port.id) in told:
            continue
        told.add((edge.kind, port.id))  # each module counts once
        if not port.name.isidentifier():  # an escaped name may be any text, and these reach prompts
            continue
        if edge.kind is EdgeKind.CLOCKED_BY:
            clocks[port.name] += 1
        else:
            resets[port.name] += 1
            styles["asynchronous" if edge.clock_edge else "synchronous"] += 1
            levels[edge.condition] += 1
    ports = [n for n in nodes.values() if n.kind is Kind.PORT]
    processes = Counter(
        n.detail.split()[0] for n in nodes.values() if "edge " in n.detail and n.detail.split()
    )
    found = {
        "clock": (clocks, "clocked modules"),
        "reset": (resets, "modules with a reset"),
        "reset_style": (styles, "modules with a reset"),
        "reset_level": (levels, "modules with a reset"),
        "input_suffix": (_suffixes(ports, Direction.INPUT), "inputs"),
        "output_suffix": (_suffixes(ports, Direction.OUTPUT), "outputs"),
        "process": (processes, "clocked processes"),
    }
    kept = {key: usual for key, (counts, _) in found.items() if (usual := _usual(counts))}
    seen = (
        f"{key.replace('_', ' ')} {usual}: {found[key][0][usual]:,} of "
        f"{found[key][0].total():,} {found[key][1]}"
        for key, usual in kept.items()
    )
    return Conventions(**kept, seen=tuple(seen))


def _usual(counts: Counter[str]) -> str:
    (name, count), *_ = counts.most_common(1) or [("", 0)]
    return name if count >= _MOST * counts.total() else ""


def _suffixes(ports: Iterable[StoredNode], direction: Direction) -> Counter[str]:
    names = (p.name for p in ports if direction_of(p) is direction)
    return Counter(match[1] if (match := _SUFFIX.search(name)) else "" for name in names)
