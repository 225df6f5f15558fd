"""The tamper guard: what a design under test may not do to the testbench that judges it.

A design under test is hardware: its outputs are a function of its inputs over time. It has no
business ending the simulation, speaking in the testbench's voice, reaching into the testbench,
reading files, or driving what it was given as an input. The rules here work on raw tokens, so
that nothing hides behind an `ifdef`, a macro body, or code that one parser skips and another
runs; and names are refused unless listed, so that an unknown system task is a refusal.

The guard only lexes, in one pass over a text of bounded length, so no design can bring it down.
It is the first line, not the only one: a grader also tags the verdict line with a nonce, renames
what the design might reach for, and compares the stimuli with the golden run's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

import pyslang
from pyslang import parsing, syntax

from hdlsmith.design import Design, SourceFile
from hdlsmith.languages import Language
from hdlsmith.sandbox.elaboration import elaborate
from hdlsmith.sandbox.slang import parse_tree

ALLOWED_SYSTEM_NAMES = frozenset(
    "$bits $clog2 $countbits $countones $dimensions $high $increment $isunknown $left $low "  # noqa: SIM905
    "$onehot $onehot0 $right $signed $size $unpacked_dimensions $unsigned "
    "$bitstoreal $bitstoshortreal $itor $realtobits $rtoi $shortrealtobits "
    "$ceil $floor $ln $log10 $pow $sqrt $typename".split()
)
"""System functions whose value depends on their arguments alone."""

MAX_CHARS = 1 << 19
"""A longer design is refused: the longest honest answer known is a third of this."""

_MAX_CALL_TOKENS = 256

_PRINTING = frozenset(
    f"${name}{base}" for name in ("display", "strobe", "monitor") for base in ("", "b", "o", "h")
) | {"$error", "$warning", "$info"}
_HARMLESS_FORMAT = re.compile(r"(?:[^%\x00-\x08\x0b-\x1f\x7f]|%%|%-?0?\d*[bBdDhHoOxXtT])*")
_VERDICT_WORDS = re.compile(r"mismatch|timeout|hint|samples|pass|fail|error|success", re.I)

_REACHING = {
    "force": "overrides a signal",
    "release": "overrides a signal",
    "bind": "binds into another module",
    "defparam": "overrides parameters from outside",
    "config": "rebinds modules",
    "library": "rebinds modules",
    "program": "declares a testbench program",
    "import\0DPI": "imports foreign code",
    "$root": "reaches into the testbench",
    "$unit": "reaches out of its module",
}
_CONDITIONALS = {"`ifdef": 1, "`ifndef": 1, "`endif": -1}
_LEFT_DIRECTIVES = ("`timescale", "`default_nettype", "`celldefine", "`endcelldefine", "`resetall")
_ESCAPING_DIRECTIVES = frozenset(
    "`include `line `pragma `begin_keywords `end_keywords `protect `endprotect `protected "  # noqa: SIM905
    "`endprotected `unconnected_drive `nounconnected_drive `undefineall".split()
)
_DEFINITION_KEYWORDS = ("module", "macromodule", "interface", "package", "primitive", "program")
# A lone carriage return ends a line for some tools only, three quotes open a string for some only.
_ODD_TEXT = re.compile(r'[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]|\r(?!\n)|"""')
_MACRO = re.compile(r"`(?!timescale\b|default_nettype\b)")


