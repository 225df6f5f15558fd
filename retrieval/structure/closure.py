"""Which files of a repository a top module needs."""

import re
from collections import defaultdict
from collections.abc import Iterator

from hdlsmith.languages import VERILOG_FAMILY
from hdlsmith.retrieval.nodes import Kind
from hdlsmith.retrieval.store.index import StoredNode
from hdlsmith.retrieval.structure.netlist import Netlist

MAX_FILES = 2000

_PACKAGE = re.compile(rb"\b(\w+)\s*::")
_WORD = re.compile(r"\w+")


def closure(netlist: Netlist, top: int) -> tuple[int, ...]:
    """The Verilog and SystemVerilog source texts that a module needs, its own first: those of the
    modules it instantiates, of the packages it names and of the interfaces among its ports, and
    what these need in turn. Of several definitions `Netlist.nearest` chooses; those that the index
    has not, and all beyond `MAX_FILES`, are left out.
    """
    known = _Shared(netlist)
    sources = {netlist.node(top).source: None}
    left = list(sources)
    while left and len(sources) < MAX_FILES:
        for definition in _needs(netlist, known, left.pop(0)):
            needed = netlist.node(definition).source
            if needed not in sources and netlist.index.languages[needed] in VERILOG_FAMILY:
                sources[needed] = None
                left.append(needed)
    return tuple(sources)


class _Shared:
    """Packages and interfaces of the whole index, by name."""

    def __init__(self, netlist: Netlist) -> None:
        self.packages: dict[str, list[StoredNode]] = defaultdict(list)
        self.interfaces: dict[str, list[StoredNode]] = defaultdict(list)
        for node in netlist.index.of_kind(Kind.PACKAGE):
            self.packages[node.name].append(node)
        for node in netlist.index.of_kind(Kind.MODULE):
            if node.detail.startswith("interface"):
                self.interfaces[node.name].append(node)


def _needs(netlist: Netlist, known: _Shared, source: int) -> Iterator[int]:
    """The modules, interfaces and packages that a source text uses."""
    index = netlist.index
    path = index.paths(source)[0]
    for node in index.of_source(source, (Kind.INSTANCE, Kind.PORT)):
        if node.kind is Kind.PORT:
            for name in _WORD.findall(node.detail):
                if name in known.interfaces:
                    yield netlist.nearest(known.interfaces[name], path)
        elif (definition := netlist.definition(node.id)) != -1:
            yield definition
    lenders = (index.source_at(lender) for lender in index.lenders(path))
    texts = [index.source_text(text) for text in (source, *lenders) if text is not None]
    for name in dict.fromkeys(name for text in texts for name in _PACKAGE.findall(text)):
        if name.decode() in known.packages:
            yield netlist.nearest(known.packages[name.decode()], path)
