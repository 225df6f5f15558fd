"""A report as GitHub workflow commands, which become annotations on a pull request."""

from hdlsmith.design import Diagnostic, Severity
from hdlsmith.display import printable
from hdlsmith.sandbox.check.report import Report, Status, place
from hdlsmith.sandbox.check.text_format import safe

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def as_github(report: Report) -> str:
    """One command a finding, errors first: GitHub shows the first ten of each kind."""
    lines = [_command(diagnostic) for diagnostic in report.diagnostics]
    lines += [
        f"::error title=hdlsmith could not check {_property(result.name)}::{_data(result.evidence)}"
        for result in report.results
        if result.status is Status.BROKEN
    ]
    return "\n".join([*lines, safe(f"hdlsmith check: {report.summary} (cage: {report.cage})")])


def _command(diagnostic: Diagnostic) -> str:
    span = place(diagnostic)
    column = f",col={span.column}" if span.column else ""
    where = f"file={_property(span.path)},line={span.line}{column}"
    title = _property(f"{diagnostic.tool}:{diagnostic.code}")
    return f"::{_COMMANDS[diagnostic.severity]} {where},title={title}::{_data(diagnostic.message)}"


def _data(text: str) -> str:
    """Text behind the `::`, where only a line's end would end it."""
    escaped = printable(text).replace("%", "%25").replace("\r", "%0D")
    return escaped.replace("\n", "%0A")


def _property(text: str) -> str:
    """A value between `,` and `::`."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
