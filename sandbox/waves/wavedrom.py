"""Waveforms in the manner of WaveDrom: as WaveJSON for its editor, and drawn as SVG.

WaveJSON is described at https://wavedrom.com; it knows bricks of equal length and no times, so
the SVG is drawn from the layout itself, with the times of the file above it.
"""

from html import escape
from itertools import islice
from typing import Any

from hdlsmith.sandbox.waves.layout import Layout, Panel, Row, Segment, lay_out
from hdlsmith.sandbox.waves.text import Radix
from hdlsmith.sandbox.waves.waveform import Waves

_MAX_BRICKS = 1000
_PANEL_COLUMNS = 120
_MAX_PANELS = 8

_COLUMN = 9  # units of the picture, which are pixels at its natural size
_ROW = 30
_WAVE = 20  # the height of a wave
_SLOPE = 3
_TITLE = 20
_RULER = 18
_LETTER = 6.7
_STYLE = (
    "text{font:11px ui-monospace,Menlo,Consolas,monospace}"
    ".n{fill:#0041c4;text-anchor:end}.t{fill:#777}"
    ".v{text-anchor:middle}"
    "path{fill:none;stroke:#000}.b{fill:#fff}.x{fill:url(#x)}.g{stroke:#bbb;stroke-dasharray:1 3}"
    ".w{stroke:#fff;stroke-width:5}.i{stroke:#777;stroke-dasharray:3 3}"
)
_HATCH = (
    '<defs><pattern id="x" width="5" height="5" patternUnits="userSpaceOnUse">'
    '<path d="M0 5 5 0" stroke-width=".7"/></pattern></defs>'
)


def wavejson(waves: Waves, radix: Radix = Radix.HEX) -> tuple[dict[str, Any], int]:
    """The waves as WaveDrom's JSON, a brick for half a clock period or for each change.

    Returns:
        the JSON data, and how far it reaches, in femtoseconds.
    """
    layout = lay_out(waves, radix, bricks=True)
    panel = next(layout.panels(_MAX_BRICKS))
    clock = layout.clock.changes if layout.clock else None
    pairs = zip(layout.rows, waves.signals, strict=True)
    lanes = [_lane(panel, row, wave.changes == clock) for row, wave in pairs]
    text = layout.scope.rstrip(".")
    return {"signal": lanes, "head": {"text": text}}, panel.end_fs


def _lane(panel: Panel, row: Row, is_clock: bool) -> dict[str, Any]:
    bricks = ["|" if column in panel.gaps else "." for column in range(panel.columns)]
    data: list[str] = []
    for part in panel.segments(row):
        if part.start and part.before is None:
            continue  # goes on after a gap
        brick = _brick(row, part.text, is_clock)
        bricks[part.start] = brick
        if brick == "=":
            data.append(part.text)
    lane: dict[str, Any] = {"name": row.name, "wave": "".join(bricks)}
    return {**lane, "data": data} if data else lane


def _brick(row: Row, text: str, is_clock: bool) -> str:
    if is_clock and text in ("0", "1"):
        return "lh"[int(text)]
    if text in ("x", "z") or (row.is_bit and text in ("0", "1")):
        return text
    return "="


