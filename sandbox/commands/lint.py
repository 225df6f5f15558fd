"""`hdlsmith lint`."""

import json
from typing import Annotated

import typer

from hdlsmith.display import one_line
from hdlsmith.sandbox.commands.options import Files, Json


def lint(
    files: Files,
    top: Annotated[str | None, typer.Option(help="Top module; guessed when left out.")] = None,
    as_json: Json = False,
) -> None:
    """Lint Verilog and SystemVerilog with pyslang and Verilator.

    Headers (.vh, .svh) and data files are named along with the sources that use them.

    \b
    Example:   hdlsmith lint rtl/fifo.sv rtl/defs.svh --top fifo
    Exit code: 0 no error found (warnings allowed), 1 errors found, 2 unusable input,
               3 something needed is missing
    """
    from hdlsmith.design import Design, Severity, read_sources
    from hdlsmith.sandbox.cage import make_cage
    from hdlsmith.sandbox.lint import lint as run_lint
    from hdlsmith.sandbox.records import diagnostic_record
    from hdlsmith.sandbox.toolbox import missing_tool
    from hdlsmith.sandbox.verilator import Verilator
    from hdlsmith.settings import load_settings

    settings = load_settings()
    design = Design(read_sources(files), top)
    cage = make_cage(settings.sandbox)
    verilator = Verilator.find(settings, cage)
    report = run_lint(design, verilator)
    found, tools = report.diagnostics, report.tools
    counts = {str(s): sum(d.severity is s for d in found) for s in Severity}
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "files": [file.path for file in design.files],
                    "tools": tools,
                    "cage": cage.kind,
                    "counts": counts,
                    "diagnostics": [diagnostic_record(d) for d in found],
                }
            )
        )
    else:
        for diagnostic in found:
            typer.echo(one_line(str(diagnostic)))
        total = ", ".join(f"{n} {name}{'' if n == 1 else 's'}" for name, n in counts.items())
        typer.echo(f"{total} ({' + '.join(tools)})", err=bool(found))
    if not verilator:
        missing = missing_tool("verilator", settings.tools)
        typer.echo(f"note: {missing.message}; linted by pyslang alone", err=True)
        typer.echo(f"  try: {missing.remedy}", err=True)
    raise typer.Exit(1 if counts[Severity.ERROR] else 0)
