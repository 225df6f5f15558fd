"""What the authors of a source say of it: the comments at its lines, quoted."""

import re

from hdlsmith.languages import Language
from hdlsmith.retrieval.anatomy.anatomy import Anatomy
from hdlsmith.retrieval.meaning.comments import Comments

_MOST_CHARACTERS = 180
_MOST_LINES_ABOVE = 20
_BETWEEN = re.compile(r"\s*(?:$|`|library\b|use\b|import\b|\(\*)", re.IGNORECASE)
"""What may stand between a module and the comment that introduces it."""


class Remarks:
    """The comments of a module's file."""

    def __init__(self, anatomy: Anatomy) -> None:
        marker = "--" if anatomy.language is Language.VHDL else "//"
        self._comments = Comments(anatomy.text.encode(), marker)
        self._lines = anatomy.text.split("\n")
        self._first_line = anatomy.span.line

    def at(self, line: int) -> str:
        """What is said behind a line and right above it, in quotation marks; empty if nothing."""
        return _quoted(self._comments.near(line))

    def of_module(self) -> tuple[str, int]:
        """What introduces the module, and its last line; ("", 0) if nothing does."""
        line = self._first_line - 1
        while line > max(0, self._first_line - _MOST_LINES_ABOVE):
            if line in self._comments.alone:
                return _quoted(self._introduction(line)), line
            if not _BETWEEN.match(self._lines[line - 1]):
                break
            line -= 1
        return "", 0

    def _introduction(self, last: int) -> str:
        """The comment that ends at a line, from behind the licence's identifier on."""
        line = last
        while line in self._comments.alone:
            if "SPDX" in self._comments.alone[line]:
                return " ".join(self._comments.alone[at] for at in range(line + 1, last + 1))
            line -= 1
        return self._comments.near(last + 1)


def _quoted(said: str) -> str:
    said = " ".join(said.replace("`", "'").split())
    if len(said) > _MOST_CHARACTERS:
        said = f"{said[:_MOST_CHARACTERS].rpartition(' ')[0]} …"
    return f"“{said}”" if said else ""
