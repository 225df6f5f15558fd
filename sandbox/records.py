"""Results as plain data, for `--json`."""

from typing import Any

from hdlsmith.design import Diagnostic
from hdlsmith.sandbox.results import SimResult


def diagnostic_record(diagnostic: Diagnostic) -> dict[str, Any]:
    """A diagnostic as JSON data; `path`, `line` and `column` are null where no place is known."""
    span = diagnostic.span
    return {
        "severity": diagnostic.severity,
        "code": diagnostic.code,
        "message": diagnostic.message,
        "tool": diagnostic.tool,
        "also": list(diagnostic.also),
        "path": span.path if span else None,
        "line": span.line if span else None,
        "column": (span.column or None) if span else None,
    }


def simulation_record(result: SimResult) -> dict[str, Any]:
    """A simulation result as JSON data, with every process that led to it."""
    return {
        "outcome": result.outcome,
        "checks": result.checks,
        "failures": result.failures,
        "evidence": result.evidence,
        "diagnostics": [diagnostic_record(d) for d in result.diagnostics],
        "runs": [
            {
                "tool": run.tool,
                "argv": list(run.argv),
                "exit_code": run.exit_code,
                "stopped_by": run.stopped_by,
                "wall_s": round(run.wall_s, 3),
                "cage": run.cage,
                "output": run.output,
            }
            for run in result.runs
        ],
    }
