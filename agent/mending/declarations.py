"""Names that are declared as the wrong thing, twice, or by half."""

import re
from typing import Any

from pyslang import syntax

from hdlsmith.agent.mending.names import (
    Declared,
    constants,
    declarations,
    declared,
    targets,
)
from hdlsmith.agent.mending.rule import Broken, answers
from hdlsmith.agent.mending.source import Edit, Source, edited, walk
from hdlsmith.agent.mending.widths import (
    inferred_range,
    range_of_bits,
)


@answers(
    r"slang:(?:AssignToNet|BadProceduralAssign)",
    r"icarus:lvalue (?P<name>\w+) is not",
)
def declare_as_variable(broken: Broken) -> str | None:
    """`output q` that a process assigns becomes `output reg q`."""
    module, source = broken.module, broken.source
    name = broken.name or _word_at(broken.text, broken.offset)
    if module is None:
        return None
    found = [d for d in declared(module, name) if d.is_net]
    if not found or any(d.direction == "input" for d in found):
        return None
    word = "logic" if re.search(r"\blogic\b", broken.text) else "reg"
    nets = [d for d in found if isinstance(d.header, syntax.NetDeclarationSyntax)]
    wrong = (nets or found)[0]
    return _as_variable(source, wrong, word)


def _as_variable(source: Source, wrong: Declared, word: str) -> str | None:
    header = wrong.header
    if isinstance(header, syntax.NetPortHeaderSyntax):
        return edited(source.text, source.replace(header.netType, word))
    if isinstance(header, syntax.NetDeclarationSyntax):
        others: list[Any] = [d for d in header.declarators if isinstance(d, syntax.SyntaxNode)]
        if all(d.initializer is None for d in others):
            return edited(source.text, source.replace(header.netType, word))
        return None
    end = source.span(header.direction)[1]
    return edited(source.text, Edit(end, end, f" {word}"))


@answers(r"(?:icarus:redeclared|slang:Redefinition\w*) .*'(?P<name>\w+)'")
def drop_second_declaration(broken: Broken) -> str | None:
    """`output reg q` and `reg q` once more; what stands in the port list stays."""
    module, source, name = broken.module, broken.source, broken.name
    if module is None:
        return None
    twice = [
        e.message.partition("'")[2].partition("'")[0]
        for e in broken.errors
        if e.code == broken.error.code
    ]
    edits = [
        edit
        for each in dict.fromkeys([name, *twice])
        for edit in _drop_repeats(source, module, each)
    ]
    return edited(source.text, *edits) if edits else None


def _drop_repeats(source: Source, module: Any, name: str) -> list[Edit]:
    first, *more = declared(module, name) or (None,)
    if not more or first is None:
        return []
    edits = [_without(source, again) for again in more]
    again = more[0]
    if first.is_net and not again.is_net and first.ansi and first.direction == "output":
        word = source.slice(again.type).split("[")[0].strip() or "reg"
        end = source.span(first.header.direction)[1]
        edits.append(Edit(end, end, f" {word}"))
    return edits


def _without(source: Source, one: Declared) -> Edit:
    """Takes one name out of a declaration, or the declaration away when it is the only one."""
    names: list[Any] = [d for d in one.node.declarators if isinstance(d, syntax.SyntaxNode)]
    if len(names) == 1:
        if one.declarator.initializer is None or not isinstance(
            one.node, syntax.NetDeclarationSyntax
        ):
            return source.delete(one.node)
        start = source.span(one.node)[0]  # `wire q = a;` goes on as `assign q = a;`
        return Edit(start, source.span(one.declarator)[0], "assign ")
    at = next(i for i, d in enumerate(names) if d.name.valueText == one.name)
    start, end = source.span(names[at])
    if at + 1 < len(names):
        return Edit(start, source.span(names[at + 1])[0], "")
    return Edit(source.span(names[at - 1])[1], end, "")


@answers(r"slang:PortDeclInANSIModule")
def drop_declaration_of_ansi_port(broken: Broken) -> str | None:
    """`input a;` in the body of a module whose port list declares a already."""
    module, source = broken.module, broken.source
    if module is None:
        return None
    ports = {d.name for d in declarations(module) if d.ansi}
    again = [
        node
        for node in walk(module, syntax.PortDeclarationSyntax)
        if all(
            d.name.valueText in ports for d in walk(list(node.declarators), syntax.DeclaratorSyntax)
        )
    ]
    return edited(source.text, *(source.delete(node) for node in again)) if again else None


