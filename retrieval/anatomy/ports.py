"""What the ports of a module are for: by what they clock, reset and enable, else by name."""

import re
from collections.abc import Mapping, Sequence

from hdlsmith.design import Direction
from hdlsmith.retrieval.abbreviations import words_of
from hdlsmith.retrieval.anatomy.anatomy import Basis, Clock, Handshake, PortItem, Reset, Role
from hdlsmith.retrieval.anatomy.clocking import Clocking
from hdlsmith.retrieval.anatomy.units import Unit
from hdlsmith.retrieval.meaning.code import names_in
from hdlsmith.retrieval.nodes import Node

_ROLE_WORDS: Sequence[tuple[Role, str]] = (
    (Role.TEST, "scan test dft mbist"),
    (Role.INTERRUPT, "irq irqs interrupt interrupts intr nmi"),
    (Role.ERROR, "err error errors fault exception"),
    (Role.WRITE_ENABLE, "we wen wren wstrb wstb bwe"),
    (Role.READY, "ready rdy yumi"),
    (Role.VALID, "valid vld valids rvalid wvalid arvalid awvalid bvalid tvalid"),
    (Role.GRANT, "gnt grant grants ack acks"),
    (Role.REQUEST, "req request requests reqs"),
    (Role.ADDRESS, "addr address adr raddr waddr addrs"),
    (Role.SELECT, "sel select cs csn"),
    (Role.ENABLE, "en ena enable ce"),
)
_BY_WORD = {word: role for role, words in _ROLE_WORDS for word in words.split()}
_SPLIT = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|\d+")
_SIDE = frozenset(["i", "o", "in", "out", "ni", "no", "io", "n", "p"])
_READYISH = re.compile(r"^(?:[a-z]{1,2})?(?:ready|rdy|gnt|grant|ack|yumi)$")
_PAIRS = {Role.VALID: Role.READY, Role.REQUEST: Role.GRANT}
_PAYLOAD = (Role.DATA, Role.ADDRESS, Role.WRITE_ENABLE, Role.REQUEST)
_NOT_ITSELF = frozenset(
    ["clear", "clr", "flush", "kill", "mode", "bypass", "count", "cnt", "counter", "mask", "done"]
)
"""Last words of what is about a thing without being it: `instr_valid_clear`, `nmi_mode`."""
_FEWEST_OF_A_BUNDLE = 3
_DIRECTION = re.compile(r"(?:input|output|inout|in|out|buffer|linkage|ref)\b\s*", re.IGNORECASE)
_WAYS = {"i": Direction.INPUT, "o": Direction.OUTPUT, "b": Direction.OUTPUT}


def ports_of(
    unit: Unit, clocking: Clocking, clocks: Sequence[Clock], resets: Sequence[Reset]
) -> tuple[PortItem, ...]:
    """The ports of a module in their order."""
    by_clock = {clock.name: clock for clock in clocks}
    by_reset = {reset.name: reset for reset in reversed(resets)}
    enables = _enables(unit, clocking)
    found = []
    for name, node in unit.ports.items():
        way, kind = direction_of(node), type_of(node.detail)
        if name in by_clock:
            role, why = Role.CLOCK, by_clock[name].why
        elif name in by_reset:
            role, why = Role.RESET, _reset_words(by_reset[name])
        elif (spoken := _by_name(name)) is not None:
            role, why = spoken, f"called like {_article(spoken)}"
        elif name in enables:
            role, why = Role.ENABLE, enables[name]
        else:
            role, why = Role.DATA, "nothing else shows"
        found.append(PortItem(name, way, kind, role, why, unit.span(node.start_line)))
    return tuple(found)


def direction_of(node: Node) -> Direction:
    """Which way a port leads; what is neither in nor out leads both ways."""
    word = node.detail.lower()
    if word.startswith("inout"):
        return Direction.INOUT
    return (
        _WAYS.get(word[:1], Direction.INOUT) if _DIRECTION.match(node.detail) else Direction.INOUT
    )


def type_of(detail: str) -> str:
    """A declaration without its direction."""
    return _DIRECTION.sub("", detail, count=1).strip()


def _reset_words(reset: Reset) -> str:
    high = "high" if reset.level == "1" else "low"
    if reset.basis is Basis.NAME:
        return f"{reset.why}, active {high} by its name"
    return f"{reset.why}; {reset.style}, active {high}"


