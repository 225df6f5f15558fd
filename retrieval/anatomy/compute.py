"""The anatomy of a module, out of a library of sources."""

import pickle
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from hdlsmith.display import counted
from hdlsmith.errors import InputError
from hdlsmith.retrieval.anatomy.anatomy import (
    Anatomy,
    Block,
    Child,
    ParameterItem,
    Register,
)
from hdlsmith.retrieval.anatomy.clocking import Clocking
from hdlsmith.retrieval.anatomy.flops import Flops
from hdlsmith.retrieval.anatomy.fsms import fsms_of
from hdlsmith.retrieval.anatomy.library import Library
from hdlsmith.retrieval.anatomy.memories import memories_of
from hdlsmith.retrieval.anatomy.nets import Nets
from hdlsmith.retrieval.anatomy.paths import Paths
from hdlsmith.retrieval.anatomy.ports import handshakes_of, ports_of
from hdlsmith.retrieval.anatomy.units import Unit, Units
from hdlsmith.retrieval.anatomy.writing import written
from hdlsmith.retrieval.building import pool
from hdlsmith.retrieval.meaning.describe import describe
from hdlsmith.retrieval.nodes import BLOCKS, EdgeKind, Kind

_WALL_S = 60.0
_MOST_CHILDREN = 2000
_MOST_LISTED = 8
_DEFAULT = re.compile(r"(?<![=<>!:])(?::=|=(?!=))\s*(.*)", re.DOTALL)


def anatomy_of(library: Library, module: str = "", path: str = "") -> Anatomy:
    """What a module is made of. The texts are read in a process of its own, which a design may
    bring down.

    Args:
        library: `library_of_files(paths)` or `library_of_index(index, module)`.
        module: its name; by default the only one of the library's named files, or the one that
            no other of them instantiates.
        path: picks one of several modules of that name: a part of the path of its file.

    Raises:
        InputError: no such module, several, or a text that brings its reader down.
    """

    def work(_: int) -> bytes:
        try:
            return pickle.dumps(_anatomy(library, module, path))
        except InputError as error:
            return pickle.dumps(error)

    outcome = next(iter(pool.run(work, [0], 1, _WALL_S)))
    if outcome.failure:
        raise InputError(f"the source can't be read: {outcome.failure}")
    found = pickle.loads(outcome.result)  # noqa: S301 - our own fork wrote it
    if isinstance(found, InputError):
        raise found
    assert isinstance(found, Anatomy)
    return found


def _anatomy(library: Library, module: str, path: str) -> Anatomy:
    units = Units(library)
    unit = _chosen(list(units.named()), module, path)
    nets = Nets(units)
    clocking = nets.clocking(unit)
    clocks, resets = nets.clocks(unit), nets.resets(unit)
    ports = ports_of(unit, clocking, clocks, resets)
    paths = Paths(unit, clocking, Flops(unit, nets))
    latencies, more = paths.latencies(ports)
    children = tuple(_children(unit, units))
    return Anatomy(
        unit.name,
        unit.reading.source.language,
        unit.span(unit.node.start_line),
        unit.node.end_line,
        "\n".join(unit.reading.lines),
        ports,
        handshakes_of(ports),
        tuple(_parameters(unit)),
        children,
        clocks,
        resets,
        tuple(_registers(unit, clocking)),
        fsms_of(unit, nets),
        latencies,
        memories_of(unit, units, clocking),
        paths.suspects(clocks),
        tuple(_blocks(unit, library)),
        tuple(_notes(unit, children, more)),
    )


def _chosen(units: Sequence[Unit], module: str, path: str) -> Unit:
    names = {unit.name for unit in units}
    if not units:
        raise InputError("there is no module in these files", remedy="are its macros defined?")
    found = [u for u in units if path in u.reading.source.shown]
    if module:
        found = [u for u in found if u.name == module or u.name.lower() == module.lower()]
    elif len(found) > 1:
        used = {name for unit in units for name, _ in unit.instances.values()}
        tops = [unit for unit in found if unit.name not in used]
        found = tops if len(tops) == 1 else found
    if not found:
        raise InputError(f"no module {module!r} in these files", remedy=_listed(names))
    if len(found) > 1:
        raise InputError(f"{len(found)} modules could be meant", remedy=_listed(names))
    return found[0]


