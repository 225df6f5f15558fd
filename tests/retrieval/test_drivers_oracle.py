"""Every signal of real cores: who drives it, by our cones and by pyslang's own driver analysis.

pyslang keeps one driver a signal and process, and says where; a cone of depth one keeps every
statement. So what is compared is the first lines of the assignments, processes and instances.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pyslang
import pytest
from pyslang import analysis, ast, syntax

from hdlsmith.retrieval.building.build import build
from hdlsmith.retrieval.frontends.sv_includes import NOWHERE
from hdlsmith.retrieval.nodes import BLOCKS, Kind
from hdlsmith.retrieval.store.index import Index, StoredNode
from hdlsmith.retrieval.structure.closure import closure
from hdlsmith.retrieval.structure.cone import Walk, cone
from hdlsmith.retrieval.structure.elaborate import elaborate, request_of
from hdlsmith.retrieval.structure.hierarchy import ElaboratedPlaces
from hdlsmith.retrieval.structure.names import find_module
from hdlsmith.retrieval.structure.netlist import Netlist
from hdlsmith.retrieval.structure.slang_child import Request
from tests.retrieval.conftest import FindCore

_GENERATED = (ast.GenerateBlockSymbol, ast.GenerateBlockArraySymbol)


class Driven(NamedTuple):
    """A variable or net of an instance, its line, and the bytes where pyslang sees drivers."""

    path: str
    name: str
    line: int
    drivers: frozenset[int]


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "top", "signals"),
    [("ibex", "ibex_top", 1500), ("cv32e40p", "cv32e40p_core", 1500)],
)
def test_cones_name_the_drivers_that_pyslang_sees(
    core: FindCore, tmp_path: Path, name: str, top: str, signals: int
) -> None:
    build(core(name), tmp_path, with_words=False)
    with Index(tmp_path) as index:
        netlist = Netlist(index)
        module = find_module(index, top).id
        hierarchy = elaborate(netlist, module)
        numbers = {instance.path: at for at, instance in enumerate(hierarchy.instances)}
        compared, differing = 0, []
        for driven in _driven(request_of(index, top, closure(netlist, module))):
            at = numbers[driven.path]
            value = _value(netlist, hierarchy.instances[at].module, driven)
            places = ElaboratedPlaces(netlist, hierarchy, at)
            steps = cone(netlist, value.id, Walk.FAN_IN, 1, places=places).steps
            found = [netlist.node(s.node) for s in steps if (s.origin, s.level) == (0, 0)]
            ours = {node.start_line for node in found if not _is_initial(index, node, value)}
            theirs = {_block_line(netlist, value, byte) for byte in driven.drivers}
            compared += 1
            if ours != theirs:
                differing.append((driven, ours, theirs))
    assert compared > signals
    assert differing == []


def _is_initial(index: Index, block: StoredNode, value: StoredNode) -> bool:
    """Whether a block is the value in a declaration, which pyslang calls no driver; declarations
    and assignments out of one macro share a place too.
    """
    contained = value.start_byte <= block.start_byte and block.end_byte <= value.end_byte
    return contained and not index.text(value).startswith("`")


def _value(netlist: Netlist, module: int, driven: Driven) -> StoredNode:
    named = [
        node
        for node in netlist.members(module, (Kind.PORT, Kind.SIGNAL))
        if node.name == driven.name
    ]
    return next((n for n in named if n.start_line <= driven.line <= n.end_line), named[0])


def _block_line(netlist: Netlist, value: StoredNode, byte: int) -> int:
    blocks = netlist.members(value.module, BLOCKS)
    around = [block for block in blocks if block.start_byte <= byte < block.end_byte]
    return around[-1].start_line


def _driven(request: Request) -> Iterator[Driven]:
    """Of each module with each set of parameters the first instance, as pyslang analyses it."""
    manager = pyslang.SourceManager()
    for path, text in request.headers.items():
        manager.assignText(path, text)
    options = ast.CompilationOptions()
    options.topModules = {request.top}
    compilation = ast.Compilation(pyslang.Bag([options]))
    for file in request.files:
        buffers = [
            manager.assignText(file.prelude),
            manager.assignText(NOWHERE + file.path, file.text),
        ]
        compilation.addSyntaxTree(syntax.SyntaxTree.fromBuffers(buffers, manager))
    compilation.getAllDiagnostics()
    analysed = analysis.AnalysisManager()
    analysed.analyze(compilation)
    seen = set()
    for instance in _instances([compilation.getRoot().topInstances[0]]):
        parameters = tuple(str(getattr(p, "value", "")) for p in instance.body.parameters)
        kind = (instance.body.definition.name, parameters)
        if kind not in seen:
            seen.add(kind)
            for symbol in _values(instance.body):
                drivers = [d for d in analysed.getDrivers(symbol) if not d.isInputPort]
                places = (manager.getFullyExpandedLoc(d.sourceRange.start) for d in drivers)
                line = manager.getLineNumber(manager.getFullyExpandedLoc(symbol.location))
                yield Driven(
                    instance.hierarchicalPath,
                    symbol.name,
                    line,
                    frozenset(place.offset for place in places),
                )


def _instances(symbols: Iterable[ast.Symbol]) -> Iterator[ast.InstanceSymbol]:
    for symbol in symbols:
        if isinstance(symbol, ast.InstanceSymbol):
            yield symbol
            yield from _instances(symbol.body)
        elif isinstance(symbol, _GENERATED) and not symbol.isUninstantiated:
            yield from _instances(symbol)


def _values(scope: Iterable[ast.Symbol]) -> Iterator[ast.ValueSymbol]:
    for symbol in scope:
        if isinstance(symbol, ast.VariableSymbol | ast.NetSymbol):
            yield symbol
        elif isinstance(symbol, _GENERATED) and not symbol.isUninstantiated:
            yield from _values(symbol)
