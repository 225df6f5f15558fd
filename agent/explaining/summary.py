"""A module in a few sentences, by rule."""

from hdlsmith.agent.explaining.page import code
from hdlsmith.agent.explaining.wording import edge_words, joined, names
from hdlsmith.design import Direction
from hdlsmith.display import counted
from hdlsmith.languages import LANGUAGES, Language
from hdlsmith.retrieval.anatomy.anatomy import Anatomy, Reset, Style

_MOST_MODULES = 12
_MOST_CLOCKS = 4
_KINDS = {Language.VHDL: "a VHDL entity", Language.HLS_CPP: "an HLS C++ function"}
_LEVELS = {"0": "active low", "1": "active high"}


def summary_of(anatomy: Anatomy) -> str:
    """What a module has, holds and is built of; its names stand in backticks."""
    told = [
        _interface(anatomy),
        _state(anatomy),
        _built_of(anatomy),
        *_machines(anatomy),
        _memories(anatomy),
        _crossings(anatomy),
    ]
    return " ".join(filter(None, told))


def reset_words(reset: Reset) -> str:
    """`asynchronous, active low`."""
    style = reset.style.value if reset.style is not Style.UNKNOWN else ""
    return ", ".join(filter(None, (style, _LEVELS.get(reset.level, ""))))


def _interface(anatomy: Anatomy) -> str:
    ways = [port.direction for port in anatomy.ports]
    numbers = {way.value: ways.count(way) for way in Direction}
    numbers["parameter"] = sum(not p.is_local for p in anatomy.parameters)
    has = joined([counted(number, noun) for noun, number in numbers.items() if number])
    usual = f"a {LANGUAGES[anatomy.language].title} module"
    kind = _KINDS.get(anatomy.language, usual)
    return f"{code(anatomy.module)} is {kind} with {has or 'no ports'}."


def _state(anatomy: Anatomy) -> str:
    if anatomy.language is Language.HLS_CPP:
        return ""  # the scheduler decides what is kept
    if anatomy.language is Language.VHDL and not (anatomy.blocks or anatomy.children):
        return "No architecture with statements stands in its file."
    if not anatomy.registers:
        inside = ", but for what its instances hold" if anatomy.children else ""
        return f"It keeps no state{inside}."
    clocks = [
        f"{code(clock.name)} ({' and '.join(map(edge_words, clock.edges))} edge)"
        for clock in anatomy.clocks
        if clock.registers
    ]
    resets = [
        f"{code(reset.name)} ({reset_words(reset)})" for reset in anatomy.resets if reset.registers
    ]
    words = f"It keeps state in {counted(len(anatomy.registers), 'register')}"
    words += f", clocked by {joined(clocks[:_MOST_CLOCKS])}" if clocks else ""
    words += f", reset by {joined(resets[:_MOST_CLOCKS])}" if resets else ""
    return f"{words}."


def _built_of(anatomy: Anatomy) -> str:
    own = [child.module for child in anatomy.children if child.depth == 1]
    kinds = list(dict.fromkeys(own))
    told = [f"{code(k)}{f' ({own.count(k)} times)' if own.count(k) > 1 else ''}" for k in kinds]
    if len(told) > _MOST_MODULES:
        told[_MOST_MODULES:] = [counted(len(told) - _MOST_MODULES, "other module")]
    return f"It instantiates {joined(told)}." if told else ""


def _machines(anatomy: Anatomy) -> list[str]:
    return [
        f"{code(fsm.register)} holds a state machine of {counted(len(fsm.states), 'state')}"
        f"{f', which starts in {code(fsm.reset_state)}' if fsm.reset_state else ''}."
        for fsm in anatomy.fsms
    ]


def _memories(anatomy: Anatomy) -> str:
    found = [memory.name for memory in anatomy.memories]
    return f"{'Memories' if len(found) > 1 else 'Memory'}: {names(found)}." if found else ""


def _crossings(anatomy: Anatomy) -> str:
    number = len(anatomy.cdc_suspects)
    places = counted(number, "place")
    return f"In {places} a clock is crossed without a visible synchroniser." if number else ""
