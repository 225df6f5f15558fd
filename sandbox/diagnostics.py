"""Tool text -> Diagnostic."""

import re

from hdlsmith.design import Diagnostic, Severity, SourceSpan
from hdlsmith.sandbox.results import ToolRun

_ICARUS = re.compile(
    r"^(?P<path>[^:\n]+):(?P<line>\d+): (?:(?P<kind>error|warning|sorry|syntax error):? ?)?"
    r"(?P<message>.*)$"
)
_VERILATOR = re.compile(
    r"^%(?P<kind>Error|Warning)(?:-(?P<code>\w+))?: "
    r"(?:(?P<path>[^:\n]+):(?P<line>\d+):(?:(?P<column>\d+):)? )?(?P<message>.*)$"
)
_VERIBLE = re.compile(
    r"^(?P<path>[^:\n]+):(?P<line>\d+):(?P<column>\d+)(?:-\d+|:\d+:\d+)?: (?P<message>.*?)"
    r"(?: \[Style: [\w-]+\] \[(?P<rule>[\w-]+)\])?$"
)
_GHDL = re.compile(
    r"^(?:(?P<path>[^:\n]+):(?P<line>\d+):(?P<column>\d+): ?|/\S+: ?)"
    r"(?:(?P<kind>warning|error|note): )?(?P<message>.*?)(?: \[-W(?P<code>[\w-]+)\])?$"
)
_ICARUS_CODES = (
    ("syntax error", "syntax"),
    ("Unknown module type", "unknown-module"),
    ("Unable to bind", "undeclared"),
    ("is not declared here", "undeclared"),
    ("is not a valid l-value", "lvalue"),
    ("cannot be driven by primitives or continuous assignment", "reg-driven"),
    ("is not a port of", "unknown-port"),
    ("already declared", "redeclared"),
    ("already been declared", "redeclared"),
    ("no sensitivities", "no-sensitivity"),
    ("explicit cast", "explicit-cast"),
    ("Malformed", "syntax"),
    ("Invalid module", "syntax"),
)


def parse_icarus(text: str) -> tuple[Diagnostic, ...]:
    """Diagnostics in what `iverilog` printed; continuation lines join the finding they follow."""
    found: list[Diagnostic] = []
    for line in text.splitlines():
        match = _ICARUS.match(line)
        if not match:
            continue
        kind, message = match["kind"], match["message"].strip()
        if message.startswith(":") and found:  # "dut.sv:3:      : more of the last finding"
            found[-1] = _extended(found[-1], message.lstrip(": "))
            continue
        message = message or "syntax error"
        severity = Severity.WARNING if kind == "warning" else Severity.ERROR
        code = next((c for text_, c in _ICARUS_CODES if text_ in line), kind or "other")
        if kind == "sorry":
            code = "unsupported"
        # Files are named `./x` on the command line, so that no name is taken for an option.
        span = SourceSpan(match["path"].removeprefix("./"), int(match["line"]))
        found.append(Diagnostic(severity, code, message, span, "icarus"))
    return tuple(dict.fromkeys(found))


def parse_verilator(text: str) -> tuple[Diagnostic, ...]:
    """Diagnostics in what `verilator --lint-only` printed, without its closing summary."""
    found: list[Diagnostic] = []
    for line in text.splitlines():
        match = _VERILATOR.match(line)
        if not match:
            if line.lstrip().startswith(": ...") and found:
                found[-1] = _extended(found[-1], line.lstrip(" :."))
            continue
        if match["message"].startswith("Exiting due to"):
            continue
        span = (
            SourceSpan(match["path"], int(match["line"]), int(match["column"] or 0))
            if match["path"]
            else None
        )
        severity = Severity.ERROR if match["kind"] == "Error" else Severity.WARNING
        code = match["code"] or "error"
        found.append(Diagnostic(severity, code, match["message"].strip(), span, "verilator"))
    return tuple(dict.fromkeys(found))


def parse_verible(text: str) -> tuple[Diagnostic, ...]:
    """Diagnostics in what `verible-verilog-lint` printed.

    What it can't parse has the code `syntax`; where it stumbled over a macro, `unreadable`. Of
    these only the first of each file counts: it then gets lost.
    """
    found = []
    lost = set()
    for line in text.splitlines():
        match = _VERIBLE.match(line)
        if not match:
            continue
        path, message = match["path"].removeprefix("./"), match["message"]
        if not match["rule"]:
            if path in lost:
                continue
            lost.add(path)
        unparsed = "syntax" if message.startswith("syntax error") else "unreadable"
        severity = Severity.NOTE if match["rule"] else Severity.ERROR
        span = SourceSpan(path, int(match["line"]), int(match["column"]))
        found.append(Diagnostic(severity, match["rule"] or unparsed, message, span, "verible"))
    return tuple(dict.fromkeys(found))


def parse_ghdl(text: str) -> tuple[Diagnostic, ...]:
    """Diagnostics in what `ghdl` printed on analysis and elaboration."""
    found: list[Diagnostic] = []
    for line in text.splitlines():
        match = _GHDL.match(line)
        if not match:
            continue
        kind = match["kind"] or "error"
        span = None
        if match["path"]:
            path = match["path"].removeprefix("./")
            span = SourceSpan(path, int(match["line"]), int(match["column"]))
        severity = Severity(kind)
        found.append(Diagnostic(severity, match["code"] or kind, match["message"], span, "ghdl"))
    return tuple(dict.fromkeys(found))


def gave_up(run: ToolRun, severity: Severity = Severity.ERROR) -> Diagnostic:
    """The finding that a tool fell over, or was stopped, before it could say what it thinks."""
    reason = run.stopped_by or f"exit code {run.exit_code}"
    message = f"{run.tool} gave up ({reason}): {run.output.strip()[:200]}"
    return Diagnostic(severity, "gave-up", message, None, run.tool)


def _extended(diagnostic: Diagnostic, more: str) -> Diagnostic:
    return Diagnostic(
        diagnostic.severity,
        diagnostic.code,
        f"{diagnostic.message.rstrip('.')}; {more}",
        diagnostic.span,
        diagnostic.tool,
    )
