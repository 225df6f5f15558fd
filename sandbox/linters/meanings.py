"""What a finding means, whichever tool reports it: the table by which findings are merged.

Severity, one scale for all tools:

- error: a front end refuses the design, or the standard forbids it.
- warning: it is accepted, and is probably not the hardware that was meant.
- note: taste, or something that is mostly done on purpose, or the limit of one tool.

A finding whose meaning stands here has the severity that stands here, whatever its tool calls it.
Any other keeps its tool's word, except that Verible's are notes.
"""

from dataclasses import dataclass
from functools import cache

from hdlsmith.design import Diagnostic, Severity

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


@dataclass(frozen=True)
class Meaning:
    """One kind of finding.

    Attributes:
        name: also a name that a waiver can use.
        codes: `tool:code`, or `tool:code~words` for those whose message holds the words.
        names_signal: each finding names a signal, and tools point at different lines for it: at
            its declaration, an assignment, the start of the process.
        stops_parsing: the text behind it is not understood, or not as it was meant.
    """

    name: str
    severity: Severity
    codes: tuple[str, ...]
    names_signal: bool = False
    stops_parsing: bool = False


SYNTAX = Meaning(
    "syntax",
    ERROR,
    # pyslang has over 200 codes for it, and tells which: see `_slang_cannot_parse`.
    (
        "slang:ExpectedExpression",
        "verilator:error~syntax error",
        "verible:syntax",
        "verilator:error~Unterminated",
    ),
    stops_parsing=True,
)

