"""What a check found, unit by unit, and what that means for the exit code."""

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum

from hdlsmith.design import Diagnostic, Severity, SourceSpan
from hdlsmith.display import counted
from hdlsmith.sandbox.check.plan import Kind
from hdlsmith.sandbox.check.tree import LeftOut


class Status(StrEnum):
    """How a unit ended."""

    PASSED = "passed"
    FAILED = "failed"
    UNVERIFIED = "unverified"
    """Nothing failed, and nothing was shown to work."""
    BROKEN = "broken"
    """We could not run it: a tool is missing, the disk is full. No word on the design."""


EXIT_CODES = {Status.FAILED: 1, Status.BROKEN: 3, Status.UNVERIFIED: 4}
"""The first status that any unit has decides."""


@dataclass(frozen=True)
class UnitResult:
    """One unit's result.

    Attributes:
        name: unique within its kind.
        path: the file that it is about.
        evidence: the line or fact that the status rests on.
        diagnostics: each with a place in the repository.
        tools: who judged, with versions.
        wall_s: what it took when it ran.
        cached: it ran earlier, on equal files with equal tools.
    """

    kind: Kind
    name: str
    path: str
    status: Status
    evidence: str
    diagnostics: tuple[Diagnostic, ...] = ()
    tools: tuple[str, ...] = ()
    wall_s: float = 0.0
    cached: bool = False

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Report:
    """Everything one call of `check` found.

    Attributes:
        results: in the order of the plan.
        unusable: errors of files that could not be read.
        left_out: what was not checked, and why.
        cage: the isolation in force.
    """

    results: tuple[UnitResult, ...]
    unusable: tuple[Diagnostic, ...]
    left_out: tuple[LeftOut, ...]
    cage: str

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All findings: errors first, then by place; each once, though several units met it."""
        found = [*self.unusable, *(d for result in self.results for d in result.diagnostics)]
        by_words: dict[Diagnostic, tuple[str, ...]] = {}
        for each in found:  # in another unit fewer tools may have come as far as this
            bare = replace(each, also=())
            by_words[bare] = (*by_words.get(bare, ()), *each.also)
        merged = (replace(bare, also=tuple(dict.fromkeys(also))) for bare, also in by_words.items())
        return tuple(sorted(merged, key=_by_weight))

    @property
    def exit_code(self) -> int:
        """0 where everything passed."""
        statuses = {result.status for result in self.results}
        if self.unusable:
            return EXIT_CODES[Status.FAILED]
        return next((code for status, code in EXIT_CODES.items() if status in statuses), 0)

    @property
    def summary(self) -> str:
        """`5 units (3 cached): 2 passed, 3 failed; 4 errors, 1 warning`."""
        statuses = Counter(result.status for result in self.results)
        cached = sum(result.cached for result in self.results)
        ended = [f"{statuses[status]} {status}" for status in Status if statuses[status]]
        severities = Counter(diagnostic.severity for diagnostic in self.diagnostics)
        found = [counted(severities[s], s) for s in Severity if severities[s]]
        told = f"{counted(len(self.results), 'unit')} ({cached} cached)"
        return "; ".join(
            part for part in (f"{told}: {', '.join(ended)}".rstrip(": "), ", ".join(found)) if part
        )


def place(diagnostic: Diagnostic) -> SourceSpan:
    """Where a finding of a report stands; every one has a place."""
    assert diagnostic.span is not None
    return diagnostic.span


def _by_weight(diagnostic: Diagnostic) -> tuple[int, str, int, int]:
    span = place(diagnostic)
    return diagnostic.severity.rank, span.path, span.line, span.column
