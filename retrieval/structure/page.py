"""A cone as an HTML page that folds and needs nothing else: no script, no network.

Names in HDL may be any characters: all of them are escaped.
"""

import html
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from hdlsmith.display import one_line

_STYLE = (
    "body{font:14px/1.5 system-ui,sans-serif;margin:2em}"
    "details{margin-left:1.2em;border-left:1px solid #ccc;padding-left:.6em}"
    "code{background:#f3f3f3;padding:0 .3em}small{color:#666}"
)


class Item(NamedTuple):
    """One line of an HTML page.

    Attributes:
        parent: position of the item it stands below; -1 for none.
        code: source text.
        about: where it stands, when it holds.
    """

    parent: int
    code: str
    about: str


def write_html(title: str, items: Sequence[Item], path: Path) -> None:
    """Write the page.

    Args:
        items: parents before children.

    Raises:
        OSError: the file can't be written.
    """
    children: dict[int, list[int]] = defaultdict(list)
    for number, item in enumerate(items):
        children[item.parent].append(number)
    heading = html.escape(one_line(title))
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">",
        f"<title>{heading}</title><style>{_STYLE}</style></head><body><h1>{heading}</h1>",
    ]
    left: list[int | str] = list(reversed(children[-1]))
    while left:
        position = left.pop()
        if isinstance(position, str):  # the end of a fold
            parts.append(position)
            continue
        item = items[position]
        code, about = html.escape(one_line(item.code)), html.escape(one_line(item.about))
        parts.append(f"<details open><summary><code>{code}</code> <small>{about}</small></summary>")
        left.append("</details>")
        left += reversed(children[position])
    parts.append("</body></html>\n")
    path.write_text("\n".join(parts), "utf-8")
