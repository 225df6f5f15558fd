"""Gates with named ports, modules that nobody wrote, ports spelt otherwise."""

import re
from typing import Any

from pyslang import syntax

from hdlsmith.agent.mending.names import declarations
from hdlsmith.agent.mending.rule import Broken, answers
from hdlsmith.agent.mending.source import Edit, Source, edited, walk
from hdlsmith.agent.mending.widths import range_of_bits, width_of

_OUT = re.compile(r"o|y|z|f|q|out\w*|\w*_out|result|output\w*|r", re.IGNORECASE)
_HELPER = re.compile(
    r"(?:my_?)?(?P<gate>and|or|nand|nor|xor|xnor|not|inv|inverter|buf|buffer)(?:_?gate)?(?:_?\d)?",
    re.I,
)
_SIGNS = {"and": "&", "or": "|", "xor": "^", "nand": "&", "nor": "|", "xnor": "^"}
_NEGATED = ("nand", "nor", "xnor", "not", "inv", "inverter")
_MUX = re.compile(r"mux_?(?:2|2x?to_?1|21|2_1)?(?:_?\d*bit)?", re.I)


@answers(r"slang:InvalidPrimitivePortConn", r"icarus:\w+ Gates do not have port names")
def connect_gate_by_order(broken: Broken) -> str | None:
    """`and g(.a(x), .b(y), .out(z))`: a gate's ports have no names; its output comes first."""
    source, edits = broken.source, []
    for instance in _instances(broken.module, syntax.PrimitiveInstantiationSyntax):
        named = _named(source, instance)
        outputs = [p for p in named if _OUT.fullmatch(p)]
        if named and len(outputs) == 1:
            order = [outputs[0], *(p for p in named if p != outputs[0])]
            start, end = source.span(instance.openParen)[1], source.span(instance.closeParen)[0]
            edits.append(Edit(start, end, ", ".join(named[p] for p in order)))
    return edited(source.text, *edits) if edits else None


@answers(
    r"slang:UnknownModule unknown module '(?P<name>\w+)'",
    r"icarus:unknown-module .*: (?P<name>\w+)",
)
def write_small_helper(broken: Broken) -> str | None:
    """A gate, a multiplexer or an adder that was used but not written, where its ports leave no
    doubt of what it is."""
    source, name = broken.source, broken.name
    for node in walk(source.root, syntax.HierarchyInstantiationSyntax):
        if source.slice(node.type).strip() != name or node.parameters is not None:
            continue
        for instance in walk(node, syntax.HierarchicalInstanceSyntax):
            body = _helper(broken, name, _named(source, instance))
            if body:
                return f"{source.text.rstrip()}\n\n{body}"
    return None


@answers(r"slang:InstanceNameRequired")
def name_instance(broken: Broken) -> str | None:
    """`sub (.a(a));` without a name of its own."""
    before = [t for t in broken.source.tokens if t.end <= broken.offset]
    if not before or not before[-1].text.isidentifier():
        return None
    return edited(broken.text, Edit(before[-1].end, before[-1].end, f" {before[-1].text}_1"))


@answers(r"slang:PortDoesNotExist port '(?P<name>\w+)' does not exist in '\w+'")
def connect_port_there_is(broken: Broken) -> str | None:
    """A port name in other letters, or the only one left of its module."""
    source = broken.source
    for node in walk(source.root, syntax.HierarchyInstantiationSyntax):
        module = next(
            (
                m
                for m in source.modules
                if m.header.name.valueText == source.slice(node.type).strip()
            ),
            None,
        )
        if module is None:
            continue
        ports = [d.name for d in declarations(module) if d.direction]
        for instance in walk(node, syntax.HierarchicalInstanceSyntax):
            used = {c.name.valueText: c for c in walk(instance, syntax.NamedPortConnectionSyntax)}
            free = [p for p in ports if p not in used]
            wrong = [n for n in used if n not in ports]
            if broken.name not in wrong:
                continue
            same = [
                p
                for p in free
                if p.lower().replace("_", "") == broken.name.lower().replace("_", "")
            ]
            chosen = same or (free if len(free) == len(wrong) == 1 else [])
            if len(chosen) == 1:
                return edited(source.text, source.replace(used[broken.name].name, chosen[0]))
    return None