@answers(r"icarus:\w+ Port (?P<name>\w+) of module \w+ is declared as \w+ and as a \w+ type")
def drop_variable_of_input(broken: Broken) -> str | None:
    """`input reg a`, or `reg a` beside `input a`: an input is a net."""
    module, source = broken.module, broken.source
    found = declared(module, broken.name) if module is not None else ()
    edits = [_without(source, d) for d in found if not d.direction]
    for one in found:
        if one.direction and isinstance(one.type, syntax.IntegerTypeSyntax):
            integer = one.type.keyword.rawText in ("integer", "int")
            edits.append(source.replace(one.type.keyword, "signed [31:0]" if integer else ""))
    return edited(source.text, *edits) if edits else None


@answers(r"slang:MissingPortIODeclaration")
def declare_listed_ports(broken: Broken) -> str | None:
    """`module t (a, y);` that go no way: as asked, or as they are used."""
    module, source = broken.module, broken.source
    if module is None:
        return None
    lines = []
    for error in broken.errors:
        name = error.message.partition("'")[2].partition("'")[0]
        if error.code != "MissingPortIODeclaration" or (
            declared(module, name) and not broken.port(name)
        ):
            continue
        port = broken.port(name)
        way = (
            str(port.direction)
            if port
            else "output"
            if name in targets(source, module)
            else "input"
        )
        ranged = range_of_bits(port.width_bits) if port else inferred_range(source, module, name)
        lines.append(f"{way} {ranged}{name};")
    end = source.span(module.header)[1]
    return (
        edited(source.text, Edit(end, end, "".join(f"\n{line}" for line in lines)))
        if lines
        else None
    )


@answers(r"icarus:\w+ Scalar port ``(?P<name>\w+)'' has a vectored net")
def widen_port_as_its_variable(broken: Broken) -> str | None:
    """`output y; reg [3:0] y;` in the old style: both take the range that one of them has."""
    module, source = broken.module, broken.source
    found = declared(module, broken.name) if module is not None else ()
    bare = [d for d in found if not list(d.type.dimensions)]
    ranged = [d for d in found if list(d.type.dimensions)]
    if len(bare) != 1 or not ranged or len(list(bare[0].node.declarators)) != 1:
        return None
    start = source.span(bare[0].declarator)[0]
    return edited(
        source.text, Edit(start, start, f"{source.slice(next(iter(ranged[0].type.dimensions)))} ")
    )


@answers(r"slang:InvalidTopModule '(?P<name>\w+)' is not a valid")
def give_parameter_a_value(broken: Broken) -> str | None:
    """A parameter without a default, which a top module must have: from the asked widths, or 8."""
    module, source = broken.asked_module, broken.source
    bare = [d for d in constants(module) if d.initializer is None] if module is not None else []
    if not bare:
        return None
    by_range: dict[str, int] = {}
    for found in declarations(module):
        bounds = re.fullmatch(r"\s*\[\s*(\w+)\s*-\s*1\s*:\s*0\s*\]\s*", "".join(
            source.slice(d) for d in getattr(found.type, "dimensions", ())))  # fmt: skip
        if bounds and (port := broken.port(found.name)):
            by_range.setdefault(bounds[1], port.width_bits)
    ends = [(source.span(d)[1], by_range.get(d.name.valueText, 8)) for d in bare]
    return edited(source.text, *(Edit(end, end, f" = {value}") for end, value in ends))


@answers(r"slang:Expected\w+")
def rename_keyword(broken: Broken) -> str | None:
    """A SystemVerilog keyword as the name of a signal, as older Verilog allowed."""
    found = re.search(
        rf"\b(?:reg|wire|logic|input|output|integer)\s+(?:signed\s+)?(?:\[[^\]]*\]\s*)?(?P<word>{_SV_WORDS})\s*[;,=)]",
        broken.text,
    )
    if not found or broken.port(found["word"]):
        return None
    uses = [t for t in broken.source.tokens if t.text == found["word"]]
    return edited(broken.text, *(Edit(t.start, t.end, f"{found['word']}_value") for t in uses))


_SV_WORDS = (
    "bit|byte|do|final|global|new|priority|unique|this|checker|expect|cover|rand|type|interface|var|ref"
    "|soft|pure|local|export|import|break|continue|return|tagged|matches|inside|alias|context|before"
    "|cross|bins|static|program|property|sequence|string|super|virtual|void|with|within|dist|first_match"
)


def _word_at(text: str, offset: int) -> str:
    match = re.compile(r"\w+").match(text, offset)
    return match[0] if match else ""


RULES = (
    rename_keyword,
    declare_as_variable,
    drop_declaration_of_ansi_port,
    drop_second_declaration,
    drop_variable_of_input,
    declare_listed_ports,
    widen_port_as_its_variable,
    give_parameter_a_value,
)
