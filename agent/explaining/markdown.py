"""A page as Markdown."""

import re
from collections.abc import Iterator

from hdlsmith.agent.explaining.claims import Checked, Verdict
from hdlsmith.agent.explaining.page import (
    Bullets,
    Diagram,
    Listing,
    Page,
    Paragraph,
    Part,
    Section,
    Table,
    code,
    spans,
)
from hdlsmith.display import printable
from hdlsmith.prompts.templates import fenced

_SPECIAL = re.compile(r"[\\\[\]<*|]")
UNCHECKED = "unchecked"
"""Stands behind a claim that no rule can check."""


def render_markdown(page: Page) -> str:
    """The page, with a newline at its end."""
    blocks = [f"# {_inline(page.title)}", f"*{_inline(page.origin)}*"]
    for section in page.sections:
        blocks += section_blocks(section)
    return "\n\n".join(blocks) + "\n"


def section_blocks(section: Section) -> Iterator[str]:
    """A section's heading, what a model says of it, and its parts."""
    yield f"{'#' * section.level} {_inline(section.title)}"
    if section.claims:
        yield "\n".join(f"- {claim_line(claim)}" for claim in section.claims)
    for part in section.parts:
        yield _part(part)


def claim_line(claim: Checked) -> str:
    """A claim with the places it stands on, and a mark if nothing could check it."""
    places = ", ".join(map(code, claim.places))
    mark = f" *({UNCHECKED})*" if claim.verdict is Verdict.UNCHECKED else ""
    return f"{_inline(claim.claim.text)} ({places}){mark}"


def _part(part: Part) -> str:
    if isinstance(part, Paragraph):
        return _inline(part.text)
    if isinstance(part, Bullets):
        return "\n".join(f"- {_inline(item)}" for item in part.items)
    if isinstance(part, Diagram):
        return fenced(printable(part.mermaid), "mermaid")
    if isinstance(part, Listing):
        return fenced(printable(numbered(part)), part.tag)
    return _table(part)


def numbered(listing: Listing) -> str:
    """Source lines behind their numbers."""
    lines = listing.text.split("\n")
    width = len(str(listing.first_line + len(lines)))
    return "\n".join(
        f"{number:>{width}}  {line}".rstrip()
        for number, line in enumerate(lines, listing.first_line)
    )


def _table(table: Table) -> str:
    rows = [table.header, tuple("---" for _ in table.header), *table.rows]
    return "\n".join(f"| {' | '.join(map(_cell, row))} |" for row in rows)


def _cell(text: str) -> str:
    return "".join(
        code(printable(piece)).replace("|", "\\|") if is_code else _escaped(piece)
        for piece, is_code in spans(text)
    )


def _inline(text: str) -> str:
    return "".join(
        code(printable(piece)) if is_code else _escaped(piece) for piece, is_code in spans(text)
    )


def _escaped(text: str) -> str:
    # one_line strips; the blanks beside a piece of code must stay
    shown = printable(" ".join(text.split("\n")))
    return _SPECIAL.sub(lambda match: "&lt;" if match[0] == "<" else f"\\{match[0]}", shown)
