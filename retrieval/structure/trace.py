"""What drives a value and what it drives: a cone with its source lines, elaborated if can be."""

from dataclasses import dataclass

from hdlsmith.display import counted
from hdlsmith.languages import VERILOG_FAMILY
from hdlsmith.retrieval.nodes import BLOCKS, Kind
from hdlsmith.retrieval.structure.cone import Cone, Step, Walk, cone
from hdlsmith.retrieval.structure.elaborate import NotElaboratedError, elaborate
from hdlsmith.retrieval.structure.hierarchy import ElaboratedPlaces, Hierarchy
from hdlsmith.retrieval.structure.names import Target, find_module
from hdlsmith.retrieval.structure.netlist import Netlist, is_for_tests
from hdlsmith.retrieval.structure.places import NamedPlaces, Places

_MOST_LINES = 4


@dataclass(frozen=True)
class Row:
    """One step of a trace as it is shown.

    Attributes:
        place: `path:line`; of a block the line of the statement.
        text: a declaration, a statement, or which port of which instance.
        module: around it.
    """

    step: Step
    kind: Kind
    name: str
    module: str
    place: str
    text: str


@dataclass(frozen=True)
class Trace:
    """A cone with its source lines.

    Attributes:
        top: of the elaboration; empty where syntax alone spoke.
        note: how far the facts are elaborated, and why not.
    """

    cone: Cone
    rows: tuple[Row, ...]
    top: str
    note: str


def trace(
    netlist: Netlist,
    target: Target,
    walk: Walk,
    depth: int,
    limit: int,
    top: str = "",
) -> Trace:
    """The cone of a value, elaborated below a top module where that can be done.

    Args:
        top: elaborate from this module; by default from the outermost one above the value
            that lies in no folder for tests.

    Raises:
        InputError: no such top.
    """
    places, name, note = _places(netlist, target, top)
    found = cone(netlist, target.value, walk, depth, limit, places, target.net)
    rows = tuple(_row(netlist, step) for step in found.steps)
    return Trace(found, rows, name, note)


def _places(netlist: Netlist, target: Target, top: str) -> tuple[Places, str, str]:
    named = NamedPlaces(netlist, target.instances)
    source = netlist.node(target.value).source
    if netlist.index.languages[source] not in VERILOG_FAMILY:
        return named, "", "by names alone: pyslang elaborates Verilog and SystemVerilog"
    outermost = _named_top(netlist, target, top) if top else top_above(netlist, target.base)
    reasons: list[str] = []
    for root in dict.fromkeys((outermost, target.base)):
        name = netlist.node(root).name
        try:
            hierarchy = elaborate(netlist, root)
        except NotElaboratedError as error:
            reasons.append(error.message)
            continue
        starts = instances_of(hierarchy, target)
        if starts:
            return ElaboratedPlaces(netlist, hierarchy, starts[0]), name, _note(hierarchy, starts)
        reasons.append(f"{name} as elaborated holds no {netlist.node(target.base).name}")
    return named, "", f"by names alone: {'; '.join(reasons)}"


def _named_top(netlist: Netlist, target: Target, top: str) -> int:
    asker = netlist.index.paths(netlist.node(target.base).source)[0]
    nearest = netlist.nearest(netlist.index.definitions(top), asker)
    return nearest if nearest != -1 else find_module(netlist.index, top).id


def _note(hierarchy: Hierarchy, starts: list[int]) -> str:
    others = [hierarchy.instances[at].path for at in starts[1:]]
    shown = f"; also at {', '.join(others[:3])}" if others else ""
    more = f" and {len(others) - 3} more" if len(others) > 3 else ""
    errors = f", with {counted(hierarchy.error_count, 'error')}" if hierarchy.errors else ""
    cut = ", cut off at its limit" if hierarchy.truncated else ""
    return f"elaborated from {hierarchy.instances[0].path}{cut}{shown}{more}{errors}"


def instances_of(hierarchy: Hierarchy, target: Target) -> list[int]:
    """Where a value stands in an elaborated design, nearest to the top first; only where its path
    says so if that is written in full.
    """
    found = hierarchy.of_module(target.base)
    for node in target.instances:
        found = [
            child
            for at in found
            for child in hierarchy.children[at]
            if hierarchy.instances[child].node == node
        ]
    full = [at for at in found if hierarchy.instances[at].path.endswith(f".{target.path}")]
    return full or found


def top_above(netlist: Netlist, module: int) -> int:
    """The outermost module above one, by the instances nearest to it in the repository; folders
    for tests are entered only from within one.
    """
    seen = {module}
    while True:
        path = netlist.index.paths(netlist.node(module).source)[0]
        around = {netlist.node(instance).module for instance in netlist.instances(module)}
        choices = [
            node
            for node in map(netlist.node, around - seen - {-1})
            if is_for_tests(path) or not _only_for_tests(netlist, node.source)
        ]
        above = netlist.nearest(choices, path)
        if above == -1:
            return module
        seen.add(above)
        module = above


def _only_for_tests(netlist: Netlist, source: int) -> bool:
    return all(map(is_for_tests, netlist.index.paths(source)))


def _row(netlist: Netlist, step: Step) -> Row:
    node = netlist.node(step.node)
    module = netlist.node(node.module).name if node.module != -1 else ""
    place = f"{netlist.index.paths(node.source)[0]}:{step.line or node.start_line}"
    if node.kind is Kind.INSTANCE and step.port:
        text = f"port {step.port} of {node.name} ({netlist.module_name(node.id)})"
    elif node.kind in BLOCKS:
        text = _statement(netlist, step)
    else:
        declared, _, default = node.detail.partition(" = ")
        value = step.value or default
        name = f"{node.name}.{step.net}" if step.net else node.name
        text = f"{declared} {name}{' = ' if value else ''}{value}".strip()
    return Row(step, node.kind, node.name, module, place, text)


def _statement(netlist: Netlist, step: Step) -> str:
    """The source lines of a statement, from its first to the one with a semicolon."""
    node = netlist.node(step.node)
    first = step.line or node.start_line
    last = min(node.end_line, first + _MOST_LINES - 1)
    lines = netlist.index.lines(node.source, first, last).splitlines()
    taken: list[str] = []
    for line in lines:
        taken += line.split("//")[0].split()
        if ";" in line.split("//")[0]:
            return " ".join(taken)
    return " ".join([*taken, "..."] if last < node.end_line else taken)
