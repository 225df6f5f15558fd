"""Waivers: findings that somebody has looked at and lives with, and why.

In `hdlsmith.toml` as `[[lint.waive]]`, or in a comment of the source itself:

    assign q = wide;  // hdlsmith waive width-truncated: the upper half is parity
    // hdlsmith lint_off UNUSEDSIGNAL, UNDRIVEN: filled in by the next project
    // hdlsmith lint_on UNUSEDSIGNAL, UNDRIVEN
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from glob import escape

from hdlsmith.design import Diagnostic, Severity, SourceFile, SourceSpan
from hdlsmith.languages import Language
from hdlsmith.sandbox.linters.meanings import SYNTAX, meaning_of
from hdlsmith.settings import LintWaiver

# As after a syntax error, much of the design was then not looked at.
_NEVER = ("gave-up", "ghdl:error")
_ALL_LINES = (1, 1 << 62)
_MOST_IN_A_FILE = 1000

# Strings and block comments are read too, so that what looks like a waiver in them is none. One
# that is left open is taken as far as it goes: to look at its rest again takes quadratic time.
_VERILOG = re.compile(r'"(?:\\.|[^"\\\n])*"?|/\*.*?(?:\*/|\Z)|//(?P<comment>[^\n]*)', re.DOTALL)
_VHDL = re.compile(r'"[^"\n]*"?|/\*.*?(?:\*/|\Z)|--(?P<comment>[^\n]*)', re.DOTALL)
_ORDER = re.compile(r"\s*hdlsmith\s+(?P<verb>waive|lint_off|lint_on)\b(?P<rest>.*)")


@dataclass(frozen=True)
class Waiver:
    """Which findings are waived, and why. In patterns `*` also stands for `/`.

    Attributes:
        span: the comment it stands in; None for one of `hdlsmith.toml`.
        code: a pattern of a tool's code, of `tool:code`, or of a meaning's name.
        path: a pattern of the file's path in the design.
        message: a pattern of the message.
        lines: the first and the last one.
    """

    reason: str
    span: SourceSpan | None
    code: str = "*"
    path: str = "*"
    message: str = "*"
    lines: tuple[int, int] = _ALL_LINES

    def covers(self, diagnostic: Diagnostic) -> bool:
        """Whether it waives a finding; never that a file can't be parsed or a tool gave up."""
        if not self._is_there(diagnostic.span) or not fnmatchcase(diagnostic.message, self.message):
            return False
        meaning = meaning_of(diagnostic)
        names = [name for source in diagnostic.sources for name in (source, source.split(":")[1])]
        if meaning is SYNTAX or not set(_NEVER).isdisjoint(names):
            return False
        if meaning:
            names.append(meaning.name)
        return any(fnmatchcase(name, self.code) for name in names)

    def _is_there(self, span: SourceSpan | None) -> bool:
        if not span:  # found nowhere in particular: no waiver of a place means it
            return (self.path, self.lines) == ("*", _ALL_LINES)
        return self.lines[0] <= span.line <= self.lines[1] and self.is_about(span.path)

    def is_about(self, path: str) -> bool:
        """Whether findings in that file can be meant."""
        return fnmatchcase(path, self.path)

    def as_unused(self) -> Diagnostic:
        """The finding that there is nothing for it to waive."""
        patterns = {"code": self.code, "path": self.path, "message": self.message}
        what = ", ".join(f"{key} {value}" for key, value in patterns.items() if value != "*")
        where = "" if self.span else "lint.waive: "
        message = f"{where}nothing to waive ({what}); its reason was: {self.reason}"
        return Diagnostic(Severity.NOTE, "unused-waiver", message, self.span, "hdlsmith")


@dataclass(frozen=True)
class Waived:
    """A finding that does not count, and by whose word."""

    diagnostic: Diagnostic
    waiver: Waiver


def chosen_waivers(settings: Iterable[LintWaiver]) -> tuple[Waiver, ...]:
    """The waivers of the settings."""
    return tuple(
        Waiver(
            reason=chosen.reason,
            span=None,
            code=chosen.code or "*",
            path=chosen.path or "*",
            message=chosen.message or "*",
            lines=(chosen.line, chosen.line) if chosen.line else _ALL_LINES,
        )
        for chosen in settings
    )


def inline_waivers(
    files: Iterable[SourceFile],
) -> tuple[tuple[Waiver, ...], tuple[Diagnostic, ...]]:
    """The waivers in comments of the sources, and what was meant as one and is none."""
    waivers: list[Waiver] = []
    faults: list[Diagnostic] = []
    for file in files:
        if "hdlsmith" in file.text:
            reader = _Reader(file)
            reader.read()
            waivers += reader.waivers
            faults += reader.faults
    return tuple(waivers), tuple(faults)


class _Reader:
    """Reads the waivers of one file."""

    def __init__(self, file: SourceFile) -> None:
        self.waivers: list[Waiver] = []
        self.faults: list[Diagnostic] = []
        self._file = file
        self._lines = file.text.split("\n")
        self._open: dict[str, tuple[SourceSpan, str]] = {}  # code -> its lint_off, and the reason

    def read(self) -> None:
        pattern = _VHDL if self._file.language is Language.VHDL else _VERILOG
        line, seen = 1, 0
        for match in pattern.finditer(self._file.text):
            order = _ORDER.fullmatch(match["comment"] or "")
            if order:
                line, seen = line + self._file.text.count("\n", seen, match.start()), match.start()
                self._obey(order["verb"], order["rest"], SourceSpan(self._file.path, line))
            if len(self.waivers) + len(self._open) > _MOST_IN_A_FILE:
                self._fault(f"more than {_MOST_IN_A_FILE} waivers; the others don't count", line)
                break
        for code, (begin, reason) in self._open.items():
            self._add(code, reason, begin, (begin.line, _ALL_LINES[1]))

    def _obey(self, verb: str, rest: str, span: SourceSpan) -> None:
        listed, _, reason = rest.partition(": ")
        codes, reason = listed.replace(",", " ").split(), reason.strip()
        if verb == "lint_on":
            for code in codes or list(self._open):
                if code in self._open:
                    begin, reason = self._open.pop(code)
                    self._add(code, reason, begin, (begin.line, span.line))
                else:
                    self._fault(f"lint_on {code} without a lint_off before it", span.line)
        elif not codes or not reason:
            hint = f"write `hdlsmith {verb} CODE: why`"
            self._fault(f"a waiver needs a code and a reason, {hint}", span.line)
        elif verb == "lint_off":
            self._open |= dict.fromkeys(codes, (span, reason))
        else:
            line = self._meant_by(span.line)
            for code in codes:
                self._add(code, reason, span, (line, line))

    def _meant_by(self, line: int) -> int:
        """The comment's own line if it holds code, else the next that does."""
        for number in range(line, len(self._lines) + 1):
            text = self._lines[number - 1].strip()
            if text and not text.startswith(("//", "--")):
                return number
        return line

    def _add(self, code: str, reason: str, span: SourceSpan, lines: tuple[int, int]) -> None:
        self.waivers.append(Waiver(reason, span, code, escape(self._file.path), lines=lines))

    def _fault(self, message: str, line: int) -> None:
        span = SourceSpan(self._file.path, line)
        self.faults.append(Diagnostic(Severity.WARNING, "waiver", message, span, "hdlsmith"))
