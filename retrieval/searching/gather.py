"""The structural walk: from what a question finds to what it hangs together with."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from hdlsmith.retrieval.nodes import BLOCKS, NAMED_VALUES, SCOPES, EdgeKind, Evidence, Kind
from hdlsmith.retrieval.searching.evidence import cut, described
from hdlsmith.retrieval.searching.query import Query
from hdlsmith.retrieval.searching.searcher import Searcher
from hdlsmith.retrieval.store.index import StoredNode
from hdlsmith.retrieval.structure.cone import Step, Walk, cone
from hdlsmith.retrieval.structure.netlist import Netlist

CHARACTERS_PER_TOKEN = 4
"""Code has rather fewer than prose; an estimate on the safe side needs no tokenizer."""

_SEEDS = 6
_LOOKED_AT = 4
"""Finds for one seed: what the same words find in one module is told by the first of it."""
_HEAD_CHARACTERS = 160
"""Of a piece of evidence beside its text: path, kind, name, reason."""
_HEADER_LINES = 40
"""Of a module: its ports stand there."""
_CONE_STEPS = 60
_DEPTH = {Walk.FAN_IN: 2, Walk.FAN_OUT: 1}
"""Assignments away: what makes a value tells more about it than what is made of it."""
_MOST_DRIVEN = 3
_MOST_INSTANCES = 4
_MOST_NEIGHBOURS = 3


class _Lead(NamedTuple):
    """A node that the walk came to, with the lines that matter."""

    node: int
    lines: tuple[int, ...]
    reason: str


def gather(searcher: Searcher, query: Query) -> tuple[Evidence, ...]:
    """Evidence under the query's token budget: the best finds, then what they hang together with:
    fan-in and fan-out across module boundaries, instances, clock-domain neighbours.

    Each text is cut to the lines that matter. What does not fit any more is left out.
    """
    with searcher.held() as index:
        netlist = Netlist(index)
        most = min(query.k, _SEEDS)
        seeds = _apart(searcher.search(replace(query, k=most * _LOOKED_AT)))[:most]
        left = query.budget_tokens * CHARACTERS_PER_TOKEN
        kept: dict[int, Evidence] = {}

        def keep(lead: _Lead, score: float, near: str) -> None:
            nonlocal left
            node = index.node(lead.node)
            excerpt = cut(index, node, lead.lines)
            cost = len(excerpt.text) + _HEAD_CHARACTERS
            if cost <= left and lead.node not in kept:
                left -= cost
                kept[lead.node] = described(index, node, excerpt, score, lead.reason, near=near)

        for seed in seeds:
            keep(_Lead(seed.node, _telling(index.node(seed.node)), seed.reason), seed.score, "")
        for seed in seeds:
            for distance, lead in enumerate(_around(netlist, index.node(seed.node)), 2):
                keep(lead, seed.score / distance, seed.places[0].path)
        return tuple(kept.values())


def _apart(found: Iterable[Evidence]) -> list[Evidence]:
    """Of the finds in one module that are there for the same reason, the first."""
    first: dict[tuple[str, str], Evidence] = {}
    for one in found:
        first.setdefault((one.module or one.name, one.reason), one)
    return list(first.values())


def _telling(node: StoredNode) -> tuple[int, ...]:
    """Lines of a found node: a module's ports, the beginning of anything else."""
    return tuple(range(node.start_line, node.start_line + _HEADER_LINES, 2))


def _around(netlist: Netlist, node: StoredNode) -> Iterator[_Lead]:
    if node.kind in SCOPES:
        for instance in netlist.instances(node.id)[:_MOST_INSTANCES]:
            yield _Lead(instance, (), f"instance of {node.name}")
    elif node.kind in NAMED_VALUES:
        yield from _cones(netlist, node.id)
        for block in dict.fromkeys(edge.source for edge in netlist.drivers(node.id)):
            yield from _neighbours(netlist, block)
    elif node.kind is Kind.INSTANCE:
        definition = netlist.definition(node.id)
        if definition != -1:
            yield _Lead(definition, _telling(netlist.node(definition)), f"module of {node.name}")
    elif node.kind in BLOCKS:
        for value in netlist.driven(node.id)[:_MOST_DRIVEN]:
            yield from (lead for lead in _cones(netlist, value) if lead.node != node.id)
        yield from _neighbours(netlist, node.id)


def _cones(netlist: Netlist, value: int) -> Iterator[_Lead]:
    """The blocks of a value's fan-in and fan-out cones, nearest first, each with its statements.

    Where clocks and resets of the design come from is left out: it would fill every cone.
    """
    for walk, depth in _DEPTH.items():
        found = cone(netlist, value, walk, depth, _CONE_STEPS)
        beyond: set[int] = set()
        statements: dict[int, list[Step]] = {}
        for position, step in enumerate(found.steps):
            if step.origin in beyond or (position and netlist.clocked(step.node)):
                beyond.add(position)
            elif netlist.node(step.node).kind in BLOCKS:
                statements.setdefault(step.node, []).append(step)
        for block, steps in statements.items():
            met = netlist.node(found.steps[steps[0].origin].node)
            lines = tuple(step.line for step in steps if step.line)
            yield _Lead(block, lines, _reason(walk, met, steps[0]))


def _reason(walk: Walk, met: StoredNode, step: Step) -> str:
    way = "drives" if walk is Walk.FAN_IN else "reads"
    levels = abs(step.level)
    modules = f"{levels} module{'s' * (levels > 1)} {'up' if step.level > 0 else 'down'}"
    return f"{way} {met.name}" + (f" ({modules})" if levels else "")


def _neighbours(netlist: Netlist, process: int) -> Iterator[_Lead]:
    """Other processes of the module on the same clock."""
    for clock in netlist.clocks(process):
        links = (edge for edge in netlist.clocked(clock) if edge.kind is EdgeKind.CLOCKED_BY)
        others = [edge.source for edge in links if edge.source != process]
        for other in others[:_MOST_NEIGHBOURS]:
            yield _Lead(other, (), f"same clock {netlist.node(clock).name}")
