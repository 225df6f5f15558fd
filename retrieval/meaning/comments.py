"""The source's own words: comments above and behind the lines of a node."""

import re

_MAX_CHARACTERS = 400
"""Of one comment; the rest says more than a result needs."""

_RULE = re.compile(r"[^\w\s]{3,}|[*/#=|~]+")
_FRAME = re.compile(r"^[\s*/#=|~!<-]+|[\s*/#=|~-]+$")
_LEGAL = re.compile(r"copyright|licen[sc]e|spdx|all rights reserved|warrant", re.IGNORECASE)
_DIRECTIVE = re.compile(
    r"^\s*(?:verilator|verilog_|synopsys|synthesis|spyglass|lint_|pragma|cadence|vcs |ambit|"
    r"translate_|coverage|xilinx|altera|parasoft|ri lint|leda|nolint|eslint|clang-format)",
    re.IGNORECASE,
)


class Comments:
    """The comments of one source text, by line.

    Attributes:
        alone: line from 1 -> words of a line that is nothing but comment.
        behind: line -> words of a comment after code.
        columns: line -> where its comment begins.
    """

    def __init__(self, text: bytes, line_marker: str = "//", *, is_verbatim: bool = False) -> None:
        """
        Args:
            is_verbatim: keep what is said as it is written, but for the frame around it.
        """
        clean = _framed if is_verbatim else _clean
        self.alone: dict[int, str] = {}
        self.behind: dict[int, str] = {}
        self.columns: dict[int, int] = {}
        inside = False
        for number, line in enumerate(text.decode("utf-8", "replace").split("\n"), 1):
            if inside:
                said, end, _ = line.partition("*/")
                self.alone[number] = clean(said)
                self.columns[number] = len(line) - len(line.lstrip())
                inside = not end
                continue
            code, marker, said = line.partition(line_marker)
            if code.count('"') % 2:
                continue  # the marker stands in a string
            if "/*" in code:
                code, _, said = line.partition("/*")
                said, end, after = said.partition("*/")
                inside = not end
                if after.strip(" ;,"):
                    continue
            elif not marker:
                continue
            self.columns[number] = len(code)
            if code.strip():
                self.behind[number] = clean(said)
            else:
                self.alone[number] = clean(said)

    def near(self, line: int) -> str:
        """What is said behind a line and right above it; empty if nothing is."""
        above: list[str] = []
        number = line - 1
        while number in self.alone and line - number <= 30:
            above.append(self.alone[number])
            number -= 1
        said = " ".join(filter(None, (*reversed(above), self.behind.get(line, ""))))
        return "" if is_legal(said) else said[:_MAX_CHARACTERS]


def is_legal(said: str) -> bool:
    """Whether a comment is about rights, not about the design."""
    return _LEGAL.search(said) is not None


def _framed(said: str) -> str:
    said = _FRAME.sub("", said)
    return "" if _DIRECTIVE.match(said) or not re.search(r"\w", said) else " ".join(said.split())


def _clean(said: str) -> str:
    said = said[:_MAX_CHARACTERS]
    return "" if _DIRECTIVE.match(said) else " ".join(_RULE.sub(" ", said).split())