MEANINGS = (
    SYNTAX,
    # Names that lead nowhere.
    Meaning(
        "undeclared",
        ERROR,
        (
            "slang:UndeclaredIdentifier",
            "verilator:error~Can't find definition of",
            "verilator:error~Can't find typedef",
        ),
    ),
    Meaning("unknown-module", ERROR, ("slang:UnknownModule", "verilator:MODMISSING")),
    Meaning(
        "unknown-package",
        ERROR,
        (
            "slang:UnknownPackage",
            "slang:UnknownClassOrPackage",
            "verilator:error~Import package not found",
            "verilator:PKGNODECL",
        ),
    ),
    Meaning(
        "unknown-port",
        ERROR,
        ("slang:PortDoesNotExist", "slang:ParameterDoesNotExist", "verilator:PINNOTFOUND"),
    ),
    Meaning(
        "unknown-member",
        ERROR,
        ("slang:UnknownMember", "verilator:error~not found in structure"),
    ),
    Meaning(
        "unknown-macro",
        ERROR,
        ("slang:UnknownDirective", "verilator:error~Define or directive not defined"),
        stops_parsing=True,
    ),
    Meaning(
        "missing-include",
        ERROR,
        ("slang:CouldNotOpenIncludeFile", "verilator:error~Cannot find include file"),
        stops_parsing=True,
    ),
    Meaning(
        "redeclared",
        ERROR,
        ("slang:Redefinition", "verilator:error~Duplicate declaration of"),
    ),
    Meaning("duplicate-module", WARNING, ("slang:DuplicateDefinition", "verilator:MODDUP")),
    Meaning("macro-redefined", WARNING, ("slang:RedefiningMacro", "verilator:REDEFMACRO")),
    Meaning(
        "end-label",
        ERROR,
        ("slang:EndNameMismatch", "verilator:ENDLABEL", "verible:mismatched-labels"),
    ),
    Meaning("implicit-net", WARNING, ("slang:ImplicitNet", "verilator:IMPLICIT")),
    # Assignments that can't be, or not by two.
    Meaning("wire-assigned-in-process", ERROR, ("slang:AssignToNet", "verilator:PROCASSWIRE")),
    Meaning(
        "constant-assigned",
        ERROR,
        ("slang:CantModifyConst", "verilator:error~Storing to parameter variable"),
    ),
    Meaning(
        "input-driven",
        ERROR,
        ("slang:InputPortAssign", "slang:InputPortCoercion", "verilator:ASSIGNIN"),
    ),
    Meaning(
        "enum-assigned",
        ERROR,
        ("slang:NoImplicitConversion", "verilator:ENUMVALUE"),
    ),
    Meaning(
        "mixed-drivers",
        ERROR,
        ("slang:MixedVarAssigns", "verilator:BLKANDNBLK"),
        names_signal=True,
    ),
    Meaning(
        "multiple-drivers",
        WARNING,
        (
            "slang:MultipleContAssigns",
            "slang:MultipleAlwaysAssigns",  # also of a memory that an `initial` fills
            "verilator:MULTIDRIVEN",
        ),
        names_signal=True,
    ),
    Meaning(
        "arguments",
        ERROR,
        (
            "slang:TooFewArguments",
            "slang:TooManyArguments",
            "verilator:error~Missing argument on",
            "verilator:error~Too many arguments",
        ),
    ),
    # Processes.
    Meaning("latch", WARNING, ("slang:InferredLatch", "verilator:LATCH"), names_signal=True),
    Meaning(
        "blocking-in-sequential", WARNING, ("verilator:BLKSEQ", "verible:always-ff-non-blocking")
    ),
    Meaning(
        "nonblocking-in-combinational",
        WARNING,
        ("verilator:COMBDLY", "verible:always-comb-blocking"),
    ),
    Meaning(
        "case-incomplete",
        WARNING,
        ("slang:CaseDefault", "verilator:CASEINCOMPLETE", "verible:case-missing-default"),
    ),
    Meaning(
        "case-overlap", WARNING, ("slang:CaseDup", "slang:CaseOverlap", "verilator:CASEOVERLAP")
    ),
    Meaning("empty-body", WARNING, ("slang:EmptyBody", "verible:suspicious-semicolon")),
    Meaning("indentation", WARNING, ("slang:MisleadingIndentation", "verilator:MISINDENT")),
    # Widths and ranges.
    Meaning(
        "literal-too-large",
        WARNING,
        (
            "slang:VectorLiteralOverflow",
            "verilator:WIDTHTRUNC~Value too large",
            "verible:truncated-numeric-literal",
        ),
    ),
    Meaning(
        "width-truncated",
        WARNING,
        (
            "slang:WidthTruncate",
            "slang:PortWidthTruncate",
            # What is cut off an output, Verilator sees as missing in what it is connected to.
            "verilator:WIDTHEXPAND~Output port connection",
            "verilator:WIDTHTRUNC",
        ),
    ),
    Meaning(
        "width-expanded",
        WARNING,
        (
            "slang:WidthExpand",
            "slang:PortWidthExpand",
            "verilator:WIDTHTRUNC~Output port connection",
            "verilator:WIDTHEXPAND",
        ),
    ),
    Meaning(
        "unsized-in-concatenation", WARNING, ("slang:UnsizedInConcat", "verilator:WIDTHCONCAT")
    ),
    Meaning(
        "range-reversed",
        WARNING,
        ("slang:RangeSelectReversed", "verilator:SELRANGE~ascending bit ordering"),
    ),
    Meaning(
        "out-of-range",
        WARNING,
        ("slang:IndexOOB", "slang:RangeOOB", "verilator:SELRANGE~out of range"),
    ),
    # Ports.
    Meaning(
        "port-unconnected",
        WARNING,
        ("slang:UnconnectedInputPort", "slang:UnconnectedOutputPort", "verilator:PINMISSING"),
    ),
    Meaning(
        "port-left-open",
        NOTE,  # someone wrote `.port()`
        ("slang:EmptyInputPortConn", "slang:EmptyOutputPortConn", "verilator:PINCONNECTEMPTY"),
    ),
    # What only one tool reports, and calls by another weight than the scale's.
    Meaning("unsupported", WARNING, ("verilator:UNSUPPORTED",)),
    Meaning(
        "endless-recursion",
        ERROR,
        (
            "slang:InfinitelyRecursiveHierarchy",
            "slang:MaxInstanceDepthExceeded",
            "verilator:UNSUPPORTED~Identically recursive module",
        ),
    ),
    Meaning("no-timescale", WARNING, ("slang:MissingTimeScale",)),
    Meaning("several-tops", NOTE, ("verilator:MULTITOP",)),
    Meaning("default-of-full-case", NOTE, ("slang:CaseRedundantDefault",)),
    Meaning("unused-parameter", NOTE, ("verilator:UNUSEDPARAM", "verilator:UNUSEDGENVAR")),
    Meaning("name-hides-another", NOTE, ("verilator:VARHIDDEN",)),
    Meaning("wildcard-import", NOTE, ("verilator:IMPORTSTAR",)),
    Meaning("defparam", NOTE, ("verilator:DEFPARAM", "verible:forbid-defparam")),
)


def meaning_of(diagnostic: Diagnostic) -> Meaning | None:
    """The meaning that the table gives a finding, if any."""
    key = f"{diagnostic.tool}:{diagnostic.code}"
    for words, meaning in _by_code().get(key, ()):
        if words in diagnostic.message:
            return meaning
    return SYNTAX if _slang_cannot_parse(diagnostic) else None


def _slang_cannot_parse(diagnostic: Diagnostic) -> bool:
    if diagnostic.tool != "slang" or diagnostic.severity is not ERROR:
        return False
    from pyslang import Diags, DiagSubsystem  # the names of its codes; it reads no design here

    code = getattr(Diags, diagnostic.code, None)  # None for a code of ours
    return code is not None and code.getSubsystem() in (DiagSubsystem.Lexer, DiagSubsystem.Parser)


@cache
def _by_code() -> dict[str, list[tuple[str, Meaning]]]:
    table: dict[str, list[tuple[str, Meaning]]] = {}
    for meaning in MEANINGS:
        for entry in meaning.codes:
            key, _, words = entry.partition("~")
            table.setdefault(key, []).append((words, meaning))
    for entries in table.values():
        entries.sort(key=lambda entry: not entry[0])  # those with words are more particular
    return table
