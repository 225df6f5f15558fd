"""The ports and the name that a request lists in words: bullets, or a paragraph a direction.

- input a (4 bits)            Inputs:
- output [3:0] q: the sum         a[3:0]: 4-bit operand
"""

import re
from collections.abc import Iterator

from hdlsmith.design import Direction, Port

_BULLET = r"[ \t]*[-*+\u2022][ \t]*"
_LISTED = re.compile(
    rf"{_BULLET}`?(?P<direction>input|output|inout)[ \t]+(?:(?:wire|reg|logic)[ \t]+)?"
    r"(?:\[(?P<msb>\d+):0\][ \t]*)?[`*]*(?P<name>[A-Za-z_]\w*)`?"
    r"(?:[ \t]*\[(?P<msb_after>\d+):0\])?[`*]*(?:[ \t]*\([ \t]*(?P<bits>\d+)[ \t-]*bits?[ \t]*\))?"
    r"(?P<about>[ \t]*|[ \t]*[:,;].*)"
)
_BEGUN = re.compile(rf"{_BULLET}`?(?:input|output|inout)\b.*")
_HEADING = re.compile(
    r"[ \t#*]*(?P<direction>input|output|inout)s?(?:[ \t]+(?:ports?|signals?))?[ \t*]*+:?[ \t*]*+",
    re.IGNORECASE,
)
_ENTRY = re.compile(
    rf"(?:{_BULLET})?[ \t]*[`*]*(?P<names>[A-Za-z_]\w*(?:[ \t]*,[ \t]*[A-Za-z_]\w*)*)[`*]*+[ \t]*+"
    r"(?P<range>\[[^\]]*\])?[`*]*+[ \t]*+(?P<aside>\([^)]*\))?[`*]*+[ \t]*+:[ \t]*(?P<about>\S.*)"
)
_MORE_NAMES = re.compile(r"[ \t]*,[ \t]*`?[A-Za-z_]\w*`?[ \t]*(?:,.*)?")
_BITS = re.compile(r"\b(?P<bits>\d+)[ -]bits?\b", re.IGNORECASE)
_OPEN_WIDTH = re.compile(r"\[[^\]]*[A-Za-z][^\]]*\]|\b[A-Z]+-bit\b|\bconfigurable\b")
_NAMED = re.compile(r"\bmodule\s+(?:named|called|name\s*:)\s*[`'\"]?(?P<name>[A-Za-z_]\w*)", re.I)


def listed_ports(request: str) -> tuple[Port, ...]:
    """The ports that a request lists, in its order.

    None where the list names no output, or where any of its lines can't be read, or has a width
    that depends on a parameter: half an interface is worse than a model's reading of all of it.
    """
    ports = _bulleted(request) or _by_direction(request)
    outputs = any(port.direction is not Direction.INPUT for port in ports)
    return ports if outputs and len({port.name for port in ports}) == len(ports) else ()


def _bulleted(request: str) -> tuple[Port, ...]:
    lines = [line for line in request.splitlines() if _BEGUN.fullmatch(line)]
    found = [match for line in lines if (match := _LISTED.fullmatch(line))]
    if len(found) < len(lines) or any(map(_says_more, found)):
        return ()
    return tuple(Port(m["name"], Direction(m["direction"]), _width(m)) for m in found)


def _says_more(listed: re.Match[str]) -> bool:
    """Whether other names follow (`input a, b`), or a width that may be this port's or not."""
    is_bare = not (listed["msb"] or listed["msb_after"] or listed["bits"])
    if _MORE_NAMES.fullmatch(listed["about"]):
        return True
    return is_bare and _BITS.search(listed["about"]) is not None


def _width(listed: re.Match[str]) -> int:
    msb = listed["msb"] or listed["msb_after"]
    return int(msb) + 1 if msb else int(listed["bits"] or 1)


def _by_direction(request: str) -> tuple[Port, ...]:
    ports: list[Port] = []
    for direction, entry in _entries(request):
        if _OPEN_WIDTH.search(entry[0]):
            return ()
        width = _described_width(entry)
        if width is None:
            return ()
        ports += [Port(name.strip(), direction, width) for name in entry["names"].split(",")]
    return tuple(ports)


def _entries(request: str) -> Iterator[tuple[Direction, re.Match[str]]]:
    """The lines below a heading such as `Input ports:`, up to the first that is no entry."""
    direction: Direction | None = None
    for line in request.splitlines():
        if heading := _HEADING.fullmatch(line):
            direction = Direction(heading["direction"].lower())
        elif direction and (entry := _ENTRY.fullmatch(line)):
            yield direction, entry
        elif line.strip():
            direction = None


def _described_width(entry: re.Match[str]) -> int | None:
    """Bits by its range, else by its description, else one; None where the two differ."""
    said = {int(m["bits"]) for m in _BITS.finditer(f"{entry['aside'] or ''} {entry['about']}")}
    if entry["range"]:
        numbers = re.fullmatch(r"\[\s*(\d+)\s*:\s*0\s*\]", entry["range"])
        return int(numbers[1]) + 1 if numbers else None
    return said.pop() if len(said) == 1 else (None if said else 1)


def name_in(request: str) -> str:
    """The module's name where the request says `module named X` or `Module name: X`, else ""."""
    named = _NAMED.search(request)
    return named["name"] if named else ""
