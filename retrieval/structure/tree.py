"""The module hierarchy below a top, elaborated if can be."""

from typing import NamedTuple

from hdlsmith.display import counted
from hdlsmith.languages import VERILOG_FAMILY
from hdlsmith.retrieval.nodes import Kind
from hdlsmith.retrieval.structure.elaborate import NotElaboratedError, elaborate
from hdlsmith.retrieval.structure.hierarchy import Facts, Hierarchy
from hdlsmith.retrieval.structure.netlist import Netlist

_MOST_BRANCHES = 20_000


class Branch(NamedTuple):
    """One instance.

    Attributes:
        parent: position of the branch around it; -1 for the top.
        depth: 0 for the top.
        name: of the instance; of the top, its module.
        path: from the top, with dots between.
        place: `path:line` of the module; empty where the index has none.
        parameters: name and value, without `localparam`s; only of an elaborated module.
    """

    parent: int
    depth: int
    name: str
    path: str
    module: str
    place: str
    parameters: tuple[tuple[str, str], ...] = ()
    elaborated: bool = False


class Tree(NamedTuple):
    """A hierarchy.

    Attributes:
        branches: parents before children, depth first.
        note: how far it is elaborated, and why not.
        truncated: there is more than fits.
    """

    branches: tuple[Branch, ...]
    note: str
    truncated: bool


def tree(netlist: Netlist, top: int) -> Tree:
    """The hierarchy below a module."""
    if netlist.index.languages[netlist.node(top).source] not in VERILOG_FAMILY:
        return _named(netlist, top, "by names alone: pyslang elaborates Verilog and SystemVerilog")
    try:
        return _elaborated(netlist, elaborate(netlist, top))
    except NotElaboratedError as error:
        return _named(netlist, top, f"by names alone: {error.message}")


def down_to(branches: tuple[Branch, ...], depth: int) -> tuple[Branch, ...]:
    """Those of the branches that are no deeper, with the parents' positions among them."""
    kept = [at for at, branch in enumerate(branches) if branch.depth <= depth]
    positions = {-1: -1} | {at: position for position, at in enumerate(kept)}
    return tuple(branches[at]._replace(parent=positions[branches[at].parent]) for at in kept)


def _elaborated(netlist: Netlist, hierarchy: Hierarchy) -> Tree:
    branches: list[Branch] = []
    for instance in hierarchy.instances:
        above = branches[instance.parent] if instance.parent != -1 else None
        name = instance.path.removeprefix(f"{above.path}.") if above else instance.path
        branches.append(
            Branch(
                instance.parent,
                above.depth + 1 if above else 0,
                name,
                instance.path,
                instance.module_name,
                _place(netlist, instance.module),
                _parameters(instance.facts) if instance.facts else (),
                instance.facts is not None,
            )
        )
    errors = f", with {counted(hierarchy.error_count, 'error')}" if hierarchy.errors else ""
    return Tree(tuple(branches), f"elaborated{errors}", hierarchy.truncated)


def _parameters(facts: Facts) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value, is_local in facts.parameters if not is_local)


def _named(netlist: Netlist, top: int, note: str) -> Tree:
    branches: list[Branch] = []
    # Each with the modules around it: one that holds itself would have no end.
    left: list[tuple[int, str, str, int, frozenset[int]]] = [
        (-1, netlist.node(top).name, netlist.node(top).name, top, frozenset())
    ]
    while left and len(branches) < _MOST_BRANCHES:
        parent, name, module_name, module, around = left.pop()
        above = branches[parent] if parent != -1 else None
        path = f"{above.path}.{name}" if above else name
        depth = above.depth + 1 if above else 0
        position = len(branches)
        place = _place(netlist, module)
        branches.append(Branch(parent, depth, name, path, module_name, place))
        if module != -1 and module not in around:
            inside = netlist.members(module, [Kind.INSTANCE])
            left += [
                (
                    position,
                    instance.name,
                    netlist.module_name(instance.id),
                    netlist.definition(instance.id),
                    around | {module},
                )
                for instance in reversed(inside)
            ]
    return Tree(tuple(branches), note, bool(left))


def _place(netlist: Netlist, module: int) -> str:
    return str(netlist.index.places(netlist.node(module))[0]) if module != -1 else ""
