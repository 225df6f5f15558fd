"""A report as SARIF 2.1.0, for code scanning."""

import re
from typing import Any
from urllib.parse import quote

from hdlsmith import __version__
from hdlsmith.design import Diagnostic, SourceSpan, digest_of
from hdlsmith.display import printable
from hdlsmith.sandbox.check.json_format import as_json_text
from hdlsmith.sandbox.check.report import Report, Status, place

_PLACEHOLDER = re.compile(r"\{(\d+)\}")
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_sarif(report: Report) -> str:
    """One run of one tool; a rule is a tool's name with that tool's code for the finding.

    A unit that could not be run is a notification: it says nothing about the code.
    """
    found = report.diagnostics
    rules = sorted({_rule(diagnostic) for diagnostic in found})
    broken = [result for result in report.results if result.status is Status.BROKEN]
    run = {
        "tool": {
            "driver": {
                "name": "hdlsmith",
                "semanticVersion": __version__,
                "rules": [
                    {"id": rule, "shortDescription": {"text": f"{code}, as {tool} calls it"}}
                    for rule in rules
                    for tool, _, code in [rule.partition("/")]
                ],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not broken,
                "toolExecutionNotifications": [
                    {"level": "error", "message": _message(f"{result}: {result.evidence}")}
                    for result in broken
                ],
            }
        ],
        "results": [_result(diagnostic, rules) for diagnostic in found],
    }
    return as_json_text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _result(diagnostic: Diagnostic, rules: list[str]) -> dict[str, Any]:
    span = place(diagnostic)
    # Without numbers: a finding stays the same one when lines above it come and go, and however
    # long it took.
    words = re.sub(r"\d+", "", diagnostic.message)
    fingerprint = digest_of(_rule(diagnostic), span.path, words)[:32]
    return {
        "ruleId": _rule(diagnostic),
        "ruleIndex": rules.index(_rule(diagnostic)),
        "level": str(diagnostic.severity),
        "message": _message(diagnostic.message),
        "locations": [{"physicalLocation": _location(span)}],
        "partialFingerprints": {"hdlsmith/v1": fingerprint},
    }


def _location(span: SourceSpan) -> dict[str, Any]:
    region = {"startLine": span.line}
    if span.column:
        region["startColumn"] = span.column
    uri = quote(span.path, errors="surrogateescape")
    return {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}, "region": region}


def _rule(diagnostic: Diagnostic) -> str:
    return f"{diagnostic.tool}/{diagnostic.code}"


def _message(text: str) -> dict[str, str]:
    # What SARIF takes for a link or a placeholder is not one in a tool's words; the many other
    # brackets of Verilog stay readable.
    escaped = _PLACEHOLDER.sub(r"{{\1}}", printable(text).replace("](", "\\]("))
    return {"text": escaped}
