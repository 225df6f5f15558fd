"""Waveforms as a timing diagram for a terminal, a line a signal."""

from collections.abc import Sequence
from dataclasses import dataclass

from hdlsmith.sandbox.waves.layout import Layout, Panel, Row, Segment

_PAGE_LINES = 48
_MIN_COLUMNS = 16
_MIN_NAME = 12


@dataclass(frozen=True)
class Glyphs:
    """The characters that waves are drawn with, each one column wide."""

    low: str
    high: str
    rise: str
    fall: str
    cross: str
    gap: str
    tick: str
    event: str
    ellipsis: str


UNICODE = Glyphs("▁", "▔", "╱", "╲", "╳", "┊", "╷", "↑", "…")  # noqa: RUF001
ASCII = Glyphs("_", "~", "/", "\\", "|", ":", "|", "^", "*")


@dataclass(frozen=True)
class Diagram:
    """A drawn diagram.

    Attributes:
        end_fs: how far it got: the layout's end, unless that did not fit on a page.
    """

    lines: tuple[str, ...]
    end_fs: int


def draw(layout: Layout, width: int, glyphs: Glyphs = UNICODE) -> Diagram:
    """Draw the waves, in one panel or several below one another.

    Every change is drawn. What does not fit on a page is left out at the end.

    Args:
        width: columns of the terminal.
    """
    names = [layout.unit, *(row.name for row in layout.rows)]
    unit, *names = _aligned(names, max(_MIN_NAME, width // 3), glyphs)
    columns = max(_MIN_COLUMNS, width - len(unit) - 1)
    lines: list[str] = []
    drawn: list[Panel] = []
    for panel in layout.panels(columns):
        if drawn and len(lines) + len(names) + 2 > _PAGE_LINES:
            break
        lines += [""] * bool(drawn)
        lines.append(f"{unit} {_ruler(panel, glyphs)}")
        for name, row in zip(names, layout.rows, strict=True):
            lines.append(f"{name} {_trace(panel, row, glyphs)}".rstrip())
        drawn.append(panel)
    return Diagram(tuple(lines), drawn[-1].end_fs)


def _ruler(panel: Panel, glyphs: Glyphs) -> str:
    line = ""
    for label in panel.labels:
        line = line.ljust(label.column) + glyphs.tick + label.text
    return line


def _trace(panel: Panel, row: Row, glyphs: Glyphs) -> str:
    cells = [glyphs.gap if column in panel.gaps else " " for column in range(panel.columns)]
    for part in panel.segments(row):
        cells[part.start : part.end] = _cells(row, part, glyphs)
    return "".join(cells)


def _cells(row: Row, part: Segment, glyphs: Glyphs) -> str:
    length = part.end - part.start
    if row.is_event:
        return (" " if part.before is None else glyphs.event).ljust(length)
    if row.is_bit:
        level = {"0": glyphs.low, "1": glyphs.high}.get(part.text, part.text)
        slopes = {("0", "1"): glyphs.rise, ("1", "0"): glyphs.fall}
        return slopes.get((part.before or "", part.text), level) + level * (length - 1)
    edge = "" if part.before is None else glyphs.cross
    room = length - len(edge)
    text = part.text if len(part.text) <= room else part.text[: room - 1] + glyphs.ellipsis
    return (edge + text * (room > 0)).ljust(length)


def _aligned(names: Sequence[str], most: int, glyphs: Glyphs) -> list[str]:
    """The names at one width; of a long one, its end is kept."""
    cut = [n if len(n) <= most else glyphs.ellipsis + n[1 - most :] for n in names]
    return [name.ljust(max(map(len, cut))) for name in cut]
