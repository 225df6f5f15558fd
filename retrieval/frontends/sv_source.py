"""One SystemVerilog text, parsed: its syntax tree and where its nodes stand in the bytes.

`opened` is what every reader of syntax trees starts from. The parser is given pure ASCII with one
character a byte of the file, so that offsets in the tree, in `text` and in the file are the same.
"""

import re
from bisect import bisect_left

import pyslang
from pyslang import parsing, syntax

from hdlsmith.design import Diagnostic, Severity, SourceSpan
from hdlsmith.retrieval.frontends.sv_includes import NOWHERE, ascii_of, inclusion_of
from hdlsmith.retrieval.frontends.table import Surroundings

_MAX_DIAGNOSTICS = 20
_MISSING_FILE = pyslang.Diags.CouldNotOpenIncludeFile
_UNKNOWN_MACRO = pyslang.Diags.UnknownDirective
_MACRO_NAME = re.compile(r"'`(\w+)'")
_MOST_ROUNDS = 3
_ELEMENT = re.compile(
    r"^[ \t]*(?:virtual[ \t]+)?(?:module|macromodule|interface|package|program|class)[ \t]+\w", re.M
)
_CONTEXTS = (
    ("module fragment;", "endmodule"),
    ("class fragment;", "endclass"),
    ("module fragment; initial begin", "end endmodule"),
    ("module fragment(", "); endmodule"),
    ("module fragment; typedef enum {", "} fragment_e; endmodule"),
)
"""What may stand around the `include` of a text that is no design element by itself."""
_LINE_END = re.compile("\n")


