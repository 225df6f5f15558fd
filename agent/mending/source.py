"""One broken source text: its syntax tree, its tokens, and edits on it.

pyslang always yields a tree, however broken the text is. Offsets in the tree are offsets in the
text: it parses a copy in which each character outside ASCII is one question mark.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import pyslang
from pyslang import syntax

from hdlsmith.sandbox.slang import parse_tree

_TOKEN = re.compile(
    r"""
    (?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))
  | (?P<string>"(?:\\.|[^"\\\n])*")
  | (?P<number>(?:\d[\d_]*\s*)?'[sS]?[bodhBODH]\s*[\w?]+|\d[\w.]*|'[01xzXZ]\b)
  | (?P<word>[`$]?[A-Za-z_][\w$]*|\\\S+)
  | (?P<sign><<=|<=|>=|===|!==|==|!=|&&|\|\||\+:|-:|\+\+|--|[^\s\w])
    """,
    re.VERBOSE | re.DOTALL,
)


class Edit(NamedTuple):
    """Replace the characters from `start` to `end`."""

    start: int
    end: int
    text: str


class Token(NamedTuple):
    """A word, number, string or sign; comments are none."""

    text: str
    start: int
    end: int


def edited(text: str, *edits: Edit) -> str:
    """The text with all edits made; of two that overlap, the later one in the text is left out."""
    parts, at = [], 0
    for edit in sorted(set(edits)):
        if edit.start < at:
            continue
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*parts, text[at:]])


def plain(text: str) -> str:
    """As many ASCII characters as the text has characters."""
    return text.encode("ascii", "replace").decode()


def walk(node: object, *kinds: type) -> Iterator[Any]:
    """The nodes of these classes at and below a node, in the order of the text."""
    pending = [node]
    while pending:
        here = pending.pop()
        if isinstance(here, kinds):
            yield here
        if isinstance(here, syntax.SyntaxNode | list):
            pending.extend(reversed(list(here)))


@dataclass(frozen=True)
class Source:
    text: str

    @cached_property
    def root(self) -> Any:
        return self._tree.root

    @cached_property
    def syntax_errors(self) -> frozenset[str]:
        """Codes of the parser's errors, as diagnostics spell them."""
        errors = (str(raw.code) for raw in self._tree.diagnostics if raw.isError())
        return frozenset(code.removeprefix("DiagCode(").removesuffix(")") for code in errors)

    @cached_property
    def _tree(self) -> syntax.SyntaxTree:
        manager = pyslang.SourceManager()
        return parse_tree(manager.assignText("source.sv", plain(self.text)), manager)

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        found = _TOKEN.finditer(self.text)
        return tuple(Token(m[0], m.start(), m.end()) for m in found if m.lastgroup != "comment")

    @cached_property
    def modules(self) -> tuple[Any, ...]:
        return tuple(walk(self.root, syntax.ModuleDeclarationSyntax))

    def span(self, node: Any) -> tuple[int, int]:
        """First character and end of a node or token."""
        found = node.sourceRange if isinstance(node, syntax.SyntaxNode) else node.range
        return found.start.offset, max(found.start.offset, found.end.offset)

    def slice(self, node: Any) -> str:
        start, end = self.span(node)
        return self.text[start:end]

    def replace(self, node: Any, text: str) -> Edit:
        return Edit(*self.span(node), text)

    def delete(self, node: Any) -> Edit:
        """Cut a node out, and its line where nothing else stands there."""
        start, end = self.span(node)
        line, stop = self.line_start(start), self.text.find("\n", end)
        stop = len(self.text) if stop < 0 else stop + 1
        if not self.text[line:start].strip() and not self.text[end:stop].strip():
            return Edit(line, stop, "")
        return Edit(start, end, "")

    def line_start(self, offset: int) -> int:
        return self.text.rfind("\n", 0, offset) + 1

    def indent(self, offset: int) -> str:
        line = self.text[self.line_start(offset) : offset]
        return line[: len(line) - len(line.lstrip())]

    def module(self, name: str) -> Any | None:
        """The module of that name, else the only one, else None."""
        named = [m for m in self.modules if m.header.name.valueText == name]
        found = named or list(self.modules)
        return found[0] if len(found) == 1 or named else None

    def module_at(self, offset: int) -> Any | None:
        """The innermost module around a place."""
        around = [m for m in self.modules if self.span(m)[0] <= offset <= self.span(m)[1]]
        return around[-1] if around else None

    def uses(self, module: Any, name: str) -> tuple[Token, ...]:
        """Each place in a module where a name stands, but as a member or port of another."""
        start, end = self.span(module)
        inside = [t for t in self.tokens if start <= t.start < end]
        return tuple(
            token
            for before, token in zip([None, *inside], inside, strict=False)
            if token.text == name and not (before and before.text == ".")
        )

    def insert_before_member(self, module: Any, offset: int, line: str) -> Edit:
        """A line of its own before the member of a module in which a place lies."""
        members = [m for m in module.members if self.span(m)[1] > offset]
        if not members:
            return Edit(self.span(module.header)[1], self.span(module.header)[1], f"\n{line}")
        at = self.span(members[0])[0]
        if self.text[self.line_start(at) : at].strip():
            return Edit(at, at, f"{line} ")
        return Edit(at, at, f"{line}\n{self.indent(at)}")
