"""The anatomy of a module, out of a library of sources."""

import pickle
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from hdlsmith.design import Direction
from hdlsmith.display import counted
from hdlsmith.errors import InputError
from hdlsmith.languages import VERILOG_FAMILY, Language
from hdlsmith.retrieval.abbreviations import words_of
from hdlsmith.retrieval.anatomy.anatomy import (
    Anatomy,
    Block,
    Child,
    ParameterItem,
    Register,
    Reset,
)
from hdlsmith.retrieval.anatomy.clocking import Clocking
from hdlsmith.retrieval.anatomy.flops import Flops
from hdlsmith.retrieval.anatomy.fsms import fsms_of
from hdlsmith.retrieval.anatomy.library import Library
from hdlsmith.retrieval.anatomy.memories import memories_of
from hdlsmith.retrieval.anatomy.nets import Nets
from hdlsmith.retrieval.anatomy.paths import Paths
from hdlsmith.retrieval.anatomy.pins import connected, unit_output
from hdlsmith.retrieval.anatomy.ports import direction_of, handshakes_of, ports_of
from hdlsmith.retrieval.anatomy.units import Unit, Units
from hdlsmith.retrieval.anatomy.writing import written
from hdlsmith.retrieval.building import pool
from hdlsmith.retrieval.meaning.code import Assignment, Expr
from hdlsmith.retrieval.meaning.describe import describe
from hdlsmith.retrieval.nodes import BLOCKS, EdgeKind, Kind

_WALL_S = 60.0
_MOST_CHILDREN = 2000
_MOST_LISTED = 8
_REG_INIT = re.compile(r"RegInit\((.*)\)", re.DOTALL)
_NAME = re.compile(r"(?<![\w'])[A-Za-z_]\w*")
_OTHERS = re.compile(r"\(\s*others\s*=>", re.IGNORECASE)
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
    is_timed = unit.reading.source.language is not Language.HLS_CPP
    latencies, more = paths.latencies(ports) if is_timed else ((), False)
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
        tuple(_registers(unit, clocking, resets)),
        fsms_of(unit, nets),
        latencies,
        memories_of(unit, units, clocking),
        paths.suspects(clocks),
        tuple(_blocks(unit, units, library, clocking, resets)),
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
    return f"name one: {_some(sorted(names))}"


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST_LISTED]) + (", ..." if len(names) > _MOST_LISTED else "")


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


def _registers(unit: Unit, clocking: Clocking, resets: Sequence[Reset]) -> Iterator[Register]:
    declared = _declared_resets(resets) if unit.reading.source.language is Language.CHISEL else {}
    for name, processes in clocking.registers.items():
        process = processes[0]
        effects = clocking.resets.get(name, ())
        values = list(clocking.reset_values(name))
        edges = {clock.edge for process in processes for clock in process.clocks[:1]}
        line = process.registers[name][0].line
        yield Register(
            name,
            process.clocks[0].net,
            process.clocks[0].edge if len(edges) == 1 else "",
            effects[0].net if effects else declared.get(name, ""),
            _reset_value(unit, process.registers[name], values[0])
            if values
            else _initial(unit, name)
            if name in declared
            else "",
            unit.span(line or unit.reading.graph.nodes[process.position].start_line),
        )
    for latch in clocking.latches:
        yield Register(latch.name, "", "", "", "", unit.span(latch.assignments[0].line))


def _declared_resets(resets: Sequence[Reset]) -> dict[str, str]:
    """Register -> the reset that its declaration asks for."""
    return {name: reset.name for reset in resets for name in reset.registers}


def _initial(unit: Unit, name: str) -> str:
    """What `RegInit(...)` holds."""
    match = _REG_INIT.fullmatch(unit.values[name].detail)
    return match[1] if match else ""


def _reset_value(unit: Unit, assignments: Sequence[Assignment], value: Expr) -> str:
    shown = written(value, unit.reading.source.language)
    line = next((a.line for a in assignments if a.value is value), 0)
    filled = unit.reading.source.language is Language.VHDL and line
    is_whole = filled and _OTHERS.search(unit.reading.lines[line - 1])
    return f"(others => {shown})" if is_whole else shown