class Opened:
    """A parsed text.

    Attributes:
        path: in the repository.
        text: what was parsed: as many characters as the file has bytes.
        line_ends: the bytes that end a line.
        manager: knows where macros were used.
        inclusion: the files it read.
    """

    def __init__(self, path: str, data: bytes, around: Surroundings) -> None:
        self.path = path
        self.text = ascii_of(data)
        self._size = len(self.text)
        self._notes: list[Diagnostic] = []
        undefined: frozenset[str] = frozenset()
        for _ in range(_MOST_ROUNDS):
            self.inclusion = inclusion_of(path, self.text, around, undefined)
            self._parse("", "")
            missing = self._undefined_macros() - undefined
            if not missing:
                break
            undefined |= missing
        if self._errors() and not _ELEMENT.search(self.text):
            self._parse_as_fragment()
        self.line_ends = [found.start() for found in _LINE_END.finditer(self.text)]

    def _parse(self, before: str, behind: str) -> None:
        manager = pyslang.SourceManager()
        manager.setDisableProximatePaths(True)
        for place, text in self.inclusion.texts.items():
            manager.assignText(place, text)
        buffers = [manager.assignText(NOWHERE + self.path, self.inclusion.text)]
        self.buffer = buffers[0].id
        before = self.inclusion.prelude + "\n" + before
        if before.strip():
            buffers.insert(0, manager.assignText(before))
        if behind:
            buffers.append(manager.assignText(behind))
        preprocessor = parsing.PreprocessorOptions()
        preprocessor.maxIncludeDepth = self.inclusion.depth + 1  # at 0 a missing file is an error
        self.manager = manager
        self.tree = syntax.SyntaxTree.fromBuffers(buffers, manager, pyslang.Bag([preprocessor]))

    def _parse_as_fragment(self) -> None:
        """Parse as the inside of whatever understands it without an error, if anything does."""
        for before, behind in _CONTEXTS:
            self._parse(before, behind)
            if not self._errors():
                return
        self._parse("", "")

    def members(self) -> list[syntax.SyntaxNode]:
        """The outermost members of the text itself."""
        root = self.tree.root
        members = list(root.members) if type(root) is syntax.CompilationUnitSyntax else [root]
        if len(members) == 1 and members[0].sourceRange.start.buffer != self.buffer:
            around = members[0]
            if type(around) is syntax.ModuleDeclarationSyntax:
                return list(around.members)
            if type(around) is syntax.ClassDeclarationSyntax:
                return list(around.items)
        return members

    def _errors(self) -> list[pyslang.Diagnostic]:
        """Those in this text, not in what it includes."""
        errors = [raw for raw in self.tree.diagnostics if raw.isError()]
        place = self.manager.getFullyExpandedLoc
        return [
            raw
            for raw in errors
            if raw.code != _MISSING_FILE and place(raw.location).buffer == self.buffer
        ]

    def _undefined_macros(self) -> frozenset[str]:
        unknown = [raw for raw in self.tree.diagnostics if raw.code == _UNKNOWN_MACRO]
        if not unknown:
            return frozenset()
        engine = pyslang.DiagnosticEngine(self.manager)
        messages = map(engine.formatMessage, unknown)
        return frozenset(name for text in messages for name in _MACRO_NAME.findall(text))

    def line(self, offset: int) -> int:
        """The line, from 1, of a byte."""
        return bisect_left(self.line_ends, offset) + 1

    def place(self, location: pyslang.SourceLocation) -> int:
        """The byte of a location; of one in macro text, where the outermost macro is used."""
        if location.buffer == self.buffer:
            return location.offset
        location = self.manager.getFullyExpandedLoc(location)
        return location.offset if location.buffer == self.buffer else 0

    def span(self, node: syntax.SyntaxNode) -> tuple[int, int] | None:
        """First byte and end of a node; of macro text, the place of use; None if included."""
        found = node.sourceRange
        start, end = found.start, found.end
        if start.buffer == self.buffer and end.buffer == self.buffer:
            first, last = start.offset, end.offset
            return first, max(first, min(last, self._size))  # a missing token may lie anywhere
        used = self.manager.getFullyExpandedLoc(start)
        while self.manager.isMacroLoc(end):
            end = self.manager.getExpansionRange(end).end
        if used.buffer != self.buffer or end.buffer != self.buffer:
            return None
        return used.offset, max(used.offset, min(end.offset, self._size))

    def slice(self, node: syntax.SyntaxNode) -> str:
        """A node's text with its macros expanded."""
        found = node.sourceRange
        start, end = found.start, found.end
        if start.buffer == self.buffer and end.buffer == self.buffer:
            text = self.text[start.offset : end.offset]
            if "`" not in text:
                return text
        return str(node)

    def cut(self, node: syntax.SyntaxNode) -> tuple[str, int]:
        """A node's text, as `slice` gives it, and its line."""
        found = node.sourceRange
        start, end = found.start, found.end
        if start.buffer == self.buffer and end.buffer == self.buffer:
            first = start.offset
            text = self.text[first : end.offset]
            if "`" not in text:
                return text, bisect_left(self.line_ends, first) + 1
        return str(node).lstrip(), self.line(self.place(start))

    def note(self, node: syntax.SyntaxNode, code: str, message: str) -> None:
        """Remember an error of ours about a node."""
        span = SourceSpan(self.path, self.line(self.place(node.sourceRange.start)))
        self._notes.append(Diagnostic(Severity.ERROR, code, message, span, "hdlsmith"))

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The errors, at most `_MAX_DIAGNOSTICS` of the parser's."""
        errors = self._errors()
        if not errors and not self._notes:
            return ()
        manager = self.manager
        engine = pyslang.DiagnosticEngine(manager)
        found = []
        for raw in errors[:_MAX_DIAGNOSTICS]:
            place = manager.getFullyExpandedLoc(raw.location)
            span = SourceSpan(self.path, self.line(place.offset), manager.getColumnNumber(place))
            code = str(raw.code).removeprefix("DiagCode(").removesuffix(")")
            message = engine.formatMessage(raw)
            found.append(Diagnostic(Severity.ERROR, code, message, span, "slang"))
        return (*found, *self._notes)


def opened(path: str, text: bytes, around: Surroundings) -> Opened:
    """Parse one text; see `Opened`."""
    return Opened(path, text, around)
