"""Which lines of a broken design its reference changes: a difference of syntax trees.

Each module is a sequence of what it declares, assigns, decides and connects, in the order of the
text, each without blanks, comments, `begin` and `end`, and with numbers as their values. What the
longest common part of both sequences leaves over in the broken design is changed; where the
reference only adds something, what stands before and behind that place; in a module without any
content, its header.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from pyslang import syntax

from hdlsmith.agent.localising.statements import statements
from hdlsmith.agent.mending.source import Source, walk
from hdlsmith.agent.mending.widths import literal_value

_DECLARATIONS = (
    syntax.DataDeclarationSyntax,
    syntax.NetDeclarationSyntax,
    syntax.ParameterDeclarationSyntax,
)
_LABELS = (syntax.StandardCaseItemSyntax, syntax.DefaultCaseItemSyntax)
_SILENT = {"begin", "end", ";"}
_REWRITTEN = 0.5


@dataclass(frozen=True)
class Changed:
    """
    Attributes:
        lines: of the broken design, from 1.
        kept: share of the broken design that the reference holds too.
        empty: the broken design has ports and nothing else.
    """

    lines: frozenset[int]
    kept: float
    empty: bool = False

    @property
    def rewritten(self) -> bool:
        """The reference is another text, not this one corrected."""
        return self.kept < _REWRITTEN


def changed_lines(buggy: str, reference: str) -> Changed:
    """Compare two texts, all modules in their order."""
    ours, right = list(_entries(Source(buggy))), list(_entries(Source(reference)))
    if not ours:
        return Changed(frozenset(_header_lines(Source(buggy))), 0.0, empty=True)
    matcher = SequenceMatcher(None, [e[0] for e in ours], [e[0] for e in right], autojunk=False)
    lines: set[int] = set()
    for tag, start, end, _, _ in matcher.get_opcodes():
        if tag in ("replace", "delete"):
            lines |= {line for _, line in ours[start:end]}
        elif tag == "insert":
            lines |= {line for _, line in ours[max(0, start - 1) : start + 1]}
    kept = sum(block.size for block in matcher.get_matching_blocks())
    return Changed(frozenset(lines), kept / len(ours))


def _header_lines(source: Source) -> Iterator[int]:
    for module in source.modules:
        start, end = source.span(module.header)
        first = source.text.count("\n", 0, start) + 1
        yield from range(first, first + source.text.count("\n", start, end) + 1)


def _entries(source: Source) -> Iterator[tuple[str, int]]:
    found: dict[tuple[int, str], str] = {}
    for module in source.modules:
        for statement in statements(source, module):
            text = source.text[statement.start : statement.end]
            head = statement.kind in ("if", "case", "process")
            found[statement.start, statement.kind] = _head(text) if head else text
        members: Any = list(module.members)
        for node in walk(members, *_DECLARATIONS):
            found[source.span(node)[0], "declaration"] = source.slice(node)
        for node in walk(members, *_LABELS):
            text = source.slice(node)
            inside = source.span(node.clause)[0] - source.span(node)[0]
            found[source.span(node)[0], "label"] = text[: max(1, inside)]
    for (start, _), text in sorted(found.items()):
        yield _normal(text), source.text.count("\n", 0, start) + 1


def _head(text: str) -> str:
    """Up to the end of the first brackets; of a process without any, its keyword."""
    opening = re.match(r"\w+\s*(?:@\s*)?\(", text)
    if not opening:
        return re.match(r"\w*\s*(?:@\s*\*)?", text)[0]  # type: ignore[index]
    depth = 0
    for position in range(opening.end() - 1, len(text)):
        depth += {"(": 1, ")": -1}.get(text[position], 0)
        if not depth:
            return text[: position + 1]
    return text


def _normal(text: str) -> str:
    words = []
    for token in Source(text).tokens:
        if token.text not in _SILENT:
            value = literal_value(token.text) if token.text[0].isdigit() else None
            words.append(token.text if value is None else str(value))
    return " ".join(words)
