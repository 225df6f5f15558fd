"""Tool text -> Diagnostic."""

import re

from hdlsmith.design import Diagnostic, Severity, SourceSpan

_ICARUS = re.compile(
    r"^(?P<path>[^:\n]+):(?P<line>\d+): (?:(?P<kind>error|warning|sorry|syntax error):? ?)?"
    r"(?P<message>.*)$"
)
_VERILATOR = re.compile(
    r"^%(?P<kind>Error|Warning)(?:-(?P<code>\w+))?: "
    r"(?:(?P<path>[^:\n]+):(?P<line>\d+):(?:(?P<column>\d+):)? )?(?P<message>.*)$"
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


def _extended(diagnostic: Diagnostic, more: str) -> Diagnostic:
    return Diagnostic(
        diagnostic.severity,
        diagnostic.code,
        f"{diagnostic.message.rstrip('.')}; {more}",
        diagnostic.span,
        diagnostic.tool,
    )
