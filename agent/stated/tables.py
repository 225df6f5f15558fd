"""Truth tables and waveforms out of a request's text: `|` between the columns, or blanks."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hdlsmith.agent.interface import clock_of
from hdlsmith.agent.stated.examples import Examples, Row
from hdlsmith.agent.stated.references import Place, Ports, by_name, place
from hdlsmith.design import Port

_TIME = re.compile(
    r"(?:time|t)(?:\s*[\(\[/]?\s*(?:[fpnum\u00b5]?s|cycles?)[\)\]]?)?|cycles?|step", re.I
)
_RULE = re.compile(r"[\s|:+=-]*[-=]{2}[\s|:+=-]*")
_LITERAL = re.compile(
    r"(?:\d+)?'(?P<base>[bhd])(?P<digits>[0-9a-fx_]+)|0(?P<c>[xb])(?P<rest>[0-9a-f_]+)", re.I
)
_BASES = {"b": 2, "h": 16, "d": 10, "x": 16}
_ANY = {"x", "X", "-", "d", "?", "*"}
_DIGITS = re.compile("[0-9a-f_]+", re.IGNORECASE)
_LEAST_ROWS = 2
_LONGEST_LINE = 200
"""Nobody's table is wider, and the patterns would take minutes."""


@dataclass(frozen=True)
class Table:
    """A header and rows with as many cells."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables_in(text: str) -> Iterator[Table]:
    """Every run of two or more lines with equally many cells below a line with as many."""
    lines = lines_of(text, _RULE)
    at = 0
    while at < len(lines):
        header = _cells(lines[at])
        rows: list[tuple[str, ...]] = []
        while at + 1 + len(rows) < len(lines):
            cells = _cells(lines[at + 1 + len(rows)])
            if len(cells) != len(header) or len(cells) < _LEAST_ROWS:
                break
            rows.append(cells)
        if len(rows) >= _LEAST_ROWS:
            yield Table(header, tuple(rows))
            at += len(rows)
        at += 1


def lines_of(text: str, rule: re.Pattern[str]) -> list[str]:
    """A text's lines without those that only draw a line; too long ones are left empty."""
    lines = (line if len(line) <= _LONGEST_LINE else "" for line in text.splitlines())
    return [line for line in lines if not rule.fullmatch(line)]


def _cells(line: str) -> tuple[str, ...]:
    if "|" in line:
        return tuple(cell.strip() for cell in line.strip().strip("|").split("|"))
    return tuple(line.split())


def examples_in_tables(request: str, ports: tuple[Port, ...]) -> Iterator[Examples]:
    """Tables whose columns are ports, inputs and outputs both, with values that can be read.

    A column of times makes a waveform; without one, a clock among the ports makes a table too
    doubtful to use, as it does not say which of its rows are before and which after an edge.
    """
    named = by_name(ports)
    for table in tables_in(request):
        timed = _TIME.fullmatch(table.header[0]) is not None and table.header[0] not in named
        columns = [_column(cell, named) for cell in table.header[timed:]]
        at = [column for column in columns if column]
        if len(at) != len(columns) or len(set(at)) != len(at):
            continue
        if all(p.is_input for p in at) or not any(p.is_input for p in at):
            continue
        if not timed and clock_of(ports):
            continue
        cells = [[row[timed + n] for row in table.rows] for n in range(len(at))]
        letters = any(_has_letters(column, p) for column, p in zip(cells, at, strict=True))
        values = [_values(column, p, letters) for column, p in zip(cells, at, strict=True)]
        read = [column for column in values if column]
        if len(read) == len(values):
            rows = tuple(Row(tuple(zip(at, row, strict=True))) for row in zip(*read, strict=True))
            yield Examples("waveform" if timed else "truth table", ports, rows, in_order=timed)


def _column(cell: str, ports: Ports) -> Place | None:
    """The port a header cell names, with or without its whole range: `q`, `q[3:0]`, `output q`."""
    name = re.sub(r"^(?:input|output)s?\s+", "", cell.strip(), flags=re.I)
    whole = re.search(r"\[(\d+):0\]$", name)
    at = place(name[: whole.start()] if whole else name, ports)
    return at if at and (not whole or int(whole[1]) == at.width_bits - 1) else None


def _values(cells: Sequence[str], at: Place, letters: bool) -> list[str] | None:
    """Bits of a whole column; None where a cell is no value, or the base can't be told.

    Args:
        letters: some column of the table has hexadecimal digits, so all that aren't binary are.
    """
    width = at.width_bits
    base = _base(_plain(cells, width)) if not _binary(cells, width) else 2
    base = 16 if letters and base is None else base
    values = [_bits(cell, width, base) for cell in cells]
    known = [value for value in values if value is not None]
    return known if len(known) == len(values) else None


def _plain(cells: Sequence[str], width: int) -> list[str]:
    return [c for c in cells if not _unknown(c, width) and not _LITERAL.fullmatch(c)]


def _has_letters(cells: Sequence[str], at: Place) -> bool:
    return any(re.search("[a-f]", cell, re.I) for cell in _plain(cells, at.width_bits))


def _unknown(cell: str, width: int) -> bool:
    """`d` is a digit where the column is wider than a bit."""
    any_value = _ANY - {"d"} if width > 1 else _ANY
    return cell in any_value or re.fullmatch("[xX]+", cell) is not None


def _binary(cells: Sequence[str], width: int) -> bool:
    """All cells have as many binary digits as the port has bits."""
    return all(len(c) == width and set(c) <= set("01xX-") for c in _plain(cells, width))


def _base(cells: Sequence[str]) -> int | None:
    """16 where only single digits are, as in decimal; None where it could be 10 or 16."""
    return 16 if all(len(cell) == 1 for cell in cells) else None


def _bits(cell: str, width: int, base: int | None) -> str | None:
    if _unknown(cell, width):
        return "x" * width
    if literal := _LITERAL.fullmatch(cell):
        base = _BASES[(literal["base"] or literal["c"]).lower()]
        cell = (literal["digits"] or literal["rest"]).replace("_", "")
    if base == 2 and len(cell) == width:
        return re.sub("[X-]", "x", cell)
    if not base or not _DIGITS.fullmatch(cell):  # no sign
        return None
    try:
        value = int(cell, base)
    except ValueError:
        return None
    return f"{value:0{width}b}" if value < 1 << width else None
