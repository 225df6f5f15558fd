"""A state machine as a picture: states on an ellipse, transitions by the numbers of their rows."""

import html
import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hdlsmith.display import printable
from hdlsmith.retrieval.anatomy.anatomy import Fsm

MOST_STATES = 32
"""More can't be read on a ring."""

_ANY = "(any state)"
_BOX_HEIGHT = 26
_CHARACTER = 7.4
_MARGIN = 60
_STYLE = (
    'font-family="ui-monospace,monospace" font-size="12" fill="none" stroke="#556" '
    'stroke-width="1.1"'
)


class _Box(NamedTuple):
    x: float
    y: float
    width: float
    angle: float


def draw(fsm: Fsm) -> str:
    """An SVG element, without anything from outside; empty if there are too many states.

    A number at an arrow is that of a transition, from 1, in the order of `fsm.transitions`.
    """
    names = [state.name for state in fsm.states]
    if any(not step.source for step in fsm.transitions):
        names.append(_ANY)
    if not names or len(names) > MOST_STATES:
        return ""
    boxes = _placed(names)
    width = max(box.x + box.width / 2 for box in boxes.values()) + _MARGIN
    height = max(box.y for box in boxes.values()) + _MARGIN
    return "\n".join(
        (
            f'<svg viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" role="img" '
            f'aria-label="{_text(fsm.register)}" xmlns="http://www.w3.org/2000/svg" {_STYLE}>',
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
            'markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" fill="#556" stroke="none"/>'
            "</marker></defs>",
            *_arrows(fsm, boxes),
            *_states(boxes, fsm.reset_state),
            "</svg>",
        )
    )


def _placed(names: Sequence[str]) -> dict[str, _Box]:
    widths = [len(name) * _CHARACTER + 18 for name in names]
    across = max(120.0, len(names) * 34.0, max(widths))
    down = max(60.0, len(names) * 24.0)
    left, top = _MARGIN + max(widths) / 2 + across, _MARGIN + down
    found = {}
    for at, (name, width) in enumerate(zip(names, widths, strict=True)):
        angle = 2 * math.pi * at / len(names) - math.pi / 2
        x, y = left + across * math.cos(angle), top + down * math.sin(angle)
        found[name] = _Box(x, y, width, angle)
    return found


def _states(boxes: dict[str, _Box], reset: str) -> Iterator[str]:
    for name, box in boxes.items():
        x, y = box.x - box.width / 2, box.y - _BOX_HEIGHT / 2
        weight = ' stroke-width="2.4"' if name == reset else ""
        dashes = ' stroke-dasharray="4 3"' if name == _ANY else ""
        yield (
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{box.width:.1f}" height="{_BOX_HEIGHT}" rx="9" '
            f'fill="#f7f8fa"{weight}{dashes}/>'
        )
        yield _label(box.x, box.y + 4, name)


def _arrows(fsm: Fsm, boxes: dict[str, _Box]) -> Iterator[str]:
    numbers: dict[tuple[str, str], list[int]] = {}
    for number, step in enumerate(fsm.transitions, 1):
        numbers.setdefault((step.source or _ANY, step.target), []).append(number)
    for (source, target), told in numbers.items():
        if source in boxes and target in boxes:
            label = ",".join(map(str, told))
            one, other = boxes[source], boxes[target]
            yield from _loop(one, label) if source == target else _arrow(one, other, label)


def _arrow(one: _Box, other: _Box, label: str) -> Iterator[str]:
    dx, dy = other.x - one.x, other.y - one.y
    length = math.hypot(dx, dy) or 1.0
    # Bent to its own left, so that an arrow there and one back stay apart.
    bend_x = (one.x + other.x) / 2 + dy / length * 0.14 * length
    bend_y = (one.y + other.y) / 2 - dx / length * 0.14 * length
    start, end = _border(one, bend_x, bend_y), _border(other, bend_x, bend_y)
    yield (
        f'<path d="M{start[0]:.1f} {start[1]:.1f}Q{bend_x:.1f} {bend_y:.1f} '
        f'{end[0]:.1f} {end[1]:.1f}" marker-end="url(#tip)"/>'
    )
    x = (start[0] + 2 * bend_x + end[0]) / 4
    y = (start[1] + 2 * bend_y + end[1]) / 4
    yield _label(x, y + 4, label, small=True)


def _loop(box: _Box, label: str) -> Iterator[str]:
    side = 1 if math.cos(box.angle) >= 0 else -1
    x, y = box.x + side * box.width / 2, box.y
    yield (
        f'<path d="M{x:.1f} {y - 6:.1f}C{x + side * 30:.1f} {y - 24:.1f} '
        f'{x + side * 30:.1f} {y + 24:.1f} {x:.1f} {y + 6:.1f}" marker-end="url(#tip)"/>'
    )
    yield _label(x + side * 34, y + 4, label, small=True)


def _border(box: _Box, x: float, y: float) -> tuple[float, float]:
    """Where the line from a box's middle to a point leaves the box."""
    dx, dy = x - box.x, y - box.y
    across = box.width / 2 / abs(dx) if dx else math.inf
    down = _BOX_HEIGHT / 2 / abs(dy) if dy else math.inf
    reach = min(across, down, 1.0)
    return box.x + dx * reach, box.y + dy * reach


def _label(x: float, y: float, text: str, *, small: bool = False) -> str:
    size = ' font-size="10"' if small else ""
    halo = ' stroke="#fff" stroke-width="3" paint-order="stroke"' if small else ' stroke="none"'
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" fill="#1b1f24"{halo}{size}>'
        f"{_text(text)}</text>"
    )


def _text(text: str) -> str:
    return html.escape(printable(text))
