"""State machines out of a request's text, as arrows or as a table.

A (z=0) --x=1--> B         B -> A : x=0         state | next state x=0, next state x=1 | z
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from hdlsmith.agent.interface import clock_of, reset_of
from hdlsmith.agent.stated.references import Place, Ports, by_name, place
from hdlsmith.agent.stated.tables import tables_in
from hdlsmith.design import Direction, Port

_ARROW = re.compile(
    r"^\s*[-*]?\s*(?P<state>\w+)\s*(?:\((?P<moore>[^)]*)\))?\s*"
    r"(?:-++\s*(?P<on>[^\s>][^>(]*?)\s*(?:\((?P<mealy>[^)]*)\))?\s*-*|-{1,2})>\s*(?P<next>\w+)"
    r"\s*(?:[:\[]\s*(?:label\s*=\s*)?\"?(?P<after>[^\]\"]*)\"?\]?)?\s*;?\s*$"
)
_PAIR = re.compile(r"([A-Za-z_]\w*(?:\[\d+\])?)\s*={1,2}\s*(?:\d*'b)?([01]+)")
_JOINING = re.compile(
    r"\w+\[\d+:\d+\]|\b(?:and|next|state|input|when|if|for|on|with)\b|[\s,:&()]", re.IGNORECASE
)
"""What may stand between pairs: all of them must hold. A whole vector is the state's."""
_STATE = re.compile(r"\b(?:present|current)?\s*state\b", re.IGNORECASE)
_NEXT = re.compile(r"\bnext\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.;](?:\s|$)|\n\s*\n|\n\s*[-*+]\s")
_RESETS_TO = (
    r"(?i:re-?set(?:s|ting|table)?\b[^.]{{0,60}}?\b(?:to|into|in)\s+(?:the\s+)?(?:state\s+)?\W?)({0})\b",
    r"(?i:re-?set\s+state\s*(?:is|called|:|=)?\s*(?:state\s+)?\W?)({0})\b",
    r"\b({0})\b(?:(?!\b(?:{0})\b)[^.]){{0,30}}\b(?i:is\s+the\s+(?:re-?set|initial|start(?:ing)?)\s+state)",
    r"(?i:\b(?:initial|start(?:ing)?)\s+state\s*(?:is|:)?\s*\W?)({0})\b",
)
_ABOUT_RESET = re.compile(r"re-?set|rst|\b(?:initial|start)", re.IGNORECASE)
_LONGEST_LINE = 200
_MOST_TRANSITIONS = 256
"""Longer lines and more arrows are nobody's diagram, and would take minutes."""

Bits = tuple[tuple[Place, str], ...]
"""Ports or bits with their values."""


@dataclass(frozen=True)
class Transition:
    """An arrow.

    Attributes:
        when: what the inputs must be; () for always.
        out: what a Mealy machine puts out on it.
    """

    state: str
    when: Bits
    next: str
    out: Bits = ()


@dataclass(frozen=True)
class Machine:
    """A deterministic machine, as stated.

    Attributes:
        states: in the order of the request.
        out: each state's Moore outputs; () in a Mealy machine.
        reset: the state that the request resets into; "" where it doesn't say.
    """

    states: tuple[str, ...]
    transitions: tuple[Transition, ...]
    out: dict[str, Bits] = field(default_factory=dict)
    reset: str = ""

    def of(self, state: str) -> tuple[Transition, ...]:
        """The transitions that leave a state."""
        return tuple(t for t in self.transitions if t.state == state)


@dataclass(frozen=True)
class _Names:
    """What names and bare values stand for: `--1-->` where there is one input, `(0)` where one
    output.
    """

    reads: Ports
    drives: Ports
    inputs: tuple[Place, ...]
    outputs: tuple[Place, ...]


def machine_in(request: str, ports: tuple[Port, ...]) -> Machine | None:
    """The machine that a request states in full.

    None where there is no such notation, where any line of it can't be read, where one state has
    two ways to go for the same inputs, where a state leads to one that is not listed, or where it
    can't be told which of several named states a reset leads to.
    """
    control = {clock_of(ports), reset_of(ports)}
    data = [port for port in ports if port.name not in control]
    names = _Names(
        by_name(tuple(p for p in data if p.direction is Direction.INPUT)),
        by_name(tuple(p for p in data if p.direction is not Direction.INPUT)),
        tuple(Place(p) for p in data if p.direction is Direction.INPUT and p.width_bits == 1),
        tuple(Place(p) for p in data if p.direction is Direction.OUTPUT and p.width_bits == 1),
    )
    found = _arrows(request, names) or _table(request, names)
    if not found or len(found[0]) > _MOST_TRANSITIONS:
        return None
    transitions, out = found
    states = tuple(dict.fromkeys(t.state for t in transitions))
    if any(t.next not in states for t in transitions) or _ambiguous(transitions):
        return None
    resets = _reset_states(request, states)
    return Machine(states, transitions, out, *resets) if resets is not None else None


_Found = tuple[tuple[Transition, ...], dict[str, Bits]]


