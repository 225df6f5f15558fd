"""From the names a user types to nodes of the index."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from hdlsmith.errors import InputError
from hdlsmith.retrieval.nodes import NAMED_VALUES, Kind
from hdlsmith.retrieval.store.index import Index, StoredNode
from hdlsmith.retrieval.structure.interfaces import Interfaces
from hdlsmith.retrieval.structure.netlist import Netlist, is_for_tests

_MOST_LISTED = 8


@dataclass(frozen=True)
class Target:
    """A named value, and how it was named.

    Attributes:
        base: the module the name starts in.
        instances: from there down to the module of the value.
        path: their names as typed, with dots between, generate blocks among them.
        net: of a port of interface type, the interface's net that is meant; empty for all.
    """

    value: int
    base: int
    instances: tuple[int, ...] = ()
    path: str = ""
    net: str = ""


def find_module(index: Index, name: str, path: str = "") -> StoredNode:
    """The module of that name.

    Args:
        path: picks one of several: the path of its file, or a part of it. Without it, the only
            one outside folders for tests is taken.

    Raises:
        InputError: none (with the nearest names), or several (with their places).
    """
    found = index.definitions(name)
    if not found:
        known = {node.name for node in index.of_kind(Kind.MODULE)}
        raise InputError(f"no module called {name!r} in the index", remedy=_nearest(name, known))
    exact = [node for node in found if path in index.paths(node.source)]
    here = exact or [
        node for node in found if any(path in place for place in index.paths(node.source))
    ]
    if not here:
        raise InputError(
            f"no module {name} in a file whose path has {path!r}",
            remedy=f"it stands in {_listed(index, found)}",
        )
    if len(here) > 1:
        real = [n for n in here if not all(map(is_for_tests, index.paths(n.source)))]
        here = real if len(real) == 1 else here
    if len(here) > 1:
        raise InputError(
            f"{len(here)} modules are called {name}",
            remedy=f"pick one by --path: {_listed(index, here)}",
        )
    return here[0]


def find_value(netlist: Netlist, signal: str, module: str = "", path: str = "") -> Target:
    """The port, signal or parameter that a user means.

    Args:
        signal: a name in the module, or instances down to it with dots between; of a
            hierarchical name without a module the first part is one.
        path: as of `find_module`.

    Raises:
        InputError: no such module, instance or name, with the nearest ones.
    """
    if not module:
        module, dot, signal = signal.partition(".")
        if not dot:
            raise InputError(
                f"in which module is {module}?", remedy=f"--module NAME, or TOP.u_core.{module}"
            )
    base = find_module(netlist.index, module, path).id
    whole = _named(netlist, base, signal, NAMED_VALUES)
    if whole != -1:  # an escaped identifier may hold dots
        return Target(whole, base)
    interfaces = Interfaces(netlist)
    *parts, name = signal.split(".")
    if parts and parts[0] == module:
        del parts[0]
    at = base
    after = 0  # a generate block's instances stand behind its label
    instances: list[int] = []
    for part in parts:
        instance = _named(netlist, at, part.split("[")[0], [Kind.INSTANCE], after)
        if instance == -1:
            after = _label(netlist, at, part)
            port = _named(netlist, at, part.split("[")[0], [Kind.PORT]) if after == -1 else -1
            bundle = interfaces.bundle(port) if port != -1 else None
            if part is parts[-1] and bundle:
                if not interfaces.may_have(bundle, name):
                    raise _unknown(netlist, bundle.module, name, "net", (Kind.PORT, Kind.SIGNAL))
                return Target(port, base, tuple(instances), ".".join(parts[:-1]), name)
            if after == -1:
                raise _unknown(netlist, at, part, "instance", [Kind.INSTANCE])
            continue
        instances.append(instance)
        at, after = netlist.definition(instance), 0
        if at == -1:
            missing = netlist.module_name(instance)
            raise InputError(f"the module of {part}, {missing}, is not in the index")
    value = _named(netlist, at, name, NAMED_VALUES)
    if value == -1:
        raise _unknown(netlist, at, name, "port, signal or parameter", NAMED_VALUES)
    return Target(value, base, tuple(instances), ".".join(parts))


def _named(netlist: Netlist, module: int, name: str, kinds: Iterable[Kind], after: int = 0) -> int:
    members = netlist.members(module, tuple(kinds))
    found = (node.id for node in members if node.name == name and node.start_byte >= after)
    return next(found, -1)


def _label(netlist: Netlist, module: int, name: str) -> int:
    """The byte at which a generate block begins; -1 if none is called so."""
    bare = name.split("[")[0]
    node = netlist.node(module)
    if re.fullmatch(r"genblk\d+", bare):  # the name of one without a label
        return node.start_byte
    text = netlist.index.source_text(node.source)
    label = re.compile(rb":\s*%b\b" % re.escape(bare).encode())
    found = label.search(text, node.start_byte, node.end_byte)
    return found.start() if found else -1


def _unknown(
    netlist: Netlist, module: int, name: str, noun: str, kinds: Iterable[Kind]
) -> InputError:
    known = {node.name for node in netlist.members(module, tuple(kinds))}
    return InputError(
        f"no {noun} {name!r} in {netlist.node(module).name}", remedy=_nearest(name, known)
    )


def _nearest(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=3, cutoff=0.6)
    if near:
        return f"did you mean {', '.join(near)}?"
    shown = ", ".join(sorted(known)[:_MOST_LISTED])
    return f"there are {shown}{', ...' if len(known) > _MOST_LISTED else ''}" if known else ""


def _listed(index: Index, nodes: list[StoredNode]) -> str:
    places = [str(index.places(node)[0]) for node in nodes]
    more = f" and {len(places) - _MOST_LISTED} more" if len(places) > _MOST_LISTED else ""
    return ", ".join(places[:_MOST_LISTED]) + more
