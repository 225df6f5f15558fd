"""A page of an explanation, whatever it is printed as: sections of text, tables and drawings.

Texts are plain but for names and code, which stand in backticks; `code` makes such a piece of
any text. Whoever prints a page escapes the rest: names in HDL may be any characters.
"""

import re
from dataclasses import dataclass

from hdlsmith.agent.explaining.claims import Checked

_CODE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Paragraph:
    """A few sentences."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """Short texts, one below the other."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Rows with as many cells as the header."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Diagram:
    """A drawing.

    Attributes:
        mermaid: its source.
        svg: the same as a picture, for where nothing draws Mermaid.
    """

    mermaid: str
    svg: str


@dataclass(frozen=True)
class Listing:
    """Source lines.

    Attributes:
        first_line: the number of the first one in its file.
        tag: of a fence around them.
    """

    text: str
    first_line: int
    tag: str


Part = Paragraph | Bullets | Table | Diagram | Listing


@dataclass(frozen=True)
class Section:
    """
    Attributes:
        key: what programs call it.
        level: 2 for a section of the page, 3 for a part of one.
        claims: what a model says of it, those alone that were not refuted.
    """

    key: str
    title: str
    parts: tuple[Part, ...]
    claims: tuple[Checked, ...] = ()
    level: int = 2


@dataclass(frozen=True)
class Page:
    """
    Attributes:
        origin: how it was made, in one sentence.
    """

    title: str
    origin: str
    sections: tuple[Section, ...]


def code(text: str) -> str:
    """Any text as a piece of code inside a text."""
    return f"`{' '.join(text.split()).replace('`', chr(39))}`" if text.strip() else ""


def spans(text: str) -> list[tuple[str, bool]]:
    """The pieces of a text, each with whether it is code."""
    parts = _CODE.split(text)
    return [(part, at % 2 == 1) for at, part in enumerate(parts) if part]
