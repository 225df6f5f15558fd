"""Every linter's findings about a design as one list."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

from hdlsmith.design import Design, Diagnostic, Severity, SourceFile, SourceSpan, errors_in
from hdlsmith.errors import InputError
from hdlsmith.languages import LANGUAGES, VERILOG_FAMILY, Language
from hdlsmith.sandbox.cage import Cage
from hdlsmith.sandbox.elaboration import elaborate
from hdlsmith.sandbox.linters.findings import merge
from hdlsmith.sandbox.linters.ghdl_lint import GhdlLint
from hdlsmith.sandbox.linters.verible import Verible
from hdlsmith.sandbox.linters.verilator import Verilator
from hdlsmith.sandbox.linters.waivers import Waived, Waiver, chosen_waivers, inline_waivers
from hdlsmith.sandbox.process import kill_all
from hdlsmith.settings import LintSettings, Settings

_REMEDY = (
    "name Verilog or SystemVerilog files (.v, .sv), or VHDL files (.vhd) where ghdl is installed"
)


class Linter(Protocol):
    """A tool that reads a design and reports what it finds."""

    name: ClassVar[str]
    languages: ClassVar[tuple[Language, ...]]

    def lint(self, design: Design) -> tuple[Diagnostic, ...]:
        """What it found in a design that holds its languages alone; a run that fell over is a
        finding of its own.
        """
        ...


class Slang:
    """pyslang, which is always there."""

    name: ClassVar[str] = "slang"
    languages: ClassVar[tuple[Language, ...]] = VERILOG_FAMILY

    def lint(self, design: Design) -> tuple[Diagnostic, ...]:
        """What elaboration finds."""
        return elaborate(design).diagnostics


LINTERS: tuple[type[Linter], ...] = (Slang, Verilator, Verible, GhdlLint)
"""In the order in which they speak: where several say the same, the words are the first one's."""


@dataclass(frozen=True)
class LintReport:
    """What was found, and by whom.

    Attributes:
        diagnostics: by place, those that count.
        tools: names of the linters that ran, in order.
        missing: names of those that would have had something to read, and were not given.
        waived: findings that don't count, with the waivers that say so.
        unused: waivers of these files without a finding; none are told where linters are missing
            or found errors and stopped there, because then nobody knows.
    """

    diagnostics: tuple[Diagnostic, ...]
    tools: tuple[str, ...]
    missing: tuple[str, ...]
    waived: tuple[Waived, ...] = ()
    unused: tuple[Waiver, ...] = ()


def find_linters(settings: Settings, cage: Cage) -> tuple[Linter, ...]:
    """The linters beside pyslang that are installed.

    Raises:
        InputError: the project's rules for one of them can't be read.
    """
    found = (
        Verilator.find(settings, cage, pragmas=True),
        Verible.find(settings, cage),
        GhdlLint.find(settings, cage),
    )
    return tuple(linter for linter in found if linter)


def lint(
    design: Design,
    linters: Iterable[Linter] = (),
    settings: LintSettings | None = None,
) -> LintReport:
    """What pyslang and the given linters find, by place; equal findings stand once.

    Args:
        settings: whose waivers count, and with them those in comments of the sources; by default
            none do, so that a generated design can't waive what is found in it.

    Raises:
        InputError: nothing that any of the linters reads, or one of them refuses its rules.
    """
    languages = {file.language for file in design.sources if file.language}
    running = [
        linter for linter in (Slang(), *linters) if not languages.isdisjoint(linter.languages)
    ]
    if not running:
        raise InputError("nothing to lint", remedy=_REMEDY)
    tools = tuple(linter.name for linter in running)
    wanted = (kind.name for kind in LINTERS if not languages.isdisjoint(kind.languages))
    missing = tuple(name for name in wanted if name not in tools)
    waivers, faults = _waivers(design.files, settings)
    unread = languages.difference(*(linter.languages for linter in running))
    ours = (*faults, *(_not_linted(f) for f in design.sources if f.language in unread))
    texts = {file.path: file.text for file in design.files}
    merged = merge([*_findings(design, running), ours], texts)
    waived = [_waived(diagnostic, waivers) for diagnostic in merged]
    used = {w.waiver for w in waived if w}
    idle = (w for w in waivers if w not in used and any(w.is_about(path) for path in texts))
    return LintReport(
        diagnostics=tuple(d for d, w in zip(merged, waived, strict=True) if not w),
        tools=tools,
        missing=missing,
        waived=tuple(w for w in waived if w),
        unused=() if missing or errors_in(merged) else tuple(idle),
    )


def _findings(design: Design, linters: Sequence[Linter]) -> list[tuple[Diagnostic, ...]]:
    """Each linter's own, in order. They run at once; the first, which may be slow to stop, in
    this thread, so that Ctrl-C ends it.
    """

    def run(linter: Linter) -> tuple[Diagnostic, ...]:
        readable = (*linter.languages, None)
        files = tuple(file for file in design.files if file.language in readable)
        return linter.lint(replace(design, files=files))

    with ThreadPoolExecutor(len(linters)) as pool:
        try:
            others = [pool.submit(run, linter) for linter in linters[1:]]
            return [run(linters[0]), *(other.result() for other in others)]
        except KeyboardInterrupt:
            kill_all()  # or leaving the pool would wait for the tools
            raise


def _waivers(
    files: Iterable[SourceFile], settings: LintSettings | None
) -> tuple[tuple[Waiver, ...], tuple[Diagnostic, ...]]:
    if settings is None:
        return (), ()
    inline, faults = inline_waivers(files)
    return (*chosen_waivers(settings.waive), *inline), faults


def _waived(diagnostic: Diagnostic, waivers: Iterable[Waiver]) -> Waived | None:
    waiver = next((waiver for waiver in waivers if waiver.covers(diagnostic)), None)
    return Waived(diagnostic, waiver) if waiver else None


def _not_linted(file: SourceFile) -> Diagnostic:
    title = LANGUAGES[file.language].title if file.language else "no HDL"
    message = f"not linted: {title}, which none of the linters here reads"
    return Diagnostic(Severity.NOTE, "not-linted", message, SourceSpan(file.path, 1), "hdlsmith")