def _arrows(request: str, names: _Names) -> _Found | None:
    transitions: list[Transition] = []
    out: dict[str, Bits] = {}
    for line in request.splitlines():
        arrow = _ARROW.match(line) if "->" in line and len(line) <= _LONGEST_LINE else None
        if not arrow:
            if "-->" in line:
                return None
            continue
        on = (arrow["on"] or arrow["after"] or "").strip()
        when = _bits(on, names.inputs, names.reads)
        mealy = _bits(arrow["mealy"] or "", names.outputs, names.drives)
        moore = _bits(arrow["moore"] or "", names.outputs, names.drives)
        if when is None or mealy is None or moore is None:
            return None
        if arrow["moore"] and out.setdefault(arrow["state"], moore) != moore:
            return None
        transitions.append(Transition(arrow["state"], when, arrow["next"], mealy))
    return (tuple(transitions), out) if len(transitions) > 1 else None


def _table(request: str, names: _Names) -> _Found | None:
    for table in tables_in(request):
        header = _split(table.header)
        rows = [_split(row) for row in table.rows]
        nexts = [n for n, cell in enumerate(header) if _NEXT.search(cell)]
        if not nexts or not _STATE.search(header[0]) or 0 in nexts:
            continue
        if any(len(row) != len(header) for row in rows):
            continue
        conditions = [_condition(header[n], names.reads) for n in nexts]
        outs = [n for n in range(1, len(header)) if n not in nexts]
        places = _output_places([header[n] for n in outs], names)
        if any(when is None for when in conditions) or places is None:
            continue
        transitions = tuple(
            Transition(row[0], when or (), row[n])
            for row in rows
            for n, when in zip(nexts, conditions, strict=True)
        )
        out = {row[0]: tuple(zip(places, (row[n] for n in outs), strict=True)) for row in rows}
        binary = all(_fits(at, value) for bits in out.values() for at, value in bits)
        if binary and len(out) == len(rows):
            return transitions, out
    return None


def _split(cells: Sequence[str]) -> list[str]:
    return [part.strip() for cell in cells for part in cell.split(",")]


def _condition(header: str, ports: Ports) -> Bits | None:
    """`Next state when x=0, y=1`; None where no input is named."""
    return _pairs(header, ports) or None


def _output_places(headers: Sequence[str], names: _Names) -> list[Place] | None:
    """`Output z`, `z`, or `Output` where the design has one."""
    found = []
    for header in headers:
        words = re.sub(r"^outputs?\b", "", header, flags=re.IGNORECASE).strip(" ()")
        if words:
            found.append(place(words, names.drives))
        else:
            found.append(names.outputs[0] if len(names.outputs) == 1 else None)
    known = [at for at in found if at]
    return known if len(known) == len(found) else None


def _bits(text: str, bare: tuple[Place, ...], ports: Ports) -> Bits | None:
    """`x=0, y=1`, or values alone in the order of the ports; None where they can't be read."""
    values = [
        part.strip() for part in re.split(r"[,\s&]+(?:and\s+)?", text.strip()) if part.strip()
    ]
    if not values or text.strip().lower() in ("else", "otherwise", "always"):
        return () if not values else None
    if all(re.fullmatch("[01]", value) for value in values):
        return tuple(zip(bare, values, strict=True)) if len(values) == len(bare) else None
    return _pairs(text, ports)


def _pairs(text: str, ports: Ports) -> Bits | None:
    """Every `name=value` in a text; None where a name is no port, a value does not fit, or it says
    more than that all of them hold (`or`, `not`, `x=1 for 3 cycles`).
    """
    if _JOINING.sub("", _PAIR.sub("", text)):
        return None
    found: list[tuple[Place, str]] = []
    for name, value in _PAIR.findall(text):
        at = place(name, ports)
        if not at or not _fits(at, value):
            return None
        found.append((at, value))
    return tuple(found) if found and len(dict(found)) == len(found) else None


def _fits(at: Place, value: str) -> bool:
    return len(value) == at.width_bits and set(value) <= {"0", "1"}


def _ambiguous(transitions: tuple[Transition, ...]) -> bool:
    """Two ways for the same inputs, unless both lead to the same."""
    return any(
        one.state == other.state
        and (one.next, one.out) != (other.next, other.out)
        and _compatible(one.when, other.when)
        for n, one in enumerate(transitions)
        for other in transitions[:n]
    )


def _compatible(one: Bits, other: Bits) -> bool:
    values = dict(one)
    return all(values.get(at, value) == value for at, value in other)


def _reset_states(request: str, states: tuple[str, ...]) -> set[str] | None:
    """The state that the request resets into, or none; None where a sentence about that names
    states and can't be read, or sentences differ.
    """
    any_state = "|".join(map(re.escape, states))
    rules = [re.compile(pattern.format(any_state)) for pattern in _RESETS_TO]
    about = [said for said in sentences(request) if _ABOUT_RESET.search(said)]
    found = {m[1] for said in about for rule in rules for m in rule.finditer(said)}
    is_silent = not any(re.search(rf"\b(?:{any_state})\b", said) for said in about)
    return found if len(found) == 1 or is_silent else None


def sentences(request: str) -> Iterator[str]:
    """The request's sentences, list entries and paragraphs, each in one line."""
    return (" ".join(part.split()) for part in _SENTENCE_END.split(request))