def _instances(module: Any, kind: type) -> list[Any]:
    return [i for node in walk(module, kind) for i in walk(node, syntax.HierarchicalInstanceSyntax)]


def _named(source: Source, instance: Any) -> dict[str, str]:
    """Port -> connected expression, of an instance whose ports are all named."""
    connections: list[Any] = [c for c in instance.connections if isinstance(c, syntax.SyntaxNode)]
    if not all(
        isinstance(c, syntax.NamedPortConnectionSyntax) and c.expr is not None for c in connections
    ):
        return {}
    return {c.name.valueText: source.slice(c.expr).strip() for c in connections}


def _helper(broken: Broken, name: str, named: dict[str, str]) -> str | None:
    outputs = [p for p in named if _OUT.fullmatch(p)]
    inputs = [p for p in named if p not in outputs]
    widths = {p: _bits(broken.module, text) for p, text in named.items()}
    if gate := _HELPER.fullmatch(name):
        word = gate["gate"].lower()
        if len(outputs) != 1 or (len(inputs) != 1) is not (len(inputs) >= 2 and word in _SIGNS):
            return None
        value = f" {_SIGNS[word]} ".join(inputs) if word in _SIGNS else inputs[0]
        value = f"~({value})" if word in _NEGATED else value
        return _module(name, inputs, {outputs[0]: value}, widths)
    if _MUX.fullmatch(name) and len(outputs) == 1 and len(inputs) == 3:
        choosers = [p for p in inputs if re.fullmatch(r"s|sel\w*", p, re.I)]
        data = sorted(p for p in inputs if p not in choosers)
        if len(choosers) == 1 and re.fullmatch(r"(?:a b|[a-z]+0 [a-z]+1)", " ".join(data), re.I):
            return _module(
                name, inputs, {outputs[0]: f"{choosers[0]} ? {data[1]} : {data[0]}"}, widths
            )
    return _adder(name, named, widths)


def _adder(name: str, named: dict[str, str], widths: dict[str, int]) -> str | None:
    if not re.fullmatch(r"(?:half|full)_?adder|[fh]a|add(?:er)?", name, re.I):
        return None
    role = {p: _role(p) for p in named}
    by = {r: p for p, r in role.items() if r}
    if (
        len(by) != len(named)
        or not {"a", "b", "sum"} <= by.keys()
        or widths[by["a"]] != widths[by["b"]]
    ):
        return None
    added = " + ".join(by[r] for r in ("a", "b", "cin") if r in by)
    inputs = [by[r] for r in ("a", "b", "cin") if r in by]
    left = f"{{{by['cout']}, {by['sum']}}}" if "cout" in by else by["sum"]
    outputs = [by[r] for r in ("cout", "sum") if r in by]
    return _module(name, inputs, {left: added}, widths, outputs)


def _role(port: str) -> str:
    roles = {
        "a": "a|x|in1",
        "b": "b|y|in2",
        "cin": "cin|ci|c_?in|carry_?in",
        "sum": "s|sum",
        "cout": "cout|co|c_?out|carry(?:_?out)?",
    }
    return next((role for role, names in roles.items() if re.fullmatch(names, port, re.I)), "")


def _module(
    name: str,
    inputs: list[str],
    values: dict[str, str],
    widths: dict[str, int],
    outputs: list[str] | None = None,
) -> str:
    ports = [f"input {range_of_bits(widths[p])}{p}" for p in inputs]
    ports += [f"output {range_of_bits(widths[p])}{p}" for p in outputs or values]
    body = "".join(f"    assign {left} = {value};\n" for left, value in values.items())
    return f"module {name} (" + ", ".join(ports) + f");\n{body}endmodule\n"


def _bits(module: Any, text: str) -> int:
    """Width of a connected expression; 1 where nothing tells."""
    found = Source(f"module m; assign x = {text}; endmodule")
    right = next(walk(found.root, syntax.BinaryExpressionSyntax), None)
    width = width_of(found, module, right.right) if right is not None else None
    return width if isinstance(width, int) else 1


RULES = (connect_gate_by_order, connect_port_there_is, write_small_helper, name_instance)
