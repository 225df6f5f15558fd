"""The facts that a sentence says in so many words."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from hdlsmith.agent.explaining.claims import Fact, FactKind
from hdlsmith.agent.explaining.facts import is_about
from hdlsmith.agent.explaining.ground import Ground

_WORDS = "one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905
_NUMBERS = {word: str(number) for number, word in enumerate(_WORDS, 1)}

_N, _M = r"`(?P<name>[^`]+)`", r"`(?P<other>[^`]+)`"
_NUMBER = rf"(?P<value>\d+|{'|'.join(_NUMBERS)})"
_THING = r"(?:(?:input|output|inout|port|signal|register|wire|bus|vector|net|variable|counter) )"
_LITERAL = r"`?(?P<value>\d*'[sbodh]+\w+|\d\w*)"
_VALUE = r"(?:(?:a|the) )?(?:default )?(?:value )?(?:of )?"
_STEPS = "goes|moves|returns|transitions|advances|leads|jumps|changes|switches|proceeds"
_EDGE = r"(?P<other>rising|falling|positive|negative|posedge|negedge)"
_STYLE = r"(?P<other>a?synchronous)"
_LEVEL = r"active[- ](?P<value>low|high)"
_DOES = "drives|generates|produces|asserts|sets"
_DONE = "driven|assigned|set|asserted|generated|produced|computed"

_SURE: tuple[tuple[FactKind, str], ...] = (
    (
        FactKind.PORT,
        rf"{_N}(?: port| signal)? (?:is|as) (?:an?|the) (?:{_NUMBER}[- ]bit )?(?:wide )?"
        r"(?P<other>input|output|inout)\b",
    ),
    (FactKind.PORT, rf"\b(?P<other>input|output|inout)(?: port| signal)? {_N}"),
    (FactKind.DRIVER, rf"{_N} is (?:{_DONE}) (?:by|from) (?:the )?(?:instance )?{_M}"),
    (FactKind.DRIVER, rf"{_N} comes from (?:the )?(?:instance )?{_M}"),
    (FactKind.DRIVER, rf"{_M} (?:directly )?(?:{_DOES}) (?:the )?(?:output |signal |port )?{_N}"),
    (FactKind.READER, rf"{_N} is read by (?:the )?(?:instance )?{_M}"),
    (FactKind.INSTANCE, rf"{_N} is an instance of (?:the )?(?:module )?{_M}"),
    (FactKind.INSTANCE, rf"\b(?:the instance|instantiates)(?: the module)? {_N}"),
    (FactKind.PARAMETER, rf"\bparameter {_N} (?:is|defaults to|has) {_VALUE}{_LITERAL}"),
    (FactKind.CLOCK, rf"\bclocked (?:by|on|at) (?:the )?(?:{_EDGE}(?: edge)?(?: of)? )?{_N}"),
    (FactKind.RESET, rf"\breset by {_N}"),
    (FactKind.RESET, rf"{_N} is (?:an? |the )?(?:active[- ]\w+,? )?{_STYLE} reset"),
    (
        FactKind.COUNT,
        rf"\b(?:module|entity|it) has {_NUMBER} "
        r"(?P<name>inputs?|outputs?|ports?|parameters?|instances?)\b",
    ),
)
"""Words that can be said of nothing else: the fact is looked up whatever the name is."""

_UNSURE: tuple[tuple[FactKind, str], ...] = (
    (
        FactKind.TRANSITION,
        rf"\bfrom (?:the )?(?:state )?{_N}[^`.;]*?\b(?:in)?to (?:the )?(?:state )?{_M}",
    ),
    (FactKind.TRANSITION, rf"{_N} (?:state )?(?:{_STEPS})(?: back)? (?:in)?to (?:the )?{_M}"),
    (FactKind.TRANSITION, rf"{_M} (?:state )?(?:is )?(?:entered|reached) from (?:the )?{_N}"),
    (FactKind.TRANSITION, rf"\b(?:enters|reaches) (?:the )?{_M} from (?:the )?{_N}"),
    (FactKind.TRANSITION, rf"{_N} (?:state )?is followed by (?:the )?{_M}"),
    (FactKind.TRANSITION, rf"{_N} ?(?:->|→|=>) ?{_M}"),
    (FactKind.WIDTH, rf"\b{_NUMBER}[- ]bit(?:[- ]wide)? {_THING}{{0,3}}{_N}"),
    (FactKind.WIDTH, rf"{_N} (?:is|has)(?: an?)? {_NUMBER}[- ]bit\b"),
    (FactKind.WIDTH, rf"{_N} (?:is|has)(?: a width of)? {_NUMBER} bits\b"),
    (FactKind.WIDTH, rf"\bwidth of {_N} is {_NUMBER}\b"),
    (FactKind.PARAMETER, rf"{_N} defaults to {_LITERAL}"),
    (FactKind.PARAMETER, rf"{_N} has (?:a|the) (?:default|value){_VALUE} ?{_LITERAL}"),
    (FactKind.PARAMETER, rf"\bdefault(?: value)? of {_N} is {_LITERAL}"),
    (FactKind.CLOCK, rf"\b{_EDGE}(?:[- ]edge)?(?: of)? {_N}"),
    (FactKind.RESET, rf"{_N} is (?:an? |the )?(?:{_STYLE},?(?: and)? )?{_LEVEL}"),
    (FactKind.RESET, rf"\b{_LEVEL}(?:,? {_STYLE})?(?: reset)? {_N}"),
    (FactKind.RESET, rf"\b{_STYLE}(?:,? {_LEVEL})? reset {_N}"),
    (FactKind.COUNT, rf"{_M} (?:has|with) {_NUMBER} (?P<name>states)\b"),
    (FactKind.COUNT, rf"\b(?:machine|fsm) (?:has|with|of) {_NUMBER} (?P<name>states)\b"),
    (FactKind.COUNT, rf"\b{_NUMBER}-(?P<name>state) (?:machine|fsm)\b"),
)
"""Words that may be said of other things too: of what has no such fact they say none."""


_LISTED = re.compile(
    r"\b(?P<other>input|output)(?: port| signal)?s (?P<names>`[^`]+`(?:(?:,|,? and) `[^`]+`)*)",
    re.IGNORECASE,
)


class _Saying(NamedTuple):
    kind: FactKind
    pattern: re.Pattern[str]
    is_sure: bool


_SAYINGS = tuple(
    _Saying(kind, re.compile(words, re.IGNORECASE), sayings is _SURE)
    for sayings in (_SURE, _UNSURE)
    for kind, words in sayings
)


def facts_in(text: str, ground: Ground) -> Iterator[Fact]:
    """The facts that a sentence says of a module; its states need no backticks."""
    text = ground.bare_state.sub(r"`\1`", text)
    for match in _LISTED.finditer(text):
        for name in match["names"].split("`")[1::2]:
            yield Fact(FactKind.PORT, name, match["other"])
    for saying in _SAYINGS:
        for match in saying.pattern.finditer(text):
            said = {key: value or "" for key, value in match.groupdict().items()}
            value = said.pop("value", "")
            fact = Fact(saying.kind, value=_NUMBERS.get(value.lower(), value), **said)
            if saying.is_sure or is_about(fact, ground):
                yield fact
