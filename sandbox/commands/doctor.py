"""`hdlsmith doctor`."""

import json
import platform
from typing import TYPE_CHECKING, Any

import typer

from hdlsmith import __version__
from hdlsmith.sandbox.commands.options import CageChoice, Json

if TYPE_CHECKING:
    from hdlsmith.sandbox.doctor import Protection, Tool


def doctor(cage: CageChoice = None, as_json: Json = False) -> None:
    """Say which tools are here, how to get the others, and what the cage really holds.

    Each tool is asked for its version inside the cage. Each protection is tried: a process in the
    cage does its best to reach the network, your files and your other processes, and to use up
    the machine.

    \b
    Example:   hdlsmith doctor --cage strict
    Exit code: 0 what compiling and simulating needs is here, 3 something of it is missing, or
               the cage asked for doesn't work
    """
    from hdlsmith.errors import SandboxError
    from hdlsmith.sandbox.cage import make_cage
    from hdlsmith.sandbox.doctor import find_tools, probe
    from hdlsmith.settings import load_settings

    settings = load_settings({"sandbox": {"cage": cage}})
    fault = None
    try:
        made = make_cage(settings.sandbox)
    except SandboxError as error:  # the tools are worth telling all the same
        fault = error
        made = make_cage(settings.sandbox.model_copy(update={"cage": "limits"}))
    tools = find_tools(settings, made)
    protections: tuple[Protection, ...] = ()
    try:
        protections = () if fault else probe(made)
    except SandboxError as error:
        fault = error
    kind = "none" if fault else made.kind
    if as_json:
        record = _record(tools, protections) | {"cage": kind, "fault": fault and fault.message}
        typer.echo(json.dumps(record))
    else:
        typer.echo(_rendered(tools, protections, kind))
    if fault:
        raise fault
    raise typer.Exit(3 if any(t.essential and not t.version for t in tools) else 0)


def _record(tools: "tuple[Tool, ...]", protections: "tuple[Protection, ...]") -> dict[str, Any]:
    return {
        "hdlsmith": __version__,
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
        "tools": [
            {
                "name": tool.name,
                "purpose": tool.purpose,
                "essential": tool.essential,
                "version": tool.version or None,
                "path": str(tool.path) if tool.path else None,
                "install": tool.install,
            }
            for tool in tools
        ],
        "protections": [{"name": p.name, "held": p.held, "seen": p.seen} for p in protections],
    }


def _rendered(tools: "tuple[Tool, ...]", protections: "tuple[Protection, ...]", kind: str) -> str:
    lines = [
        f"hdlsmith {__version__}, Python {platform.python_version()},"
        f" {platform.platform(terse=True)}",
        "",
    ]
    widths = max(len(t.name) for t in tools), max(len(t.version) for t in tools)
    lines += [_tool_line(tool, *widths) for tool in tools]
    lines += ["", f"cage: {kind}"]
    lines += [f"  {'held' if p.held else 'OPEN':<8} {p.name:<20} {p.seen}" for p in protections]
    open_count = sum(not p.held for p in protections)
    if open_count:
        lines += ["", f"{open_count} of {len(protections)} are open: keep foreign code away, or"]
        lines += ["install bubblewrap (apt-get install bubblewrap); --cage strict insists on it"]
    return "\n".join(lines)


def _tool_line(tool: "Tool", name_width: int, version_width: int) -> str:
    state = "ok" if tool.version else "MISSING" if tool.essential else "missing"
    install = "" if tool.version else f": {tool.install}"
    columns = f"{state:<8} {tool.name:<{name_width}}  {tool.version:<{version_width}}"
    return f"  {columns}  {tool.purpose}{install}"
