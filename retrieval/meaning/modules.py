"""Modules in plain words: the sum of their parts."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from hdlsmith.retrieval.abbreviations import words_of
from hdlsmith.retrieval.meaning.blocks import BlockWords
from hdlsmith.retrieval.meaning.relations import Relations
from hdlsmith.retrieval.nodes import FileGraph, Kind, Node

_DIRECTIONS = {"inputs": ("input", "in "), "outputs": ("output", "out "), "inouts": ("inout",)}
_FORMS = ("counter", "accumulator", "shift register", "memory write port")
_MOST_PORTS = 14
_MOST_PARTS = 10


def module_words(
    position: int, graph: FileGraph, relations: Relations, blocks: Mapping[int, BlockWords]
) -> str:
    """What a module takes, gives, holds and is built of."""
    inside = _inside(position, relations)
    by_kind: dict[Kind, list[Node]] = {}
    for child in inside:
        by_kind.setdefault(graph.nodes[child].kind, []).append(graph.nodes[child])
    parts = []
    for title, directions in _DIRECTIONS.items():
        ports = (n.name for n in by_kind.get(Kind.PORT, ()) if n.detail.startswith(directions))
        parts.append(_listed(title, ports, _MOST_PORTS))
    if len(clocks := relations.clocks.intersection(inside)) > 1:
        parts.append(f"{len(clocks)} clocks")
    parts += _held(blocks[child] for child in inside if child in blocks)
    built_of = Counter(n.detail.partition(" ")[0] for n in by_kind.get(Kind.INSTANCE, ()))
    parts.append(_listed("built of", (name for name, _ in built_of.most_common()), _MOST_PARTS))
    functions = (n.name for n in by_kind.get(Kind.FUNCTION, ()))
    parts.append(_listed("functions", functions, _MOST_PARTS))
    return ". ".join(filter(None, parts))


def _held(blocks: Iterable[BlockWords]) -> Iterator[str]:
    """The registers whose form has a name, and the state machines."""
    named: dict[str, list[str]] = {}
    for block in blocks:
        for target, does in block.targets.items():
            form = does.partition(",")[0].removeprefix("next value of ")
            if form in _FORMS:
                named.setdefault(form, []).append(target)
        if block.words.startswith("state machine"):
            yield block.words.partition(".")[0]
    for form, targets in named.items():
        yield _listed(form, targets, _MOST_PARTS)


def _listed(title: str, names: Iterable[str], most: int) -> str:
    said = list(dict.fromkeys(map(words_of, names)))
    return f"{title} {', '.join(said[:most])}" if said else ""


def _inside(position: int, relations: Relations) -> list[int]:
    found, waiting = [], [position]
    while waiting:
        below = relations.children[waiting.pop()]
        found += below
        waiting += below
    return sorted(found)
