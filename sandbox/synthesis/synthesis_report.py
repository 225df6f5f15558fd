"""A synthesised design as text for a terminal, and as plain data for `--json`."""

from collections.abc import Iterable, Iterator
from typing import Any

from hdlsmith.display import counted, one_line
from hdlsmith.sandbox.records import diagnostic_record
from hdlsmith.sandbox.synthesis.netlist import Memory
from hdlsmith.sandbox.synthesis.place_route import Placement, Use
from hdlsmith.sandbox.synthesis.synthesis import Synthesis


def text(synthesis: Synthesis, placement: Placement | None) -> Iterator[str]:
    """The lines to print; nothing of a design that did not synthesise."""
    if not synthesis.done:
        return
    resources = synthesis.resources | {"port bits": synthesis.port_bits}
    yield from _section("resources", ((kind, f"{n:,}") for kind, n in resources.items()))
    yield from _section("cells", ((cell, f"{n:,}") for cell, n in synthesis.cells))
    yield from _section(
        "memories", ((m.name, _size(m), str(m.span or "")) for m in synthesis.memories)
    )
    if path := synthesis.longest_path:
        ends = one_line(f"from {path.start} to {path.end}")
        yield f"longest path: {counted(path.cells, 'gate')} {ends}"
    if placement and placement.run.ok:
        yield from _placed(synthesis, placement)


def _placed(synthesis: Synthesis, placement: Placement) -> Iterator[str]:
    yield f"placed on {placement.part}"
    if placement.internal:
        ports = f"{synthesis.port_bits:,} port bits"
        yield f"  timed between its registers alone: the part has too few pins for its {ports}"
    for clock in placement.clocks:
        asked = f", {clock.target_mhz:g} asked for" if clock.target_mhz else ""
        yield f"  {one_line(clock.name)}: {clock.fmax_mhz:.1f} MHz{asked}"
    if placement.delay_ns is not None:
        yield f"  input to output: {placement.delay_ns:.1f} ns"
    if not placement.clocks and placement.delay_ns is None:
        yield "  nothing to time: no path between two registers, or from an input to an output"
    yield from _section("used", ((use.resource, *_share(use)) for use in placement.use))


def _section(title: str, rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    lines = list(_columns(rows))
    if lines:
        yield title
        yield from (f"  {line}" for line in lines)


def _columns(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """The first column to the left, the second to the right, as wide as they need."""
    shown = [tuple(one_line(cell) for cell in row) for row in rows]
    names = max((len(row[0]) for row in shown), default=0)
    numbers = max((len(row[1]) for row in shown), default=0)
    for name, number, *rest in shown:
        yield "  ".join(
            (f"{name:<{max(names, 16)}}", f"{number:>{max(numbers, 7)}}", *rest)
        ).rstrip()


def _size(memory: Memory) -> str:
    return f"{memory.words:,} x {counted(memory.width_bits, 'bit')}"


def _share(use: Use) -> tuple[str, str]:
    return f"{use.used:,}", f"of {use.available:,} ({100 * use.used / use.available:.1f}%)"


def record(synthesis: Synthesis, placement: Placement | None) -> dict[str, Any]:
    """All of it as JSON data; `place_route` is null where that was not done."""
    path = synthesis.longest_path
    diagnostics = (*synthesis.diagnostics, *(placement.diagnostics if placement else ()))
    return {
        "top": synthesis.top,
        "target": synthesis.target,
        "diagnostics": [diagnostic_record(d) for d in diagnostics],
        "port_bits": synthesis.port_bits,
        "resources": synthesis.resources,
        "cells": dict(synthesis.cells),
        "memories": [_memory_record(memory) for memory in synthesis.memories],
        "wall_s": round(synthesis.run.wall_s, 3) if synthesis.run else None,
        "longest_path": path and {"gates": path.cells, "start": path.start, "end": path.end},
        "place_route": _placement_record(placement) if placement else None,
    }


def _memory_record(memory: Memory) -> dict[str, Any]:
    return {
        "name": memory.name,
        "words": memory.words,
        "width_bits": memory.width_bits,
        "path": memory.span.path if memory.span else None,
        "line": memory.span.line if memory.span else None,
    }


def _placement_record(placement: Placement) -> dict[str, Any]:
    return {
        "part": placement.part,
        "ports_on_pins": not placement.internal,
        "clocks": [
            {
                "name": clock.name,
                "fmax_mhz": round(clock.fmax_mhz, 2),
                "target_mhz": clock.target_mhz,
                "met": clock.met,
            }
            for clock in placement.clocks
        ],
        "input_to_output_ns": placement.delay_ns and round(placement.delay_ns, 2),
        "used": {
            use.resource: {"used": use.used, "available": use.available} for use in placement.use
        },
    }
