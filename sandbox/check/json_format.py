"""A report as one JSON object, complete."""

import json

from hdlsmith import __version__
from hdlsmith.sandbox.check.report import Report
from hdlsmith.sandbox.records import diagnostic_record


def as_json(report: Report) -> str:
    """Every unit with its findings, and every file that was left out with the reason."""
    record = {
        "hdlsmith": __version__,
        "exit_code": report.exit_code,
        "summary": report.summary,
        "cage": report.cage,
        "units": [
            {
                "kind": result.kind,
                "name": result.name,
                "path": result.path,
                "status": result.status,
                "evidence": result.evidence,
                "cached": result.cached,
                "wall_s": result.wall_s,
                "tools": result.tools,
                "diagnostics": [diagnostic_record(d) for d in result.diagnostics],
            }
            for result in report.results
        ],
        "unusable": [diagnostic_record(d) for d in report.unusable],
        "left_out": [{"path": file.path, "reason": file.reason} for file in report.left_out],
    }
    return as_json_text(record)


def as_json_text(record: object) -> str:
    """ASCII, and without the `##[` that GitHub's runner takes for a command anywhere in a log."""
    return json.dumps(record, indent=1).replace("##[", "\\u0023#[")
