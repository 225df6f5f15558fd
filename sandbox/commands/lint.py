"""`hdlsmith lint`."""

import json
from typing import Annotated

import typer

from hdlsmith.display import counted, one_line
from hdlsmith.sandbox.commands.options import CageChoice, Files, Json


def lint(
    files: Files,
    top: Annotated[
        str | None,
        typer.Option(help="Top module; of folders only what it needs is then linted."),
    ] = None,
    show_waived: Annotated[
        bool, typer.Option("--show-waived", help="List waived findings too, with the reasons.")
    ] = False,
    cage: CageChoice = None,
    as_json: Json = False,
) -> None:
    """Lint Verilog and SystemVerilog with pyslang, Verilator and Verible, and VHDL with GHDL.

    FILES are files, headers (.vh, .svh) and data files among them, or folders, which stand for
    all HDL files below them. What several linters say of one place is one finding.

    \b
    Waivers:   [[lint.waive]] in hdlsmith.toml, or in the source, with a reason:
               assign q = wide;  // hdlsmith waive width-truncated: the rest is parity
    Example:   hdlsmith lint rtl/ --top fifo
    Exit code: 0 no error found (warnings allowed), 1 errors found, 2 unusable input,
               3 something needed is missing
    """
    from hdlsmith.design import Design, Severity
    from hdlsmith.sandbox.cage import make_cage
    from hdlsmith.sandbox.elaboration import check_named_top, elaborate
    from hdlsmith.sandbox.linters.lint import find_linters
    from hdlsmith.sandbox.linters.lint import lint as run_lint
    from hdlsmith.sandbox.records import diagnostic_record
    from hdlsmith.sandbox.source_tree import read_tree
    from hdlsmith.sandbox.toolbox import missing_tool
    from hdlsmith.settings import load_settings

    settings = load_settings({"sandbox": {"cage": cage}})
    design = Design(read_tree(files, top), top)
    if top:
        check_named_top(design, elaborate(design))
    made = make_cage(settings.sandbox)
    report = run_lint(design, find_linters(settings, made), settings.lint)
    found = (*report.diagnostics, *(waiver.as_unused() for waiver in report.unused))
    counts = {str(s): sum(d.severity is s for d in found) for s in Severity}
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "files": [file.path for file in design.files],
                    "tools": report.tools,
                    "cage": made.kind,
                    "counts": counts,
                    "diagnostics": [diagnostic_record(d) for d in found],
                    "waived": [
                        diagnostic_record(w.diagnostic) | {"reason": w.waiver.reason}
                        for w in report.waived
                    ],
                }
            )
        )
    else:
        for diagnostic in found:
            typer.echo(one_line(str(diagnostic)))
        for waived in report.waived if show_waived else ():
            typer.echo(one_line(f"{waived.diagnostic} waived: {waived.waiver.reason}"))
        totals = [counted(number, name) for name, number in counts.items()]
        if report.waived:
            totals.append(f"{len(report.waived):,} waived")
        read = counted(len(design.sources), "file")
        summary = f"{', '.join(totals)} in {read} ({' + '.join(report.tools)})"
        typer.echo(summary, err=bool(found))
    for name in report.missing:
        missing = missing_tool(name, settings.tools)
        typer.echo(f"note: {missing.message}; linted without it", err=True)
        typer.echo(f"  try: {missing.remedy}", err=True)
    raise typer.Exit(1 if counts[Severity.ERROR] else 0)