def _article(role: Role) -> str:
    return f"{'an' if role[0] in 'aeiou' else 'a'} {role}"


def _words(name: str) -> list[str]:
    words = [word.lower() for word in _SPLIT.findall(name)]
    while len(words) > 1 and words[-1] in _SIDE:
        words.pop()
    return words[1:] if len(words) > 1 and words[0] in ("i", "o") else words


def _by_name(name: str) -> Role | None:
    """The last word tells most: `irq_ack` acknowledges, `data_req_addr` is an address."""
    if not _NOT_ITSELF.isdisjoint(_words(name)[-1:]):
        return None
    for word in reversed(_words(name)[-2:]):
        if word in _BY_WORD:
            return _BY_WORD[word]
    if _words(name)[-1:] == ["v"]:
        return Role.VALID
    words = words_of(name).split()
    return _BY_WORD.get(words[-1]) if words else None


def _enables(unit: Unit, clocking: Clocking) -> Mapping[str, str]:
    """Inputs without which some register keeps its value."""
    found: dict[str, str] = {}
    for name, processes in clocking.registers.items():
        resets = {effect.net for effect in clocking.resets.get(name, ())}
        for process in processes:
            working = [
                {test for c in a.conditions if c.holds for test in [c.test] if test.op == "name"}
                for a in process.registers[name]
                if not resets & {n for c in a.conditions if c.holds for n in names_in(c.test)}
            ]
            common = set.intersection(*working) if working else set()
            for test in common:
                port = unit.ports.get(test.text)
                if port is not None and direction_of(port) is not Direction.OUTPUT:
                    found.setdefault(test.text, f"{name} changes only while it is high")
    return found


def handshakes_of(ports: Sequence[PortItem]) -> tuple[Handshake, ...]:
    """Pairs of ports of one stem and opposite directions that agree on a transfer."""
    found = []
    for port in ports:
        wanted = _PAIRS.get(port.role)
        stem = _stem(port.name)
        if wanted is None or (port.role is Role.REQUEST and _has_valid(ports, port, stem)):
            continue
        answers = [
            other
            for other in ports
            if other.role in (wanted, Role.READY, Role.GRANT)
            and _is_opposite(port.direction, other.direction)
            and _stem(other.name) == stem
            and _READYISH.match(_words(other.name)[-1])
        ]
        if answers:
            bundles = _bundles(ports, stem)
            payload = tuple(
                other.name
                for other in ports
                if other.direction is port.direction
                and other is not port
                and other.role in _PAYLOAD
                and stem
                and _words(other.name)[: len(stem)] == list(stem)
                and _next_word(other, stem) not in bundles
            )
            found.append(Handshake(port.name, answers[0].name, payload, port.span))
    return tuple(found)


def _has_valid(ports: Sequence[PortItem], request: PortItem, stem: tuple[str, ...]) -> bool:
    """Whether a request is what a valid of the same stem passes on."""
    same = (port for port in ports if port.direction is request.direction)
    return any(port.role is Role.VALID and _stem(port.name) == stem for port in same)


def _bundles(ports: Sequence[PortItem], stem: tuple[str, ...]) -> set[str]:
    """Words behind a stem that are the stem of more ports: beside `mem_addr` and `mem_wdata` the
    ports `mem_la_addr`, `mem_la_wdata` and `mem_la_read` are an interface of their own.
    """
    inside = [port for port in ports if _words(port.name)[: len(stem)] == list(stem)]
    longer = [_next_word(port, stem) for port in inside if len(_words(port.name)) > len(stem) + 1]
    return {word for word in longer if longer.count(word) >= _FEWEST_OF_A_BUNDLE}


def _next_word(port: PortItem, stem: tuple[str, ...]) -> str:
    return "".join(_words(port.name)[len(stem) : len(stem) + 1])


def _stem(name: str) -> tuple[str, ...]:
    words = _words(name)
    last = re.sub(r"(?:valid|ready|vld|rdy|req|gnt|grant|ack|yumi|request|v)$", "", words[-1])
    return (*words[:-1], *([last] if last else []))


def _is_opposite(one: Direction, other: Direction) -> bool:
    return {one, other} == {Direction.INPUT, Direction.OUTPUT}