def svg(layout: Layout, title: str) -> tuple[str, int]:
    """The waves as a picture, in one panel or several below one another.

    Returns:
        the SVG document, and how far it reaches, in femtoseconds.
    """
    panels = list(islice(layout.panels(_PANEL_COLUMNS), _MAX_PANELS))
    names = [layout.unit, *(row.name for row in layout.rows)]
    left = 16 + round(_LETTER * max(map(len, names)))
    columns = max(panel.columns for panel in panels)
    width = left + 10 + max(columns * _COLUMN, round(_LETTER * len(title)))
    panel_height = _RULER + _ROW * len(layout.rows)
    height = _TITLE + (panel_height + _ROW // 2) * len(panels)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}">',
        f"<title>{_text(title)}</title><style>{_STYLE}</style>{_HATCH}",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text x="{left}" y="13">{_text(title)}</text>',
    ]
    for number, panel in enumerate(panels):
        top = _TITLE + number * (panel_height + _ROW // 2)
        lines += _panel(panel, layout, left, top)
    return "\n".join([*lines, "</svg>", ""]), panels[-1].end_fs


def _panel(panel: Panel, layout: Layout, left: int, top: int) -> list[str]:
    bottom = top + _RULER + _ROW * len(layout.rows)
    lines = [f'<text class="n t" x="{left - 8}" y="{top + 12}">{layout.unit}</text>']
    for label in panel.labels:
        x = left + label.column * _COLUMN
        lines.append(f'<path class="g" d="M{x} {top + 16}V{bottom}"/>')
        lines.append(f'<text class="t" x="{x}" y="{top + 12}">{label.text}</text>')
    values: list[str] = []
    for number, row in enumerate(layout.rows):
        y = top + _RULER + number * _ROW + (_ROW - _WAVE) // 2
        lines.append(f'<text class="n" x="{left - 8}" y="{y + 14}">{_text(row.name)}</text>')
        trace = _Trace(panel, row, left, y)
        lines += trace.shapes()
        values += trace.values()
    for column in panel.gaps:  # where idle cycles were left out
        line = f"M{left + column * _COLUMN + _COLUMN // 2} {top + _RULER}V{bottom}"
        lines.append(f'<path class="w" d="{line}"/><path class="i" d="{line}"/>')
    return lines + values


class _Trace:
    """The wave of one row, at a place in the picture."""

    def __init__(self, panel: Panel, row: Row, left: int, top: int) -> None:
        self._parts = _joined(panel, row)
        self._gaps = panel.gaps
        self._row = row
        self._left = left
        self._heights = {"0": top + _WAVE, "1": top}
        self._top, self._middle, self._bottom = top, top + _WAVE // 2, top + _WAVE

    def shapes(self) -> list[str]:
        if self._row.is_event:
            return [self._event(part) for part in self._parts if part.before is not None]
        if self._row.is_bit:
            return self._level()
        return [self._bus(part) for part in self._parts]

    def values(self) -> list[str]:
        if self._row.is_bit:
            return []
        return [self._value(part) for part in self._parts if part.text not in ("", "x", "z")]

    def _x(self, column: int) -> int:
        return self._left + column * _COLUMN

    def _event(self, part: Segment) -> str:
        x = self._x(part.start)
        arrow = f"M{x} {self._bottom}V{self._top}m-3 5 3-5 3 5"
        return f'<path d="{arrow}"/>'

    def _level(self) -> list[str]:
        hatched = [self._body(part, "x") for part in self._parts if part.text not in "01z"]
        points: list[str] = []
        for part in self._parts:
            y = self._heights.get(part.text, self._middle)
            if part.text not in "01z":
                continue
            start = self._x(part.start)
            joined = points and part.before in ("0", "1", "z")
            points.append(f"{'L' if joined else 'M'}{start + _SLOPE * bool(joined)} {y}")
            points.append(f"H{self._x(part.end)}")
        return [*hatched, f'<path d="{"".join(points)}"/>'] if points else hatched

    def _bus(self, part: Segment) -> str:
        if part.text == "z":
            return f'<path d="M{self._x(part.start)} {self._middle}H{self._x(part.end)}"/>'
        return self._body(part, "x" if part.text == "x" else "b")

    def _value(self, part: Segment) -> str:
        room = int(((part.end - part.start) * _COLUMN - 2 * _SLOPE) / _LETTER)
        text = part.text if len(part.text) <= room else part.text[: max(0, room - 1)] + "…"
        middle = (self._x(part.start) + self._x(part.end)) / 2
        shown = f'<text class="v" x="{middle:g}" y="{self._top + 14}">{_text(text)}</text>'
        if not any(part.start <= gap < part.end for gap in self._gaps):
            return shown
        width = len(text) * _LETTER + 4  # the mark of a gap must not cross the value out
        place = f'x="{middle - width / 2:g}" y="{self._top + 3}"'
        return f'<rect {place} width="{width:g}" height="{_WAVE - 6}" fill="#fff"/>{shown}'

    def _body(self, part: Segment, style: str) -> str:
        """A bus: slanted where it changes, open where it goes on."""
        x, end = self._x(part.start), self._x(part.end)
        first = _SLOPE if part.before is not None else 0
        last = 0 if part is self._parts[-1] else _SLOPE
        shape = (
            f"M{end} {self._middle}L{end - last} {self._top}H{x + first}L{x} {self._middle}"
            f"L{x + first} {self._bottom}H{end - last}L{end} {self._middle}"
        )
        return f'<path class="{style}" d="{shape}"/>'


def _joined(panel: Panel, row: Row) -> list[Segment]:
    """The segments, drawn through gaps."""
    parts: list[Segment] = []
    for part in panel.segments(row):
        if parts and part.before is None and part.text == parts[-1].text:
            parts[-1] = Segment(parts[-1].start, part.end, part.text, parts[-1].before)
        elif parts:
            parts[-1] = Segment(parts[-1].start, part.start, parts[-1].text, parts[-1].before)
            parts.append(part)
        else:
            parts.append(part)
    return parts


def _text(text: str) -> str:
    # Two code points that no XML document may hold; controls are gone already.
    return escape(text.replace("\ufffe", "?").replace("\uffff", "?"))
