"""Ports that differ from the asked ones, and a module that has another name."""

import re
from difflib import SequenceMatcher
from typing import Any

from pyslang import syntax

from hdlsmith.agent.interface import clock_of, reset_of
from hdlsmith.agent.mending.names import Declared, declarations, declared, targets
from hdlsmith.agent.mending.rule import Broken, answers
from hdlsmith.agent.mending.source import Edit, Source, edited, walk
from hdlsmith.agent.mending.unasked import is_edge, is_tested, without_clock, without_reset
from hdlsmith.agent.mending.widths import range_of_bits
from hdlsmith.design import Direction, Port

_UNDECLARED = (
    r"slang:(?:Undeclared|Typo)Identifier use of undeclared identifier '(?P<name>\w+)'",
    r"icarus:undeclared .*[`'](?P<name>\w+)'",
)
_DIFFERS = r"hdlsmith:interface port '(?P<name>\w+)' must be"
_MISSING = r"hdlsmith:interface port \w+ (?P<name>\w+)(?: \(\d+ bits\))? is missing"
_UNASKED = r"hdlsmith:interface port \w+ (?P<name>\w+)(?: \(\d+ bits\))? was not asked for"
_CLOCK = re.compile(r"\w*(?:clk|clock)\w*|c?ck|clk_?i", re.IGNORECASE)
_RESET = re.compile(r"\w*(?:rst|reset|clear|clr)\w*", re.IGNORECASE)
_ALIKE = 0.75


@answers(r"hdlsmith:top ")
def rename_module_to_top(broken: Broken) -> str | None:
    """The module that no other instantiates, where it is the only one such, is the asked one."""
    source = broken.source
    used = {
        source.slice(i.type).strip() for i in walk(source.root, syntax.HierarchyInstantiationSyntax)
    }
    tops = [m for m in source.modules if m.header.name.valueText not in used]
    names = {m.header.name.valueText for m in tops}
    if len(names) != 1 or broken.top in names or not broken.top:
        return None
    return edited(source.text, *(source.replace(m.header.name, broken.top) for m in tops))


@answers(*_UNDECLARED)
def take_the_clock_there_is(broken: Broken) -> str | None:
    """`clk` where the ports have one clock, of another name; the same for a reset."""
    module, source, name = broken.module, broken.source, broken.name
    if module is None:
        return None
    inputs = _inputs(module)
    there = ""
    if _CLOCK.fullmatch(name) and is_edge(source, module, name):
        there = clock_of(inputs)
    elif _RESET.fullmatch(name):
        there = reset_of(inputs)
    return _renamed(broken, module, name, there) if there else None


@answers(*_UNDECLARED, _UNASKED)
def go_without_unasked_clock(broken: Broken) -> str | None:
    """The asked ports have no clock, so what waits for one is combinational."""
    module, source, name = broken.module, broken.source, broken.name
    if module is None or not broken.binds or broken.port(name) or not is_edge(source, module, name):
        return None
    if _RESET.fullmatch(name) or (clock_of(broken.asked) and not _CLOCK.fullmatch(name)):
        return None
    return edited(
        source.text, *without_clock(source, module, name), *_without_port(source, module, name)
    )


@answers(*_UNDECLARED, _UNASKED)
def go_without_unasked_reset(broken: Broken) -> str | None:
    """The asked ports have no such reset, so that it is never active."""
    module, source, name = broken.module, broken.source, broken.name
    if module is None or not broken.binds or broken.port(name) or name in targets(source, module):
        return None
    if not _RESET.fullmatch(name) and not (
        is_edge(source, module, name) and is_tested(source, module, name)
    ):
        return None
    if _CLOCK.fullmatch(name):
        return None
    return edited(
        source.text, *without_reset(source, module, name), *_without_port(source, module, name)
    )