@dataclass(frozen=True)
class Violation:
    """One thing a design under test may not do, and where it does it."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass(frozen=True)
class Surroundings:
    """What a design under test finds around it in the simulation.

    Attributes:
        modules: names of the modules that aren't its own.
        scopes: every name through which it could reach into them.
    """

    modules: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()

    @classmethod
    def of(cls, sources: tuple[SourceFile, ...]) -> "Surroundings":
        """Read them off the testbench and reference sources."""
        modules: set[str] = set()
        scopes: set[str] = set()
        manager = pyslang.SourceManager()
        for source in sources:
            buffer = manager.assignText(source.path, source.text)
            root = parse_tree(buffer, manager).root
            for kind, name in _named_scopes(root):
                scopes.add(name)
                if kind is syntax.SyntaxKind.ModuleHeader:
                    modules.add(name)
        return cls(frozenset(modules), frozenset(scopes))

    def named_in(self, text: str) -> frozenset[str]:
        """The scopes whose names a text holds, wherever it does."""
        return self.scopes & set(re.findall(r"\w+", text))


def uses_macros(text: str) -> bool:
    """Whether the preprocessor might read this text otherwise than the lexer does.

    Backticks in comments and strings count too: only the preprocessor knows where those end.
    """
    return _MACRO.search(text) is not None


def violations(
    text: str, top: str, around: Surroundings, *, expanded: bool = False, silent: bool = False
) -> tuple[Violation, ...]:
    """Everything the design under test does that it may not; empty for honest hardware.

    Args:
        text: the whole source, as the simulator will read it.
        top: the module that the testbench instantiates.
        expanded: the simulator's preprocessor has been over the text, so that no macro is left.
        silent: the design may print nothing at all, because the log alone is the evidence.
    """
    if found := list(_bad_text(text)):
        return tuple(found)  # no lexer is to be trusted with such a text
    tokens, complaints = _tokens(text)
    found = [
        *complaints,
        *_bad_system_names(tokens, silent),
        *_bad_directives(tokens, expanded),
        *_reaching(tokens),
        *_bad_names(tokens, around.modules - {top}),
    ]
    lookalikes = list(_foreign_paths(tokens, around.scopes - {top}))
    if lookalikes and not _resolves_alone(text, top):
        found += lookalikes
    return tuple(dict.fromkeys(found))


def reasons(found: tuple[Violation, ...]) -> str:
    """The first few, for one line."""
    return "; ".join(str(violation) for violation in found[:3])


@dataclass(frozen=True)
class _Token:
    kind: parsing.TokenKind
    raw: str
    value: str
    line: int


def _tokens(text: str) -> tuple[list[_Token], list[Violation]]:
    """Every token of the raw text: inactive branches and macro bodies included."""
    manager = pyslang.SourceManager()
    diagnostics = pyslang.Diagnostics()
    buffer = manager.assignText("dut.sv", text)
    lexer = parsing.Lexer(buffer, pyslang.BumpAllocator(), diagnostics, manager)
    tokens = []
    while (token := lexer.lex()).kind is not parsing.TokenKind.EndOfFile:
        line = manager.getLineNumber(token.location)
        tokens.append(_Token(token.kind, token.rawText, str(token.valueText), line))
    open_ended = {"UnterminatedBlockComment", "ExpectedClosingQuote", "EmbeddedNull"}
    complaints = [
        Violation(manager.getLineNumber(d.location), "leaves a comment or string open")
        for d in diagnostics
        if str(d.code)[len("DiagCode(") : -1] in open_ended
    ]
    return tokens, complaints


def _bad_text(text: str) -> Iterator[Violation]:
    if len(text) > MAX_CHARS:
        yield Violation(1, f"is {len(text):,} characters long; {MAX_CHARS:,} is the limit")
        return
    if odd := _ODD_TEXT.search(text):
        line = text.count("\n", 0, odd.start()) + 1
        yield Violation(line, f"holds {odd[0]!r}, which tools read differently")
    if text.rstrip(" \t\r\n").endswith("\\"):
        yield Violation(text.count("\n") + 1, "ends in a line continuation")


def _bad_system_names(tokens: list[_Token], silent: bool) -> Iterator[Violation]:
    for at, token in enumerate(tokens):
        name = token.raw
        if name.startswith("$") and token.kind is parsing.TokenKind.SystemIdentifier:
            if name in _PRINTING:
                if silent or not _prints_harmlessly(tokens, at):
                    yield Violation(token.line, f"{name} could forge the testbench's output")
            elif name not in ALLOWED_SYSTEM_NAMES:
                yield Violation(token.line, f"calls {name}")
        elif name.startswith("\\$"):  # a call for Icarus, a plain name for others
            yield Violation(token.line, f"names {token.value} by an escaped name")
        elif token.kind is parsing.TokenKind.MacroPaste:
            yield Violation(token.line, "pastes tokens together")
        elif name == "$" and tokens[at + 1 : at + 2] and tokens[at + 1].raw.startswith("`"):
            yield Violation(token.line, "makes a system name out of a macro")


def _prints_harmlessly(tokens: list[_Token], at: int) -> bool:
    """Whether the call prints one literal with plain numbers in it, and no word of a verdict."""
    depth, commas = 0, 0
    arguments: list[_Token] = []
    for token in islice(tokens, at + 1, at + 1 + _MAX_CALL_TOKENS):
        if token.raw == ";":
            break
        depth += (token.raw in ("(", "[", "{")) - (token.raw in (")", "]", "}"))
        commas += token.raw == "," and depth == 1
        arguments.append(token)
    else:
        return False
    if len(arguments) <= 2:  # `$display;` and `$display();`
        return True
    if any("`" in token.raw for token in arguments):
        return False
    literals = [t for t in arguments if t.kind is parsing.TokenKind.StringLiteral]
    text = literals[0].value if literals else ""
    return (
        literals == [arguments[1]]
        and _HARMLESS_FORMAT.fullmatch(text) is not None
        and not _VERDICT_WORDS.search(text)
        # An argument beyond the format's own would print by its type: a string as a string.
        and commas == text.replace("%%", "").count("%")
    )


def _bad_directives(tokens: list[_Token], expanded: bool) -> Iterator[Violation]:
    depth = 0
    for token in tokens:
        if token.kind is not parsing.TokenKind.Directive:
            continue
        if token.raw in _ESCAPING_DIRECTIVES or (expanded and token.raw not in _LEFT_DIRECTIVES):
            yield Violation(token.line, f"uses {token.raw}")
        depth += _CONDITIONALS.get(token.raw, 0)
        if depth < 0:
            yield Violation(token.line, "closes a conditional that it did not open")
            return
    if depth:
        yield Violation(tokens[-1].line, "leaves a conditional open over the files that follow")


def _reaching(tokens: list[_Token]) -> Iterator[Violation]:
    for token, following in pairwise([*tokens, _Token(parsing.TokenKind.EndOfFile, "", "", 0)]):
        key = token.raw
        if key in ("import", "export") and following.kind is parsing.TokenKind.StringLiteral:
            key = "import\0DPI"
        if reason := _REACHING.get(key):
            yield Violation(token.line, f"`{token.raw}` {reason}")


def _foreign_paths(tokens: list[_Token], scopes: frozenset[str]) -> Iterator[Violation]:
    """Dotted names and `disable`d blocks that start at one of the testbench's scopes."""
    previous = ""
    for token, following in pairwise(tokens):
        if token.kind is parsing.TokenKind.Identifier and token.value in scopes:
            dotted = following.raw == "." and previous != "."
            if dotted or previous in ("disable", "->", "->>"):
                yield Violation(token.line, f"reaches into {token.value!r}, which is not its own")
        previous = token.raw


