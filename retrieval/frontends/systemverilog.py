"""Verilog and SystemVerilog source as a graph, read by pyslang.

`read` makes the graph. Whoever needs the syntax tree itself starts from `sv_source.opened`, whose
spans are those of the nodes.

Modules, packages and classes are read level by level: first what a level declares, then what its
blocks do, so that a name may be used before it is declared. A generate block is a level whose
nodes belong to the module; its own names hide those around it. Names of other files (packages,
other modules' signals) are not looked up.

A text that holds no design element (a fragment that others include) is read as the inside of a
module, a class or a task, whatever understands it best.
"""

from collections.abc import Callable, Iterable
from typing import Any

from pyslang import syntax

from hdlsmith.retrieval.frontends import sv_blocks
from hdlsmith.retrieval.frontends.sv_dataflow import both, grouped
from hdlsmith.retrieval.frontends.sv_declarations import DECLARATIONS, Initial, declare_header
from hdlsmith.retrieval.frontends.sv_level import Level
from hdlsmith.retrieval.frontends.sv_names import flat, one_line
from hdlsmith.retrieval.frontends.sv_source import opened
from hdlsmith.retrieval.frontends.table import Surroundings
from hdlsmith.retrieval.nodes import Edge, FileGraph, Kind, Node


def read(path: str, text: bytes, around: Surroundings) -> FileGraph:
    """The graph of one text; see `table.FrontEnd`."""
    tree = opened(path, text, around)
    nodes: list[Node] = []
    edges: list[Edge] = []
    _read_members(Level(tree, nodes, edges), tree.members())
    return FileGraph(nodes, edges, tree.inclusion.files, tree.diagnostics())


def _read_members(level: Level, members: Iterable[Any]) -> None:
    initials: list[Initial] = []
    functions = []
    blocks: list[tuple[Callable[[Level, Any], None], Any]] = []
    for member in members:
        kind = type(member)
        declare = DECLARATIONS.get(kind)
        if declare is not None:
            initials += declare(level, member) or ()
        elif kind is syntax.FunctionDeclarationSyntax:
            functions.append(member)
        elif kind in _BLOCKS:
            blocks.append((_BLOCKS[kind], member))
    for function in functions:
        _read_block(level, sv_blocks.read_function, function)
    for initial in initials:
        sv_blocks.read_initial(level, initial)
    for read_block, member in blocks:
        _read_block(level, read_block, member)


def _read_block(level: Level, read_block: Callable[[Level, Any], None], member: Any) -> None:
    try:
        read_block(level, member)
    except RecursionError:
        level.opened.note(member, "NestedTooDeeply", "nested too deeply to be read")


def _read_module(level: Level, module: Any) -> None:
    span = level.opened.span(module)
    if span is None:
        return
    header = module.header
    keyword = header.moduleKeyword.rawText
    kind = Kind.PACKAGE if keyword == "package" else Kind.MODULE
    node = level.add(kind, header.name.valueText, span, keyword)
    inner = level.inside(node)
    declare_header(inner, header)
    _read_members(inner, module.members)


def _read_class(level: Level, declaration: Any) -> None:
    span = level.opened.span(declaration)
    if span is None:
        return
    base = declaration.extendsClause
    detail = "class" if base is None else f"class {one_line(level.opened.slice(base))}"
    node = level.add(Kind.CLASS, declaration.name.valueText, span, detail)
    inner = level.inside(node)
    for item in declaration.items:
        kind = type(item)
        if kind is syntax.ClassMethodDeclarationSyntax:
            _read_method(inner, item, item.declaration.prototype)
        elif kind is syntax.ClassMethodPrototypeSyntax:
            _read_method(inner, item, item.prototype)
        elif kind is syntax.ClassDeclarationSyntax:
            _read_class(inner, item)


def _read_method(level: Level, item: Any, prototype: Any) -> None:
    span = level.opened.span(item)
    if span is not None:
        name = level.opened.slice(prototype.name).strip()
        level.add(Kind.FUNCTION, name, span, one_line(level.opened.slice(prototype)))


def _read_region(level: Level, region: Any) -> None:
    _read_members(level, region.members)


def _read_generate_if(level: Level, node: Any) -> None:
    failed = ""
    while True:
        test = flat(level.opened.slice(node.condition))
        _read_branch(level, node.block, both(failed, grouped(test)))
        if node.elseClause is None:
            return
        failed = both(failed, f"!({test})")
        node = node.elseClause.clause
        if type(node) is not syntax.IfGenerateSyntax:
            _read_branch(level, node, failed)
            return


def _read_generate_case(level: Level, node: Any) -> None:
    chosen = flat(level.opened.slice(node.condition))
    for item in node.items:
        if type(item) is syntax.StandardCaseItemSyntax:
            label = " || ".join(
                f"{chosen} == {flat(level.opened.slice(label))}" for label in item.expressions[::2]
            )
            _read_branch(level, item.clause, grouped(label))
        elif type(item) is syntax.DefaultCaseItemSyntax:
            _read_branch(level, item.clause, f"{chosen} == default")


def _read_generate_loop(level: Level, node: Any) -> None:
    _read_branch(level, node.block, "")


def _read_branch(level: Level, block: Any, test: str) -> None:
    members = block.members if type(block) is syntax.GenerateBlockSyntax else [block]
    _read_members(level.branch(both(level.condition, test)), members)


_BLOCKS: dict[type, Callable[[Level, Any], None]] = {
    syntax.ContinuousAssignSyntax: sv_blocks.read_assigns,
    syntax.ProceduralBlockSyntax: sv_blocks.read_process,
    syntax.HierarchyInstantiationSyntax: sv_blocks.read_instances,
    syntax.PrimitiveInstantiationSyntax: sv_blocks.read_instances,
    syntax.ModuleDeclarationSyntax: _read_module,
    syntax.ClassDeclarationSyntax: _read_class,
    syntax.GenerateRegionSyntax: _read_region,
    syntax.IfGenerateSyntax: _read_generate_if,
    syntax.CaseGenerateSyntax: _read_generate_case,
    syntax.LoopGenerateSyntax: _read_generate_loop,
    syntax.GenerateBlockSyntax: _read_region,
}
