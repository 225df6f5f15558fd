"""What the authors of a source say of it: the comments at its lines, quoted."""

import re
from collections.abc import Iterator

from hdlsmith.languages import LANGUAGES
from hdlsmith.retrieval.anatomy.anatomy import Anatomy
from hdlsmith.retrieval.meaning.comments import Comments, is_legal

_MOST_CHARACTERS = 180
_MOST_LINES_ABOVE = 30
_MOST_LINES_OF_HEADER = 400
_FEWEST_WORDS = 2
"""Of an introduction: a file's name is none."""
_BETWEEN = re.compile(r"\s*(?:$|`|library\b|use\b|import\b|\(\*)", re.IGNORECASE)
"""What may stand between a module and the comments that introduce it."""
_LOG = re.compile(
    r"\bRevision \d|\$(?:Id|Log|Rev)|\bAuthor|\w@\w|^this file is part of|auto-?generated",
    re.IGNORECASE,
)
_TITLED = re.compile(r"(?:Description|Purpose|Overview|Abstract)\s*:\s*", re.IGNORECASE)


class Remarks:
    """The comments of a module's file."""

    def __init__(self, anatomy: Anatomy) -> None:
        marker = LANGUAGES[anatomy.language].line_comment
        self._comments = Comments(anatomy.text.encode(), marker, is_verbatim=True)
        self._lines = anatomy.text.split("\n")
        self._first_line = anatomy.span.line

    def at(self, line: int) -> str:
        """What is said right above a line and behind it, in quotation marks; empty if nothing."""
        said = (" ".join(self._above(line)), " ".join(self._behind(line)))
        return "; ".join(_quoted(words) for words in said if words and not is_legal(words))

    def _above(self, line: int) -> list[str]:
        comments = self._comments
        first = line
        while first - 1 in comments.alone and line - first < _MOST_LINES_ABOVE:
            first -= 1
        first += len(self._behind(first - 1)[1:])  # the rest of what is said of the line before
        return [comments.alone[at] for at in range(first, line) if comments.alone[at]]

    def _behind(self, line: int) -> list[str]:
        """The comment behind a line, and the lines of comment alone that begin below it."""
        comments = self._comments
        if line not in comments.behind:
            return []
        said = [comments.behind[line]]
        below = line + 1
        while below in comments.alone and comments.columns[below] == comments.columns[line]:
            said.append(comments.alone[below])
            below += 1
        return said

    def of_module(self) -> tuple[str, int]:
        """What introduces the module, and the line where that begins; ("", 0) if nothing does."""
        paragraphs = [
            (words, line)
            for words, line in self._paragraphs()
            if len(words.split()) >= _FEWEST_WORDS
            and not is_legal(words)
            and not _LOG.search(words)
        ]
        titled = [(words, line) for words, line in paragraphs if _TITLED.match(words)]
        for words, line in titled or paragraphs:
            return _quoted(_TITLED.sub("", words, count=1)), line
        return "", 0

    def _paragraphs(self) -> Iterator[tuple[str, int]]:
        """Of the comments above the module, each with its first line."""
        alone = self._comments.alone
        line, lowest = self._first_line - 1, max(0, self._first_line - _MOST_LINES_OF_HEADER)
        while line > lowest and (line in alone or _BETWEEN.match(self._lines[line - 1])):
            line -= 1
        said: list[str] = []
        for at in range(line + 1, self._first_line + 1):
            words = alone.get(at, "")
            if words and "SPDX" not in words:
                said.append(words)
            elif said:
                yield " ".join(said), at - len(said)
                said = []


def _quoted(said: str) -> str:
    said = " ".join(said.replace("`", "'").split())
    if len(said) > _MOST_CHARACTERS:
        said = f"{said[:_MOST_CHARACTERS].rpartition(' ')[0]} …"
    return f"“{said}”" if said else ""
