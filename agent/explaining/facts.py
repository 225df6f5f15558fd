"""Single facts of a module, looked up in its anatomy and its graph."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple, Protocol, TypeVar

from hdlsmith.agent.explaining.claims import Fact, FactKind
from hdlsmith.agent.explaining.ground import Ground, Link
from hdlsmith.design import Direction
from hdlsmith.display import counted
from hdlsmith.languages import Language
from hdlsmith.retrieval.anatomy.anatomy import Anatomy, Style


class Finding(NamedTuple):
    """
    Attributes:
        holds: None where it can't be told.
        why: in one sentence.
        at: `path:line` where the source says so; empty if unknown.
    """

    holds: bool | None
    why: str
    at: str = ""


class _Named(Protocol):
    @property
    def name(self) -> str: ...


_Item = TypeVar("_Item", bound=_Named)

_UNKNOWN = Finding(None, "no rule can tell")
_RANGE = re.compile(r"\[\s*(\d+)\s*:\s*(\d+)\s*\]|\(\s*(\d+)\s+(?:downto|to)\s+(\d+)\s*\)", re.I)
_SCALAR = re.compile(
    r"(?:(?:wire|reg|logic|bit|var|tri|signed|unsigned|std_u?logic|boolean)\b\s*)*", re.IGNORECASE
)
_EDGES = {
    **dict.fromkeys(("rising", "positive", "posedge"), "posedge"),
    **dict.fromkeys(("falling", "negative", "negedge"), "negedge"),
}
_DIRECTIONS = {"in": "input", "out": "output", "buffer": "output"}
_LEVELS = {"0": "0", "low": "0", "1": "1", "high": "1"}
_LEVEL = re.compile("low|high|[01]$")
_STYLES = (Style.SYNCHRONOUS.value, Style.ASYNCHRONOUS.value)
_BITS = re.compile(r"(\d+)[- ]?(?:bits?)?(?: wide)?", re.IGNORECASE)
_NUMBER = re.compile(r"(?:\d*'s?(?P<base>[bodh]))?(?P<digits>[0-9a-f_]+)", re.IGNORECASE)
_BASES = {"b": 2, "o": 8, "d": 10, "h": 16}


def look_up(fact: Fact, ground: Ground) -> Finding:
    """Whether a fact holds of a module."""
    rule = _RULES.get(fact.kind)
    return rule(fact, ground) if rule and fact.name else _UNKNOWN


def _port(fact: Fact, ground: Ground) -> Finding:
    port = _called(fact.name, ground.anatomy.ports, ground)
    if port is None:
        return _absent(fact.name, "port", ground)
    at = str(port.span)
    wanted = fact.other.lower().removesuffix(" port").strip()
    wanted = _DIRECTIONS.get(wanted, wanted)
    if wanted and wanted != port.direction.value:
        return Finding(False, f"the port `{port.name}` is an {port.direction}, no {wanted}", at)
    width = _width_bits(port.type)
    said = _bits_said(fact.value)
    if said is not None and width is not None and said != width:
        return Finding(False, f"the port `{port.name}` has {width} bits, not {said}", at)
    return Finding(True, f"`{port.name}` is declared {port.direction} {port.type}".rstrip(), at)


def _bits_said(value: str) -> int | None:
    """`8`, `8 bits` or `[7:0]`."""
    match = _BITS.fullmatch(value)
    return int(match[1]) if match else _width_bits(value) if value else None


def _width(fact: Fact, ground: Ground) -> Finding:
    width = _width_bits(declared) if (declared := ground.declaration(fact.name)) else None
    if width is None or not fact.value.isdecimal():
        return _UNKNOWN
    return Finding(width == int(fact.value), f"`{fact.name}` has {width} bits")


def _count(fact: Fact, ground: Ground) -> Finding:
    anatomy, noun = ground.anatomy, fact.name.lower().rstrip("s")
    if noun == "state":
        registers = (ground.fold(fact.other), "") if fact.other else None
        found = {
            len(fsm.states)
            for fsm in anatomy.fsms
            if registers is None or ground.fold(fsm.register) in registers
        }
    else:
        found = {_COUNTED[noun](anatomy)}
    if not found or not fact.value.isdecimal():
        return _UNKNOWN
    there = " or ".join(counted(number, noun) for number in sorted(found))
    return Finding(int(fact.value) in found, f"there are {there}")


def is_about(fact: Fact, ground: Ground) -> bool:
    """Whether there is such a thing that the fact can be one of."""
    anatomy = ground.anatomy
    if fact.kind is FactKind.TRANSITION:
        states = {ground.fold(s.name) for fsm in anatomy.fsms for s in fsm.states}
        return {ground.fold(fact.name), ground.fold(fact.other)} <= states
    if fact.kind is FactKind.WIDTH:
        return bool(ground.declaration(fact.name)) and fact.name.isidentifier()
    if fact.kind is FactKind.COUNT:
        return bool(anatomy.fsms)
    items: dict[FactKind, Sequence[_Named]] = {
        FactKind.CLOCK: anatomy.clocks,
        FactKind.RESET: anatomy.resets,
        FactKind.PARAMETER: anatomy.parameters,
    }
    return _called(fact.name, items[fact.kind], ground) is not None


def _width_bits(declared: str) -> int | None:
    """Of a port's type; None where parameters or a type of its own decide it."""
    if _SCALAR.fullmatch(declared.strip()):
        return 1
    ranges = _RANGE.findall(declared)
    if len(ranges) != 1 or _SCALAR.sub("", _RANGE.sub("", declared), count=1).strip(" _vector"):
        return None
    high, low = (int(bound) for bound in ranges[0] if bound)
    return abs(high - low) + 1


