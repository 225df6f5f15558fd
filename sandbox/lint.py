"""Every linter's findings about a design as one list."""

from dataclasses import dataclass

from hdlsmith.design import Design, Diagnostic, Severity
from hdlsmith.errors import InputError
from hdlsmith.languages import VERILOG_FAMILY
from hdlsmith.sandbox.elaboration import elaborate
from hdlsmith.sandbox.verilator import Verilator

_ORDER = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True)
class LintReport:
    """What was found, and by whom.

    Attributes:
        diagnostics: by place.
        tools: names of the linters that ran, in order.
    """

    diagnostics: tuple[Diagnostic, ...]
    tools: tuple[str, ...]


def lint(design: Design, verilator: Verilator | None) -> LintReport:
    """pyslang's and Verilator's findings, by place; one a line and severity where both agree.

    Verilator is left out when pyslang already found errors: its complaints would be echoes.

    Raises:
        InputError: no Verilog or SystemVerilog among the files.
    """
    if not any(f.language in VERILOG_FAMILY for f in design.sources):
        raise InputError("nothing to lint", remedy="name Verilog or SystemVerilog files (.v, .sv)")
    elaboration = elaborate(design)
    found, tools = elaboration.diagnostics, ["slang"]
    if verilator and not elaboration.errors:
        found += verilator.lint(design)
        tools.append("verilator")
    return LintReport(tuple(sorted(_without_echoes(found), key=_place)), tuple(tools))


def _without_echoes(found: tuple[Diagnostic, ...]) -> list[Diagnostic]:
    kept: dict[object, Diagnostic] = {}
    for diagnostic in found:
        span = diagnostic.span
        key = (span.path, span.line, diagnostic.severity) if span else diagnostic
        first = kept.setdefault(key, diagnostic)
        if first is not diagnostic and first.tool == diagnostic.tool:
            kept[diagnostic] = diagnostic
    return list(kept.values())


def _place(diagnostic: Diagnostic) -> tuple[str, int, int, int]:
    span = diagnostic.span
    rank = _ORDER[diagnostic.severity]
    return (span.path, span.line, span.column, rank) if span else ("", 0, 0, rank)
