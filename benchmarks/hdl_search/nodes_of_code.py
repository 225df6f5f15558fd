"""Where modules, blocks and declarations stand, read apart from the index that is measured."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hdlsmith.languages import Language


@dataclass(frozen=True)
class CodeNode:
    """One thing that a comment may be about.

    Attributes:
        group: `module`, `block` or `signal`, the kinds of the benchmark.
        name: empty for a block without one.
        module: the module or package around it; its own name for a module.
        start, end: byte range, half open.
    """

    group: str
    name: str
    module: str
    start: int
    end: int


def read_nodes(text: bytes, language: Language) -> list[CodeNode]:
    """The nodes of one text in order; what cannot be parsed yields none."""
    # One character a byte, so that the parser's offsets are ours.
    plain = text.decode("ascii", "replace").replace("\ufffd", "?")
    plain = (
        plain
        if len(plain) == len(text)
        else text.decode("latin-1").encode("ascii", "replace").decode()
    )
    read = _read_vhdl if language is Language.VHDL else _read_verilog
    return sorted(read(plain), key=lambda node: (node.start, -node.end))


def _read_verilog(text: str) -> Iterator[CodeNode]:
    from pyslang.syntax import SyntaxTree

    root: Any = SyntaxTree.fromText(text).root
    members = root.members if root.kind.name == "CompilationUnit" else (root,)
    yield from _members(members, "")


_MODULES = {"ModuleDeclaration", "InterfaceDeclaration", "ProgramDeclaration"}
_PROCESSES = {"AlwaysBlock", "AlwaysFFBlock", "AlwaysCombBlock", "AlwaysLatchBlock", "InitialBlock"}
_DECLARATIONS = {"DataDeclaration", "NetDeclaration", "PortDeclaration"}


def _members(members: Any, module: str) -> Iterator[CodeNode]:
    for member in members:
        kind = member.kind.name
        if kind in _MODULES or kind == "PackageDeclaration":
            name = member.header.name.valueText
            if kind in _MODULES:
                yield _node("module", name, name, member)
            yield from _header(member.header, name)
            yield from _members(member.members, name)
        elif kind in _PROCESSES or kind == "ContinuousAssign":
            yield _node("block", "", module, member)
        elif kind in ("FunctionDeclaration", "TaskDeclaration"):
            yield _node("block", str(member.prototype.name).strip(), module, member)
        elif kind == "HierarchyInstantiation":
            if len(member.instances) == 1 and (declared := member.instances[0].decl):
                yield _node("block", declared.name.valueText, module, member)
        elif kind in _DECLARATIONS:
            yield from _declared(member, member.declarators, module)
        elif kind == "ParameterDeclarationStatement":
            yield from _declared(member, getattr(member.parameter, "declarators", ()), module)
        elif kind in ("GenerateRegion", "GenerateBlock"):
            yield from _members(member.members, module)
        elif kind == "LoopGenerate":
            yield from _members((member.block,), module)
        elif kind == "IfGenerate":
            branches = (member.block, member.elseClause and member.elseClause.clause)
            yield from _members((branch for branch in branches if branch), module)
        elif kind == "CaseGenerate":
            clauses = (getattr(item, "clause", None) for item in member.items)
            yield from _members((clause for clause in clauses if clause), module)


def _header(header: Any, module: str) -> Iterator[CodeNode]:
    if header.parameters:
        for parameter in header.parameters.declarations:
            yield from _declared(parameter, getattr(parameter, "declarators", ()), module)
    for port in getattr(header.ports, "ports", None) or ():
        if port.kind.name == "ImplicitAnsiPort":
            yield _node("signal", port.declarator.name.valueText, module, port)


def _declared(syntax: Any, declarators: Any, module: str) -> Iterator[CodeNode]:
    names = [one for one in declarators if one.kind.name == "Declarator"]
    if len(names) == 1:  # of several on one line, none is the one that a comment means
        yield _node("signal", names[0].name.valueText, module, syntax)


def _node(group: str, name: str, module: str, syntax: Any) -> CodeNode:
    span = syntax.sourceRange
    return CodeNode(group, name, module, span.start.offset, span.end.offset)


_VHDL = re.compile(
    r"""^[ \t]*(?:
      entity\s+(?P<entity>\w+)\s+is\b
    | (?:signal|constant|shared\s+variable)\s+(?P<object>\w+)\s*:
    | (?:pure\s+|impure\s+)?(?:function|procedure)\s+(?P<function>\w+)
    | (?:(?P<label>\w+)\s*:\s*)?(?:postponed\s+)?(?P<process>process)\b
    | (?P<component>component)\s+\w+\s*(?:is\b|$)
    | (?P<instance>\w+)\s*:\s*(?:entity\s+[\w.]+|component\s+\w+)
    | (?P<port>\w+)\s*:\s*(?:in|out|inout|buffer)\s+\w
    | (?P<generic>\w+)\s*:\s*\w+(?:\s*\([^)\n]*\))?\s*:=
    )""",
    re.I | re.X | re.M,
)
_VHDL_ENDS = {
    "entity": r"^[ \t]*end\b(?!\s+(?:if|case|loop|generate))[^;]*;",
    "process": r"^[ \t]*end\s+(?:postponed\s+)?process\b[^;]*;",
    "component": r"^[ \t]*end\s+component\b",
    "function": r";|^[ \t]*end\s+(?:function|procedure)\b[^;]*;",
}


def _read_vhdl(text: str) -> Iterator[CodeNode]:
    """By declaration lines: VHDL's are regular enough, and no second VHDL parser is at hand."""
    module, inside_until = "", 0
    for match in _VHDL.finditer(_without_comments(text)):
        what = str(match.lastgroup)
        name = match[what] if what != "process" else match["label"] or ""
        if what == "entity":
            module = name
        if match.start() < inside_until:
            continue
        ending = re.compile(_VHDL_ENDS.get(what, r";|\n"), re.I | re.M).search(text, match.end())
        start = match.end() - len(match[0].lstrip())
        end = ending.end() if ending else len(text)
        if what in ("process", "function", "component"):
            inside_until = end
        if what == "component":  # repeats an entity's ports
            continue
        group = {"entity": "module", "process": "block", "function": "block", "instance": "block"}
        yield CodeNode(group.get(what, "signal"), name, module, start, end)


def _without_comments(text: str) -> str:
    return re.sub(r"--[^\n]*", lambda match: " " * len(match[0]), text)