def _resolves_alone(text: str, top: str) -> bool:
    """Whether every name finds something of the design's own: a lookalike, then, not a reach."""
    source = SourceFile("dut.sv", text, Language.SYSTEMVERILOG)
    elaboration = elaborate(Design((source,), top))
    return bool(elaboration.tops) and not elaboration.errors


def _bad_names(tokens: list[_Token], modules: frozenset[str]) -> Iterator[Violation]:
    """Modules of the testbench's that the design defines or instantiates."""
    previous = ""
    for token, following in pairwise(tokens):
        is_name = token.kind is parsing.TokenKind.Identifier and token.value in modules
        if previous in _DEFINITION_KEYWORDS:
            if token.kind is parsing.TokenKind.Directive:
                yield Violation(token.line, "names a module by a macro")
            elif is_name:
                yield Violation(token.line, f"defines {token.value!r}, which is the testbench's")
        elif is_name and (following.kind is parsing.TokenKind.Identifier or following.raw == "#"):
            yield Violation(token.line, f"instantiates {token.value!r}, which is the testbench's")
        previous = token.raw


def _named_scopes(root: syntax.SyntaxNode) -> Iterator[tuple[syntax.SyntaxKind, str]]:
    found: list[tuple[syntax.SyntaxKind, str]] = []

    def visit(node: object) -> None:
        if isinstance(
            node,
            syntax.ModuleHeaderSyntax | syntax.InstanceNameSyntax | syntax.NamedBlockClauseSyntax,
        ):
            found.append((node.kind, node.name.valueText))
        elif isinstance(node, syntax.FunctionPrototypeSyntax):
            found.append((node.kind, str(node.name).strip()))
        elif isinstance(node, syntax.DataDeclarationSyntax) and isinstance(
            node.type, syntax.NamedTypeSyntax
        ):
            variables = (d for d in node.declarators if isinstance(d, syntax.DeclaratorSyntax))
            found.extend((node.kind, variable.name.valueText) for variable in variables)

    root.visit(visit)
    yield from found