def _blocks(
    unit: Unit,
    units: Units,
    library: Library,
    clocking: Clocking,
    resets: Sequence[Reset],
) -> Iterator[Block]:
    source, graph = unit.reading.source, unit.reading.graph
    words = describe(source.language, source.path, source.text, library.around, graph).words
    drives: dict[int, dict[str, None]] = defaultdict(dict)
    reads: dict[int, dict[str, None]] = defaultdict(dict)
    asked: dict[int, list[str]] = defaultdict(list)
    for edge in graph.edges:
        if edge.target >= 0 and edge.kind is EdgeKind.DRIVES:
            drives[edge.source][graph.nodes[edge.target].name] = None
            asked[edge.source].append(edge.condition)
        elif edge.target >= 0 and edge.kind in (EdgeKind.READS, EdgeKind.CONNECTS):
            reads[edge.source][graph.nodes[edge.target].name] = None
    for position, (module, _) in unit.instances.items():
        below = units.find(module, source.path)
        if below is None:
            continue
        for port, net, _ in connected(unit, position, below):
            if unit_output(below, port):
                drives[position][net] = None
            if direction_of(below.ports[port]) is Direction.OUTPUT:
                reads[position].pop(net, None)
    clocks = {p.position: tuple(clock.net for clock in p.clocks) for p in clocking.processes}
    for position, node in unit.of_kind(*BLOCKS).items():
        code = unit.codes.get(position)
        yield Block(
            node.kind.value,
            node.name,
            tuple(drives[position]),
            tuple(reads[position]),
            _by_level(words.get(position, ""), resets),
            unit.span(node.start_line),
            node.end_line,
            clocks.get(position, ()),
            code is not None and code.kind in ("initial", "final"),
            _only_if(asked[position], unit),
        )


def _by_level(words: str, resets: Sequence[Reset]) -> str:
    """Words in which a reset that is active low is no longer called by its name alone: where
    `!rst_ni` holds, the design is in reset.
    """
    levels: dict[str, set[str]] = defaultdict(set)
    for reset in resets:
        levels[words_of(reset.name)].add(reset.level)
    for name, found in levels.items():
        if found == {"0"}:
            words = re.sub(rf"\bnot {re.escape(name)}\b", "in reset", words)
            words = re.sub(rf"\b(when|and|or) {re.escape(name)}\b", r"\1 out of reset", words)
    return words


def _only_if(conditions: Sequence[str], unit: Unit) -> str:
    """The terms that all conditions begin with and no variable decides."""
    language = unit.reading.source.language
    if language not in (*VERILOG_FAMILY, Language.VHDL):
        return ""
    join = " and " if language is Language.VHDL else " && "
    kept = []
    for terms in zip(*(condition.split(join) for condition in conditions), strict=False):
        term = terms[0]
        is_whole = term.count("(") == term.count(")") and _NAME.search(term)
        if len(set(terms)) > 1 or not is_whole or "…" in term:
            break
        if any(word in unit.values for word in _NAME.findall(term)):
            break
        kept.append(term)
    return join.join(kept)


def _notes(unit: Unit, children: Sequence[Child], more_latencies: bool) -> Iterator[str]:
    for diagnostic in unit.reading.graph.diagnostics[:_MOST_LISTED]:
        line = diagnostic.span.line if diagnostic.span else 0
        yield f"not read: {diagnostic.message}, at {unit.span(line)}"
    modules = [n.name for n in unit.reading.graph.nodes if n.kind is Kind.MODULE and n.parent == -1]
    if others := [name for name in dict.fromkeys(modules) if name != unit.name]:
        yield f"only one module of its file is told of here; it also holds {_some(others)}"
    missing = dict.fromkeys(child.module for child in children if child.defined_at is None)
    if missing:
        yield f"{counted(len(missing), 'module')} not given: {', '.join([*missing][:_MOST_LISTED])}"
    if len(children) >= _MOST_CHILDREN:
        yield f"only the first {_MOST_CHILDREN:,} instances are listed"
    if more_latencies:
        yield "there are more latencies than are listed"
