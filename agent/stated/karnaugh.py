"""Karnaugh maps out of a request's text.

``ab`` above the columns' codes, ``cd`` beside the rows', or ``ab\\cd`` in the corner (rows first).
"""

import re
from collections.abc import Iterator

from hdlsmith.agent.stated.examples import Cell, Examples, Row
from hdlsmith.agent.stated.references import Place, by_name, places
from hdlsmith.agent.stated.tables import lines_of
from hdlsmith.design import Direction, Port

_CODES = re.compile(r"(?P<corner>.*?)[\s|]+(?P<codes>[01]{1,3}(?:[\s|]+[01]{1,3})+)[\s|]*")
_LINE = re.compile(r"[\s|]*(?P<code>[01]{1,3})[\s|]+(?P<cells>[01dxX?-](?:[\s|]+[01dxX?-])+)[\s|]*")
_RULE = re.compile(r"[\s|:+-]*")


def examples_in_maps(request: str, ports: tuple[Port, ...]) -> Iterator[Examples]:
    """The maps over the design's inputs, where it has one output: else a map does not say whose it
    is.
    """
    outputs = [port for port in ports if port.direction is not Direction.INPUT]
    if len(outputs) != 1 or outputs[0].width_bits != 1:
        return
    named = by_name(tuple(p for p in ports if p.direction is Direction.INPUT))
    lines = lines_of(request, _RULE)
    for n, line in enumerate(lines):
        if not (head := _CODES.fullmatch(line)):
            continue
        above = lines[n - 1].strip() if n else ""
        down, across = _variables(head["corner"], above)
        rows, columns = places(down, named), places(across, named)
        if len({*rows, *columns}) != len(rows) + len(columns) or not rows or not columns:
            continue
        below = lines[n + 1 : n + 1 + (1 << len(rows))]
        cells = _cells(below, head["codes"].replace("|", " ").split(), rows, columns)
        if cells:
            out = Place(outputs[0])
            yield Examples(
                "Karnaugh map", ports, tuple(Row((*at, (out, value))) for at, value in cells)
            )


def _variables(corner: str, above: str) -> tuple[str, str]:
    corner = corner.strip(" |\t")
    down, slash, across = corner.partition("\\")
    return (down, across) if slash else (corner, above.strip(" |\t"))


def _cells(
    lines: list[str], codes: list[str], down: tuple[Place, ...], across: tuple[Place, ...]
) -> list[tuple[tuple[Cell, ...], str]]:
    """Each cell's inputs and its value; [] unless the map is whole."""
    found = []
    seen = set()
    for line in lines:
        row = _LINE.fullmatch(line)
        values = row["cells"].replace("|", " ").split() if row else []
        if row is None or len(values) != len(codes) or len(row["code"]) != len(down):
            return []
        for code, value in zip(codes, values, strict=True):
            if len(code) != len(across):
                return []
            seen.add(row["code"] + code)
            bits = zip((*down, *across), row["code"] + code, strict=True)
            found.append((tuple(bits), value if value in "01" else "x"))
    return found if len(seen) == 1 << (len(down) + len(across)) else []