def _listed(names: set[str]) -> str:
    shown = ", ".join(sorted(names)[:_MOST_LISTED])
    return f"name one: {shown}{', ...' if len(names) > _MOST_LISTED else ''}"


def _parameters(unit: Unit) -> Iterator[ParameterItem]:
    for node in unit.of_kind(Kind.PARAMETER).values():
        kind, _, default = _split(node.detail)
        words = kind.split()
        is_local = words[:1] in (["localparam"], ["constant"], ["variable"])
        keyword = words[:1] in (["parameter"], ["localparam"], ["constant"], ["in"])
        shown = " ".join(words[1:] if keyword else words)
        yield ParameterItem(node.name, shown, default, is_local, unit.span(node.start_line))


def _split(detail: str) -> tuple[str, str, str]:
    match = _DEFAULT.search(detail)
    return (detail[: match.start()], "=", match[1].strip()) if match else (detail, "", "")


def _children(unit: Unit, units: Units) -> Iterator[Child]:
    left: list[tuple[Unit, int, int, int, frozenset[str]]] = []

    def enter(around: Unit, parent: int, depth: int, above: frozenset[str]) -> None:
        inside = reversed(around.instances)
        left.extend((around, position, parent, depth, above) for position in inside)

    enter(unit, -1, 1, frozenset({unit.name}))
    number = 0
    while left and number < _MOST_CHILDREN:
        around, position, parent, depth, above = left.pop()
        node, module = around.reading.graph.nodes[position], around.instances[position][0]
        below = units.find(module, around.reading.source.path)
        yield Child(
            node.name,
            module,
            parent,
            depth,
            around.span(node.start_line),
            below.span(below.node.start_line) if below else None,
            around.conditions.get(position, ""),
        )
        if below is not None and module not in above:
            enter(below, number, depth + 1, above | {module})
        number += 1


def _registers(unit: Unit, clocking: Clocking) -> Iterator[Register]:
    language = unit.reading.source.language
    for name, processes in clocking.registers.items():
        process = processes[0]
        effects = clocking.resets.get(name, ())
        values = list(clocking.reset_values(name))
        line = process.registers[name][0].line
        yield Register(
            name,
            process.clocks[0].net,
            process.clocks[0].edge,
            effects[0].net if effects else "",
            written(values[0], language) if values else "",
            unit.span(line or unit.reading.graph.nodes[process.position].start_line),
        )
    for latch in clocking.latches:
        yield Register(latch.name, "", "", "", "", unit.span(latch.assignments[0].line))


def _blocks(unit: Unit, library: Library) -> Iterator[Block]:
    source, graph = unit.reading.source, unit.reading.graph
    words = describe(source.language, source.path, source.text, library.around, graph).words
    drives: dict[int, dict[str, None]] = defaultdict(dict)
    reads: dict[int, dict[str, None]] = defaultdict(dict)
    for edge in graph.edges:
        if edge.target >= 0 and edge.kind is EdgeKind.DRIVES:
            drives[edge.source][graph.nodes[edge.target].name] = None
        elif edge.target >= 0 and edge.kind in (EdgeKind.READS, EdgeKind.CONNECTS):
            reads[edge.source][graph.nodes[edge.target].name] = None
    for position, node in unit.of_kind(*BLOCKS).items():
        yield Block(
            node.kind.value,
            node.name,
            tuple(drives[position]),
            tuple(reads[position]),
            words.get(position, ""),
            unit.span(node.start_line),
            node.end_line,
        )


def _notes(unit: Unit, children: Sequence[Child], more_latencies: bool) -> Iterator[str]:
    for diagnostic in unit.reading.graph.diagnostics[:_MOST_LISTED]:
        line = diagnostic.span.line if diagnostic.span else 0
        yield f"not read: {diagnostic.message}, at {unit.span(line)}"
    missing = dict.fromkeys(child.module for child in children if child.defined_at is None)
    if missing:
        yield f"{counted(len(missing), 'module')} not given: {', '.join([*missing][:_MOST_LISTED])}"
    if len(children) >= _MOST_CHILDREN:
        yield f"only the first {_MOST_CHILDREN:,} instances are listed"
    if more_latencies:
        yield "there are more latencies than are listed"
