"""Yosys' `check` of a flat module -> diagnostics, one a signal."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from hdlsmith.design import Diagnostic, Severity
from hdlsmith.sandbox.synthesis.netlist import Netlist
from hdlsmith.sandbox.yosys_log import parse_src

_CONFLICT = re.compile(r"^Warning: multiple conflicting drivers for [^\\$]*(?P<net>.+):$")
_CONSTANT = re.compile(r"^Warning: Drivers conflicting with a constant (?P<value>\S+) driver")
_UNDRIVEN = re.compile(r"^Warning: Wire [^\\$]*(?P<net>.+) is used but has no driver")
_LOOP = re.compile(r"^Warning: found logic loop in module ")
_DRIVER = re.compile(
    r"^ +(?:port \S+ of cell (?P<cell>\S+) \((?P<type>\S+)\)|module input (?P<input>.+))"
)
_ON_LOOP = re.compile(
    r"^ +(?P<kind>cell|wire) (?P<name>\S+)(?: \[\d+\]| \(\S+\))?(?: source: (?P<src>.+))?$"
)
_NET = re.compile(r"^\\?(?P<name>\S+?)(?: ?\[(?P<bit>\d+)\])?$")
_MOST_NAMES = 4


@dataclass(frozen=True)
class _Driver:
    """What drives a net; `kind` is `input`, `constant`, or the type of a cell."""

    kind: str
    name: str


def parse_check(
    report: str, netlist: Netlist, latches: frozenset[str] = frozenset()
) -> tuple[Diagnostic, ...]:
    """Nets with several drivers, loops, and nets without a driver.

    Several tri-state buffers on one net are no conflict.

    Args:
        netlist: the module as it was when `check` ran, for the places.
        latches: names, without their path, of signals known to keep a value: a loop through
            one of them is that latch.
    """
    drivers: dict[str, dict[_Driver, None]] = defaultdict(dict)
    contested: dict[str, set[int]] = defaultdict(set)
    undriven: dict[str, int] = defaultdict(int)
    loops: dict[Diagnostic, None] = {}
    for head, details in _paragraphs(report):
        if conflict := _CONFLICT.match(head):
            net, bit = _net_and_bit(conflict["net"])
            contested[net].add(bit)
            drivers[net] |= {driver: None for driver, _ in _drivers(details)}
        elif constant := _CONSTANT.match(head):
            for driver, bit in _drivers(details):
                contested[driver.name].add(bit)
                drivers[driver.name] |= {driver: None, _Driver("constant", constant["value"]): None}
        elif nothing := _UNDRIVEN.match(head):
            undriven[_net_and_bit(nothing["net"])[0]] += 1
        elif _LOOP.match(head) and (loop := _loop(details, latches)):
            loops[loop] = None
    return (
        *(
            _conflict(net, bits, tuple(drivers[net]), netlist)
            for net, bits in contested.items()
            if any(driver.kind != "$tribuf" for driver in drivers[net])
        ),
        *loops,
        *(_undriven(net, number, netlist) for net, number in undriven.items()),
    )


def _paragraphs(report: str) -> Iterator[tuple[str, list[str]]]:
    """Each line with the indented ones that follow it."""
    head, details = "", list[str]()
    for line in report.splitlines():
        if line.startswith(" "):
            details.append(line)
        else:
            yield head, details
            head, details = line, []
    yield head, details


def _net_and_bit(told: str) -> tuple[str, int]:
    r"""`\n [3]` and `n[3]` as `n` and 3; a net of one bit has bit 0."""
    match = _NET.match(told)
    return (match["name"], int(match["bit"] or 0)) if match else (told, 0)


def _drivers(details: list[str]) -> Iterator[tuple[_Driver, int]]:
    for match in filter(None, map(_DRIVER.match, details)):
        if match["cell"]:
            yield _Driver(match["type"], match["cell"].removeprefix("\\")), 0
        else:
            name, bit = _net_and_bit(match["input"])
            yield _Driver("input", name), bit


def _conflict(
    net: str, bits: set[int], drivers: tuple[_Driver, ...], netlist: Netlist
) -> Diagnostic:
    # An input that is driven from inside is one of the drivers; the net it drives is at fault.
    inputs = {driver.name for driver in drivers if driver.kind == "input"}
    names = [n for n in (net, *netlist.joined_with(net, bits)) if n not in inputs] or [net]
    told = ", ".join(dict.fromkeys(_told(driver, netlist) for driver in drivers))
    message = f"{names[0]} has several drivers: {told}"
    if joined := names[1:_MOST_NAMES]:
        message += f"; joined with {', '.join(joined)}"
    places = (netlist.place(name) for name in (names[0], *(driver.name for driver in drivers)))
    span = next(filter(None, places), None)
    return Diagnostic(Severity.ERROR, "multi-driven", message, span, "yosys")


def _told(driver: _Driver, netlist: Netlist) -> str:
    if driver.kind in ("input", "constant"):
        return f"the {driver.kind} {driver.name}"
    name = "logic" if driver.kind.startswith("$") else driver.name
    place = netlist.place(driver.name)
    return f"{name} at {place}" if place else name


def _undriven(net: str, bits: int, netlist: Netlist) -> Diagnostic:
    which = net if bits == 1 else f"{net} ({bits} bits)"
    message = f"{which} is used but has no driver"
    return Diagnostic(Severity.WARNING, "undriven", message, netlist.place(net), "yosys")


def _loop(details: list[str], latches: frozenset[str]) -> Diagnostic | None:
    parts = [match for line in details if (match := _ON_LOOP.match(line))]
    wires = (match["name"] for match in parts if match["kind"] == "wire")
    nets = dict.fromkeys(name.removeprefix("\\") for name in wires if name.startswith("\\"))
    if not latches.isdisjoint(net.rsplit(".", 1)[-1] for net in nets):
        return None
    message = f"combinational loop through {', '.join(nets) or 'unnamed nets'}"
    span = next(filter(None, (parse_src(match["src"] or "") for match in parts)), None)
    return Diagnostic(Severity.ERROR, "comb-loop", message, span, "yosys")