@answers(*_UNDECLARED, _MISSING)
def add_port(broken: Broken) -> str | None:
    """A port that was asked for, or a clock or reset of a module that may have any ports."""
    module, source, name = broken.module, broken.source, broken.name
    if module is None:
        return None
    port = broken.port(name) if broken.binds else None
    if port is None:
        edge = is_edge(source, module, name) and (_CLOCK.fullmatch(name) or _RESET.fullmatch(name))
        if broken.asked or not edge:
            return None
        port = Port(name, Direction.INPUT)
    if any(t.start < source.span(module.header)[1] for t in source.uses(module, name)):
        return None  # it stands in a port list that can't be read
    return _with_port(source, module, port)


@answers(_MISSING, _UNASKED)
def rename_port(broken: Broken) -> str | None:
    """A port like the asked one under a name like the asked one, or the only one left over."""
    module = broken.asked_module
    have, want = {p.name for p in broken.found}, {p.name for p in broken.asked}
    missing = [p for p in broken.asked if p.name not in have]
    unasked = [p for p in broken.found if p.name not in want]
    if module is None:
        return None
    for asked in missing:
        fit = [p for p in unasked if p.direction is asked.direction]
        like = [p for p in fit if _alike(p.name, asked.name)]
        same = [p for p in fit if p.width_bits == asked.width_bits]
        rivals = [
            p for p in missing if (p.direction, p.width_bits) == (asked.direction, asked.width_bits)
        ]
        only = same if len(same) == 1 and len(rivals) == 1 and len(fit) == 1 else []
        chosen = like if len(like) == 1 else only
        if chosen:
            return _renamed(broken, module, chosen[0].name, asked.name)
    return None


@answers(_DIFFERS)
def redeclare_port_as_asked(broken: Broken) -> str | None:
    """The asked direction and width."""
    module, source = broken.asked_module, broken.source
    port = broken.port(broken.name)
    found = declared(module, broken.name) if module is not None else ()
    if not port or not found or not found[0].direction:
        return None
    edits: list[Edit] = []
    for one in found:
        edits += _retyped(source, module, one, port)
    return edited(source.text, *edits)


@answers(_UNASKED)
def drop_unused_port(broken: Broken) -> str | None:
    """An input that nothing reads, or an output that becomes an inner signal."""
    module, source = broken.asked_module, broken.source
    found = declared(module, broken.name) if module is not None else ()
    if module is None or not found or not found[0].ansi:
        return None
    drop = _without_port(source, module, broken.name)
    if found[0].direction == "input":
        return edited(source.text, *drop) if len(source.uses(module, broken.name)) == 1 else None
    kind = "wire" if found[0].is_net else "logic"
    ranges = "".join(source.slice(d) for d in getattr(found[0].type, "dimensions", ()))
    end = source.span(module.header)[1]
    line = " ".join(part for part in (kind, ranges.strip(), f"{broken.name};") if part)
    return edited(source.text, *drop, Edit(end, end, f"\n{line}"))


@answers(r"slang:AssignToNet", r"icarus:lvalue ")
def leave_asked_input_alone(broken: Broken) -> str | None:
    """A process that drives nothing but asked inputs has no business there."""
    module, source = broken.module, broken.source
    if module is None or not broken.binds:
        return None
    inputs = {p.name for p in broken.asked if p.direction is Direction.INPUT}
    for process in module.members:
        start, end = source.span(process)
        driven = targets(source, process)
        if start <= broken.offset < end and driven and driven <= inputs:
            return edited(source.text, source.delete(process))
    return None


def _inputs(module: Any) -> tuple[Port, ...]:
    """Scalar inputs of a module."""
    return tuple(
        Port(d.name, Direction.INPUT)
        for d in declarations(module)
        if d.direction == "input" and not list(getattr(d.type, "dimensions", ()))
    )


def _renamed(broken: Broken, module: Any, old: str, new: str) -> str | None:
    source = broken.source
    if declared(module, new) and declared(module, old):
        return None
    return edited(source.text, *(Edit(t.start, t.end, new) for t in source.uses(module, old)))


def _alike(one: str, other: str) -> bool:
    a, b = (re.sub(r"^[io]_|_[io]$|_", "", name.lower()) for name in (one, other))
    return a == b or SequenceMatcher(None, a, b).ratio() >= _ALIKE