def _state(fact: Fact, ground: Ground) -> Finding:
    if not ground.anatomy.fsms:
        return Finding(False, f"no state machine was found in `{ground.anatomy.module}`")
    for fsm in ground.anatomy.fsms:
        state = _called(fact.name, fsm.states, ground)
        registers = tuple(map(ground.fold, (fsm.register, fsm.next_state)))
        if state and (not fact.other or ground.fold(fact.other) in registers):
            return Finding(True, f"`{state.name}` is a state of `{fsm.register}`", str(state.span))
    held = f" of `{fact.other}`" if fact.other else ""
    return Finding(False, f"`{fact.name}` is no state{held}")


def _transition(fact: Fact, ground: Ground) -> Finding:
    states = {ground.fold(s.name) for fsm in ground.anatomy.fsms for s in fsm.states}
    begin, end = ground.fold(fact.name), ground.fold(fact.other)
    if not states.intersection((begin, end)):
        wants_states = bool(ground.anatomy.fsms) or not ground.unknown_in(fact.name)
        return _UNKNOWN if wants_states else Finding(False, f"`{fact.name}` is no state")
    if missing := [n for n, s in ((fact.name, begin), (fact.other, end)) if s not in states]:
        return Finding(False, f"`{missing[0]}` is no state")
    for fsm in ground.anatomy.fsms:
        for step in fsm.transitions:
            if ground.fold(step.target) == end and ground.fold(step.source) in (begin, ""):
                why = f"`{fsm.register}` goes from `{fact.name}` to `{fact.other}`"
                return Finding(True, why, str(step.span))
    return Finding(False, f"nothing leads from `{fact.name}` to `{fact.other}`")


def _driver(fact: Fact, ground: Ground) -> Finding:
    lines = ground.driven_at.get(ground.fold(fact.name), [])
    links = ground.drivers(fact.name)
    if not ground.has_names(fact.other):  # a constant
        fact = replace(fact, other="")
    if not fact.other and fact.value.isdecimal() and int(fact.value) not in lines:
        return Finding(False, f"line {fact.value} does not assign `{fact.name}`")
    if not fact.other:
        return _any(links, lines, ground, f"assigns `{fact.name}`")
    return _among(links, fact.other, ground, f"`{fact.name}` is not assigned from `{fact.other}`")


def _reader(fact: Fact, ground: Ground) -> Finding:
    links = ground.readers(fact.name)
    if not fact.other:
        return _any(links, [], ground, f"reads `{fact.name}`")
    return _among(links, fact.other, ground, f"`{fact.other}` does not depend on `{fact.name}`")


def _any(links: Sequence[Link], lines: Sequence[int], ground: Ground, does: str) -> Finding:
    lines = [*lines, *(link.line for link in links)]
    if not lines:
        return Finding(False, f"nothing in the module {does}")
    return Finding(True, f"line {lines[0]} {does}", ground.place(lines[0]))


def _among(links: Sequence[Link], name: str, ground: Ground, no: str) -> Finding:
    line = next((link.line for link in links if link.name == ground.fold(name)), 0)
    return Finding(True, f"line {line} says so", ground.place(line)) if line else Finding(False, no)


