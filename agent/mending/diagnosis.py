"""What the tools say of a design, and whether that is better than before."""

from dataclasses import dataclass, replace
from enum import IntEnum

from hdlsmith.agent.interface import port_findings
from hdlsmith.agent.mending.source import Source, plain
from hdlsmith.design import Design, Diagnostic, Port, Severity, errors_in
from hdlsmith.languages import VERILOG_FAMILY
from hdlsmith.sandbox.diagnostics import parse_icarus
from hdlsmith.sandbox.elaboration import elaborate
from hdlsmith.sandbox.simulation.icarus import Icarus, compile_design


class Stage(IntEnum):
    """How far a design gets; what is behind the first hurdle can't be seen before it is taken."""

    HOPELESS = 0
    SYNTAX = 1
    TOP = 2
    ELABORATION = 3
    INTERFACE = 4
    COMPILATION = 5
    CLEAN = 6


@dataclass(frozen=True)
class Diagnosis:
    """
    Attributes:
        errors: those of the stage that was reached; none where that is CLEAN.
        ports: of the elaborated top.
    """

    stage: Stage
    errors: tuple[Diagnostic, ...] = ()
    ports: tuple[Port, ...] = ()

    def is_better_than(self, other: "Diagnosis") -> bool:
        """Further; or as far with fewer errors, or as many of which the first comes later."""
        if self.stage is not other.stage:
            return self.stage > other.stage
        if len(self.errors) != len(other.errors):
            return len(self.errors) < len(other.errors)
        return self._first > other._first

    @property
    def _first(self) -> tuple[int, int]:
        spans = [error.span for error in self.errors if error.span]
        return min(((span.line, span.column) for span in spans), default=(0, 0))


def diagnose(design: Design, asked: tuple[Port, ...], icarus: Icarus) -> Diagnosis:
    """Parse, elaborate, compare the ports, compile; the first stage with errors is the result.

    Raises:
        SandboxError: the sandbox failed, not the design.
    """
    readable = replace(design, files=tuple(replace(f, text=plain(f.text)) for f in design.files))
    elaboration = elaborate(readable)
    errors = elaboration.errors
    if any(error.code in ("gave-up", "ParseTreeTooDeep") for error in errors):
        return Diagnosis(Stage.HOPELESS, errors)
    sources = [f for f in design.sources if f.language in VERILOG_FAMILY]
    codes = frozenset[str]().union(*(Source(f.text).syntax_errors for f in sources if errors))
    if unread := tuple(error for error in errors if error.code in codes):
        return Diagnosis(Stage.SYNTAX, unread)  # the rest is what follows from these
    if design.top and design.top not in elaboration.tops:
        missing = _error("top", f"there is no module {design.top}")
        return Diagnosis(Stage.TOP, (missing, *errors))
    if errors:
        return Diagnosis(Stage.ELABORATION, errors, elaboration.ports)
    if asked and (wrong := port_findings(asked, elaboration.ports)):
        return Diagnosis(Stage.INTERFACE, wrong, elaboration.ports)
    run, failed = compile_design(icarus, design)
    said = parse_icarus(run.output)
    if failed:
        found = errors_in(said) or (_error("compile", failed.evidence),)
        return Diagnosis(Stage.COMPILATION, found, elaboration.ports)
    # Hardware that never runs is dead, though Icarus only warns of it.
    dead = tuple(d for d in said if d.code == "no-sensitivity")
    return Diagnosis(Stage.COMPILATION if dead else Stage.CLEAN, dead, elaboration.ports)


def _error(code: str, message: str) -> Diagnostic:
    return Diagnostic(Severity.ERROR, code, message, None, "hdlsmith")
