"""What a repair may not do: pass by anything but the hardware's outputs.

The user's own design may print, read files or use macros; its repair may not begin to. And a
pass must not rest on what the design says: it is tried once more with all its calls of system
tasks taken out.
"""

import re
from collections import Counter
from dataclasses import replace

from pyslang import syntax

from hdlsmith.agent.debugging.cone import outermost
from hdlsmith.agent.localising.bench import PREFIX, module_names
from hdlsmith.agent.mending.names import declarations
from hdlsmith.agent.mending.source import Source, edited, walk
from hdlsmith.design import Design, SourceFile
from hdlsmith.languages import VERILOG_FAMILY
from hdlsmith.sandbox.elaboration import elaborate
from hdlsmith.sandbox.guard import ALLOWED_SYSTEM_NAMES, Surroundings, violations

_MACRO = re.compile(r"`\w+")
_OURS = re.compile(rf"\b{PREFIX}\w*")
_DATA = ("$readmemh", "$readmemb")
_DEFINED = re.compile(r"(`define[ \t]+\w+(?:\([^)\n]*\))?)((?:\\\n|.)*)")
_SYSTEM_NAME = re.compile(r"\$\w+")
_TIMESCALE = re.compile(r"`timescale[^\n]*")


def tampering(original: Design, changed: Design, testbench: tuple[SourceFile, ...]) -> str:
    """What a change adds that no repair of hardware needs; empty where it adds nothing such."""
    readable = tuple(file for file in testbench if file.language in VERILOG_FAMILY)
    around = Surroundings.of(readable)
    for old, new in zip(original.files, changed.files, strict=True):
        if added := _offences(new, around) - _offences(old, around):
            return f"{new.path}: {', '.join(sorted(reason for reason, _ in added))}"
        if macros := set(_MACRO.findall(new.text)) - set(_MACRO.findall(old.text)):
            return f"{new.path}: uses {', '.join(sorted(macros))}, which it did not"
        if _TIMESCALE.findall(new.text) != _TIMESCALE.findall(old.text):
            return f"{new.path}: changes `timescale, which may be the testbench's too"
        if names := _names(new, around) - _names(old, around):
            return f"{new.path}: names {', '.join(sorted(names))}, which is not the design's"
    return ""


def _offences(file: SourceFile, around: Surroundings) -> "Counter[tuple[str, str]]":
    """What the guard would refuse of a file, and the line that it refuses."""
    if file.text == "" or file.language not in VERILOG_FAMILY:
        return Counter()
    lines = file.text.split("\n")
    found = violations(file.text, "", around, silent=True)
    return Counter((v.reason, " ".join(lines[v.line - 1].split())) for v in found)


def _names(file: SourceFile, around: Surroundings) -> set[str]:
    return {*around.named_in(file.text), *_OURS.findall(file.text)}


def changed_ports(original: Design, changed: Design, testbench: tuple[SourceFile, ...]) -> str:
    """How a module that others connect has other ports than before; empty where none has."""
    words = {word for file in testbench for word in re.findall(r"\w+", file.text)}
    for module in sorted({*outermost(original), *(module_names(original) & words)}):
        before, after = (elaborate(replace(d, top=module)) for d in (original, changed))
        if before.errors or after.errors:  # names and directions are all that can be compared
            was, now = (_declared_ports(d, module) for d in (original, changed))
            now = {name: now[name] for name in now if name in was}
        else:
            was, now = ({p.name: str(p) for p in e.ports} for e in (before, after))
        if other := [name for name in {**was, **now} if was.get(name) != now.get(name)]:
            return f"the ports of {module} must stay: {', '.join(other)}"
    return ""


def _declared_ports(design: Design, name: str) -> dict[str, str]:
    sources = [Source(f.text) for f in design.sources if f.language in VERILOG_FAMILY]
    trees = [tree for s in sources for tree in s.modules if tree.header.name.valueText == name]
    return {d.name: d.direction for tree in trees for d in declarations(tree) if d.direction}


def muted(design: Design) -> Design:
    """The design without the statements that call system tasks, in macros too: it can't print or
    end anything.
    """
    return replace(design, files=tuple(map(_muted, design.files)))


def _muted(file: SourceFile) -> SourceFile:
    if file.language not in VERILOG_FAMILY or "$" not in file.text:
        return file
    source = Source(_DEFINED.sub(_without_calls, file.text))
    statements = walk(source.root, syntax.ExpressionStatementSyntax)
    texts = ((node, source.slice(node)) for node in statements)
    calls = [n for n, text in texts if text.startswith("$") and not text.startswith(_DATA)]
    return replace(file, text=edited(source.text, *(source.replace(call, ";") for call in calls)))


def _without_calls(defined: re.Match[str]) -> str:
    """A macro that is empty where it would call a system task."""
    names = {*_SYSTEM_NAME.findall(defined[2])} - ALLOWED_SYSTEM_NAMES - {*_DATA}
    return defined[1] if names else defined[0]