def _instance(fact: Fact, ground: Ground) -> Finding:
    own = [child for child in ground.anatomy.children if child.depth == 1]
    child = _called(fact.name, own, ground)
    if child is None and not fact.other:  # it instantiates a module
        wanted = ground.fold(fact.name)
        child = next((c for c in own if ground.fold(c.module) == wanted), None)
    if child is None:
        return _absent(fact.name, "instance", ground)
    at = str(child.span)
    if fact.other and ground.fold(fact.other) != ground.fold(child.module):
        return Finding(False, f"`{child.name}` is an instance of `{child.module}`", at)
    return Finding(True, f"`{child.name}` is an instance of `{child.module}`", at)


def _parameter(fact: Fact, ground: Ground) -> Finding:
    parameter = _called(fact.name, ground.anatomy.parameters, ground)
    if parameter is None:
        return _absent(fact.name, "parameter", ground)
    at, default = str(parameter.span), parameter.default
    if fact.value and not _equal(fact.value, default, ground.anatomy.language):
        return Finding(False, f"the default of `{parameter.name}` is `{default}`", at)
    return Finding(True, f"`{parameter.name}` is declared with the default `{default}`", at)


def _equal(said: str, written: str, language: Language) -> bool:
    one, other = _value(said), _value(written)
    if one is not None and other is not None:
        return one == other
    folded = (text.casefold() if language is Language.VHDL else text for text in (said, written))
    return len({"".join(text.split()) for text in folded}) == 1


def _value(text: str) -> int | None:
    match = _NUMBER.fullmatch("".join(text.split()))
    try:
        return int(match["digits"], _BASES[(match["base"] or "d").lower()]) if match else None
    except ValueError:
        return None


def _clock(fact: Fact, ground: Ground) -> Finding:
    clock = _called(fact.name, ground.anatomy.clocks, ground)
    if clock is None:
        return _absent(fact.name, "clock", ground)
    edge = _EDGES.get(fact.other.split()[0].lower() if fact.other else "")
    if edge and clock.edges and edge not in clock.edges:
        return Finding(False, f"`{clock.name}` clocks on {', '.join(clock.edges)}", str(clock.span))
    return Finding(True, f"`{clock.name}` is a clock: {clock.why}", str(clock.span))


def _reset(fact: Fact, ground: Ground) -> Finding:
    reset = _called(fact.name, ground.anatomy.resets, ground)
    if reset is None:
        return _absent(fact.name, "reset", ground)
    at, said = str(reset.span), _LEVEL.search(fact.value.lower().strip("'"))
    if said and _LEVELS[said[0]] != reset.level:
        return Finding(False, f"`{reset.name}` resets when it is {reset.level}", at)
    styles = {
        r.style.value
        for r in ground.anatomy.resets
        if r.name == reset.name and r.style is not Style.UNKNOWN
    }
    if fact.other.lower() in _STYLES and styles and fact.other.lower() not in styles:
        return Finding(False, f"`{reset.name}` is {' and '.join(sorted(styles))}", at)
    return Finding(True, f"`{reset.name}` resets when it is {reset.level}", at)


def _line(fact: Fact, ground: Ground) -> Finding:
    if not fact.value.isdecimal():
        return _UNKNOWN
    number = int(fact.value)
    if ground.line(number) is None:
        return Finding(False, f"the module has no line {number}")
    if not ground.holds(number, fact.name):
        return Finding(False, f"line {number} does not hold `{fact.name}`")
    return Finding(True, f"line {number} holds `{fact.name}`", ground.place(number))


def _absent(name: str, noun: str, ground: Ground) -> Finding:
    return Finding(False, f"`{ground.anatomy.module}` has no {noun} `{name}`")


def _called(name: str, items: Iterable[_Item], ground: Ground) -> _Item | None:
    wanted = ground.fold(name)
    return next((item for item in items if ground.fold(item.name) == wanted), None)


_RULES: dict[FactKind, Callable[[Fact, Ground], Finding]] = {
    FactKind.PORT: _port,
    FactKind.STATE: _state,
    FactKind.TRANSITION: _transition,
    FactKind.DRIVER: _driver,
    FactKind.READER: _reader,
    FactKind.INSTANCE: _instance,
    FactKind.PARAMETER: _parameter,
    FactKind.CLOCK: _clock,
    FactKind.RESET: _reset,
    FactKind.LINE: _line,
    FactKind.WIDTH: _width,
    FactKind.COUNT: _count,
}
_COUNTED: dict[str, Callable[[Anatomy], int]] = {
    "input": lambda a: sum(p.direction is Direction.INPUT for p in a.ports),
    "output": lambda a: sum(p.direction is Direction.OUTPUT for p in a.ports),
    "port": lambda a: len(a.ports),
    "parameter": lambda a: sum(not p.is_local for p in a.parameters),
    "instance": lambda a: sum(child.depth == 1 for child in a.children),
}