def _without_port(source: Source, module: Any, name: str) -> tuple[Edit, ...]:
    """Takes a port out of the list; who shared its header gets one of their own."""
    ports = [d for d in declarations(module) if d.ansi]
    at = next((i for i, d in enumerate(ports) if d.name == name), None)
    if at is None:
        return ()
    start, end = source.span(ports[at].node)
    edits = []
    if at + 1 < len(ports):
        following = ports[at + 1]
        begin = source.span(following.node)[0]
        edits.append(Edit(start, begin, ""))
        if following.header is ports[at].header:
            edits = [Edit(start, begin, f"{source.slice(ports[at].header).strip()} ")]
    elif at:
        edits.append(Edit(source.span(ports[at - 1].node)[1], end, ""))
    else:
        edits.append(Edit(start, end, ""))
    return tuple(edits)


def _with_port(source: Source, module: Any, port: Port) -> str | None:
    """Puts a port at the end of an ANSI list; an inner declaration of that name goes."""
    listed = module.header.ports
    inner = [d for d in declared(module, port.name) if not d.direction]
    used = source.uses(module, port.name)
    if port.direction is not Direction.INPUT and not used:
        return None  # an output that nothing drives would only look right
    edits = []
    kind = ""
    if inner:
        single = (
            len([d for d in inner[0].node.declarators if isinstance(d, syntax.SyntaxNode)]) == 1
        )
        if len(inner) > 1 or not single or inner[0].declarator.initializer is not None:
            return None
        kind = "" if inner[0].is_net else f"{source.slice(inner[0].type).split('[')[0].strip()} "
        edits.append(source.delete(inner[0].node))
    elif any(port.name in targets(source, p) for p in walk(module, syntax.ProceduralBlockSyntax)):
        kind = "reg "
    said = f"{port.direction} {kind}{range_of_bits(port.width_bits)}{port.name}"
    if listed is None:
        name_end = source.span(module.header.name)[1]
        return edited(source.text, Edit(name_end, name_end, f" ({said})"), *edits)
    if not isinstance(listed, syntax.AnsiPortListSyntax):
        return None
    ports = [d for d in declarations(module) if d.ansi]
    if ports:
        first, last = source.span(ports[0].node)[0], source.span(ports[-1].node)[1]
        lines = "\n" in source.text[first:last]
        gap = f"\n{source.indent(source.span(ports[-1].node)[0])}" if lines else " "
        return edited(source.text, Edit(last, last, f",{gap}{said}"), *edits)
    inside = source.span(listed.openParen)[1]
    return edited(source.text, Edit(inside, inside, said), *edits)


def _retyped(source: Source, module: Any, one: Declared, port: Port) -> list[Edit]:
    """Gives one declaration of a port the asked direction and range."""
    ranged = range_of_bits(port.width_bits)
    dimensions = list(getattr(one.type, "dimensions", ()))
    sharing = [d for d in declarations(module) if d.header is one.header]
    name_at = source.span(one.declarator)[0]
    if len(sharing) == 1:
        edits = [source.replace(one.header.direction, str(port.direction))] if one.direction else []
        if dimensions:
            start, end = source.span(dimensions[0])[0], source.span(dimensions[-1])[1]
            return [*edits, Edit(start, end, ranged.strip())]
        return [*edits, Edit(name_at, name_at, ranged)]
    if not one.ansi:
        return []
    # `input [3:0] a, b` where only one is wrong: it and the next get headers of their own.
    header = source.slice(one.header).strip()
    kind = next((f"{word} " for word in ("reg", "logic") if word in header.split()), "")
    edits = [Edit(source.span(one.node)[0], name_at, f"{port.direction} {kind}{ranged}")]
    behind = [d for d in sharing if source.span(d.declarator)[0] > name_at][:1]
    at = [source.span(d.declarator)[0] for d in behind]
    return [*edits, *(Edit(start, start, f"{header} ") for start in at)]


RULES = (
    rename_module_to_top,
    rename_port,
    redeclare_port_as_asked,
    leave_asked_input_alone,
    take_the_clock_there_is,
    go_without_unasked_clock,
    go_without_unasked_reset,
    add_port,
    drop_unused_port,
)
