"""How a request names the ports of its tables: `a`, `x[3]`, `x[1]x[0]`, `ab`, `r0` for `r[0]`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from hdlsmith.design import Direction, Port

_TOKEN = re.compile(r"([A-Za-z_]\w*?)(?:\[(\d+)\])?(?![\w\[])")
_TRAILING_INDEX = re.compile(r"([A-Za-z_]\w*?)_?(\d+)")


@dataclass(frozen=True)
class Place:
    """A port, or one bit of it.

    Attributes:
        bit: None for the whole port.
    """

    port: Port
    bit: int | None = None

    @property
    def width_bits(self) -> int:
        return self.port.width_bits if self.bit is None else 1

    @property
    def is_input(self) -> bool:
        return self.port.direction is Direction.INPUT

    def __str__(self) -> str:
        return self.port.name if self.bit is None else f"{self.port.name}[{self.bit}]"


Ports = Mapping[str, Port]


_OTHER_RANGE = re.compile(
    r"\b(?:input|output|inout|wire|reg|logic)\b[^\[\n,;)]*\[[^\]:\n]*:\s*(?!0\s*\])"
)


def bits_count_from_zero(request: str) -> bool:
    """Whether no port is declared as `[0:3]` or `[4:1]`: a `Port` counts its bits downto 0, so that
    `x[1]` would be another bit.
    """
    return _OTHER_RANGE.search(request) is None


def by_name(ports: tuple[Port, ...]) -> dict[str, Port]:
    return {port.name: port for port in ports}


def place(text: str, ports: Ports) -> Place | None:
    """The port or bit that a whole text names; None where it names none."""
    text = text.strip().strip("_`*'\"")
    if found := _TOKEN.fullmatch(text):
        name, index = found[1], found[2]
        if name in ports:
            port = ports[name]
            if index is None:
                return Place(port)
            return Place(port, int(index)) if int(index) < port.width_bits else None
    indexed = _TRAILING_INDEX.fullmatch(text)
    if indexed and (vector := ports.get(indexed[1])) and 1 < vector.width_bits > int(indexed[2]):
        return Place(vector, int(indexed[2]))
    return None


def places(text: str, ports: Ports) -> tuple[Place, ...]:
    """The ports or bits that a text strings together (`ab`, `x[0]x[1]`, `a, b`); () where any of it
    names none.
    """
    found: list[Place] = []
    rest = text.strip()
    while rest:
        for end in range(len(rest), 0, -1):
            if one := place(rest[:end], ports):
                found.append(one)
                rest = rest[end:].lstrip(" ,")
                break
        else:
            return ()
    return tuple(found)
