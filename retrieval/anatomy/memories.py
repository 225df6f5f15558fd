"""Memories of a module: arrays of words that are written, or loaded, at an address."""

import re
from collections.abc import Iterator

from hdlsmith.languages import Language
from hdlsmith.retrieval.anatomy.anatomy import Memory
from hdlsmith.retrieval.anatomy.clocking import Clocking
from hdlsmith.retrieval.anatomy.units import Unit, Units
from hdlsmith.retrieval.meaning.code import Expr, names_in
from hdlsmith.retrieval.nodes import Node

_RANGES = r"((?:\s*\[[^\]]*\])+)"
_DIMENSION = re.compile(r"\[([^\]]*)\]")
_ARRAY = re.compile(
    r"array\s*\(([^)]*(?:\([^)]*\)[^)]*)*)\)\s*of\s+([^;]+)", re.IGNORECASE | re.DOTALL
)
_VHDL_RANGE = re.compile(r"(.+?)\s+(?:to|downto)\s+(.+)", re.IGNORECASE | re.DOTALL)
_LOADS = ("$readmemh", "$readmemb")


def memories_of(unit: Unit, units: Units, clocking: Clocking) -> tuple[Memory, ...]:
    """The memories of a module in the order of their declaration."""
    loaded = {
        call.args[1].text
        for code in unit.codes.values()
        for call in code.calls
        if call.text in _LOADS and len(call.args) > 1
    }
    found = []
    for name, node in unit.values.items():
        shape = _shape(unit, units, name, node)
        if shape is None:
            continue
        writes = dict.fromkeys(_written(clocking, name))
        reads = dict.fromkeys(_read(unit, name))
        if (writes or name in loaded) and (reads or writes):
            depth, width = shape
            found.append(
                Memory(
                    name,
                    depth,
                    width,
                    len(reads),
                    len(writes),
                    _is_read_on_clock(clocking, name),
                    unit.span(node.start_line),
                )
            )
    return tuple(found)


def _shape(unit: Unit, units: Units, name: str, node: Node) -> tuple[str, str] | None:
    """Depth and width as written; None of what is no array of words."""
    if unit.reading.source.language is Language.VHDL:
        for word in re.findall(r"\w+", node.detail):
            for reading, declared in units.types(word, Language.VHDL):
                match = _ARRAY.search(reading.text(declared))
                if match:
                    element = re.search(r"\(([^()]*)\)", match[2])
                    width = _extent(element[1]) if element else match[2].split()[0].strip()
                    return _extent(match[1]), width
        return None
    text = unit.reading.text(node)
    match = re.search(rf"(?<![\w`]){re.escape(name)}{_RANGES}", text)
    if match is None:
        return None
    depth = " * ".join(map(_extent, _DIMENSION.findall(match[1])))
    before = node.detail.removesuffix(match[1].strip())
    packed = _DIMENSION.findall(before.partition("=")[0])
    if packed:
        return depth, " * ".join(map(_extent, packed))
    last = re.findall(r"[A-Za-z_]\w*", before)
    plain = not last or last[-1] in ("reg", "logic", "bit", "wire", "var", "output", "input")
    return depth, "1" if plain else last[-1]


def _extent(written: str) -> str:
    """How many elements a range has, as a number or as it is written."""
    written = " ".join(written.split())
    match = _VHDL_RANGE.fullmatch(written)
    one, colon, other = (match[1], ":", match[2]) if match else written.partition(":")
    one, other = one.strip(), other.strip()
    if not colon:
        return one
    if one.isdigit() and other.isdigit():
        return str(abs(int(one) - int(other)) + 1)
    low, high = (one, other) if one == "0" else (other, one)
    if low != "0":
        return f"{high} - {low} + 1"
    less = re.fullmatch(r"(.+?)\s*-\s*1", high)
    return less[1] if less else f"{high} + 1"


def _written(clocking: Clocking, name: str) -> Iterator[Expr]:
    blocks = [process.registers for process in clocking.processes]
    blocks += [{latch.name: latch.assignments} for latch in clocking.latches]
    for registers in blocks:
        for a in registers.get(name, ()):
            index = _first_index(a.target)
            if (
                index is not None
                and not a.depth
                and any(map(clocking.is_variable, names_in(index)))
            ):
                yield index


def _first_index(target: Expr) -> Expr | None:
    """The index right behind the name."""
    while target.op in ("[]", "[:]"):
        if target.args[0].op == "name":
            return target.args[1] if target.op == "[]" else None
        target = target.args[0]
    return None


def _read(unit: Unit, name: str) -> Iterator[Expr]:
    for code in unit.codes.values():
        for a in code.assignments:
            for expr in (a.value, *(c.test for c in a.conditions)):
                yield from _indices(expr, name)


def _indices(expr: Expr, name: str) -> Iterator[Expr]:
    if expr.op == "[]" and expr.args[0].op == "name" and expr.args[0].text == name:
        yield expr.args[1]
    for arg in expr.args:
        yield from _indices(arg, name)


def _is_read_on_clock(clocking: Clocking, name: str) -> bool:
    return any(
        next(_indices(a.value, name), None) is not None
        for process in clocking.processes
        for register, assignments in process.registers.items()
        if register != name
        for a in assignments
    )
